"""What a category wants to know of a case: read from the requester's own words, and asked for where it is missing.

What was once written on a case is never replaced by what a later mail says: an agent may have put it right.
"""

from collections.abc import Iterable
from functools import lru_cache

import re2

from inboxd.desk.case import Case
from inboxd.desk.decision import Change, SetCustomField, SetMissing
from inboxd.desk.desk import Category, Desk
from inboxd.desk.letters.wording import AskedField
from inboxd.desk.order import SetFields
from inboxd.mail.personal_number import mask_personal_numbers

TEXT_LOOKED_AT = 20_000
LONGEST_VALUE = 200
AROUND = " \t.,;:!?()[]<>\"'«»*"
"""What stands around a value and is no part of it."""

Fields = tuple[tuple[str, str], ...]


def found_fields(category: Category | None, *texts: str) -> Fields:
    """Return the fields of a category that the words tell, each by its first hit; the texts are searched in turn.

    Lines that are quoted between the words are somebody else's. A value that holds a personal number is none: it is
    not kept, and the field is asked for.
    """
    fields = category.fields if category else ()
    own = tuple(_unquoted(text[:TEXT_LOOKED_AT]) for text in texts) if fields else ()
    values = ((field.name, _value(field, own)) for field in fields)
    return tuple((name, value) for name, value in values if value)


def missing_fields(category: Category | None, known: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the fields that a category asks for and that are not known."""
    there = frozenset(known)
    return tuple(field.name for field in category.fields if field.ask and field.name not in there) if category else ()


def filled_in(case: Case, category: Category | None, found: Fields, actor: str) -> tuple[Change, ...]:
    """Return the changes that a party's later words make: fields that were empty until now are filled."""
    known = dict(case.fields)
    new = tuple((key, value) for key, value in found if key not in known)
    if not new:
        return ()
    changes = (SetCustomField(case_id=case.id, key=key, value=value, actor=actor) for key, value in new)
    return (*changes, *still_missing(case, category, {*known, *(key for key, _ in new)}))


def missing_after(order: SetFields, case: Case, desk: Desk) -> tuple[SetMissing, ...]:
    """Return the change of what is missing once an agent has set fields of a case, or moved it to another category."""
    if not order.fields and order.category is None:
        return ()
    known = dict(case.fields) | dict(order.fields)
    category = desk.category(order.category or case.category)
    return still_missing(case, category, (key for key, value in known.items() if value))


def still_missing(case: Case, category: Category | None, known: Iterable[str]) -> tuple[SetMissing, ...]:
    """Return the change of what is missing, none where it is what it was."""
    missing = missing_fields(category, known)
    return () if missing == case.missing else (SetMissing(case_id=case.id, missing=missing),)


def _unquoted(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> "re2._Regexp[str]":
    return re2.compile(pattern)


def _value(field: AskedField, texts: Iterable[str]) -> str:
    """Return what stands in the pattern's first group, of all that it found where it has none."""
    for text in texts:
        hit = _compiled(field.pattern).search(text)
        value = " ".join((hit[1 if hit.re.groups else 0] or "").split()).strip(AROUND)[:LONGEST_VALUE] if hit else ""
        if value and mask_personal_numbers(value) == value:
            return value
    return ""

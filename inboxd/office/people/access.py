"""The one place where documents keep to what their reader may know (`desk.access`); the office knows for whom it works.

A case of a category that is closed to the reader is as good as not there: not found, not listed, not counted.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from inboxd.desk.access import may_see, seen_categories
from inboxd.desk.view import View
from inboxd.errors import NotFound
from inboxd.office.office import Office
from inboxd.store import access, cases
from inboxd.store.engine import Session
from inboxd.store.letters import get_letter
from inboxd.store.notices import categories_of_numbers
from inboxd.store.rows import IncomingRow, LetterRow

Row = TypeVar("Row")

FOR_ALL = frozenset({"notice"})
"""Kinds of letters without a case that tell of none; the others list what only some may know of."""


def categories_seen(office: Office) -> tuple[str, ...] | None:
    """Return the categories whose cases the reader may know of; None for all, and no list needs to be filtered."""
    return seen_categories(office.desk, office.reader)


def sees_category(office: Office, category: str) -> bool:
    """Say whether the reader may know of the cases of a category."""
    return may_see(office.desk, office.reader, category)


def sees_case(office: Office, session: Session, case_id: int) -> bool:
    """Say whether the reader may know of a case."""
    return categories_seen(office) is None or sees_category(office, cases.get_case(session, case_id).category)


def require_case(office: Office, session: Session, case_id: int) -> None:
    """Raise NotFound, as for a number that no case has, where the reader may not know of a case."""
    if not sees_case(office, session, case_id):
        raise NotFound(f"There is no case with the id {case_id}.")


def require_letter(office: Office, session: Session, letter_id: int) -> LetterRow:
    """Return a letter that the reader may know of. Raises NotFound."""
    row = get_letter(session, letter_id)
    if not seen_letters(office, session, (row,)):
        raise NotFound(f"There is no letter {letter_id}.")
    return row


def seen_letters(office: Office, session: Session, rows: tuple[LetterRow, ...]) -> tuple[LetterRow, ...]:
    """Return those of some letters that the reader may know of."""
    seen = categories_seen(office)
    if seen is None:
        return rows
    categories = access.categories_of(session, {row.case_id for row in rows if row.case_id is not None})
    return tuple(
        row for row in rows if (row.kind in FOR_ALL if row.case_id is None else categories.get(row.case_id) in seen)
    )


def require_mail(office: Office, session: Session, incoming_id: int) -> IncomingRow:
    """Return a mail of the ledger that the reader may know of. Raises NotFound."""
    from inboxd.store import incoming  # the ledger: only where a mail of it is asked for

    row = incoming.get(session, incoming_id)
    if not seen_mails(office, session, (row,)):
        raise NotFound(f"There is no mail {incoming_id} in the ledger.")
    return row


def seen_mails(office: Office, session: Session, rows: tuple[IncomingRow, ...]) -> tuple[IncomingRow, ...]:
    """Return those of some mails that the reader may know of: by the case that they, or their like, are filed on.

    A mail on no case is of its mailbox's category.
    """
    seen = categories_seen(office)
    if seen is None:
        return rows
    filed = access.categories_of_mails(session, [row.id for row in rows])
    boxes = {box.name: box.category for box in office.desk.mailboxes}
    return tuple(row for row in rows if (filed.get(row.id) or {boxes.get(row.mailbox, "")}) <= set(seen))


def first_seen(
    fetch: Callable[[int | None], tuple[Row, ...]],
    keep: Callable[[tuple[Row, ...]], tuple[Row, ...]],
    limit: int | None,
) -> tuple[Row, ...]:
    """Return the first `limit` rows of a list that are kept: more is fetched as long as too few of them are."""
    asked = limit
    while True:
        rows = fetch(asked)
        kept = keep(rows)
        if asked is None or limit is None or len(kept) >= limit or len(rows) < asked:
            return kept[:limit]
        asked *= 4


def seen_words(office: Office, session: Session, texts: Sequence[str]) -> list[str]:
    """Return what was put on record in words, without the references of cases that the reader may not know of."""
    seen = categories_seen(office)
    if seen is None:
        return list(texts)
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, office.desk.prefixes))})-([0-9]+)[0-9]\b")
    numbers = {int(number) for text in texts for number in named.findall(text)}
    known = categories_of_numbers(session, tuple(numbers))
    return [named.sub(lambda hit: hit[0] if known.get(int(hit[1])) in seen else "…", text) for text in texts]


def seen_view(office: Office, view: View) -> View:
    """Return the facts about a mail as if the cases that the reader may not know of were not there."""
    seen = categories_seen(office)
    if seen is None:
        return view
    kept = {case.id for case in view.cases if case.category in seen}
    return replace(
        view,
        cases=tuple(case for case in view.cases if case.id in kept),
        numbers=tuple(pair for pair in view.numbers if pair[1] in kept),
        message_ids=tuple(known for known in view.message_ids if known.case_id in kept),
        letters=tuple(k for k in view.letters if (k.kind in FOR_ALL if k.case_id is None else k.case_id in kept)),
        waiting=tuple(known for known in view.waiting if known.case_id in kept),
        known_receipts=(),
        last_agents=tuple(pair for pair in view.last_agents if pair[0] in seen),
    )

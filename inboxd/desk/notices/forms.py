"""Mails that a web form wrote for people: what the form says in each of them tells nothing of what they are about."""

import re
from collections.abc import Sequence

from inboxd.desk.notices.common_words import CLOSING

LABEL = re.compile(r"(?m)^[ \t]*([^\W\d_][^:\n]{0,40}):(?=[ \t\r]|$)")
"""`Navn: Kari`, at the beginning of a line."""

LABELS_OF_A_FORM = 3
"""Fewer of them are a person's own way to write, or a signature."""

Mail = tuple[str, str]
"""A subject and a text."""


def without_forms(mails: Sequence[Mail]) -> list[Mail]:
    """Return the mails without what forms wrote: their labels, and subject and lines where all mails of a form agree.

    Two mails are of one form where all their labels are the same. What people filled in stays.
    """
    labels = [_labels(text) for _, text in mails]
    fixed = {form: _fixed([mail for mail, its in zip(mails, labels, strict=True) if its == form]) for form in {*labels}}
    return [
        (subject, text) if not form else _filled_in(subject, text, fixed[form])
        for (subject, text), form in zip(mails, labels, strict=True)
    ]


def _labels(text: str) -> frozenset[str]:
    """Return the labels of a form, none where it is none."""
    found = frozenset(label.strip().casefold() for label in LABEL.findall(CLOSING.split(text, maxsplit=1)[0]))
    return found if len(found) >= LABELS_OF_A_FORM else frozenset()


def _fixed(mails: Sequence[Mail]) -> frozenset[str]:
    """Return the lines, subjects among them, that stand in every one of several mails."""
    lines = [frozenset(line.strip() for line in (subject, *text.splitlines())) for subject, text in mails]
    return frozenset.intersection(*lines) if len(lines) > 1 else frozenset()


def _filled_in(subject: str, text: str, fixed: frozenset[str]) -> Mail:
    lines = (line for line in LABEL.sub("", text).splitlines() if line.strip() not in fixed)
    return "" if subject.strip() in fixed else subject, "\n".join(lines)

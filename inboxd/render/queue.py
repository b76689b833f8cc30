"""The queue on a terminal: how many on top, then a line a case; a wider terminal has more columns.

What is said by a mark is said in words beneath; the columns of one width are the same whatever the cases are.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence

from inboxd.render.screen import Document, columns, day_or_time, escape, short_time, wrapped

OVERDUE = "!"
UNDELIVERED = "*"
ESCALATED = "^"
AT_REST = frozenset({"solved", "closed", "merged"})

WIDE, WIDER, WIDEST = 100, 120, 140
"""Columns of a terminal from which there is room for the requester, for the category, and for the customer."""

Cell = Callable[[Document, dt.tzinfo | None, dt.datetime | None], str]


def queue_table(
    doc: Sequence[Document], *, width: int, colour: bool, tz: dt.tzinfo | None = None, now: dt.datetime | None = None
) -> str:
    """Render a `queue` document: how many on top, then a line a case in the order given, then what the marks mean.

    With `now` a time of today is shown as such and of another day its date; a wide terminal has room for both.
    """
    if not doc:
        return "No cases in the queue."
    shown = [(head, cell) for head, cell, least in COLUMNS if width >= least]
    brief = now if width < WIDE else None
    rows = [[cell(case, tz, brief if head == "Due" else now) for head, cell in shown] for case in doc]
    marks = {
        f"{OVERDUE} past its target": any(case.get("overdue") for case in doc),
        f"{UNDELIVERED} an answer could not be delivered": any(case.get("undelivered") for case in doc),
        f"{ESCALATED} escalated, acknowledged by nobody": any(_is_escalated(case) for case in doc),
    }
    legend = ", ".join(text for text, there in marks.items() if there)
    table = columns([head for head, _ in shown], rows, width=width, colour=colour, cap=20)
    counts = wrapped(_counts(doc), width=width, indent="")
    return "\n".join([counts, "", table, *(["", legend] if legend else [])])


def called(requester: Document | None) -> str:
    """Return what a requester is called: a name, else an address, else a phone number."""
    known = requester or {}
    return known.get("name") or known.get("address") or known.get("phone") or ""


def _due(case: Document, tz: dt.tzinfo | None, now: dt.datetime | None) -> str:
    """The next target, "paused" while it waits, or since when the case in work has lain where it has none."""
    due = day_or_time(case.get("due"), tz, now) or ("paused" if case.get("paused_at") else "")
    if due or case["status"] in AT_REST:
        return due + (OVERDUE if case.get("overdue") else "")
    return f"since {short_time(case.get('opened_at'), tz)[:5]}"


def _status(case: Document, _tz: dt.tzinfo | None, _now: dt.datetime | None) -> str:
    marks = (UNDELIVERED if case.get("undelivered") else "") + (ESCALATED if _is_escalated(case) else "")
    return f"{case['status']}{marks}"


def _last(case: Document, tz: dt.tzinfo | None, now: dt.datetime | None) -> str:
    """Who had the last word, the requester by that name, so that it fits; and when."""
    last = case.get("last") or {}
    who: str = last.get("who") or ""
    address = (case.get("requester") or {}).get("address") or ""
    name = "requester" if who and who.casefold() == address.casefold() else who
    return f"{name} {day_or_time(last.get('at'), tz, now)}".rstrip() if name else ""


COLUMNS: tuple[tuple[str, Cell, int], ...] = (
    ("Case", lambda case, _tz, _now: case["reference"], 0),
    ("Due", _due, 0),
    ("Status", _status, 0),
    ("Priority", lambda case, _tz, _now: case["priority"], 0),
    ("Agent", lambda case, _tz, _now: case.get("assignee") or "-", 0),
    ("Last", _last, 0),
    ("Category", lambda case, _tz, _now: case["category"], WIDER),
    ("Customer", lambda case, _tz, _now: case.get("customer") or "", WIDEST),
    ("Requester", lambda case, _tz, _now: called(case.get("requester")), WIDE),
    ("Subject", lambda case, _tz, _now: case.get("subject") or "", 0),
)
"""Head, cell, and the width of a terminal from which it is shown."""


def _is_escalated(case: Document) -> bool:
    escalated = case.get("escalated")
    return escalated is not None and escalated["acknowledged_by"] is None


def _counts(doc: Sequence[Document]) -> str:
    by_status = Counter(case["status"] for case in doc)
    total = f"{len(doc)} {'case' if len(doc) == 1 else 'cases'}"
    standing = ", ".join(f"{count} {escape(status)}" for status, count in by_status.items())
    special = {
        "unassigned": sum(not case.get("assignee") for case in doc),
        "overdue": sum(bool(case.get("overdue")) for case in doc),
    }
    return "; ".join([f"{total}: {standing}", *(f"{count} {name}" for name, count in special.items() if count)])

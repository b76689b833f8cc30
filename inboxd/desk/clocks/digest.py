"""Many cases are late at one time: whoever would get a letter about each gets one letter that lists them."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from inboxd.desk.case import Case
from inboxd.desk.decision import Decision, Draft, SetField
from inboxd.desk.letters.wording import Wording, worded
from inboxd.desk.reference import reference
from inboxd.desk.view import View
from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.mail.subject import one_line

SINGLE_LETTERS = 5
"""So many letters to one reader at one time are still letters; more are one list."""

LONGEST = 30
"""Characters of a subject in a list."""

ASSIGNED = "agent_assigned"
"""The letter to whom a level gives a case."""

TARGETS: Mapping[str, Wording] = {
    "response": (("nb", "svar"), ("nn", "svar"), ("en", "answer")),
    "resolution": (("nb", "løsning"), ("nn", "løysing"), ("en", "solution")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A case in a list: what of it is or was due, and whether that is still to come."""

    case: Case
    target: str
    due: dt.datetime | None
    near: bool


def gathered(decision: Decision, view: View, now: dt.datetime) -> tuple[Draft, ...]:
    """Return the decision's letters; those about targets to one of the desk's people are one, where they are many.

    It is about no single case, so that an answer to it lands on none; every case's journal says who was told.
    """
    many = {key for key, number in Counter(map(_reader, decision.letters)).items() if key and number > SINGLE_LETTERS}
    if not many:
        return decision.letters
    kept = [draft for draft in decision.letters if _reader(draft) not in many]
    agents = {c.case_id: c.value for c in decision.changes if isinstance(c, SetField) and c.field == "assignee"}
    given = {case_id: str(name) for case_id, name in agents.items() if name is not None}
    theirs = ([draft for draft in decision.letters if _reader(draft) == key] for key in sorted(many))
    return (*kept, *(_digest(letters, given, view, now) for letters in theirs))


def _reader(draft: Draft) -> str:
    """Return who gets a letter that may stand in a list; "" for every other letter, and those to the outside."""
    about_targets = draft.kind == "escalation" or draft.template == ASSIGNED
    return draft.to[0].key if about_targets and not draft.null_sender and draft.case_id is not None else ""


def _digest(letters: list[Draft], given: Mapping[int, str], view: View, now: dt.datetime) -> Draft:
    first, lines = letters[0], tuple(_lines(letters, view, now))
    return Draft(
        kind="escalation",
        case_id=None,
        mailbox=first.mailbox,
        template="escalation_digest",
        language=view.desk.language,
        to=first.to,
        text=_listed((line for line in lines if not line.near), given, view),
        about=_listed((line for line in lines if line.near), given, view),
    )


def _lines(letters: Iterable[Draft], view: View, now: dt.datetime) -> Iterable[_Line]:
    """Yield a line for each target of each case; a case that is only given to the reader stands there with its next."""
    named: set[int] = set()
    for draft in sorted(letters, key=lambda draft: draft.template == ASSIGNED):
        case = view.case(draft.case_id or 0)
        if case is None or (draft.template == ASSIGNED and case.id in named):
            continue
        named.add(case.id)
        due = draft.target_due or case.resolution_due
        yield _Line(case=case, target=draft.target or "resolution", due=due, near=due is not None and due > now)


def _listed(lines: Iterable[_Line], given: Mapping[int, str], view: View) -> str:
    """Return a line for each, the longest overdue first: reference, priority, due, what of, agent and subject."""
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    rows = [_row(one, given, view) for one in sorted(lines, key=lambda one: (one.due or far, one.case.number))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    return "\n".join("  ".join([*map(str.ljust, row, widths), row[-1]]) for row in rows)


def _row(line: _Line, given: Mapping[int, str], view: View) -> tuple[str, ...]:
    case, desk = line.case, view.desk
    priority = desk.priority(case.priority)
    return (
        reference(case.prefix, case.number),
        priority.title_in(desk.language) if priority else case.priority,
        f"{line.due.astimezone(ZoneInfo(desk.timezone)):%Y-%m-%d %H:%M}" if line.due else "-",
        worded(TARGETS[line.target], desk.language),
        given.get(case.id) or case.assignee or "-",
        mask_personal_numbers(one_line(case.subject, LONGEST)),
    )

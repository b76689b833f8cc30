"""What the clock does to a case besides its targets: it closes a solved one, and tells of a quiet or a late one.

Every part of it is a timer. `kept_alive` sets them with the decision that gives the reason; when one rings, the case
is looked at anew, and what no longer holds comes to nothing.
"""

import datetime as dt
from dataclasses import replace
from typing import Literal

from inboxd.desk.case import Case, Status
from inboxd.desk.clocks.hours import next_opening
from inboxd.desk.decision import NEW_CASE, AddEntry, Change, Decision, Draft, OpenCase, SetField, SetTimer
from inboxd.desk.desk import Category, Desk
from inboxd.desk.view import Timer, View
from inboxd.mail.address import Address

CLOSE_SOLVED = "close_solved"
STATUS_LETTER = "status_letter"
PRELIMINARY = "preliminary"

NOTHING = Decision(kind="add_to_case")

TELLING = frozenset({STATUS_LETTER, PRELIMINARY})
"""Timers at which a machine may write to the requester."""

TOLD_OF = frozenset({Status.NEW, Status.OPEN, Status.POSTPONED})
"""Where the requester waits for the desk; on `waiting` the desk waits for him."""


def kept_alive(decision: Decision, view: View, now: dt.datetime) -> Decision:
    """Return the decision with the timers set that follow from what it does to its cases."""
    opened = next((change for change in decision.changes if isinstance(change, OpenCase)), None)
    new = _for_new(opened, decision, view, now) if opened is not None and not view.silent else ()
    named = {change.case_id for change in decision.changes if isinstance(change, SetField)}
    written = {draft.case_id for draft in decision.letters}
    known = (_for_known(case, decision, view, now) for case in view.cases if case.id in named | written)
    timers = (*new, *(timer for each in known for timer in each))
    return replace(decision, changes=(*decision.changes, *timers)) if timers else decision


def closes_at(category: Category | None, since: dt.datetime) -> dt.datetime | None:
    """Return when a case that was solved then is closed; None where its category sets no limit."""
    days = category.reopen_days if category else None
    return None if days is None else since + dt.timedelta(days=days)


def first_telling(desk: Desk, category: Category, now: dt.datetime) -> dt.datetime | None:
    """Return when a case of the category that is quiet from now on is told of; None where none is."""
    days = category.status_letter_days
    return None if days is None else _opening(desk, category, now + dt.timedelta(days=days))


def first_explaining(desk: Desk, category: Category, now: dt.datetime) -> dt.datetime | None:
    """Return when a case of the category that no person answers from now on is explained; None where none is."""
    days = category.preliminary_days
    return None if days is None else _opening(desk, category, now + dt.timedelta(days=days))


def close_solved(timer: Timer, case: Case, view: View, now: dt.datetime) -> Decision:
    """Close a solved case once its answer can no longer reopen it; the requester hears nothing."""
    at = closes_at(view.desk.category(case.category), case.closed_at or now)
    if case.status is not Status.SOLVED or at is None:
        return NOTHING
    if now < at:
        return _with(_timer(case.id, timer.name, at))
    return _with(
        SetField(case_id=case.id, field="status", value=Status.CLOSED.value, actor="inboxd"),
        # it rests since it was solved: from then on the days are counted in which an answer reopens it
        SetField(case_id=case.id, field="closed_at", value=case.closed_at, actor="inboxd", quiet=True),
    )


def status_letter(timer: Timer, case: Case, view: View, now: dt.datetime) -> Decision:
    """Tell the requester that the case lives, where he waits for the desk; otherwise look again as many days later."""
    category = view.desk.category(case.category)
    days = category.status_letter_days if category else None
    if category is None or days is None or case.status.at_rest:
        return NOTHING
    again = _later(STATUS_LETTER, case.id, view.desk, category, now, days)
    explained = any(other.case_id == case.id and other.name == PRELIMINARY for other in view.ringing)
    if case.status not in TOLD_OF or (explained and _unexplained(case)):
        return _with(*again)
    return _told(timer, case, view, now, template="status_letter", again=again)


def preliminary(timer: Timer, case: Case, view: View, now: dt.datetime) -> Decision:
    """Tell the requester why there is no answer yet, where no person has given one (forvaltningsloven § 11 a)."""
    category = view.desk.category(case.category)
    if category is None or category.preliminary_days is None or not _unexplained(case):
        return NOTHING
    again = _later(STATUS_LETTER, case.id, view.desk, category, now, category.status_letter_days)
    return _told(timer, case, view, now, template="preliminary", again=again)


def _unexplained(case: Case) -> bool:
    """Say whether the requester still waits for a first word of a person."""
    return case.responded_at is None and case.status in TOLD_OF


def _told(
    timer: Timer, case: Case, view: View, now: dt.datetime, *, template: str, again: tuple[SetTimer, ...]
) -> Decision:
    """Write a letter, where a machine may write to the requester; in a closed hour only put it off."""
    category = view.desk.category(case.category)
    if not may_be_told(case, view):
        return NOTHING
    opens_at = _opening(view.desk, category, now)
    if opens_at != now.astimezone(dt.UTC):
        return _with(_timer(case.id, timer.name, opens_at))
    # a case is explained once, wherever it is moved; told of it is as often as the days are over
    once = f"{timer.name}:{case.id}" + (f":{timer.rings_at.isoformat()}" if timer.name == STATUS_LETTER else "")
    return replace(NOTHING, letters=(_letter(case, template, once, again),))  # `kept_alive` counts anew from it


def _letter(case: Case, template: str, once: str, again: tuple[SetTimer, ...]) -> Draft:
    parent = (case.last_message_id,) if case.last_message_id else ()
    return Draft(
        kind="notice",
        case_id=case.id,
        mailbox=case.mailbox,
        template=template,
        language=case.language,
        to=(Address(name=case.requester.name, address=case.requester.address),),
        in_reply_to=case.last_message_id,
        references=tuple(dict.fromkeys((*case.last_references, *parent))),
        null_sender=True,
        once=once,
        next_letter_at=next((timer.rings_at for timer in again), None),
    )


def may_be_told(case: Case, view: View) -> bool:
    """Say whether the gate let this very address have a receipt for this case, and no mail came back from it."""
    address = case.requester.address.casefold()
    greeted = {(case_id, to.casefold()) for case_id, to in view.greeted}
    return (case.id, address) in greeted and address not in {gone.casefold() for gone in view.bounced}


def _for_new(opened: OpenCase, decision: Decision, view: View, now: dt.datetime) -> tuple[SetTimer, ...]:
    """Timers of a case that is just opened: none where a machine may not write to the requester anyway."""
    category = view.desk.category(opened.category)
    greeted = any(draft.kind == "receipt" and draft.held is None for draft in decision.letters)
    if category is None or not greeted:
        return ()
    return (
        *_later(STATUS_LETTER, NEW_CASE, view.desk, category, now, category.status_letter_days),
        *_later(PRELIMINARY, NEW_CASE, view.desk, category, now, category.preliminary_days),
    )


def _for_known(case: Case, decision: Decision, view: View, now: dt.datetime) -> tuple[SetTimer, ...]:
    """Timers of a case that was there: as its status, its category or a letter to its requester want them."""
    mine = [change for change in decision.changes if isinstance(change, SetField) and change.case_id == case.id]
    values = {change.field: change.value for change in mine}
    status = Status(str(values.get("status", case.status.value)))
    category = view.desk.category(str(values.get("category", case.category)))
    sent = [change for change in decision.changes if isinstance(change, AddEntry) and change.kind == "mail_out"]
    letters: tuple[Draft | AddEntry, ...] = (*decision.letters, *sent)
    written = any(one.case_id == case.id and _goes_to(one, case.requester.address) for one in letters)
    moved = "category" in values
    return (
        *_closing(case, status, category, now, moved=moved),
        *_telling(case, status, category, view, now, why="written" if written else "moved" if moved else None),
        *(_explaining(case, category, view, now) if moved and not status.at_rest else ()),
    )


def _goes_to(draft: Draft | AddEntry, address: str) -> bool:
    return bool(address) and any(to.key == address.casefold() for to in draft.to)


def _closing(
    case: Case, status: Status, category: Category | None, now: dt.datetime, *, moved: bool
) -> tuple[SetTimer, ...]:
    """Let a case that is solved be closed as its category says; its days count from when it was solved."""
    stays = status is case.status
    if Status.SOLVED not in {status, case.status} or (stays and not moved):
        return ()
    since = case.closed_at if stays else None
    at = closes_at(category, since or now) if status is Status.SOLVED else None
    return (_timer(case.id, CLOSE_SOLVED, at),)


def _explaining(case: Case, category: Category | None, view: View, now: dt.datetime) -> tuple[SetTimer, ...]:
    """A case that moves to a category that explains itself counts its days from when it was opened."""
    if category is None or category.preliminary_days is None or case.responded_at is not None:
        return ()
    left = view.desk.category(case.category)
    if left is not None and left.preliminary_days is not None and _set_for(PRELIMINARY, case, view) is None:
        return ()  # its timer has rung there
    at = max(now, case.opened_at + dt.timedelta(days=category.preliminary_days))
    return (_timer(case.id, PRELIMINARY, _opening(view.desk, category, at)),)


def _set_for(name: str, case: Case, view: View) -> dt.datetime | None:
    return next((timer.rings_at for timer in view.timers if (timer.case_id, timer.name) == (case.id, name)), None)


def _telling(
    case: Case,
    status: Status,
    category: Category | None,
    view: View,
    now: dt.datetime,
    *,
    why: Literal["written", "moved"] | None,
) -> tuple[SetTimer, ...]:
    """Count the days anew from a letter and from coming back to work; at rest there is nothing to tell.

    A move counts them by the new category's, but puts nothing off: the requester was told by when he hears again.
    """
    if category is None or category.status_letter_days is None:
        return ()
    if status.at_rest:
        return () if case.status.at_rest else (_timer(case.id, STATUS_LETTER, None),)
    at = _opening(view.desk, category, now + dt.timedelta(days=category.status_letter_days))
    if why == "written" or case.status.at_rest:
        return (_timer(case.id, STATUS_LETTER, at),)
    if why == "moved":
        return (_timer(case.id, STATUS_LETTER, min(at, _set_for(STATUS_LETTER, case, view) or at)),)
    return ()


def _later(
    name: str, case_id: int, desk: Desk, category: Category, now: dt.datetime, days: int | None
) -> tuple[SetTimer, ...]:
    """Return the timer of so many days from now, at the next opening; none where there are no days."""
    if days is None:
        return ()
    return (_timer(case_id, name, _opening(desk, category, now + dt.timedelta(days=days))),)


def _opening(desk: Desk, category: Category | None, at: dt.datetime) -> dt.datetime:
    """Return the first open moment from then on; then itself where the desk has no hours."""
    calendar = desk.calendar(category.calendar) if category else None
    opens_at = next_opening(calendar, desk.timezone, at) if calendar else None
    return opens_at or at.astimezone(dt.UTC)


def _timer(case_id: int, name: str, at: dt.datetime | None) -> SetTimer:
    return SetTimer(case_id=case_id, name=name, rings_at=at)


def _with(*changes: Change) -> Decision:
    return Decision(kind="add_to_case", changes=changes)

"""What the clock does to cases: those put off until a time come back, and timers ring."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from inboxd.desk.case import Case, Status
from inboxd.desk.clocks.digest import gathered
from inboxd.desk.clocks.escalating import escalate
from inboxd.desk.clocks.escalation import ESCALATION
from inboxd.desk.clocks.lifecycle import (
    CLOSE_SOLVED,
    PRELIMINARY,
    STATUS_LETTER,
    close_solved,
    kept_alive,
    preliminary,
    status_letter,
)
from inboxd.desk.clocks.running import follow
from inboxd.desk.decision import Decision, SetField, SetTimer
from inboxd.desk.letters.notify import letters_to_agents, news_of
from inboxd.desk.view import Timer, View

Ringer = Callable[[Timer, Case, View, dt.datetime], Decision]

RINGERS: Mapping[str, Ringer] = {
    CLOSE_SOLVED: close_solved,
    STATUS_LETTER: status_letter,
    PRELIMINARY: preliminary,
    ESCALATION: escalate,
}
"""What a timer's ringing does, by the name of the timer."""


def tick(view: View, now: dt.datetime) -> Decision:
    """Wake the cases whose time has come and do what their timers were set for. A timer that rang is taken off."""
    done = together((_wake(view, now), *(_ring(timer, view, now) for timer in view.ringing)))
    decision = follow(kept_alive(done, view, now), view, now)
    return replace(decision, letters=gathered(decision, view, now))


def together(decisions: Iterable[Decision]) -> Decision:
    """Return one decision that does what all of these do, in order."""
    parts = tuple(decisions)
    return Decision(
        kind="add_to_case",
        changes=tuple(change for part in parts for change in part.changes),
        letters=tuple(letter for part in parts for letter in part.letters),
        suppressed=tuple(kept for part in parts for kept in part.suppressed),
        evidence=tuple(seen for part in parts for seen in part.evidence),
    )


def _wake(view: View, now: dt.datetime) -> Decision:
    """Wake the waiting and postponed cases whose time has come, and tell those who have them."""
    due = tuple(case for case in view.due_to_wake if case.until is not None and case.until <= now)
    return Decision(
        kind="add_to_case",
        changes=tuple(
            change
            for case in due
            for change in (
                SetField(case_id=case.id, field="status", value=Status.OPEN.value, actor="inboxd"),
                SetField(case_id=case.id, field="until", value=None, actor="inboxd", quiet=True),
            )
        ),
        letters=tuple(
            letter for case in due for letter in letters_to_agents(news_of(case, "agent_woken", case.subject), view)
        ),
    )


def _ring(timer: Timer, view: View, now: dt.datetime) -> Decision:
    """Do what a timer was set for; one whose name nothing knows any more is only taken off."""
    off = Decision(kind="add_to_case", changes=(SetTimer(case_id=timer.case_id, name=timer.name, rings_at=None),))
    case, ringer = view.case(timer.case_id), RINGERS.get(timer.name)
    return off if case is None or ringer is None else together((off, ringer(timer, case, view, now)))

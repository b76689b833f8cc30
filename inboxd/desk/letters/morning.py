"""The morning letter: what an agent finds as his office opens, once a day and only where there is something to say."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from inboxd.desk.access import may_see
from inboxd.desk.case import Status
from inboxd.desk.clocks.deadline import OFFICE
from inboxd.desk.clocks.hours import ONE_DAY, open_spans
from inboxd.desk.desk import Agent, Desk

LATE = dt.timedelta(hours=2)
"""So long after the opening a daemon that was down makes good for it; later it is no morning any more."""

MOST = 20
"""Cases of a list; of the others only the number is told."""

AT_WORK = frozenset({Status.NEW, Status.OPEN})
"""Cases on which the desk is to do something, whatever their targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCase:
    """A case that is not at rest, as this letter needs it; `response_due` None once somebody has answered.

    `paused`: its clocks stand still.
    """

    reference: str
    category: str
    status: str
    assignee: str | None
    requester: str
    subject: str
    response_due: dt.datetime | None
    resolution_due: dt.datetime | None
    paused: bool
    updated_at: dt.datetime

    @property
    def due(self) -> dt.datetime | None:
        """When it is due next; None while its clocks stand still."""
        return None if self.paused else self.response_due or self.resolution_due

    @property
    def target(self) -> Literal["response", "resolution", ""]:
        """What it is due for then."""
        if self.due is None:
            return ""
        return "response" if self.response_due else "resolution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What the letter of a moment lists, most urgent first: the agent's cases due that day, his others, nobody's."""

    at: dt.datetime
    due_today: tuple[ListedCase, ...]
    mine: tuple[ListedCase, ...]
    unassigned: tuple[ListedCase, ...]


def opening(agent: Agent, desk: Desk, now: dt.datetime) -> dt.datetime | None:
    """Return when the agent's office opened today, by the first of his categories; None before and long after that.

    A calendar that is open at midnight has no morning: that of the office stands in for it, as for an agent who serves
    no category.
    """
    if not agent.active or "morning" not in agent.notify:
        return None
    midnight = _midnight(desk, now)
    named = [found.calendar for name in agent.categories if (found := desk.category(name)) is not None]
    first = [_first(name, desk, midnight) for name in named or [OFFICE]]
    first = [_first(OFFICE, desk, midnight) if at == midnight else at for at in first]
    opened = min((at for at in first if at is not None), default=None)
    return opened if opened is not None and opened <= now < opened + LATE else None


def _midnight(desk: Desk, now: dt.datetime, days: int = 0) -> dt.datetime:
    """Return the local midnight that the day of a moment, or one so many days later, begins with."""
    tz = ZoneInfo(desk.timezone)
    return dt.datetime.combine(now.astimezone(tz).date() + days * ONE_DAY, dt.time(), tz)


def _first(name: str, desk: Desk, midnight: dt.datetime) -> dt.datetime | None:
    """Return when a calendar is open first on the day that begins then; None for never."""
    calendar = desk.calendar(name)
    spans = open_spans(calendar, desk.timezone, midnight, midnight + ONE_DAY) if calendar else ()
    return spans[0][0] if spans else None


def morning(agent: Agent, cases: Iterable[ListedCase], desk: Desk, now: dt.datetime) -> Morning | None:
    """Return what there is to tell an agent whose office opened just now; None for nothing.

    What changed since the opening is listed but is no reason for a letter: of that he hears in letters of its own, so
    that a morning without anything stays one.
    """
    opened = opening(agent, desk, now)
    if opened is None:
        return None
    tomorrow = _midnight(desk, now, days=1)
    known = sorted((case for case in cases if may_see(desk, agent, case.category)), key=_by_due)
    own = [case for case in known if case.assignee == agent.name]
    today = [case for case in own if case.due is not None and case.due < tomorrow]
    others = [case for case in own if case not in today and case.status in AT_WORK]
    nobodys = [case for case in known if case.assignee is None and _may_be_his(case, agent, desk)]
    if not any(case.updated_at < opened for case in (*today, *others, *nobodys)):
        return None
    return Morning(at=now, due_today=tuple(today), mine=tuple(others), unassigned=tuple(nobodys))


def _may_be_his(case: ListedCase, agent: Agent, desk: Desk) -> bool:
    category = desk.category(case.category)
    told = category is not None and category.notify == "members" and agent.name in category.members
    return told and case.status in AT_WORK


def _by_due(case: ListedCase) -> dt.datetime:
    return case.due or dt.datetime.max.replace(tzinfo=dt.UTC)

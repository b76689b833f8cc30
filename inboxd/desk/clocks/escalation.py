"""Escalation: who hears that a target comes near or has passed, at which moment, and what stops it.

A round of escalation counts from `Case.escalates_from` and reaches each level of the priority once. Levels count from
their target in the priority's own clock, so that none is reached while that is closed; where the target had passed
before the round began, they count from the round's beginning. Warnings that would lie before it are not given.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from inboxd.desk.case import Case
from inboxd.desk.clocks.deadline import clock_of
from inboxd.desk.clocks.hours import add_target, next_opening, subtract_target
from inboxd.desk.clocks.service_levels import AimedAt, DeskEvent, EscalationLevel, Priority, Reaction
from inboxd.desk.desk import Calendar, Desk
from inboxd.desk.view import KnownEscalation

ESCALATION = "escalation"
"""The name of the timer that rings for the next level."""

WARNING = "warning"
"""What stands on record as the reason where a level lies before its target."""

ASKED: Final = "asked"
"""The target of an escalation that the customer asked for."""

DEFAULTS: Mapping[DeskEvent, Reaction] = {
    "opened": "restart",
    "taken": "continue",
    "assigned": "continue",
    "answered_back": "continue",
    "priority": "restart",
    "closed": "stop",
}
"""What escalation does when something happens to its case, unless `[[priority]] events` says otherwise.

Events: the case is opened or opened again; an agent takes it up (the nearest to "read" that a desk of mail can see);
it gets another agent; a party to it writes; its priority changes; it is solved or closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A round of escalation: its number, and since when it counts; None while it is stopped."""

    round: int
    since: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A level that is still to be reached: its number among its target's, when, and the time that it is about."""

    number: int
    level: EscalationLevel
    moment: dt.datetime
    due: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What escalation counts by: a case's priority and category, its targets, its pause and its round."""

    priority: str
    category: str
    response_due: dt.datetime | None
    resolution_due: dt.datetime | None
    responded_at: dt.datetime | None = None
    paused_at: dt.datetime | None = None
    run: Run


def counted(case: Case) -> Counted:
    """Return what escalation counts by of a case that exists."""
    return Counted(
        priority=case.priority,
        category=case.category,
        response_due=case.response_due,
        resolution_due=case.resolution_due,
        responded_at=case.responded_at,
        paused_at=case.paused_at,
        run=Run(round=case.round, since=case.escalates_from),
    )


def after_event(run: Run, event: DeskEvent, priority: Priority | None, now: dt.datetime) -> Run:
    """Return the round after something happened to its case: the same one, a stopped one, or a new one from now on."""
    own = dict(priority.events) if priority is not None else {}
    match own.get(event, DEFAULTS[event]):
        case "stop":
            return Run(round=run.round, since=None)
        case "restart":
            return Run(round=run.round + 1, since=now)
        case _:
            return run


def first_run(priority: Priority | None, opened_at: dt.datetime) -> Run:
    """Return the round that begins with a case."""
    opening = (dict(priority.events) if priority is not None else {}).get("opened", DEFAULTS["opened"])
    return Run(round=0, since=None if opening == "stop" else opened_at)


def is_used(desk: Desk) -> bool:
    """Say whether any priority of the desk has levels of escalation."""
    return any(priority.escalation for priority in desk.priorities)


def steps(case: Counted, desk: Desk, reached: Iterable[KnownEscalation], now: dt.datetime) -> tuple[Step, ...]:
    """Return the levels that a case can still reach in its round, the next one first.

    None while its clocks stand still. A target that was met, or whose escalation somebody acknowledged, has none left;
    nor has a warning a use after its target.
    """
    priority, calendar = desk.priority(case.priority), clock_of(desk, case.priority, case.category)
    since = case.run.since
    if priority is None or calendar is None or case.paused_at is not None or since is None:
        return ()
    of_round = [known for known in reached if known.round == case.run.round]
    done = {(known.target, known.level) for known in of_round}
    seen = {known.target for known in of_round if known.acknowledged_by is not None}
    found = []
    for number, level in _numbered(priority.escalation):
        due = _open_target(case, level)
        if due is None or level.of in seen or (level.of, number) in done:
            continue
        moment = _moment(level, due, since, calendar, desk.timezone)
        if moment is not None and not (level.before and due <= now):
            found.append(Step(number=number, level=level, moment=moment, due=due))
    return tuple(sorted(found, key=lambda step: (step.moment, step.number)))


def _numbered(levels: Iterable[EscalationLevel]) -> Iterator[tuple[int, EscalationLevel]]:
    """Yield the levels with their numbers: of each target 1, 2 … as the config has them, its warnings -1, -2 …"""
    seen: Counter[tuple[AimedAt, bool]] = Counter()
    for level in levels:
        seen[level.of, level.before] += 1
        number = seen[level.of, level.before]
        yield (-number if level.before else number), level


def next_ring(case: Counted, desk: Desk, reached: Sequence[KnownEscalation], now: dt.datetime) -> dt.datetime | None:
    """Return when the clock has to look at a case's escalation again: never while its priority's clock is closed."""
    coming = steps(case, desk, reached, now)
    calendar = clock_of(desk, case.priority, case.category)
    if not coming or calendar is None:
        return None
    return next_opening(calendar, desk.timezone, max(coming[0].moment, now))


def _open_target(case: Counted, level: EscalationLevel) -> dt.datetime | None:
    if level.of == "response":
        return case.response_due if case.responded_at is None else None
    return case.resolution_due


def _moment(
    level: EscalationLevel, due: dt.datetime, since: dt.datetime, calendar: Calendar, tz: str
) -> dt.datetime | None:
    """Return when a level is reached; None for a warning from before the round began."""
    if not level.before:
        return add_target(calendar, tz, max(due, since), level.after)
    moment = subtract_target(calendar, tz, due, level.after)
    return moment if moment is not None and moment >= since else None

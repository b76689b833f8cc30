"""When a case must have had an answer and when it must be solved."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from inboxd.desk.clocks.hours import add_target, add_time, open_time_between
from inboxd.desk.clocks.service_levels import Target
from inboxd.desk.desk import Calendar, Desk

OFFICE = "office"
"""The clock for which a category's own calendar stands in."""

Pause = tuple[dt.datetime, dt.datetime]
"""From when to when the clocks of a case stood still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dues:
    """The target times of a case in UTC; None where its priority has no such target."""

    response: dt.datetime | None
    resolution: dt.datetime | None


NO_DUES = Dues(response=None, resolution=None)


def due(desk: Desk, priority: str, category: str, opened_at: dt.datetime, pauses: Sequence[Pause] = ()) -> Dues:
    """Return the target times of a case of that priority and category that was opened then.

    The targets are those of the category's target set, else the priority's own; time in `pauses` (in order, none over
    another) does not count. A priority or a category that is no longer in the config has no targets.
    """
    calendar = clock_of(desk, priority, category)
    if calendar is None:
        return NO_DUES
    response, resolution = targets_of(desk, priority, category)
    return Dues(
        response=_moment(desk, calendar, response, opened_at, pauses),
        resolution=_moment(desk, calendar, resolution, opened_at, pauses),
    )


def targets_of(desk: Desk, priority: str, category: str) -> tuple[Target | None, Target | None]:
    """Return the response and resolution targets: those of the category's target set, else the priority's own."""
    about, level = desk.category(category), desk.priority(priority)
    shared = desk.target_set(about.targets) if about is not None and about.targets is not None else None
    for name, response, resolution in shared.levels if shared is not None else ():
        if name == priority:
            return response, resolution
    return (None, None) if level is None else (level.response, level.resolution)


def clock_of(desk: Desk, priority: str, category: str) -> Calendar | None:
    """Return the calendar in which a priority's time is counted; where it is "office", the category's own."""
    level, about = desk.priority(priority), desk.category(category)
    if level is None:
        return None
    return desk.calendar(about.calendar if level.clock == OFFICE and about is not None else level.clock)


def next_due(dues: Dues, *, responded: bool) -> dt.datetime | None:
    """Return the target time that comes next: the answer's until a person answered, then the solution's."""
    coming = (None if responded else dues.response, dues.resolution)
    return min((due_at for due_at in coming if due_at is not None), default=None)


def is_overdue(dues: Dues, now: dt.datetime, *, responded: bool, paused_at: dt.datetime | None) -> bool:
    """Say whether a target has passed; where the clocks stand still, whether it had when they stopped."""
    coming = next_due(dues, responded=responded)
    return coming is not None and coming < (paused_at or now)


def moved(calendar: Calendar, tz: str, due_at: dt.datetime, pause: Pause) -> dt.datetime | None:
    """Return where a target time lies after a pause: what was left of it then is left at its end."""
    stopped, went_on = pause
    if due_at <= stopped:
        return due_at
    return add_time(calendar, tz, went_on, open_time_between(calendar, tz, stopped, due_at))


def _moment(
    desk: Desk, calendar: Calendar, target: Target | None, opened_at: dt.datetime, pauses: Sequence[Pause]
) -> dt.datetime | None:
    found = None if target is None else add_target(calendar, desk.timezone, opened_at, target)
    for pause in pauses:
        if found is not None:
            found = moved(calendar, desk.timezone, found, pause)
    return found

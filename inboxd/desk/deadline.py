"""When a case must have had an answer and when it must be solved."""

import datetime as dt
from dataclasses import dataclass

from inboxd.desk.desk import Calendar, Desk, Target
from inboxd.desk.hours import add_target

OFFICE = "office"
"""The clock for which a category's own calendar stands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dues:
    """The target times of a case in UTC; None where its priority has no such target."""

    response: dt.datetime | None
    resolution: dt.datetime | None


def due(desk: Desk, priority: str, category: str, opened_at: dt.datetime) -> Dues:
    """Return the target times of a case of that priority and category that was opened then.

    The priority's calendar counts; where it is "office", the category's does. A priority or a category that is no
    longer in the config has no targets and no calendar of its own.
    """
    level = desk.priority(priority)
    calendar = None if level is None else _clock(desk, level.clock, category)
    if level is None or calendar is None:
        return Dues(response=None, resolution=None)
    return Dues(
        response=_moment(desk, calendar, level.response, opened_at),
        resolution=_moment(desk, calendar, level.resolution, opened_at),
    )


def _clock(desk: Desk, clock: str, category: str) -> Calendar | None:
    about = desk.category(category)
    return desk.calendar(about.calendar if clock == OFFICE and about is not None else clock)


def _moment(desk: Desk, calendar: Calendar, target: Target | None, opened_at: dt.datetime) -> dt.datetime | None:
    return None if target is None else add_target(calendar, desk.timezone, opened_at, target)

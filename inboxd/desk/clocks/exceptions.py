"""Where a calendar departs from its usual week: closing days, short days and seasons that are near."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from inboxd.desk.clocks.hours import ONE_DAY, hours_on, in_season, is_holiday
from inboxd.desk.desk import Calendar, Minutes, Season

LEAP_YEAR = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Dates from `first` to `last` with other hours: a `season` by weekday (None: as usual), else the same each day."""

    first: dt.date
    last: dt.date
    why: Literal["day", "holiday", "season"]
    hours: tuple[Minutes, ...] = ()
    week: tuple[tuple[Minutes, ...] | None, ...] = ()


def departures(calendar: Calendar, first: dt.date, days: int) -> tuple[Departure, ...]:
    """Return how the dates from `first` on, so many days, differ from the calendar's usual week, in order.

    A holiday on a day that is closed anyway is none.
    """
    dates = [first + n * ONE_DAY for n in range(days)]
    found: list[Departure] = []
    for day in dates:
        single = _single(calendar, day)
        if single is None:
            continue
        before = found[-1] if found else None
        if before is not None and (before.last + ONE_DAY, before.why, before.hours) == (day, single.why, single.hours):
            found[-1] = Departure(first=before.first, last=day, why=single.why, hours=single.hours)
        else:
            found.append(single)
    seasons = (_season(season, dates) for season in calendar.seasons)
    return tuple(sorted((*found, *(one for one in seasons if one)), key=lambda one: (one.first, one.last)))


def _single(calendar: Calendar, day: dt.date) -> Departure | None:
    hours = hours_on(calendar, day)
    own = any(date == day for date, _ in calendar.days)
    if hours == calendar.week[day.weekday()] or not (own or is_holiday(calendar, day)):
        return None
    return Departure(first=day, last=day, why="day" if own else "holiday", hours=hours)


def _season(season: Season, dates: list[dt.date]) -> Departure | None:
    """Return a season that one of the dates lies in, from its first day to its last one."""
    day = next((date for date in dates if in_season(season, date)), None)
    if day is None:
        return None
    first = last = day
    for _ in range(LEAP_YEAR):
        first = first - ONE_DAY if in_season(season, first - ONE_DAY) else first
        last = last + ONE_DAY if in_season(season, last + ONE_DAY) else last
    return Departure(first=first, last=last, why="season", week=season.hours)

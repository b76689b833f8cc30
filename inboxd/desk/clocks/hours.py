"""The desk's clock: when it is open, when it opens next, and where a target time falls.

Opening hours are local times; all counting is done on the moments they stand for, so that a day on which the clocks
change has 23 or 25 hours. A day's hours are, the first that applies: its own entry in `days`, closed on a holiday, the
hours of a season, the week's. Spans include their first moment and not their last.
"""

import datetime as dt
from collections.abc import Iterator
from functools import cache
from zoneinfo import ZoneInfo

from inboxd.desk.clocks.service_levels import Target
from inboxd.desk.desk import Calendar, Minutes, Season

ONE_DAY = dt.timedelta(days=1)
HORIZON_DAYS = 3660
"""How far ahead is looked for open time: ten years; beyond that a calendar counts as closed for good."""

Span = tuple[dt.datetime, dt.datetime]


def is_open(calendar: Calendar, tz: str, at: dt.datetime) -> bool:
    """Say whether the desk is open at a moment (aware). `tz` is the desk's time zone by its IANA name."""
    return any(True for _ in _spans(calendar, tz, at, at))


def next_opening(calendar: Calendar, tz: str, at: dt.datetime) -> dt.datetime | None:
    """Return the first moment from `at` on at which the desk is open (`at` itself if it is), in UTC; None for never."""
    first = next(_spans_from(calendar, tz, at), None)
    return None if first is None else max(first[0], at.astimezone(dt.UTC))


def add_target(calendar: Calendar, tz: str, start: dt.datetime, target: Target) -> dt.datetime | None:
    """Return the moment, in UTC, at which so much open time has passed since `start`; None if it never does.

    A day of the target is the calendar's usual day: the length that most of its open weekdays have.
    A target that is used up exactly at closing time falls due at closing time; one of no time at the next opening.
    """
    return add_time(calendar, tz, start, _length(calendar, target))


def add_time(calendar: Calendar, tz: str, start: dt.datetime, length: dt.timedelta) -> dt.datetime | None:
    """Return the moment, in UTC, at which open time of that length has passed since `start`; None if it never does."""
    left = length
    for first, last in _spans_from(calendar, tz, start):
        begin = max(first, start.astimezone(dt.UTC))
        if left <= last - begin:
            return begin + left
        left -= last - begin
    return None


def subtract_target(calendar: Calendar, tz: str, end: dt.datetime, target: Target) -> dt.datetime | None:
    """Return the last moment, in UTC, from which so much open time passes until `end`; None if there is none."""
    return subtract_time(calendar, tz, end, _length(calendar, target))


def subtract_time(calendar: Calendar, tz: str, end: dt.datetime, length: dt.timedelta) -> dt.datetime | None:
    """Return the last moment, in UTC, from which open time of that length passes until `end`; None if there is none."""
    days = 8
    while days < 2 * HORIZON_DAYS:
        left = length
        for first, last in reversed(open_spans(calendar, tz, end - days * ONE_DAY, end)):
            if left <= last - first:
                return last - left
            left -= last - first
        days *= 8
    return None


def open_time_between(calendar: Calendar, tz: str, a: dt.datetime, b: dt.datetime) -> dt.timedelta:
    """Return the open time from `a` to `b`; none where `b` is not after `a`."""
    return sum((last - first for first, last in open_spans(calendar, tz, a, b)), dt.timedelta())


def open_spans(calendar: Calendar, tz: str, start: dt.datetime, end: dt.datetime) -> tuple[Span, ...]:
    """Return the open spans between two moments, in UTC, in order, each cut to lie between them."""
    cut = ((max(first, start), min(last, end)) for first, last in _spans(calendar, tz, start, end))
    return tuple((first, last) for first, last in cut if first < last)


def hours_on(calendar: Calendar, day: dt.date) -> tuple[Minutes, ...]:
    """Return the opening hours of one date."""
    single = next((hours for date, hours in calendar.days if date == day), None)
    if single is not None:
        return single
    if calendar.holidays is not None and day in _holidays(calendar.holidays, day.year):
        return ()
    weekday = day.weekday()
    seasonal = (s.hours[weekday] for s in calendar.seasons if in_season(s, day))
    return next((hours for hours in seasonal if hours is not None), calendar.week[weekday])


def is_holiday(calendar: Calendar, day: dt.date) -> bool:
    """Say whether a date is a public holiday of the calendar's country."""
    return calendar.holidays is not None and day in _holidays(calendar.holidays, day.year)


def _spans_from(calendar: Calendar, tz: str, start: dt.datetime) -> Iterator[Span]:
    return _spans(calendar, tz, start, start + HORIZON_DAYS * ONE_DAY)


def _spans(calendar: Calendar, tz: str, start: dt.datetime, end: dt.datetime) -> Iterator[Span]:
    """Yield the open spans in UTC, in order and without overlap, that end after `start` and begin by `end`."""
    zone = ZoneInfo(tz)
    day, last_day = start.astimezone(zone).date() - ONE_DAY, end.astimezone(zone).date()
    reached = dt.datetime.min.replace(tzinfo=dt.UTC)
    while day <= last_day:
        for opens, closes in hours_on(calendar, day):
            # Where the clocks skip an hour, a boundary inside it would jump ahead of its neighbour.
            first, last = max(_moment(day, opens, zone), reached), _moment(day, closes, zone)
            reached = max(reached, last)
            if first < last and start < last and first <= end:
                yield first, last
        day += ONE_DAY


def _length(calendar: Calendar, target: Target) -> dt.timedelta:
    return dt.timedelta(minutes=target.days * _usual_day(calendar) + target.minutes)


def _moment(day: dt.date, minutes: int, zone: ZoneInfo) -> dt.datetime:
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=zone)
    return (midnight + dt.timedelta(minutes=minutes)).astimezone(dt.UTC)


def _usual_day(calendar: Calendar) -> int:
    """Return the minutes of a usual day; of two lengths that are as usual, the longer one."""
    lengths = [sum(last - first for first, last in spans) for spans in calendar.week if spans]
    return max(lengths, key=lambda length: (lengths.count(length), length), default=0)


def in_season(season: Season, day: dt.date) -> bool:
    """Say whether a day lies in a season; one that ends before it begins reaches over New Year."""
    here = (day.month, day.day)
    if season.first <= season.last:
        return season.first <= here <= season.last
    return here >= season.first or here <= season.last


@cache
def _holidays(country: str, year: int) -> frozenset[dt.date]:
    from holidays import country_holidays  # only where a day is looked up: whoever lists cases looks up none

    return frozenset(country_holidays(country, years=year))

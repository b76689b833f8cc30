"""A time, as people type it: 3d, 4h, 30m, 14:30, 2026-12-01, 2026-12-01T12:00, 12.1., fredag, friday 14:30."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from inboxd.desk.clocks.hours import HORIZON_DAYS, next_opening
from inboxd.desk.desk import Desk

WEEKDAYS = (
    ("mandag", "måndag", "monday"), ("tirsdag", "tysdag", "tuesday"), ("onsdag", "wednesday"), ("torsdag", "thursday"),
    ("fredag", "friday"), ("lørdag", "laurdag", "saturday"), ("søndag", "sundag", "sunday"),
)  # fmt: skip
WEEK = 7
NOW = frozenset({"now", "nå", "no"})
TODAY = frozenset({"today", "i dag", "idag"})
TOMORROW = frozenset({"tomorrow", "i morgen", "imorgen", "i morgon"})
YESTERDAY = frozenset({"yesterday", "i går", "igår"})
DAY_AND_MONTH = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4})?)?")
TIME_OF_DAY = re.compile(r"(?:((?!kl\b).*?)\s+)?(?:kl\.?\s*)?(\d{1,2}):(\d{2})")
"""A day, if one is named, and a time of it."""

YEARS_TO_A_LEAP_DAY = 8
"""At most so many years lie between two 29ths of February (1896 and 1904)."""


def read_when(text: str, now: dt.datetime, desk: Desk) -> dt.datetime | None:
    """Read a time to come; None where it is none, or past. A day means that day's opening of the desk.

    A weekday is the next one after today; a date without a year is the next one that exists, today's still counting.
    """
    words = text.strip().lower()
    zone = ZoneInfo(desk.timezone)
    today = now.astimezone(zone).date()
    found = _span(words, now) or _moment(words, zone) or _at_time(words, today, zone)
    if found is not None and found <= now and _only_time(words):
        found = _at_time(words, today + dt.timedelta(days=1), zone)
    found = found or _opening(_day(words, today), today, zone, desk)
    return found if found is not None and found > now else None


def read_start(text: str, now: dt.datetime, desk: Desk) -> dt.datetime | None:
    """Read when something began or will begin: `now`, a time of today, a moment of any day, or a time to come."""
    words = text.strip().lower()
    zone = ZoneInfo(desk.timezone)
    if words in NOW:
        return now
    today = now.astimezone(zone).date()
    return _at_time(words, today, zone) or _moment(words, zone) or read_when(text, now, desk)


def read_since(text: str, now: dt.datetime, desk: Desk) -> dt.datetime | None:
    """Read the beginning of a time that lasts until now: a date, a weekday or a span back; None where it is none.

    A weekday is the last one, today's too; a date without a year is the last one that was. A day begins at midnight.
    """
    words = text.strip().lower()
    zone = ZoneInfo(desk.timezone)
    span = _span(words, now)
    if span is not None:
        return now - (span - now)
    day = _past_day(words, now.astimezone(zone).date())
    try:
        found = _moment(words, zone) if day is None else dt.datetime.combine(day, dt.time(0), zone).astimezone(dt.UTC)
    except OverflowError:  # the year 1 has no neighbour in another zone
        return None
    return None if found is None or found > now else found


def _past_day(words: str, today: dt.date) -> dt.date | None:
    if words in TODAY or words in YESTERDAY:
        return today - dt.timedelta(days=words in YESTERDAY)
    for weekday, names in enumerate(WEEKDAYS):
        if words in names:
            return today - dt.timedelta(days=(today.weekday() - weekday) % WEEK)
    match = DAY_AND_MONTH.fullmatch(words)
    if match is None:
        return _date(words)
    years = (int(match[3]),) if match[3] else range(today.year, today.year - YEARS_TO_A_LEAP_DAY - 1, -1)
    days = (_date(f"{year:04}-{int(match[2]):02}-{int(match[1]):02}") for year in years)
    return next((day for day in days if day is not None and day <= today), None)


def _span(words: str, now: dt.datetime) -> dt.datetime | None:
    match = re.fullmatch(r"(\d{1,4})([mhdw])", words)
    if match is None:
        return None
    unit = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[match[2]]
    return now + dt.timedelta(**{unit: int(match[1])})


def _only_time(words: str) -> bool:
    match = TIME_OF_DAY.fullmatch(words)
    return match is not None and not match[1]


def _at_time(words: str, today: dt.date, zone: ZoneInfo) -> dt.datetime | None:
    """Read a time of a day: today's where none is named."""
    match = TIME_OF_DAY.fullmatch(words)
    if match is None:
        return None
    day = _day(match[1], today) if match[1] else today
    try:
        time = dt.time(int(match[2]), int(match[3]))
        return None if day is None else dt.datetime.combine(day, time, tzinfo=zone).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _moment(words: str, zone: ZoneInfo) -> dt.datetime | None:
    if "t" not in words and " " not in words:
        return None
    try:
        found = dt.datetime.fromisoformat(words.upper())
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(dt.UTC)
    except (ValueError, OverflowError):  # the years 1 and 9999 have no neighbours in another zone
        return None


def _day(words: str, today: dt.date) -> dt.date | None:
    if words in TODAY or words in TOMORROW:
        return today + dt.timedelta(days=words in TOMORROW)
    for weekday, names in enumerate(WEEKDAYS):
        if words in names:
            return today + dt.timedelta(days=(weekday - today.weekday() - 1) % WEEK + 1)
    match = DAY_AND_MONTH.fullmatch(words)
    if match is None:
        return _date(words)
    years = (int(match[3]),) if match[3] else range(today.year, today.year + YEARS_TO_A_LEAP_DAY + 1)
    days = (_date(f"{year:04}-{int(match[2]):02}-{int(match[1]):02}") for year in years)
    return next((day for day in days if day is not None and day >= today), None)


def _date(words: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(words)
    except ValueError:
        return None


def _opening(day: dt.date | None, today: dt.date, zone: ZoneInfo, desk: Desk) -> dt.datetime | None:
    if day is None or not 0 <= (day - today).days <= HORIZON_DAYS:
        return None
    midnight = dt.datetime.combine(day, dt.time(0), tzinfo=zone)
    calendar = desk.calendar("office")
    opening = next_opening(calendar, desk.timezone, midnight) if calendar else None
    return (opening or midnight).astimezone(dt.UTC)

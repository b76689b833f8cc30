"""Texts that an admin planned ahead for receipts: in summer, on holidays, outside hours; by the desk's own calendar."""

import datetime as dt
from zoneinfo import ZoneInfo

from inboxd.desk.clocks.hours import hours_on, is_holiday, is_open
from inboxd.desk.desk import Calendar, Desk
from inboxd.desk.letters.wording import MonthDay, PlannedText, worded

LEAP_DAY = (2, 29)


def planned_text(desk: Desk, category: str, now: dt.datetime, language: str) -> str:
    """Return the texts that stand in a receipt of that category at a moment, in the order of the config, or ""."""
    standing = (text for text in desk.receipt_texts if stands(text, desk, category, now))
    return "\n\n".join(worded(text.text, language).strip() for text in standing)


def stands(text: PlannedText, desk: Desk, category: str, now: dt.datetime) -> bool:
    """Say whether a planned text stands in the receipts of a category at a moment (aware)."""
    if text.categories and not set(text.categories) & set(desk.lineage(category)):
        return False
    today = now.astimezone(ZoneInfo(desk.timezone)).date()
    return _in_days(text, today) and _on(text, _calendar(desk, category), desk.timezone, now, today)


def next_days(text: PlannedText, today: dt.date) -> tuple[dt.date | None, dt.date | None] | None:
    """Return the first and last day of its present or next time, None on a side without end; None where it is over."""
    if isinstance(text.first, tuple) and isinstance(text.last, tuple):
        return _next_year_days(text.first, text.last, today)
    first = text.first if isinstance(text.first, dt.date) else None
    last = text.last if isinstance(text.last, dt.date) else None
    return None if last is not None and last < today else (first, last)


def _in_days(text: PlannedText, today: dt.date) -> bool:
    days = next_days(text, today)
    return days is not None and (days[0] is None or days[0] <= today)


def _next_year_days(first: MonthDay, last: MonthDay, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the days of this or the next year; what ends before it begins reaches over New Year."""
    over = 1 if last < first else 0
    spans = ((_day(year, first), _day(year + over, last)) for year in (today.year - 1, today.year, today.year + 1))
    return next(span for span in spans if span[1] >= today)


def _day(year: int, day: MonthDay) -> dt.date:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return dt.date(year, *((2, 28) if day == LEAP_DAY and not leap else day))


def _on(text: PlannedText, calendar: Calendar | None, tz: str, now: dt.datetime, today: dt.date) -> bool:
    """Say whether the day or the hour is one that the text is meant for; without a calendar none is."""
    if text.on is None:
        return True
    if calendar is None:
        return False
    if text.on == "closed":
        return not is_open(calendar, tz, now)
    closed_on_purpose = any(day == today for day, _ in calendar.days) and not hours_on(calendar, today)
    return closed_on_purpose or (is_holiday(calendar, today) and not hours_on(calendar, today))


def _calendar(desk: Desk, category: str) -> Calendar | None:
    found = desk.category(category)
    return desk.calendar(found.calendar) if found else None

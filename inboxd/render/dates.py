"""Moments and opening hours in words, for letters: Norwegian Bokmål, Nynorsk and English."""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from inboxd.desk.desk import Minutes, Week

WEEKDAYS = {
    "nb": ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    "nn": ("måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
NORWEGIAN_MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
    "desember",
)  # fmt: skip
MONTHS = {
    "nb": NORWEGIAN_MONTHS,
    "nn": NORWEGIAN_MONTHS,
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
}  # fmt: skip

FROM_TO = {"nb": ("fra", "til"), "nn": ("frå", "til"), "en": ("from", "to")}


def moment(when: dt.datetime, tz: dt.tzinfo, language: str) -> str:
    """Write an aware moment as people say it: "mandag 23. november kl. 08.00". Another language than ours: Bokmål."""
    return f"{day(when, tz, language)} {'at ' if language == 'en' else ''}{clock_time(when, tz, language)}"


def clock_time(when: dt.datetime, tz: dt.tzinfo, language: str) -> str:
    """Write the time of day of an aware moment: "kl. 08.00", in English "08:00"."""
    local = when.astimezone(tz)
    return f"{local:%H:%M}" if language == "en" else f"kl. {local:%H.%M}"


def span(start: dt.datetime, end: dt.datetime | None, tz: dt.tzinfo, language: str) -> str:
    """Write from when until when: "mandag 23. november kl. 18.00–20.00" within a day, else with both days."""
    known = language if language in WEEKDAYS else "nb"
    first, last = FROM_TO[known]
    if end is None:
        return f"{first} {moment(start, tz, known)}"
    if start.astimezone(tz).date() != end.astimezone(tz).date():
        return f"{first} {moment(start, tz, known)} {last} {moment(end, tz, known)}"
    return f"{moment(start, tz, known)}–{end.astimezone(tz).strftime('%H:%M' if known == 'en' else '%H.%M')}"


def day(when: dt.datetime, tz: dt.tzinfo, language: str) -> str:
    """Write the day of an aware moment: "mandag 23. november"."""
    local = when.astimezone(tz)
    known = language if language in WEEKDAYS else "nb"
    weekday, month = WEEKDAYS[known][local.weekday()], MONTHS[known][local.month - 1]
    return f"{weekday} {local.day} {month}" if known == "en" else f"{weekday} {local.day}. {month}"


@lru_cache(maxsize=64)
def opening_hours(week: Week, language: str) -> str:
    """Write a week's hours on one line: "mandag–fredag kl. 08.00–15.30". Closed days are left out; "" if all are."""
    known = language if language in WEEKDAYS else "nb"
    stretches = ((tuple(days), spans) for spans, days in groupby(range(len(week)), key=lambda day: week[day]) if spans)
    return ", ".join(f"{_days(days, known)} {_spans(spans, known)}" for days, spans in stretches)


def _days(days: Sequence[int], language: str) -> str:
    first, last = WEEKDAYS[language][days[0]], WEEKDAYS[language][days[-1]]
    return first if len(days) == 1 else f"{first}–{last}"


def _spans(spans: Sequence[Minutes], language: str) -> str:
    mark = ":" if language == "en" else "."
    both, before = (" and ", "") if language == "en" else (" og ", "kl. ")
    return before + both.join(f"{_clock(start, mark)}–{_clock(end, mark)}" for start, end in spans)


def _clock(minutes: int, mark: str) -> str:
    return f"{minutes // 60:02d}{mark}{minutes % 60:02d}"

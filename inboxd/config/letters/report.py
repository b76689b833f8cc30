"""The words that an admin gave for letters, as `check` describes them: planned texts, titles of statuses."""

import datetime as dt

from inboxd.desk.desk import Desk
from inboxd.desk.letters.planned_text import next_days
from inboxd.desk.letters.wording import MonthDay, PlannedText


def receipt_texts(desk: Desk) -> list[dict[str, object]]:
    """Return the planned texts as config.toml writes them, without their words."""
    return [
        {
            "name": text.name,
            "from": _day(text.first),
            "to": _day(text.last),
            "on": text.on,
            "categories": list(text.categories),
            "languages": [language for language, _ in text.text if language],
        }
        for text in desk.receipt_texts
    ]


def status_words(desk: Desk) -> dict[str, object]:
    """Return the desk's own titles of statuses as config.toml writes them: one for all, or one for each language."""
    given = ((status, dict(words)) for status, words in desk.statuses)
    return {status: words.get("", words) for status, words in given}


def coming(desk: Desk, today: dt.date) -> list[str]:
    """Return when each planned text stands next, a sentence each, the first to come first; past ones at the end."""
    known = [(text, next_days(text, today)) for text in desk.receipt_texts]
    known.sort(key=lambda one: (one[1] is None, (one[1] and one[1][0]) or dt.date.min))
    return [_sentence(text, days, today) for text, days in known]


def _sentence(text: PlannedText, days: tuple[dt.date | None, dt.date | None] | None, today: dt.date) -> str:
    if days is None:
        return f"{text.name}: over; take it out"
    first, last = days
    since = f"from {first.isoformat()}" if first and first > today else "now"
    until = f" to {last.isoformat()}" if last else ""
    only = {"holidays": ", on holidays", "closed": ", while the desk is closed"}.get(text.on or "", "")
    always = first is None and last is None
    return f"{text.name}: {only.removeprefix(', ') if always else since + until + only}"


def _day(day: dt.date | MonthDay | None) -> str | None:
    if isinstance(day, tuple):
        return f"{day[0]:02}-{day[1]:02}"
    return None if day is None else day.isoformat()

"""The values that config.toml writes as text: durations, sizes, addresses, opening hours, and what is wrong with them.

Every reader takes what TOML gave and returns the value, or raises ValueError: what is wrong; what would be right.
"""

import datetime as dt
import itertools
import re
from typing import get_args
from zoneinfo import ZoneInfo, available_timezones

from inboxd.config.problems import meant
from inboxd.desk.clocks.service_levels import Target
from inboxd.desk.desk import EVERY_LETTER, AgentLetter, Cap, Minutes
from inboxd.mail.address import strict_address

OFF = "off"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
OCTETS = {"KB": 1024, "MB": 1024**2, "GB": 1024**3}
LAST_PORT = 65535
MOST_WEIGHT = 100
DAY = 24 * 60

PARTS = re.compile(r"(?:[0-9]{1,6}[smhd])+")
PART = re.compile(r"([0-9]+)([smhd])")
SIZE = re.compile(r"([0-9]{1,6}) ?([KMG]B)", re.IGNORECASE)
CAP = re.compile(r"([0-9]{1,6})/(.+)")
SPAN = re.compile(r"([0-9]{2}):([0-5][0-9])-([0-9]{2}):([0-5][0-9])")
NAME = re.compile(r"\w(?:[\w.-]{0,38}\w)?")
PREFIX = re.compile(r"[A-ZÆØÅ]{2,10}")


def text(value: object) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str):
        raise ValueError("must be text; write it in quotes")  # noqa: TRY004 - pydantic gathers ValueError only
    if not value.strip():
        raise ValueError("is empty; write something or take the key out")
    return value


def name(value: object) -> str:
    """Return the name of an agent, a category and so on: one word that can be typed on a command line."""
    word = text(value)
    if not NAME.fullmatch(word):
        raise ValueError(f'"{word}" is no name; letters, digits, "-", "_" and ".", no spaces, at most 40')
    return word


def address(value: object) -> str:
    """Return a bare e-mail address that carries rights, its domain in ASCII (see `mail.address.strict_address`)."""
    written = text(value)
    found = strict_address(written)
    if found is None or found.name or "<" in written:
        raise ValueError(f'"{written}" is no e-mail address; for example "it@desk.no"')
    return found.address


def prefix(value: object) -> str:
    """Return a reference prefix in capitals."""
    word = text(value).upper()
    if not PREFIX.fullmatch(word):
        raise ValueError(f'"{word}" is no reference prefix; two to ten letters, for example "KS"')
    return word


def duration(value: object) -> dt.timedelta:
    """Return "10s", "4h", "1h30m" or "2d" as a length of time."""
    written = text(value)
    if not PARTS.fullmatch(written):
        raise ValueError(f'"{written}" is no length of time; for example "10s", "15m", "4h" or "2d"')
    return dt.timedelta(seconds=sum(int(number) * UNITS[unit] for number, unit in PART.findall(written)))


def target(value: object) -> Target | None:
    """Return a target time, or None for "off". Days are days of office time."""
    if value == OFF:
        return None
    written = text(value)
    parts = PART.findall(written) if PARTS.fullmatch(written) else []
    days = sum(int(number) for number, unit in parts if unit == "d")
    minutes = sum(int(number) * UNITS[unit] // 60 for number, unit in parts if unit in "mh")
    if any(unit == "s" for _, unit in parts) or not days + minutes:
        raise ValueError(f'"{written}" is no target time; for example "15m", "4h", "2d", or "off" for none')
    return Target(days=days, minutes=minutes)


def size(value: object) -> int:
    """Return "35MB" in octets; KB, MB and GB are powers of 1024, as mail servers count their limits."""
    written = text(value)
    match = SIZE.fullmatch(written)
    if match is None or int(match[1]) == 0:
        raise ValueError(f'"{written}" is no size; for example "35MB" or "500KB"')
    return int(match[1]) * OCTETS[match[2].upper()]


def cap(value: object) -> Cap | None:
    """Return "5/1h" as a cap, or None for "off"."""
    if value == OFF:
        return None
    written = text(value)
    match = CAP.fullmatch(written)
    if match is None or not PARTS.fullmatch(match[2]) or not duration(match[2]):
        raise ValueError(f'"{written}" is no cap; for example "5/1h" (five in an hour), or "off" for none')
    return Cap(count=int(match[1]), period=duration(match[2]))


def date(value: object) -> dt.date:
    """Return a date, in quotes or as TOML's own."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.datetime.strptime(text(value), "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError as exc:
        raise ValueError(f'"{value}" is no date; write year-month-day, for example "2026-12-24"') from exc


def month_day(value: object) -> tuple[int, int]:
    """Return "06-15" as (6, 15)."""
    try:
        # A leap year, so that 29 February is a day.
        found = dt.datetime.strptime(f"2024-{text(value)}", "%Y-%m-%d").replace(tzinfo=dt.UTC)
    except ValueError as exc:
        raise ValueError(f'"{value}" is no day of the year; write month-day, for example "06-15"') from exc
    return found.month, found.day


def span(value: object) -> Minutes:
    """Return "08:00-15:30" in minutes after midnight; the day ends at 24:00."""
    written = text(value)
    match = SPAN.fullmatch(written)
    if match is None:
        raise ValueError(f'"{written}" are no opening hours; for example "08:00-15:30"')
    first, last = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if last > DAY:
        raise ValueError(f'"{written}" ends after midnight; a day ends at 24:00')
    if first >= last:
        raise ValueError(f'"{written}" ends before it begins; hours over midnight are written on two days')
    return first, last


def in_order(spans: list[Minutes]) -> list[Minutes]:
    """Return a day's hours in order; they may not overlap."""
    ordered = sorted(spans)
    if any(second[0] < first[1] for first, second in itertools.pairwise(ordered)):
        raise ValueError("the hours overlap; write each span of the day once")
    return ordered


def timezone(value: object) -> str:
    """Return the IANA name of a time zone that this machine knows."""
    written = text(value)
    try:
        ZoneInfo(written)
    except (KeyError, ValueError, OSError) as exc:
        near = meant(written, available_timezones())
        hint = near if near.startswith("did") else 'for example "Europe/Oslo"'
        raise ValueError(f'"{written}" is no time zone; {hint}') from exc
    return written


def country(value: object) -> str | None:
    """Return a country whose holidays are known, or None for "off"."""
    if value == OFF:
        return None
    from holidays import list_supported_countries  # it loads the calendars of the world: only where one is asked for

    written = text(value)
    if written not in list_supported_countries():
        raise ValueError(f'"{written}" is no country with known holidays; two capitals such as "NO", or "off"')
    return written


def port(value: object) -> int:
    """Return a TCP port."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LAST_PORT:
        raise ValueError(f"{value!r} is no port; a number from 1 to {LAST_PORT}, without quotes".replace("'", '"'))
    return value


def count(value: object) -> int:
    """Return a number of one or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{value!r} is no number of one or more; write it without quotes".replace("'", '"'))
    return value


def weight(value: object) -> int:
    """Return an agent's share of a category's cases: a whole number, 0 for none."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_WEIGHT:
        raise ValueError(f"{value!r} is no share; a whole number from 0 to {MOST_WEIGHT}".replace("'", '"'))
    return value


def notify(value: object) -> str:
    """Return who hears of cases that nobody has: members, none or an address."""
    written = text(value)
    if written in {"members", "none"}:
        return written
    if "@" not in written:
        raise ValueError(f'"{written}" is not known; "members", "none" or an address')
    return address(written)


def letters(value: object) -> frozenset[AgentLetter]:
    """Return which letters an agent gets: all, none, or the kinds that a list names."""
    if isinstance(value, bool):
        return EVERY_LETTER if value else frozenset()
    known = ", ".join(f'"{kind}"' for kind in get_args(AgentLetter))
    named = value if isinstance(value, list) else [value]
    for kind in named:
        if not isinstance(value, list) or kind not in get_args(AgentLetter):
            raise ValueError(f"{kind!r} is not known; true, false or a list of {known}".replace("'", '"'))
    return frozenset(named)


def after(value: object) -> str:
    """Return what becomes of a mail on the server: keep, seen, delete or move:FOLDER."""
    written = text(value)
    if written in {"keep", "seen", "delete"} or (written.startswith("move:") and written[5:].strip()):
        return written
    raise ValueError(f'"{written}" is not known; "keep", "seen", "delete" or "move:FOLDER"')


def first_run(value: object) -> str:
    """Return what the first contact with a folder takes: new, all or since:DATE."""
    written = text(value)
    if written.startswith("since:"):
        return f"since:{date(written[6:]).isoformat()}"
    if written not in {"new", "all"}:
        raise ValueError(f'"{written}" is not known; "new", "all" or "since:2026-01-31"')
    return written


def database_url(value: object) -> str:
    """Return the URL of a database; an error does not repeat it, for it may hold a password."""
    url = text(value)
    if (url.startswith("sqlite:///") and len(url) > len("sqlite:///")) or url.startswith("postgresql+psycopg://"):
        return url
    raise ValueError('is no database; "sqlite:///inboxd.db", or "postgresql+psycopg://user@host/database"')

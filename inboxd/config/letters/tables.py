"""The tables of config.toml about letters: fields that a category asks for, and texts planned for receipts."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, PlainValidator

from inboxd.config import values
from inboxd.config.clocks import values as clock_values
from inboxd.config.kinds import Name, Table, Text
from inboxd.desk.case import Status
from inboxd.desk.letters.wording import MonthDay

LONGEST_TEXT = 1_000
"""Characters of a planned text: a receipt stays short (rules.md R10)."""

STATUSES = tuple(status.value for status in Status if status is not Status.MERGED)


def words(value: object) -> str | dict[str, str]:
    """Return a text for letters, or one for each language; none longer than LONGEST_TEXT."""
    given = clock_values.worded(value)
    longest = max(map(len, given.values() if isinstance(given, dict) else (given,)))
    if longest > LONGEST_TEXT:
        raise ValueError(f"has {longest} characters; at most {LONGEST_TEXT}, for a receipt must stay short")
    return given


def day(value: object) -> dt.date | MonthDay:
    """Return "2026-07-01" as a date, "07-01" as a day of every year."""
    if isinstance(value, dt.date) or (isinstance(value, str) and value.count("-") > 1):
        return values.date(value)
    return values.month_day(value)


def days(value: object) -> int | None:
    """Return a number of days, or None for "off"."""
    return None if value == values.OFF else values.count(value)


def statuses(value: object) -> dict[str, str | dict[str, str]]:
    """Return what people read in the place of a status: in every language, or in each."""
    if not isinstance(value, dict):
        raise ValueError('must be a table; for example { waiting = "Venter på svar" }')  # noqa: TRY004 - pydantic gathers ValueError only
    unknown = next((status for status in value if status not in STATUSES), None)
    if unknown is not None:
        raise ValueError(f'"{unknown}" is no status; {", ".join(STATUSES)}')
    return {str(status): clock_values.worded(title) for status, title in value.items()}


WordedText = Annotated[str | dict[str, str], PlainValidator(words)]
Day = Annotated[dt.date | MonthDay, PlainValidator(day)]
Days = Annotated[int | None, PlainValidator(days)]
Statuses = Annotated[dict[str, str | dict[str, str]], PlainValidator(statuses)]


class FieldTable(Table):
    """One of a category's `fields`."""

    REQUIRED = {"name": 'name = "brukernavn"'}
    name: Name = ""
    title: WordedText | None = None
    ask: bool = False
    pattern: Text | None = None


class ReceiptTextTable(Table):
    """[[receipt_text]]."""

    REQUIRED = {"name": 'name = "summer"', "text": 'text = { nb = "…", nn = "…", en = "…" }'}
    name: Name = ""
    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    on: Literal["holidays", "closed"] | None = None
    categories: list[Name] = []
    text: WordedText = ""

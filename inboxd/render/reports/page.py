"""What every written report is made of, whatever its format: a title, facts, tables and charts, already in words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; the columns from `numbers` on hold numbers. `last_is_sum`: its last row sums up the others.

    `of_chart`: it says what the section's chart shows, so that plain text can do without.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 1
    last_is_sum: bool = False
    of_chart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart: its name, its length from 0 to 1, and its value in words."""

    label: str
    share: float
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of bars: lying ones with their names above, or `upright` ones for a row of days."""

    caption: str
    bars: tuple[Bar, ...]
    upright: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a report under a title of its own: facts are names with their values."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A report in words. `language` is that of its words; `over` says whose it is and of when."""

    language: str
    title: str
    over: str
    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    note: str = ""

"""The arithmetic of reports: shares, medians, months, and how long cases stood with whom. Pure."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from zoneinfo import ZoneInfo

MEDIAN, MOST = 50, 90
"""The ranks that a report tells, in percent: the middle one, and the one that nine in ten do not exceed."""

DECEMBER = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of the calendar; it begins and ends at midnight of the desk's time zone."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def following(self) -> "Month":
        """The month after this one."""
        if self.number == DECEMBER:
            return Month(year=self.year + 1, number=1)
        return Month(year=self.year, number=self.number + 1)

    @property
    def previous(self) -> "Month":
        """The month before this one."""
        if self.number == 1:
            return Month(year=self.year - 1, number=DECEMBER)
        return Month(year=self.year, number=self.number - 1)

    def begins(self, tz: str) -> dt.datetime:
        """Return its first moment, in UTC; the first moment of `following` is its end."""
        return dt.datetime(self.year, self.number, 1, tzinfo=ZoneInfo(tz)).astimezone(dt.UTC)


def month_of(at: dt.datetime, tz: str) -> Month:
    """Return the month that a moment (aware) lies in."""
    local = at.astimezone(ZoneInfo(tz))
    return Month(year=local.year, number=local.month)


def read_month(text: str) -> Month | None:
    """Read "2026-10", None where it is no month."""
    try:
        day = dt.datetime.strptime(text.strip(), "%Y-%m").replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    return Month(year=day.year, number=day.month)


def percent(part: int, whole: int) -> float | None:
    """Return how many in a hundred, one decimal, cut off: 100.0 is said of all only. None where there are none."""
    return None if whole == 0 else part * 1000 // whole / 10


def nearest_rank(ordered: Sequence[int], rank: int) -> int | None:
    """Return the nearest-rank percentile of sorted values: the smallest that `rank` percent of them do not exceed.

    It is always one of the values, so that a person can find the case. The median of 1, 2, 3, 4 is 2. None of none.
    """
    return ordered[-(-rank * len(ordered) // 100) - 1] if ordered else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One target that a case reached: whether in time, and after how many seconds in both clocks."""

    within: bool
    office_seconds: int
    wall_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What many measurements come to: how many, how many in time, and the ranks of both clocks in seconds."""

    count: int
    within: int
    office: tuple[int | None, int | None]
    wall: tuple[int | None, int | None]

    @property
    def percent(self) -> float | None:
        """How many in a hundred were in time."""
        return percent(self.within, self.count)


def spread(measured: Sequence[Measured]) -> Spread:
    """Return what measurements come to; the two ranks are the median and the 90th percentile."""
    return Spread(
        count=len(measured),
        within=sum(one.within for one in measured),
        office=_ranks(sorted(one.office_seconds for one in measured)),
        wall=_ranks(sorted(one.wall_seconds for one in measured)),
    )


def _ranks(ordered: Sequence[int]) -> tuple[int | None, int | None]:
    return nearest_rank(ordered, MEDIAN), nearest_rank(ordered, MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How a case stood from a moment on, until the next stand of the same case."""

    case_id: int
    at: dt.datetime
    status: str
    category: str
    assignee: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time in which a case stood one way."""

    stand: Stand
    first: dt.datetime
    last: dt.datetime


def stretches(stands: Iterable[Stand], first: dt.datetime, until: dt.datetime) -> Iterator[Stretch]:
    """Yield how cases stood between two moments, for stands that are ordered by case and then by time.

    The last stand of a case lasts. A moment that lies before the one it follows, from a clock that was put back, takes
    no time away.
    """
    before: Stand | None = None
    for stand in stands:
        if before is not None:
            yield from _within(before, stand.at if stand.case_id == before.case_id else until, first, until)
        before = stand
    if before is not None:
        yield from _within(before, until, first, until)


def _within(stand: Stand, ends: dt.datetime, first: dt.datetime, until: dt.datetime) -> Iterator[Stretch]:
    begins, ends = max(stand.at, first), min(ends, until)
    if begins < ends:
        yield Stretch(stand=stand, first=begins, last=ends)


class OpenTime:
    """How much of a calendar's open time lies before any moment: many stretches are measured by two look-ups each."""

    def __init__(self, spans: Iterable[tuple[dt.datetime, dt.datetime]]) -> None:
        """Take the open spans of the time that will be asked about, in order and without overlap."""
        edges = [(first.timestamp(), last.timestamp()) for first, last in spans]
        self._firsts = [first for first, _ in edges]
        self._lengths = [last - first for first, last in edges]
        self._sums = [0.0, *accumulate(self._lengths)]

    def seconds(self, stretch: Stretch) -> float:
        """Return the open seconds within a stretch."""
        return self._until(stretch.last.timestamp()) - self._until(stretch.first.timestamp())

    def _until(self, at: float) -> float:
        place = bisect_right(self._firsts, at)
        if place == 0:
            return 0.0
        return self._sums[place - 1] + min(at - self._firsts[place - 1], self._lengths[place - 1])

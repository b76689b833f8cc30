"""The arithmetic of reports: nothing rounded up, every percentile a real case, every second counted once."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxd.desk.clocks.hours import open_spans
from inboxd.desk.report import (
    Measured,
    Month,
    OpenTime,
    Stand,
    Stretch,
    month_of,
    nearest_rank,
    percent,
    read_month,
    spread,
    stretches,
)
from tests.unit.desk.desks import HOUR, NOW, OFFICE
from tests.unit.desk.opening_hours import open_minutes_between

OSLO = "Europe/Oslo"
OCTOBER = Month(year=2026, number=10)


def stand(case_id: int, hours: float, status: str = "open", **changes: str) -> Stand:
    values = {"category": "it", "assignee": "kari", **changes}
    return Stand(case_id=case_id, at=NOW + hours * HOUR, status=status, **values)


def lengths(found: list[Stretch]) -> list[tuple[str, float]]:
    return [(one.stand.status, (one.last - one.first) / HOUR) for one in found]


def test_a_month_begins_at_midnight_of_the_desk_summer_time_or_not() -> None:
    assert OCTOBER.begins(OSLO) == dt.datetime(2026, 9, 30, 22, tzinfo=dt.UTC)
    assert OCTOBER.following.begins(OSLO) == dt.datetime(2026, 10, 31, 23, tzinfo=dt.UTC)


def test_months_follow_one_another_over_new_year() -> None:
    december = Month(year=2026, number=12)
    assert (december.following, OCTOBER.following) == (Month(year=2027, number=1), Month(year=2026, number=11))
    assert december.following.previous == december
    assert OCTOBER.previous == Month(year=2026, number=9)


def test_a_moment_lies_in_the_month_that_the_desk_has_then() -> None:
    assert month_of(dt.datetime(2026, 9, 30, 22, tzinfo=dt.UTC), OSLO) == OCTOBER
    assert month_of(dt.datetime(2026, 9, 30, 21, 59, tzinfo=dt.UTC), OSLO) == OCTOBER.previous


@pytest.mark.parametrize(
    ("text", "month"), [("2026-10", OCTOBER), (" 2026-10 ", OCTOBER), ("2026-13", None), ("oktober", None), ("", None)]
)
def test_a_month_is_read_as_it_is_written(text: str, month: Month | None) -> None:
    assert read_month(text) == month
    assert month is None or read_month(str(month)) == month


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(0, 0, None), (0, 3, 0.0), (2, 3, 66.6), (1999, 2000, 99.9), (2000, 2000, 100.0)]
)
def test_a_share_is_cut_off_so_that_100_means_all(part: int, whole: int, shown: float | None) -> None:
    assert percent(part, whole) == shown


@pytest.mark.parametrize(
    ("values", "rank", "found"),
    [
        ((), 50, None),
        ((7,), 50, 7),
        ((7,), 90, 7),
        ((1, 2, 3, 4), 50, 2),
        ((1, 2, 3, 4, 5), 50, 3),
        (tuple(range(1, 11)), 90, 9),
        (tuple(range(1, 12)), 90, 10),
        (tuple(range(1, 101)), 90, 90),
    ],
)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(
    values: tuple[int, ...], rank: int, found: int | None
) -> None:
    assert nearest_rank(values, rank) == found


@given(st.lists(st.integers(0, 10**9), min_size=1), st.integers(1, 100))
def test_a_percentile_is_one_of_the_values_and_holds_what_it_says(values: list[int], rank: int) -> None:
    ordered = sorted(values)
    found = nearest_rank(ordered, rank)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= rank * len(values)
    assert sum(value < found for value in values) * 100 < rank * len(values)


def test_a_spread_tells_both_clocks_apart() -> None:
    measured = [Measured(within=n < 3, office_seconds=60 * n, wall_seconds=600 * n) for n in (4, 1, 3, 2)]
    found = spread(measured)
    assert (found.count, found.within, found.percent) == (4, 2, 50.0)
    assert (found.office, found.wall) == ((120, 240), (1200, 2400))


def test_nothing_measured_is_told_as_nothing() -> None:
    found = spread([])
    assert (found.count, found.percent, found.office, found.wall) == (0, None, (None, None), (None, None))


def test_a_stand_lasts_until_the_next_one_of_the_same_case_and_the_last_until_the_end() -> None:
    stands = [stand(1, 0, "new"), stand(1, 2), stand(1, 5, "waiting"), stand(2, 1, "new")]
    found = list(stretches(stands, NOW, NOW + 8 * HOUR))
    assert lengths(found) == [("new", 2.0), ("open", 3.0), ("waiting", 3.0), ("new", 7.0)]


def test_only_what_lies_within_counts() -> None:
    stands = [stand(1, -9, "new"), stand(1, -5), stand(1, 1, "waiting"), stand(1, 9)]
    assert lengths(list(stretches(stands, NOW, NOW + 4 * HOUR))) == [("open", 1.0), ("waiting", 3.0)]
    assert list(stretches([], NOW, NOW + HOUR)) == []


def test_a_clock_that_was_put_back_takes_no_time_away() -> None:
    stands = [stand(1, 2, "new"), stand(1, 1), stand(1, 3, "closed")]
    assert lengths(list(stretches(stands, NOW, NOW + 4 * HOUR))) == [("open", 2.0), ("closed", 1.0)]


MOMENTS = st.integers(-2000, 20_000).map(lambda minutes: NOW + minutes * HOUR / 60)


@given(MOMENTS, MOMENTS)
def test_open_time_of_a_stretch_is_what_the_clock_says(a: dt.datetime, b: dt.datetime) -> None:
    first, last = min(a, b), max(a, b)
    whole = OpenTime(open_spans(OFFICE, OSLO, NOW - 40 * HOUR, NOW + 400 * HOUR))
    stretch = Stretch(stand=stand(1, 0), first=first, last=last)
    assert whole.seconds(stretch) == pytest.approx(open_minutes_between(OFFICE, OSLO, first, last) * 60)


def test_without_open_time_there_is_none_to_count() -> None:
    assert OpenTime([]).seconds(Stretch(stand=stand(1, 0), first=NOW, last=NOW + HOUR)) == 0

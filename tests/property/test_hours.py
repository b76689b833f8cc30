"""Laws of the desk's clock, for any week, season and moment, through the changes of summer time."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from inboxd.desk.clocks.deadline import moved
from inboxd.desk.clocks.hours import (
    add_target,
    is_open,
    next_opening,
    open_time_between,
    subtract_target,
)
from inboxd.desk.clocks.service_levels import Target
from inboxd.desk.desk import Calendar, Season
from tests.unit.desk.opening_hours import open_minutes_between

OSLO = "Europe/Oslo"
SPANS = st.lists(st.integers(0, 96), min_size=0, max_size=4, unique=True).map(
    lambda marks: tuple((a * 15, b * 15) for a, b in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False))
)
WEEKS = st.lists(SPANS, min_size=7, max_size=7).map(tuple).filter(any)
SEASONS = st.builds(
    Season,
    first=st.tuples(st.integers(1, 12), st.integers(1, 28)),
    last=st.tuples(st.integers(1, 12), st.integers(1, 28)),
    hours=st.lists(st.none() | SPANS.filter(bool), min_size=7, max_size=7).map(tuple),
)
CALENDARS = st.builds(
    Calendar,
    name=st.just("c"),
    week=WEEKS,
    holidays=st.sampled_from([None, "NO"]),
    seasons=st.lists(SEASONS, max_size=1).map(tuple),
)
NEW_YEAR = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
MOMENTS = st.timedeltas(dt.timedelta(), dt.timedelta(days=365)).map(NEW_YEAR.__add__)
TARGETS = st.builds(Target, days=st.just(0), minutes=st.integers(1, 600))


def due(calendar: Calendar, start: dt.datetime, target: Target) -> dt.datetime:
    found = add_target(calendar, OSLO, start, target)
    assert found is not None
    return found


@settings(max_examples=60, deadline=None)
@given(CALENDARS, MOMENTS, MOMENTS, TARGETS)
def test_who_writes_later_is_never_due_earlier(
    calendar: Calendar, one: dt.datetime, other: dt.datetime, target: Target
) -> None:
    earlier, later = sorted((one, other))
    assert due(calendar, earlier, target) <= due(calendar, later, target)


@settings(max_examples=60, deadline=None)
@given(CALENDARS, MOMENTS, TARGETS, TARGETS)
def test_two_targets_one_after_the_other_are_their_sum(
    calendar: Calendar, start: dt.datetime, first: Target, second: Target
) -> None:
    total = Target(days=0, minutes=first.minutes + second.minutes)
    assert due(calendar, due(calendar, start, first), second) == due(calendar, start, total)


@settings(max_examples=60, deadline=None)
@given(CALENDARS, MOMENTS, TARGETS)
def test_a_target_falls_in_open_time_and_has_counted_exactly_its_minutes(
    calendar: Calendar, start: dt.datetime, target: Target
) -> None:
    found = due(calendar, start, target)
    assert found > start
    assert is_open(calendar, OSLO, found - dt.timedelta(microseconds=1))
    assert open_minutes_between(calendar, OSLO, start, found) == target.minutes


@settings(max_examples=60, deadline=None)
@given(CALENDARS, MOMENTS)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar: Calendar, at: dt.datetime) -> None:
    opening = next_opening(calendar, OSLO, at)
    assert opening is not None
    assert is_open(calendar, OSLO, opening)
    assert open_minutes_between(calendar, OSLO, at, opening) == 0


@settings(max_examples=60, deadline=None)
@given(CALENDARS, MOMENTS, TARGETS)
def test_going_back_a_target_and_on_again_comes_to_the_same_open_time(
    calendar: Calendar, end: dt.datetime, target: Target
) -> None:
    begin = subtract_target(calendar, OSLO, end, target)
    assert begin is not None
    assert begin < end
    assert is_open(calendar, OSLO, begin)
    assert open_minutes_between(calendar, OSLO, begin, end) == target.minutes


@settings(max_examples=60, deadline=None)
@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_open_time_is_the_sum_of_its_parts_and_grows(
    calendar: Calendar, one: dt.datetime, two: dt.datetime, three: dt.datetime
) -> None:
    first, middle, last = sorted((one, two, three))
    whole = open_time_between(calendar, OSLO, first, last)
    assert whole == open_time_between(calendar, OSLO, first, middle) + open_time_between(calendar, OSLO, middle, last)
    assert open_time_between(calendar, OSLO, first, middle) <= whole <= last - first


@settings(max_examples=60, deadline=None)
@given(CALENDARS, MOMENTS, TARGETS, st.lists(MOMENTS, min_size=2, max_size=6))
def test_a_pause_takes_from_a_target_no_more_and_no_less_than_its_open_time(
    calendar: Calendar, start: dt.datetime, target: Target, marks: list[dt.datetime]
) -> None:
    moments = [at for at in sorted(marks) if at >= start]
    pauses = list(zip(moments[::2], moments[1::2], strict=False))
    found = due(calendar, start, target)
    for pause in pauses:
        later = moved(calendar, OSLO, found, pause)
        assert later is not None
        assert later >= found
        found = later
    counted = open_time_between(calendar, OSLO, start, found)
    for since, until in pauses:
        counted -= open_time_between(calendar, OSLO, since, min(until, found))
    assert counted == dt.timedelta(minutes=target.minutes)
    assert is_open(calendar, OSLO, found - dt.timedelta(microseconds=1))

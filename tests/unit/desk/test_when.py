"""A time to come, as people type it at ten o'clock on Monday 9 March 2026."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from inboxd.desk.desk import Calendar
from inboxd.desk.when import read_since, read_start, read_when
from tests.unit.desk.desks import NOW, desk

OSLO = ZoneInfo("Europe/Oslo")
CLOSED_FOR_GOOD = ((),) * 7


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=OSLO).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("30m", dt.timedelta(minutes=30)),
        ("4h", dt.timedelta(hours=4)),
        ("3d", dt.timedelta(days=3)),
        (" 2W ", dt.timedelta(weeks=2)),
        ("9999w", dt.timedelta(weeks=9999)),
    ],
)
def test_a_span_counts_from_now(text: str, later: dt.timedelta) -> None:
    assert read_when(text, NOW, desk()) == NOW + later


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01T12:00", local(2026, 12, 1, 12)),
        ("2026-12-01 12:00", local(2026, 12, 1, 12)),
        ("2026-12-01t12:30:00", local(2026, 12, 1, 12, 30)),
        ("2026-06-01T12:00", dt.datetime(2026, 6, 1, 10, 0, tzinfo=dt.UTC)),
        ("2026-12-01T12:00Z", dt.datetime(2026, 12, 1, 12, 0, tzinfo=dt.UTC)),
        ("2026-12-01T12:00+05:00", dt.datetime(2026, 12, 1, 7, 0, tzinfo=dt.UTC)),
        ("2026-03-09T10:01", NOW + dt.timedelta(minutes=1)),
    ],
)
def test_a_moment_is_the_desks_own_time_unless_it_names_its_zone(text: str, moment: dt.datetime) -> None:
    assert read_when(text, NOW, desk()) == moment


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", local(2026, 12, 1, 8)),
        ("1.12.", local(2026, 12, 1, 8)),
        ("1.12", local(2026, 12, 1, 8)),
        ("01.12.2026", local(2026, 12, 1, 8)),
        ("12.1.", local(2027, 1, 12, 8)),
        ("12.3.2027", local(2027, 3, 12, 8)),
        ("10.3.", local(2026, 3, 10, 8)),
        ("8.3.", local(2027, 3, 8, 8)),
    ],
)
def test_a_day_means_that_days_opening(text: str, day: dt.datetime) -> None:
    assert read_when(text, NOW, desk()) == day


def test_a_day_on_which_the_desk_is_closed_means_its_next_opening() -> None:
    assert read_when("14.3.", NOW, desk()) == local(2026, 3, 16, 8)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tirsdag", 10), ("tysdag", 10), ("Tuesday", 10),
        ("onsdag", 11), ("wednesday", 11),
        ("torsdag", 12), ("thursday", 12),
        ("fredag", 13), ("FRIDAY", 13),
        ("lørdag", 16), ("laurdag", 16), ("saturday", 16),
        ("søndag", 16), ("sundag", 16), ("sunday", 16),
    ],
)  # fmt: skip
def test_a_weekday_is_the_next_one(text: str, day: int) -> None:
    assert read_when(text, NOW, desk()) == local(2026, 3, day, 8)


@pytest.mark.parametrize("text", ["mandag", "måndag", "Monday"])
def test_todays_weekday_means_next_week(text: str) -> None:
    assert read_when(text, NOW, desk()) == local(2026, 3, 16, 8)


def test_an_opening_follows_the_summer_clock() -> None:
    assert read_when("30.3.", NOW, desk()) == dt.datetime(2026, 3, 30, 6, 0, tzinfo=dt.UTC)


def test_today_is_told_by_the_desks_clock_and_not_by_utc() -> None:
    past_midnight = dt.datetime(2026, 3, 9, 23, 30, tzinfo=dt.UTC)
    assert read_when("tirsdag", past_midnight, desk()) == local(2026, 3, 17, 8)


def test_today_by_date_counts_until_the_desk_opens() -> None:
    before, after = local(2026, 3, 9, 7), local(2026, 3, 9, 9)
    assert [read_when("9.3.", now, desk()) for now in (before, after)] == [local(2026, 3, 9, 8), None]


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        (local(2026, 3, 9, 10), local(2028, 2, 29, 8)),
        (local(2028, 2, 28, 10), local(2028, 2, 29, 8)),
        (local(2028, 3, 1, 10), local(2032, 3, 1, 8)),  # 29 February 2032 is a Sunday
    ],
)
def test_the_29th_of_february_without_a_year_is_the_next_there_is(now: dt.datetime, opening: dt.datetime) -> None:
    assert read_when("29.2.", now, desk()) == opening


def test_the_29th_of_february_of_a_common_year_is_no_day() -> None:
    assert read_when("29.2.2027", NOW, desk()) is None


def test_a_desk_without_office_hours_begins_a_day_at_midnight() -> None:
    assert read_when("10.3.", NOW, desk(calendars=())) == local(2026, 3, 10)


def test_a_desk_that_never_opens_begins_a_day_at_midnight() -> None:
    never = Calendar(name="office", week=CLOSED_FOR_GOOD)
    assert read_when("10.3.", NOW, desk(calendars=(never,))) == local(2026, 3, 10)


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "i overmorgen", "3", "d", "3y", "-3d", "3.5h", "10000w",
        "0m", "2026-03-09", "2026-03-08", "8.3.2026", "2026-03-09T10:00", "2026-03-09T09:00Z", "2025-12-01T12:00",
        "31.4.", "32.1.", "1.13.", "0.1.", "12.12026", "12.1.26", "2026-13-01", "2026-02-30T12:00", "12. 1.",
        "9999-12-31", "0001-01-01", "1.1.0000", "31.12.9999", "0001-01-01T00:00", "9999-12-31T23:59-12:00",
        "2037-03-09", "24:00", "12:60", "14.30", "9.3. 09:59", "2026-03-09 09:59", "14:30 fredag", "i dag", "kl 9",
    ],
)  # fmt: skip
def test_what_is_no_time_to_come_is_none(text: str) -> None:
    assert read_when(text, NOW, desk()) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("14:30", local(2026, 3, 9, 14, 30)),
        ("kl. 14:30", local(2026, 3, 9, 14, 30)),
        ("kl 7:05", local(2026, 3, 10, 7, 5)),
        ("09:59", local(2026, 3, 10, 9, 59)),
        ("10:00", local(2026, 3, 10, 10)),
        ("I dag 18:00", local(2026, 3, 9, 18)),
        ("i morgen 18:00", local(2026, 3, 10, 18)),
        ("fredag 16:15", local(2026, 3, 13, 16, 15)),
        ("friday kl 16:15", local(2026, 3, 13, 16, 15)),
        ("12.3. 06:00", local(2026, 3, 12, 6)),
        ("2026-12-01 kl 06:00", local(2026, 12, 1, 6)),
    ],
)
def test_a_time_of_day_is_the_next_one_or_that_of_the_day_named(text: str, moment: dt.datetime) -> None:
    assert read_when(text, NOW, desk()) == moment


@pytest.mark.parametrize("text", ["i morgen", "tomorrow", " I morgon "])
def test_tomorrow_is_a_day_like_any_other(text: str) -> None:
    assert read_when(text, NOW, desk()) == local(2026, 3, 10, 8)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", NOW),
        ("Nå", NOW),
        ("no", NOW),
        ("07:40", local(2026, 3, 9, 7, 40)),
        ("18:00", local(2026, 3, 9, 18)),
        ("i dag 07:40", local(2026, 3, 9, 7, 40)),
        ("2026-03-08 22:00", local(2026, 3, 8, 22)),
        ("2026-03-08T22:00Z", dt.datetime(2026, 3, 8, 22, 0, tzinfo=dt.UTC)),
        ("2h", NOW + 2 * dt.timedelta(hours=1)),
        ("fredag 18:00", local(2026, 3, 13, 18)),
        ("10.3.", local(2026, 3, 10, 8)),
        ("nonsense", None),
        ("31.2. 10:00", None),
    ],
)
def test_what_has_begun_may_lie_in_the_past(text: str, moment: dt.datetime | None) -> None:
    assert read_start(text, NOW, desk()) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("3d", NOW - dt.timedelta(days=3)),
        ("2h", NOW - dt.timedelta(hours=2)),
        ("today", local(2026, 3, 9)),
        ("I går", local(2026, 3, 8)),
        ("mandag", local(2026, 3, 9)),
        ("tysdag", local(2026, 3, 3)),
        ("2026-01-31", local(2026, 1, 31)),
        ("9.3.", local(2026, 3, 9)),
        ("10.3", local(2025, 3, 10)),
        ("29.2.", local(2024, 2, 29)),
        ("1.12.2025", local(2025, 12, 1)),
        ("2026-03-09 09:30", local(2026, 3, 9, 9, 30)),
    ],
)
def test_since_when_is_a_day_gone_by_or_a_span_back(text: str, moment: dt.datetime) -> None:
    assert read_since(text.rstrip(".") if text.count(".") == 2 and text.endswith(".") else text, NOW, desk()) == moment


@pytest.mark.parametrize("text", ["tomorrow", "2026-03-10", "2026-03-09 23:00", "31.2.2026", "0001-01-01", "tull", ""])
def test_what_has_not_been_is_no_beginning(text: str) -> None:
    assert read_since(text, NOW, desk()) is None

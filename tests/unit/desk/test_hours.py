"""The desk's clock: the table of domain.md 2.4, summer time, seasons, days of their own."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from inboxd.desk.clocks.hours import add_target, hours_on, is_open, next_opening
from inboxd.desk.clocks.service_levels import Target
from inboxd.desk.desk import Calendar, Season
from tests.unit.desk.opening_hours import open_minutes_between

OSLO = "Europe/Oslo"
OFFICE = Calendar(name="office", week=(((480, 930),),) * 5 + ((),) * 2, holidays="NO")
CLOSED_CHRISTMAS_EVE = Calendar(name="office", week=OFFICE.week, holidays="NO", days=((dt.date(2026, 12, 24), ()),))
NINE_TO_FIVE = Calendar(name="manual", week=(((540, 1020),),) * 5 + ((),) * 2)
ALWAYS = Calendar(name="24x7", week=(((0, 1440),),) * 7)
NEVER = Calendar(name="never", week=((),) * 7)


def oslo(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(OSLO))


def minutes(count: int) -> Target:
    return Target(days=0, minutes=count)


@pytest.mark.parametrize(
    ("calendar", "start", "target", "due"),
    [
        (OFFICE, "2026-01-09 15:20", 15, "2026-01-12T08:05:00+01:00"),
        (OFFICE, "2026-01-10 10:00", 15, "2026-01-12T08:15:00+01:00"),
        (OFFICE, "2026-01-12 07:59:30", 15, "2026-01-12T08:15:00+01:00"),
        (OFFICE, "2026-04-01 15:00", 240, "2026-04-07T11:30:00+02:00"),
        (OFFICE, "2026-03-27 15:00", 120, "2026-03-30T09:30:00+02:00"),
        (OFFICE, "2026-05-14 10:00", 240, "2026-05-15T12:00:00+02:00"),
        (OFFICE, "2026-12-23 15:00", 240, "2026-12-24T11:30:00+01:00"),
        (CLOSED_CHRISTMAS_EVE, "2026-12-23 15:00", 240, "2026-12-28T11:30:00+01:00"),
        (NINE_TO_FIVE, "2026-01-09 16:00", 120, "2026-01-12T10:00:00+01:00"),
    ],
)
def test_targets_fall_as_the_desks_own_table_says(calendar: Calendar, start: str, target: int, due: str) -> None:
    assert add_target(calendar, OSLO, oslo(start), minutes(target)) == dt.datetime.fromisoformat(due)


def test_a_day_of_office_time_is_its_opening_hours() -> None:
    start = oslo("2026-01-12 10:00")
    assert add_target(OFFICE, OSLO, start, Target(days=2, minutes=0)) == oslo("2026-01-14 10:00")
    assert add_target(OFFICE, OSLO, start, Target(days=1, minutes=30)) == oslo("2026-01-13 10:30")


def test_a_usual_day_is_the_length_that_most_weekdays_have() -> None:
    short_friday = Calendar(name="c", week=(((480, 930),),) * 4 + (((480, 720),),) + ((),) * 2)
    two_lengths = Calendar(name="c", week=(((480, 540),), ((480, 600),), (), (), (), (), ()))
    monday = oslo("2026-01-12 08:00")
    assert add_target(short_friday, OSLO, monday, Target(days=1, minutes=0)) == oslo("2026-01-12 15:30")
    assert add_target(two_lengths, OSLO, monday, Target(days=1, minutes=0)) == oslo("2026-01-13 09:00")


def test_a_target_used_up_at_closing_time_falls_due_then_and_is_told_in_utc() -> None:
    due = add_target(OFFICE, OSLO, oslo("2026-01-09 15:00"), minutes(30))
    assert due == oslo("2026-01-09 15:30")
    assert due is not None
    assert due.tzinfo is dt.UTC


@pytest.mark.parametrize("start", ["2026-03-28 20:00", "2026-10-24 20:00"])
def test_round_the_clock_counts_real_hours_when_the_clocks_change(start: str) -> None:
    begin = oslo(start).astimezone(dt.UTC)
    assert add_target(ALWAYS, OSLO, begin, Target(days=1, minutes=60)) == begin + dt.timedelta(hours=25)
    assert open_minutes_between(ALWAYS, OSLO, begin, begin + dt.timedelta(hours=25)) == 25 * 60


def test_hours_within_a_skipped_hour_are_not_counted_twice() -> None:
    night = Calendar(name="night", week=(((135, 165), (180, 300)),) * 7)
    start, end = oslo("2026-03-29 00:00"), oslo("2026-03-29 12:00")
    assert open_minutes_between(night, OSLO, start, end) <= 120 + 30
    assert open_minutes_between(night, OSLO, oslo("2026-03-30 00:00"), oslo("2026-03-30 12:00")) == 150


def test_the_desk_is_open_from_its_first_minute_until_before_its_last() -> None:
    assert [is_open(OFFICE, OSLO, oslo(f"2026-01-12 {at}")) for at in ("07:59:59", "08:00", "15:29:59", "15:30")] == [
        False,
        True,
        True,
        False,
    ]
    assert not is_open(OFFICE, OSLO, oslo("2026-05-01 10:00"))


def test_the_next_opening_is_now_when_open_and_never_when_there_is_none() -> None:
    assert next_opening(OFFICE, OSLO, oslo("2026-01-09 15:31")) == oslo("2026-01-12 08:00")
    assert next_opening(OFFICE, OSLO, oslo("2026-01-12 09:00")) == oslo("2026-01-12 09:00")
    assert next_opening(NEVER, OSLO, oslo("2026-01-12 09:00")) is None
    assert add_target(NEVER, OSLO, oslo("2026-01-12 09:00"), minutes(1)) is None


def test_open_minutes_leave_out_nights_weekends_and_holidays() -> None:
    friday, monday = oslo("2026-01-09 15:00"), oslo("2026-01-12 08:15")
    assert open_minutes_between(OFFICE, OSLO, friday, monday) == 45
    assert open_minutes_between(OFFICE, OSLO, monday, friday) == 0
    assert open_minutes_between(OFFICE, OSLO, oslo("2026-04-02 00:00"), oslo("2026-04-07 00:00")) == 0
    assert open_minutes_between(OFFICE, OSLO, oslo("2026-01-12 08:00"), oslo("2026-01-12 08:00:30")) == 0.5


def test_a_day_of_its_own_goes_before_a_holiday_a_holiday_before_a_season_a_season_before_the_week() -> None:
    summer = Season(first=(5, 1), last=(8, 15), hours=(((480, 900),), None, ((540, 600),), None, (), None, None))
    calendar = Calendar(
        name="c",
        week=OFFICE.week,
        holidays="NO",
        days=((dt.date(2026, 5, 14), ((600, 660),)), (dt.date(2026, 6, 1), ())),
        seasons=(summer,),
    )
    assert hours_on(calendar, dt.date(2026, 5, 14)) == ((600, 660),)
    assert hours_on(calendar, dt.date(2026, 6, 1)) == ()
    assert hours_on(calendar, dt.date(2026, 5, 25)) == ()
    assert hours_on(calendar, dt.date(2026, 6, 8)) == ((480, 900),)
    assert hours_on(calendar, dt.date(2026, 6, 9)) == ((480, 930),)
    assert hours_on(calendar, dt.date(2026, 6, 12)) == ()
    assert hours_on(calendar, dt.date(2026, 8, 17)) == ((480, 930),)


def test_a_season_may_reach_over_new_year() -> None:
    quiet = Season(first=(12, 27), last=(1, 2), hours=(((600, 720),),) * 5 + (None,) * 2)
    calendar = Calendar(name="c", week=OFFICE.week, seasons=(quiet,))
    days = [dt.date(2026, 12, 24), dt.date(2026, 12, 28), dt.date(2027, 1, 1), dt.date(2027, 1, 4)]
    assert [hours_on(calendar, day) for day in days] == [((480, 930),), ((600, 720),), ((600, 720),), ((480, 930),)]

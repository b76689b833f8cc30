"""Closing days, short days and seasons that are near are told; what is as usual is not."""

import datetime as dt
from dataclasses import replace

from inboxd.desk.clocks.exceptions import Departure, departures
from inboxd.desk.desk import Season
from tests.unit.desk.desks import OFFICE

NORWEGIAN = replace(OFFICE, holidays="NO")
SHORT = ((480, 720),)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_a_usual_time_has_none() -> None:
    assert departures(NORWEGIAN, day("2026-10-01"), 60) == ()


def test_a_holiday_on_a_workday_is_told_and_one_on_a_sunday_is_not() -> None:
    found = departures(NORWEGIAN, day("2026-05-10"), 20)
    assert [(one.first, one.why, one.hours) for one in found] == [
        (day("2026-05-14"), "holiday", ()),
        (day("2026-05-25"), "holiday", ()),
    ]


def test_days_of_ones_own_that_follow_one_another_are_told_together() -> None:
    closed = tuple((day(f"2026-12-{n}"), ()) for n in (28, 29, 30))
    calendar = replace(OFFICE, days=(*closed, (day("2026-12-31"), SHORT), (day("2026-12-23"), OFFICE.week[2])))
    assert departures(calendar, day("2026-12-20"), 14) == (
        Departure(first=day("2026-12-28"), last=day("2026-12-30"), why="day"),
        Departure(first=day("2026-12-31"), last=day("2026-12-31"), why="day", hours=SHORT),
    )


def test_a_holiday_on_which_the_desk_is_open_by_a_day_of_its_own_is_told_by_its_hours() -> None:
    calendar = replace(NORWEGIAN, days=((day("2026-05-14"), SHORT),))
    assert [(one.why, one.hours) for one in departures(calendar, day("2026-05-14"), 1)] == [("day", SHORT)]


def test_a_season_is_told_from_its_first_day_to_its_last_however_little_of_it_is_near() -> None:
    summer = Season(first=(6, 15), last=(8, 15), hours=(SHORT, *(None,) * 6))
    calendar = replace(OFFICE, seasons=(summer,))
    (found,) = departures(calendar, day("2026-06-01"), 20)
    assert (found.first, found.last, found.why, found.week) == (
        day("2026-06-15"), day("2026-08-15"), "season", summer.hours,
    )  # fmt: skip
    assert departures(calendar, day("2026-03-01"), 60) == ()


def test_a_season_over_new_year_is_one() -> None:
    dark = Season(first=(12, 20), last=(1, 5), hours=(SHORT,) * 7)
    (found,) = departures(replace(OFFICE, seasons=(dark,)), day("2027-01-02"), 10)
    assert (found.first, found.last) == (day("2026-12-20"), day("2027-01-05"))

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from inboxd.render.dates import moment, opening_hours, span

OSLO = ZoneInfo("Europe/Oslo")
DAY = ((480, 930),)
OFFICE = (DAY, DAY, DAY, DAY, DAY, (), ())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "mandag 23. november kl. 08.00"),
        ("nn", "måndag 23. november kl. 08.00"),
        ("en", "Monday 23 November at 08:00"),
        ("se", "mandag 23. november kl. 08.00"),
    ],
)
def test_a_moment_is_written_as_people_say_it_in_the_desks_time_zone(language: str, words: str) -> None:
    assert moment(dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC), OSLO, language) == words


def test_the_day_is_the_desks_day_and_not_the_one_in_utc() -> None:
    assert moment(dt.datetime(2026, 7, 31, 22, 5, tzinfo=dt.UTC), OSLO, "nb") == "lørdag 1. august kl. 00.05"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "mandag–fredag kl. 08.00–15.30"),
        ("nn", "måndag–fredag kl. 08.00–15.30"),
        ("en", "Monday–Friday 08:00–15:30"),
    ],
)
def test_an_ordinary_week_is_one_stretch(language: str, words: str) -> None:
    assert opening_hours(OFFICE, language) == words


def test_days_with_other_hours_stand_by_themselves_and_closed_days_are_left_out() -> None:
    week = (DAY, DAY, (), ((480, 690), (720, 930)), ((480, 720),), (), ())
    assert opening_hours(week, "nb") == (
        "mandag–tirsdag kl. 08.00–15.30, torsdag kl. 08.00–11.30 og 12.00–15.30, fredag kl. 08.00–12.00"
    )


def test_a_desk_that_is_never_open_says_nothing_of_hours() -> None:
    assert opening_hours(((),) * 7, "nb") == ""


@pytest.mark.parametrize(
    ("language", "end", "words"),
    [
        ("nb", dt.timedelta(hours=3), "fra mandag 23. november kl. 22.00 til tirsdag 24. november kl. 01.00"),
        ("nb", None, "fra mandag 23. november kl. 22.00"),
        ("nn", dt.timedelta(hours=1), "måndag 23. november kl. 22.00–23.00"),
        ("nn", None, "frå måndag 23. november kl. 22.00"),
        ("en", dt.timedelta(hours=1), "Monday 23 November at 22:00–23:00"),
        ("en", dt.timedelta(days=1), "from Monday 23 November at 22:00 to Tuesday 24 November at 22:00"),
        ("se", None, "fra mandag 23. november kl. 22.00"),
    ],
)
def test_a_span_names_the_day_once_where_it_is_one_day(language: str, end: dt.timedelta | None, words: str) -> None:
    start = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)
    assert span(start, None if end is None else start + end, OSLO, language) == words

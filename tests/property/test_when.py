"""Whatever is typed for a time, what is read lies ahead."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from inboxd.desk.clocks.hours import is_open
from inboxd.desk.when import WEEKDAYS, read_when
from tests.unit.desk.desks import OFFICE, desk

DESK = desk()
NOWS = st.integers(0, 40 * 365 * 24 * 60).map(
    lambda m: dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=m)
)
NUMBERS = st.integers(min_value=0, max_value=99999).map(str)
WORDS = st.one_of(
    st.text(max_size=20),
    st.builds("{}{}".format, NUMBERS, st.sampled_from("mhdw")),
    st.builds("{}.{}.{}".format, st.integers(0, 40), st.integers(0, 20), st.sampled_from(["", "2030", "9999", "0000"])),
    st.dates().map(str),
    st.datetimes().map(str),
    st.sampled_from([name for names in WEEKDAYS for name in names]),
)


@given(text=WORDS, now=NOWS)
def test_whatever_is_read_lies_ahead_and_is_in_utc(text: str, now: dt.datetime) -> None:
    found = read_when(text, now, DESK)
    assert found is None or (found > now and found.utcoffset() == dt.timedelta(0))


@given(day=st.integers(1, 28), month=st.integers(1, 12), now=NOWS)
def test_a_date_without_a_year_is_an_opening_within_a_year_of_now(day: int, month: int, now: dt.datetime) -> None:
    found = read_when(f"{day}.{month}.", now, DESK)
    assert found is None or (is_open(OFFICE, "Europe/Oslo", found) and found - now < dt.timedelta(days=370))


@given(names=st.sampled_from(WEEKDAYS[:5]), now=NOWS)
def test_a_weekday_is_always_an_opening_within_eight_days(names: tuple[str, ...], now: dt.datetime) -> None:
    found = read_when(names[0], now, DESK)
    assert found is not None
    assert is_open(OFFICE, "Europe/Oslo", found)
    assert found - now < dt.timedelta(days=8)

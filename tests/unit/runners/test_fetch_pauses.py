from hypothesis import given
from hypothesis import strategies as st

from inboxd.runners.fetch import pause_seconds


def test_the_first_failure_rests_five_seconds() -> None:
    assert pause_seconds(1, 0.0, refused=False) == 5


def test_the_pause_doubles() -> None:
    assert [pause_seconds(failures, 0.0, refused=False) for failures in (2, 3, 4)] == [10, 20, 40]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_every_pause_is_between_five_seconds_and_five_minutes(failures: int, random: float) -> None:
    assert 5 <= pause_seconds(failures, random, refused=False) <= 300


def test_chance_spreads_even_the_longest_pause() -> None:
    assert pause_seconds(50, 0.0, refused=False) < pause_seconds(50, 1.0, refused=False)


def test_a_login_is_tried_three_times_and_then_every_quarter_of_an_hour() -> None:
    assert [pause_seconds(failures, 0.0, refused=True) for failures in (1, 2, 3, 4)] == [5, 10, 900, 900]

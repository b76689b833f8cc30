from hypothesis import given
from hypothesis import strategies as st

from inboxd.errors import DiskFull, LoginRefused, MailboxUnreachable
from inboxd.runners.fetch import pause_seconds

AWAY = MailboxUnreachable("away")
REFUSED = LoginRefused("refused")


def test_the_first_failure_rests_five_seconds() -> None:
    assert pause_seconds(1, 0.0, AWAY) == 5


def test_the_pause_doubles() -> None:
    assert [pause_seconds(failures, 0.0, AWAY) for failures in (2, 3, 4)] == [10, 20, 40]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_every_pause_is_between_five_seconds_and_five_minutes(failures: int, random: float) -> None:
    assert 5 <= pause_seconds(failures, random, AWAY) <= 300


def test_chance_spreads_even_the_longest_pause() -> None:
    assert pause_seconds(50, 0.0, AWAY) < pause_seconds(50, 1.0, AWAY)


def test_a_login_is_tried_three_times_and_then_once_an_hour() -> None:
    assert [pause_seconds(n, 0.0, REFUSED, refused=n) for n in (1, 2, 3, 4)] == [5, 10, 3600, 3600]


def test_a_login_that_is_refused_once_after_outages_is_tried_again_soon() -> None:
    assert pause_seconds(3, 0.0, REFUSED, refused=1) == 20


def test_a_full_disk_is_looked_at_again_soon_however_long_it_is_full() -> None:
    assert {pause_seconds(failures, 0.0, DiskFull("full")) for failures in (1, 2, 50)} == {5}

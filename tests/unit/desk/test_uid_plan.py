import datetime as dt
from dataclasses import replace

import pytest

from inboxd.desk.uid_plan import (
    FolderState,
    account,
    baseline,
    baseline_again,
    batches,
    is_history,
    missing,
    settled,
)


def test_only_unknown_mails_above_the_settled_uid_are_missing() -> None:
    assert missing([2, 9, 5, 7, 5], {5}, 4) == (7, 9)


def test_nothing_is_missing_of_an_empty_folder() -> None:
    assert missing([], frozenset(), 0) == ()


def test_settled_stops_below_the_lowest_missing_mail() -> None:
    assert settled([3, 5, 7], {3, 7}, 2, 8) == 4


def test_settled_reaches_the_end_of_the_folder_when_all_is_known() -> None:
    assert settled([3, 5], {3, 5}, 2, 100) == 99


def test_settled_never_goes_back() -> None:
    assert settled([3], frozenset(), 10, 4) == 10


def test_a_known_mail_above_uidnext_does_not_carry_settled_past_uidnext() -> None:
    assert settled([3, 8], {3, 8}, 0, 6) == 5


def test_the_largest_uid_of_rfc_9051_is_counted() -> None:
    assert missing([4294967295], frozenset(), 4294967294) == (4294967295,)
    assert settled([4294967295], {4294967295}, 0, 4294967296) == 4294967295


def test_batches_end_at_the_count_and_at_the_octets() -> None:
    sizes = [(1, 10), (2, 10), (3, 10), (4, 25), (5, 10)]
    assert batches(sizes, max_count=2, max_octets=30) == ((1, 2), (3,), (4,), (5,))


def test_a_mail_larger_than_a_batch_stands_alone() -> None:
    assert batches([(1, 5), (2, 99), (3, 5)], max_count=50, max_octets=30) == ((1,), (2,), (3,))


def test_no_mails_make_no_batch() -> None:
    assert batches([], max_count=50, max_octets=30) == ()


@pytest.mark.parametrize(
    ("first_run", "uids_since", "expected"),
    [("new", (), 41), ("all", (), 0), ("since:2026-11-01", (17, 40), 16), ("since:2026-11-01", (), 41)],
)
def test_first_contact_leaves_alone_what_first_run_says(
    first_run: str, uids_since: tuple[int, ...], expected: int
) -> None:
    assert baseline(first_run, 42, uids_since) == expected


START = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)
BEFORE = START - dt.timedelta(days=30)
AFTER = START + dt.timedelta(days=1)


def test_after_a_uidvalidity_change_old_mails_stay_below_the_baseline() -> None:
    assert baseline_again([(3, AFTER), (1, BEFORE), (2, BEFORE), (4, BEFORE)], START) == 2


def test_a_mail_of_the_second_of_first_contact_is_looked_at_again() -> None:
    started = START.replace(microsecond=999_999)
    assert baseline_again([(1, BEFORE), (2, START)], started) == 1


def test_a_mail_of_the_second_of_first_contact_was_seen_by_a_later_look() -> None:
    started = START.replace(microsecond=999_999)
    dated = [(1, BEFORE), (2, START), (3, START + dt.timedelta(seconds=1))]
    assert baseline_again(dated, started, START + dt.timedelta(seconds=2)) == 2
    assert baseline_again(dated, started, START + dt.timedelta(seconds=1)) == 1


def test_a_mail_without_a_date_is_looked_at_again() -> None:
    assert baseline_again([(1, BEFORE), (2, None), (3, BEFORE)], START) == 1


def test_without_a_first_contact_every_mail_is_looked_at_again() -> None:
    assert baseline_again([(1, BEFORE)], None) == 0


def test_an_empty_folder_has_the_baseline_nought() -> None:
    assert baseline_again([], START) == 0


def test_every_mail_on_the_server_is_in_exactly_one_column_of_the_account() -> None:
    proof = account([1, 2, 5, 6, 7], {2: "done", 5: "done", 7: "hold", 9: "vanished"}, 3)
    assert (proof.on_server, proof.before_baseline, proof.accounted, proof.missing) == (5, 1, 3, (6,))
    assert (proof.by_state, proof.gone) == ((("done", 2), ("hold", 1)), (("vanished", 1),))
    assert not proof.ok


def test_a_mail_that_was_called_vanished_and_lies_there_is_missing() -> None:
    assert account([4], {4: "vanished"}, 3).missing == (4,)


def test_an_account_without_missing_mails_is_ok() -> None:
    assert account([1, 4], {4: "incoming"}, 3).ok


LOOKED = START + dt.timedelta(days=30)
DAYS = dt.timedelta(days=1)
SECONDS = dt.timedelta(seconds=1)
NEVER_SET = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def folder(**changes: object) -> FolderState:
    state = FolderState(
        id=1, mailbox="it", folder="INBOX", uidvalidity=1, baseline_uid=5, settled_uid=9, silent_uid=5,
        started_at=START, last_look_at=LOOKED, failing_since=None, last_error=None,
    )  # fmt: skip
    return replace(state, **changes)  # type: ignore[arg-type]  # the fields' own types


@pytest.mark.parametrize(
    ("came", "stopped", "old"),
    [
        (LOOKED, LOOKED, False),
        (START - 2 * DAYS, START - 2 * DAYS, True),
        (NEVER_SET, LOOKED, False),
        (NEVER_SET, None, False),
        (START - 2 * DAYS, START, False),
        (None, START - 2 * DAYS, False),
        (LOOKED, START - 2 * DAYS, False),
    ],
)
def test_a_mail_above_the_silent_ones_is_history_only_where_both_its_dates_are_old(
    came: dt.datetime | None, stopped: dt.datetime | None, old: bool
) -> None:
    assert is_history(6, came, stopped, folder(), LOOKED) is old


def test_a_first_contact_in_the_future_makes_nothing_history() -> None:
    ahead = folder(started_at=LOOKED + 40 * DAYS)
    assert not is_history(6, LOOKED, LOOKED, ahead, LOOKED)
    assert not is_history(6, NEVER_SET, NEVER_SET, folder(started_at=None), LOOKED)


@pytest.mark.parametrize(
    ("came", "stopped", "old"),
    [
        (None, LOOKED, True),
        (LOOKED + SECONDS, LOOKED, False),
        (LOOKED, LOOKED, False),
        (LOOKED - 3 * SECONDS, LOOKED - 3 * SECONDS, False),
        (LOOKED - 3 * SECONDS, LOOKED - 2 * DAYS, True),
        (LOOKED - 3 * SECONDS, None, True),
        (LOOKED - 60 * SECONDS, LOOKED, True),
        (LOOKED + DAYS, LOOKED - 2 * DAYS, True),
        (LOOKED + DAYS, None, True),
    ],
)
def test_under_a_new_uidvalidity_only_what_came_since_the_last_look_is_news(
    came: dt.datetime | None, stopped: dt.datetime | None, old: bool
) -> None:
    """INTERNALDATE has whole seconds of the server's clock: a few of them may not make a fresh mail history."""
    assert is_history(5, came, stopped, folder(), LOOKED) is old


def test_what_lay_there_before_any_good_look_is_history() -> None:
    assert is_history(5, LOOKED, LOOKED, folder(last_look_at=None), LOOKED)

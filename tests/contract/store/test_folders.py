import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session

from inboxd.errors import LeaseLost, NotFound, StoreBusy, Temporary
from inboxd.store import folders
from inboxd.store.engine import Store
from tests.contract.store.values import HOUR, MINUTE, NOW, inbox

LATER = NOW + HOUR
OVER_AT_ONCE = dt.timedelta(0)


def test_a_folder_is_unknown_before_first_contact(store: Store) -> None:
    with store.begin() as session:
        assert folders.get_folder(session, "kundeservice", "INBOX") is None
        assert folders.list_folders(session) == ()


def test_first_contact_settles_the_baseline(store: Store) -> None:
    with store.begin() as session:
        state = folders.start_folder(
            session, mailbox="it", folder="INBOX", uidvalidity=7, baseline_uid=41, silent_uid=43, now=NOW
        )
        assert (state.baseline_uid, state.settled_uid, state.silent_uid, state.started_at) == (41, 41, 43, NOW)
        assert folders.get_folder(session, "it", "INBOX") == state
        assert folders.get_folder(session, "it", "Arkiv") is None


def test_what_is_settled_never_goes_back(store: Store) -> None:
    with store.begin() as session:
        folder = inbox(session)
        for uid, settled in ((5, 5), (3, 5), (9, 9)):
            folders.settle(session, folder.id, uid)
            state = folders.get_folder(session, "kundeservice", "INBOX")
            assert state is not None
            assert state.settled_uid == settled


def test_another_uidvalidity_even_a_lower_one_begins_again(store: Store) -> None:
    with store.begin() as session:
        folder = inbox(session)
        folders.settle(session, folder.id, 50)
        state = folders.change_uidvalidity(session, folder.id, uidvalidity=3, baseline_uid=2, silent_uid=4)
    assert (state.uidvalidity, state.baseline_uid, state.settled_uid, state.silent_uid) == (3, 2, 2, 4)
    assert state.started_at == NOW


def test_a_failing_folder_remembers_since_when_until_a_good_look(store: Store) -> None:
    with store.begin() as session:
        folder = inbox(session)
        folders.failed(session, "kundeservice", "INBOX", "no route", NOW)
        folders.failed(session, "kundeservice", "INBOX", "refused", LATER)
        (state,) = folders.list_folders(session)
        assert (state.failing_since, state.last_error, state.last_look_at) == (NOW, "refused", None)
        folders.looked(session, folder.id, LATER)
        (state,) = folders.list_folders(session)
        assert (state.failing_since, state.last_error, state.last_look_at) == (None, None, LATER)


def test_a_folder_that_was_never_reached_is_listed_but_still_unknown(store: Store) -> None:
    with store.begin() as session:
        folders.failed(session, "it", "INBOX", "no route", NOW)
        assert [state.failing_since for state in folders.list_folders(session)] == [NOW]
        assert folders.get_folder(session, "it", "INBOX") is None
        started = folders.start_folder(session, mailbox="it", folder="INBOX", uidvalidity=7, baseline_uid=0, now=LATER)
        assert folders.list_folders(session) == (started,)


def lease(session: Session, owner: str, duration: dt.timedelta = MINUTE) -> int | None:
    return folders.lease(session, "kundeservice", "INBOX", owner, duration)


def prove(session: Session, owner: str, token: int) -> None:
    folders.prove_lease(session, "kundeservice", "INBOX", (owner, token))


def test_a_lease_is_kept_by_its_owner_and_its_token_grows_with_every_new_one(store: Store) -> None:
    with store.begin() as session:
        inbox(session)
        first = lease(session, "one")
        assert first is not None
        assert lease(session, "one") == first
        if store.dialect == "postgresql":
            assert lease(session, "two") is None
            assert folders.renew(session, "kundeservice", "INBOX", ("one", first), OVER_AT_ONCE)
        second = lease(session, "two")
    assert second == first + 1


def test_whoever_slept_while_another_took_the_folder_proves_and_renews_nothing(store: Store) -> None:
    with store.begin() as session:
        first = lease(session, "slept", OVER_AT_ONCE)
        assert first is not None
        prove(session, "slept", first)  # it is over, but nobody took the folder
    with store.begin() as session:
        second = lease(session, "another", OVER_AT_ONCE)
    for owner, token in (("slept", first), ("slept", first + 1), ("another", first)):
        with store.begin() as session, pytest.raises(LeaseLost):
            prove(session, owner, token)
    with store.begin() as session:
        assert not folders.renew(session, "kundeservice", "INBOX", ("slept", first), MINUTE)
        assert lease(session, "slept") == first + 2
    assert second == first + 1
    with store.begin() as session, pytest.raises(LeaseLost):
        prove(session, "slept", first)  # its own old token, too, is nothing worth


def test_a_lease_that_was_proven_stays_until_the_transaction_ends(store: Store) -> None:
    if store.dialect == "sqlite":  # BEGIN IMMEDIATE: there is one writer anyway
        return
    with store.begin() as session:
        token = lease(session, "slow", OVER_AT_ONCE) or 0
    with store.begin() as slow:
        prove(slow, "slow", token)
        with pytest.raises(StoreBusy), store.begin() as session:  # noqa: PT012 - it waits in vain
            session.connection().exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            lease(session, "quick")
    with store.begin() as session:
        assert lease(session, "quick") == token + 1


def test_a_renewal_does_not_wait_long_for_a_row_that_is_being_written(store: Store) -> None:
    """F59: a long save of one folder starves no letter's lease; who saves has the folder's row, whatever its lease."""
    if store.dialect == "sqlite":
        return
    with store.begin() as session:
        token = lease(session, "slow") or 0
    with store.begin() as slow:
        prove(slow, "slow", token)
        with pytest.raises(StoreBusy), store.begin() as session:  # noqa: PT012 - it waits in vain
            session.connection().exec_driver_sql("SET LOCAL statement_timeout = '20s'")  # that is another error
            folders.renew(session, "kundeservice", "INBOX", ("slow", token), MINUTE)


def test_who_sleeps_in_the_middle_of_a_transaction_loses_its_locks(store: Store) -> None:
    """F60: a paused daemon holds no row that another one needs to take over."""
    if store.dialect == "sqlite":
        return
    with store.begin() as session:
        token = lease(session, "slept", OVER_AT_ONCE) or 0
        limit = session.connection().exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar()
        assert limit == "15s"  # below the lease
    with pytest.raises(Temporary), store.begin() as slept:  # noqa: PT012 - what it holds is the point
        slept.connection().exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '100ms'")
        prove(slept, "slept", token)
        with store.begin() as session:
            assert lease(session, "another") == token + 1
        prove(slept, "slept", token)


def test_two_daemons_that_meet_a_new_folder_get_one_lease(store: Store) -> None:
    gate = threading.Barrier(4)

    def meet(n: int) -> int | None:
        gate.wait(timeout=30)
        try:
            with store.begin() as session:
                return lease(session, f"daemon {n}")
        except StoreBusy:
            return None

    with ThreadPoolExecutor(4) as daemons:
        tokens = [token for token in daemons.map(meet, range(4)) if token is not None]
    with store.reading() as session:
        assert [state.uidvalidity for state in folders.list_folders(session)] == [folders.NEVER_REACHED]
        assert folders.get_folder(session, "kundeservice", "INBOX") is None
    if store.dialect == "postgresql":
        assert tokens == [1]


def test_an_unknown_folder_is_not_found(store: Store) -> None:
    with store.begin() as session, pytest.raises(NotFound):
        folders.looked(session, 99, NOW)


def test_a_folder_that_is_given_back_is_free_at_once_and_only_its_owner_may(store: Store) -> None:
    with store.begin() as session:
        inbox(session)
        token = lease(session, "a:1") or 0
        folders.release(session, "kundeservice", "INBOX", ("b:2", token))
        folders.release(session, "kundeservice", "INBOX", ("a:1", token - 1))
        if store.dialect == "postgresql":
            assert lease(session, "b:2") is None
        folders.release(session, "kundeservice", "INBOX", ("a:1", token))
        assert lease(session, "b:2") == token + 1

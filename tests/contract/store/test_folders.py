import pytest

from inboxd.errors import NotFound
from inboxd.store import folders
from inboxd.store.engine import Store
from tests.contract.store.values import HOUR, MINUTE, NOW, inbox

LATER = NOW + HOUR


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


def test_a_lease_is_kept_by_its_owner_and_its_token_grows_with_every_new_one(store: Store) -> None:
    with store.begin() as session:
        folder = inbox(session)
        first = folders.lease(session, folder.id, "one", NOW, MINUTE)
        assert first is not None
        assert folders.lease(session, folder.id, "one", NOW, MINUTE) == first
        if store.dialect == "postgresql":
            assert folders.lease(session, folder.id, "two", NOW, MINUTE) is None
        second = folders.lease(session, folder.id, "two", NOW + MINUTE, MINUTE)
    assert second == first + 1


def test_an_unknown_folder_is_not_found(store: Store) -> None:
    with store.begin() as session, pytest.raises(NotFound):
        folders.looked(session, 99, NOW)


def test_a_folder_that_is_given_back_is_free_at_once_and_only_its_owner_may(store: Store) -> None:
    with store.begin() as session:
        folder = inbox(session)
        folders.lease(session, folder.id, "a:1", NOW, HOUR)
        folders.release(session, "kundeservice", "INBOX", "b:2")
        if store.dialect == "postgresql":
            assert folders.lease(session, folder.id, "b:2", NOW, HOUR) is None
        folders.release(session, "kundeservice", "INBOX", "a:1")
        assert folders.lease(session, folder.id, "b:2", NOW, HOUR) is not None

"""A fetch thread outlives whatever its database says, and counts refused logins apart from outages."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from inboxd.clock import SystemClock
from inboxd.config.settings import ImapSettings, MailboxSettings, ServerSettings, SmtpSettings
from inboxd.errors import LoginRefused, MailboxUnreachable
from inboxd.imap.session import FolderStatus
from inboxd.runners.fetch import BATCH_COUNT, FetchRunner
from inboxd.store import folders
from inboxd.store.engine import Store, open_store
from tests.servers.ports import wait_until

AWAY, REFUSED = MailboxUnreachable("away"), LoginRefused("refused")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'inboxd.db'}")
    yield store
    store.close()


def fetcher(store: Any, connect: Any = None) -> FetchRunner:
    server = ServerSettings(host="127.0.0.1", port=9, tls="none", ca_file=None, username="kari", password="x")
    imap = ImapSettings(server=server, folder="INBOX", after="keep", poll_seconds=60, first_run="all")
    box = MailboxSettings(name="it", imap=imap, smtp=SmtpSettings(server=server, null_sender="auto"))
    return FetchRunner(
        box, store, max_message_size=9_999, clock=SystemClock(), random=lambda: 0.0, owner="o", connect=connect
    )


class Broken:
    """A database that answers every use with an error that nobody knows."""

    dialect = "sqlite"

    def __init__(self) -> None:
        self.uses = 0

    def need_room(self) -> None:
        """There is room."""

    def begin(self) -> Any:
        self.uses += 1
        raise KeyError("nobody expected this")

    reading = begin


def test_a_database_that_answers_nonsense_does_not_end_the_watching() -> None:
    store = Broken()
    runner = fetcher(store)
    stop = threading.Event()
    watching = threading.Thread(target=runner.watch, args=(stop, lambda: None))
    watching.start()
    wait_until(lambda: store.uses >= 2, what="the look and the note of its failure")
    stop.set()
    runner.wake()
    watching.join(20)
    assert not watching.is_alive()
    assert runner._failures == 1


def test_a_folder_whose_release_meets_nonsense_is_let_go_all_the_same() -> None:
    runner = fetcher(Broken())
    runner._ledger._shared, runner._ledger._token = True, 1
    runner.close()
    assert runner._ledger._token is None


def test_logins_that_are_refused_are_counted_apart_from_outages(store: Store) -> None:
    with closing(fetcher(store)) as runner:
        rests = [runner._rest_after(failure) for failure in (AWAY, AWAY, REFUSED, REFUSED)]
        assert max(rests) < 300
        assert runner._rest_after(AWAY) < 300  # an outage in between unlocks no account
        assert runner._rest_after(REFUSED) == 3600


def test_a_login_that_is_let_in_ends_the_row_of_refused_ones(store: Store) -> None:
    with closing(fetcher(store, connect=lambda _: Folder(()))) as runner:
        for _ in range(3):
            runner._rest_after(REFUSED)
        runner.run_once()
        assert runner._rest_after(REFUSED) < 300


class Folder:
    """A server with one folder of such mails; `on_fetch` is called after every batch that is fetched."""

    on_fetch = staticmethod(lambda: None)

    def __init__(self, uids: Any) -> None:
        self.uids = tuple(uids)

    def select(self, _folder: str, *, readonly: bool) -> FolderStatus:
        return FolderStatus(uidvalidity=1, uidnext=len(self.uids) + 1, exists=len(self.uids))

    def search_uids(self, above: int, upto: int | None = None) -> tuple[int, ...]:
        return tuple(uid for uid in self.uids if uid > above)

    def sizes(self, uids: Any) -> tuple[Any, ...]:
        from inboxd.imap.session import MailSize

        return tuple(MailSize(uid=uid, size=3, internaldate=dt.datetime(2026, 3, 2, tzinfo=dt.UTC)) for uid in uids)

    def fetch_octets(self, uids: Any) -> dict[int, bytes]:
        self.on_fetch()
        return dict.fromkeys(uids, b"a\r\n")

    def close(self) -> None:
        """Nothing is open."""

    logout = close


@pytest.mark.parametrize("stops", [False, True])
def test_a_look_that_a_stop_cut_short_is_not_noted_as_one(store: Store, stops: bool) -> None:
    """Else, after a change of UIDVALIDITY, what it had not seen yet would come in as history."""
    server = Folder(range(1, BATCH_COUNT * 2 + 1))
    with closing(fetcher(store, connect=lambda _: server)) as runner:
        if stops:
            server.on_fetch = runner._stop.set
        assert runner.run_once() == (BATCH_COUNT if stops else BATCH_COUNT * 2)
    with store.reading() as db:
        (state,) = folders.list_folders(db)
    assert (state.last_look_at is None) == stops

"""Two daemons on one mailbox: on SQLite the second goes away; on PostgreSQL one leads, and the other takes over."""

import datetime as dt
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from inboxd.clock import SystemClock
from inboxd.config.settings import ImapSettings, MailboxSettings, ServerSettings, SmtpSettings
from inboxd.desk.uid_plan import FolderState
from inboxd.errors import LeaseLost, Temporary
from inboxd.imap.fetch import Batch
from inboxd.imap.session import FolderStatus, ImapSession
from inboxd.mail.message import RawMessage
from inboxd.runners.daemon_lock import DaemonLock
from inboxd.runners.fetch import FetchRunner
from inboxd.runners.folder_ledger import FolderLedger
from inboxd.runners.renewal import RENEW_SECONDS, leases_kept
from inboxd.store import folders, incoming
from inboxd.store.engine import Store, open_store
from inboxd.store.leases import LEASE
from tests.e2e.desk_at_work import DeskAtWork
from tests.faults.conftest import UnderFire
from tests.integration.imap.conftest import Box, mail
from tests.servers.dovecot import Dovecot
from tests.servers.ports import wait_until

NAME, FOLDER = "kundeservice", "INBOX"
OVER_AT_ONCE = dt.timedelta(0)


# one host, SQLite


@pytest.mark.slow
def test_the_second_daemon_on_one_host_exits_75_and_names_the_first(under_fire: UnderFire, tmp_path: Path) -> None:
    """F58: the second daemon exits 75 and names the first, by whatever path it comes to the database."""
    desk = under_fire.desk
    desk.start()
    lock = desk.folder / "inboxd.db.lock"
    desk.wait_for(lambda: lock.read_text().strip() == str(desk.daemon and desk.daemon.pid), "the lock to be signed")
    assert desk.daemon is not None
    (tmp_path / "by-folder").symlink_to(desk.folder)
    (tmp_path / "by-file.db").symlink_to(desk.folder / "inboxd.db")
    for path in ("by-folder/inboxd.db", "by-file.db"):
        second = DeskAtWork(
            tmp_path, desk.user, imap_port=under_fire.dovecot.imap_port, smtp_port=1, url=f"sqlite:///{path}"
        )
        refused = second.run("run", "--once", check=False)
        assert (refused.returncode, f"(pid {desk.daemon.pid})" in refused.stderr) == (75, True)
    assert desk.stop() == 0
    under_fire.check()


def test_a_lock_file_that_is_left_or_gone_changes_nothing(tmp_path: Path) -> None:
    """F58: a stale lock file keeps nobody off, and a removed one lets nobody in."""
    database = tmp_path / "inboxd.db"
    database.touch()
    (tmp_path / "inboxd.db.lock").write_text(f"{os.getppid()}\n")
    with DaemonLock(database):
        (tmp_path / "inboxd.db.lock").unlink()
        (tmp_path / "another-name.db").hardlink_to(database)
        for path in (database, tmp_path / "another-name.db"):
            with pytest.raises(Temporary, match="another daemon"), DaemonLock(path):
                pass
    with DaemonLock(database), pytest.raises(Temporary, match=f"pid {os.getpid()}"), DaemonLock(database):
        pass


# two hosts, one PostgreSQL, in one process: what a daemon that slept may still do


class TwoDaemons:
    """A mailbox on Dovecot, a database on PostgreSQL, and fetchers of several daemons."""

    def __init__(self, store: Store, box: Box, stack: ExitStack) -> None:
        self.store = store
        self.box = box
        self._stack = stack
        self.after = "seen"

    def fetcher(self, owner: str, connect: Callable[[ServerSettings], ImapSession] = ImapSession) -> FetchRunner:
        server = self.box.settings
        box = MailboxSettings(
            name=NAME,
            imap=ImapSettings(server=server, folder=FOLDER, after=self.after, poll_seconds=60, first_run="new"),
            smtp=SmtpSettings(server=server, null_sender="auto"),
        )
        runner = FetchRunner(
            box, self.store, max_message_size=100_000, clock=SystemClock(), random=lambda: 0.0, owner=owner,
            connect=connect,
        )  # fmt: skip
        self._stack.callback(runner.close)
        return runner

    def end_leases(self) -> None:
        """Do what half a minute without a renewal does."""
        with self.store.begin() as db:
            db.connection().exec_driver_sql("UPDATE folders SET lease_until = clock_timestamp()")

    def owner(self) -> str | None:
        with self.store.reading() as db:
            owner = db.connection().exec_driver_sql("SELECT owner FROM folders").scalar()
        return None if owner is None else str(owner)

    def state(self) -> FolderState:
        with self.store.reading() as db:
            (state,) = folders.list_folders(db)
        return state

    def uids(self) -> list[int]:
        with self.store.reading() as db:
            return sorted(row.uid for row in incoming.list_incoming(db))

    def finish_all(self) -> None:
        with self.store.begin() as db:
            for row in incoming.list_incoming(db, state=["incoming"]):
                incoming.finish(
                    db, row.id, outcome="opened", reason="", case_id=None, entry_id=None, mail_key=None,
                    now=SystemClock().now(),
                )  # fmt: skip


@pytest.fixture
def two(dovecot: Dovecot, postgres_url: str) -> Iterator[TwoDaemons]:
    with ExitStack() as stack:
        store = open_store(postgres_url)
        stack.callback(store.close)
        yield TwoDaemons(store, Box(server=dovecot, user=dovecot.new_user()), stack)


def sleeper(step: str, meanwhile: Callable[[], object]) -> Callable[[ServerSettings], ImapSession]:
    """Return sessions of a daemon that sleeps once, right after a step of its dialogue with the server."""
    left = [meanwhile]

    class Sleepy(ImapSession):
        def __getattribute__(self, name: str) -> object:
            found = super().__getattribute__(name)
            if name != step:
                return found

            def then_sleep(*args: object, **named: object) -> object:
                result = found(*args, **named)  # type: ignore[operator]  # the method named by `step`
                if left:
                    left.pop()()
                return result

            return then_sleep

    return Sleepy


STATUS = FolderStatus(uidvalidity=7, uidnext=10, exists=9)
MAIL = RawMessage(uid=12, octets=b"Subject: x\r\n\r\n", size=14, internaldate=None)

WRITES: dict[str, Callable[[FolderLedger, FolderState], object]] = {
    "start": lambda ledger, _: ledger.start(STATUS, 3),
    "change_uidvalidity": lambda ledger, state: ledger.change_uidvalidity(state, STATUS, 3, mails=1, before_us=0),
    "save": lambda ledger, state: ledger.save(state, Batch(messages=(MAIL,), vanished=(11,), unread=()), 12),
    "settle": lambda ledger, state: ledger.settle(state, 12),
    "to_file_away": lambda ledger, state: ledger.to_file_away(state, 9),
    "filed_away": lambda ledger, _: ledger.filed_away([1]),
    "looked": lambda ledger, state: ledger.looked(state, SystemClock().now()),
    "failed": lambda ledger, _: ledger.failed("no route"),
}


def test_no_write_of_a_ledger_whose_folder_another_daemon_took_comes_about(postgres_url: str) -> None:
    """F60: after the take-over every write of the old owner is refused by its fencing token, also when it is back."""
    with ExitStack() as stack:
        store = open_store(postgres_url)
        stack.callback(store.close)
        old, new, never = (FolderLedger(store, NAME, FOLDER, clock=SystemClock(), owner=n) for n in ("o", "n", "x"))
        assert old.lease(OVER_AT_ONCE)
        state = old.start(FolderStatus(uidvalidity=5, uidnext=11, exists=10), 10)
        old.looked(state, SystemClock().now())  # the lease is over, but nobody has taken the folder: the work is good
        assert new.lease(OVER_AT_ONCE)
        before = new.state()
        for ledger in (old, never):
            for name, write in WRITES.items():
                with pytest.raises(LeaseLost):
                    write(ledger, state)
                assert (name, new.state(), new.known(state, 0)) == (name, before, frozenset())
        old.renew(LEASE)
        old.release()
        new.settle(state, 12)
        assert old.lease(LEASE)
        old.settle(state, 13)
        with pytest.raises(LeaseLost):
            new.settle(state, 14)


@pytest.mark.parametrize("step", ["select", "search_uids", "sizes", "fetch_octets"])
def test_a_fetcher_that_slept_writes_nothing_and_tells_the_server_nothing(two: TwoDaemons, step: str) -> None:
    """F60: a leader that wakes after its lease drops what it fetched, leaves the server and asks for the lease."""
    before = two.fetcher("before")
    before.run_once()
    two.box.append(mail(1))
    before.run_once()
    two.finish_all()
    two.box.append(mail(2))
    two.end_leases()
    taken: list[int] = []

    def meanwhile() -> None:
        two.end_leases()
        two.after = "keep"
        taken.append(two.fetcher("awake").run_once())

    slept = two.fetcher("slept", sleeper(step, meanwhile))
    assert (slept.run_once(), taken, two.uids(), two.owner()) == (0, [1], [1, 2], "awake")
    assert two.box.flags() == {1: (), 2: ()}
    assert slept.run_once() == 0
    assert two.state().failing_since is None
    two.end_leases()
    assert slept.run_once() == 0
    assert two.owner() == "slept"
    assert two.box.flags() == {1: (rb"\Seen",), 2: ()}


def test_a_first_contact_that_slept_does_not_move_the_baseline_of_another(two: TwoDaemons) -> None:
    """F60: what came between another daemon's first contact and ours is not taken for history."""

    def meanwhile() -> None:
        two.end_leases()
        awake = two.fetcher("awake")
        awake.run_once()
        two.box.append(mail(1))

    slept = two.fetcher("slept", sleeper("select", meanwhile))
    assert slept.run_once() == 0
    assert (two.state().baseline_uid, two.uids()) == (0, [])
    two.end_leases()
    assert slept.run_once() == 1
    assert two.uids() == [1]


def test_of_daemons_that_come_to_a_new_mailbox_at_once_one_makes_first_contact(two: TwoDaemons) -> None:
    """F59: one leads from the first moment on."""
    two.box.append(mail(1))
    gate = threading.Barrier(3)
    fetchers = [two.fetcher(f"daemon {n}") for n in range(3)]

    def look(fetcher: FetchRunner) -> None:
        gate.wait(timeout=30)
        fetcher.run_once()

    threads = [threading.Thread(target=look, args=(fetcher,)) for fetcher in fetchers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    two.box.append(mail(2))
    assert sum(fetcher.run_once() for fetcher in fetchers) == 1
    assert (two.state().baseline_uid, two.uids()) == (1, [2])


def test_a_lease_is_kept_while_its_daemon_lives_whatever_it_does(two: TwoDaemons) -> None:
    """F59: a fetcher that sits in IDLE, or rests after a failure, keeps its folder; one that is gone does not."""
    assert LEASE.total_seconds() >= RENEW_SECONDS * 3
    leader, other = two.fetcher("leader"), two.fetcher("other")
    leader.run_once()
    two.end_leases()
    with leases_kept(two.store, [lambda: 1 / 0, leader.renew], seconds=0.01):  # type: ignore[list-item,return-value]
        wait_until(lambda: _left(two) > 0, what="a renewal, whatever another one does")
        other.run_once()
        assert two.owner() == "leader"
    two.end_leases()
    other.run_once()
    assert two.owner() == "other"
    leader.renew()
    assert two.owner() == "other"


def _left(two: TwoDaemons) -> float:
    with two.store.reading() as db:
        left = "SELECT EXTRACT(EPOCH FROM lease_until - clock_timestamp()) FROM folders"
        return float(db.connection().exec_driver_sql(left).scalar() or 0)

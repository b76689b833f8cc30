"""Watch one folder: what is new there goes into the ledger, and what is filed here is told to the server."""

import datetime as dt
import logging
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from inboxd import logs
from inboxd.clock import Clock
from inboxd.config.settings import ImapSettings, MailboxSettings, ServerSettings
from inboxd.desk import uid_plan
from inboxd.desk.backoff import LOGIN_REST, LOGIN_TRIES
from inboxd.desk.uid_plan import FolderAccount, FolderState
from inboxd.errors import ConfigError, DiskFull, InboxdError, LeaseLost, LoginRefused, MailboxUnreachable
from inboxd.imap.fetch import Batch, Measured, fetch_batch, measure
from inboxd.imap.file_away import file_away
from inboxd.imap.session import FolderStatus, ImapSession, MailSize, wait_readable
from inboxd.runners.folder_ledger import FolderLedger
from inboxd.runners.runner import guarded
from inboxd.store import folders
from inboxd.store.engine import Store
from inboxd.store.leases import LEASE

BATCH_COUNT = 50
BATCH_OCTETS = 8_000_000
FILE_AWAY_COUNT = 200
STANDBY_SECONDS = 2.0  # how often a daemon that does not have the folder asks for it
GIVE_UP_AFTER = 2  # failures in a row after which another daemon may try: it may reach what this one cannot
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 200.0  # seconds; chance adds up to a half: 5 s … 5 min

log = logging.getLogger(__name__)


class FetchRunner:
    """Fetches one folder of one mailbox over a connection of its own. All but `wake` belongs to one thread.

    `imap` is the folder, one of `mailbox.watched`.
    `random` returns a number in 0..1; `owner` names this process among the daemons that share a PostgreSQL.
    """

    def __init__(  # noqa: PLR0913 - what one watcher needs, each by name
        self,
        mailbox: MailboxSettings,
        store: Store,
        imap: ImapSettings | None = None,
        *,
        max_message_size: int,
        clock: Clock,
        random: Callable[[], float],
        owner: str,
        connect: Callable[[ServerSettings], ImapSession] = ImapSession,
        lease: dt.timedelta = LEASE,
    ) -> None:
        self.mailbox = self._name = mailbox.name
        self._imap = imap = imap or mailbox.imap
        self.sent = imap.sent
        self._store = store
        self._ledger = FolderLedger(store, mailbox.name, imap.folder, clock=clock, owner=owner, sent=imap.sent)
        self._max_message_size = max_message_size
        self._clock = clock
        self._random = random
        self._connect = connect
        self._lease = lease
        self._leads: bool | None = None  # None: not asked yet, or given back
        self._session: ImapSession | None = None
        self._on_new: Callable[[], None] = lambda: None
        self._stop = threading.Event()
        self._failing = False
        self._failures = 0  # since the last good look
        self._refused = 0  # logins since the last good one: outages between them unlock no account
        self._unread: set[int] = set()  # asked for and not given, though they are there
        self._suspects: Counter[int] = Counter()  # how many connections died when a mail was asked for
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)

    def run_once(self, *, full: bool = False) -> int:
        """Look at the folder once and return how many mails came into the ledger.

        `full` compares every mail above the baseline with the ledger, not only those above the settled UID.
        A failure is noted for `health`, then raised; what was committed before it stays. Where another daemon has the
        folder, or took it meanwhile, nothing is noted and nothing told to the server: 0.
        """
        try:
            return self._look(full=full)
        except LeaseLost:
            return self._stand_by()
        except InboxdError as exc:
            self._drop()
            self._note_failure(exc)
            raise

    def watch(self, stop: threading.Event, on_new: Callable[[], None]) -> None:
        """Look again and again until `stop` is set and `wake` called; `on_new` is called after every commit of mails.

        The first look, and one a day, compare the whole folder. Failures only lengthen the pause before the next try.
        """
        self._stop, self._on_new = stop, on_new
        compared_on = None
        try:
            while not stop.is_set():
                today = self._clock.now().date()
                failure = self._turn(full=compared_on != today or bool(self._unread))
                if failure is None:
                    self._failures, compared_on = 0, today if self._leads else None
                    continue
                self._drop()
                seconds = self._rest_after(failure)
                if self._failures >= GIVE_UP_AFTER and isinstance(failure, MailboxUnreachable):
                    self._release()
                self._pause(seconds)
        finally:
            self.close()

    def wake(self) -> None:
        """Let a waiting `watch` look again now: to stop, or because filed mails wait. Any thread may call it."""
        try:
            self._waker.send(b"!")
        except OSError:  # BlockingIOError is one
            return  # it was called so often already that the next look is certain, or the runner is closed

    def close(self) -> None:
        """Leave the server and let go of the sockets; the runner is of no use afterwards."""
        session, self._session = self._session, None
        if session is not None:
            session.logout()
        self._release()
        self._woken.close()
        self._waker.close()

    def renew(self) -> None:
        """On PostgreSQL: prolong the lease of the folder, if it is ours; any thread may call it."""
        self._ledger.renew(self._lease)

    def _rest_after(self, failure: InboxdError) -> float:
        """Count a failure and return how many seconds to rest."""
        self._failures += 1
        self._refused += isinstance(failure, LoginRefused)
        return pause_seconds(self._failures, self._random(), failure, refused=self._refused)

    def _release(self) -> None:
        self._leads = None
        try:
            guarded(self._ledger.release, what="a folder's release", otherwise=lambda _: None)
        except InboxdError as exc:  # the lease ends by itself
            self._log(logging.INFO, "folder.not_released", why=exc.code)

    def _turn(self, *, full: bool) -> InboxdError | None:
        """Look once and wait for mail; return the failure, if there was one. A bug of ours is one, too."""

        def surprised(error: str) -> InboxdError:
            failure = InboxdError(f"inboxd met an error of its own ({error})")
            self._note_failure(failure)
            return failure

        def look_and_wait() -> None:
            self.run_once(full=full)
            self._wait()

        try:
            return guarded(look_and_wait, what=f"mailbox {self._name}", otherwise=surprised)
        except InboxdError as exc:
            return exc

    def _look(self, *, full: bool) -> int:
        self._store.need_room()
        began = self._clock.now()
        if not self._ledger.lease(self._lease):
            return self._stand_by()
        self._leads = True
        state = self._ledger.state()  # after the lease: what the last owner wrote is in it
        session = self._connected()
        status = session.select(self._imap.folder, readonly=self._imap.after == "keep")
        if state is None:
            state = self._first_contact(session, status)
        elif state.uidvalidity != status.uidvalidity:  # it may also have become lower (rules.md R27)
            state = self._resynchronise(session, status, state)
        taken = self._take(session, state, status, above=state.baseline_uid if full else state.settled_uid)
        problem = self._file_away(session, state)
        if not self._stop.is_set():  # else the look may have been cut short: not all that came before it was seen
            self._note_look(state, problem, began)
        return taken

    def _stand_by(self) -> int:
        """Let go of the server without a word: another daemon has the folder."""
        if self._leads is not False:
            level, what = (logging.WARNING, "taken_over") if self._leads else (logging.INFO, "standing_by")
            self._log(level, f"folder.{what}")
        self._leads = False
        self._unread.clear()
        self._drop()
        return 0

    def _first_contact(self, session: ImapSession, status: FolderStatus) -> FolderState:
        since = self._imap.since
        uids_since = session.search_since(since) if since else ()
        baseline = uid_plan.baseline(self._imap.first_run, status.uidnext, uids_since)
        self._log(logging.INFO, "folder.started", uidvalidity=status.uidvalidity, baseline=baseline)
        return self._ledger.start(status, baseline)

    def _resynchronise(self, session: ImapSession, status: FolderStatus, state: FolderState) -> FolderState:
        """Begin again: all that lies there now comes in silently, what is known by its octets as a duplicate.

        What was left alone at first contact is left alone again, by its date: old UIDs say nothing any more. It stands
        on the desk's record, in the transaction of the change.
        """
        since, cutoff, looked_at = self._imap.since, state.started_at, state.last_look_at
        if since is not None:  # whatever the server's zone
            cutoff, looked_at = dt.datetime.combine(since, dt.time(), dt.UTC) - dt.timedelta(days=1), None
        uids = session.search_uids(0, status.uidnext - 1)
        sizes = session.sizes(uids) if state.baseline_uid > 0 else ()
        baseline = uid_plan.baseline_again([(mail.uid, mail.internaldate) for mail in sizes], cutoff, looked_at)
        before_us = sum(uid <= baseline for uid in uids)
        changed = self._ledger.change_uidvalidity(state, status, baseline, mails=len(uids), before_us=before_us)
        self._unread.clear()
        self._suspects.clear()
        self._log(
            logging.WARNING, "folder.resynchronised", old=state.uidvalidity, new=status.uidvalidity, mails=len(uids),
            before_us=before_us,
        )  # fmt: skip
        return changed

    def _take(self, session: ImapSession, state: FolderState, status: FolderStatus, *, above: int) -> int:
        """Fetch what is missing above a UID, batch by batch, each committed together with the cursor."""
        found = session.search_uids(above)
        known = set(self._ledger.known(state, above))
        measured = measure(session, uid_plan.missing(found, known, above))
        gone = self._unread.difference(found, known)
        self._unread = set(measured.unread)
        taken, settled = 0, state.settled_uid
        for batch in self._batches(session, measured, gone):
            known.update(batch.vanished, (message.uid for message in batch.messages))
            self._unread.update(batch.unread)
            settled = uid_plan.settled(found, known, above, status.uidnext)
            taken += self._save(state, batch, settled)
        reached = uid_plan.settled(found, known, above, status.uidnext)
        if reached > settled:
            self._ledger.settle(state, reached)
        return taken

    def _batches(self, session: ImapSession, measured: Measured, gone: set[int]) -> Iterator[Batch]:
        """Fetch the measured mails; those on which connections died come last, each alone."""
        if measured.vanished or gone:
            yield Batch(messages=(), vanished=(*measured.vanished, *sorted(gone)), unread=())
        by_uid = {mail.uid: mail for mail in measured.sizes}
        for uids in self._plans(measured.sizes):
            if self._stop.is_set():
                return
            self._suspects.update(uids)
            batch = fetch_batch(session, [by_uid[uid] for uid in uids], self._max_message_size)
            for uid in uids:
                del self._suspects[uid]
            yield batch

    def _plans(self, sizes: Sequence[MailSize]) -> tuple[tuple[int, ...], ...]:
        weights = [(mail.uid, mail.size if mail.size <= self._max_message_size else 0) for mail in sizes]
        calm = [pair for pair in weights if pair[0] not in self._suspects]
        alone = tuple((uid,) for uid in sorted(self._suspects, key=self._suspects.__getitem__) if uid in dict(weights))
        return uid_plan.batches(calm, max_count=BATCH_COUNT, max_octets=BATCH_OCTETS) + alone

    def _save(self, state: FolderState, batch: Batch, settled_uid: int) -> int:
        if not batch.messages and not batch.vanished:
            return 0
        new = self._ledger.save(state, batch, settled_uid)
        odd = [raw.uid for raw in batch.messages if not raw.headers_only and raw.size != len(raw.octets)]
        if odd:
            self._log(logging.WARNING, "mails.other_size_than_told", uids=odd)
        self._log(logging.INFO, "mails.fetched", count=new, vanished=len(batch.vanished), settled=settled_uid)
        self._on_new()
        return new

    def _file_away(self, session: ImapSession, state: FolderState) -> str | None:
        """Tell the server what is done here. What it refuses is a problem to be shown, but stops no fetching."""
        try:
            while self._imap.after != "keep" and not self._stop.is_set():
                done = self._ledger.to_file_away(state, FILE_AWAY_COUNT)
                if not done:
                    break
                file_away(session, self._imap.after, [uid for _, uid in done])
                self._ledger.filed_away([incoming_id for incoming_id, _ in done])
        except (ConfigError, MailboxUnreachable) as exc:
            return exc.message
        return f"{len(self._unread)} mails are not handed out by the server" if self._unread else None

    def _note_look(self, state: FolderState, problem: str | None, began: dt.datetime) -> None:
        """Note when a good look began: of a mail that came during it, it cannot be said that it was seen."""
        if problem is not None:
            self._note_problem("incomplete", problem)
            return
        self._ledger.looked(state, began)
        if self._failing or state.failing_since is not None:
            self._log(logging.INFO, "folder.recovered")
        self._failing = False

    def _note_failure(self, exc: InboxdError) -> None:
        """Note a failure for `health`; never raises, for nobody would be there to take it."""

        def note() -> None:
            self._note_problem(exc.code, exc.message)

        try:
            guarded(note, what="noting a failure", otherwise=lambda _: None)
        except InboxdError as second:  # the database is away as well: then nobody can read of it there
            self._log(logging.ERROR, "folder.failure_not_noted", error=second.code)

    def _note_problem(self, code: str, message: str) -> None:
        if not self._failing:  # once an outage
            self._log(logging.WARNING, "folder.failed", error=code)
        self._failing = True
        self._ledger.failed(message)

    def _connected(self) -> ImapSession:
        if self._session is None:
            self._session = self._connect(self._imap.server)
            self._refused = 0
        return self._session

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _wait(self) -> None:
        if self._session is None:  # another daemon has the folder
            wait_readable(min(self._imap.poll_seconds, STANDBY_SECONDS), self._woken)
        else:
            self._session.wait(self._imap.poll_seconds, self._woken)
        self._drain()

    def _pause(self, seconds: float) -> None:
        """Rest after a failure; only a stop ends it early, so that mails filed meanwhile do not hurry a sick server."""
        until = self._clock.monotonic() + seconds
        while not self._stop.is_set() and (left := until - self._clock.monotonic()) > 0:
            wait_readable(left, self._woken)
            self._drain()

    def _drain(self) -> None:
        try:
            while self._woken.recv(4096):
                continue
        except BlockingIOError:
            return  # empty

    def _log(self, level: int, name: str, **fields: object) -> None:
        logs.event(log, level, name, mailbox=self._name, folder=self._imap.folder, **fields)


def pause_seconds(failures: int, random: float, failure: InboxdError, *, refused: int = 0) -> float:
    """Return how long to rest after so many failures in a row: 5 s, doubling, to 5 min; `random` is in 0..1.

    A refused login is tried three times, then once an hour: more would lock the account. `refused` counts them, this
    one included and other failures not; only a start and a SIGHUP try at once. A full disk is looked at again soon:
    that costs no server anything.
    """
    if isinstance(failure, LoginRefused) and refused >= LOGIN_TRIES:
        return LOGIN_REST.total_seconds()
    if isinstance(failure, DiskFull):
        return FIRST_PAUSE
    doubled = FIRST_PAUSE * (1 << min(failures - 1, 10))
    return min(doubled, LONGEST_PAUSE) * (1 + random / 2)


def reconcile(
    session: ImapSession, store: Store, mailbox: MailboxSettings, imap: ImapSettings | None = None
) -> FolderAccount:
    """Compare a whole folder on the server with the ledger, changing nothing.

    A folder that was never looked at, or whose UIDVALIDITY is another than the ledger's, has all its mails missing.
    """
    folder = (imap or mailbox.imap).folder
    status = session.select(folder, readonly=True)
    found = session.search_uids(0, status.uidnext - 1)
    with store.reading() as db:
        state = folders.get_folder(db, mailbox.name, folder)
        if state is None or state.uidvalidity != status.uidvalidity:
            return uid_plan.account(found, {}, 0)
        return uid_plan.account(found, folders.ledger_of(db, state.id, state.uidvalidity), state.baseline_uid)

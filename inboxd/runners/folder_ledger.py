"""What the database is told of one watched folder: each method is one short transaction.

On PostgreSQL each that writes first proves that the folder is still ours, by owner and fencing token, under a lock on
the folder's row: a daemon that slept while another took over writes nothing, and raises LeaseLost.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from inboxd.clock import Clock
from inboxd.desk.uid_plan import FolderState, is_history
from inboxd.errors import LeaseLost, StoreBusy
from inboxd.imap.fetch import Batch
from inboxd.imap.session import FolderStatus
from inboxd.mail.dates import last_stop
from inboxd.mail.message import RawMessage
from inboxd.store import audit, folders, incoming
from inboxd.store.engine import Session, Store


class FolderLedger:
    """The ledger's side of one folder. `owner` names this process among the daemons that share a PostgreSQL.

    `sent` marks what comes out of it as sent by the desk.
    """

    def __init__(
        self, store: Store, mailbox: str, folder: str, *, clock: Clock, owner: str, sent: bool = False
    ) -> None:
        self._store = store
        self._sent = sent
        self._mailbox = mailbox
        self._folder = folder
        self._clock = clock
        self._owner = owner
        self._shared = store.dialect == "postgresql"
        self._token: int | None = None

    def state(self) -> FolderState | None:
        """Return what is known of the folder, None before the first contact."""
        with self._store.reading() as db:
            return folders.get_folder(db, self._mailbox, self._folder)

    def lease(self, duration: dt.timedelta) -> bool:
        """Take or keep the folder for a while; False where another daemon has it. SQLite has one daemon."""
        if not self._shared:
            return True
        try:
            with self._store.begin() as db:
                self._token = folders.lease(db, self._mailbox, self._folder, self._owner, duration)
        except StoreBusy:  # two daemons met at a folder that nobody had yet
            self._token = None
        return self._token is not None

    def renew(self, duration: dt.timedelta) -> None:
        """Prolong the lease, if there is one; any thread may call it."""
        token = self._token
        if self._shared and token is not None:
            with self._store.begin() as db:
                folders.renew(db, self._mailbox, self._folder, (self._owner, token), duration)

    def release(self) -> None:
        """Let another daemon have the folder at once, instead of when the lease ends."""
        token, self._token = self._token, None
        if self._shared and token is not None:
            with self._store.begin() as db:
                folders.release(db, self._mailbox, self._folder, (self._owner, token))

    def start(self, status: FolderStatus, baseline_uid: int) -> FolderState:
        """Note the first contact: what lies there now is history, and comes in silently if it comes in."""
        with self._writing() as db:
            return folders.start_folder(
                db,
                mailbox=self._mailbox,
                folder=self._folder,
                uidvalidity=status.uidvalidity,
                baseline_uid=baseline_uid,
                silent_uid=status.uidnext - 1,
                now=self._clock.now(),
            )

    def change_uidvalidity(
        self, state: FolderState, status: FolderStatus, baseline_uid: int, *, mails: int, before_us: int
    ) -> FolderState:
        """Begin again under another UIDVALIDITY: what lies there now comes in silently, and it is put on record.

        Of the `mails` that lie there `before_us` were there before the first contact.
        """
        detail = (
            f"{self._folder}: UIDVALIDITY {state.uidvalidity} became {status.uidvalidity}; of {mails} mails "
            f"{before_us} were there before us, {mails - before_us} are compared with what is known"
        )
        with self._writing() as db:
            audit.note(
                db, at=self._clock.now(), actor="inboxd", action="resynchronised", subject=self._mailbox, detail=detail
            )
            return folders.change_uidvalidity(
                db,
                state.id,
                uidvalidity=status.uidvalidity,
                baseline_uid=baseline_uid,
                silent_uid=status.uidnext - 1,
            )

    def known(self, state: FolderState, above: int) -> frozenset[int]:
        """Return the UIDs above `above` that have a row."""
        with self._store.reading() as db:
            return folders.known_uids(db, state.id, state.uidvalidity, above=above, vanished=False)

    def save(self, state: FolderState, batch: Batch, settled_uid: int) -> int:
        """Write a batch and the cursor down in one transaction; return how many mails were new."""
        now = self._clock.now()
        history: list[RawMessage] = []
        recent: list[RawMessage] = []
        for raw in batch.messages:
            old = is_history(raw.uid, raw.internaldate, last_stop(raw.octets), state, now)
            (history if old else recent).append(raw)
        with self._writing() as db:
            new = incoming.save(db, state, history, now=now, silent=True, sent=self._sent)
            new += incoming.save(db, state, recent, now=now, silent=False, sent=self._sent)
            incoming.save_vanished(db, state, batch.vanished, now)
            folders.settle(db, state.id, settled_uid)
        return new

    def settle(self, state: FolderState, settled_uid: int) -> None:
        """Move the cursor alone; it never goes back."""
        with self._writing() as db:
            folders.settle(db, state.id, settled_uid)

    def to_file_away(self, state: FolderState, limit: int) -> tuple[tuple[int, int], ...]:
        """Return (id, UID) of mails that are done here and of which the server has not been told.

        Raises LeaseLost where telling it is not ours any more.
        """
        with self._writing() if self._shared else self._store.reading() as db:
            return incoming.to_file_away(db, state.id, limit)

    def filed_away(self, incoming_ids: Iterable[int]) -> None:
        """Note that the server has been told."""
        with self._writing() as db:
            incoming.filed_away(db, incoming_ids)

    def looked(self, state: FolderState, began: dt.datetime) -> None:
        """Note a good look, by when it began."""
        with self._writing() as db:
            folders.looked(db, state.id, began)

    def failed(self, error: str) -> None:
        """Note, for `health`, why the folder cannot be served."""
        with self._writing() as db:
            folders.failed(db, self._mailbox, self._folder, error, self._clock.now())

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with self._store.begin() as db:
            if self._shared:
                if self._token is None:
                    raise LeaseLost(f"This daemon does not have the folder {self._folder} of {self._mailbox}.")
                folders.prove_lease(db, self._mailbox, self._folder, (self._owner, self._token))
            yield db

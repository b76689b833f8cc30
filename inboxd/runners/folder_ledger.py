"""What the database is told of one watched folder: each method is one short transaction."""

import datetime as dt
from collections.abc import Iterable

from inboxd.clock import Clock
from inboxd.desk.uid_plan import FolderState
from inboxd.imap.fetch import Batch
from inboxd.imap.session import FolderStatus
from inboxd.mail.message import RawMessage
from inboxd.store import folders, incoming
from inboxd.store.engine import Store


class FolderLedger:
    """The ledger's side of one folder. `owner` names this process among the daemons that share a PostgreSQL."""

    def __init__(self, store: Store, mailbox: str, folder: str, *, clock: Clock, owner: str) -> None:
        self._store = store
        self._mailbox = mailbox
        self._folder = folder
        self._clock = clock
        self._owner = owner

    def state(self) -> FolderState | None:
        """Return what is known of the folder, None before the first contact."""
        with self._store.reading() as db:
            return folders.get_folder(db, self._mailbox, self._folder)

    def lease(self, state: FolderState, duration: dt.timedelta) -> bool:
        """Take or keep the folder for a while; False where another daemon has it. SQLite has one daemon."""
        if self._store.dialect == "sqlite":
            return True
        with self._store.begin() as db:
            return folders.lease(db, state.id, self._owner, self._clock.now(), duration) is not None

    def release(self) -> None:
        """Let another daemon have the folder at once, instead of when the lease ends."""
        if self._store.dialect == "sqlite":
            return
        with self._store.begin() as db:
            folders.release(db, self._mailbox, self._folder, self._owner)

    def start(self, status: FolderStatus, baseline_uid: int) -> FolderState:
        """Note the first contact: what lies there now is history, and comes in silently if it comes in."""
        with self._store.begin() as db:
            return folders.start_folder(
                db,
                mailbox=self._mailbox,
                folder=self._folder,
                uidvalidity=status.uidvalidity,
                baseline_uid=baseline_uid,
                silent_uid=status.uidnext - 1,
                now=self._clock.now(),
            )

    def change_uidvalidity(self, state: FolderState, status: FolderStatus, baseline_uid: int) -> FolderState:
        """Begin again under another UIDVALIDITY: what lies there now comes in silently."""
        with self._store.begin() as db:
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
            return folders.known_uids(db, state.id, state.uidvalidity, above=above)

    def save(self, state: FolderState, batch: Batch, settled_uid: int) -> int:
        """Write a batch and the cursor down in one transaction; return how many mails were new."""
        history = [raw for raw in batch.messages if _is_history(raw, state)]
        recent = [raw for raw in batch.messages if not _is_history(raw, state)]
        now = self._clock.now()
        with self._store.begin() as db:
            new = incoming.save(db, state, history, now=now, silent=True)
            new += incoming.save(db, state, recent, now=now, silent=False)
            incoming.save_vanished(db, state, batch.vanished, now)
            folders.settle(db, state.id, settled_uid)
        return new

    def settle(self, state: FolderState, settled_uid: int) -> None:
        """Move the cursor alone; it never goes back."""
        with self._store.begin() as db:
            folders.settle(db, state.id, settled_uid)

    def to_file_away(self, state: FolderState, limit: int) -> tuple[tuple[int, int], ...]:
        """Return (id, UID) of mails that are done here and of which the server has not been told."""
        with self._store.reading() as db:
            return incoming.to_file_away(db, state.id, limit)

    def filed_away(self, incoming_ids: Iterable[int]) -> None:
        """Note that the server has been told."""
        with self._store.begin() as db:
            incoming.filed_away(db, incoming_ids)

    def looked(self, state: FolderState) -> None:
        """Note a good look."""
        with self._store.begin() as db:
            folders.looked(db, state.id, self._clock.now())

    def failed(self, error: str) -> None:
        """Note, for `health`, why the folder cannot be served."""
        with self._store.begin() as db:
            folders.failed(db, self._mailbox, self._folder, error, self._clock.now())


def _is_history(raw: RawMessage, state: FolderState) -> bool:
    """Say whether a mail lay there before us, or before a new UIDVALIDITY; what came since the last look did not."""
    came_since = (
        state.last_look_at is not None and raw.internaldate is not None and raw.internaldate > state.last_look_at
    )
    return raw.uid <= state.silent_uid and not came_since

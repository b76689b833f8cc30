"""Keeps copies of agents' letters in the Sent folder of the mailbox, where the relay does not do so itself."""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from functools import partial

from inboxd.clock import Clock
from inboxd.config.settings import MailboxSettings, ServerSettings
from inboxd.errors import InboxdError, LoginRefused, StoreBusy
from inboxd.imap.session import ImapSession
from inboxd.logs import event
from inboxd.runners.runner import guarded
from inboxd.store import sent_copies
from inboxd.store.engine import Store
from inboxd.store.sent_copies import DueCopy

AT_MOST = 50
"""Letters of one look."""

LOOK_SECONDS = 15.0

RELAYS_TIME = dt.timedelta(minutes=1)
"""How long a relay has for putting its own copy there."""

REST, LONG_REST = dt.timedelta(minutes=5), dt.timedelta(hours=1)
"""After a failure no other letter is tried for so long; a login that is refused again and again locks the account."""

log = logging.getLogger(__name__)


class SaveSentRunner:
    """Looks for the letters of one mailbox in its Sent folder, and appends those that are not there."""

    def __init__(
        self, mailbox: MailboxSettings, store: Store, *, clock: Clock,
        connect: Callable[[ServerSettings], ImapSession] = ImapSession,
    ) -> None:  # fmt: skip
        self.mailbox = mailbox
        self._store = store
        self._clock = clock
        self._connect = connect
        self._rests_until: dt.datetime | None = None

    def watch(self, stop: threading.Event) -> None:
        """Look again and again until `stop` is set; for a thread of its own."""
        while not stop.wait(LOOK_SECONDS):
            try:
                guarded(partial(self.run_once, stopping=stop.is_set), what="save_sent", otherwise=lambda _: 0)
            except InboxdError as error:  # the database is away; the rest is noted with the letter
                event(log, logging.WARNING, "sent.not_saved", mailbox=self.mailbox.name, why=error.code)

    def run_once(self, *, stopping: Callable[[], bool] = lambda: False) -> int:
        """See to what is due and return how many letters have their copy by now; a failure ends it and is noted.

        Each letter is taken, looked for, appended if it is not there, and noted, whatever happens between.
        """
        if self._rests_until is not None and self._clock.now() < self._rests_until:
            return 0
        session: ImapSession | None = None
        done = 0
        try:
            while done < AT_MOST and not stopping() and (due := self._take()) is not None:
                try:
                    session = session or self._connect(self.mailbox.imap.server)
                    self._save(session, due)
                except InboxdError as error:
                    self._failed(due, error)
                    break
                done += 1
        finally:
            if session is not None:
                session.close()
        return done

    def _take(self) -> DueCopy | None:
        now = self._clock.now()
        before = now - RELAYS_TIME if self.mailbox.save_sent == "auto" else now
        try:
            with self._store.begin() as db:
                return sent_copies.take(db, self.mailbox.name, now=now, sent_before=before)
        except StoreBusy:  # another daemon sees to it
            return None

    def _save(self, session: ImapSession, due: DueCopy) -> None:
        folder = self.mailbox.sent_folder
        session.select(folder, readonly=True)
        there = session.holds(due.message_id)
        if not there:
            session.append(folder, due.octets, due.sent_at)
        with self._store.begin() as db:
            sent_copies.saved(db, due.letter_id, by_us=not there)

    def _failed(self, due: DueCopy, error: InboxdError) -> None:
        now = self._clock.now()
        self._rests_until = now + (LONG_REST if isinstance(error, LoginRefused) else REST)
        event(log, logging.WARNING, "sent.not_saved", mailbox=self.mailbox.name, letter=due.letter_id, why=error.code)
        with self._store.begin() as db:
            sent_copies.failed(db, due.letter_id, error.message, self._rests_until)

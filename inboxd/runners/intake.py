"""Decides on the mail that lies in `incoming`, oldest first, a bounded batch at a time."""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TypeAlias

from inboxd.errors import InboxdError, LeaseLost, Temporary
from inboxd.logs import event
from inboxd.mail.message import ParsedMessage
from inboxd.office.intake import TRIES_AT_PARSING, Parser, file_mail, file_together, hold_unreadable
from inboxd.office.office import Office
from inboxd.parsing.failure import ParserClosed
from inboxd.runners.runner import guarded
from inboxd.store import incoming
from inboxd.store.rows import IncomingMail

log = logging.getLogger(__name__)

BATCH = 50

TRIES_OF_THE_DAEMON = 12
"""So often a mail may be in hand when the daemon itself dies. A mail kills its reader, which is another process; what
kills the daemon is hardly the mail: 500 kills at random hit four good mails three times each."""

GROUP = 10
"""Mails decided in one transaction: enough that the commit no longer counts, few enough that nobody waits for it."""

Reading: TypeAlias = "Future[ParsedMessage] | None"
"""A mail that is being read; None: it is not to be read again."""

Group: TypeAlias = "list[tuple[IncomingMail, Reading]]"

IN_WORDS = "The mail could not be read: {why}, {times} times. Its octets are kept; `inboxd incoming show {id} --raw`."


class IntakeRunner:
    """One at a time on SQLite; any number on PostgreSQL, where a claim is skipped by the others."""

    def __init__(self, office: Office, parser: Parser, *, stopping: Callable[[], bool] = lambda: False) -> None:
        self.office = office
        self.parser = parser
        self.stopping = stopping
        self._in_hand: tuple[IncomingMail, ...] = ()
        self._undecided: tuple[IncomingMail, ...] = ()

    def run_once(self) -> int:
        """Decide on one batch; returns how many mails were worked on, a failed reading among them.

        Nothing is taken in hand while the database's disk is short of room. Raises Temporary where the database cannot
        be used: no mail is to blame for that, so its try is not counted.
        """
        if self.office.store.short_of_room() is not None:
            return 0
        with self.office.store.begin() as session:
            if self._undecided:
                incoming.unclaim(session, self._undecided)
            if self.stopping():  # it waited long for the database: whoever came after this one takes the mail
                return 0
            self._in_hand = mails = incoming.claim(session, limit=BATCH)
        self._undecided = mails
        try:
            done = self._work_off(mails)
        finally:
            self._in_hand = ()
        self._undecided = ()
        return done

    def renew(self) -> None:
        """On PostgreSQL: prolong the claims of the batch in hand; any thread may call it."""
        if self._in_hand:
            with self.office.store.begin() as session:
                incoming.renew(session, self._in_hand)

    def _work_off(self, mails: tuple[IncomingMail, ...]) -> int:
        done = given = 0
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading") as reader:
            for group in self._read_ahead(mails, reader):
                if self.stopping():
                    self._give_back(mails[given:])
                    break
                done += self._decide_all(group)
                given += len(group)
        return done

    def _read_ahead(self, mails: Sequence[IncomingMail], reader: Executor) -> Iterator[Group]:
        """Yield the mails group by group with their readings; the next one is being read by then, in the other process.

        On PostgreSQL a group is one mail: locks held for several could meet those of another daemon crosswise.
        """
        size = GROUP if self.office.store.dialect == "sqlite" else 1
        begun: deque[Group] = deque()
        for start in range(0, len(mails), size):
            begun.append([(mail, self._begin(mail, reader)) for mail in mails[start : start + size]])
            if len(begun) > 1:
                yield begun.popleft()
        yield from begun

    def _begin(self, mail: IncomingMail, reader: Executor) -> Reading:
        return None if mail.attempts > TRIES_OF_THE_DAEMON else reader.submit(self._read, mail)

    def _read(self, mail: IncomingMail) -> ParsedMessage:
        return self.parser(mail.octets, headers_only=mail.headers_only)

    def _decide_all(self, group: Group) -> int:
        """Decide on a group in one transaction; where one mail is odd, on each by itself."""
        if len(group) > 1 and self._decide_together(group):
            return len(group)
        return sum(self._decide_alone(mail, reading) for mail, reading in group)

    def _decide_alone(self, mail: IncomingMail, reading: Reading) -> int:
        try:
            return self._decide(mail, reading)
        except LeaseLost as error:  # we were away for too long: it is another daemon's, and nothing was written
            event(log, logging.WARNING, "mail.left_alone", incoming=mail.id, why=error.code)
            return 1

    def _decide_together(self, group: Group) -> bool:
        def together() -> bool:
            read = [(mail, reading.result()) for mail, reading in group if reading is not None]
            if len(read) == len(group):
                file_together(read, self.office)
            return len(read) == len(group)

        try:
            return guarded(together, what="a group of mails", otherwise=lambda _: False)
        except InboxdError:
            return False

    def _decide(self, mail: IncomingMail, reading: Reading) -> int:
        if reading is None:
            return self._hold(mail, "inboxd died with it in hand")
        try:
            return guarded(
                lambda: self._read_and_file(mail, reading),
                what=f"incoming {mail.id}",
                otherwise=lambda error: self._hold(mail, f"inboxd met an error of its own ({error})"),
            )
        except Temporary:
            raise
        except InboxdError as error:  # an error of ours that no mail should cause
            return self._hold(mail, error.message)

    def _read_and_file(self, mail: IncomingMail, reading: Future[ParsedMessage]) -> int:
        try:
            message = reading.result()
        except ParserClosed:
            self._give_back((mail,))
            return 0
        except InboxdError as error:
            event(log, logging.WARNING, "mail.unread", incoming=mail.id, attempts=mail.attempts, why=error.code)
            if mail.attempts >= TRIES_AT_PARSING:
                return self._hold(mail, error.message)
            return 1  # it stays active, with this try counted, and is claimed again
        filed = file_mail(mail, message, self.office)
        if filed is None:
            self._give_back((mail,))
            return 0
        return 1

    def _hold(self, mail: IncomingMail, why: str) -> int:
        reason = IN_WORDS.format(why=why, times=mail.attempts, id=mail.id)

        def tell() -> int:
            hold_unreadable(mail, reason, self.office)
            return 1

        return guarded(tell, what=f"the case for incoming {mail.id}", otherwise=lambda _: self._park(mail, reason))

    def _park(self, mail: IncomingMail, reason: str) -> int:
        """The last resort, where even the case that tells of a mail cannot be made: `health` shows what is held."""
        with self.office.store.begin() as session:
            incoming.hold(session, mail.id, reason, now=self.office.clock.now(), claimed=mail.attempts)
        return 1

    def _give_back(self, mails: tuple[IncomingMail, ...]) -> None:
        with self.office.store.begin() as session:
            incoming.unclaim(session, mails)

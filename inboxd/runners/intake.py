"""Decides on the mail that lies in `incoming`, oldest first, a bounded batch at a time."""

import logging
from collections.abc import Callable

from inboxd.errors import InboxdError, StoreBusy
from inboxd.logs import event
from inboxd.office.intake import TRIES_AT_PARSING, Parser, file_mail, hold_unreadable
from inboxd.office.office import Office
from inboxd.runners.runner import guarded
from inboxd.store import incoming
from inboxd.store.rows import IncomingMail

log = logging.getLogger(__name__)

BATCH = 50

IN_WORDS = "The mail could not be read: {why}, {times} times. Its octets are kept; `inboxd incoming show {id} --raw`."


class IntakeRunner:
    """One at a time on SQLite; any number on PostgreSQL, where a claim is skipped by the others."""

    def __init__(self, office: Office, parser: Parser, *, stopping: Callable[[], bool] = lambda: False) -> None:
        self.office = office
        self.parser = parser
        self.stopping = stopping

    def run_once(self) -> int:
        """Decide on one batch; returns how many mails came to an end."""
        with self.office.store.begin() as session:
            mails = incoming.claim(session, now=self.office.clock.now(), limit=BATCH)
        done = 0
        for position, mail in enumerate(mails):
            if self.stopping():
                self._give_back(mails[position:])
                break
            done += self._decide(mail)
        return done

    def _decide(self, mail: IncomingMail) -> int:
        if mail.attempts > TRIES_AT_PARSING:
            return self._hold(mail, "its reader died of it")
        return guarded(
            lambda: self._read_and_file(mail),
            what=f"incoming {mail.id}",
            otherwise=lambda error: self._hold(mail, f"inboxd met an error of its own ({error})"),
        )

    def _read_and_file(self, mail: IncomingMail) -> int:
        try:
            message = self.parser(mail.octets, headers_only=mail.headers_only)
        except StoreBusy:
            raise
        except InboxdError as error:
            event(log, logging.WARNING, "mail.unread", incoming=mail.id, attempts=mail.attempts, why=error.code)
            if mail.attempts >= TRIES_AT_PARSING:
                return self._hold(mail, error.message)
            return 0  # it stays active, with this try counted, and is claimed again
        filed = file_mail(mail, message, self.office)
        if filed is None:
            self._give_back((mail,))
            return 0
        return 1

    def _hold(self, mail: IncomingMail, why: str) -> int:
        hold_unreadable(mail, IN_WORDS.format(why=why, times=mail.attempts, id=mail.id), self.office)
        return 1

    def _give_back(self, mails: tuple[IncomingMail, ...]) -> None:
        with self.office.store.begin() as session:
            incoming.unclaim(session, [mail.id for mail in mails])

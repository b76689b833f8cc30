"""The runners of one office, and the loops in which they work until they are told to stop."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from functools import partial

from inboxd.errors import InboxdError
from inboxd.logs import event
from inboxd.office.office import Office
from inboxd.parsing.failure import ParseFailed, ParserClosed
from inboxd.parsing.parsing_child import ParsingChild
from inboxd.runners.deliver import DeliverRunner
from inboxd.runners.fetch import FetchRunner
from inboxd.runners.intake import IntakeRunner
from inboxd.runners.renewal import leases_kept
from inboxd.runners.runner import guarded, guarded_async
from inboxd.runners.save_sent import SaveSentRunner
from inboxd.runners.tick import TickRunner

log = logging.getLogger(__name__)

OUTBOX_LOOK_SECONDS = 1.0
"""How often the outbox is looked at for letters that a command of another process wrote."""

TICK_SECONDS = 15.0
PAUSE_AFTER_TROUBLE_SECONDS = 5.0


@dataclass(slots=True)
class Trouble:
    """Says once that a runner rests, and once that it goes on: a full disk must not be filled by its own log."""

    runner: str
    why: str | None = None

    def met(self, error: InboxdError) -> None:
        if self.why != error.code:
            event(log, logging.WARNING, f"{self.runner}.paused", why=error.code)
        self.why = error.code

    def over(self) -> None:
        if self.why is not None:
            event(log, logging.INFO, f"{self.runner}.resumed")
        self.why = None


@dataclass(slots=True, kw_only=True)
class Crew:
    """The runners of one office, and what they wake each other with."""

    office: Office
    fetchers: tuple[FetchRunner, ...]
    senders: tuple[DeliverRunner, ...]
    parser: ParsingChild
    intake: IntakeRunner
    tick: TickRunner
    savers: tuple[SaveSentRunner, ...] = ()
    stop: threading.Event = field(default_factory=threading.Event)
    mail_waits: threading.Event = field(default_factory=threading.Event)
    letters_wait: asyncio.Event = field(default_factory=asyncio.Event)

    def leases_kept(self) -> AbstractContextManager[None]:
        """Keep what is in hand from other daemons on the same PostgreSQL."""
        return leases_kept(self.office.store, self.renewals())

    def renewals(self) -> list[Callable[[], None]]:
        """Return what prolongs the leases, letters' first: one that ends after its final dot is sent once more."""
        fetchers = [fetcher.renew for fetcher in self.fetchers]
        return [*(sender.renew for sender in self.senders), self.intake.renew, *fetchers]

    def wake_fetchers(self) -> None:
        """Let the fetchers look again: to tell their servers what is filed, or to stop."""
        for fetcher in self.fetchers:
            fetcher.wake()

    def halt(self) -> None:
        """Let everybody finish what is in hand, and stop."""
        self.stop.set()
        self.mail_waits.set()
        self.letters_wait.set()
        self.wake_fetchers()
        for sender in self.senders:
            sender.stop()


def intake_loop(crew: Crew, loop: asyncio.AbstractEventLoop) -> None:
    """Decide on mail as it comes; what a crash left behind is taken up at once.

    A mail that is in hand when the daemon dies counts a crash, so none is taken in hand before its reader is up.
    """
    try:
        crew.parser.warm_up()
    except ParserClosed:  # a stop came first
        return
    except ParseFailed as error:
        event(log, logging.ERROR, "parser.failed", why=error.message)
    trouble = Trouble("intake")
    while not crew.stop.is_set():
        crew.mail_waits.clear()
        try:
            while guarded(crew.intake.run_once, what="intake", otherwise=lambda _: 0) and not crew.stop.is_set():
                loop.call_soon_threadsafe(crew.letters_wait.set)
                crew.wake_fetchers()
        except InboxdError as error:
            trouble.met(error)
            crew.stop.wait(PAUSE_AFTER_TROUBLE_SECONDS)
            continue
        trouble.over()
        crew.mail_waits.wait(TICK_SECONDS)


async def deliver_loop(crew: Crew, sender: DeliverRunner) -> None:
    """Send what is due; look again when intake wrote letters, or a command of another process may have.

    Whatever ends it, what the database does not know yet is written last.
    """
    trouble = Trouble("deliver")
    try:
        while not crew.stop.is_set():
            await _send_and_wait(crew, sender, trouble)
    finally:
        try:
            await guarded_async(sender.finish, what="deliver", otherwise=lambda _: None)
        except InboxdError as error:
            trouble.met(error)


async def _send_and_wait(crew: Crew, sender: DeliverRunner, trouble: Trouble) -> None:
    try:
        sent = await guarded_async(sender.run_once, what="deliver", otherwise=_as_trouble)
        trouble.over()
    except InboxdError as error:
        trouble.met(error)
        sent = 0
    if not sent and not crew.stop.is_set():
        with suppress(TimeoutError):
            rest = OUTBOX_LOOK_SECONDS if trouble.why is None else PAUSE_AFTER_TROUBLE_SECONDS
            await asyncio.wait_for(crew.letters_wait.wait(), rest)
    crew.letters_wait.clear()


def _as_trouble(error: str) -> int:
    raise InboxdError(f"inboxd met an error of its own ({error})")


async def tick_loop(crew: Crew) -> None:
    """Do what falls due by the clock, until it is cancelled."""
    trouble = Trouble("tick")
    while True:
        try:
            await asyncio.to_thread(partial(guarded, crew.tick.run_once, what="tick", otherwise=lambda _: 0))
            trouble.over()
        except InboxdError as error:
            trouble.met(error)
        await asyncio.sleep(TICK_SECONDS)

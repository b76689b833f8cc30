"""The composition root: builds the office and the runners from the settings, starts them, and stops them in order."""

import asyncio
import gc
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeAlias

from inboxd.config.file import load
from inboxd.config.settings import Settings
from inboxd.errors import ConfigError, InboxdError
from inboxd.logs import event
from inboxd.office.letters.undelivered import tell_undelivered
from inboxd.office.office import Office
from inboxd.office.opening import database_path, open_office, refuse_missing_templates, templates_of
from inboxd.office.taking.take import refuse_config, take_config
from inboxd.parsing.parsing_child import ParsingChild
from inboxd.render.samples import check
from inboxd.runners.crew import PAUSE_AFTER_TROUBLE_SECONDS, Crew, Trouble, deliver_loop, intake_loop, tick_loop
from inboxd.runners.daemon_lock import DaemonLock
from inboxd.runners.deliver import DeliverRunner, recover
from inboxd.runners.fetch import FetchRunner
from inboxd.runners.intake import IntakeRunner
from inboxd.runners.save_sent import SaveSentRunner
from inboxd.runners.soundness import SoundnessRunner
from inboxd.runners.tick import TickRunner
from inboxd.store.letters import next_undo_end
from inboxd.store.relays import look_again

log = logging.getLogger(__name__)

UNDO_WINDOW = timedelta(seconds=60)
"""`run --once` waits for letters that leave this soon."""

DRAIN_SECONDS = 10.0
"""How long a stop waits for what is in hand, all together; a letter that takes longer is broken off."""

LAST_SECONDS = 2.0
"""How long intake is waited for after its reader was closed: it only gives its mails back."""

Word: TypeAlias = bool | InboxdError
Asked: TypeAlias = "asyncio.Queue[Word]"
"""What ends a round of serving: a signal, True for SIGHUP; or the error after which nobody may go on."""


def run(config: Path, *, env: Mapping[str, str], once: bool) -> int:
    """Run the daemon until it is told to stop, or once; returns the exit code. Raises ConfigError, Temporary.

    A database that is away ends a start (75: systemd starts again), but no daemon that has served already.
    """
    settings = _loaded(config, env)
    path = database_path(settings)
    with ExitStack() as stack:
        if path is not None:  # before the schema is touched: another daemon may be at work on it
            stack.enter_context(DaemonLock(path))
        office = open_office(settings, upgrade=True)
        stack.callback(office.store.close)
        _take(office)
        if once:
            crew = _build(office, stack.enter_context(closing(ParsingChild())))
            with crew.leases_kept():
                asyncio.run(_run_once(crew))
            _go_on(office)
            return 0
        asyncio.run(_serve_until_stopped(office, lambda now: _with_changed_config(now, config, env)))
    return 0


async def _serve_until_stopped(office: Office, changed: Callable[[Office], Office]) -> None:
    """Serve, and after every SIGHUP with a crew built anew; a signal that comes meanwhile is not lost.

    Every crew has a reader of mail of its own: one that outlives its time cannot take the replies of the next.
    """
    asked: Asked = asyncio.Queue()
    loop = asyncio.get_running_loop()
    office.store.on_lost = lambda error: loop.call_soon_threadsafe(asked.put_nowait, error)
    with _signals(loop, asked):
        again, served = True, False
        while again:
            with closing(ParsingChild()) as parser:
                again = await _serve(_build(office, parser), asked, patient=served)
            served = True
            if again:
                office = await asyncio.to_thread(changed, office)


def _loaded(config: Path, env: Mapping[str, str]) -> Settings:
    """Return what config.toml sets up, if a daemon can work by it. Raises ConfigError."""
    settings = load(config, env=env)
    refuse_missing_templates(settings)
    return settings


def _with_changed_config(office: Office, config: Path, env: Mapping[str, str]) -> Office:
    """Take a changed config whole, or go on with the old one."""
    try:
        settings = _loaded(config, env)
    except ConfigError as error:
        return _refused(office, error.message)
    if settings.database_url != office.settings.database_url:
        return _refused(office, "[database] url changed: stop the daemon and start it again")
    taken = replace(office, settings=settings, templates=templates_of(settings))
    _take(taken)
    event(log, logging.INFO, "config.taken", mailboxes=len(settings.mailboxes))
    return taken


def _refused(office: Office, why: str) -> Office:
    """Say that a changed config is not taken, in the log and on record, and go on with the old one."""
    event(log, logging.ERROR, "config.refused", why=why)
    try:
        refuse_config(office, why)
    except InboxdError as error:
        event(log, logging.WARNING, "config.not_remembered", why=error.code)
    return office


def _build(office: Office, parser: ParsingChild) -> Crew:
    _spare_the_collector()
    # a process id comes again, in containers at every start: a new crew must never be taken for the one before it
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    chance = secrets.SystemRandom().random
    told = partial(tell_undelivered, office)
    boxes = office.settings.mailboxes
    stop = threading.Event()
    return Crew(
        office=office,
        fetchers=tuple(
            FetchRunner(
                box,
                office.store,
                imap,
                max_message_size=office.desk.max_message_size,
                clock=office.clock,
                random=chance,
                owner=owner,
            )
            for box in boxes
            for imap in box.watched
        ),
        senders=tuple(
            DeliverRunner(box, office.store, clock=office.clock, random=chance, owner=owner, told=told) for box in boxes
        ),
        parser=parser,
        intake=IntakeRunner(office, parser.parse, stopping=stop.is_set),
        tick=TickRunner(office),
        savers=tuple(SaveSentRunner(box, office.store, clock=office.clock) for box in boxes if box.save_sent != "off"),
        stop=stop,
    )


def _spare_the_collector() -> None:
    """Keep the garbage collector from what is loaded by now: it stays, and every round through it costs time."""
    gc.unfreeze()  # what a SIGHUP replaced may go
    gc.collect()
    gc.freeze()


async def _run_once(crew: Crew) -> None:
    """Look at every mailbox, then do all that is due; single mailboxes, mails and letters may fail."""
    office = crew.office
    await recover(office.store, office.settings.mailboxes, clock=office.clock, told=partial(tell_undelivered, office))
    for sent in (True, False):  # what the desk sent waits for a look at what came to it
        looks = (asyncio.to_thread(_look, fetcher) for fetcher in crew.fetchers if fetcher.sent is sent)
        await asyncio.gather(*looks)
    while await asyncio.to_thread(crew.intake.run_once):
        continue
    while await asyncio.to_thread(crew.tick.run_once):
        continue
    while True:
        await asyncio.gather(*(_send_all(sender) for sender in crew.senders))
        wait = _seconds_to_undo_end(office)
        if wait is None:
            break
        await asyncio.sleep(wait)
    await asyncio.gather(*(asyncio.to_thread(saver.run_once) for saver in crew.savers))
    await asyncio.gather(*(asyncio.to_thread(_look, fetcher) for fetcher in crew.fetchers))
    for fetcher in crew.fetchers:
        fetcher.close()


async def _send_all(sender: DeliverRunner) -> None:
    while await sender.run_once():
        continue


def _look(fetcher: FetchRunner) -> None:
    try:
        fetcher.run_once()
    except InboxdError as error:
        event(log, logging.WARNING, "mailbox.not_looked_at", mailbox=fetcher.mailbox, why=error.message)


def _seconds_to_undo_end(office: Office) -> float | None:
    """Return how long until the next letter leaves its undo window, None where none does within a minute."""
    now = office.clock.now()
    with office.store.reading() as session:
        due = next_undo_end(session, now)
    if due is None or due - now > UNDO_WINDOW:
        return None
    return max((due - now).total_seconds(), 0.05)


async def _serve(crew: Crew, asked: Asked, *, patient: bool) -> bool:
    """Serve until SIGTERM or SIGINT (returns False) or SIGHUP (returns True). Raises why the database is lost."""
    word = await _tidy_up(crew.office, asked, patient=patient)
    if word is None:
        word = await _work(crew, asked)
    else:
        for fetcher in crew.fetchers:
            fetcher.close()
    _go_on(crew.office)
    again = word is True
    event(log, logging.INFO, "daemon.stopped", again=again)
    return again


async def _tidy_up(
    office: Office, asked: Asked, *, patient: bool, pause: float = PAUSE_AFTER_TROUBLE_SECONDS
) -> Word | None:
    """See to the letters that somebody left in hand, and to the relays; returns what was asked for before that worked.

    Raises InboxdError at the first failure, unless `patient`: then it pauses and tries again.
    """
    trouble = Trouble("start")
    while True:
        try:
            await recover(
                office.store, office.settings.mailboxes, clock=office.clock, told=partial(tell_undelivered, office)
            )
            await asyncio.to_thread(_let_relays_try_again, office)
        except InboxdError as error:
            if not patient:
                raise
            trouble.met(error)
            with suppress(TimeoutError):
                return await asyncio.wait_for(asked.get(), pause)
        else:
            trouble.over()
            return None


async def _work(crew: Crew, asked: Asked) -> Word:
    """Let the crew work until something is asked for, and stop it."""
    threads = _start_threads(crew, asyncio.get_running_loop())
    event(log, logging.INFO, "daemon.started", mailboxes=len(crew.senders))
    with crew.leases_kept():
        async with asyncio.TaskGroup() as tasks:
            sending = [tasks.create_task(deliver_loop(crew, sender)) for sender in crew.senders]
            ticking = tasks.create_task(tick_loop(crew))
            word = await asked.get()
            crew.halt()
            ticking.cancel()
            await _drain(sending, threads)
            await asyncio.to_thread(crew.parser.close)
            await _join(threads, LAST_SECONDS)
    return word


def _go_on(office: Office) -> None:
    """Raise what the database was lost by, if it was."""
    lost = office.store.lost
    if lost is not None:
        event(log, logging.CRITICAL, "daemon.failed", code=lost.code, why=lost.message)
        raise lost


async def _drain(sending: Sequence[asyncio.Task[None]], threads: Sequence[threading.Thread]) -> None:
    """Wait for what is in hand; break off the letters that take too long. What became of those the next start asks."""
    loop = asyncio.get_running_loop()
    until = loop.time() + DRAIN_SECONDS
    if sending:
        _, slow = await asyncio.wait(sending, timeout=DRAIN_SECONDS)
        for task in slow:
            task.cancel()
    await _join(threads, until - loop.time())


async def _join(threads: Sequence[threading.Thread], seconds: float) -> None:
    """Wait for threads to end, so many seconds in all; one that hangs in a server ends by its time-outs."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    for thread in threads:
        await asyncio.to_thread(thread.join, max(until - loop.time(), 0.1))


def _let_relays_try_again(office: Office) -> None:
    """A start and a SIGHUP mean that a person looked into it: no relay rests any longer."""
    with office.store.begin() as session:
        for box in office.settings.mailboxes:
            look_again(session, box.name)


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, asked: Asked) -> Iterator[None]:
    for number, again in ((signal.SIGTERM, False), (signal.SIGINT, False), (signal.SIGHUP, True)):
        loop.add_signal_handler(number, asked.put_nowait, again)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)


def _start_threads(crew: Crew, loop: asyncio.AbstractEventLoop) -> list[threading.Thread]:
    threads = [
        threading.Thread(target=fetcher.watch, args=(crew.stop, crew.mail_waits.set), name=f"fetch-{n}", daemon=True)
        for n, fetcher in enumerate(crew.fetchers)
    ]
    threads.append(threading.Thread(target=intake_loop, args=(crew, loop), name="intake", daemon=True))
    soundness = SoundnessRunner(crew.office.store)
    threads.append(threading.Thread(target=soundness.watch, args=(crew.stop,), name="soundness", daemon=True))
    threads.extend(
        threading.Thread(target=saver.watch, args=(crew.stop,), name=f"save-{n}", daemon=True)
        for n, saver in enumerate(crew.savers)
    )
    for thread in threads:
        thread.start()
    return threads


def _take(office: Office) -> None:
    """Keep a config and who serves what by it for the history, and say which of its templates are broken."""
    try:
        take_config(office)
    except InboxdError as error:  # the daemon works on; the next config that it takes is kept
        event(log, logging.WARNING, "config.not_remembered", why=error.code)
    for problem in check(office.templates, frozenset(category.name for category in office.desk.categories)):
        event(log, logging.ERROR, "template.broken", problem=problem)

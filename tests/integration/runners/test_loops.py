"""The daemon's loops outlive whatever a round raises: they wait, and go on."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from inboxd import supervisor
from inboxd.errors import ConfigError, InboxdError, StoreBusy, Temporary
from inboxd.parsing.failure import ParseFailed, ParserClosed
from inboxd.runners.crew import Crew, deliver_loop, intake_loop, tick_loop
from inboxd.store.engine import Store
from tests.integration.paper_desk import PaperDesk
from tests.servers.ports import wait_until

TROUBLES = [StoreBusy("busy"), ConfigError("read-only"), KeyError("a bug")]


class Rounds:
    """A runner whose rounds go as told; after the last one everybody is asked to stop."""

    def __init__(self, *happens: Exception | int) -> None:
        self._happens: Iterator[Exception | int] = iter(happens)
        self.rounds = 0
        self.after_last: Callable[[], object] = lambda: None

    def run_once(self) -> int:
        self.rounds += 1
        happened = next(self._happens, None)
        if happened is None:
            self.after_last()
            return 0
        if isinstance(happened, Exception):
            raise happened
        return happened

    def renew(self) -> None:
        """Nothing is in hand."""


class AsyncRounds(Rounds):
    finished = 0

    async def run_once(self) -> int:  # type: ignore[override]  # the sender's is a coroutine
        return super().run_once()

    async def finish(self) -> None:
        self.finished += 1


class Reader:
    """A parser that cannot start."""

    closed = False

    def warm_up(self) -> None:
        raise ParseFailed("no memory")

    def close(self) -> None:
        self.closed = True


def crew(desk: PaperDesk, **runners: Any) -> Crew:
    values = {"fetchers": (), "senders": (), "intake": Rounds(), "tick": Rounds(), "parser": Reader()}
    return Crew(**{"office": desk.office, **values, **runners})


@pytest.mark.parametrize("trouble", TROUBLES[2:])
async def test_intake_goes_on_after_a_bug(desk: PaperDesk, trouble: Exception) -> None:
    intake = Rounds(1, trouble)
    all_of_them = crew(desk, intake=intake)
    thread = threading.Thread(target=intake_loop, args=(all_of_them, asyncio.get_running_loop()))
    thread.start()
    await until(lambda: intake.rounds >= 2)
    all_of_them.mail_waits.set()
    await until(lambda: intake.rounds >= 3)
    all_of_them.halt()
    await asyncio.to_thread(thread.join, 20)
    assert not thread.is_alive()
    assert all_of_them.letters_wait.is_set()


@pytest.mark.parametrize("trouble", TROUBLES[:2])
async def test_intake_pauses_where_the_database_cannot_be_used(desk: PaperDesk, trouble: InboxdError) -> None:
    intake = Rounds(trouble)
    all_of_them = crew(desk, intake=intake)
    thread = threading.Thread(target=intake_loop, args=(all_of_them, asyncio.get_running_loop()))
    thread.start()
    await until(lambda: intake.rounds >= 1)
    assert thread.is_alive()
    all_of_them.halt()
    await asyncio.to_thread(thread.join, 20)
    assert not thread.is_alive()


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_sender_goes_on_after_trouble(desk: PaperDesk, trouble: Exception) -> None:
    sender = AsyncRounds(trouble, 1)
    all_of_them = crew(desk)
    sender.after_last = all_of_them.stop.set
    all_of_them.letters_wait.set()
    await asyncio.wait_for(deliver_loop(all_of_them, sender), 20)  # type: ignore[arg-type]  # a fake
    assert (sender.rounds, sender.finished) == (3, 1)


async def test_a_sender_that_is_broken_off_writes_what_it_knows_and_ends(desk: PaperDesk) -> None:
    class Slow(AsyncRounds):
        async def run_once(self) -> int:  # type: ignore[override]  # as above
            self.rounds += 1
            await asyncio.Event().wait()
            return 0

        async def finish(self) -> None:
            self.finished += 1
            raise KeyError("a bug")

    sender = Slow()
    sending = asyncio.create_task(deliver_loop(crew(desk), sender))  # type: ignore[arg-type]  # a fake
    await until(lambda: sender.rounds == 1)
    sending.cancel()
    with suppress(asyncio.CancelledError):
        await sending
    assert sending.cancelled()
    assert sender.finished == 1


@pytest.mark.parametrize("word", [False, True])
async def test_the_reader_of_a_crew_ends_with_it(desk: PaperDesk, word: bool) -> None:
    """Who still reads a mail then gives it back, and cannot take the replies of the next crew's reader."""
    asked: asyncio.Queue[bool | InboxdError] = asyncio.Queue()
    asked.put_nowait(word)
    reader = Reader()
    assert await supervisor._serve(crew(desk, parser=reader), asked, patient=False) is word
    assert reader.closed


def test_letters_are_renewed_before_anything_that_may_make_them_wait(desk: PaperDesk) -> None:
    """A folder's row is locked as long as its mails are saved; a letter whose lease ends is sent once more."""
    fetcher, sender, intake = Rounds(), AsyncRounds(), Rounds()
    renewals = crew(desk, fetchers=(fetcher,), senders=(sender,), intake=intake).renewals()
    assert renewals == [sender.renew, intake.renew, fetcher.renew]


class Away:
    """A store whose first transactions find the database away."""

    def __init__(self, store: Store, times: int) -> None:
        self._store, self._times, self.tries = store, times, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def begin(self) -> Any:
        self.tries += 1
        if self.tries <= self._times:
            raise Temporary("PostgreSQL cannot be reached.")
        return self._store.begin()


def away(desk: PaperDesk, times: int) -> tuple[Any, Away]:
    store = Away(desk.office.store, times)
    return replace(desk.office, store=store), store  # type: ignore[arg-type]  # a fake of it


async def test_a_start_with_the_database_away_says_so(desk: PaperDesk) -> None:
    office, _ = away(desk, 1)
    with pytest.raises(Temporary):
        await supervisor._tidy_up(office, asyncio.Queue(), patient=False)


async def test_a_daemon_that_has_served_waits_for_its_database(desk: PaperDesk) -> None:
    """Also where SIGHUP comes in the middle of an outage."""
    office, store = away(desk, 3)
    assert await supervisor._tidy_up(office, asyncio.Queue(), patient=True, pause=0.01) is None
    assert store.tries > 3


@pytest.mark.parametrize("word", [False, True])
async def test_a_daemon_that_waits_for_its_database_hears_a_signal(desk: PaperDesk, word: bool) -> None:
    office, _ = away(desk, 1_000_000)
    asked: asyncio.Queue[bool | InboxdError] = asyncio.Queue()
    waiting = asyncio.create_task(supervisor._serve(crew(desk, office=office), asked, patient=True))
    asked.put_nowait(word)
    assert await asyncio.wait_for(waiting, 20) is word


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_the_clock_goes_on_after_trouble(desk: PaperDesk, trouble: Exception) -> None:
    tick = Rounds(trouble)
    ticking = asyncio.create_task(tick_loop(crew(desk, tick=tick)))
    await until(lambda: tick.rounds >= 1)
    assert not ticking.done()
    ticking.cancel()
    with suppress(asyncio.CancelledError):
        await ticking


async def test_intake_whose_reader_was_closed_before_it_began_ends(desk: PaperDesk) -> None:
    class Closed:
        def warm_up(self) -> None:
            raise ParserClosed("closed")

    intake = Rounds()
    await asyncio.to_thread(intake_loop, crew(desk, intake=intake, parser=Closed()), asyncio.get_running_loop())
    assert intake.rounds == 0


async def until(true: Callable[[], bool]) -> None:
    await asyncio.to_thread(wait_until, true)

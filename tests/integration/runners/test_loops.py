"""The daemon's loops outlive whatever a round raises: they wait, and go on."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from inboxd import supervisor
from inboxd.errors import ConfigError, InboxdError, StoreBusy
from inboxd.supervisor import Crew
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


class AsyncRounds(Rounds):
    async def run_once(self) -> int:  # type: ignore[override]  # the sender's is a coroutine
        return super().run_once()


class Reader:
    """A parser that cannot start."""

    def warm_up(self) -> None:
        from inboxd.parsing.failure import ParseFailed

        raise ParseFailed("no memory")


def crew(desk: PaperDesk, **runners: Any) -> Crew:
    values = {"fetchers": (), "senders": (), "intake": Rounds(), "tick": Rounds(), "parser": Reader()}
    return Crew(office=desk.office, **{**values, **runners})


@pytest.mark.parametrize("trouble", TROUBLES[2:])
async def test_intake_goes_on_after_a_bug(desk: PaperDesk, trouble: Exception) -> None:
    intake = Rounds(1, trouble)
    all_of_them = crew(desk, intake=intake)
    thread = threading.Thread(target=supervisor._intake_loop, args=(all_of_them, asyncio.get_running_loop()))
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
    thread = threading.Thread(target=supervisor._intake_loop, args=(all_of_them, asyncio.get_running_loop()))
    thread.start()
    await until(lambda: intake.rounds >= 1)
    assert thread.is_alive()
    all_of_them.halt()
    await asyncio.to_thread(thread.join, 20)
    assert not thread.is_alive()


@pytest.mark.parametrize("trouble", TROUBLES[:2])
async def test_a_sender_goes_on_after_trouble(desk: PaperDesk, trouble: InboxdError) -> None:
    sender = AsyncRounds(trouble, 1)
    all_of_them = crew(desk)
    sender.after_last = all_of_them.stop.set
    all_of_them.letters_wait.set()
    await asyncio.wait_for(supervisor._deliver_loop(all_of_them, sender), 20)  # type: ignore[arg-type]  # a fake
    assert sender.rounds == 3


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_the_clock_goes_on_after_trouble(desk: PaperDesk, trouble: Exception) -> None:
    tick = Rounds(trouble)
    ticking = asyncio.create_task(supervisor._tick_loop(crew(desk, tick=tick)))
    await until(lambda: tick.rounds >= 1)
    assert not ticking.done()
    ticking.cancel()
    with suppress(asyncio.CancelledError):
        await ticking


async def until(true: Callable[[], bool]) -> None:
    await asyncio.to_thread(wait_until, true)

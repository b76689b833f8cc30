"""A submission that is broken off by a stop, a kill or a fault: no outcome that is known is lost, none is made up."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inboxd.errors import Temporary
from inboxd.runners.deliver import DeliverRunner, recover
from inboxd.store import outbox
from inboxd.store.engine import Session, open_store
from tests.integration.smtp.test_runner import Desk, SilentStore
from tests.servers.fault_smtp import DROP, HANG, Fault, FaultServer
from tests.servers.ports import free_ports


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path}/inboxd.db")
    yield Desk(store)
    store.close()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - the servers tell by what they have seen, not by an event
            await asyncio.sleep(0.01)


async def cancelled(task: "asyncio.Task[int]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


class Killed(BaseException):
    """What ends a thread as a kill does."""


def dies(*_: object) -> None:
    raise Killed


async def test_a_stop_that_does_not_wait_for_the_goodbye_keeps_the_last_letters_outcome(desk: Desk) -> None:
    """F14: the relay took the letter and is silent after QUIT; the letter is `sent` before."""
    letter = desk.letter("answer")

    class StopsAtTheDot(FaultServer):
        def take_fault(self, stage: str, address: str | None = None) -> str | None:
            if stage == "dot":
                runner.stop()
            return super().take_fault(stage, address)

    async with StopsAtTheDot([Fault(stage="quit", do=HANG)]) as server:
        runner = desk.runner(server.port)
        task = asyncio.create_task(runner.run_once())
        await until(lambda: server.words("QUIT"))
        await cancelled(task)
        assert desk.state(letter) == ("sent", 1)
        assert await desk.recover() == 0


async def test_a_runner_that_ends_writes_what_the_database_would_not_take_before(desk: Desk) -> None:
    letter = desk.letter("receipt")

    class BusyAtTheDot(FaultServer):
        def take_fault(self, stage: str, address: str | None = None) -> str | None:
            if stage == "dot":
                runner._store = SilentStore(desk.store)  # type: ignore[assignment]  # a fake of it
                runner._store.begin = busy  # type: ignore[method-assign]
            return super().take_fault(stage, address)

    def busy() -> Any:
        raise Temporary("somebody else writes")

    async with BusyAtTheDot() as server:
        runner = desk.runner(server.port)
        with pytest.raises(Temporary):
            await runner.run_once()
        assert desk.state(letter) == ("active", 1)
        runner._store = desk.store
        await runner.finish()
    assert desk.state(letter) == ("sent", 1)


async def test_a_claim_that_nobody_waited_for_is_given_back_at_the_end(desk: Desk) -> None:
    letter = desk.letter("receipt")
    runner = desk.runner(1)
    assert await runner._next() is not None
    await runner.finish()
    assert desk.state(letter) == ("queued", 0)


async def test_whoever_is_killed_while_he_tells_has_not_recorded_either(desk: Desk) -> None:
    """The outcome and the telling are one commit: after a kill the next start tells."""
    letter = desk.letter("forward")
    async with FaultServer([Fault(stage="rcpt", do="550 5.1.1 unknown")]) as server:
        with pytest.raises(Killed):
            await desk.runner(server.port, told=dies).run_once()
    assert desk.state(letter) == ("active", 1)
    with pytest.raises(Killed):
        await recover(desk.store, (), clock=desk.clock, told=dies)
    assert desk.state(letter) == ("active", 1)
    assert (await desk.recover(), await desk.recover()) == (1, 0)
    assert desk.told == [(letter, "unknown")]


async def test_a_fault_in_the_telling_keeps_no_outcome_out_of_the_database(desk: Desk) -> None:
    letter, next_one = desk.letter("answer", "anna@x.example"), desk.letter("answer")

    def told(db: Session, letter_id: int, state: str) -> None:
        outbox.hold(db, next_one, f"half done for {letter_id}, {state}")
        raise ValueError("a bug")

    async with FaultServer([Fault(stage="rcpt", do="550 5.1.1 unknown", of="anna@x.example")]) as server:
        assert await desk.runner(server.port, told=told).run_once() == 2
    assert [desk.state(one) for one in (letter, next_one)] == [("failed", 1), ("sent", 1)]


class Surprised(DeliverRunner):
    """A runner in whose dialogue something comes that nobody expected: once, before DATA."""

    met = False

    def _still_ours(self) -> bool:
        if not self.met:
            self.met = True
            raise ValueError("a bug")
        return super()._still_ours()


async def test_a_surprise_before_the_dot_costs_the_letter_a_try_and_no_other_one_waits(desk: Desk) -> None:
    letter, other = desk.letter("answer"), desk.letter("receipt")
    async with FaultServer() as server:
        runner = desk.runner(server.port, sort=Surprised)
        with pytest.raises(ValueError, match="a bug"):
            await runner.run_once()
        assert (desk.state(letter), server.seen) == (("deferred", 1), [])
        assert desk.row(letter).last_reply == "a fault of inboxd's own: ValueError"
        assert await runner.run_once() == 1
        assert desk.state(other) == ("sent", 1)
        desk.clock.forward(seconds=300)
        assert await runner.run_once() == 1
    assert desk.state(letter) == ("sent", 2)


@pytest.mark.parametrize(("kind", "state"), [("receipt", "unknown"), ("answer", "queued"), ("forward", "unknown")])
async def test_a_surprise_after_the_dot_leaves_a_letter_in_doubt_and_not_in_hand(
    desk: Desk, kind: str, state: str
) -> None:
    letter = desk.letter(kind)
    async with FaultServer([Fault(stage="dot", do="451 4.3.0 later")]) as server:
        runner = desk.runner(server.port)
        runner._random = lambda: float("nan")  # no moment of a next attempt can be reckoned with it
        with pytest.raises(ValueError, match="NaN"):
            await runner.run_once()
    assert desk.state(letter) == (state, 1)
    assert desk.told == ([(letter, "unknown")] if kind == "forward" else [])


async def test_a_stop_while_the_relay_is_silent_after_the_dot_leaves_the_letter_in_doubt_at_once(desk: Desk) -> None:
    letter = desk.letter("answer")
    async with FaultServer([Fault(stage="dot", do=HANG)]) as server:
        runner = desk.runner(server.port)
        task = asyncio.create_task(runner.run_once())
        await until(lambda: server.seen)
        await cancelled(task)
        assert (desk.state(letter), desk.row(letter).resent) == (("queued", 1), True)


async def test_a_letter_that_was_not_offered_is_not_in_doubt_because_the_one_before_was(desk: Desk) -> None:
    first, second = desk.letter("answer"), desk.letter("receipt")
    async with FaultServer([Fault(stage="dot", do=DROP, times=1)]) as server:

        def hang(number: int) -> None:
            if number == 2:
                server.faults.append(Fault(stage="greeting", do=HANG, times=1))

        server.on_connection = hang
        task = asyncio.create_task(desk.runner(server.port).run_once())
        await until(lambda: server.connections == 2)
        await cancelled(task)
    assert [desk.state(one) for one in (first, second)] == [("queued", 1), ("queued", 0)]


async def test_a_relay_that_greets_and_drops_every_letter_rests_longer_and_longer_and_fails_since_the_first(
    desk: Desk,
) -> None:
    for _ in range(20):
        desk.letter("answer")
    began, rests = desk.clock.now(), []
    async with FaultServer([Fault(stage="data", do=DROP)]) as server:
        runner = desk.runner(server.port)
        for _ in range(5):
            await runner.run_once()
            with desk.store.reading() as db:
                (relay,) = outbox.list_relays(db)
            assert relay.failing_since == began
            assert relay.deferred_until is not None
            rests.append((relay.deferred_until - desk.clock.now()).total_seconds())
            desk.clock.moment = relay.deferred_until
        assert rests == [30, 60, 120, 240, 480]
        server.faults.clear()
        assert await runner.run_once() > 0
    assert desk.relay_error() is None


async def test_one_refused_login_after_two_outages_is_the_first_of_three(desk: Desk) -> None:
    desk.letter()
    (port,) = free_ports(1)
    runner = desk.runner(port, username="ks", password="wrong")
    rests = [await rest_of(desk, runner) for _ in range(2)]
    async with FaultServer(users={"ks": "secret"}) as server:
        to_it = desk.runner(server.port, username="ks", password="wrong")
        runner._smtp = to_it._smtp
        rests += [await rest_of(desk, runner) for _ in range(3)]
    assert rests == [30, 60, 120, 240, 3600]


async def rest_of(desk: Desk, runner: DeliverRunner) -> float:
    """Let the runner fail once, wait until its relay has rested, and return for how many seconds it did."""
    before = desk.clock.now()
    await runner.run_once()
    with desk.store.reading() as db:
        (relay,) = outbox.list_relays(db)
    assert relay.deferred_until is not None
    desk.clock.moment = max(relay.deferred_until, before + dt.timedelta(seconds=1))
    return (relay.deferred_until - before).total_seconds()

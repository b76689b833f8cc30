"""The n-th call fails, for n = 1, 2, 3 … until a run of fetching, deciding and sending goes through without it."""

import datetime as dt

import pytest

from tests.faults.conftest import UnderFire
from tests.faults.invariants import violations
from tests.faults.once import Countdown, failing_database, run_once
from tests.integration.paper_desk import MovedClock
from tests.servers.tcp_proxy import Cut, TcpProxy

pytestmark = [pytest.mark.servers("dovecot"), pytest.mark.slow]

MOST = 1_000
"""Far more calls than a run makes: a loop that gets here never ends."""

LOOK = 10
"""So often the invariants are looked at: nothing that is wrong becomes right again."""


@pytest.fixture
def clock() -> MovedClock:
    """Begin now, as the agents' commands do, which know no other clock."""
    clock = MovedClock()
    clock.moment = dt.datetime.now(dt.UTC)
    return clock


async def prepare(desk: UnderFire) -> None:
    """Put in one enquiry, one answer and one mail for a case that is there."""
    case = desk.command("new", "--subject", "x", "-m", "y", "--from", f"n{desk.mails}@x.example", "--as", "kari")
    desk.answer(case["reference"])
    desk.arrive(1)


async def recover(desk: UnderFire, clock: MovedClock, *, look: bool) -> list[str]:
    """Do what the next start does, hours later, until nothing is due; return what is wrong then, if it is looked at."""
    for _ in range(3):
        clock.forward(hours=2)
        error = await run_once(desk.desk, clock)
        if error is not None:
            return [f"the next start ended with {error.message}"]
        if not desk.watched.rows("SELECT id FROM letters WHERE state IN ('queued', 'deferred')"):
            break
    return [*violations(desk.watched)] if look else []


async def test_whichever_call_of_the_database_fails_nothing_is_lost_or_doubled(
    under_fire: UnderFire, clock: MovedClock
) -> None:
    """F49 F50: every statement and every commit fails once, as on a full disk."""
    wrong: dict[int, list[str]] = {}
    for nth in range(1, MOST):
        await prepare(under_fire)
        countdown = Countdown(nth)
        with failing_database(countdown):
            await run_once(under_fire.desk, clock)
        over = not countdown.happened
        wrong |= {nth: found} if (found := await recover(under_fire, clock, look=over or nth % LOOK == 0)) else {}
        if over:
            break
    assert wrong == {}
    assert 50 < nth < MOST, "the loop looked at too little or never ended"


async def through(desk: UnderFire, clock: MovedClock, proxy: TcpProxy, *, least: int) -> None:
    """Cut the connection after the n-th chunk that goes either way, for every n of a run."""
    wrong: dict[int, list[str]] = {}
    for nth in range(MOST):
        await prepare(desk)
        proxy.forget()
        proxy.cut = Cut(after=nth, unit="chunks")
        await run_once(desk.desk, clock)
        over, proxy.cut = not proxy.happened, None
        wrong |= {nth: found} if (found := await recover(desk, clock, look=over or nth % LOOK == 0)) else {}
        if over:
            break
    assert wrong == {}
    assert least < nth < MOST, "the loop looked at too little or never ended"


async def test_wherever_the_line_to_the_imap_server_is_cut_nothing_is_lost_or_doubled(
    under_fire: UnderFire, clock: MovedClock
) -> None:
    """F20 F21 F23: after every chunk of every command and answer, LOGIN, SELECT, FETCH and STORE among them."""
    with TcpProxy(under_fire.dovecot.imap_port) as proxy, under_fire.by_way_of(imap_port=proxy.port):
        await through(under_fire, clock, proxy, least=20)


async def test_wherever_the_line_to_the_relay_is_cut_nothing_is_lost_or_doubled(
    under_fire: UnderFire, clock: MovedClock
) -> None:
    """F39 F43 F44: after every chunk of every command, answer and letter."""
    with TcpProxy(under_fire.sink.port) as proxy, under_fire.by_way_of(smtp_port=proxy.port):
        await through(under_fire, clock, proxy, least=20)

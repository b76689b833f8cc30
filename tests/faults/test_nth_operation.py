"""The n-th call fails, for n = 1, 2, 3 … until a run of fetching, deciding and sending goes through without it."""

import datetime as dt
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import UnderFire, new_desk
from tests.faults.invariants import violations
from tests.faults.once import Countdown, failing_database, run_once
from tests.integration.paper_desk import MovedClock
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.tcp_proxy import Cut, TcpProxy

pytestmark = [pytest.mark.servers("dovecot"), pytest.mark.slow]

MOST = 1_000
"""Far more calls than a run makes: a loop that gets here never ends."""

LOOK = 10
"""So often the invariants are looked at: nothing that is wrong becomes right again."""


def every(step: int) -> pytest.MarkDecorator:
    """Take every so many n in CI, and all of them in `make torture`."""
    return pytest.mark.parametrize("step", [step, pytest.param(1, marks=pytest.mark.torture)])


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
        desk.watched.let_leases_end()
        error = await run_once(desk.desk, clock)
        if error is not None:
            return [f"the next start ended with {error.message}"]
        if not desk.watched.rows("SELECT id FROM letters WHERE state IN ('queued', 'deferred')"):
            break
    return [*violations(desk.watched)] if look else []


@every(7)
async def test_whichever_call_of_the_database_fails_nothing_is_lost_or_doubled(
    under_fire: UnderFire, clock: MovedClock, step: int, record_property: Callable[[str, object], None]
) -> None:
    """F49 F50: every statement and every commit fails once, as on a full disk."""
    wrong: dict[int, list[str]] = {}
    for nth in range(1, MOST, step):
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
    record_property("trials", nth // step)


async def through(desk: UnderFire, clock: MovedClock, proxy: TcpProxy, *, least: int, step: int = 1) -> int:
    """Cut the connection after the n-th chunk that goes either way, for every n of a run; return how many."""
    wrong: dict[int, list[str]] = {}
    for nth in range(0, MOST, step):
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
    return nth // step


@every(3)
async def test_wherever_the_line_to_the_imap_server_is_cut_nothing_is_lost_or_doubled(
    under_fire: UnderFire, clock: MovedClock, step: int, record_property: Callable[[str, object], None]
) -> None:
    """F20 F21 F23: after every chunk of every command and answer, LOGIN, SELECT, FETCH and STORE among them."""
    with TcpProxy(under_fire.dovecot.imap_port) as proxy, under_fire.by_way_of(imap_port=proxy.port):
        record_property("trials", await through(under_fire, clock, proxy, least=20, step=step))


@every(3)
async def test_wherever_the_line_to_the_relay_is_cut_nothing_is_lost_or_doubled(
    under_fire: UnderFire, clock: MovedClock, step: int, record_property: Callable[[str, object], None]
) -> None:
    """F39 F43 F44: after every chunk of every command, answer and letter."""
    with TcpProxy(under_fire.sink.port) as proxy, under_fire.by_way_of(smtp_port=proxy.port):
        record_property("trials", await through(under_fire, clock, proxy, least=20, step=step))


@pytest.mark.servers("postgres")
@pytest.mark.torture
async def test_wherever_the_line_to_postgresql_is_cut_nothing_is_lost_or_doubled(
    dovecot: Dovecot, postgres: Postgres, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """F61: after every third chunk to and from the database, COMMIT and its answer among them."""
    clock = MovedClock()
    clock.moment = dt.datetime.now(dt.UTC)
    with TcpProxy(postgres.port) as proxy:
        url = postgres.database().replace(f":{postgres.port}/", f":{proxy.port}/")
        with new_desk(tmp_path, dovecot, url) as desk:
            record_property("trials", await through(desk, clock, proxy, least=100, step=3))


DATABASE_CALLS = "openat,pwrite64,fdatasync,fsync,ftruncate"
IN_CI = (2, 5, 9, 14, 20, 27)
NOT_DONE = 75


@pytest.mark.servers("strace")
@pytest.mark.parametrize("calls", [IN_CI, pytest.param(tuple(range(1, MOST)), marks=pytest.mark.torture)])
def test_whichever_call_on_the_files_of_the_database_fails_nothing_is_lost_or_doubled(
    under_fire: UnderFire, calls: tuple[int, ...], record_property: Callable[[str, object], None]
) -> None:
    """F51: EIO at the n-th open, write or sync of the database, its log and its index, of every thread."""
    desk = under_fire.desk
    database = desk.database_url.removeprefix("sqlite:///")
    files = [word for end in ("", "-wal", "-shm") for word in ("-P", f"{database}{end}")]
    trials = 0
    for nth in calls:
        trials += 1
        under_fire.arrive(1)
        inject = f"inject={DATABASE_CALLS}:error=EIO:when={nth}"
        strace = ["strace", "-f", "-qq", *files, "-e", f"trace={DATABASE_CALLS}", "-e", inject]
        done = subprocess.run(
            [*strace, sys.executable, "-m", "inboxd", "run", "--once"], env=desk.env, capture_output=True, text=True,
            timeout=120, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert done.returncode in {0, NOT_DONE, 78}, (nth, done.returncode, done.stderr)
        desk.run("run", "--once")
        assert [*violations(under_fire.watched)] == [], nth
        if "INJECTED" not in done.stderr:
            break
    record_property("trials", trials)

"""What a power cut leaves: the write-ahead log ends anywhere. The database opens, is sound, and all mail is there."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inboxd.config.file import load
from inboxd.store.checks import check
from inboxd.store.engine import open_store
from tests.faults.conftest import UnderFire
from tests.faults.invariants import Watched, violations
from tests.faults.once import run_once
from tests.integration.paper_desk import MovedClock

pytestmark = [pytest.mark.servers("dovecot"), pytest.mark.slow]

SECTOR = 512
MAILS = 4
OF_THE_DISK = ("I1", "I2", "I5")
"""What holds even where a disk forgets what it said was written: letters that it forgot may be sent again."""


def cuts(length: int, step: int) -> Iterator[int]:
    yield from range(0, length, step)
    yield length


@pytest.mark.parametrize("sectors", [101, pytest.param(1, marks=pytest.mark.torture)])
async def test_wherever_the_log_of_the_database_ends_the_next_start_goes_on(
    under_fire: UnderFire, tmp_path: Path, sectors: int, record_property: Callable[[str, object], None]
) -> None:
    """F17: the database's log is cut at every so many sectors; all that lies on the server is in the ledger again."""
    under_fire.arrive(MAILS)
    under_fire.desk.run_to_failpoint(f"outcome-committed:{MAILS}", "run", "--once")
    database = Path(under_fire.desk.database_url.removeprefix("sqlite:///"))
    log = database.with_name(f"{database.name}-wal").read_bytes()
    assert len(log) > 100 * SECTOR, "the kill came too late: there is nothing left in the log"
    kept = shutil.copy(database, tmp_path / "kept.db")
    trials = 0
    try:
        for cut in cuts(len(log), sectors * SECTOR):
            trials += 1
            for name in ("", "-wal", "-shm"):
                database.with_name(f"{database.name}{name}").unlink(missing_ok=True)
            shutil.copy(kept, database)
            database.with_name(f"{database.name}-wal").write_bytes(log[:cut])
            assert await _goes_on(under_fire.watched) == [], f"cut at {cut} of {len(log)}"
    finally:
        under_fire.desk.run("run", "--once")
    record_property("trials", trials)


async def _goes_on(watched: Watched) -> list[str]:
    settings = load(watched.desk.config, env=watched.desk.env)
    store = open_store(settings.database_url)
    found = [f"as it was found: {problem}" for problem in check(store)]
    store.close()
    error = await run_once(watched.desk, MovedClock())
    if error is not None:
        return [*found, f"the next start ended with {error.message}"]
    return [*found, *(one for one in violations(watched) if one.startswith(OF_THE_DISK))]

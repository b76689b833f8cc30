"""How long reports take, and how much memory, on a database of 100,000 cases that were all opened in one month.

`python -m benchmarks.reports [CASES]`. The rows are seeded straight into an SQLite file in a temporary folder: every
case was new, taken, waiting, taken up again and mostly closed, with a measurement of each target. Each report is
made in a process of its own.
"""

import datetime as dt
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.measure import in_a_process, peak_rss_mb, verdict
from inboxd.config.file import load
from inboxd.desk.report import Month
from inboxd.office.office import Office
from inboxd.office.opening import open_office
from inboxd.office.reports import months
from inboxd.office.reports.now import now_report
from tests.integration.paper_desk import MovedClock, write_config

CASES, TARGET_SECONDS, TARGET_MB = 100_000, 30.0, 200.0
MONTH = Month(year=2026, number=10)
FIRST = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
DAY = 86_400

REPORTS: dict[str, Callable[[Office], object]] = {
    "now": now_report,
    "sla": lambda office: months.sla(office, MONTH),
    "channels": lambda office: months.channels(office, MONTH),
    "time": lambda office: months.time(office, MONTH),
}


def main() -> int:
    """Seed the database and make every report; 1 where one of them misses its target."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        with closing(_office(Path(folder), new=True).store):
            _seed(Path(folder) / "inboxd.db", cases)
        for name in REPORTS:
            found = in_a_process("benchmarks.reports", "--make", name, folder)
            held = found["seconds"] < TARGET_SECONDS and found["mb"] < TARGET_MB
            print(verdict(f"report {name}, {cases} cases, seconds", found["seconds"], f"< {TARGET_SECONDS}", held=held))
            print(verdict(f"report {name}, peak RSS, MB", found["mb"], f"< {TARGET_MB}", held=held))
            missed = missed or not held
    return int(missed)


def make(name: str, folder: Path) -> dict[str, float]:
    """Make one report in this process; return how long it took, and the memory that the process ever had."""
    office = _office(folder)
    began = time.perf_counter()
    REPORTS[name](office)
    return {"seconds": round(time.perf_counter() - began, 2), "mb": round(peak_rss_mb(), 1)}


def _office(folder: Path, *, new: bool = False) -> Office:
    clock = MovedClock()
    clock.moment = FIRST + dt.timedelta(days=32)
    config = write_config(folder) if new else folder / "config.toml"
    return open_office(load(config, env={}, with_secrets=False), clock=clock)


def _seed(path: Path, cases: int) -> None:
    """Write so many cases with their standings and measurements."""
    chance = random.Random(1)
    with closing(sqlite3.connect(path)) as db, db:
        for number in range(1, cases + 1):
            moments = [chance.randrange(31 * DAY)]
            moments += [moments[-1] + sum(chance.randrange(60, 2 * DAY) for _ in range(n)) for n in range(1, 5)]
            still_open = number % 20 == 0
            _case(
                db, number, [FIRST + dt.timedelta(seconds=at) for at in moments], still_open=still_open, chance=chance
            )


def _case(
    db: sqlite3.Connection, number: int, at: list[dt.datetime], *, still_open: bool, chance: random.Random
) -> None:
    category, priority = chance.choice(("it", "print")), chance.choice(("critical", "high", "normal", "low"))
    agent = chance.choice(("kari", "per"))
    statuses = ("new", "open", "waiting", "open", "closed")[: 4 if still_open else 5]
    _insert(
        db, "cases", id=number, number=1000 + number, prefix="KS", mailbox="kundeservice", category=category,
        priority=priority, status=statuses[-1], subject="Skriveren", channel=chance.choice(("mail", "phone")),
        language="nb", assignee=agent, opened_at=at[0], updated_at=at[len(statuses) - 1], responded_at=at[1],
        resolution_due=at[4], undelivered=0, verified=0, last_references="[]", missing="[]", version=1, round=0,
    )  # fmt: skip
    for moment, status in zip(at, statuses, strict=False):
        who = None if status == "new" else agent
        _insert(
            db, "standings", case_id=number, at=moment, status=status, category=category, priority=priority,
            assignee=who,
        )  # fmt: skip
    for target, moment in (("response", at[1]), *(() if still_open else (("resolution", at[4]),))):
        _insert(
            db, "measurements", case_id=number, at=moment, target=target, category=category, priority=priority,
            within=chance.random() < 0.9, office_seconds=chance.randrange(DAY), wall_seconds=chance.randrange(5 * DAY),
        )  # fmt: skip


def _insert(db: sqlite3.Connection, table: str, **values: Any) -> None:
    marks = ", ".join("?" for _ in values)
    db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(_stored(values.values())))


def _stored(values: Iterable[Any]) -> Iterable[Any]:
    return (one.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(one, dt.datetime) else one for one in values)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        print(json.dumps(make(sys.argv[2], Path(sys.argv[3]))))
    else:
        sys.exit(main())

"""Databases that fail, get damaged, are replaced or are somebody else's: the daemon says what happened, and ends."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from inboxd.errors import ConfigError, StoreDamaged, StoreLost, StoreTooNew
from inboxd.office.documents import queue
from inboxd.runners.soundness import SoundnessRunner
from inboxd.store.checks import check, look_for_damage
from inboxd.store.engine import open_store
from inboxd.store.schema import is_current
from tests.e2e.desk_at_work import DeskAtWork
from tests.integration.paper_desk import PaperDesk, mail, write_config
from tests.servers.pymap import PymapServer
from tests.servers.smtp_sink import SmtpSink

PAGE = 4096
NOBODY = 65_534
ROOT = Path(__file__).parents[2]

WITHOUT_ROOTS_POWER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
"""Another user than root could not read this interpreter, where it lies in root's home."""


@pytest.fixture
def at_work(tmp_path: Path, pymap: PymapServer, smtp_sink: SmtpSink) -> Iterator[DeskAtWork]:
    """A desk that has looked at its empty mailbox once."""
    user = pymap.new_user()
    with DeskAtWork(tmp_path, user, imap_port=pymap.imap_port, smtp_port=smtp_sink.port) as desk:
        desk.run("run", "--once")
        yield desk


def started(desk: DeskAtWork) -> int:
    desk.start()
    desk.wait_for(lambda: "daemon.started" in desk.log.read_text(), "the daemon to serve")
    assert desk.daemon is not None
    return desk.daemon.pid


def ended(desk: DeskAtWork) -> int:
    """Wait for the daemon to end by itself; returns its exit code."""
    assert desk.daemon is not None
    code, desk.daemon = desk.daemon.wait(60), None
    return code


def damage(database: Path) -> None:
    """Write over the inner pages of tables and indexes, as a disk does that returns other blocks than were written."""
    with database.open("r+b") as file:
        for number in range(2, database.stat().st_size // PAGE, 3):
            file.seek(number * PAGE)
            file.write(os.urandom(PAGE))


@pytest.mark.servers("strace")
@pytest.mark.slow
def test_a_failed_fsync_ends_the_daemon_and_the_next_start_loses_nothing(
    at_work: DeskAtWork, pymap: PymapServer, smtp_sink: SmtpSink
) -> None:
    """F51: after EIO of an fsync nothing is tried again on that connection: exit 75, and all is there afterwards."""
    pid = started(at_work)
    inject = "inject=fsync,fdatasync:error=EIO"
    words = ["strace", "-f", "-qq", "-o", os.devnull, "-p", str(pid), "-e", "trace=fsync,fdatasync", "-e", inject]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as strace:
        at_work.wait_for(lambda: _is_traced(pid) or at_work.has_ended(), "strace to be there, or to have done its work")
        pymap.append(at_work.user, mail(number=1, to=at_work.user.address))
        assert ended(at_work) == 75
        strace.wait(30)
    log = at_work.log.read_text()
    assert log.count("event=daemon.failed") == 1
    assert "SQLITE_IOERR_FSYNC" in log
    started(at_work)
    smtp_sink.wait_for(1)
    pymap.append(at_work.user, mail(number=2, to=at_work.user.address))
    smtp_sink.wait_for(2)
    assert at_work.stop() == 0
    assert len(at_work.ask("queue")) == 2
    at_work.run("db", "check")
    at_work.run("incoming", "reconcile")
    assert len(smtp_sink.envelopes) == 2


def _is_traced(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    return "TracerPid:\t0" not in status


@pytest.mark.servers("root")
@pytest.mark.slow
def test_files_of_somebody_else_are_refused_with_what_to_do(tmp_path: Path) -> None:
    """F52: another user's database, a folder that may not be written, a read-only disk: exit 78 and what to do."""
    desk = PaperDesk(tmp_path)
    desk.close()
    env = os.environ | {"INBOXD_CONFIG": str(desk.config), "KS_PASSWORD": "x"}
    order = ("new", "--subject", "x", "--from", "liv@kommune.example")
    for path, mode in ((tmp_path, 0o755), *((path, 0o644) for path in tmp_path.iterdir())):
        os.chown(path, NOBODY, NOBODY)
        path.chmod(mode)

    def refused(*words: str) -> str:
        done = subprocess.run(
            [*WITHOUT_ROOTS_POWER, sys.executable, "-m", "inboxd", *words], env=env, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 78, done
        return done.stderr

    assert "as the user who owns the database" in refused(*order)
    assert "owns the database and its folder" in refused("run", "--once")
    (tmp_path / "inboxd.db").chmod(0o666)  # the file may be written now, its folder not
    assert "must own the file and its folder" in refused(*order)
    subprocess.run(["mount", "--bind", str(tmp_path), str(tmp_path)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(tmp_path)], check=True)
        assert "may not be opened" in refused(*order)
        assert "Read-only file system" in refused("run", "--once")
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_a_database_that_is_taken_away_under_the_daemon_ends_it(
    at_work: DeskAtWork, pymap: PymapServer, smtp_sink: SmtpSink, how: str
) -> None:
    """F54: noticed by device and inode before the next transaction: exit 75, and no mail is lost by it."""
    started(at_work)
    database = at_work.folder / "inboxd.db"
    at_work.run("db", "backup", str(at_work.folder / "copy.db"))
    database.rename(at_work.folder / "away.db")
    if how == "replaced":
        shutil.copy(at_work.folder / "copy.db", database)
    pymap.append(at_work.user, mail(to=at_work.user.address))
    assert ended(at_work) == 75
    said = "was replaced by another file" if how == "replaced" else "is not there any more"
    assert said in at_work.log.read_text()
    assert smtp_sink.envelopes == []
    for end in ("", "-wal", "-shm"):
        database.with_name(f"inboxd.db{end}").unlink(missing_ok=True)
    shutil.copy(at_work.folder / "copy.db", database)
    at_work.run("run", "--once")
    assert len(at_work.ask("queue")) == 1
    at_work.run("db", "check")
    at_work.run("incoming", "reconcile")


def test_nothing_is_written_into_an_orphan(tmp_path: Path) -> None:
    """F54: neither a command's nor the daemon's next transaction touches a file that lost its name."""
    desk = PaperDesk(tmp_path)
    told: list[Exception] = []
    desk.office.store.on_lost = told.append
    desk.arrive(mail(number=1))
    database = tmp_path / "inboxd.db"
    database.rename(tmp_path / "away.db")
    for _ in range(2):
        with pytest.raises(StoreLost):
            desk.lay(mail(number=2))
    assert len(told) == 1
    (tmp_path / "away.db").rename(database)  # too late: nobody knows what happened meanwhile
    with pytest.raises(StoreLost), desk.office.store.reading():
        pass
    desk.office.store.close()
    again = PaperDesk(tmp_path, config=desk.config)
    assert len(queue(again.office)) == 1
    again.close()


@pytest.mark.slow
def test_a_damaged_database_stops_the_daemon_with_the_way_back(at_work: DeskAtWork, pymap: PymapServer) -> None:
    """F55: damage in the middle of the file is found soon after the start: exit 78, and the last backup is named."""
    pymap.append(at_work.user, mail(to=at_work.user.address))
    at_work.run("run", "--once")
    at_work.beyond_account = "its database is damaged"
    damage(at_work.folder / "inboxd.db")
    at_work.start()
    assert ended(at_work) == 78
    log = at_work.log.read_text()
    assert "damaged" in log
    assert "inboxd db backup" in log


@pytest.mark.parametrize("beginning", [b"", b"SQLite format 3\0" + bytes(84)])
def test_a_database_whose_beginning_is_damaged_is_refused_at_once(tmp_path: Path, beginning: bytes) -> None:
    """F55: the cheap checks come before everything else."""
    PaperDesk(tmp_path).close()
    database = tmp_path / "inboxd.db"
    octets = database.read_bytes()
    database.write_bytes((beginning or b"nonsense" * 13)[:100] + octets[100:])
    with pytest.raises(StoreDamaged) as refused:
        PaperDesk(tmp_path)
    assert "backup" in (refused.value.hint or "")


def test_damage_is_looked_for_on_a_connection_of_its_own_and_ends_when_asked(tmp_path: Path) -> None:
    """F55: found in a sound file: nothing; in a damaged one: StoreDamaged; asked to stop: it stops."""
    desk = PaperDesk(tmp_path)
    desk.arrive(*(mail(number=n, files={"a.bin": os.urandom(20_000)}) for n in range(10)))
    look_for_damage(desk.office.store)
    look_for_damage(desk.office.store, stopping=lambda: True)
    store = desk.office.store
    desk.close()  # all is in the file itself
    damage(tmp_path / "inboxd.db")
    told: list[Exception] = []
    store.on_lost = told.append
    SoundnessRunner(store, first_after=0.0).watch(threading.Event())
    assert isinstance(told[0], StoreDamaged)
    with pytest.raises(StoreDamaged), store.begin():
        pass


def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    """F54: a foreign SQLite file, told by its application_id: not a byte of it changes."""
    database = tmp_path / "inboxd.db"
    with sqlite3.connect(database) as foreign:
        foreign.execute("CREATE TABLE notes (words TEXT)")
    foreign.close()
    before = database.read_bytes()
    with pytest.raises(ConfigError, match="another program"):
        PaperDesk(tmp_path)
    assert database.read_bytes() == before


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """F56: an older inboxd leaves a newer one's database alone."""
    PaperDesk(tmp_path).close()
    with sqlite3.connect(tmp_path / "inboxd.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    with pytest.raises(StoreTooNew, match="9999"):
        PaperDesk(tmp_path)


KILLED = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
left = int(sys.argv[2])

def count(connection, cursor, statement, parameters, context, executemany):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "before_cursor_execute", count)
from inboxd.store.engine import open_store
open_store(sys.argv[1]).close()
"""


@pytest.mark.parametrize("after", [5, 25, 45])
def test_a_migration_that_is_killed_half_way_is_as_if_it_had_not_begun(tmp_path: Path, after: int) -> None:
    """F56: DDL is rolled back like everything else; the next start does the whole of it."""
    url = f"sqlite:///{tmp_path}/inboxd.db"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, url, str(after)], cwd=ROOT, timeout=60, check=False, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed
    assert not is_current(url)
    store = open_store(url)
    assert check(store) == ()
    store.close()
    assert is_current(url)


@pytest.mark.slow
def test_a_database_that_is_locked_longer_than_the_busy_timeout_costs_nothing(tmp_path: Path) -> None:
    """F53: a command waits, says that it may be tried again (exit 75), and has done nothing by halves."""
    desk = PaperDesk(tmp_path, config=write_config(tmp_path))
    desk.close()
    env = os.environ | {"INBOXD_CONFIG": str(desk.config), "KS_PASSWORD": "x"}
    words = [sys.executable, "-m", "inboxd", "new", "--subject", "Ringte", "--from", "liv@kommune.example"]
    impatient = (
        "import sys, inboxd.store.engine as e; e.BUSY_TIMEOUT_MS = 200; from inboxd.cli.app import run;"
        " sys.exit(run(sys.argv[1:]))"
    )
    with sqlite3.connect(tmp_path / "inboxd.db", isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        done = subprocess.run(
            [sys.executable, "-c", impatient, *words[3:]], env=env, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
        assert done.returncode == 75, done
        holder.execute("ROLLBACK")
    holder.close()
    assert subprocess.run(words, env=env, capture_output=True, timeout=60, check=False).returncode == 0
    again = PaperDesk(tmp_path, config=desk.config)
    assert check(again.office.store) == ()
    assert len(queue(again.office)) == 1
    again.close()

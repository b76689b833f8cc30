"""How soon a daemon works again: from the start of its process to the first new mail filed, with 100,000 cases.

`python -m benchmarks.restart [CASES] [--rounds N]` (as root, with Dovecot installed). The database is made once and
kept in the system's temporary folder: some hundred cases come in by the desk's own intake and are answered, and their
rows are then copied under other ids, numbers, addresses and Message-IDs. The mailbox holds a mail for every case. Each
round a mail arrives while the daemon is down: after a clean stop, and after SIGKILL.
"""

import argparse
import hashlib
import inspect
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from imapclient import IMAPClient
from sqlmodel import SQLModel

from benchmarks.corpus import WORDS
from benchmarks.latency import letter
from benchmarks.measure import median, verdict
from inboxd.desk.order import Reply
from inboxd.office.act import act
from inboxd.office.documents import queue
from inboxd.store import tables
from inboxd.store.octets import ZLIB_LEVEL, unpacked
from tests.e2e.desk_at_work import DeskAtWork
from tests.integration.paper_desk import PaperDesk, mail
from tests.servers.dovecot import Dovecot
from tests.servers.imap_users import User
from tests.servers.ports import wait_until
from tests.servers.smtp_sink import SmtpSink

CASES, TARGET_SECONDS = 100_000, 5.0
MODELS = 500
"""So many cases are made in earnest."""

OPEN = 50
"""One case in so many is still open."""

USER = User(address="kundeservice@desk.example", password="secret")
UIDVALIDITY = 7
"""A PaperDesk's."""

UNIQUE = {"message_id", "mail_key", "once_key", "last_message_id", "address", "address_key"}
"""Columns of text in which a copy must not be like its model."""

COMMANDS = {"run --once, nothing new": ("run", "--once"), "health": ("health",), "queue": ("queue",)}


def words(chance: random.Random, number: int) -> str:
    """Return so many words in lines, as a person writes."""
    return "\n".join(" ".join(chance.choices(WORDS, k=12)) for _ in range(number // 12)) + "\n"


def write_models(desk: DeskAtWork) -> None:
    """Let some hundred mails of 2 to 3 kB become cases; most are answered, and all letters are sent."""
    chance, paper = random.Random(7), PaperDesk(desk.folder, config=desk.config)
    for number in range(1, MODELS + 1):
        address = f"bruker{number}@kommune.example"
        text = words(chance, chance.randint(240, 360))
        paper.arrive(mail(" ".join(chance.choices(WORDS, k=5)), sender=f"Bruker <{address}>", text=text, number=number))
        paper.clock.forward(minutes=7)
    for case in queue(paper.office):
        act(Reply(actor="kari", text=words(chance, 60)), case["number"], paper.office)
    paper.close()


def end_models(database: sqlite3.Connection, cases: int) -> None:
    """Say that all letters went out, that the server was told, and that all mails are accounted for."""
    database.execute("UPDATE letters SET state = 'sent', attempts = 1, last_reply = '250 2.0.0 queued'")
    database.execute("UPDATE letter_recipients SET state = 'sent', reply = '250 2.0.0 queued'")
    database.execute("UPDATE incoming SET filed_away = 1")
    database.execute("UPDATE cases SET status = 'closed', closed_at = updated_at WHERE id % ? <> 0", (OPEN,))
    database.execute("UPDATE folders SET settled_uid = ?, last_look_at = started_at", (cases,))


class Copier:
    """Writes every row of the models again and again, each time with ids and unique words of its own."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.hashes: dict[str, str] = {}
        self.tables = [
            table for table in SQLModel.metadata.sorted_tables if table.name not in {"folders", "keys", "counters"}
        ]
        self.rows = {table.name: self._all(table.name) for table in self.tables}
        self.steps = {name: max((row.get("id", 0) for row in rows), default=0) for name, rows in self.rows.items()}
        self.steps["folders"] = 0

    def _all(self, table: str) -> list[dict[str, Any]]:
        cursor = self.database.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def copy(self, nth: int) -> None:
        """Write the n-th copy of everything."""
        for table in sorted(self.tables, key=lambda one: one.name != "octets"):
            if not self.rows[table.name]:
                continue
            references = {c.name: key.column.table.name for c in table.columns for key in c.foreign_keys}
            rows = [self._copied(table.name, row, references, nth) for row in self.rows[table.name]]
            names = ", ".join(f'"{name}"' for name in rows[0])
            marks = ", ".join(f":{name}" for name in rows[0])
            self.database.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)

    def _copied(self, table: str, row: dict[str, Any], references: dict[str, str], nth: int) -> dict[str, Any]:
        copied = dict(row)
        for name, value in row.items():
            if value is None:
                continue
            if name in references or name == "id":
                copied[name] = value + nth * self.steps[references.get(name, table)]
            elif name in UNIQUE and value:
                copied[name] = f"<{nth}.{value[1:]}" if value.startswith("<") else f"{nth}.{value}"
            elif name in {"number", "uid"}:
                copied[name] = value + nth * MODELS
            elif name == "sha256" and table == "incoming":
                copied[name] = self.hashes[value]
        if table == "octets":
            self._pack(copied, nth)
        return copied

    def _pack(self, row: dict[str, Any], nth: int) -> None:
        octets = b"X-Copy: %d\r\n" % nth + unpacked(row["codec"], row["content"])
        sha256 = hashlib.sha256(octets).hexdigest()
        self.hashes[row["sha256"]] = sha256
        row |= {"codec": "zlib", "content": zlib.compress(octets, ZLIB_LEVEL), "sha256": sha256}


def build(folder: Path, cases: int) -> None:
    """Make a desk's database and key in a folder."""
    desk = DeskAtWork(folder, USER, imap_port=1, smtp_port=1)
    write_models(desk)
    database = sqlite3.connect(folder / "inboxd.db")
    with database:
        end_models(database, cases)
        copier = Copier(database)
        for nth in range(1, cases // MODELS):
            copier.copy(nth)
        database.execute("UPDATE counters SET next_number = (SELECT max(number) + 1 FROM cases)")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def built(cases: int) -> Path:
    """Return the folder of a database with so many cases, made now if nobody made it before."""
    parts: tuple[ModuleType | Callable[..., Any], ...] = (tables, words, write_models, end_models, Copier, build)
    sources = "".join(inspect.getsource(part) for part in parts)
    name = f"inboxd-restart-{cases}-{hashlib.sha256(sources.encode()).hexdigest()[:12]}"
    folder = Path(tempfile.gettempdir()) / name
    if not folder.exists():
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="ix-bench-") as fresh:
            build(Path(fresh), cases)
            shutil.copytree(fresh, folder)
        print(f"  a database of {cases} cases was made in {time.monotonic() - began:.0f} s and kept in {folder}")
    return folder


def fill_mailbox(dovecot: Dovecot, mails: int) -> None:
    """Put as many mails into the INBOX, as files that were read; Dovecot numbers them in the order of their names."""
    name, domain = USER.address.split("@")
    with dovecot.client(USER) as client:
        client.select_folder("INBOX")
    dovecot.doveadm("mailbox", "update", "-u", USER.address, "--uid-validity", str(UIDVALIDITY), "INBOX")
    cur = dovecot.folder / "mail" / domain / name / "Maildir" / "cur"
    octets = letter(1, USER.address).replace(b"\r\n", b"\n")
    for number in range(mails):
        path = cur / f"{1_700_000_000 + number}.M0P{number}.restart:2,S"
        path.write_bytes(octets)
        shutil.chown(path, "mail", "mail")
    with IMAPClient("127.0.0.1", dovecot.imap_port, ssl=False, timeout=600) as client:
        client.login(USER.address, USER.password)
        assert client.select_folder("INBOX")[b"UIDNEXT"] == mails + 1


class Rounds:
    """One desk with its servers, stopped and started again."""

    def __init__(self, desk: DeskAtWork, dovecot: Dovecot, cases: int) -> None:
        self.desk, self.dovecot, self.uid = desk, dovecot, cases
        self.database = sqlite3.connect(f"file:{desk.folder / 'inboxd.db'}?mode=ro", uri=True)

    def filed(self) -> bool:
        """Say whether the newest mail is done."""
        found = self.database.execute(
            "SELECT state FROM incoming WHERE folder_id = 1 AND uidvalidity = ? AND uid = ?", (UIDVALIDITY, self.uid)
        )
        return bool(found.fetchone() == ("done",))

    def to_first_mail(self, end: Callable[[], object]) -> float:
        """Let a mail come, start the daemon, and return the seconds until the mail is filed; then `end` it."""
        self.uid += 1
        sender = f"bruker{self.uid}@kommune.example"
        self.dovecot.deliver(letter(self.uid, USER.address), USER.address, mail_from=sender)
        began = time.monotonic()
        self.desk.start()
        wait_until(self.filed, seconds=300, what="the mail to be filed")
        took = time.monotonic() - began
        end()
        return took

    def command(self, *command: str) -> float:
        """Return the seconds of one command."""
        began = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "inboxd", *command], env=self.desk.env, check=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return time.monotonic() - began

    def measure(self, rounds: int) -> Iterator[tuple[str, float]]:
        """Yield what was measured and its seconds, round after round, so that a busy machine slows all."""
        self.to_first_mail(self.desk.stop)  # the first start reads the file into the system's memory
        for _ in range(rounds):
            yield "after a clean stop", self.to_first_mail(self.desk.kill)
            yield "after SIGKILL", self.to_first_mail(self.desk.stop)
            for name, words_ in COMMANDS.items():
                yield name, self.command(*words_)


def told(times: dict[str, list[float]], cases: int) -> bool:
    """Print the medians; return whether the target is held."""
    held = True
    for name, seconds in times.items():
        middle = median(seconds)
        if name in COMMANDS:
            print(f"  {name:24} {middle:.2f} s ({min(seconds):.2f} to {max(seconds):.2f})")
            continue
        what = f"first mail filed {name}, {cases} cases ({min(seconds):.2f} to {max(seconds):.2f} s)"
        print(verdict(what, middle, f"< {TARGET_SECONDS:g} s", held=middle < TARGET_SECONDS))
        held = held and middle < TARGET_SECONDS
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure a restart.")
    parser.add_argument("cases", nargs="?", type=int, default=CASES)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    model = built(arguments.cases)
    times: dict[str, list[float]] = {}
    with (
        Dovecot({USER.address: USER.password}) as dovecot,
        SmtpSink() as sink,
        tempfile.TemporaryDirectory(prefix="ix-bench-") as folder,
    ):
        shutil.copytree(model, folder, dirs_exist_ok=True)
        fill_mailbox(dovecot, arguments.cases)
        desk = DeskAtWork(Path(folder), USER, imap_port=dovecot.imap_port, smtp_port=sink.port)
        with desk:
            print(f"  {(desk.folder / 'inboxd.db').stat().st_size / 1e6:.0f} MB of database")
            for name, seconds in Rounds(desk, dovecot, arguments.cases).measure(arguments.rounds):
                times.setdefault(name, []).append(seconds)
            print(f"  health says {json.dumps(json.loads(desk.run('health', '--json', check=False).stdout)['status'])}")
            held = told(times, arguments.cases)
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())

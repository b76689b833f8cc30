"""From Dovecot on loopback to cases with receipts in the outbox, against a floor measured in the same run.

`python -m benchmarks.ingest [N …]` (as root, with Dovecot installed). The floor does what no shared mailbox can do
without: imapclient fetches in batches of 50, mail-parser reads, one durable SQLite transaction a mail keeps the octets.
Each part is a process of its own, so that its memory and processor time are its own.
"""

import argparse
import asyncio
import json
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.corpus import mails
from benchmarks.measure import children, cpu_seconds, in_a_process, median, peak_rss_mb, verdict
from inboxd import logs
from tests.servers.dovecot import Dovecot
from tests.servers.imap_users import User

FETCH_BATCH = 50
PASSWORD = "secret"
NEW = ["UID", "2:*"]
"""The first mail is history: it was there before the daemon's first look."""

RATIO, RSS_MB = 0.4, 150
SEGMENT = 500

CONFIG = """
[desk]
name = "Kundeservice"
reference_prefix = "KS"
phone = "71 11 11 66"
agent_mail = "off"

[receipts]
per_address = "5/1h"
unknown_senders = "off"

[[agent]]
name = "kari"
address = "kari@agents.example"
notify = {notify}
categories = ["it", "print"]

[[agent]]
name = "ola"
address = "ola@agents.example"
notify = {notify}
categories = ["it"]

[[category]]
name = "it"

[[category]]
name = "print"

[[mailbox]]
name = "kundeservice"
address = "{address}"
category = "it"
  [mailbox.imap]
  host = "127.0.0.1"
  port = {port}
  tls = "none"
  username = "{address}"
  password_env = "KS_PASSWORD"
  [mailbox.smtp]
  host = "127.0.0.1"
  port = 1
  tls = "none"

[[rule]]
name = "printers"
match = {{ subject = "(?i)skriver|printer" }}
set = {{ category = "print", priority = "low", tags = ["printer"] }}
stop = true
"""


@dataclass(slots=True)
class Clocked:
    """When how many mails were done, by the wall and by the processor time of whoever decides on them."""

    points: list[tuple[int, float, float]] = field(default_factory=list)

    def note(self, done: int) -> None:
        cpu = time.thread_time() + sum(cpu_seconds(pid) for pid in children())
        self.points.append((done, time.monotonic(), cpu))

    def between(self, first: int, last: int) -> tuple[float, float]:
        """Return (mails a second, processor milliseconds a mail) of a stretch of mails."""
        begin = max((p for p in self.points if p[0] <= first), key=lambda p: p[0])
        end = min((p for p in self.points if p[0] >= last), key=lambda p: p[0])
        number = end[0] - begin[0]
        return number / (end[1] - begin[1]), 1000 * (end[2] - begin[2]) / number


def fill(dovecot: Dovecot, address: str, count: int) -> None:
    """Put the corpus into an INBOX as files, in order; Dovecot takes them up at the next SELECT."""
    name, domain = address.split("@")
    new = dovecot.folder / "mail" / domain / name / "Maildir" / "new"
    for number, octets in enumerate(mails(count, address)):
        path = new / f"{1_700_000_000 + number}.M0P{number}.corpus"
        path.write_bytes(octets.replace(b"\r\n", b"\n"))
        shutil.chown(path, "mail", "mail")
    with dovecot.client(User(address=address, password=PASSWORD)) as client:
        # neither part shall pay for Dovecot's index
        client.select_folder("INBOX", readonly=True)
        uids = client.search(NEW)
        for at in range(0, len(uids), 500):
            client.fetch(uids[at : at + 500], ["RFC822.SIZE"])
        assert len(uids) == count, (len(uids), count)


def floor(folder: Path, port: int, address: str, count: int) -> dict[str, Any]:
    """Fetch, read and keep every mail, nothing else."""
    import mailparser
    from imapclient import IMAPClient

    database = sqlite3.connect(folder / "floor.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE mails (uid INTEGER PRIMARY KEY, content BLOB)")
    began, cpu = time.monotonic(), cpu_seconds()
    client = IMAPClient("127.0.0.1", port, ssl=False)
    client.login(address, PASSWORD)
    client.select_folder("INBOX", readonly=True)
    uids = client.search(NEW)
    done = 0
    for at in range(0, len(uids), FETCH_BATCH):
        fetched = client.fetch(uids[at : at + FETCH_BATCH], ["BODY.PEEK[]"])
        for uid, items in fetched.items():
            mail = mailparser.parse_from_bytes(items[b"BODY[]"])
            assert mail.from_
            assert mail.message_id
            assert mail.body is not None
            assert mail.attachments is not None
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO mails VALUES (?, ?)", (uid, items[b"BODY[]"]))
            database.execute("COMMIT")
            done += 1
    assert done == count
    return {"seconds": time.monotonic() - began, "cpu": cpu_seconds() - cpu, "rss": peak_rss_mb()}


def prepare(folder: Path) -> dict[str, Any]:
    """Look at the mailbox once, so that nothing that comes later is history."""
    crew = _crew(folder)
    for fetcher in crew.fetchers:
        fetcher.run_once()
        fetcher.close()
    crew.office.store.close()
    return {}


def ours(folder: Path, count: int) -> dict[str, Any]:
    """Let the fetching thread and the intake thread of the daemon work until every mail has its outcome."""
    logs.set_up()
    crew = _crew(folder)
    [fetcher] = crew.fetchers
    clocked = Clocked()
    began, cpu = time.monotonic(), cpu_seconds()

    def decide() -> None:
        done = 0
        while done < count:
            crew.mail_waits.clear()
            clocked.note(done)
            while number := crew.intake.run_once():
                done += number
                clocked.note(done)
                crew.wake_fetchers()
            if done < count:
                crew.mail_waits.wait(15)

    watching = threading.Thread(target=fetcher.watch, args=(crew.stop, crew.mail_waits.set), daemon=True)
    deciding = threading.Thread(target=decide, daemon=True)
    watching.start()
    deciding.start()
    deciding.join()
    seconds = time.monotonic() - began
    child_cpu = sum(cpu_seconds(pid) for pid in children())
    result: dict[str, Any] = {
        "seconds": seconds,
        "cpu": cpu_seconds() - cpu + child_cpu,
        "child_cpu": child_cpu,
        "rss": peak_rss_mb(),
        "child_rss": max(peak_rss_mb(pid) for pid in children()),
        "first": clocked.between(0, min(SEGMENT, count)),
        "last": clocked.between(count - min(SEGMENT, count), count),
        "counted": _counted(folder),
    }
    assert result["counted"]["mails done"] == count, result["counted"]
    crew.halt()
    watching.join()
    return result


def _crew(folder: Path) -> Any:
    from inboxd import supervisor
    from inboxd.config.file import load
    from inboxd.office.opening import open_office
    from inboxd.parsing.parsing_child import ParsingChild

    office = open_office(load(folder / "config.toml", env=os.environ), upgrade=True)
    return asyncio.run(_built(supervisor._build, office, ParsingChild()))  # noqa: SLF001 - the daemon's own


async def _built(build: Any, *arguments: Any) -> Any:
    return build(*arguments)


def _counted(folder: Path) -> dict[str, int]:
    """Count from outside what became of the mails."""
    database = sqlite3.connect(folder / "inboxd.db")
    queries = {
        "mails done": "SELECT count(*) FROM incoming WHERE state = 'done'",
        "cases": "SELECT count(*) FROM cases",
        "entries": "SELECT count(*) FROM entries WHERE kind = 'mail_in'",
        "receipts": "SELECT count(*) FROM letters WHERE kind = 'receipt'",
        "letters to agents": "SELECT count(*) FROM letters WHERE kind = 'agent'",
    }
    return {name: database.execute(query).fetchone()[0] for name, query in queries.items()}


def measure(count: int, rounds: int, *, notify: bool) -> bool:
    """Measure `rounds` times, floor and ours in turn, and print; return whether every target was held."""
    floors, own = [], []
    with Dovecot() as dovecot:
        for number in range(rounds):
            folder = Path(tempfile.mkdtemp(prefix="ix-bench-"))
            address = f"desk{number}-{count}@desk.example"
            dovecot.add_user(address, PASSWORD, quota="4G")
            (folder / "config.toml").write_text(
                CONFIG.format(address=address, port=dovecot.imap_port, notify=str(notify).lower())
            )
            dovecot.deliver(next(mails(1, address)), address)
            common = ("--folder", str(folder), "--port", str(dovecot.imap_port), "--address", address, str(count))
            in_a_process("benchmarks.ingest", "--part", "prepare", *common)
            fill(dovecot, address, count)
            floors.append(in_a_process("benchmarks.ingest", "--part", "floor", *common))
            own.append(in_a_process("benchmarks.ingest", "--part", "ours", *common))
            shutil.rmtree(folder)
    return report(count, floors, own)


def report(count: int, floors: list[dict[str, Any]], own: list[dict[str, Any]]) -> bool:
    ratios = [f["seconds"] / o["seconds"] for f, o in zip(floors, own, strict=True)]
    print(f"\n{count} mails, {len(own)} rounds; became {own[-1]['counted']}")
    for name, runs in (("floor", floors), ("inboxd", own)):
        speed, cpu = median([count / r["seconds"] for r in runs]), median([r["cpu"] / count for r in runs])
        child = f" + reader {max(r['child_rss'] for r in runs):.0f}" if "child_rss" in runs[0] else ""
        rss = max(r["rss"] for r in runs)
        print(f"  {name:7} {speed:6.1f} mails/s, {1000 * cpu:5.1f} ms CPU a mail, peak RSS {rss:.0f}{child} MB")
    reader = median([r["child_cpu"] / count for r in own])
    print(f"  of inboxd's processor time {1000 * reader:.1f} ms a mail are the reader's (the parsing child)")
    print(f"  ratios of the rounds: {', '.join(f'{ratio:.2f}' for ratio in ratios)}")
    ratio, rss = median(ratios), max(r["rss"] for r in own)
    held = [ratio >= RATIO, rss < RSS_MB]
    print(verdict("speed as a part of the floor's", ratio, f">= {RATIO}", held=held[0]))
    print(verdict("peak RSS of the daemon's process, MB", rss, f"< {RSS_MB}", held=held[1]))
    if count > SEGMENT:
        speeds = [r["last"][0] / r["first"][0] for r in own]
        cpus = [r["last"][1] / r["first"][1] for r in own]
        held.append(median(speeds) >= 0.95)
        name = f"speed of mails {count - SEGMENT + 1}-{count} as a part of 1-{SEGMENT}'s"
        print(verdict(name, median(speeds), ">= 1, less 0.05 for noise", held=held[2]))
        print(f"  processor time of deciding and reading, the last against the first: {median(cpus):.2f}")
    return all(held)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure ingest against a floor.")
    parser.add_argument("counts", nargs="*", type=int, default=[500, 5000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--notify", action="store_true", help="with letters to agents, as config.toml has it by default"
    )
    parser.add_argument("--part", choices=("prepare", "floor", "ours"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ["KS_PASSWORD"] = PASSWORD
    if options.part is None:
        held = [measure(count, options.rounds, notify=options.notify) for count in options.counts]
        return 0 if all(held) else 1
    count = options.counts[0]
    match options.part:
        case "prepare":
            result = prepare(options.folder)
        case "floor":
            result = floor(options.folder, options.port, options.address, count)
        case _:
            result = ours(options.folder, count)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

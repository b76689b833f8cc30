"""The invariants I1 to I8 of a desk, read off the mail server, the relay's log and the database; the daemon's own
opinion is only compared with them.
"""

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import create_engine, text

from tests.e2e.desk_at_work import DeskAtWork
from tests.servers.imap_users import ImapUsers
from tests.servers.smtp_sink import Delivered

CANARIES = ("KANARIFUGL", "hemmelig-emne-7731")
"""Words of bodies and subjects in fault tests: no log may hold them, nor a password or an address of a writer."""

STEADY = {
    "incoming": "id, uid, state, outcome, case_id, entry_id, filed_away",
    "cases": "id, number, status, assignee, version",
    "entries": "id, case_id, kind, letter_id",
    "letters": "id, case_id, kind, state, attempts, message_id",
    "letter_recipients": "id, letter_id, address, state",
}
"""What a second run that has nothing to do must leave as it is."""

MAY_BE_SENT = {"sent", "bounced", "unknown"}
WAITING = {"queued", "active", "deferred"}


@dataclass(kw_only=True)
class Watched:
    """One desk, the server its mailbox lies on, and what its relay took."""

    desk: DeskAtWork
    server: ImapUsers
    taken: Sequence[Delivered]
    delivered: int | None = None
    """How many mails were put into the mailbox in all, where the test knows."""
    after: str = "seen"
    seen_by_people: set[int] = field(default_factory=set)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Ask the database itself."""
        return self.desk.rows(query)

    def let_leases_end(self) -> None:
        """Let hours go by for PostgreSQL, whose own clock judges leases."""
        if self.desk.database_url.startswith("sqlite"):
            return
        engine = create_engine(self.desk.database_url)
        with engine.begin() as connection:
            for table in ("folders", "incoming", "letters"):
                connection.execute(text(f"UPDATE {table} SET lease_until = lease_until - interval '1 day'"))
        engine.dispose()

    def snapshot(self) -> dict[str, list[dict[str, Any]]]:
        """Return what a run without work must not change."""
        return {table: self.rows(f"SELECT {columns} FROM {table} ORDER BY id") for table, columns in STEADY.items()}


def check_invariants(watched: Watched) -> None:
    """Assert I1 to I8. The desk's daemon is not running; one `run --once` is made for I6."""
    found = [*violations(watched)]
    before = watched.snapshot()
    again = watched.desk.run("run", "--once", check=False)
    if again.returncode != 0:
        found.append(f"I6: a start without work ends with {again.returncode}: {again.stderr}")
    if watched.snapshot() != before:
        found.append(f"I6: a start without work changed {_changed(before, watched.snapshot())}")
    found += _log(watched, again.stdout + again.stderr)
    assert not found, "\n".join(found)


def violations(watched: Watched) -> Iterator[str]:
    """Yield what is wrong, each beginning with the invariant's name."""
    yield from _accounted(watched)
    yield from _once(watched)
    yield from _letters(watched)
    yield from _sound(watched)
    yield from _server(watched)


def _accounted(watched: Watched) -> Iterator[str]:
    """I1: every mail on the server is in the ledger once, byte for byte, at an end; or it came before us."""
    rows = watched.rows(
        "SELECT i.uid, i.state, i.outcome, i.uidvalidity, i.headers_only, i.sha256, o.codec, o.content FROM incoming i"
        " LEFT JOIN octets o ON o.id = i.octets_id"
    )
    yield from _at_an_end(rows)
    yield from _as_on_the_server(watched, rows)
    kept = [row for row in rows if row["state"] != "vanished"]
    if watched.delivered is not None and len(kept) < watched.delivered:
        yield f"I1: {watched.delivered} mails were delivered, the ledger has {len(kept)}"


def _at_an_end(rows: list[dict[str, Any]]) -> Iterator[str]:
    for (uidvalidity, uid), times in Counter((row["uidvalidity"], row["uid"]) for row in rows).items():
        if times > 1:
            yield f"I1: UID {uid} of {uidvalidity} has {times} rows"
    for row in rows:
        if row["state"] not in {"done", "hold", "vanished"}:
            yield f"I1: UID {row['uid']} is still {row['state']}"
        if (row["state"] == "done") is not (row["outcome"] is not None):
            yield f"I1: UID {row['uid']} is {row['state']} with the outcome {row['outcome']}"


def _as_on_the_server(watched: Watched, rows: list[dict[str, Any]]) -> Iterator[str]:
    [folder] = watched.rows("SELECT uidvalidity, baseline_uid FROM folders")
    present = {row["uid"]: row for row in rows if row["uidvalidity"] == folder["uidvalidity"]}
    with watched.server.client(watched.desk.user) as client:
        client.select_folder("INBOX", readonly=True)
        on_server = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
    for uid, parts in on_server.items():
        row = present.get(uid)
        if uid <= folder["baseline_uid"]:
            continue
        if row is None or row["state"] == "vanished":
            yield f"I1: UID {uid} lies on the server and not in the ledger"
        elif not row["headers_only"] and _octets(row) != parts[b"BODY[]"]:
            yield f"I1: UID {uid} has other octets in the database than on the server"


def _octets(row: dict[str, Any]) -> bytes:
    octets: bytes = zlib.decompress(row["content"]) if row["codec"] == "zlib" else bytes(row["content"] or b"")
    return octets if hashlib.sha256(octets).hexdigest() == row["sha256"] else b""


def _once(watched: Watched) -> Iterator[str]:
    """I2: one mail is on one case, once."""
    twice = "GROUP BY {0} HAVING count(*) > 1"
    opened = "SELECT mail_key FROM incoming WHERE outcome IN ('opened', 'added') AND mail_key IS NOT NULL "
    for row in watched.rows(opened + twice.format("mail_key")):
        yield f"I2: the mail {row['mail_key']} was entered twice"
    for row in watched.rows(
        "SELECT octets_id FROM entries WHERE kind = 'mail_in' AND octets_id IS NOT NULL " + twice.format("octets_id")
    ):
        yield f"I2: the octets {row['octets_id']} stand on two entries"
    for row in watched.rows("SELECT number FROM cases " + twice.format("number")):
        yield f"I2: the number {row['number']} was given twice"


def _letters(watched: Watched) -> Iterator[str]:
    """I3 and I4: a letter that a machine writes was taken at most once; a person's words arrived or are shown."""
    envelopes = [_header(mail) for mail in watched.taken]
    taken = Counter(message_id for message_id, _ in envelopes)
    receipts = Counter(reference for _, reference in envelopes if reference is not None)
    yield from (f"I3: {reference} had {times} receipts" for reference, times in receipts.items() if times > 1)
    served = "SELECT count(*) FROM letter_recipients AS one WHERE one.letter_id = letters.id AND one.state = 'sent'"
    letters = watched.rows(f"SELECT id, kind, state, message_id, ({served}) AS served FROM letters")
    for letter in letters:
        yield from _letter(letter, taken[letter["message_id"]])
    for message_id in taken.keys() - {letter["message_id"] for letter in letters}:
        yield f"I3: the relay took {message_id}, which no letter has"


def _letter(letter: dict[str, Any], times: int) -> Iterator[str]:
    state, name = letter["state"], f"letter {letter['id']} ({letter['kind']})"
    if state == "sent" and times == 0:
        yield f"I4: {name} is called sent, and the relay never took it"
    if times and state not in MAY_BE_SENT | WAITING and not letter["served"]:  # failed for some, and taken for others
        yield f"I4: {name} is {state}, but the relay took it"
    if times > (2 if letter["kind"] == "answer" else 1):
        yield f"I3: the relay took {name} {times} times"
    if state in {"queued", "active"}:
        yield f"I4: {name} is still {state}"


@cache
def _header(mail: Delivered) -> tuple[str, str | None]:
    """Return a letter's Message-ID, and the reference in its subject where it is a receipt."""
    message = mail.message()
    if message["Auto-Submitted"] != "auto-replied":
        return str(message["Message-ID"]), None
    found = re.search(r"KS-\d+", str(message["Subject"]))
    return str(message["Message-ID"]), found[0] if found else ""


def _sound(watched: Watched) -> Iterator[str]:
    """I5, and the accounting identity as `db check` and `incoming reconcile` prove it."""
    try:
        watched.desk.account()
    except AssertionError as wrong:
        yield f"I1, I5: {wrong}"


def _server(watched: Watched) -> Iterator[str]:
    """I7: on the server only what `after` says was done, and only to mails that are done here."""
    yield from told_too_early(watched)
    flags, done = _flags(watched), _done(watched)
    for uid, flagged in flags.items():
        if watched.after == "seen" and uid in done and b"\\Seen" not in flagged:
            yield f"I7: UID {uid} is done, and the server was not told"


def told_too_early(watched: Watched) -> list[str]:
    """Return what was done on the server to mails that are not done here: right also in the middle of a run."""
    flags, done = _flags(watched), _done(watched)
    seen = {uid for uid, flagged in flags.items() if b"\\Seen" in flagged} - done - watched.seen_by_people
    deleted = {uid for uid, flagged in flags.items() if b"\\Deleted" in flagged}
    return [
        *(f"I7: UID {uid} was marked as seen and is not done" for uid in sorted(seen)),
        *(f"I7: UID {uid} was marked as deleted" for uid in sorted(deleted)),
    ]


def _flags(watched: Watched) -> dict[int, set[bytes]]:
    with watched.server.client(watched.desk.user) as client:
        client.select_folder("INBOX", readonly=True)
        return {uid: set(items[b"FLAGS"]) for uid, items in client.fetch(client.search("ALL"), ["FLAGS"]).items()}


def _done(watched: Watched) -> set[int]:
    query = (
        "SELECT uid FROM incoming JOIN folders ON folders.id = folder_id AND folders.uidvalidity = incoming.uidvalidity"
        " WHERE state = 'done' AND NOT headers_only"
    )
    return {row["uid"] for row in watched.rows(query)}


def _log(watched: Watched, output: str) -> list[str]:
    """I8: no word of a mail, no address of a writer and no password in any log."""
    logs = output + (watched.desk.log.read_text(errors="replace") if watched.desk.log.exists() else "")
    writers = {address for mail in watched.taken for address in mail.rcpt_tos}
    return [f"I8: the log says {word!r}" for word in (*CANARIES, watched.desk.user.password, *writers) if word in logs]


def _changed(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> str:
    return ", ".join(
        f"{table}: {[row for row in before[table] if row not in after[table]]} became "
        f"{[row for row in after[table] if row not in before[table]]}"
        for table in before
        if before[table] != after[table]
    )

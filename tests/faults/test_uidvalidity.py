"""UIDVALIDITY changes, restores, moves and other people's hands: no new cases, no receipts, one note each."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient
from sqlalchemy import create_engine, text

from tests.e2e.desk_at_work import DeskAtWork
from tests.faults.conftest import UnderFire
from tests.faults.invariants import violations
from tests.faults.once import run_once
from tests.integration.imap.conftest import mail as small_mail
from tests.integration.paper_desk import MovedClock
from tests.integration.paper_desk import mail as paper_mail
from tests.servers.dovecot import Dovecot
from tests.servers.fake_imap import FakeImap, with_mails
from tests.servers.imap_users import User
from tests.servers.ports import wait_until
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.servers("dovecot")

HIGH = 4_242_424_242
LONG_AGO = dt.datetime(2020, 1, 1, 12, tzinfo=dt.UTC)


class RealClock(MovedClock):
    """What time it is; the servers know no other."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


def standing(desk: DeskAtWork) -> tuple[int, int]:
    """Return how many cases and how many receipts there are."""
    [cases] = desk.rows("SELECT count(*) AS n FROM cases")
    [receipts] = desk.rows("SELECT count(*) AS n FROM letters WHERE kind = 'receipt'")
    return int(cases["n"]), int(receipts["n"])


def notes(desk: DeskAtWork) -> list[str]:
    """Return what is on record of resynchronising, oldest first."""
    return [row["detail"] for row in desk.rows("SELECT detail FROM audit WHERE action = 'resynchronised' ORDER BY id")]


def uidvalidity(desk: DeskAtWork) -> int:
    [folder] = desk.rows("SELECT uidvalidity FROM folders")
    return int(folder["uidvalidity"])


async def look(desk: DeskAtWork) -> None:
    """Do all that is due: fetch, decide, send, tell the server."""
    assert await run_once(desk, RealClock()) is None


@contextmanager
def inbox(dovecot: Dovecot, user: User, folder: str = "INBOX") -> Iterator[IMAPClient]:
    """Let a person look into the mailbox."""
    with dovecot.client(user) as client:
        client.select_folder(folder)
        yield client


def maildir(dovecot: Dovecot, user: User) -> Path:
    name, _, domain = user.address.partition("@")
    return dovecot.folder / "mail" / domain / name / "Maildir"


# what happens to a mailbox; all but the first three keep its UIDVALIDITY


def higher(desk: UnderFire) -> None:
    new = str(uidvalidity(desk.desk) + 1)
    desk.dovecot.doveadm("mailbox", "update", "--uid-validity", new, "-u", desk.desk.user.address, "INBOX")


def lower(desk: UnderFire) -> None:
    home = maildir(desk.dovecot, desk.desk.user)
    for index in [*home.glob("dovecot.index*"), home / "dovecot-uidlist"]:
        index.unlink()


def all_lost(desk: UnderFire) -> None:
    for index in maildir(desk.dovecot, desk.desk.user).glob("dovecot*"):
        shutil.rmtree(index) if index.is_dir() else index.unlink()


def restored(desk: UnderFire, changed: Callable[[bytes], bytes] = lambda octets: octets) -> None:
    mails = desk.dovecot.mails(desk.desk.user)
    with inbox(desk.dovecot, desk.desk.user) as client:
        client.delete_messages(client.search("ALL"))
        client.expunge()
    desk.dovecot.append(desk.desk.user, *map(changed, mails))


def restored_with_other_trace_headers(desk: UnderFire) -> None:
    trace = b"Return-Path: <backup@desk.example>\r\nReceived: from backup by mail; Sat, 21 Nov 2026 03:00:00 +0100\r\n"
    restored(desk, lambda octets: trace + octets.partition(b"\r\n")[2])


def moved_out_and_back(desk: UnderFire) -> None:
    with inbox(desk.dovecot, desk.desk.user) as client:
        if not client.folder_exists("Ferdig"):
            client.create_folder("Ferdig")
        client.move(client.search("ALL"), "Ferdig")
        client.select_folder("Ferdig")
        client.move(client.search("ALL"), "INBOX")


def copied_twice(desk: UnderFire) -> None:
    with inbox(desk.dovecot, desk.desk.user) as client:
        for _ in range(2):
            client.copy(client.search("ALL")[-1:], "INBOX")


def read_by_people(desk: UnderFire) -> None:
    with inbox(desk.dovecot, desk.desk.user) as client:
        client.add_flags(client.search("ALL"), [rb"\Seen", rb"\Flagged", b"$Junk"])
        client.remove_flags(client.search("ALL"), [rb"\Seen"])
        client.add_flags(client.search("ALL"), [rb"\Seen", rb"\Answered"])


@pytest.fixture(scope="module")
def at_work(under_fire: UnderFire) -> UnderFire:
    """A desk whose UIDVALIDITY is one that Dovecot can only lower, and which then filed some mail."""
    address = under_fire.desk.user.address
    under_fire.dovecot.doveadm("mailbox", "update", "--uid-validity", str(HIGH), "-u", address, "INBOX")
    under_fire.desk.run("run", "--once")
    return under_fire


@pytest.mark.parametrize(
    ("happens", "changes"),
    [
        (higher, True),
        (lower, True),
        (all_lost, True),
        (restored, False),
        (restored_with_other_trace_headers, False),
        (moved_out_and_back, False),
        (copied_twice, False),
        (read_by_people, False),
    ],
)
async def test_what_happens_to_a_mailbox_makes_no_case_and_no_receipt(
    at_work: UnderFire, happens: Callable[[UnderFire], None], changes: bool
) -> None:
    """F28 F29 F32 F33: UIDVALIDITY higher, lower and lost, mails restored, moved, copied, flagged: nothing is new."""
    desk = at_work.desk
    at_work.arrive(2)
    await look(desk)
    before, noted, was = standing(desk), notes(desk), uidvalidity(desk)
    happens(at_work)
    for _ in range(2):
        await look(desk)
    assert standing(desk) == before
    assert (uidvalidity(desk) != was) is changes
    new_notes = notes(desk)[len(noted) :]
    assert len(new_notes) == int(changes)
    assert all(f"UIDVALIDITY {was} became {uidvalidity(desk)}; of " in note for note in new_notes)
    assert [*violations(at_work.watched)] == []
    at_work.arrive(1)
    await look(desk)
    assert standing(desk) == (before[0] + 1, before[1] + 1)


async def test_a_mail_that_came_while_uidvalidity_changed_has_its_case_and_its_receipt(at_work: UnderFire) -> None:
    """F28: what came since the last look is told by its date from what lay there."""
    desk = at_work.desk
    at_work.arrive(1)
    await look(desk)
    before, looked_at = standing(desk), dt.datetime.now(dt.UTC)
    wait_until(lambda: dt.datetime.now(dt.UTC) > looked_at + dt.timedelta(seconds=1), what="the next second")
    at_work.arrive(1)
    higher(at_work)
    await look(desk)
    assert standing(desk) == (before[0] + 1, before[1] + 1)
    assert [*violations(at_work.watched)] == []


def test_the_note_of_a_resynchronisation_can_be_read(at_work: UnderFire) -> None:
    """F28: `audit list` shows it; `health` is no worse for it."""
    higher(at_work)
    at_work.desk.run("run", "--once")
    latest = at_work.command("audit", "list", "--limit", "1")[0]
    assert (latest["actor"], latest["action"], latest["subject"]) == ("inboxd", "resynchronised", "kundeservice")
    assert at_work.command("health")["status"] == "ok"


async def test_a_mail_that_people_marked_deleted_is_filed_and_never_expunged(at_work: UnderFire) -> None:
    r"""F34: \Seen and \Deleted before our first look change nothing, and we expunge for nobody."""
    desk = at_work.desk
    before, there = standing(desk), len(at_work.dovecot.mails(desk.user))
    at_work.arrive(1)
    with inbox(at_work.dovecot, desk.user) as client:
        client.add_flags(client.search("ALL")[-1:], [rb"\Seen", rb"\Deleted"])
    await look(desk)
    assert standing(desk) == (before[0] + 1, before[1] + 1)
    assert len(at_work.dovecot.mails(desk.user)) == there + 1
    with inbox(at_work.dovecot, desk.user) as client:
        client.remove_flags(client.search("DELETED"), [rb"\Deleted"])
    at_work.check()


# other desks


@pytest.fixture
def other_desk(tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink) -> Iterator[DeskAtWork]:
    """A desk on the folder Support of a fresh mailbox, with three mails in it that came before us."""
    user = dovecot.new_user("desk.example")
    with DeskAtWork(tmp_path, user, imap_port=dovecot.imap_port, smtp_port=smtp_sink.port) as desk:
        desk.config.write_text(
            desk.config.read_text().replace("  [mailbox.smtp]", '  folder = "Support"\n  [mailbox.smtp]')
        )
        with dovecot.client(user) as client:
            client.create_folder("Support")
        lay(dovecot, user, 101, 102, 103)
        yield desk


def lay(dovecot: Dovecot, user: User, *numbers: int, when: dt.datetime | None = None) -> None:
    """Put mails into Support; the number of a mail is its identity."""
    with dovecot.client(user) as client:
        for number in numbers:
            octets = paper_mail(f"Sak {number}", number=number, to=user.address, sender=f"o{number}@kommune.example")
            client.append("Support", octets, msg_time=when)


async def test_a_folder_that_was_deleted_and_made_again_brings_nothing_twice(
    other_desk: DeskAtWork, dovecot: Dovecot
) -> None:
    """F30 F32: gone, empty again, restored from a backup: the known mails are known, and a new one is new."""
    desk, user = other_desk, other_desk.user
    await look(desk)
    lay(dovecot, user, 1, 2)
    await look(desk)
    assert standing(desk) == (2, 2)
    with dovecot.client(user) as client:
        client.delete_folder("Support")
    await look(desk)
    said = desk.run("health", check=False)
    assert (said.returncode, "Support" in said.stdout) == (2, True)
    with dovecot.client(user) as client:
        client.create_folder("Support")
    await look(desk)
    lay(dovecot, user, 1, 2, 3)
    await look(desk)
    assert standing(desk) == (3, 3)
    assert len(notes(desk)) == 1
    assert desk.run("health").returncode == 0


async def test_history_that_is_restored_with_its_dates_gets_no_receipt(
    other_desk: DeskAtWork, dovecot: Dovecot
) -> None:
    """F32: what came long before us and lies there under new UIDs is history, whatever the folder is by now."""
    await look(other_desk)
    lay(dovecot, other_desk.user, 101, 102, when=LONG_AGO)
    await look(other_desk)
    assert standing(other_desk)[1] == 0


async def test_history_that_lost_its_dates_with_the_uids_gets_no_receipt(
    other_desk: DeskAtWork, dovecot: Dovecot
) -> None:
    """F30: the folder is made again out of a backup that gives every mail the date of today."""
    user = other_desk.user
    await look(other_desk)
    with dovecot.client(user) as client:
        client.delete_folder("Support")
        client.create_folder("Support")
    looked_at = dt.datetime.now(dt.UTC)
    wait_until(lambda: dt.datetime.now(dt.UTC) > looked_at + dt.timedelta(seconds=1), what="the next second")
    lay(dovecot, user, 101, 102, 103)
    await look(other_desk)
    assert standing(other_desk)[1] == 0


async def test_a_first_contact_by_a_clock_that_was_wrong_silences_nobody(
    other_desk: DeskAtWork, dovecot: Dovecot
) -> None:
    """F57: the clock stood forty days ahead at the first contact; what comes afterwards is no history for that."""
    ahead = MovedClock()
    ahead.moment = dt.datetime.now(dt.UTC) + dt.timedelta(days=40)
    assert await run_once(other_desk, ahead) is None
    lay(dovecot, other_desk.user, 1)
    await look(other_desk)
    assert standing(other_desk) == (1, 1)


async def test_a_held_mail_that_comes_again_is_held_once(other_desk: DeskAtWork, dovecot: Dovecot) -> None:
    """F32: what a rule holds waits for a person once, under however many UIDs it lies there."""
    desk, user = other_desk, other_desk.user
    desk.config.write_text(
        desk.config.read_text()
        + '\n[[rule]]\nname = "held"\nmatch = { subject = "Sak 7" }\nset = { action = "hold" }\n'
    )
    await look(desk)
    lay(dovecot, user, 7, 7)
    await look(desk)
    found = desk.rows("SELECT state, outcome FROM incoming ORDER BY id")
    assert [(row["state"], row["outcome"]) for row in found] == [("hold", None), ("done", "duplicate")]


async def test_a_mail_that_was_called_gone_and_lies_there_is_fetched(other_desk: DeskAtWork, dovecot: Dovecot) -> None:
    """F34: a server that hid a mail for a moment has not lost it for us."""
    desk = other_desk
    await look(desk)
    lay(dovecot, desk.user, 1)
    engine = create_engine(desk.database_url)
    with engine.begin() as connection:  # what a look leaves behind for which the mail was not there
        connection.execute(
            text(
                "INSERT INTO incoming (folder_id, uidvalidity, uid, sha256, size, received_at, state, reason, attempts,"
                " silent, headers_only, filed_away) SELECT id, uidvalidity, 4, '', 0, started_at, 'vanished', '', 0,"
                " false, false, false FROM folders"
            )
        )
    engine.dispose()
    assert desk.run("incoming", "reconcile", check=False).returncode == 1
    await look(desk)
    assert [row["state"] for row in desk.rows("SELECT state FROM incoming")] == ["done"]


async def test_a_uidvalidity_that_changes_between_select_and_fetch_stops_the_look(
    tmp_path: Path, smtp_sink: SmtpSink
) -> None:
    """F31: what was fetched under a UIDVALIDITY that is over is thrown away, and the next look begins again."""
    octets = small_mail(1).decode()
    size = f"* 1 FETCH (UID 1 RFC822.SIZE {len(octets)})"
    body = f"* 1 FETCH (UID 1 BODY[] {{{len(octets)}}}\r\n{octets})"
    changed = "* OK [UIDVALIDITY 8] the folder is another"
    selects = [with_mails(0, 1), with_mails(0, 1), with_mails(1, 2), *[with_mails(1, 2, uidvalidity=8)] * 9]
    answers: dict[str, Any] = {
        "SELECT": selects,
        "UID SEARCH": ["* SEARCH\n{tag} OK done"] * 2 + ["* SEARCH 1\n{tag} OK done"],
        "UID FETCH 1 (RFC822.SIZE": f"{size}\n{{tag}} OK done",
        "UID FETCH 1 (BODY.PEEK": [f"{changed}\n{body}\n{{tag}} OK done", f"{body}\n{{tag}} OK done"],
        "UID STORE": "{tag} OK done",
    }
    with FakeImap(answers) as fake:
        desk = DeskAtWork(
            tmp_path, User(address="desk@desk.example", password="secret"), imap_port=fake.imap_port,
            smtp_port=smtp_sink.port,
        )  # fmt: skip
        await look(desk)  # first contact, and the look at its end
        await look(desk)  # the change, and the look after it
        [note] = notes(desk)
        assert "UIDVALIDITY 7 became 8; of 1 mails 0 were there before us" in note
        await look(desk)
    found = desk.rows("SELECT uidvalidity, uid, state FROM incoming")
    assert [(row["uidvalidity"], row["uid"], row["state"]) for row in found] == [(8, 1, "done")]

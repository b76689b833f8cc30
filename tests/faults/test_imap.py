"""IMAP servers that refuse, lie, hang up or hold odd mail: nothing is lost, nothing stops, and everything is shown."""

import contextlib
import datetime as dt
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from benchmarks.ingest import PASSWORD, fill
from benchmarks.measure import peak_rss_mb
from inboxd.cli.app import run
from inboxd.clock import SystemClock
from inboxd.config.settings import ImapSettings, MailboxSettings, SmtpSettings
from inboxd.imap.session import ImapSession
from inboxd.runners.fetch import FetchRunner
from inboxd.store.engine import open_store
from tests.e2e.desk_at_work import DeskAtWork
from tests.faults.conftest import UnderFire
from tests.faults.invariants import violations
from tests.faults.once import run_once
from tests.integration.imap.conftest import QUICK, mail, settings_of
from tests.integration.paper_desk import MovedClock
from tests.servers.dovecot import Dovecot
from tests.servers.fake_imap import CUT, FakeImap, with_mails
from tests.servers.imap_users import User
from tests.servers.ports import wait_until
from tests.servers.smtp_sink import SmtpSink

DESK = User(address="desk@desk.example", password="secret-canary")
NOTHING = "* SEARCH\n{tag} OK done"
BACKLOG = 10_000
RSS_MB = 150


def measured(*sizes: tuple[int, int]) -> str:
    """Return an answer to FETCH RFC822.SIZE, of (UID, size) pairs."""
    return "".join(f"* {uid} FETCH (UID {uid} RFC822.SIZE {size})\n" for uid, size in sizes) + "{tag} OK done"


def handed_out(uid: int, octets: bytes, *, announced: int | None = None) -> str:
    """Return the line of an answer to FETCH BODY.PEEK[]; `announced` is a literal's length that is wrong."""
    return f"* {uid} FETCH (UID {uid} BODY[] {{{announced or len(octets)}}}\r\n{octets.decode('latin-1')})\n"


MAILS = {uid: mail(uid) for uid in (1, 2)}
TWO = with_mails(2, 3)
SERVES_TWO = {
    "SELECT": TWO,
    "UID SEARCH": "* SEARCH 1 2\n{tag} OK done",
    "UID FETCH 1,2 (RFC822.SIZE": measured(*((uid, len(octets)) for uid, octets in MAILS.items())),
    "UID FETCH 1,2 (BODY.PEEK": "".join(handed_out(uid, octets) for uid, octets in MAILS.items()) + "{tag} OK done",
}
"""A server with two mails that came after the first contact."""


class Scripted:
    """A desk on a fake server, looked at its empty folder; `look` does all that is due."""

    def __init__(self, folder: Path, fake: FakeImap, sink: SmtpSink) -> None:
        self.fake = fake
        self.clock = MovedClock()
        self.clock.moment = dt.datetime.now(dt.UTC)
        self.desk = DeskAtWork(folder, DESK, imap_port=fake.imap_port, smtp_port=sink.port)

    async def look(self, **answers: str) -> None:
        self.fake.answers |= {name.replace("_", " "): answer for name, answer in answers.items()}
        self.clock.forward(minutes=1)
        assert await run_once(self.desk, self.clock) is None

    def ledger(self) -> list[tuple[int, str]]:
        """Return (UID, state) of every row, in the order in which they were written."""
        return [(row["uid"], row["state"]) for row in self.desk.rows("SELECT uid, state FROM incoming ORDER BY id")]

    def problems(self) -> dict[str, str]:
        """Return what `health` says is wrong: code -> what, and since when."""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            run(["--config", str(self.desk.config), "health", "--json"])
        said = json.loads(out.getvalue())
        return {problem["code"]: f"{problem['what']} since {problem['since']}" for problem in said["problems"]}


@pytest.fixture
async def scripted(tmp_path: Path, smtp_sink: SmtpSink) -> "Any":
    with FakeImap({"UID SEARCH": NOTHING, "UID STORE": "{tag} OK done"}) as fake:
        desk = Scripted(tmp_path, fake, smtp_sink)
        await desk.look()
        fake.answers |= SERVES_TWO
        yield desk


BODIES = "UID FETCH 1,2 (BODY.PEEK"
FAILURES = (
    ("LOGIN", "{tag} NO [UNAVAILABLE] secret-canary", "UNAVAILABLE"),
    ("SELECT", "{tag} NO [INUSE] secret-canary", "INUSE"),
    ("SELECT", "* BYE secret-canary\n" + CUT, "connection was lost"),
    *(("UID SEARCH", "{tag} BAD secret-canary", "refuses search"),) * 3,
    (BODIES, handed_out(1, MAILS[1], announced=9_999) + "{tag} OK done\n" + CUT, "not handed out"),
    (BODIES, handed_out(1, MAILS[1], announced=len(MAILS[1]) + 1) + "{tag} OK done", "not handed out"),
)


@pytest.mark.slow
async def test_a_server_that_fails_is_shown_and_asked_again(scripted: Scripted) -> None:
    """F24 F26: NO [UNAVAILABLE], NO [INUSE], BYE, BAD three times, a short literal: each is shown, then all is well."""
    usual, sinces = dict(scripted.fake.answers), set[str]()
    for command, answer, named in FAILURES:
        scripted.fake.answers = {**usual, command: answer}
        await scripted.look()
        shown = scripted.problems()["mailbox_failing"]
        assert named in shown
        assert "canary" not in shown
        sinces.add(shown.rpartition(" since ")[2])
    assert scripted.ledger() == []
    assert len(sinces) == 1, "it fails since the first time"
    scripted.fake.answers = usual
    await scripted.look()
    await scripted.look()
    assert scripted.ledger() == [(1, "done"), (2, "done")]
    assert "mailbox_failing" not in scripted.problems()


async def test_a_mail_of_another_size_than_was_told_is_stored_and_flagged(scripted: Scripted) -> None:
    """F27: RFC822.SIZE says 900 octets: the mail is filed as it came, and its row says so."""
    one = f"* 2 FETCH (UID 2 BODY[] {{{len(MAILS[2])}}}\r\n{MAILS[2].decode()})\n{{tag}} OK done"
    scripted.fake.answers["UID FETCH 1,2 (RFC822.SIZE"] = measured((1, len(MAILS[1])), (2, 900))
    scripted.fake.answers["UID FETCH 2 (BODY.PEEK"] = one
    await scripted.look()
    await scripted.look()
    reasons = [row["reason"] for row in scripted.desk.rows("SELECT reason FROM incoming ORDER BY uid")]
    assert "octets" not in reasons[0]
    assert f"the server told 900 octets, it has {len(MAILS[2])}" in reasons[1]
    assert len(scripted.desk.rows("SELECT id FROM cases")) == 2


async def test_one_refused_mail_is_fetched_at_a_later_look(scripted: Scripted) -> None:
    """F35: FETCH of UID 1 fails, of UID 2 works: 2 is filed, 1 is shown as not handed out, and comes when it can."""
    refused = "{tag} NO [SERVERBUG] no"
    scripted.fake.answers |= {
        "UID FETCH 1,2 (BODY.PEEK": refused,
        "UID FETCH 1 (BODY.PEEK": refused,
        "UID FETCH 2 (BODY.PEEK": handed_out(2, MAILS[2]) + "{tag} OK done",
        "UID FETCH 1 (RFC822.SIZE": measured((1, len(MAILS[1]))),
    }
    await scripted.look()
    await scripted.look()
    assert scripted.ledger() == [(2, "done")]
    assert "1 mails are not handed out" in scripted.problems()["mailbox_failing"]
    scripted.fake.answers["UID FETCH 1 (BODY.PEEK"] = handed_out(1, MAILS[1]) + "{tag} OK done"
    await scripted.look()
    await scripted.look()
    assert scripted.ledger() == [(2, "done"), (1, "done")]


class WatchedFake(FakeImap):
    """Notes what stood in the database at the moment when it was told something."""

    database: Path

    def answer(self, line: str) -> str:
        if line.upper().startswith("UID STORE"):
            engine = create_engine(f"sqlite:///{self.database}")
            with engine.connect() as connection:
                self.states = {row[0] for row in connection.execute(text("SELECT state FROM incoming"))}
            engine.dispose()
        return super().answer(line)


async def test_no_mail_is_marked_by_reading_it_and_none_before_the_commit(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    r"""F04 F07: the wire has no BODY[ but BODY.PEEK[, and \Seen comes when another process can read that it is done."""
    with WatchedFake({"UID SEARCH": NOTHING, "UID STORE": "{tag} OK done"}) as fake:
        fake.database = tmp_path / "inboxd.db"
        desk = Scripted(tmp_path, fake, smtp_sink)
        await desk.look()
        fake.answers |= SERVES_TWO
        await desk.look()
        await desk.look()
    assert fake.count("UID FETCH 1,2 (BODY.PEEK[") == 1
    assert not [line for line in fake.commands if "BODY[" in line.upper() or "RFC822 " in line.upper()]
    stores = [line for line in fake.commands if "STORE" in line.upper()]
    assert stores == [r"UID STORE 1,2 +FLAGS.SILENT (\Seen)"]
    assert fake.states == {"done"}
    assert not {"CLOSE", "EXPUNGE", "DELETE"} & {line.split()[0].upper() for line in fake.commands}


class Hurried(SystemClock):
    """A clock on which every rest after a failure is over at once."""

    def __init__(self) -> None:
        self.passed = 0.0

    def monotonic(self) -> float:
        self.passed += 1_000
        return self.passed


def test_a_server_that_says_bye_in_idle_is_come_back_to(tmp_path: Path) -> None:
    """F24: BYE while we idle, twice; the watch logs in again and takes what came meanwhile."""
    answers = {"UID SEARCH": NOTHING, "IDLE": ["+ idling\n* BYE shutting down\n" + CUT] * 2 + ["+ idling"]}
    with FakeImap(answers) as fake:
        store = open_store(f"sqlite:///{tmp_path}/inboxd.db")
        server = settings_of(fake, DESK)
        imap = ImapSettings(server=server, folder="INBOX", after="seen", poll_seconds=60, first_run="new")
        box = MailboxSettings(name="kundeservice", imap=imap, smtp=SmtpSettings(server=server, null_sender="auto"))
        runner = FetchRunner(
            box, store, max_message_size=100_000, clock=Hurried(), random=lambda: 0.0, owner="test",
            connect=lambda server: ImapSession(server, timeouts=QUICK),
        )  # fmt: skip
        stop, came = threading.Event(), threading.Event()
        watching = threading.Thread(target=runner.watch, args=(stop, came.set))
        watching.start()
        wait_until(lambda: fake.count("LOGIN") >= 3, what="the third login")
        fake.answers |= SERVES_TWO
        runner.wake()
        assert came.wait(20)
        stop.set()
        runner.wake()
        watching.join(20)
        assert not watching.is_alive()
        store.close()


# real servers


@pytest.mark.servers("dovecot")
async def test_mails_that_lack_everything_and_mails_that_share_an_id_are_all_filed(under_fire: UnderFire) -> None:
    """F37 F38: one Message-ID on two mails; no Message-ID, no From, no Date; nothing at all."""
    desk, clock = under_fire.desk, MovedClock()
    clock.moment = dt.datetime.now(dt.UTC)
    odd = (
        mail(1, body="Den ene."),
        mail(1, body="Den andre."),
        b"From: a@kommune.example\r\nSubject: ingen id\r\n\r\nHei\r\n",
        b"To: desk@desk.example\r\nSubject: ingen avsender\r\nMessage-ID: <x1@x.example>\r\n\r\nHei\r\n",
        b"Subject: bare emne\r\n\r\n",
        b"\r\n",
        b"bare tekst, ingen felt",
    )
    under_fire.dovecot.append(desk.user, *odd)
    for _ in range(2):
        assert await run_once(desk, clock) is None
    found = under_fire.watched.rows("SELECT state, outcome, case_id FROM incoming")
    assert len(found) == len(odd)
    assert {(row["state"], row["outcome"]) for row in found} == {("done", "opened")}
    assert len({row["case_id"] for row in found}) >= len(odd) - 1, "of the two mails without a field each is its own"
    assert under_fire.dovecot.mails(desk.user) == list(odd)
    under_fire.mails = len(odd)
    assert [*violations(under_fire.watched)] == []


@pytest.fixture
def two_boxes(tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink) -> Iterator[DeskAtWork]:
    """A desk with a second mailbox whose server is dead; at the end there is one server for both."""
    user = dovecot.new_user("desk.example")
    with DeskAtWork(tmp_path, user, imap_port=dovecot.imap_port, smtp_port=smtp_sink.port) as desk:
        begins, _, rest = desk.config.read_text().partition("[[mailbox]]")
        box, _, rules = rest.partition("[[rule]]")
        with FakeImap() as gone:
            dead_port = gone.imap_port
        second = box.replace('name = "kundeservice"', 'name = "andre"').replace(user.address, "andre@desk.example")
        dead = second.replace(f"port = {dovecot.imap_port}\n", f"port = {dead_port}\n")
        desk.config.write_text(f"{begins}[[mailbox]]{dead}[[mailbox]]{box}[[rule]]{rules}")
        yield desk
        desk.config.write_text(f"{begins}[[mailbox]]{box}[[rule]]{rules}")


@pytest.mark.servers("dovecot")
async def test_a_dead_mailbox_stops_no_other(two_boxes: DeskAtWork, dovecot: Dovecot, smtp_sink: SmtpSink) -> None:
    """F18: two mailboxes, one server dead: the other's mail is filed and answered, and `health` names the dead one."""
    desk, clock = two_boxes, MovedClock()
    clock.moment = dt.datetime.now(dt.UTC)
    assert await run_once(desk, clock) is None
    dovecot.deliver(mail(1).replace(b"desk@desk.example", desk.user.address.encode()), desk.user.address)
    assert await run_once(desk, clock) is None
    smtp_sink.wait_for(1)
    said = json.loads(desk.run("health", "--json", check=False).stdout)
    failing = [problem["what"] for problem in said["problems"] if problem["code"] == "mailbox_failing"]
    assert len(failing) == 1
    assert failing[0].startswith("andre (INBOX)")
    assert len(desk.ask("queue")) == 1


@pytest.mark.servers("dovecot")
@pytest.mark.torture
def test_a_backlog_of_ten_thousand_mails_is_filed_in_bounded_memory(
    tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    """F36: 10,000 mails lie there at a start: all are filed, the daemon stays small, receipts are capped and held."""
    user = dovecot.add_user("backlog@desk.example", PASSWORD, quota="4G")
    dovecot.deliver(mail(0), user.address)
    with DeskAtWork(tmp_path, user, imap_port=dovecot.imap_port, smtp_port=smtp_sink.port) as desk:
        desk.config.write_text(desk.config.read_text().replace('unknown_senders = "off"', 'unknown_senders = "60/1m"'))
        desk.run("run", "--once")
        fill(dovecot, user.address, BACKLOG)
        desk.start()

        def filed() -> bool:
            engine = create_engine(desk.database_url)
            with engine.connect() as connection:
                done = connection.execute(text("SELECT count(*) FROM incoming WHERE state = 'done'")).scalar()
            engine.dispose()
            return done == BACKLOG

        desk.wait_for(filed, "every mail to be filed", seconds=1_800)
        assert desk.daemon is not None
        assert peak_rss_mb(desk.daemon.pid) < RSS_MB
        assert desk.stop() == 0
        said = json.loads(desk.run("health", "--json", check=False).stdout)
        assert said["receipts"]["held"] > 0
        assert "receipts_held" in {problem["code"] for problem in said["problems"]}
        assert desk.ask("incoming", "reconcile")["ok"]

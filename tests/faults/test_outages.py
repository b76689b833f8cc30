"""Servers that are away, refuse the login or show an expired certificate: the desk waits, says so, and goes on."""

import asyncio
import datetime as dt
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from imapclient import SocketTimeout

from inboxd.config.file import load
from inboxd.config.settings import MailboxSettings, ServerSettings
from inboxd.errors import InboxdError, MailboxUnreachable
from inboxd.imap.session import ImapSession
from inboxd.office.health import health
from inboxd.runners.deliver import DeliverRunner
from inboxd.runners.fetch import FetchRunner
from inboxd.runners.tick import TickRunner
from inboxd.smtp.session import SmtpSession
from inboxd.store import folders
from tests.e2e.desk_at_work import DeskAtWork
from tests.integration.paper_desk import PaperDesk, mail, write_config
from tests.integration.smtp.letters import LONG, relay
from tests.servers.fake_imap import DEFAULTS, HANG, FakeImap
from tests.servers.fault_smtp import HANG as SILENT
from tests.servers.fault_smtp import Fault, FaultServer
from tests.servers.ports import free_ports, wait_until
from tests.servers.postgres import Postgres
from tests.servers.pymap import PymapServer
from tests.servers.smtp_sink import SmtpSink

ADMIN = 'admin = "drift@agents.example"'
NO_CAPS = '\n[receipts]\nper_address = "off"\nunknown_senders = "off"\n'
A_DAY = dt.timedelta(days=1)
QUICK = SocketTimeout(connect=0.3, read=0.3)
"""Enough for a server on loopback to say nothing."""


class Watcher(FetchRunner):
    """A runner whose pauses pass in no time: the desk's clock moves instead, and the desk's own health is looked at."""

    def __init__(self, desk: PaperDesk, box: MailboxSettings, until: Callable[["Watcher"], bool]) -> None:
        super().__init__(
            box, desk.office.store, max_message_size=10_000_000, clock=desk.clock, random=lambda: 0.5, owner="test",
            connect=lambda server: ImapSession(server, timeouts=QUICK),
        )  # fmt: skip
        self.desk, self.until = desk, until
        self.tick = TickRunner(desk.office)
        self.pauses: list[float] = []

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        end = self.desk.clock.now() + dt.timedelta(seconds=seconds)
        while self.desk.clock.now() < end:
            self.tick.run_once()
            self.desk.clock.forward(seconds=min(900.0, seconds))
        if self.until(self):
            self._stop.set()

    def go(self) -> None:
        """Watch until it was enough."""
        self.watch(threading.Event(), lambda: None)


def paper(folder: Path, monkeypatch: pytest.MonkeyPatch, **ports: int) -> tuple[PaperDesk, MailboxSettings]:
    monkeypatch.setenv("KS_PASSWORD", "secret")
    desk = PaperDesk(folder, config=write_config(folder, phone=ADMIN, more=NO_CAPS, **ports))  # type: ignore[arg-type]
    [box] = load(desk.config, env=os.environ).mailboxes
    return desk, box


def alerts(desk: PaperDesk) -> list[str]:
    return [letter.subject for letter in desk.letters() if letter.kind == "alert"]


def started(desk: DeskAtWork) -> None:
    desk.start()
    desk.wait_for(lambda: "daemon.started" in desk.log.read_text(), "the daemon to serve")


@pytest.mark.parametrize("how", ["refused", "no-name", "no-greeting", "half-open"])
def test_a_mailbox_that_is_away_is_tried_less_and_less_often_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """F18, F19, F22: back-off of 5 s to 5 min with jitter, one try each, health since when, one alert, and recovery."""
    with FakeImap() as fake:
        port = free_ports(1)[0] if how == "refused" else fake.imap_port
        desk, box = paper(tmp_path, monkeypatch, imap_port=port)
        host = "nowhere.invalid" if how == "no-name" else "127.0.0.1"
        away = replace(box, imap=replace(box.imap, server=replace(box.imap.server, host=host)))
        if how == "no-greeting":
            fake.answers["GREETING"] = HANG
        if how == "half-open":
            fake.answers["SELECT"] = fake.answers["EXAMINE"] = HANG
        began = desk.clock.now()
        with desk.office.store.begin() as db:
            folders.start_folder(db, mailbox=box.name, folder="INBOX", uidvalidity=7, baseline_uid=0, now=began)
        watcher = Watcher(desk, away, lambda watcher: len(watcher.pauses) == 9)
        watcher.go()
        assert watcher.pauses == [6.25, 12.5, 25, 50, 100, 200, 250, 250, 250]
        document = health(desk.office)
        assert document["status"] == "failing"
        [problem] = document["problems"]
        assert (problem["code"], problem["since"]) == ("mailbox_failing", began.isoformat(timespec="seconds"))
        assert len(alerts(desk)) == 1
        if how == "half-open":
            assert fake.count("LOGIN") == 9
        fake.answers |= DEFAULTS
        back = FetchRunner(
            replace(box, imap=replace(box.imap, server=replace(box.imap.server, port=fake.imap_port))),
            desk.office.store, max_message_size=1, clock=desk.clock, random=lambda: 0.5, owner="test",
        )  # fmt: skip
        back.run_once()
        assert health(desk.office)["status"] == "ok"
        back.close()
        desk.close()


def test_a_refused_mailbox_login_is_tried_three_times_and_then_once_an_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F25: no lock-out hammering in a day; health says it in words, one alert; a new start tries at once."""
    with FakeImap({"LOGIN": "{tag} NO [AUTHENTICATIONFAILED] no"}) as fake:
        desk, box = paper(tmp_path, monkeypatch, imap_port=fake.imap_port)
        began = desk.clock.now()
        with desk.office.store.begin() as db:
            folders.start_folder(db, mailbox=box.name, folder="INBOX", uidvalidity=7, baseline_uid=0, now=began)
        watcher = Watcher(desk, box, lambda watcher: desk.clock.now() - began > A_DAY)
        watcher.go()
        assert watcher.pauses[2:] == [3600] * (len(watcher.pauses) - 2)
        assert fake.count("LOGIN") == len(watcher.pauses) == 26
        [problem] = health(desk.office)["problems"]
        assert "refuses the user name or password" in problem["what"]
        assert problem["since"] == began.isoformat(timespec="seconds")
        assert len(alerts(desk)) == 1
        again = Watcher(desk, box, lambda _: True)
        again.go()
        assert fake.count("LOGIN") == 27
        desk.close()


async def test_a_relay_that_is_gone_for_a_day_costs_no_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F39 for a day: letters wait, none fails and no try counts, one alert, one letter of recovery, each sent once."""
    (port,) = free_ports(1)
    desk, box = paper(tmp_path, monkeypatch, smtp_port=port)
    desk.arrive(*(mail(number=number, sender=f"liv{number}@kommune.example") for number in range(3)))
    written = len(desk.letters())
    began, tick = desk.clock.now(), TickRunner(desk.office)
    sender = DeliverRunner(
        box, desk.office.store, clock=desk.clock, random=lambda: 0.5, owner="test", told=lambda *_: None, timeouts=LONG
    )

    async def hours(count: float) -> None:
        for _ in range(int(count * 12)):
            with desk.office.store.begin() as db:  # the mailbox itself is well
                inbox = folders.get_folder(db, box.name, "INBOX")
                assert inbox is not None
                folders.looked(db, inbox.id, desk.clock.now())
            await sender.run_once()
            tick.run_once()
            desk.clock.forward(minutes=5)

    await hours(24)
    receipts = [letter for letter in desk.letters() if letter.kind == "receipt"]
    assert [(letter.state, letter.attempts) for letter in receipts] == [("queued", 0)] * 3
    [problem] = health(desk.office)["problems"]
    assert (problem["code"], problem["since"]) == ("relay_failing", began.isoformat(timespec="seconds"))
    assert len(alerts(desk)) == 1
    async with FaultServer(port=port) as server:
        await hours(1.5)
    assert len(server.taken) == len(desk.letters()) == written + 2  # the alert and its end
    assert {letter.state for letter in desk.letters()} == {"sent"}
    assert len({letter.octets for letter in server.taken}) == written + 2
    assert health(desk.office)["status"] == "ok"
    desk.close()


@contextmanager
def _tls_server(folder: Path) -> Iterator[tuple[int, Path]]:
    """Serve a certificate that ended yesterday, on a port that speaks TLS at once; yields it and the authority."""
    authority, now = trustme.CA(), dt.datetime.now(dt.UTC)
    leaf = authority.issue_cert("localhost", not_before=now - 10 * A_DAY, not_after=now - A_DAY)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    leaf.configure_cert(context)
    with _serving(FaultServer(tls=context, implicit_tls=True)) as server:
        yield server.port, folder / "ca.pem"
        assert server.commands == []


@contextmanager
def _serving(server: FaultServer) -> Iterator[FaultServer]:
    """Run the scripted relay in a thread of its own, for tests whose client is another process."""
    up, loops = threading.Event(), []

    async def serve() -> None:
        over = asyncio.Event()
        loops.append((asyncio.get_running_loop(), over))
        async with server:
            up.set()
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert up.wait(20)
    try:
        yield server
    finally:
        loop, over = loops[0]
        loop.call_soon_threadsafe(over.set)
        thread.join(20)


def test_an_expired_certificate_is_told_in_words_and_never_worked_around(tmp_path: Path) -> None:
    """F25's neighbour: IMAP and SMTP both refuse, say "expired", and not an octet goes out in plain text."""
    with _tls_server(tmp_path) as (port, ca_file):
        server = ServerSettings(
            host="localhost", port=port, tls="implicit", ca_file=ca_file, username="ks", password="secret"
        )
        with pytest.raises(MailboxUnreachable, match="certificate has expired"):
            ImapSession(server)

        async def connect() -> None:
            async with SmtpSession(relay(port, host="localhost", tls="implicit", ca_file=ca_file), timeouts=LONG):
                pass

        with pytest.raises(InboxdError, match="expired"):
            asyncio.run(connect())


@pytest.mark.servers("postgres")
@pytest.mark.slow
def test_a_postgresql_that_is_gone_for_a_while_costs_nothing(
    tmp_path: Path, pymap: PymapServer, smtp_sink: SmtpSink
) -> None:
    """F61, one daemon: nothing on the mail server changes meanwhile, and it goes on by itself when it is back."""
    user = pymap.new_user()
    with (
        Postgres() as postgres,
        DeskAtWork(
            tmp_path, user, imap_port=pymap.imap_port, smtp_port=smtp_sink.port, url=postgres.database()
        ) as desk,
    ):
        desk.run("run", "--once")
        started(desk)
        postgres.kill()
        pymap.append(user, mail(number=1, to=user.address))
        desk.wait_for(lambda: "event=folder.failure_not_noted" in desk.log.read_text(), "the daemon to miss it")
        assert desk.run("health", check=False).returncode == 75
        with pymap.client(user) as client:
            client.select_folder("INBOX", readonly=True)
            assert client.search("SEEN") == []
        postgres.start()
        smtp_sink.wait_for(1, seconds=60)
        wait_until(lambda: desk.ask("outbox", "list")[0]["state"] == "sent", what="the receipt to be known as sent")
        assert desk.stop() == 0
        assert len(desk.ask("queue")) == len(smtp_sink.envelopes) == 1
        desk.account()


@pytest.mark.slow
@pytest.mark.parametrize(("stage", "state"), [("rcpt", "sent"), ("dot", "unknown")])
def test_a_stop_in_a_slow_smtp_dialogue_breaks_it_off_and_nothing_is_sent_twice(
    tmp_path: Path, pymap: PymapServer, stage: str, state: str
) -> None:
    """F14: SIGTERM while a relay says nothing: exit 0 soon; before the dot it is sent again, after it is unknown."""
    user = pymap.new_user()
    with (
        _serving(FaultServer([Fault(stage=stage, do=SILENT, times=1)])) as server,
        DeskAtWork(tmp_path, user, imap_port=pymap.imap_port, smtp_port=server.port) as desk,
    ):
        desk.run("run", "--once")
        started(desk)
        pymap.append(user, mail(to=user.address))
        in_hand = (lambda: server.seen) if stage == "dot" else (lambda: server.words("RCPT"))
        desk.wait_for(lambda: bool(in_hand()), "the relay to have the letter in hand")
        assert desk.stop() == 0
        assert "event=daemon.stopped" in desk.log.read_text()
        desk.run("run", "--once")
        assert [letter["state"] for letter in desk.ask("outbox", "list")] == [state]
        assert len(server.seen) == 1


@pytest.mark.slow
@pytest.mark.parametrize("target", ["full", "closed"])
def test_a_log_that_takes_nothing_stops_no_mail(
    tmp_path: Path, pymap: PymapServer, smtp_sink: SmtpSink, target: str
) -> None:
    """F66: a full log (ENOSPC) and a closed one (EPIPE): the daemon goes on, and ends well."""
    user = pymap.new_user()
    with DeskAtWork(tmp_path, user, imap_port=pymap.imap_port, smtp_port=smtp_sink.port) as desk:
        desk.run("run", "--once")
        if target == "full":
            log = os.open("/dev/full", os.O_WRONLY)
        else:
            end, log = os.pipe()
            os.close(end)
        desk.daemon = subprocess.Popen(
            [sys.executable, "-m", "inboxd", "run"], env=desk.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        os.close(log)
        pymap.append(user, mail(to=user.address))
        smtp_sink.wait_for(1, seconds=60)
        wait_until(lambda: desk.ask("outbox", "list")[0]["state"] == "sent", what="the receipt to be known as sent")
        assert desk.stop() == 0
        assert len(desk.ask("queue")) == 1


def test_a_template_that_the_admin_broke_stops_no_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F65: the case is filed, the receipt goes with inboxd's own text, and health says so."""
    (tmp_path / "templates" / "nb").mkdir(parents=True)
    (tmp_path / "templates" / "nb" / "receipt.txt.j2").write_text("{{ nonsense ")
    desk, _ = paper(tmp_path, monkeypatch)
    desk.arrive(mail())
    [receipt] = [letter for letter in desk.letters() if letter.kind == "receipt"]
    assert receipt.state == "queued"
    assert b"KS-1000" in desk.octets(receipt)
    assert "template_broken" in {problem["code"] for problem in health(desk.office)["problems"]}
    desk.close()

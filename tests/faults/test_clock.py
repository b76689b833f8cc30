"""A clock that jumps: nothing is lost or doubled, no undo window grows, no letter fails, nobody is told twice."""

import datetime as dt
import os
from pathlib import Path

import pytest

from inboxd.config.file import load
from inboxd.desk.case import Status
from inboxd.desk.order import Reply, SetFields
from inboxd.office.act import act
from inboxd.office.documents import queue
from inboxd.runners.deliver import DeliverRunner
from inboxd.runners.tick import TickRunner
from inboxd.store import folders, outbox
from tests.e2e.desk_at_work import DeskAtWork
from tests.integration.paper_desk import MovedClock, PaperDesk, mail, write_config
from tests.integration.smtp.letters import LONG
from tests.servers import faketime_library
from tests.servers.fault_smtp import Fault, FaultServer
from tests.servers.pymap import PymapServer
from tests.servers.smtp_sink import SmtpSink


class JumpingClock(MovedClock):
    """A clock whose wall time a test sets; its seconds go on as if nothing were."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def monotonic(self) -> float:
        return self.passed

    def forward(self, **span: float) -> None:
        super().forward(**span)
        self.passed += dt.timedelta(**span).total_seconds()

    def jump(self, **span: float) -> None:
        """Set the wall time alone."""
        self.moment += dt.timedelta(**span)


class Desk:
    """A desk on paper with a sender, and a clock that jumps."""

    def __init__(self, folder: Path, port: int) -> None:
        self.clock = JumpingClock()
        config = write_config(folder, smtp_port=port, phone='admin = "drift@agents.example"')
        self.paper = PaperDesk(folder, config=config, clock=self.clock)
        [self.box] = load(config, env=os.environ).mailboxes
        self.sender = self.new_sender()

    def new_sender(self) -> DeliverRunner:
        return DeliverRunner(
            self.box, self.paper.office.store, clock=self.clock, random=lambda: 0.5, owner="test",
            told=lambda *_: None, timeouts=LONG,
        )  # fmt: skip

    def answer(self, seconds: float) -> None:
        act(Reply(actor="kari", text="Hei", delay=dt.timedelta(seconds=seconds)), 1000, self.paper.office)

    def taken_by(self, server: FaultServer, kind: str) -> int:
        """Return how often the relay took letters of a kind."""
        ids = [letter.message_id or "" for letter in self.paper.letters() if letter.kind == kind]
        return sum(taken.octets.count(f"Message-ID: {one}".encode()) for taken in server.taken for one in ids)

    def states(self, kind: str) -> list[str]:
        return [letter.state for letter in self.paper.letters() if letter.kind == kind]


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KS_PASSWORD", "secret")


@pytest.mark.parametrize("restarted", [False, True])
async def test_an_undo_window_does_not_grow_when_the_clock_goes_back(tmp_path: Path, *, restarted: bool) -> None:
    """F57: two hours back in the middle of an undo window of a minute: the answer leaves within that minute, once."""
    async with FaultServer() as server:
        desk = Desk(tmp_path, server.port)
        desk.paper.arrive(mail())
        await desk.sender.run_once()
        desk.answer(60)
        desk.clock.forward(seconds=30)
        desk.clock.jump(hours=-2)
        sender = desk.new_sender() if restarted else desk.sender
        await sender.run_once()
        assert desk.states("answer") == ["queued"]
        desk.clock.forward(seconds=59)
        await sender.run_once()
        assert desk.states("answer") == ["queued"]
        desk.clock.forward(seconds=1)
        await sender.run_once()
        await sender.run_once()
    assert desk.states("answer") == ["sent"]
    assert desk.taken_by(server, "answer") == 1
    desk.paper.close()


async def test_retries_and_resting_relays_do_not_wait_for_a_clock_that_went_back(tmp_path: Path) -> None:
    """F57: what waits longer than anything ever does is due."""
    async with FaultServer([Fault(stage="mail", do="451 4.3.0 later", times=1)]) as server:
        desk = Desk(tmp_path, server.port)
        desk.paper.arrive(mail())
        await desk.sender.run_once()
        assert desk.states("receipt") == ["deferred"]
        with desk.paper.office.store.begin() as db:
            outbox.defer_relay(db, desk.box.name, desk.clock.now() + dt.timedelta(minutes=1), "away", desk.clock.now())
        desk.clock.jump(hours=-2)
        await desk.sender.run_once()
    assert desk.states("receipt") == ["sent"]
    assert desk.taken_by(server, "receipt") == 1
    desk.paper.close()


def test_an_alert_is_told_once_whatever_the_clock_does(tmp_path: Path) -> None:
    """F57: two hours back in the middle of an outage, 40 days ahead after it: one alert, one letter of its end."""
    desk = Desk(tmp_path, 1)
    tick = TickRunner(desk.paper.office)

    def minutes(count: int, *, failing: bool) -> None:
        for _ in range(count):
            now = desk.clock.now()
            with desk.paper.office.store.begin() as db:
                inbox = folders.get_folder(db, desk.box.name, "INBOX") or folders.start_folder(
                    db, mailbox=desk.box.name, folder="INBOX", uidvalidity=7, baseline_uid=0, now=now
                )
                if failing:
                    folders.failed(db, desk.box.name, "INBOX", "the login was refused", now)
                else:
                    folders.looked(db, inbox.id, now)
            tick.run_once()
            desk.clock.forward(minutes=1)

    minutes(3, failing=True)
    desk.clock.jump(hours=-2)
    minutes(8, failing=True)
    assert len(desk.states("alert")) == 1
    minutes(3, failing=False)
    desk.clock.jump(hours=-2)
    minutes(8, failing=False)
    assert len(desk.states("alert")) == 2
    desk.clock.jump(days=40)
    minutes(8, failing=False)
    assert len(desk.states("alert")) == 2
    desk.paper.close()


def test_a_case_wakes_once_however_the_clock_comes_there(tmp_path: Path) -> None:
    """F57: put off over a leap day and a summer time; the clock jumps past it, back, and past it again."""
    desk = Desk(tmp_path, 1)
    desk.clock.moment = dt.datetime(2028, 2, 28, 23, 30, tzinfo=dt.UTC)
    desk.paper.arrive(mail())
    until = dt.datetime(2028, 3, 26, 1, 30, tzinfo=dt.UTC)
    act(SetFields(actor="kari", status=Status.WAITING, until=until), 1000, desk.paper.office)
    tick = TickRunner(desk.paper.office)
    woken = []
    for span in ({"days": 1}, {"days": 26}, {"hours": -2}, {"hours": 3}, {"days": 40}):
        desk.clock.jump(**span)
        woken.append(tick.run_once())
    assert [bool(changes) for changes in woken] == [False, True, False, False, False]
    assert len(queue(desk.paper.office)) == 1
    desk.paper.close()


@pytest.mark.servers("faketime")
@pytest.mark.slow
def test_a_daemon_lives_through_every_jump_of_its_clock(
    tmp_path: Path, pymap: PymapServer, smtp_sink: SmtpSink
) -> None:
    """F57: leap day, summer time's missing hour, 40 days ahead, two hours back: one case and one receipt each."""
    user, times = pymap.new_user(), tmp_path / "times"
    times.write_text("@2028-02-28 23:59:55")
    jumps = ["@2028-02-29 12:00:00", "@2027-03-28 00:59:58", "+40d", "-2h", "+0"]
    with DeskAtWork(tmp_path, user, imap_port=pymap.imap_port, smtp_port=smtp_sink.port) as desk:
        desk.run("run", "--once")
        plain = desk.env
        desk.env = plain | {
            "LD_PRELOAD": str(faketime_library()), "FAKETIME_TIMESTAMP_FILE": str(times), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC",
        }  # fmt: skip
        desk.start()
        desk.env = plain
        desk.wait_for(lambda: "daemon.started" in desk.log.read_text(), "the daemon to serve")
        for number, jump in enumerate(jumps, start=1):
            times.write_text(jump)
            octets = mail(number=number, to=user.address, sender=f"Liv <liv{number}@kommune.example>")
            pymap.append(user, octets)
            smtp_sink.wait_for(number, seconds=90)
        assert desk.stop() == 0
        assert "surprised" not in desk.log.read_text()
        assert len(desk.ask("queue")) == len(jumps)
        letters = desk.ask("outbox", "list")
        assert [letter["state"] for letter in letters] == ["sent"] * len(jumps)
        assert len(smtp_sink.envelopes) == len(jumps)

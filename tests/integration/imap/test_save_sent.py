"""Copies of agents' letters in the Sent folder: where the relay keeps none, one, whatever happens on the way."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from sqlmodel import col, update

from inboxd.config.settings import MailboxSettings, ServerSettings
from inboxd.errors import MailboxUnreachable
from inboxd.imap.session import ImapSession
from inboxd.office.health import examine
from inboxd.runners.save_sent import SaveSentRunner
from inboxd.store import tables as t
from tests.integration.imap.conftest import Box
from tests.integration.paper_desk import Console, PaperDesk, mail

Connect = Callable[[ServerSettings], ImapSession]


class Saving:
    """A desk that keeps its letters in the Sent folder of a real server."""

    def __init__(self, paper: PaperDesk, box: Box) -> None:
        self.paper, self.box = paper, box
        (mailbox,) = paper.office.settings.mailboxes
        self.mailbox: MailboxSettings = replace(
            mailbox, imap=replace(mailbox.imap, server=box.settings), save_sent="auto"
        )

    def set(self, save_sent: Literal["auto", "always", "off"] = "auto", **changes: str) -> None:
        self.mailbox = replace(self.mailbox, save_sent=save_sent, **changes)

    def save(self, connect: Connect = ImapSession) -> int:
        """See to the copies once, as after a restart."""
        return SaveSentRunner(self.mailbox, self.paper.office.store, clock=self.paper.clock, connect=connect).run_once()

    def leave(self) -> bytes:
        """Let all letters that are written leave now; returns the octets of the newest answer."""
        now = self.paper.clock.now()
        with self.paper.office.store.begin() as db:
            db.exec(
                update(t.Letter).where(col(t.Letter.state) == "queued").values(state="sent", attempts=1, created_at=now)
            )
            db.exec(
                update(t.LetterRecipient)
                .where(col(t.LetterRecipient.state) == "queued")
                .values(state="sent", changed_at=now)
            )
        answers = [letter for letter in self.paper.letters() if letter.kind == "answer"]
        return self.paper.octets(max(answers, key=lambda letter: letter.id))

    def sent(self) -> list[bytes]:
        return self.box.server.mails(self.box.user, "Sent")

    def problems(self) -> list[str]:
        office = replace(self.paper.office, settings=replace(self.paper.office.settings, mailboxes=(self.mailbox,)))
        return [problem.what for problem in examine(office)[1] if problem.code == "sent_copies"]


NewDesk = Callable[[Box], Saving]


@pytest.fixture
def new_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[NewDesk]:
    """Make a desk that has answered a mail; it keeps its letters on a server."""
    paper = PaperDesk(tmp_path)
    monkeypatch.setenv("INBOXD_CONFIG", str(paper.config))
    paper.arrive(mail())
    console = Console(capsys)
    (case,) = console.ask("queue")
    console.ask("reply", case["reference"], "-m", "Prøv igjen nå.", "--as", "kari")

    def make(box: Box) -> Saving:
        with box.client() as client:
            if not client.folder_exists("Sent"):
                client.create_folder("Sent")
        return Saving(paper, box)

    yield make
    paper.close()


@pytest.fixture
def desk(new_desk: NewDesk, dovecot_box: Box) -> Saving:
    return new_desk(dovecot_box)


def test_a_letter_that_the_relay_did_not_keep_is_put_there_once_after_a_minute_byte_for_byte(
    new_desk: NewDesk, box: Box
) -> None:
    desk = new_desk(box)
    octets = desk.leave()
    desk.paper.clock.forward(seconds=59)
    assert desk.save() == 0
    desk.paper.clock.forward(seconds=1)
    assert desk.save() == 1  # the answer; no receipt, no letter to an agent
    assert desk.sent() == [octets]
    desk.paper.clock.forward(days=1)
    assert desk.save() == 0
    assert len(desk.sent()) == 1


def test_a_letter_that_the_relay_kept_is_left_at_that(desk: Saving) -> None:
    desk.box.server.append(desk.box.user, desk.leave(), folder="Sent")
    desk.paper.clock.forward(minutes=1)
    assert desk.save() == 1
    assert len(desk.sent()) == 1


def test_always_waits_for_no_relay_but_looks_all_the_same(desk: Saving) -> None:
    desk.set("always")
    desk.box.server.append(desk.box.user, desk.leave(), folder="Sent")
    assert desk.save() == 1
    assert len(desk.sent()) == 1


def test_nobody_puts_it_there_twice_who_died_between_the_append_and_its_commit(desk: Saving) -> None:
    desk.leave()
    desk.paper.clock.forward(minutes=1)

    class Killed(ImapSession):
        def append(self, *args: object) -> None:
            super().append(*args)  # type: ignore[arg-type]  # as it came
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.save(Killed)
    assert desk.save() == 0  # who knows whether that one still lives: it is left to it for a while
    desk.paper.clock.forward(minutes=5)
    assert desk.save() == 1
    assert len(desk.sent()) == 1


def test_an_append_whose_answer_was_lost_is_looked_for_before_the_next(desk: Saving) -> None:
    desk.leave()
    desk.paper.clock.forward(minutes=1)

    class Cut(ImapSession):
        def append(self, *args: object) -> None:
            super().append(*args)  # type: ignore[arg-type]  # as it came
            raise MailboxUnreachable("cut")

    assert desk.save(Cut) == 0
    assert len(desk.problems()) == 1
    desk.paper.clock.forward(minutes=5)
    assert desk.save() == 1
    assert (len(desk.sent()), desk.problems()) == (1, [])


def test_a_missing_sent_folder_stops_nothing_and_is_told_until_it_is_there(desk: Saving) -> None:
    desk.leave()
    desk.set(sent_folder="Sendte")
    desk.paper.clock.forward(minutes=1)
    assert desk.save() == 0
    (what,) = desk.problems()
    assert "1 letters of kundeservice are not in its Sent folder" in what
    assert "Sendte" in what
    with desk.box.client() as client:
        client.create_folder("Sendte")
    desk.paper.clock.forward(minutes=5)
    assert desk.save() == 1
    assert desk.problems() == []


def test_a_copy_is_no_longer_tried_after_five_days(desk: Saving) -> None:
    desk.leave()
    desk.paper.clock.forward(days=6)
    assert desk.save() == 0
    assert desk.sent() == []


def test_after_a_failure_the_same_runner_rests(desk: Saving) -> None:
    desk.leave()
    desk.paper.clock.forward(minutes=1)
    tries: list[ServerSettings] = []

    def away(server: ServerSettings) -> ImapSession:
        tries.append(server)
        raise MailboxUnreachable("away")

    runner = SaveSentRunner(desk.mailbox, desk.paper.office.store, clock=desk.paper.clock, connect=away)
    assert [runner.run_once(), runner.run_once()] == [0, 0]
    assert len(tries) == 1
    desk.paper.clock.forward(minutes=5)
    runner.run_once()
    assert len(tries) == 2

"""The desk's own troubles reach the admin: once when they last, and once more when they are over."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inboxd.mail.parse import parse
from inboxd.office.health import health
from inboxd.office.taking.take import refuse_config
from inboxd.runners.tick import TickRunner
from inboxd.store import folders, incoming, outbox
from inboxd.store import tables as t
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import PaperDesk, mail, write_config

ADMIN = "drift@agents.example"

SECOND = """
[[mailbox]]
name = "innkjop"
address = "innkjop@desk.example"
category = "print"
  [mailbox.imap]
  host = "127.0.0.1"
  port = 1
  tls = "none"
  username = "innkjop"
  password_env = "KS_PASSWORD"
  [mailbox.smtp]
  host = "127.0.0.1"
  port = 1
  tls = "none"
"""


def alert_desk(folder: Path, empty_database: Path, *, admin: str = f'admin = "{ADMIN}"', more: str = "") -> PaperDesk:
    shutil.copy(empty_database, folder / "inboxd.db")
    return PaperDesk(folder, config=write_config(folder, more=more, phone=admin))


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[PaperDesk]:
    """A desk with an admin."""
    paper = alert_desk(tmp_path, empty_database)
    yield paper
    paper.close()


class Watch:
    """A daemon's clock runner, and the state of the servers that its other runners would see."""

    def __init__(self, desk: PaperDesk) -> None:
        self.desk = desk
        self.runner = TickRunner(desk.office)
        self.failing: set[str] = set()
        self.unread: set[str] = set()

    def minutes(self, count: int, *, seconds: int = 15) -> None:
        """Let time pass, looking every fifteen seconds, as the daemon does, or less often."""
        for _ in range(60 * count // seconds):
            self._note()
            self.runner.run_once()
            self.desk.clock.forward(seconds=seconds)

    def _note(self) -> None:
        now = self.desk.clock.now()
        with self.desk.office.store.begin() as db:
            for box in self.desk.office.settings.mailboxes:
                if box.name in self.failing:
                    outbox.defer_relay(db, box.name, now + dt.timedelta(minutes=1), "connection refused", now)
                else:
                    outbox.relay_ok(db, box.name)
                if box.name in self.unread:
                    folders.failed(db, box.name, "INBOX", "the login was refused", now)
                    continue
                inbox = folders.get_folder(db, box.name, "INBOX") or folders.start_folder(
                    db, mailbox=box.name, folder="INBOX", uidvalidity=7, baseline_uid=0, now=now
                )
                folders.looked(db, inbox.id, now)


@pytest.fixture
def watch(desk: PaperDesk) -> Watch:
    return Watch(desk)


def told(desk: PaperDesk) -> list[str]:
    """The subjects of the alerts, oldest first."""
    return [letter.subject for letter in alerts_of(desk)]


def alerts_of(desk: PaperDesk) -> list[LetterRow]:
    return [letter for letter in reversed(desk.letters()) if letter.kind == "alert"]


def test_a_relay_that_is_dead_for_a_day_is_told_once_and_its_recovery_once(desk: PaperDesk, watch: Watch) -> None:
    watch.failing = {"kundeservice"}
    watch.minutes(20)
    watch.minutes(24 * 60 - 20, seconds=1200)
    assert told(desk) == ["[inboxd] Kundeservice: the relay of kundeservice: connection refused"]
    watch.failing = set()
    watch.minutes(60)
    assert told(desk)[1:] == ["[inboxd] Kundeservice: Ordnet: the relay of kundeservice: connection refused"]
    letter = alerts_of(desk)[0]
    assert (letter.to, letter.case_id) == ((ADMIN,), None)
    text = parse(desk.octets(letter), headers_only=False).text
    assert "connection refused (siden mandag 9. mars kl. 10.00)" in text
    assert "Ingenting går tapt" in text
    ended = parse(desk.octets(alerts_of(desk)[1]), headers_only=False).text
    assert "(mandag 9. mars kl. 10.00 til tirsdag 10. mars kl. 10.00)" in ended
    assert b"Auto-Submitted: auto-generated" in desk.octets(letter)


def test_nothing_is_told_before_five_minutes(desk: PaperDesk, watch: Watch) -> None:
    watch.failing = {"kundeservice"}
    watch.minutes(5)
    assert told(desk) == []
    watch.minutes(1)
    assert len(told(desk)) == 1


def test_a_relay_that_comes_and_goes_is_not_told(desk: PaperDesk, watch: Watch) -> None:
    for _ in range(5):
        watch.failing = {"kundeservice"}
        watch.minutes(4)
        watch.failing = set()
        watch.minutes(2)
    assert told(desk) == []


def test_a_relay_that_works_between_two_looks_has_not_lasted(desk: PaperDesk, watch: Watch) -> None:
    watch.failing = {"kundeservice"}
    watch.minutes(3)
    with desk.office.store.begin() as db:
        outbox.relay_ok(db, "kundeservice")
    watch.minutes(4)
    assert told(desk) == []
    watch.minutes(2)
    assert len(told(desk)) == 1


def test_a_relay_that_works_for_a_moment_is_not_over(desk: PaperDesk, watch: Watch) -> None:
    watch.failing = {"kundeservice"}
    watch.minutes(10)
    for _ in range(3):
        watch.failing = set()
        watch.minutes(3)
        watch.failing = {"kundeservice"}
        watch.minutes(10)
    assert len(told(desk)) == 1
    watch.failing = set()
    watch.minutes(10)
    assert len(told(desk)) == 2


def test_a_new_trouble_after_a_recovery_is_told_anew(desk: PaperDesk, watch: Watch) -> None:
    for _ in range(2):
        watch.failing = {"kundeservice"}
        watch.minutes(10)
        watch.failing = set()
        watch.minutes(10)
    assert len(told(desk)) == 4


def test_two_troubles_at_once_stand_in_one_letter(desk: PaperDesk, watch: Watch) -> None:
    watch.failing, watch.unread = {"kundeservice"}, {"kundeservice"}
    watch.minutes(60)
    (letter,) = alerts_of(desk)
    text = parse(desk.octets(letter), headers_only=False).text
    assert "kundeservice (INBOX): the login was refused" in text
    assert "the relay of kundeservice: connection refused" in text


def test_an_alert_goes_through_a_mailbox_whose_relay_works(tmp_path: Path, empty_database: Path) -> None:
    paper = alert_desk(tmp_path, empty_database, more=SECOND)
    watch = Watch(paper)
    watch.failing = {"kundeservice"}
    watch.minutes(10)
    assert [letter.mailbox for letter in alerts_of(paper)] == ["innkjop"]
    paper.close()


def test_without_an_admin_nothing_is_written(tmp_path: Path, empty_database: Path) -> None:
    paper = alert_desk(tmp_path, empty_database, admin="")
    watch = Watch(paper)
    watch.failing = {"kundeservice"}
    watch.minutes(10)
    assert paper.letters() == ()
    paper.close()


def test_a_held_mail_is_told(desk: PaperDesk, watch: Watch) -> None:
    watch.minutes(1)
    (held,) = desk.lay(mail())
    with desk.office.store.begin() as db:
        incoming.hold(db, held, "for a test")
    watch.minutes(10)
    assert told(desk) == ["[inboxd] Kundeservice: 1 mails are held; `inboxd incoming list --state hold`"]


def test_a_config_that_was_not_taken_is_told(desk: PaperDesk, watch: Watch) -> None:
    refuse_config(desk.office, "config.toml:9: [[agent]] adress: unknown key")
    watch.minutes(6)
    (subject,) = told(desk)
    assert "the changed config was not taken: config.toml:9: [[agent]] adress" in subject


def test_an_alert_that_did_not_arrive_makes_no_alert(desk: PaperDesk, watch: Watch) -> None:
    watch.failing = {"kundeservice"}
    watch.minutes(10)
    (letter,) = alerts_of(desk)
    desk.beyond_account = "its letter's state is set by hand"
    for state in ("failed", "unknown"):
        with desk.office.store.begin() as db:
            db.get_one(t.Letter, letter.id).state = state
        watch.minutes(20)
        assert f"letters_{state}" in {problem["code"] for problem in health(desk.office)["problems"]}
    assert len(told(desk)) == 1


def test_two_daemons_tell_once(desk: PaperDesk, watch: Watch) -> None:
    watch.failing = {"kundeservice"}
    other = TickRunner(desk.office)
    for _ in range(10):
        watch.minutes(1)
        other.run_once()
    assert len(told(desk)) == 1

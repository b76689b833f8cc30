"""FetchRunner from the server to the ledger: nothing skipped, nothing twice, history in silence, failures shown."""

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from inboxd.clock import SystemClock
from inboxd.config.settings import ImapSettings, MailboxSettings, ServerSettings, SmtpSettings
from inboxd.desk.uid_plan import FolderAccount, FolderState
from inboxd.errors import ConfigError, LoginRefused, MailboxUnreachable
from inboxd.imap.session import ImapSession
from inboxd.runners.fetch import FetchRunner, reconcile
from inboxd.store import folders, incoming
from inboxd.store.engine import Store, open_store
from inboxd.store.rows import IncomingRow
from tests.integration.imap.conftest import QUICK, Box, mail, settings_of
from tests.servers.dovecot import Dovecot, User
from tests.servers.fake_imap import CUT, FakeImap, with_mails
from tests.servers.ports import wait_until

LIMIT = 100_000
LONG_AGO = dt.datetime(2020, 1, 1, 12, tzinfo=dt.UTC)


class Desk:
    """One mailbox, its ledger, and runners for it that are closed at the end."""

    def __init__(self, store: Store, server: ServerSettings, stack: ExitStack) -> None:
        self.store = store
        self._stack = stack
        smtp = SmtpSettings(server=server, null_sender="auto")
        imap = ImapSettings(server=server, folder="INBOX", after="keep", poll_seconds=60, first_run="new")
        self.mailbox = MailboxSettings(name="kundeservice", imap=imap, smtp=smtp)

    def set(self, **changes: object) -> None:
        self.mailbox = replace(self.mailbox, imap=replace(self.mailbox.imap, **changes))

    def runner(
        self, *, connect: Callable[[ServerSettings], ImapSession] = ImapSession, owner: str = "test"
    ) -> FetchRunner:
        runner = FetchRunner(
            self.mailbox,
            self.store,
            max_message_size=LIMIT,
            clock=SystemClock(),
            random=lambda: 0.0,
            owner=owner,
            connect=connect,
        )
        self._stack.callback(runner.close)
        return runner

    def look(self, *, full: bool = False) -> int:
        """Look once with a runner that knows nothing but the ledger, as after a restart."""
        return self.runner().run_once(full=full)

    def rows(self) -> list[IncomingRow]:
        """Return the ledger, oldest first."""
        with self.store.reading() as db:
            return list(reversed(incoming.list_incoming(db)))

    def folder(self) -> FolderState:
        with self.store.reading() as db:
            (state,) = folders.list_folders(db)
        return state

    def finish_all(self) -> None:
        """Do what intake does at the end of every mail."""
        with self.store.begin() as db:
            for row in incoming.list_incoming(db, state=["incoming"]):
                incoming.finish(
                    db,
                    row.id,
                    outcome="opened",
                    reason="",
                    case_id=None,
                    entry_id=None,
                    mail_key=None,
                    now=SystemClock().now(),
                )

    def account(self) -> FolderAccount:
        with ImapSession(self.mailbox.imap.server) as session:
            return reconcile(session, self.store, self.mailbox)


@pytest.fixture
def new_desk(tmp_path: Path) -> Iterator[Callable[[ServerSettings], Desk]]:
    """Make desks for servers, each with a database of its own."""
    with ExitStack() as stack:

        def make(server: ServerSettings) -> Desk:
            store = open_store(f"sqlite:///{tmp_path / 'inboxd.db'}")
            stack.callback(store.close)
            return Desk(store, server, stack)

        yield make


NewDesk = Callable[[ServerSettings], Desk]


@pytest.fixture
def desk(new_desk: NewDesk, box: Box) -> Desk:
    """A desk on an empty mailbox of Dovecot and of pymap."""
    return new_desk(box.settings)


def test_first_contact_takes_nothing_but_its_baseline(desk: Desk, box: Box) -> None:
    box.append(mail(1), mail(2))
    assert desk.look() == 0
    assert desk.rows() == []
    assert desk.account() == FolderAccount(on_server=2, before_baseline=2, by_state=(), missing=())


def test_a_mail_after_first_contact_comes_in_whole_and_not_silently(desk: Desk, box: Box) -> None:
    desk.look()
    box.append(mail(1))
    assert desk.look() == 1
    (row,) = desk.rows()
    assert (row.state, row.silent, row.size, row.headers_only) == ("incoming", False, len(mail(1)), False)
    assert desk.look() == 0
    assert desk.account() == FolderAccount(on_server=1, before_baseline=0, by_state=(("incoming", 1),), missing=())


def test_first_run_all_takes_what_was_there_silently_and_what_comes_later_aloud(desk: Desk, box: Box) -> None:
    desk.set(first_run="all")
    box.append(mail(1), mail(2))
    assert desk.look() == 2
    box.append(mail(3))
    assert desk.look() == 1
    assert [row.silent for row in desk.rows()] == [True, True, False]


def test_history_stays_silent_when_its_fetch_was_cut_short(desk: Desk, box: Box) -> None:
    desk.set(first_run="all")
    box.append(mail(1))

    class Away(ImapSession):
        def fetch_octets(self, uids: object) -> dict[int, bytes]:
            raise MailboxUnreachable("cut")

    with pytest.raises(MailboxUnreachable):
        desk.runner(connect=Away).run_once()
    box.append(mail(2))
    assert desk.look() == 2
    assert [row.silent for row in desk.rows()] == [True, False]


def test_first_run_since_takes_the_mails_from_that_day_on(desk: Desk, box: Box) -> None:
    desk.set(first_run="since:2026-01-01")
    with box.client() as client:
        client.append("INBOX", mail(1), msg_time=LONG_AGO)
        client.append("INBOX", mail(2))
    assert desk.look() == 1
    assert [(row.silent, row.size) for row in desk.rows()] == [(True, len(mail(2)))]
    assert desk.account().before_baseline == 1


def test_mails_that_people_have_read_come_in_all_the_same(desk: Desk, box: Box) -> None:
    desk.look()
    with box.client() as client:
        client.append("INBOX", mail(1), flags=[rb"\Seen"])
    assert desk.look() == 1


def test_many_mails_come_in_batches_each_once(desk: Desk, box: Box) -> None:
    desk.look()
    box.append(*(mail(number) for number in range(120)))
    news: list[int] = []
    runner = desk.runner()
    stop = threading.Event()
    watching = threading.Thread(target=runner.watch, args=(stop, lambda: news.append(len(desk.rows()))))
    watching.start()
    wait_until(lambda: len(desk.rows()) == 120, what="120 mails")
    stop.set()
    runner.wake()
    watching.join(10)
    assert not watching.is_alive()
    assert news == [50, 100, 120]
    assert len({row.sha256 for row in desk.rows()}) == 120
    assert desk.account().missing == ()


def test_a_mail_over_the_limit_comes_as_headers_and_stays_untouched_on_the_server(desk: Desk, box: Box) -> None:
    desk.set(after="delete")
    desk.look()
    box.append(mail(1, body="x" * LIMIT), mail(2))
    assert desk.look() == 2
    desk.finish_all()
    desk.look()
    large, small = desk.rows()
    assert (large.headers_only, small.headers_only) == (True, False)
    assert (large.filed_away, small.filed_away) == (False, True)
    assert box.flags() == {large.uid: ()}


@pytest.mark.parametrize(("after", "left"), [("keep", {(), ()}), ("seen", {(rb"\Seen",)}), ("delete", set())])
def test_the_server_is_told_after_intake_has_finished(desk: Desk, box: Box, after: str, left: set[object]) -> None:
    desk.set(after=after)
    desk.look()
    box.append(mail(1))
    desk.look()
    assert set(box.flags().values()) == {()}
    desk.finish_all()
    desk.look()
    assert set(box.flags().values()) == left
    assert desk.account().ok


def test_a_folder_for_filed_mail_that_is_missing_is_shown_and_stops_no_mail(desk: Desk, box: Box) -> None:
    desk.set(after="move:Finnes ikke")
    desk.look()
    box.append(mail(1))
    desk.look()
    desk.finish_all()
    box.append(mail(2))
    assert desk.look() == 1
    assert "Finnes ikke" in (desk.folder().last_error or "")
    with box.client() as client:
        client.create_folder("Finnes ikke")
    assert desk.look() == 0
    assert desk.folder().last_error is None
    assert len(box.flags()) == 1


def test_a_full_look_finds_a_mail_below_the_cursor(desk: Desk, box: Box) -> None:
    desk.look()
    box.append(mail(1))
    with desk.store.begin() as db:
        folders.settle(db, desk.folder().id, 4_000_000_000)
    assert desk.look() == 0
    assert len(desk.account().missing) == 1
    assert desk.look(full=True) == 1
    assert desk.account().ok


def test_the_cursor_passes_mails_that_came_and_went_unseen(desk: Desk, box: Box) -> None:
    desk.look()
    before = desk.folder().settled_uid
    box.append(mail(1))
    with box.client() as other:
        other.select_folder("INBOX")
        uids = other.search("ALL")
        other.delete_messages(uids)
        other.uid_expunge(uids)
    assert desk.look() == 0
    assert desk.folder().settled_uid == uids[0] > before


def test_a_mail_removed_before_it_was_fetched_is_accounted_for_as_vanished(desk: Desk, box: Box) -> None:
    desk.look()
    box.append(mail(1), mail(2))

    class Late(ImapSession):
        """Somebody deletes the first mail when the search is over."""

        def search_uids(self, above: int, upto: int | None = None) -> tuple[int, ...]:
            found = super().search_uids(above, upto)
            with box.client() as other:
                other.select_folder("INBOX")
                other.delete_messages(found[:1])
                other.uid_expunge(found[:1])
            self.select("INBOX")
            return found

    assert desk.runner(connect=Late).run_once() == 1
    assert [row.state for row in desk.rows()] == ["vanished", "incoming"]
    assert desk.account().ok


def test_a_folder_that_is_not_there_is_shown_by_name(desk: Desk) -> None:
    desk.set(folder="Innboks 2")
    with pytest.raises(ConfigError, match="Innboks 2"):
        desk.look()
    assert "Innboks 2" in (desk.folder().last_error or "")


def test_a_refused_login_is_noted_without_the_password(new_desk: NewDesk, box: Box) -> None:
    wrong = User(address=box.user.address, password="wrong-canary")
    desk = new_desk(settings_of(box.server, wrong))
    with pytest.raises(LoginRefused):
        desk.look()
    state = desk.folder()
    assert state.failing_since is not None
    assert state.last_error
    assert "canary" not in state.last_error


def test_a_never_contacted_folder_has_all_its_mails_missing(desk: Desk, box: Box) -> None:
    box.append(mail(1))
    assert len(desk.account().missing) == 1


def test_mail_that_arrives_during_a_watch_is_taken_at_once_and_filed_away_on_wake(desk: Desk, box: Box) -> None:
    desk.set(after="seen")
    desk.look()
    runner, stop = desk.runner(), threading.Event()
    watching = threading.Thread(target=runner.watch, args=(stop, lambda: None))
    watching.start()
    box.append(mail(1))
    wait_until(lambda: len(desk.rows()) == 1, seconds=60, what="the mail")
    desk.finish_all()
    runner.wake()
    wait_until(lambda: set(box.flags().values()) == {(rb"\Seen",)}, seconds=60, what="the flag")
    stop.set()
    runner.wake()
    watching.join(10)
    assert not watching.is_alive()
    runner.wake()  # a wake too late does no harm


def test_on_postgresql_one_daemon_at_a_time_has_the_folder(dovecot_box: Box, postgres_url: str) -> None:
    with ExitStack() as stack:
        store = open_store(postgres_url)
        stack.callback(store.close)
        desk = Desk(store, dovecot_box.settings, stack)
        first, second = desk.runner(owner="one"), desk.runner(owner="two")
        assert first.run_once() == 0
        dovecot_box.append(mail(1))
        assert second.run_once() == 0
        assert first.run_once() == 1
        first.close()
        dovecot_box.append(mail(2))
        assert second.run_once() == 1


# UIDVALIDITY, by Dovecot


def _change_uidvalidity(box: Box) -> None:
    assert isinstance(box.server, Dovecot)
    box.server.doveadm("mailbox", "update", "--uid-validity", "4242424242", "-u", box.user.address, "INBOX")


def test_after_a_uidvalidity_change_all_comes_again_silently_but_what_was_before_us(
    new_desk: NewDesk, dovecot_box: Box
) -> None:
    desk = new_desk(dovecot_box.settings)
    with dovecot_box.client() as client:
        client.append("INBOX", mail(1), msg_time=LONG_AGO)
    desk.look()
    dovecot_box.append(mail(2))
    desk.look()
    dovecot_box.append(mail(3))
    _change_uidvalidity(dovecot_box)
    assert desk.look() == 2
    dovecot_box.append(mail(4))
    assert desk.look() == 1
    seen = [(row.size, row.silent, row.uidvalidity == 4242424242) for row in desk.rows()]
    assert [silent for _, silent, _ in seen] == [False, True, True, False]
    assert [new for _, _, new in seen] == [False, True, True, True]
    assert desk.rows()[0].sha256 == desk.rows()[1].sha256
    assert desk.account() == FolderAccount(on_server=4, before_baseline=1, by_state=(("incoming", 3),), missing=())


def test_a_uidvalidity_change_under_a_living_session_is_noticed(new_desk: NewDesk, dovecot_box: Box) -> None:
    desk = new_desk(dovecot_box.settings)
    runner = desk.runner()
    runner.run_once()
    dovecot_box.append(mail(1))
    _change_uidvalidity(dovecot_box)
    with suppress(MailboxUnreachable):  # Dovecot may cut the session
        runner.run_once()
    runner.run_once()
    assert [row.silent for row in desk.rows()] == [True]
    assert desk.folder().failing_since is None


def test_after_a_uidvalidity_change_first_run_since_still_draws_the_line(new_desk: NewDesk, dovecot_box: Box) -> None:
    desk = new_desk(dovecot_box.settings)
    desk.set(first_run="since:2026-01-01")
    with dovecot_box.client() as client:
        client.append("INBOX", mail(1), msg_time=LONG_AGO)
        client.append("INBOX", mail(2))
    assert desk.look() == 1
    _change_uidvalidity(dovecot_box)
    assert desk.look() == 1
    assert desk.account() == FolderAccount(on_server=2, before_baseline=1, by_state=(("incoming", 1),), missing=())


def test_a_lower_uidvalidity_with_new_uids_loses_nothing(new_desk: NewDesk, dovecot_box: Box) -> None:
    desk = new_desk(dovecot_box.settings)
    _change_uidvalidity(dovecot_box)
    desk.look()
    dovecot_box.append(mail(1), mail(2), mail(3))
    desk.look()
    server, user = dovecot_box.server, dovecot_box.user
    assert isinstance(server, Dovecot)
    name, _, domain = user.address.partition("@")
    maildir = server.folder / "mail" / domain / name / "Maildir"
    for index in [*maildir.glob("dovecot.index*"), maildir / "dovecot-uidlist"]:
        index.unlink()
    assert desk.look() == 3
    assert desk.folder().uidvalidity < 4242424242
    rows = desk.rows()
    assert {row.sha256 for row in rows[:3]} == {row.sha256 for row in rows[3:]}
    assert all(row.silent for row in rows[3:])


def test_what_was_finished_under_the_old_uidvalidity_is_not_filed_away_under_the_new(
    new_desk: NewDesk, dovecot_box: Box
) -> None:
    desk = new_desk(dovecot_box.settings)
    desk.set(after="delete")
    desk.look()
    dovecot_box.append(mail(1))
    desk.look()
    desk.finish_all()
    _change_uidvalidity(dovecot_box)
    desk.look()
    assert len(dovecot_box.flags()) == 1


# Faults, by the fake

DESK_USER = User(address="desk", password="secret")
START = with_mails(0, 1)
TWO = with_mails(2, 3)
SIZES = "* 1 FETCH (UID 1 RFC822.SIZE 5)\n* 2 FETCH (UID 2 RFC822.SIZE 5)\n{tag} OK done"
ONE_BODY = "* 1 FETCH (UID 1 BODY[] {5}\r\nab\r\nc)\n{tag} OK done"
TWO_BODY = "* 2 FETCH (UID 2 BODY[] {5}\r\nde\r\nf)\n{tag} OK done"


def _quick(server: ServerSettings) -> ImapSession:
    return ImapSession(server, timeouts=QUICK)


@pytest.fixture
def fake() -> Iterator[FakeImap]:
    """A fake with two mails after first contact."""
    answers = {
        "EXAMINE": [START, TWO],
        "UID SEARCH": "* SEARCH 1 2\n{tag} OK done",
        "UID FETCH 1,2 (RFC822.SIZE": SIZES,
        "UID FETCH 1,2 (BODY.PEEK": ONE_BODY.replace("{tag} OK done", TWO_BODY),
        "UID FETCH 1 (BODY.PEEK": ONE_BODY,
        "UID FETCH 2 (BODY.PEEK": TWO_BODY,
        "UID FETCH 1 (RFC822.SIZE": "* 1 FETCH (UID 1 RFC822.SIZE 5)\n{tag} OK done",
    }
    with FakeImap(answers) as server:
        server.answers["UID SEARCH UID 1:*"] = ["* SEARCH\n{tag} OK done", "* SEARCH 1 2\n{tag} OK done"]
        yield server


@pytest.fixture
def fake_desk(fake: FakeImap, new_desk: NewDesk) -> Desk:
    """A desk that has made first contact with the fake."""
    desk = new_desk(settings_of(fake, DESK_USER))
    desk.runner(connect=_quick).run_once()
    return desk


def test_a_refused_mail_is_asked_for_again_while_the_next_one_comes_in(fake: FakeImap, fake_desk: Desk) -> None:
    refused = "{tag} NO [SERVERBUG] no"
    fake.answers["UID FETCH 1,2 (BODY.PEEK"] = refused
    fake.answers["UID FETCH 1 (BODY.PEEK"] = [refused, ONE_BODY]
    runner = fake_desk.runner(connect=_quick)
    assert runner.run_once() == 1
    assert fake_desk.folder().settled_uid == 0
    assert "1 mails" in (fake_desk.folder().last_error or "")
    assert runner.run_once() == 1
    assert [row.uid for row in fake_desk.rows()] == [2, 1]
    assert fake_desk.folder().settled_uid == 2
    assert fake_desk.folder().last_error is None


def test_an_unread_mail_that_is_gone_at_the_next_look_has_vanished(fake: FakeImap, fake_desk: Desk) -> None:
    refused = "{tag} NO [SERVERBUG] no"
    fake.answers |= {"UID FETCH 1,2 (BODY.PEEK": refused, "UID FETCH 1 (BODY.PEEK": refused}
    runner = fake_desk.runner(connect=_quick)
    assert runner.run_once() == 1
    fake.answers["UID SEARCH UID 1:*"] = "* SEARCH 2\n{tag} OK done"
    assert runner.run_once() == 0
    assert [(row.uid, row.state) for row in fake_desk.rows()] == [(2, "incoming"), (1, "vanished")]
    assert fake_desk.folder().settled_uid == 2


def test_a_mail_that_kills_the_connection_does_not_stop_the_others(fake: FakeImap, fake_desk: Desk) -> None:
    fake.answers |= {"UID FETCH 1,2 (BODY.PEEK": CUT, "UID FETCH 1 (BODY.PEEK": CUT}
    runner = fake_desk.runner(connect=_quick)
    for _ in range(3):
        with pytest.raises(MailboxUnreachable):
            runner.run_once()
    assert [row.uid for row in fake_desk.rows()] == [2]
    assert fake_desk.folder().settled_uid == 0


def test_an_outage_is_logged_once_and_its_end_once(
    fake: FakeImap, fake_desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "inboxd")
    runner = fake_desk.runner(connect=_quick)
    fake.answers["LOGIN"] = ["{tag} NO [UNAVAILABLE] no", CUT, "{tag} OK done"]
    for _ in range(2):
        with pytest.raises(MailboxUnreachable):
            runner.run_once()
    assert fake_desk.folder().failing_since is not None
    assert runner.run_once() == 2
    assert fake_desk.folder().failing_since is None
    events = [record.getMessage() for record in caplog.records]
    assert events == ["folder.failed", "mails.fetched", "folder.recovered"]


def test_a_refused_login_ends_the_watch_at_once_when_it_is_stopped(fake: FakeImap, fake_desk: Desk) -> None:
    fake.answers["LOGIN"] = "{tag} NO [AUTHENTICATIONFAILED] no"
    logins = fake.count("LOGIN")
    runner, stop = fake_desk.runner(connect=_quick), threading.Event()
    watching = threading.Thread(target=runner.watch, args=(stop, lambda: None))
    watching.start()
    wait_until(lambda: fake_desk.folder().failing_since, seconds=10, what="the failure")
    runner.wake()
    stop.set()
    runner.wake()
    watching.join(10)
    assert not watching.is_alive()
    assert fake.count("LOGIN") == logins + 1


def test_a_bug_of_ours_is_shown_and_the_watch_lives_on(fake_desk: Desk) -> None:
    def broken(server: ServerSettings) -> ImapSession:
        raise KeyError("bug")

    runner, stop = fake_desk.runner(connect=broken), threading.Event()
    watching = threading.Thread(target=runner.watch, args=(stop, lambda: None))
    watching.start()
    wait_until(lambda: fake_desk.folder().last_error, seconds=10, what="the failure")
    assert watching.is_alive()
    assert "KeyError" in (fake_desk.folder().last_error or "")
    stop.set()
    runner.wake()
    watching.join(10)


@pytest.mark.slow
def test_a_watch_comes_back_after_the_server_was_gone(new_desk: NewDesk) -> None:
    with Dovecot() as server:
        user = server.add_user("desk@desk.example", "secret")
        box = Box(server=server, user=user)
        desk = new_desk(box.settings)
        desk.look()
        runner, stop = desk.runner(), threading.Event()
        watching = threading.Thread(target=runner.watch, args=(stop, lambda: None))
        watching.start()
        server.kill()
        server.start()
        box.append(mail(1))
        wait_until(lambda: len(desk.rows()) == 1, seconds=60, what="the mail after the outage")
        stop.set()
        runner.wake()
        watching.join(10)
    assert desk.folder().failing_since is None

"""The Sent folder of a shared mailbox: found by its mark, followed from its own baseline, never touched."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from inboxd.clock import SystemClock
from inboxd.config.settings import SENT, ImapSettings, MailboxSettings, SmtpSettings
from inboxd.desk.uid_plan import FolderAccount
from inboxd.errors import ConfigError
from inboxd.imap.session import ImapSession
from inboxd.runners.fetch import FetchRunner, reconcile
from inboxd.store import folders, incoming
from inboxd.store.engine import Store, open_store
from inboxd.store.rows import IncomingRow
from tests.integration.imap.conftest import Box, mail


class Watched:
    """A mailbox of which the Sent folder is followed."""

    def __init__(self, store: Store, box: Box, stack: ExitStack, sent_folder: str = SENT) -> None:
        self.store, self.box, self._stack = store, box, stack
        imap = ImapSettings(server=box.settings, folder="INBOX", after="seen", poll_seconds=60, first_run="all")
        smtp = SmtpSettings(server=box.settings, null_sender="auto")
        self.mailbox = MailboxSettings(
            name="kundeservice", imap=imap, smtp=smtp, watch_sent=True, sent_folder=sent_folder
        )

    def look(self) -> list[int]:
        """Look at both folders once, as after a restart; returns how many mails came out of each."""
        return [self._look(imap) for imap in self.mailbox.watched]

    def _look(self, imap: ImapSettings) -> int:
        runner = FetchRunner(
            self.mailbox, self.store, imap, max_message_size=9_000, clock=SystemClock(), random=lambda: 0.0, owner="a"
        )
        self._stack.callback(runner.close)
        return runner.run_once()

    def send(self, *mails: bytes) -> None:
        self.box.server.append(self.box.user, *mails, folder="Sent")

    def rows(self) -> list[IncomingRow]:
        with self.store.reading() as db:
            return list(reversed(incoming.list_incoming(db)))

    def account(self) -> FolderAccount:
        with ImapSession(self.box.settings) as session:
            return reconcile(session, self.store, self.mailbox, self.mailbox.watched[1])


@pytest.fixture
def desk(tmp_path: Path, box: Box) -> Iterator[Watched]:
    with ExitStack() as stack:
        store = open_store(f"sqlite:///{tmp_path / 'inboxd.db'}")
        stack.callback(store.close)
        with box.client() as client:
            if not client.folder_exists("Sent"):
                client.create_folder("Sent")
        yield Watched(store, box, stack)


def test_first_contact_leaves_all_that_was_sent_before_and_later_mails_are_marked_as_sent(desk: Watched) -> None:
    desk.send(mail(1), mail(2))
    desk.box.append(mail(3))
    assert desk.look() == [1, 0]
    desk.send(mail(4))
    desk.box.append(mail(5))
    assert desk.look() == [1, 1]
    assert [(row.folder, row.sent) for row in desk.rows()] == [("INBOX", False), ("INBOX", False), (SENT, True)]
    assert desk.account() == FolderAccount(on_server=3, before_baseline=2, by_state=(("incoming", 1),), missing=())


def test_nothing_in_the_sent_folder_is_ever_changed(desk: Watched) -> None:
    desk.look()
    desk.send(mail(1))
    desk.look()
    with desk.store.begin() as db:
        (row,) = desk.rows()
        incoming.discard(db, row.id, "")
    desk.look()
    with desk.box.client() as client:
        client.select_folder("Sent", readonly=True)
        (flags,) = client.get_flags(client.search("ALL")).values()
    assert rb"\Seen" not in flags


def test_another_uidvalidity_brings_in_again_only_what_was_sent_since_first_contact_and_in_silence(
    desk: Watched,
) -> None:
    desk.look()
    desk.send(mail(1))
    desk.look()
    with desk.box.client() as client:
        client.delete_folder("Sent")
        client.create_folder("Sent")
    desk.send(mail(1))
    with desk.store.begin() as db:  # whatever the server makes of it
        (state,) = [one for one in folders.list_folders(db) if one.folder == SENT]
        folders.change_uidvalidity(db, state.id, uidvalidity=state.uidvalidity + 1_000, baseline_uid=0)
    assert desk.look() == [0, 1]
    assert {row.sent for row in desk.rows()} == {True}
    account = desk.account()
    assert (account.on_server, account.missing) == (1, ())


def test_a_folder_that_is_not_there_stops_only_itself_and_is_named(desk: Watched) -> None:
    desk.mailbox = replace(desk.mailbox, sent_folder="Sendte elementer")
    desk.box.append(mail(1))
    inbox, sent = desk.mailbox.watched
    assert desk._look(inbox) == 1
    with pytest.raises(ConfigError, match="Sendte elementer"):
        desk._look(sent)
    with desk.store.reading() as db:
        failing = {one.folder: one.last_error for one in folders.list_folders(db)}
    assert failing["INBOX"] is None
    assert "no folder" in str(failing["Sendte elementer"])

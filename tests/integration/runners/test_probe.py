"""Looking at servers without changing anything."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from inboxd.config.file import load
from inboxd.config.settings import Settings
from inboxd.errors import MailboxUnreachable
from inboxd.runners.probe import check_servers, reconcile
from inboxd.store.engine import open_store
from tests.e2e.desk_at_work import DeskAtWork
from tests.integration.paper_desk import mail, write_config
from tests.servers.dovecot import Dovecot
from tests.servers.imap_users import User
from tests.servers.ports import free_ports
from tests.servers.pymap import PymapServer
from tests.servers.smtp_sink import SmtpSink


def settings(folder: Path, server: Dovecot | PymapServer, sink: SmtpSink, user: User, **imap: str) -> Settings:
    path = write_config(folder, imap_port=server.imap_port, smtp_port=sink.port, user=user.address)
    more = "".join(f'  {key} = "{value}"\n' for key, value in imap.items())
    path.write_text(path.read_text().replace("  [mailbox.smtp]", f"{more}  [mailbox.smtp]"))
    return load(path, env={"KS_PASSWORD": user.password})


def test_servers_that_answer_tell_what_is_there(tmp_path: Path, pymap: PymapServer, smtp_sink: SmtpSink) -> None:
    user = pymap.new_user()
    pymap.append(user, mail(number=1), mail(number=2))
    imap, smtp = check_servers(settings(tmp_path, pymap, smtp_sink, user, first_run="all"))
    assert imap["ok"]
    assert smtp["ok"]
    assert (imap["folder"], imap["mails"], imap["would_fetch"]) == ("INBOX", 2, 2)
    assert "IDLE" in imap["capabilities"]
    assert imap["uidvalidity"] > 0
    assert imap["lacks"] == []
    assert "8bitmime" in smtp["capabilities"]
    with pymap.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search("SEEN") == []


def test_the_sent_folder_that_would_be_watched_is_named(tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink) -> None:
    known = settings(tmp_path, dovecot, smtp_sink, dovecot.new_user())
    assert check_servers(known)[0]["sent_folder"] is None
    (box,) = known.mailboxes
    assert check_servers(replace(known, mailboxes=(replace(box, watch_sent=True),)))[0]["sent_folder"] == "Sent"
    missing = replace(box, watch_sent=True, sent_folder=r"\Junk")
    refused = check_servers(replace(known, mailboxes=(missing,)))[0]
    assert (refused["ok"], refused["hint"]) == (False, "Name it with sent_folder in config.toml.")


@pytest.mark.parametrize(("first_run", "would_fetch"), [("new", 0), ("since:2000-01-01", 2), ("since:2999-01-01", 0)])
def test_what_would_be_fetched_follows_the_first_run(
    tmp_path: Path, pymap: PymapServer, smtp_sink: SmtpSink, first_run: str, would_fetch: int
) -> None:
    user = pymap.new_user()
    pymap.append(user, mail(number=1), mail(number=2))
    found = check_servers(settings(tmp_path, pymap, smtp_sink, user, first_run=first_run))
    assert found[0]["would_fetch"] == would_fetch


def test_a_server_that_refuses_stops_no_other(tmp_path: Path, pymap: PymapServer, smtp_sink: SmtpSink) -> None:
    user = User(address="nobody@desk.example", password="wrong")
    imap, smtp = check_servers(settings(tmp_path, pymap, smtp_sink, user))
    assert not imap["ok"]
    assert imap["error"]
    assert smtp["ok"]
    smtp_sink.stop()
    _, smtp = check_servers(settings(tmp_path, pymap, smtp_sink, pymap.new_user()))
    assert not smtp["ok"]
    assert str(smtp_sink.port) in smtp["error"]
    smtp_sink.start()


def test_rights_that_are_lacking_are_told(tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink) -> None:
    user = dovecot.new_user()
    with dovecot.client(user) as client:
        client.create_folder("Arkiv")
    for after, lacks in (("seen", []), ("keep", []), ("delete", []), ("move:Arkiv", []), ("move:Nei", ["folder Nei"])):
        found = check_servers(settings(tmp_path, dovecot, smtp_sink, user, after=after))[0]
        assert found["ok"], found
        assert found["lacks"] == lacks


def test_what_lies_on_the_server_is_accounted_for_or_missing(at_work: DeskAtWork, pymap: PymapServer) -> None:
    pymap.append(at_work.user, mail())
    unread = at_work.run("incoming", "reconcile", "--json", check=False)
    assert unread.returncode == 1
    document = json.loads(unread.stdout)
    assert set(document) == {"folders", "letters", "ok"}
    assert not document["ok"]
    (folder,) = document["folders"]
    assert {"mailbox", "folder", "on_server", "before_baseline", "accounted", "missing"} <= set(folder)
    assert (folder["on_server"], folder["accounted"], len(folder["missing"])) == (1, 0, 1)
    at_work.run("run", "--once")
    document = at_work.ask("incoming", "reconcile")
    assert document["ok"]
    assert (document["folders"][0]["accounted"], document["folders"][0]["missing"]) == (1, [])


def test_a_mailbox_that_cannot_be_reached_is_an_error(tmp_path: Path, pymap: PymapServer, smtp_sink: SmtpSink) -> None:
    path = write_config(tmp_path, imap_port=free_ports(1)[0], smtp_port=smtp_sink.port)
    desk = load(path, env={"KS_PASSWORD": "x"})
    store = open_store(desk.database_url)
    with pytest.raises(MailboxUnreachable):
        reconcile(desk, store)
    store.close()

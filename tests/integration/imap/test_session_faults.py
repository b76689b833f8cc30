"""ImapSession against what real servers seldom or never do (rules.md F18-F35), by the scripted fake."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from inboxd.errors import ConfigError, InboxdError, LoginRefused, MailboxUnreachable
from inboxd.imap.session import ImapSession
from tests.integration.imap.conftest import QUICK, settings_of
from tests.servers.dovecot import User
from tests.servers.fake_imap import CUT, HANG, FakeImap, with_mails
from tests.servers.ports import free_ports

Wake = tuple[socket.socket, socket.socket]
Connect = Callable[[FakeImap], ImapSession]
DESK = User(address="desk", password="secret-canary")


def test_a_closed_port_is_unreachable() -> None:
    (port,) = free_ports(1)
    with FakeImap() as fake, pytest.raises(MailboxUnreachable, match="refused"):
        ImapSession(settings_of(fake, DESK, port=port), timeouts=QUICK)


def test_a_name_that_does_not_resolve_is_unreachable() -> None:
    with FakeImap() as fake, pytest.raises(MailboxUnreachable, match="cannot be resolved"):
        ImapSession(settings_of(fake, DESK, host="imap.invalid"), timeouts=QUICK)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("GREETING", HANG),
        ("GREETING", CUT),
        ("GREETING", "* BYE too busy\n" + CUT),
        ("GREETING", "HTTP/1.1 400 Bad Request"),
        ("LOGIN", CUT),
        ("LOGIN", HANG),
        ("LOGIN", "{tag} NO [UNAVAILABLE] Temporary authentication failure"),
        ("LOGIN", "{tag} NO [INUSE] try later"),
        ("LOGIN", "{tag} NO [LIMIT] too many connections"),
        ("LOGIN", "* BYE shutting down\n" + CUT),
        ("SELECT", CUT),
        ("SELECT", HANG),
        ("SELECT", "{tag} NO [SERVERBUG] internal error"),
        ("SELECT", "{tag} NO [INUSE] locked"),
        ("SELECT", "* many EXISTS\n{tag} OK done"),
        ("UID SEARCH", CUT),
        ("UID SEARCH", "{tag} BAD what"),
        ("UID SEARCH", "* SEARCH one two\n{tag} OK done"),
    ],
)
def test_a_server_that_fails_is_unreachable(fake_session: Connect, command: str, answer: str) -> None:
    def look(fake: FakeImap) -> None:
        session = fake_session(fake)
        session.select("INBOX")
        session.search_uids(0)

    with FakeImap({"SELECT": with_mails(1, 2), command: answer}) as fake, pytest.raises(MailboxUnreachable) as failure:
        look(fake)
    assert "canary" not in str(failure.value)


@pytest.mark.parametrize(
    "answer",
    [
        "{tag} NO [AUTHENTICATIONFAILED] Invalid credentials",
        "{tag} NO [EXPIRED] the password has expired",
        "{tag} NO no",
        "{tag} BAD LOGIN desk secret-canary",
    ],
)
def test_a_refused_login_is_a_matter_for_the_admin(answer: str) -> None:
    with FakeImap({"LOGIN": answer}) as fake, pytest.raises(LoginRefused) as refused:
        ImapSession(settings_of(fake, DESK), timeouts=QUICK)
    assert "canary" not in str(refused.value)


def test_a_greeting_without_login_is_refused() -> None:
    with FakeImap({"GREETING": "* PREAUTH welcome"}) as fake, pytest.raises(ConfigError, match="PREAUTH"):
        ImapSession(settings_of(fake, DESK), timeouts=QUICK)
    assert fake.count("LOGIN") == 0


def test_a_server_without_starttls_never_sees_the_password() -> None:
    with FakeImap() as fake, pytest.raises(ConfigError, match="starttls"):
        ImapSession(settings_of(fake, DESK, tls="starttls"), timeouts=QUICK)
    assert fake.count("LOGIN") == 0


@pytest.mark.parametrize(
    "answer", ["{tag} NO [NONEXISTENT] unknown", "{tag} NO [TRYCREATE] unknown", "{tag} NO unknown"]
)
def test_a_missing_folder_is_named_whether_or_not_there_is_a_code(fake_session: Connect, answer: str) -> None:
    with FakeImap({"SELECT": answer, "LIST": "{tag} OK done"}) as fake, pytest.raises(ConfigError, match="'Sak'"):
        fake_session(fake).select("Sak")


def test_a_folder_that_is_there_but_refused_is_unreachable(fake_session: Connect) -> None:
    answers = {"SELECT": "{tag} NO not now", "LIST": '* LIST () "/" INBOX\n{tag} OK done'}
    with FakeImap(answers) as fake, pytest.raises(MailboxUnreachable):
        fake_session(fake).select("INBOX")


def test_a_folder_without_rights_is_a_matter_for_the_admin(fake_session: Connect) -> None:
    with FakeImap({"SELECT": "{tag} NO [NOPERM] no"}) as fake, pytest.raises(ConfigError, match="NOPERM"):
        fake_session(fake).select("INBOX")


def test_a_folder_without_uidvalidity_is_refused(fake_session: Connect) -> None:
    with FakeImap({"SELECT": "* 1 EXISTS\n{tag} OK done"}) as fake, pytest.raises(ConfigError, match="UIDVALIDITY"):
        fake_session(fake).select("INBOX")


def test_a_missing_uidnext_is_asked_for_by_search(fake_session: Connect) -> None:
    select = "* 3 EXISTS\n* OK [UIDVALIDITY 4294967295] .\n{tag} OK done"
    with FakeImap({"SELECT": select, "UID SEARCH UID *": "* SEARCH 41\n{tag} OK done"}) as fake:
        status = fake_session(fake).select("INBOX")
    assert (status.uidvalidity, status.uidnext) == (4294967295, 42)


def test_25000_mails_are_searched_in_windows_of_short_lines(fake_session: Connect) -> None:
    uids = [3_000_000_000 + 7 * number for number in range(25_000)]
    top, bottom = " ".join(map(str, uids[5_000:])), " ".join(map(str, uids[:5_000]))
    answers = {
        "SELECT": with_mails(25_000, uids[-1] + 1),
        "UID SEARCH 5001:* ": f"* SEARCH {top}\n{{tag}} OK done",
        "UID SEARCH 1:5000 ": f"* SEARCH {bottom}\n{{tag}} OK done",
    }
    with FakeImap(answers) as fake:
        session = fake_session(fake)
        session.select("INBOX")
        assert session.search_uids(0) == tuple(uids)
        assert fake.commands[-2:] == ["UID SEARCH 5001:* UID 1:*", "UID SEARCH 1:5000 UID 1:*"]


def test_new_mail_in_a_large_folder_is_searched_in_one_go(fake_session: Connect) -> None:
    answers = {"SELECT": with_mails(90_000, 90_001), "UID SEARCH": "* SEARCH 89999 90000\n{tag} OK done"}
    with FakeImap(answers) as fake:
        session = fake_session(fake)
        session.select("INBOX")
        assert session.search_uids(89_998, 90_000) == (89_999, 90_000)
        assert fake.count("UID SEARCH") == 1


def test_exists_in_the_packet_of_the_continuation_is_not_lost(fake_session: Connect, wake: Wake) -> None:
    with FakeImap({"IDLE": "+ idling\r\n* 1 EXISTS"}) as fake:
        session = fake_session(fake)
        session.select("INBOX")
        assert session.wait(0.2, wake[0])


def test_exists_told_by_noop_is_enough(fake_session: Connect, wake: Wake) -> None:
    with FakeImap({"NOOP": "* 1 EXISTS\n{tag} OK done"}) as fake:
        session = fake_session(fake)
        session.select("INBOX")
        assert session.wait(20, wake[0])
        assert fake.count("IDLE") == 0


def test_exists_told_in_the_reply_to_another_command_is_not_lost(fake_session: Connect, wake: Wake) -> None:
    with FakeImap({"SELECT": with_mails(1, 2), "UID SEARCH": "* SEARCH 1\n* 2 EXISTS\n{tag} OK done"}) as fake:
        session = fake_session(fake)
        session.select("INBOX")
        assert session.search_uids(0) == (1,)
        assert session.wait(20, wake[0])
        session.select("INBOX")
        assert not session.wait(0.05, wake[0])


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("IDLE", "+ idling\n" + CUT),
        ("IDLE", CUT),
        ("IDLE", "* 1 EXISTS\n+ idling"),
        ("IDLE", "+ idling\n* BYE shutting down\n" + CUT),
        ("IDLE", "+ idling\n* BYE shutting down"),
        ("IDLE", "{tag} BAD not now"),
        ("IDLE", "{tag} NO not now"),
        ("IDLE", "+ idling\n* 1 EXI\r" + "\n" + CUT),
        ("DONE", HANG),
        ("DONE", CUT),
        ("DONE", "* BYE\n" + CUT),
        ("NOOP", "* BYE kicked\n" + CUT),
        ("NOOP", HANG),
    ],
)
def test_a_connection_that_ends_in_idle_is_noticed(
    fake_session: Connect, wake: Wake, command: str, answer: str
) -> None:
    with FakeImap({command: answer}) as fake:
        session = fake_session(fake)
        session.select("INBOX")
        with pytest.raises(MailboxUnreachable):
            session.wait(0.2, wake[0])


def test_without_idle_only_the_wake_is_heard(fake_session: Connect, wake: Wake) -> None:
    with FakeImap({"CAPABILITY": "* CAPABILITY IMAP4rev1\n{tag} OK done"}) as fake:
        session = fake_session(fake)
        session.select("INBOX")
        assert not session.wait(0.05, wake[0])
        wake[1].send(b"x")
        assert not session.wait(20, wake[0])
        assert fake.count("IDLE") == 0


def test_rights_are_told_where_the_server_knows_acl(fake_session: Connect) -> None:
    answers = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1 ACL\n{tag} OK done",
        "MYRIGHTS": '* MYRIGHTS "Arkiv 1" lrs\n{tag} OK done',
    }
    with FakeImap(answers) as fake:
        assert fake_session(fake).rights("Arkiv 1") == "lrs"


def test_a_ca_file_that_is_no_certificate_is_a_matter_for_the_admin() -> None:
    with FakeImap() as fake, pytest.raises(InboxdError, match="ca_file") as refused:
        ImapSession(settings_of(fake, DESK, tls="implicit", ca_file=Path(__file__)))
    assert isinstance(refused.value, ConfigError)

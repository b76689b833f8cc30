"""ImapSession against real servers: Dovecot and pymap."""

import datetime as dt
import socket
import threading

import pytest

from inboxd.errors import ConfigError, LoginRefused
from inboxd.imap.session import ImapSession
from tests.integration.imap.conftest import Box, mail, settings_of
from tests.servers.dovecot import Dovecot, User
from tests.servers.pymap import PymapServer

Wake = tuple[socket.socket, socket.socket]


def test_select_tells_uidvalidity_uidnext_and_exists(box: Box) -> None:
    box.append(mail(1), mail(2))
    with box.session() as session:
        status = session.select("INBOX")
    assert status.uidvalidity > 0
    assert status.exists == 2
    assert status.uidnext > 2


def test_search_finds_the_mails_above_a_uid_and_never_the_last_one_below_it(box: Box) -> None:
    box.append(mail(1), mail(2), mail(3))
    with box.session() as session:
        session.select("INBOX")
        first, second, third = session.search_uids(0)
        assert session.search_uids(first) == (second, third)
        assert session.search_uids(first, second) == (second,)
        assert session.search_uids(third) == ()


def test_search_in_an_empty_folder_finds_nothing(box: Box) -> None:
    with box.session() as session:
        assert session.select("INBOX").exists == 0
        assert session.search_uids(0) == ()


def test_search_in_windows_finds_the_same_as_in_one(box: Box) -> None:
    box.append(*(mail(number) for number in range(7)))
    with box.session() as session:
        session.select("INBOX")
        whole = session.search_uids(0)
    with ImapSession(box.settings, search_window=3) as session:
        session.select("INBOX")
        assert session.search_uids(0) == whole
        assert session.search_uids(whole[1], whole[6]) == whole[2:]


def test_mails_since_a_date_are_found(box: Box) -> None:
    long_ago = dt.datetime(2020, 1, 1, 12, tzinfo=dt.UTC)
    with box.client() as client:
        client.append("INBOX", mail(1), msg_time=long_ago)
        client.append("INBOX", mail(2))
    with box.session() as session:
        session.select("INBOX")
        old, new = session.search_uids(0)
        assert session.search_since(dt.date(2026, 1, 1)) == (new,)
        assert session.search_since(dt.date(2019, 1, 1)) == (old, new)


def test_octets_come_byte_for_byte_and_unseen(box: Box) -> None:
    octets = mail(1, body="Blåbær\r\n.\r\n\r\nslutt")
    box.append(octets)
    with box.session() as session:
        session.select("INBOX")
        (uid,) = session.search_uids(0)
        assert session.fetch_octets([uid]) == {uid: octets}
    assert box.flags() == {uid: ()}


def test_sizes_are_octets_and_dates_are_aware(box: Box) -> None:
    box.append(mail(1), mail(22))
    with box.session() as session:
        session.select("INBOX")
        sizes = session.sizes(session.search_uids(0))
    assert [size.size for size in sizes] == [len(mail(1)), len(mail(22))]
    assert all(size.internaldate and size.internaldate.tzinfo for size in sizes)


def test_the_header_alone_comes_without_the_body_and_unseen(box: Box) -> None:
    box.append(mail(1))
    with box.session() as session:
        session.select("INBOX")
        (uid,) = session.search_uids(0)
        header = session.fetch_header(uid)
    assert header is not None
    assert header == mail(1).split(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert box.flags() == {uid: ()}


def test_a_uid_that_is_not_there_gets_no_octets_and_no_size(box: Box) -> None:
    box.append(mail(1))
    with box.session() as session:
        session.select("INBOX")
        (uid,) = session.search_uids(0)
        assert session.fetch_octets([uid + 7]) == {}
        assert session.sizes([uid, uid + 7])[0].uid == uid
        assert session.present([uid, uid + 7]) == (uid,)


def test_a_folder_that_is_not_there_is_named(box: Box) -> None:
    with box.session() as session, pytest.raises(ConfigError, match="Finnes ikke"):
        session.select("Finnes ikke")


def test_a_folder_with_norwegian_letters_and_spaces_opens(box: Box) -> None:
    with box.client() as client:
        client.create_folder("Innboks på kjøkkenet")
    with box.session() as session:
        assert session.select("Innboks på kjøkkenet").exists == 0


def test_a_wrong_password_is_refused_and_not_shown(box: Box) -> None:
    wrong = User(address=box.user.address, password="wrong-canary-pw")
    with pytest.raises(LoginRefused) as refused:
        ImapSession(settings_of(box.server, wrong))
    assert "canary" not in str(refused.value)
    assert "canary" not in str(refused.value.hint)


def test_a_password_with_norwegian_letters_and_quotes_logs_in(dovecot: Dovecot) -> None:
    user = dovecot.add_user("aerlig@desk.example", 'blå"bær\\grøt')
    with ImapSession(settings_of(dovecot, user)) as session:
        assert session.select("INBOX").exists == 0


def test_a_wrong_password_outside_ascii_is_refused_as_one(dovecot: Dovecot) -> None:
    with pytest.raises(LoginRefused):
        ImapSession(settings_of(dovecot, User(address="nobody@desk.example", password="blåbær")))


def test_capabilities_name_what_both_servers_have(box: Box) -> None:
    with box.session() as session:
        assert {"IDLE", "MOVE", "UIDPLUS"} <= session.capabilities


def test_rights_are_unknown_without_acl(box: Box) -> None:
    with box.session() as session:
        assert session.rights("INBOX") is None


def test_wait_returns_when_mail_arrives(box: Box, wake: Wake) -> None:
    with box.session() as session:
        session.select("INBOX")
        sender = threading.Timer(0.3, box.append, [mail(1)])
        sender.start()
        assert session.wait(20, wake[0])
        sender.join()
        assert len(session.search_uids(0)) == 1


def test_wait_tells_of_mail_that_came_between_search_and_idle(box: Box, wake: Wake) -> None:
    with box.session() as session:
        session.select("INBOX")
        assert session.search_uids(0) == ()
        box.append(mail(1))
        assert session.wait(20, wake[0])
        assert len(session.search_uids(0)) == 1


def test_wait_ends_after_its_timeout_and_the_session_goes_on(box: Box, wake: Wake) -> None:
    with box.session() as session:
        session.select("INBOX")
        assert not session.wait(0.05, wake[0])
        assert not session.wait(0.05, wake[0])
        assert session.search_uids(0) == ()


def test_wait_is_woken_from_outside_and_the_session_goes_on(box: Box, wake: Wake) -> None:
    with box.session() as session:
        session.select("INBOX")
        wake[1].send(b"x")
        assert not session.wait(20, wake[0])
        box.append(mail(1))
        session.select("INBOX")
        assert len(session.search_uids(0)) == 1


def test_sessions_at_both_servers_share_one_contract(dovecot: Dovecot, pymap: PymapServer) -> None:
    for server in (dovecot, pymap):
        with ImapSession(settings_of(server, server.new_user())) as session:
            assert session.select("INBOX", readonly=True).exists == 0

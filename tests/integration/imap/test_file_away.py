"""What is done on the server after a mail is filed here; every step may be repeated."""

from collections.abc import Callable

import pytest

from inboxd.errors import ConfigError, MailboxUnreachable
from inboxd.imap.file_away import file_away
from inboxd.imap.session import ImapSession
from tests.integration.imap.conftest import Box, mail
from tests.servers.fake_imap import CUT, FakeImap, with_mails

Connect = Callable[[FakeImap], ImapSession]


def _file(box: Box, after: str, *, times: int = 2) -> tuple[int, int]:
    """File the first of two mails away, `times` over; returns both UIDs."""
    with box.session() as session:
        session.select("INBOX")
        first, second = session.search_uids(0)
        for _ in range(times):
            file_away(session, after, [first])
    return first, second


def _subjects(box: Box, folder: str) -> list[bytes]:
    return [octets.split(b"\r\n")[2] for octets in box.server.mails(box.user, folder)]


def test_keep_changes_nothing(box: Box) -> None:
    box.append(mail(1), mail(2))
    first, second = _file(box, "keep")
    assert box.flags() == {first: (), second: ()}


def test_seen_marks_just_the_filed_mail(box: Box) -> None:
    box.append(mail(1), mail(2))
    first, second = _file(box, "seen")
    assert box.flags() == {first: (rb"\Seen",), second: ()}


def test_delete_takes_just_the_filed_mail_and_no_mail_that_others_marked(box: Box) -> None:
    box.append(mail(1), mail(2))
    with box.client() as other:
        other.select_folder("INBOX")
        other.delete_messages(other.search("ALL")[1:])
    _, second = _file(box, "delete")
    assert box.flags() == {second: (rb"\Deleted",)}


def test_move_puts_the_mail_into_the_folder_once(box: Box) -> None:
    with box.client() as client:
        client.create_folder("Behandlet")
    box.append(mail(1), mail(2))
    _, second = _file(box, "move:Behandlet")
    assert list(box.flags()) == [second]
    assert _subjects(box, "Behandlet") == [b"Subject: Hei 1"]


def test_moving_to_a_folder_that_is_not_there_names_it_and_keeps_the_mail(box: Box) -> None:
    box.append(mail(1), mail(2))
    with pytest.raises(ConfigError, match="Finnes ikke"):
        _file(box, "move:Finnes ikke")
    assert len(box.flags()) == 2


def test_no_mails_need_no_command(fake_session: Connect) -> None:
    with FakeImap() as fake:
        session = fake_session(fake)
        before = list(fake.commands)
        file_away(session, "delete", [])
        assert fake.commands == before


def test_a_word_that_the_configuration_should_have_refused_changes_nothing(fake_session: Connect) -> None:
    with FakeImap() as fake:
        session = fake_session(fake)
        before = list(fake.commands)
        with pytest.raises(ValueError, match="expunge"):
            file_away(session, "expunge", [1])
        assert fake.commands == before


def test_without_move_a_mail_is_copied_marked_and_expunged_alone(fake_session: Connect) -> None:
    answers = {
        "SELECT": with_mails(1, 5),
        "CAPABILITY": "* CAPABILITY IMAP4rev1 UIDPLUS\n{tag} OK done",
        "UID SEARCH": "* SEARCH 4\n{tag} OK done",
    }
    with FakeImap(answers) as fake:
        session = fake_session(fake)
        session.select("INBOX")
        file_away(session, "move:Arkiv", [4])
        done = [line for line in fake.commands if line.startswith("UID ")]
        assert done == [
            "UID SEARCH UID 4 UNDELETED",
            'UID COPY 4 "Arkiv"',
            "UID STORE 4 +FLAGS.SILENT (\\Deleted)",
            "UID EXPUNGE 4",
        ]


def test_without_uidplus_nothing_is_ever_expunged(fake_session: Connect) -> None:
    answers = {
        "SELECT": with_mails(1, 5),
        "CAPABILITY": "* CAPABILITY IMAP4rev1\n{tag} OK done",
        "UID SEARCH": "* SEARCH 4\n{tag} OK done",
    }
    with FakeImap(answers) as fake:
        session = fake_session(fake)
        session.select("INBOX")
        file_away(session, "move:Arkiv", [4])
        file_away(session, "delete", [4])
        assert not [line for line in fake.commands if "EXPUNGE" in line]


def test_a_move_that_happened_before_the_line_was_cut_is_not_repeated(fake_session: Connect) -> None:
    answers = {
        "SELECT": with_mails(1, 5),
        "UID SEARCH": ["* SEARCH 4\n{tag} OK done", "* SEARCH\n{tag} OK done"],
        "UID MOVE": CUT,
    }
    with FakeImap(answers) as fake:
        first = fake_session(fake)
        first.select("INBOX")
        with pytest.raises(MailboxUnreachable):
            file_away(first, "move:Arkiv", [4])
        again = fake_session(fake)
        again.select("INBOX")
        file_away(again, "move:Arkiv", [4])
        assert fake.count("UID MOVE") == 1

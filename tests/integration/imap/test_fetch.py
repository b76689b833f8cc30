"""Sizes first, then octets; every UID asked for is accounted for."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from inboxd.errors import MailboxUnreachable
from inboxd.imap import session as session_module
from inboxd.imap.fetch import Batch, fetch_batch, measure
from inboxd.imap.session import ImapSession
from tests.integration.imap.conftest import Box, mail
from tests.servers.fake_imap import CUT, HANG, FakeImap, with_mails

Connect = Callable[[FakeImap], ImapSession]
SIZES = "* 1 FETCH (UID 1 RFC822.SIZE 5)\n* 2 FETCH (UID 2 RFC822.SIZE 5)\n{tag} OK done"
BOTH = "* 1 FETCH (UID 1 BODY[] {5}\r\nab\r\nc)\n* 2 FETCH (UID 2 BODY[] {5}\r\nde\r\nf)\n{tag} OK done"


def test_a_batch_holds_every_mail_with_its_octets_size_and_date(box: Box) -> None:
    box.append(mail(1), mail(22))
    with box.session() as session:
        session.select("INBOX")
        measured = measure(session, session.search_uids(0))
        batch = fetch_batch(session, measured.sizes, 10_000)
    assert [message.octets for message in batch.messages] == [mail(1), mail(22)]
    assert [message.size for message in batch.messages] == [len(mail(1)), len(mail(22))]
    assert all(message.internaldate and not message.headers_only for message in batch.messages)
    assert (batch.vanished, batch.unread) == ((), ())


def test_of_a_mail_over_the_limit_only_the_header_comes(box: Box) -> None:
    box.append(mail(1), mail(2, body="x" * 5_000))
    with box.session() as session:
        session.select("INBOX")
        batch = fetch_batch(session, measure(session, session.search_uids(0)).sizes, 2_000)
    small, large = batch.messages
    assert (small.headers_only, large.headers_only) == (False, True)
    assert large.octets == mail(2).split(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert large.size > 5_000


def test_an_empty_mail_is_a_mail(dovecot_box: Box) -> None:
    with dovecot_box.client() as client:
        client.append("INBOX", b"\r\n")
    with dovecot_box.session() as session:
        session.select("INBOX")
        batch = fetch_batch(session, measure(session, session.search_uids(0)).sizes, 2_000)
    assert [message.octets for message in batch.messages] == [b"\r\n"]


def test_a_mail_expunged_between_search_and_fetch_has_vanished(box: Box) -> None:
    box.append(mail(1), mail(2))
    with box.session() as session:
        session.select("INBOX")
        first, second = session.search_uids(0)
        measured = measure(session, [first, second])
        with box.client() as other:
            other.select_folder("INBOX")
            other.delete_messages([first])
            other.uid_expunge([first])
        batch = fetch_batch(session, measured.sizes, 10_000)
        # Dovecot may still hand out the octets of a mail that another session expunged
        assert {message.uid for message in batch.messages} | set(batch.vanished) == {first, second}
        assert batch.unread == ()
        session.select("INBOX")
        assert measure(session, [first, second]).vanished == (first,)


def _fetch(session: ImapSession) -> Batch:
    session.select("INBOX")
    measured = measure(session, [1, 2])
    batch = fetch_batch(session, measured.sizes, 10_000)
    return Batch(
        messages=batch.messages, vanished=measured.vanished + batch.vanished, unread=measured.unread + batch.unread
    )


def _fake(**answers: str | list[str]) -> FakeImap:
    fake = FakeImap(
        {
            "SELECT": with_mails(2, 3),
            "UID FETCH 1,2 (RFC822.SIZE": SIZES,
            "UID FETCH 1,2 (BODY.PEEK": BOTH,
            "UID SEARCH": "* SEARCH 1 2\n{tag} OK done",
        }
    )
    fake.answers |= {key.replace("_", " "): answer for key, answer in answers.items()}
    return fake


def test_the_fake_hands_out_both_mails(fake_session: Connect) -> None:
    with _fake() as fake:
        batch = _fetch(fake_session(fake))
    assert [(message.uid, message.octets) for message in batch.messages] == [(1, b"ab\r\nc"), (2, b"de\r\nf")]


@pytest.mark.parametrize(
    "answer",
    [
        "* 1 FETCH (UID 1 BODY[] {5}\r\nab\r\nc)\n* 2 FETCH (UID 2 FLAGS (\\Seen))\n{tag} OK done",
        "* 1 FETCH (UID 1 BODY[] {5}\r\nab\r\nc)\n* 2 FETCH (UID 2 BODY[] NIL)\n{tag} OK done",
        '* 1 FETCH (UID 1 BODY[] {5}\r\nab\r\nc)\n* 2 FETCH (UID 2 BODY[] "")\n{tag} OK done',
        "* 1 FETCH (UID 1 BODY[] {5}\r\nab\r\nc)\n{tag} OK done",
    ],
)
def test_a_mail_without_its_octets_in_the_reply_stays_to_be_fetched(fake_session: Connect, answer: str) -> None:
    with _fake() as fake:
        fake.answers["UID FETCH 1,2 (BODY.PEEK"] = answer
        batch = _fetch(fake_session(fake))
    assert [message.uid for message in batch.messages] == [1]
    assert (batch.vanished, batch.unread) == ((), (2,))


def test_a_mail_without_a_size_is_not_fetched(fake_session: Connect) -> None:
    with _fake() as fake:
        fake.answers["UID FETCH 1,2 (RFC822.SIZE"] = "* 1 FETCH (UID 1 RFC822.SIZE 5)\n{tag} OK done"
        fake.answers["UID FETCH 1 (BODY.PEEK"] = "* 1 FETCH (UID 1 BODY[] {5}\r\nab\r\nc)\n{tag} OK done"
        batch = _fetch(fake_session(fake))
    assert ([message.uid for message in batch.messages], batch.unread) == ([1], (2,))


def test_one_refused_mail_hides_no_other(fake_session: Connect) -> None:
    with _fake() as fake:
        fake.answers["UID FETCH 1,2 (BODY.PEEK"] = "{tag} NO [SERVERBUG] internal error"
        fake.answers["UID FETCH 1 (BODY.PEEK"] = "{tag} NO [SERVERBUG] internal error"
        fake.answers["UID FETCH 2 (BODY.PEEK"] = "* 2 FETCH (UID 2 BODY[] {5}\r\nde\r\nf)\n{tag} OK done"
        batch = _fetch(fake_session(fake))
    assert ([message.uid for message in batch.messages], batch.unread) == ([2], (1,))


@pytest.mark.parametrize(
    "answer",
    [
        "* 1 FETCH (UID 1 BODY[] {100}\r\nab\r\nc)\n{tag} OK done\n" + CUT,  # a literal that ends too early
        "* 1 FETCH (UID 1 BODY[] {100}\r\nab\r\nc)\n{tag} OK done\n" + HANG,
        "* 1 FETCH (UID 1 BODY[] {5}\r\nab\n" + CUT,
        "* 1 FETCH (UID 1 BODY[] {6}\r\nab\r\nc)\n{tag} OK done",  # the literal swallows the parenthesis
        "* 1 FETCH (UID 1 BODY[] {4}\r\nab\r\nc)\n{tag} OK done",
        "* 1 FETCH (UID one BODY[] {5}\r\nab\r\nc)\n{tag} OK done",
        CUT,
        HANG,
        "* BYE\n" + CUT,
    ],
)
def test_nothing_of_a_broken_reply_counts(fake_session: Connect, answer: str) -> None:
    with _fake() as fake:
        fake.answers["UID FETCH 1,2 (BODY.PEEK"] = answer
        with pytest.raises(MailboxUnreachable):
            _fetch(fake_session(fake))


def test_a_mail_that_comes_short_once_is_asked_for_again(fake_session: Connect) -> None:
    with _fake() as fake:
        fake.answers["UID FETCH 1,2 (BODY.PEEK"] = BOTH.replace("{5}\r\nde\r\nf", "{2}\r\nde")
        fake.answers["UID FETCH 2 (BODY.PEEK"] = "* 2 FETCH (UID 2 BODY[] {5}\r\nde\r\nf)\n{tag} OK done"
        batch = _fetch(fake_session(fake))
    assert ([message.octets for message in batch.messages], batch.unread) == ([b"ab\r\nc"], (2,))


def test_a_size_that_was_wrong_is_no_reason_to_refuse_a_mail(fake_session: Connect) -> None:
    with _fake() as fake:
        fake.answers["UID FETCH 1,2 (RFC822.SIZE"] = SIZES.replace("2 RFC822.SIZE 5", "2 RFC822.SIZE 900")
        fake.answers["UID FETCH 2 (BODY.PEEK"] = "* 2 FETCH (UID 2 BODY[] {5}\r\nde\r\nf)\n{tag} OK done"
        batch = _fetch(fake_session(fake))
    assert [(message.size, message.octets) for message in batch.messages] == [(5, b"ab\r\nc"), (900, b"de\r\nf")]


def test_bodies_are_only_asked_for_by_peek() -> None:
    for source in Path(session_module.__file__).parent.glob("*.py"):
        assert not re.search(r"BODY\[|RFC822[^.]", source.read_text()), source.name

"""What an agent is told of a mail before answering it."""

from typing import Any

import pytest

from inboxd.desk.decision import Suppressed
from inboxd.desk.remarks import about_sender, first_time, no_receipt, remarks
from inboxd.mail.address import Address
from inboxd.mail.message import Attachment, MailKind, ParsedMessage
from tests.unit.desk.desks import desk, view
from tests.unit.messages import message

ELSEWHERE = Address(name="", address="annen@firma.example")


def told(parsed: ParsedMessage, kind: MailKind = MailKind.HUMAN) -> dict[str, str]:
    return {remark.rule: remark.detail for remark in remarks(parsed, kind)}


def test_of_a_plain_mail_there_is_nothing_to_say() -> None:
    assert told(message()) == {}


def test_a_mail_too_large_to_be_fetched_says_its_size_and_where_it_is() -> None:
    assert "40000000 octets" in told(message(headers_only=True, size=40_000_000))["too-large"]


def test_an_encrypted_mail_says_so() -> None:
    assert "PGP/MIME" in told(message(encryption="PGP/MIME"), MailKind.ENCRYPTED)["cannot-be-read"]


def test_a_damaged_mail_says_what_could_not_be_read() -> None:
    damaged = message(defects=("unreadable: no text", "odd date"))
    assert "no text" in told(damaged, MailKind.MALFORMED)["cannot-be-read"]
    assert "odd date" not in told(damaged, MailKind.MALFORMED)["cannot-be-read"]


@pytest.mark.parametrize("kind", [MailKind.MALFORMED, MailKind.HUMAN])
def test_small_defects_are_nothing_to_an_agent(kind: MailKind) -> None:
    assert told(message(defects=("odd date",)), kind) == {}


def test_who_cannot_be_told_for_certain_is_to_be_checked() -> None:
    assert "check who wrote" in told(message(identity=None))["who-wrote"]


def from_whom(name: str, address: str) -> ParsedMessage:
    writer = Address(name=name, address=address)
    return message(from_=(writer,), identity=writer)


def test_a_name_that_is_an_address_of_somebody_else_is_said() -> None:
    spoof = from_whom("Rektor <rektor@skole.example>", "x@evil.example")
    assert "rektor@skole.example" in told(spoof)["name-misleads"]
    assert told(from_whom("OLA@kommune.example", "ola@kommune.example")) == {}
    assert told(message(from_=(), identity=None, sender=None)).keys() == {"who-wrote"}


@pytest.mark.parametrize("domain", ["kommun\u0435.example", "xn--kommun-8of.example"])
def test_a_domain_of_two_alphabets_is_said(domain: str) -> None:
    assert "mixes alphabets" in told(from_whom("Ola", f"ola@{domain}"))["letters-mixed"]


@pytest.mark.parametrize(
    "domain", ["blåbær.example", "xn--blbr-roah.example", "почта.example", "xn--a\xff.example", "a1-b.example"]
)
def test_a_domain_of_one_alphabet_is_nothing_odd(domain: str) -> None:
    assert told(from_whom("Ola", f"ola@{domain}")) == {}


def test_answers_wanted_elsewhere_are_said() -> None:
    parsed = message()
    assert told(message(reply_to=parsed.from_)) == {}
    assert "annen@firma.example" in told(message(reply_to=(ELSEWHERE,)))["reply-to-elsewhere"]
    nobody = message(from_=(), identity=None, sender=None, reply_to=(ELSEWHERE,))
    assert list(told(nobody)) == ["who-wrote"]  # who is shown as the writer is where answers go


def test_why_there_was_no_receipt_is_evidence() -> None:
    (evidence,) = no_receipt(Suppressed(kind="receipt", reason="R04: not addressed to us"))
    assert (evidence.rule, evidence.detail) == ("no-receipt", "R04: not addressed to us")
    assert no_receipt("a draft") == ()


FILE = Attachment(part=1, filename="10915596784.pdf", content_type="application/pdf", size=1, sha256="0", inline=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Passord for 109155 96784"},
        {"text": "Hei.\n\n> fra 10915596784\n"},
        {"attachments": (FILE,)},
        {"cc": (Address(name="Kari 10915596784", address="kari@kommune.example"),)},
    ],
)
def test_a_personal_number_is_told_of_wherever_a_list_or_letter_might_repeat_it(changes: dict[str, Any]) -> None:
    assert "holds a personal number" in told(message(**changes))["personal-number"]


def test_an_account_number_is_no_persons_and_nobody_reads_a_text_without_end() -> None:
    assert told(message(text="Konto 8601.11.17947")) == {}
    assert told(message(text="Hei. " * 20_000 + "10915596784")) == {}


FAILED = ("Authentication-Results", "mx.desk.example; dmarc=fail header.from=kommune.example")


@pytest.mark.parametrize(("trusted", "said"), [(("mx.desk.example",), ["not-authentic"]), ((), [])])
def test_a_mail_that_our_own_server_calls_false_is_said_to_be(trusted: tuple[str, ...], said: list[str]) -> None:
    facts = view(desk=desk(trusted_authserv_ids=trusted))
    assert [remark.rule for remark in about_sender(message(FAILED), facts)] == said


@pytest.mark.parametrize(("known", "said"), [(False, ["first-time"]), (True, [])])
def test_the_first_case_of_a_sender_says_so(known: bool, said: list[str]) -> None:
    assert [remark.rule for remark in first_time(message(), view(known_sender=known))] == said

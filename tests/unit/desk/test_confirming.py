"""An answer to a notice says that it was read; whatever else somebody writes is a case."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.decision import Decision, OpenCase
from inboxd.desk.intake import decide
from inboxd.desk.notices.changes import NoticeRead
from inboxd.desk.notices.confirming import ANSWERED_BY_MACHINE, only_confirms
from inboxd.desk.view import View
from inboxd.mail.address import Address
from inboxd.mail.automatic import RULES
from inboxd.mail.message import MailKind, ParsedMessage, Sign
from tests.unit.desk.desks import NOW, STRANGER, changes_of, letter, rules_of, view
from tests.unit.desk.mails import PICTURE, mail

IKT = Address(name="IKT Molde", address="ikt@molde.example")
OURS = letter(id=9, kind="notice", case_id=None, recipients=(IKT.address,))


def told() -> View:
    return view(letters=(OURS,))


def answer(text: str = "Lest", kind: MailKind = MailKind.HUMAN, writer: Address = IKT, **changes: Any) -> ParsedMessage:
    values = {"subject": "SV: Driftsmelding", "in_reply_to": (OURS.message_id,), "text": text, "reply_text": text}
    return mail(kind, **{**values, "from_": (writer,), "identity": writer, **changes})


def read(decision: Decision) -> bool:
    return [change.letter_id for change in changes_of(decision, NoticeRead)] == [9]


@pytest.mark.parametrize(
    "text",
    [
        "Lest", "lest.", "OK", "Ok, takk!", "Mottatt, takk. Videresendt til alle.", "Bekrefter mottatt", "Stadfestar",
        "Lest\n\nMvh\nKari Nordmann\nIKT-leder, Molde kommune", "Takk for beskjed\nHilsen Ola", "Read, thank you",
        "Lest\n\nMed vennlig hilsen\nKari Nordmann\nIKT-leder, Molde kommune",
        "Lest.\nVennleg helsing\nSiri, Aukra kommune", "Ok\nBeste hilsener frå oss på rådhuset i Aukra",
        "👍", "", "\n\n", "Notert.\nKind regards\nJo",
    ],
)  # fmt: skip
def test_a_word_or_two_that_confirm_are_put_on_record_and_open_no_case(text: str) -> None:
    decision = decide(answer(text), told(), NOW)
    assert read(decision)
    assert (decision.kind, decision.outcome, decision.letters) == ("ignore", "ignored", ())
    assert decision.reason == "says that a notice was read"
    assert rules_of(decision)[-1] == "notice_read"


@pytest.mark.parametrize(
    "text",
    [
        "Gjelder dette oss?", "Lest. Gjelder det oss?", "Takk, men skriveren er tom", "Printer virker ikke", "Ring meg",
        "Nytt passord", "Ok, kan dere også se på skriveren", "?",
        "Takk for beskjeden, vi har sendt den videre til alle skolene våre.",
    ],
)  # fmt: skip
def test_whatever_says_more_is_a_case_and_confirms_all_the_same(text: str) -> None:
    decision = decide(answer(text), told(), NOW)
    assert read(decision)
    assert changes_of(decision, OpenCase)
    assert rules_of(decision)[-1] == "notice_read"


def test_a_short_answer_with_a_file_is_a_case() -> None:
    decision = decide(answer("Ok", attachments=(PICTURE,)), told(), NOW)
    assert read(decision)
    assert changes_of(decision, OpenCase)


@pytest.mark.parametrize("kind", [MailKind.ENCRYPTED, MailKind.MALFORMED])
def test_what_nobody_can_read_is_a_case(kind: MailKind) -> None:
    decision = decide(answer(kind=kind), told(), NOW)
    assert read(decision)
    assert changes_of(decision, OpenCase)


def test_a_header_alone_confirms_nothing() -> None:
    assert not only_confirms(answer("", headers_only=True, kind=MailKind.MALFORMED), MailKind.HUMAN)


def test_an_out_of_office_confirms_nothing() -> None:
    decision = decide(answer("Jeg er på ferie", kind=MailKind.AUTO_REPLY), told(), NOW)
    assert changes_of(decision, NoticeRead) == []
    assert (decision.kind, decision.outcome) == ("ignore", "ignored")


@pytest.mark.parametrize("rule", sorted(ANSWERED_BY_MACHINE))
def test_what_shows_signs_of_a_machine_confirms_nothing_and_is_a_case(rule: str) -> None:
    sign = Sign(rule=rule, kind=None, detail="")
    decision = decide(replace(answer("Mottatt, takk"), signs=(sign,)), told(), NOW)
    assert changes_of(decision, NoticeRead) == []
    assert changes_of(decision, OpenCase)


def test_the_signs_of_a_machine_are_rules_that_there_are() -> None:
    assert {rule.name for rule in RULES} >= ANSWERED_BY_MACHINE


def test_a_colleague_of_whom_we_wrote_to_confirms_for_the_house() -> None:
    colleague = Address(name="Siri", address="siri@Molde.example")
    assert read(decide(answer(writer=colleague), told(), NOW))


def test_a_stranger_who_answers_confirms_nothing_and_gets_a_case() -> None:
    decision = decide(answer(writer=STRANGER), told(), NOW)
    assert changes_of(decision, NoticeRead) == []
    assert changes_of(decision, OpenCase)


def test_who_answers_a_copy_that_was_sent_on_answers_its_sender() -> None:
    sent_on = answer(in_reply_to=("<copy@molde.example>",), references=(OURS.message_id, "<copy@molde.example>"))
    assert changes_of(decide(sent_on, told(), NOW), NoticeRead) == []


def test_without_in_reply_to_the_last_reference_is_the_parent() -> None:
    assert read(decide(answer(in_reply_to=(), references=("<other@x.example>", OURS.message_id)), told(), NOW))


def test_a_forged_token_confirms_nothing() -> None:
    forged = OURS.message_id.replace("<9.", "<8.")
    assert changes_of(decide(answer(in_reply_to=(forged,)), told(), NOW), NoticeRead) == []


@pytest.mark.parametrize("changes", [{"kind": "alert"}, {"case_id": 1}])
def test_letters_of_another_sort_are_not_confirmed(changes: dict[str, Any]) -> None:
    other = letter(**{"id": 9, "kind": "notice", "case_id": None, "recipients": (IKT.address,), **changes})
    decision = decide(answer(in_reply_to=(other.message_id,)), view(letters=(other,)), NOW)
    assert changes_of(decision, NoticeRead) == []


def test_a_mail_without_a_plain_writer_confirms_nothing() -> None:
    assert changes_of(decide(answer(identity=None, from_=()), told(), NOW), NoticeRead) == []

"""Sending a case on: to a supplier, or to those who decide; and what their answers do."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Case, Role, Status
from inboxd.desk.clocks.service_levels import Point
from inboxd.desk.decision import AddEntry, Decision, Draft, SetCustomField
from inboxd.desk.desk import Desk
from inboxd.desk.intake import decide
from inboxd.desk.order import Forward, Order, Refer, Refusal, Reply
from inboxd.desk.orders import act
from inboxd.mail.address import Address
from inboxd.mail.message import File, MailKind
from tests.unit.desk.desks import (
    NOW,
    OLA,
    TURID,
    added_people,
    case,
    changes_of,
    decided,
    desk,
    fields_set,
    party,
    refused,
    view,
    with_category,
)
from tests.unit.desk.mails import answer, entry, on

SUPPLIER = Address(name="Leverandøren", address="support@supplier.example")
COLLEAGUE = Address(name="", address="drift@supplier.example")
MAIL = File(filename="Skriveren.eml", content_type="message/rfc822", content=b"From: ola@kommune.example\r\n\r\n")
GROUP = Point(
    name="faggruppe", title="Faggruppe oppvekst", person="Siv", phone="", address="faggruppe@kommune.example",
    purposes=("referral",),
)  # fmt: skip
LEADER = replace(GROUP, name="leder", purposes=("escalation",))
SILENT = replace(GROUP, name="stum", address=None)
CALLER = case(requester=party(Address(name="Ring Ring", address="")), participants=(), responded_at=None)
SENT_ON = case(participants=(party(OLA), party(TURID, Role.CC), party(SUPPLIER, Role.SUPPLIER)))


def with_points() -> Desk:
    return desk(points=(GROUP, LEADER, SILENT))


def ordered(order: Order, known: Case | None = None, **facts: Any) -> Decision:
    return decided(act(order, view(known or case(), **{"desk": with_points(), **facts}), NOW))


def refusal(order: Order, known: Case | None = None) -> Refusal:
    return refused(act(order, view(known or case(), desk=with_points()), NOW))


def only_letter(decision: Decision) -> Draft:
    (letter,) = decision.letters
    return letter


def forward(**changes: Any) -> Forward:
    return Forward(**{"actor": "kari", "to": SUPPLIER, "text": "Kan dere se på loggen?", "files": (MAIL,), **changes})


def refer(**changes: Any) -> Refer:
    return Refer(**{"actor": "kari", "point": "faggruppe", "text": "Gjelder et nytt fagsystem.", "files": (MAIL,),
                    "about": "Vi ønsker oss …", **changes})  # fmt: skip


def test_a_forwarded_case_goes_to_the_supplier_alone_with_the_mail_that_opened_it() -> None:
    letter = only_letter(ordered(forward(about="Den står.")))
    assert (letter.kind, letter.template, letter.to, letter.cc) == ("forward", "forward", (SUPPLIER,), ())
    assert (letter.text, letter.about, letter.files, letter.attachments) == (
        "Kan dere se på loggen?", "Den står.", (MAIL,), ("Skriveren.eml",),
    )  # fmt: skip


def test_it_begins_a_thread_of_its_own_in_the_desks_language() -> None:
    letter = only_letter(ordered(forward(), case(language="en")))
    assert (letter.in_reply_to, letter.references, letter.language) == (None, (), "nb")


def test_the_supplier_is_put_on_the_case() -> None:
    assert added_people(ordered(forward())) == {SUPPLIER.address: Role.SUPPLIER}


def test_forwarding_is_no_answer_to_the_requester() -> None:
    assert fields_set(ordered(forward(), case(responded_at=None))) == {}


def test_who_forwards_a_new_case_that_nobody_has_works_on_it() -> None:
    decision = ordered(forward(), case(status=Status.NEW, assignee=None))
    assert fields_set(decision) == {"assignee": "kari", "status": "open"}


def test_the_admin_takes_no_case_by_forwarding_it() -> None:
    assert fields_set(ordered(forward(actor="admin"), case(assignee=None))) == {}


@pytest.mark.parametrize(
    ("to", "hint"),
    [
        (Address(name="", address="hjelp+x@desk.example"), "set --category"),
        (Address(name="", address="OLA@kommune.example"), "reply"),
    ],
)
def test_a_case_goes_neither_to_ourselves_nor_back_to_who_asked(to: Address, hint: str) -> None:
    answer = refusal(forward(to=to))
    assert answer.code == "usage"
    assert hint in str(answer.hint)


def test_a_referred_case_goes_to_the_point_and_the_requester_is_told_where_and_why() -> None:
    told, sent = ordered(refer()).letters
    assert (told.kind, told.template, told.to, told.referred_to) == ("answer", "referred", (OLA,), "Faggruppe oppvekst")
    assert (told.text, told.files, told.in_reply_to) == ("Gjelder et nytt fagsystem.", (), case().last_message_id)
    assert (sent.kind, sent.template, sent.referred_to) == ("forward", "referral", "Faggruppe oppvekst")
    assert (sent.to[0].address, sent.files, sent.about) == (GROUP.address, (MAIL,), "Vi ønsker oss …")


def test_a_referred_case_waits_and_says_where_it_is() -> None:
    decision = ordered(refer(), case(responded_at=None, until=NOW))
    assert fields_set(decision).items() >= {"responded_at": NOW, "status": "waiting", "until": None}.items()
    (field,) = changes_of(decision, SetCustomField)
    assert (field.key, field.value) == ("referred", "faggruppe")
    assert added_people(decision) == {GROUP.address: Role.SUPPLIER}


def test_a_caller_without_an_address_is_told_by_phone() -> None:
    decision = ordered(refer(), replace(CALLER, assignee=None))
    assert only_letter(decision).template == "referral"
    assert {name: fields_set(decision).get(name) for name in ("assignee", "status", "responded_at")} == {
        "assignee": "kari", "status": "waiting", "responded_at": None,
    }  # fmt: skip


@pytest.mark.parametrize("point", ["leder", "stum", "ingen"])
def test_only_a_point_that_decides_and_can_be_written_to_takes_cases(point: str) -> None:
    answer = refusal(refer(point=point))
    assert (answer.code, answer.hint) == ("not_found", "there are: faggruppe")


def test_a_desk_without_such_points_says_how_to_have_one() -> None:
    answer = refused(act(refer(), view(case()), NOW))
    assert "[[point]]" in str(answer.hint)


def test_a_case_is_referred_to_a_point_once() -> None:
    answer = refusal(refer(), case(fields=(("referred", "faggruppe"),)))
    assert answer.code == "conflict"
    assert GROUP.address is not None
    assert GROUP.address in str(answer.hint)


def test_a_closed_case_is_reopened_before_it_is_referred() -> None:
    assert refusal(refer(), case(status=Status.CLOSED)).code == "conflict"


def test_nobody_refers_a_case_to_the_one_who_asked() -> None:
    asker = party(Address(name="", address=str(GROUP.address)))
    assert refusal(refer(), case(requester=asker)).code == "usage"


def test_the_suppliers_answer_is_entered_the_case_wakes_and_only_its_agent_hears_of_it() -> None:
    decision = decide(answer(writer=SUPPLIER), on(replace(SENT_ON, status=Status.WAITING)), NOW)
    assert fields_set(decision) == {"status": "open", "until": None}
    assert only_letter(decision).to[0].name == "kari"
    assert only_letter(decision).template == "agent_answer"


def test_answers_to_the_requester_hang_on_the_requesters_own_mail_all_the_same() -> None:
    assert entry(decide(answer(writer=SUPPLIER), on(SENT_ON), NOW)).from_requester is False
    assert entry(decide(answer(writer=TURID), on(SENT_ON), NOW)).from_requester is True


def test_a_suppliers_colleague_comes_as_a_supplier_and_nobody_else_becomes_one() -> None:
    decision = decide(answer(writer=SUPPLIER, cc=(COLLEAGUE, TURID, OLA)), on(SENT_ON), NOW)
    assert added_people(decision) == {COLLEAGUE.address: Role.SUPPLIER}


@pytest.mark.parametrize("kind", [MailKind.AUTO_REPLY, MailKind.READ_RECEIPT])
def test_a_suppliers_absence_is_noted_and_does_nothing(kind: MailKind) -> None:
    decision = decide(answer(kind, writer=SUPPLIER), on(replace(SENT_ON, status=Status.WAITING)), NOW)
    assert [type(change) for change in decision.changes] == [AddEntry]
    assert entry(decision).kind == "note"
    assert decision.letters == ()


@pytest.mark.parametrize(("does", "opens"), [("reopen", True), ("new", False), ("reject", False)])
def test_a_suppliers_late_word_reopens_or_is_only_told_of(does: str, opens: bool) -> None:
    facts = on(replace(SENT_ON, status=Status.CLOSED), desk=with_category(closed_reply=does))
    decision = decide(answer(writer=SUPPLIER), facts, NOW)
    assert decision.kind == "add_to_case"
    assert (fields_set(decision).get("status") == "open") is opens
    assert [letter.template for letter in decision.letters] == ["agent_answer"]


def test_an_answer_to_all_leaves_the_supplier_out() -> None:
    letter = only_letter(ordered(Reply(actor="kari", text="Den er reparert.", to_all=True), SENT_ON))
    assert (letter.to, [person.address for person in letter.cc]) == ((OLA,), [TURID.address])

"""Answers of agents: to whom they go, what they change on the case, and when they ask first; closing, reopening."""

import datetime as dt
from typing import Any

import pytest

from inboxd.desk.case import Case, Role, Status
from inboxd.desk.decision import AddEntry, Decision
from inboxd.desk.order import Close, Order, Refusal, Reopen, Reply
from inboxd.desk.orders import act
from inboxd.mail.address import Address
from inboxd.mail.message import File
from tests.unit.desk.desks import (
    HOUR,
    NOW,
    OLA,
    STRANGER,
    TURID,
    added_people,
    case,
    changes_of,
    decided,
    fields_set,
    party,
    refused,
    said_aloud,
    view,
    with_category,
)

CALLER = party(Address(name="Ring Ring", address=""))
SAME_PERSON = Address(name="", address="OLA@kommune.example")


def ordered(order: Order, known: Case | None = None, **facts: Any) -> Decision:
    return decided(act(order, view(known or case(), **facts), NOW))


def refusal(order: Order, known: Case | None = None, **facts: Any) -> Refusal:
    return refused(act(order, view(known or case(), **facts), NOW))


def reply(**changes: Any) -> Reply:
    return Reply(**{"actor": "kari", "text": "Prøv nå.", **changes})


# ---- reply
def test_an_answer_goes_to_the_requester_and_hangs_on_to_his_mail() -> None:
    (draft,) = ordered(reply(delay=dt.timedelta(seconds=10), files=(FILE,))).letters
    assert (draft.kind, draft.template, draft.case_id, draft.mailbox) == ("answer", "answer", 1, "kundeservice")
    assert (draft.to, draft.cc, draft.text, draft.actor) == ((OLA,), (), "Prøv nå.", "kari")
    assert (draft.in_reply_to, draft.language) == ("<last@kommune.example>", "nb")
    assert draft.references == ("<first@kommune.example>", "<last@kommune.example>")
    assert (draft.delay, draft.files, draft.closed) == (dt.timedelta(seconds=10), (FILE,), False)
    assert not draft.null_sender


FILE = File(filename="veiledning.pdf", content_type="application/pdf", content=b"%PDF")


def test_an_answer_on_a_case_that_no_mail_opened_hangs_on_to_nothing() -> None:
    (draft,) = ordered(reply(), case(last_message_id=None, last_references=())).letters
    assert (draft.in_reply_to, draft.references) == (None, ())


def test_an_answer_opens_a_new_case_and_a_sleeping_one() -> None:
    assert fields_set(ordered(reply(), case(status=Status.NEW))) == {"status": "open"}
    asleep = case(status=Status.WAITING, until=NOW + HOUR)
    assert fields_set(ordered(reply(), asleep)) == {"status": "open", "until": None}


@pytest.mark.parametrize("status", [Status.SOLVED, Status.CLOSED])
def test_a_last_word_does_not_take_a_case_at_rest_up_again(status: Status) -> None:
    decision = ordered(reply(), case(status=status))
    assert (fields_set(decision), len(decision.letters)) == ({}, 1)


def test_a_case_at_rest_may_be_made_to_wait_for_the_answer() -> None:
    assert fields_set(ordered(reply(status=Status.WAITING), case(status=Status.CLOSED))) == {"status": "waiting"}


def test_an_answer_on_an_open_case_changes_nothing_else() -> None:
    assert ordered(reply()).changes == ()


def test_one_letter_answers_and_closes() -> None:
    decision = ordered(reply(status=Status.CLOSED))
    assert fields_set(decision) == {"status": "closed", "paused_at": NOW}
    assert [(d.kind, d.template, d.closed) for d in decision.letters] == [("answer", "answer", True)]


def test_an_answer_may_wait_for_the_requester() -> None:
    later = NOW + 72 * HOUR
    decision = ordered(reply(status=Status.WAITING, until=later))
    assert fields_set(decision) == {"status": "waiting", "until": later, "paused_at": NOW}
    assert len(decision.letters) == 1


def test_the_first_answer_of_a_person_is_the_response() -> None:
    assert fields_set(ordered(reply(), case(responded_at=None))) == {"responded_at": NOW}


def test_who_answers_a_case_that_nobody_has_has_it() -> None:
    assert fields_set(ordered(reply(actor="per"), case(assignee=None))) == {"assignee": "per"}
    assert fields_set(ordered(reply(actor="admin"), case(assignee=None))) == {}


def test_a_new_answer_clears_the_sign_that_the_last_one_was_not_delivered() -> None:
    assert fields_set(ordered(reply(), case(undelivered=True))) == {"undelivered": False}


def test_of_what_an_answer_changes_only_status_and_assignee_are_told_besides_the_answer() -> None:
    known = case(assignee=None, responded_at=None, undelivered=True, status=Status.WAITING, until=NOW + HOUR)
    decision = ordered(reply(), known)
    assert set(fields_set(decision)) == {"assignee", "responded_at", "undelivered", "status", "until"}
    assert said_aloud(decision) == {"assignee", "status"}


def test_by_itself_an_answer_goes_to_nobody_but_the_requester() -> None:
    assert ordered(reply()).letters[0].cc == ()


def test_all_adds_cc_and_who_was_added_but_no_outsider_and_no_supplier() -> None:
    people = (
        party(OLA),
        party(TURID, Role.CC),
        party(Address(name="", address="sjef@kommune.example"), Role.ADDED),
        party(STRANGER, Role.OUTSIDER),
        party(Address(name="", address="firma@lev.example"), Role.SUPPLIER),
        party(Address(name="Uten", address=""), Role.CC),
    )
    (draft,) = ordered(reply(to_all=True), case(participants=people)).letters
    assert [a.address for a in draft.cc] == [TURID.address, "sjef@kommune.example"]
    assert draft.to == (OLA,)


def test_who_is_named_in_cc_gets_the_answer_and_stands_on_the_case() -> None:
    decision = ordered(reply(cc=(STRANGER,)))
    assert decision.letters[0].cc == (STRANGER,)
    assert added_people(decision) == {STRANGER.address: Role.ADDED}


def test_nobody_gets_the_same_answer_twice() -> None:
    shouting = Address(name="", address="TURID@kommune.example")
    (draft,) = ordered(reply(to_all=True, cc=(shouting, SAME_PERSON))).letters
    assert [a.key for a in (*draft.to, *draft.cc)] == [OLA.key, TURID.key]


def test_a_caller_without_an_address_cannot_be_answered() -> None:
    answer = refusal(reply(sure=True), case(requester=CALLER))
    assert (answer.code, answer.message) == ("conflict", "the requester of KS-10429 has no e-mail address")


def test_an_answer_written_while_the_case_changed_asks_first() -> None:
    answer = refusal(reply(seen=4))
    assert (answer.code, answer.message) == ("conflict", "KS-10429 changed while you wrote")


@pytest.mark.parametrize("fields", [{"seen": 5}, {"seen": None}, {"seen": 4, "sure": True}])
def test_an_answer_to_the_case_as_it_is_goes_out(fields: dict[str, Any]) -> None:
    assert len(ordered(reply(**fields)).letters) == 1


# ---- close and reopen
def test_closing_sends_nothing_by_itself() -> None:
    decision = ordered(Close(actor="kari"))
    assert (fields_set(decision), decision.letters) == ({"status": "closed", "paused_at": NOW}, ())
    assert changes_of(decision, AddEntry) == []


def test_closing_with_words_sends_them_in_one_letter() -> None:
    decision = ordered(Close(actor="kari", text="Fikset.", delay=dt.timedelta(seconds=10)), case(responded_at=None))
    (draft,) = decision.letters
    assert (draft.kind, draft.template, draft.text, draft.closed) == ("answer", "closed", "Fikset.", True)
    assert (draft.to, draft.delay) == ((OLA,), dt.timedelta(seconds=10))
    assert fields_set(decision) == {"responded_at": NOW, "status": "closed", "paused_at": NOW}


def test_closing_sends_a_letter_without_words_where_the_category_wants_one() -> None:
    decision = ordered(Close(actor="kari"), desk=with_category(closed_letter=True))
    assert [(d.template, d.text) for d in decision.letters] == [("closed", "")]


@pytest.mark.parametrize("order", [Close(actor="kari", silent=True), Close(actor="kari", text="Fikset.", silent=True)])
def test_closing_silently_sends_nothing_whatever_the_category_wants(order: Close) -> None:
    decision = ordered(order, desk=with_category(closed_letter=True))
    assert decision.letters == ()
    assert [entry.text for entry in changes_of(decision, AddEntry)] == ([order.text] if order.text else [])
    assert {entry.kind for entry in changes_of(decision, AddEntry)} <= {"note"}


def test_closing_a_callers_case_sends_nothing_and_keeps_the_words_as_a_note() -> None:
    decision = ordered(Close(actor="kari", text="Ringte tilbake."), case(requester=CALLER))
    assert decision.letters == ()
    assert [(entry.kind, entry.text) for entry in changes_of(decision, AddEntry)] == [("note", "Ringte tilbake.")]
    assert fields_set(decision) == {"status": "closed", "paused_at": NOW}


def test_closing_a_sleeping_case_takes_its_time_away() -> None:
    asleep = case(status=Status.WAITING, until=NOW + HOUR)
    assert fields_set(ordered(Close(actor="kari"), asleep)) == {"status": "closed", "until": None}


def test_a_closed_case_is_not_closed_again() -> None:
    assert refusal(Close(actor="kari"), case(status=Status.CLOSED)).message == "KS-10429 is closed already"


def test_a_solved_case_may_be_closed() -> None:
    assert fields_set(ordered(Close(actor="kari"), case(status=Status.SOLVED))) == {"status": "closed"}


def test_a_case_of_a_category_that_is_gone_is_closed_without_a_letter() -> None:
    assert ordered(Close(actor="kari"), case(category="nedlagt")).letters == ()


@pytest.mark.parametrize("status", [Status.SOLVED, Status.CLOSED])
def test_a_case_at_rest_is_reopened_without_a_letter(status: Status) -> None:
    decision = ordered(Reopen(actor="kari"), case(status=status))
    assert (fields_set(decision), decision.letters) == ({"status": "open"}, ())


@pytest.mark.parametrize("status", [Status.NEW, Status.OPEN, Status.WAITING, Status.POSTPONED])
def test_a_case_that_is_not_at_rest_is_not_reopened(status: Status) -> None:
    answer = refusal(Reopen(actor="kari"), case(status=status))
    assert (answer.code, answer.message) == ("conflict", f"KS-10429 is {status.value}, not closed")

"""What an agent sent from the shared mailbox in a mail client is the desk's answer, and no more than that."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Case, Role, Status
from inboxd.desk.decision import AddEntry, Decision, SetTimer
from inboxd.desk.intake import decide
from inboxd.desk.view import View
from inboxd.mail.address import Address
from inboxd.mail.message import MailKind, ParsedMessage
from tests.unit.desk.desks import (
    NOW,
    OLA,
    REF,
    STRANGER,
    TURID,
    added_people,
    case,
    changes_of,
    desk,
    fields_set,
    letter,
    party,
    rules_of,
    view,
    with_category,
)
from tests.unit.desk.mails import MACHINES_WORDS, OURS, answer, entry, mail
from tests.unit.messages import message

DESK = Address(name="Kundeservice", address="kundeservice@desk.example")
KARI = Address(name="Kari", address="kari@desk.example")
UNANSWERED = case(status=Status.NEW, assignee=None, responded_at=None)


def sent(kind: MailKind = MailKind.HUMAN, **changes: Any) -> ParsedMessage:
    """Return an answer from the shared address to Ola, in answer to our letter 7."""
    return answer(kind, **{"writer": DESK, "to": (OLA,), "cc": (), **changes})


def in_sent(*cases: Case, **changes: Any) -> View:
    return view(*cases, **{"letters": (letter(),), "sent": True, **changes})


def filed(parsed: ParsedMessage, facts: View) -> Decision:
    decision = decide(parsed, facts, NOW)
    assert decision.letters == ()
    assert decision.kind in {"ignore", "add_to_case"}
    return decision


def test_an_answer_stands_on_its_case_as_the_desks_own_and_is_the_response() -> None:
    decision = filed(sent(text="Prøv igjen nå."), in_sent(UNANSWERED))
    written = entry(decision)
    assert (written.kind, written.actor, written.text) == ("mail_out", DESK.address, "Prøv igjen nå.")
    assert fields_set(decision) == {"responded_at": NOW, "status": "open"}
    assert decision.outcome == "added"
    assert "sent_folder" in rules_of(decision)


def test_an_agent_whom_sender_names_wrote_it_and_has_the_case_that_nobody_had() -> None:
    decision = filed(sent(sender=KARI), in_sent(UNANSWERED))
    assert entry(decision).actor == "kari"
    assert fields_set(decision)["assignee"] == "kari"


@pytest.mark.parametrize("name", ["nils", "revi"])
def test_who_may_not_work_on_a_case_wrote_it_but_is_not_given_it(name: str) -> None:
    writer = Address(name=name, address=f"{name}@desk.example")
    decision = filed(sent(sender=writer), in_sent(UNANSWERED))
    assert entry(decision).actor == name
    assert "assignee" not in fields_set(decision)


def test_nobody_is_given_a_case_of_a_category_that_is_closed_to_him() -> None:
    gro = Address(name="Gro", address="gro@desk.example")
    closed = with_category(access="members", manager=None)
    assert "assignee" not in fields_set(filed(sent(sender=gro), in_sent(UNANSWERED, desk=closed)))


def test_a_reference_in_the_subject_finds_the_case_though_the_desk_is_no_party_to_it() -> None:
    parsed = mail(subject=f"[{REF}] Skriveren", from_=(DESK,), identity=DESK, to=(OLA,), cc=())
    decision = filed(parsed, in_sent(case()))
    assert entry(decision).case_id == 1
    assert decision.threading is not None
    assert decision.threading.evidence == "reference_participant"
    assert "reference_stranger" not in rules_of(decision)


def test_what_belongs_to_no_case_is_ignored_and_says_why() -> None:
    decision = filed(mail(from_=(DESK,), identity=DESK, to=(STRANGER,)), in_sent(case()))
    assert (decision.outcome, decision.reason) == ("ignored", "sent by the desk, about no case of ours")
    assert decision.changes == ()


def test_a_mail_to_somebody_else_is_no_response_and_leaves_the_case_new() -> None:
    decision = filed(sent(to=(STRANGER,), sender=KARI), in_sent(UNANSWERED))
    assert fields_set(decision) == {"assignee": "kari"}
    assert added_people(decision) == {STRANGER.address: Role.SUPPLIER}


def test_whom_an_agent_copies_takes_part_from_then_on_but_no_colleague_does() -> None:
    cc = (STRANGER, TURID, KARI, Address(name="", address="drift@desk.example"))
    assert added_people(filed(sent(cc=cc), in_sent(case()))) == {STRANGER.address: Role.ADDED}


def test_the_requester_in_cc_has_been_answered_too() -> None:
    assert "responded_at" in fields_set(filed(sent(to=(TURID,), cc=(OLA,)), in_sent(UNANSWERED)))


@pytest.mark.parametrize("status", [Status.WAITING, Status.POSTPONED, Status.SOLVED, Status.CLOSED, Status.OPEN])
def test_an_answer_changes_no_other_status_than_new(status: Status) -> None:
    assert "status" not in fields_set(filed(sent(), in_sent(case(status=status))))


def test_our_own_letter_is_recognised_in_the_sent_folder() -> None:
    decision = filed(mail(message_id=OURS, from_=(DESK,), identity=DESK, to=(OLA,)), in_sent(case()))
    assert decision.outcome == "ignored"
    assert rules_of(decision) == ["own_letter"]
    assert changes_of(decision, AddEntry) == []


@pytest.mark.parametrize("kind", [*MACHINES_WORDS, MailKind.LIST, MailKind.NOTIFICATION])
def test_what_a_program_wrote_in_the_desks_name_is_no_answer(kind: MailKind) -> None:
    decision = filed(sent(kind), in_sent(UNANSWERED))
    assert (decision.outcome, decision.changes) == ("ignored", ())
    assert kind in decision.reason


@pytest.mark.parametrize("kind", [MailKind.CALENDAR, MailKind.ENCRYPTED, MailKind.MALFORMED])
def test_an_invitation_and_what_nobody_here_can_read_are_answers_all_the_same(kind: MailKind) -> None:
    assert "responded_at" in fields_set(filed(sent(kind), in_sent(UNANSWERED)))


@pytest.mark.parametrize("writer", [OLA, None])
def test_a_mail_that_is_not_from_the_desk_is_ignored_wherever_it_was_put(writer: Address | None) -> None:
    decision = filed(answer(writer=writer, to=(OLA,)), in_sent(case()))
    assert (decision.outcome, decision.changes) == ("ignored", ())


def test_history_is_entered_but_means_nothing_to_the_case_any_more() -> None:
    decision = filed(sent(cc=(STRANGER,)), in_sent(UNANSWERED, silent=True))
    assert entry(decision).kind == "mail_out"
    assert (fields_set(decision), added_people(decision)) == ({}, {})


def test_a_copy_that_came_to_the_desk_first_makes_no_second_entry_but_is_an_answer() -> None:
    decision = filed(sent(), in_sent(UNANSWERED, duplicate_of=3))
    assert (decision.outcome, changes_of(decision, AddEntry)) == ("duplicate", [])
    assert fields_set(decision)["status"] == "open"


def test_the_same_mail_twice_in_the_sent_folder_is_a_duplicate_and_changes_nothing() -> None:
    decision = filed(sent(), in_sent(UNANSWERED, duplicate_of=3, duplicate_sent=True))
    assert (decision.outcome, decision.changes) == ("duplicate", ())


def test_a_mail_to_a_caller_without_an_address_is_no_response() -> None:
    nobody = party(Address(name="Ola", address=""))
    called = replace(UNANSWERED, requester=nobody, participants=(nobody,))
    assert "responded_at" not in fields_set(filed(sent(), in_sent(called)))


def test_the_days_until_the_next_status_letter_count_from_the_answer() -> None:
    telling = with_category(status_letter_days=5)
    asked = replace(UNANSWERED, status=Status.OPEN)
    assert changes_of(filed(sent(), in_sent(asked, desk=telling)), SetTimer)
    assert not changes_of(filed(sent(to=(STRANGER,)), in_sent(asked, desk=telling)), SetTimer)


def test_without_any_address_in_from_nothing_is_taken_for_the_desks() -> None:
    bare = message(from_=(), identity=None, to=(OLA,), in_reply_to=(OURS,))
    assert filed(bare, in_sent(case(), desk=desk())).outcome == "ignored"

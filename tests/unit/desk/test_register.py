"""Registering a call or a visitor: a case at once, a receipt only where there is an address."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Channel, Role
from inboxd.desk.clocks.deadline import due
from inboxd.desk.decision import NEW_CASE, AddEntry, Decision, OpenCase
from inboxd.desk.order import Refusal, Register
from inboxd.desk.register import register
from inboxd.desk.view import Load
from inboxd.mail.address import Address
from tests.unit.desk.desks import (
    EVENING,
    NOW,
    OLA,
    changes_of,
    decided,
    desk,
    mailbox,
    party,
    refused,
    sent_to,
    view,
    with_category,
)

CALL = Register(actor="kari", channel=Channel.PHONE, subject="PC", text="Starter ikke", name="Ola", phone="71111166")


def registered(order: Register = CALL, **facts: Any) -> Decision:
    return decided(register(order, view(**facts), NOW))


def refusal(**changes: Any) -> Refusal:
    return refused(register(replace(CALL, **changes), view(), NOW))


def opened(decision: Decision) -> OpenCase:
    (change,) = changes_of(decision, OpenCase)
    return change


def test_a_call_becomes_a_case_of_the_first_mailbox() -> None:
    dues = due(desk(), "normal", "it", NOW)
    assert opened(registered()) == OpenCase(
        mailbox="kundeservice",
        prefix="KS",
        category="it",
        priority="normal",
        assignee="kari",
        subject="PC",
        channel=Channel.PHONE,
        language="nb",
        requester=party(Address(name="Ola", address=""), Role.REQUESTER),
        phone="71111166",
        verified=False,
        response_due=dues.response,
        resolution_due=dues.resolution,
        opened_at=NOW,
    )


@pytest.mark.parametrize(
    ("channel", "kind"),
    [(Channel.PHONE, "call"), (Channel.COUNTER, "call"), (Channel.WEB, "note"), (Channel.MAIL, "note")],
)
def test_what_was_said_is_the_first_entry_under_the_agents_name(channel: Channel, kind: str) -> None:
    (entry,) = changes_of(registered(replace(CALL, channel=channel)), AddEntry)
    assert (entry.case_id, entry.kind, entry.actor, entry.text) == (NEW_CASE, kind, "kari", "Starter ikke")


def test_a_caller_without_an_address_gets_no_receipt() -> None:
    assert sent_to(registered(), "receipt") == []


def test_a_caller_with_an_address_gets_the_number_in_writing() -> None:
    (draft, *_) = registered(replace(CALL, address=OLA.address)).letters
    assert (draft.kind, draft.template, draft.to[0].address) == ("receipt", "receipt", OLA.address)
    assert (draft.null_sender, draft.case_id, draft.closed_now) == (True, NEW_CASE, False)


def test_the_receipt_says_when_work_starts_where_the_desk_is_closed() -> None:
    decision = decided(register(replace(CALL, address=OLA.address), view(), EVENING))
    assert decision.letters[0].closed_now
    assert decision.letters[0].opens_at is not None


@pytest.mark.parametrize("address", ["kundeservice@desk.example", "hjelp+x@desk.example"])
def test_our_own_address_gets_no_receipt(address: str) -> None:
    assert sent_to(registered(replace(CALL, address=address)), "receipt") == []


@pytest.mark.parametrize(
    ("changes", "box", "found"),
    [
        ({"category": "drift"}, "drift", "drift"),
        ({"mailbox": "drift"}, "drift", "drift"),
        ({"mailbox": "drift", "category": "it"}, "drift", "it"),
        ({"category": "it"}, "kundeservice", "it"),
    ],
)
def test_the_mailbox_is_the_one_named_else_the_one_that_serves_the_category(
    changes: dict[str, Any], box: str, found: str
) -> None:
    case = opened(registered(replace(CALL, **changes)))
    assert (case.mailbox, case.category) == (box, found)


def test_a_category_that_no_mailbox_serves_is_the_first_mailboxs() -> None:
    one = desk(mailboxes=(mailbox(),))
    assert opened(registered(replace(CALL, category="drift"), desk=one)).mailbox == "kundeservice"


def test_a_priority_may_be_named() -> None:
    assert opened(registered(replace(CALL, priority="high"))).priority == "high"


@pytest.mark.parametrize(
    ("changes", "message", "hint"),
    [
        ({"mailbox": "x"}, "no mailbox x", None),
        ({"category": "x"}, "no category x", "there are: it, drift"),
        ({"priority": "x"}, "no priority x", "there are: normal, high"),
    ],
)
def test_unknown_names_are_refused_with_the_known_ones(changes: dict[str, Any], message: str, hint: str | None) -> None:
    answer = refusal(**changes)
    assert (answer.code, answer.message, answer.hint) == ("not_found", message, hint)


def test_the_case_is_assigned_as_one_that_came_by_mail() -> None:
    decision = registered(loads=(Load(agent="kari", open_cases=1),))
    assert opened(decision).assignee == "per"
    assert decision.routing is not None
    assert (decision.routing.assignee, decision.routing.rule) == ("per", "registered by kari")
    assert sent_to(decision, "agent") == ["per@desk.example"]


def test_an_agents_own_enquiry_is_for_a_colleague() -> None:
    assert opened(registered(replace(CALL, address="Kari@desk.example"))).assignee == "per"


def test_who_registers_is_not_told_of_it() -> None:
    nobodys = with_category(assignment="none")
    assert sent_to(registered(desk=nobodys), "agent") == ["per@desk.example"]
    admins = registered(replace(CALL, actor="admin"), desk=nobodys)
    assert sent_to(admins, "agent") == ["kari@desk.example", "per@desk.example"]


def test_a_caller_is_found_by_name_address_and_number() -> None:
    (entry,) = changes_of(registered(replace(CALL, address="ola@x.example")), AddEntry)
    assert entry.found_by == ("Ola", "ola@x.example", "71111166", "4771111166", "71 11 11 66", "711 11 166")
    (without,) = changes_of(registered(replace(CALL, name="", phone=None)), AddEntry)
    assert without.found_by == ()

"""Whose customer a case is and of what type: as it is registered, and as an agent sets it later."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Channel
from inboxd.desk.case_type import TYPES, type_title
from inboxd.desk.decision import OpenCase
from inboxd.desk.order import Register, SetFields
from inboxd.desk.orders import act
from inboxd.desk.register import register
from inboxd.desk.routing.customer import Contact, Customer
from inboxd.desk.routing.overrides import Offer
from tests.unit.desk.desks import (
    NOW,
    OLA,
    case,
    changes_of,
    decided,
    desk,
    fields_set,
    mailbox,
    refused,
    said_aloud,
    view,
)

MOLDE = Customer(name="Molde", title="Molde", domains=("kommune.example",), category="drift", priority="high")
AUKRA = Customer(name="Aukra", title="Aukra")
HERE = desk(customers=(MOLDE, AUKRA), contacts=(Contact(address=OLA.address, language="nn", priority="normal"),))
CALL = Register(actor="kari", channel=Channel.PHONE, subject="PC", text="Starter ikke", address=OLA.address)


def opened(**changes: Any) -> OpenCase:
    here = changes.pop("here", HERE)
    (found,) = changes_of(decided(register(replace(CALL, **changes), view(desk=here), NOW)), OpenCase)
    return found


def test_a_caller_with_an_address_has_his_customer_and_his_own_settings() -> None:
    found = opened()
    assert (found.customer, found.category, found.priority, found.language) == ("Molde", "drift", "normal", "nn")


def test_a_caller_without_an_address_has_none_of_them() -> None:
    found = opened(address="")
    assert (found.customer, found.category, found.priority, found.language) == (None, "it", "normal", "nb")


@pytest.mark.parametrize(("named", "found"), [("Aukra", "Aukra"), ("", None), (None, "Molde")])
def test_the_agent_may_say_whose_case_it_is_or_that_it_is_nobodys(named: str | None, found: str | None) -> None:
    assert opened(customer=named).customer == found


def test_what_the_agent_says_goes_before_contact_customer_and_mailbox() -> None:
    box = desk(customers=(MOLDE,), mailboxes=(mailbox(priority="high", type="question"),))
    found = opened(category="it", priority="normal", type="fault", here=box)
    assert (found.category, found.priority, found.type) == ("it", "normal", "fault")
    assert (opened(here=box).priority, opened(here=box).type) == ("high", "question")


def test_who_settled_it_is_on_the_decision() -> None:
    routing = decided(register(replace(CALL, priority="high"), view(desk=HERE), NOW)).routing
    assert routing is not None
    assert routing.customer == "Molde"
    assert Offer(of="priority", level="agent", by="agent kari", value="high") in routing.offers


@pytest.mark.parametrize(
    ("changes", "message", "hint"),
    [
        ({"customer": "Rauma"}, "no customer Rauma", "there are: Molde, Aukra"),
        ({"type": "feil"}, "no type feil", "there are: fault, callof, question"),
    ],
)
def test_an_unknown_customer_or_type_is_refused(changes: dict[str, str], message: str, hint: str) -> None:
    for answer in (
        refused(register(replace(CALL, **changes), view(desk=HERE), NOW)),
        refused(act(SetFields(actor="kari", **changes), view(case(), desk=HERE), NOW)),
    ):
        assert (answer.code, answer.message, answer.hint) == ("not_found", message, hint)


def test_a_desk_without_customers_says_so() -> None:
    answer = refused(register(replace(CALL, customer="Molde"), view(), NOW))
    assert answer.hint == "the desk has no customer at all"


@pytest.mark.parametrize(
    ("changes", "became"),
    [
        ({"customer": "Aukra"}, {"customer": "Aukra"}),
        ({"customer": ""}, {"customer": None}),
        ({"type": "callof"}, {"type": "callof"}),
        ({"type": "", "customer": "Molde"}, {"customer": "Molde", "type": None}),
    ],
)
def test_an_agent_sets_customer_and_type_and_it_stands_on_the_journal(
    changes: dict[str, str], became: dict[str, str | None]
) -> None:
    decision = decided(act(SetFields(actor="kari", **changes), view(case(customer="Molde"), desk=HERE), NOW))
    assert fields_set(decision) == became
    assert said_aloud(decision) == set(became)


@pytest.mark.parametrize(
    ("name", "language", "title"),
    [("fault", "nb", "Feil"), ("callof", "nn", "Avrop"), ("question", "en", "Question"), ("question", "se", "Spørsmål"),
     (None, "nb", ""), ("", "nb", "")],
)  # fmt: skip
def test_a_type_has_a_title_in_every_language(name: str | None, language: str, title: str) -> None:
    assert type_title(name, language) == title


def test_there_are_three_types() -> None:
    assert tuple(TYPES) == ("fault", "callof", "question")

"""Asking a customer about agents who do nothing: whom, through which mailbox, in which language."""

from typing import Any

import pytest

from inboxd.desk.letters.inactivity import asks, once_key, whom_to_ask
from inboxd.desk.routing.customer import Contact, Customer
from tests.unit.desk.desks import desk

ORDERER = "innkjop@molde.example"


def molde(**changes: Any) -> Customer:
    return Customer(**{"name": "molde", "title": "Molde kommune", "category": "drift", **changes})


@pytest.mark.parametrize(
    ("customer", "asked"),
    [
        (molde(orderers=(ORDERER, "b@m.example", ORDERER), contact="ikt@molde.example"), (ORDERER, "b@m.example")),
        (molde(contact="ikt@molde.example"), ("ikt@molde.example",)),
        (molde(), ()),
    ],
)
def test_the_orderers_are_asked_else_the_contact_else_nobody(customer: Customer, asked: tuple[str, ...]) -> None:
    assert whom_to_ask(customer) == asked


def test_the_letter_comes_from_the_mailbox_that_serves_the_customer_in_the_readers_language() -> None:
    here = desk(contacts=(Contact(address=ORDERER, language="nn"),))
    letter = asks(molde(), ORDERER, here, text="- per", once="x", actor="kari")
    assert (letter.mailbox, letter.language, letter.about, letter.null_sender) == (
        "drift",
        "nn",
        "Molde kommune",
        False,
    )
    other = asks(molde(category="hr"), "ikt@molde.example", here, text="- per", once="x", actor="kari")
    assert (other.mailbox, other.language) == ("kundeservice", "nb")


def test_another_day_reader_customer_or_list_is_another_letter() -> None:
    keys = {
        once_key(day, customer, address, agents)
        for day in ("2026-03-09", "2026-03-10")
        for customer in ("molde", "aukra")
        for address in (ORDERER, "b@molde.example")
        for agents in (["per"], ["per", "ole"])
    }
    assert len(keys) == 2**4
    assert once_key("d", "c", "A@x.example", ["b", "a"]) == once_key("d", "c", "a@X.example", ["a", "b"])

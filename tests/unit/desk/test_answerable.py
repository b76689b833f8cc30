"""Whether an agent's answer to a letter goes on to the requester, and whose name stands in the letter's From."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Participant, Role
from inboxd.desk.decision import Draft
from inboxd.desk.desk import Desk
from inboxd.desk.letters.answerable import may_answer, sender_name
from inboxd.mail.address import Address
from tests.unit.desk.desks import OLA, agent, case, category, desk, with_category

KARI = Address(name="kari", address="kari@desk.example")


def letter(**changes: Any) -> Draft:
    values: dict[str, Any] = {
        "kind": "agent", "case_id": 1, "mailbox": "kundeservice", "template": "agent_new_case", "language": "nb",
        "to": (KARI,),
    }  # fmt: skip
    return Draft(**{**values, **changes})


def where(**changes: Any) -> Desk:
    return desk(agent_mail="token", **changes)


def requester(name: str, address: str = "ola@kommune.example") -> Participant:
    return Participant(name=name, address=address, role=Role.REQUESTER)


@pytest.mark.parametrize("mode", ["token", "token+dmarc"])
@pytest.mark.parametrize("kind", ["agent", "escalation"])
def test_an_agents_answer_to_a_letter_about_a_case_goes_to_its_requester(mode: str, kind: str) -> None:
    assert may_answer(letter(kind=kind), case(), desk(agent_mail=mode))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "answer"},
        {"to": (OLA,)},
        {"to": (KARI, OLA)},
        {"cc": (OLA,)},
        {"null_sender": True},
    ],
)
def test_no_answer_goes_out_to_a_letter_that_is_not_an_agents_alone(changes: dict[str, Any]) -> None:
    assert not may_answer(letter(**changes), case(), where())


def test_no_answer_goes_out_where_the_desk_has_agents_answer_by_command_only() -> None:
    assert not may_answer(letter(), case(), desk())


@pytest.mark.parametrize("who", [agent("kari", active=False), agent("kari", role="auditor")])
def test_who_may_not_act_may_not_answer(who: Any) -> None:
    assert not may_answer(letter(), case(), where(agents=(who,)))


def test_who_may_not_know_of_the_case_may_not_answer() -> None:
    closed = replace(with_category(members=("per",), access="members"), agent_mail="token")
    assert not may_answer(letter(), case(), closed)
    assert may_answer(letter(), case(), replace(closed, categories=(category(access="members"),)))


@pytest.mark.parametrize("address", ["", "hjelp@desk.example", "KARI@desk.example"])
def test_there_must_be_a_requester_to_answer(address: str) -> None:
    assert not may_answer(letter(), case(requester=requester("Ola", address)), where())


def test_the_requester_stands_in_the_letters_from() -> None:
    assert sender_name(letter(author="Kari"), case(), desk()) == "Ola Nordmann via Kundeservice"


def test_a_letter_with_somebodys_words_has_the_name_of_who_wrote_them() -> None:
    written = letter(template="agent_answer", author="Turid")
    assert sender_name(written, case(), desk()) == "Turid via Kundeservice"
    assert sender_name(replace(written, author=""), case(), desk()) == "Ola Nordmann via Kundeservice"


def test_other_letters_are_from_the_desk_itself() -> None:
    assert sender_name(letter(), None, desk()) == "Kundeservice"
    assert sender_name(letter(kind="receipt", to=(OLA,)), case(), desk()) == "Kundeservice"


@pytest.mark.parametrize(
    ("name", "address", "shown"),
    [
        ("", "ola@kommune.example", "ola (kommune.example) via Kundeservice"),
        ("rektor@ntnu.example", "ola@kommune.example", "rektor (ntnu.example) via Kundeservice"),
        ("Rektor <rektor@ntnu.example>", "x@y.example", "Rektor via Kundeservice"),
        ("Ola https://evil.example 01019012480", "x@y.example", "Ola 010190***** via Kundeservice"),
        ("", "", "Kundeservice"),
        ("a@b@c", "x@y.example", "Kundeservice"),
    ],
)
def test_no_address_link_or_personal_number_stands_in_the_name(name: str, address: str, shown: str) -> None:
    assert sender_name(letter(), case(requester=requester(name, address)), desk()) == shown

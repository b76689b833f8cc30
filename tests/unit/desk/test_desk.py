"""The values that a decision looks at: the desk, its cases and its view."""

import pytest

from inboxd.desk.case import Role, Status
from inboxd.mail.address import Address
from tests.unit.desk.desks import OLA, STRANGER, TURID, case, desk, letter, party, view


@pytest.mark.parametrize("status", [Status.SOLVED, Status.CLOSED, Status.MERGED])
def test_a_case_that_nobody_works_on_is_at_rest(status: Status) -> None:
    assert status.at_rest


@pytest.mark.parametrize("status", [Status.NEW, Status.OPEN, Status.WAITING, Status.POSTPONED])
def test_a_case_that_waits_is_not_at_rest(status: Status) -> None:
    assert not status.at_rest


def test_parties_to_a_case_are_told_by_their_address_in_any_letter_case() -> None:
    known = case(participants=(party(OLA), party(TURID, Role.CC), party(STRANGER, Role.OUTSIDER)))
    assert known.is_participant("OLA@Kommune.example")
    assert known.is_participant(TURID.address)
    assert not known.is_participant(STRANGER.address)
    assert not known.is_participant("noen@andre.example")


def test_a_desk_finds_what_it_has_by_name_and_nothing_else() -> None:
    here = desk()
    found = (
        here.agent("kari"),
        here.category("it"),
        here.mailbox("drift"),
        here.priority("high"),
        here.calendar("24x7"),
    )
    assert found == (here.agents[0], here.categories[0], here.mailboxes[1], here.priorities[1], here.calendars[1])
    assert [find("x") for find in (here.agent, here.category, here.mailbox, here.priority, here.calendar)] == [None] * 5


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("kundeservice@desk.example", True),
        ("HJELP@desk.example", True),
        ("hjelp+7.a.mac@desk.example", True),
        (Address(name="", address="Drift@desk.example"), True),
        ("kari@desk.example", False),
        ("kundeservice@andre.example", False),
        ("kundeservice", False),
        ("", False),
    ],
)
def test_the_desk_knows_its_own_addresses(address: str | Address, ours: bool) -> None:
    assert desk().is_ours(address) is ours


def test_a_view_finds_its_cases_by_id_and_by_number() -> None:
    facts = view(case(), numbers=((1042, 1), (1040, 1), (1043, 9)))
    assert facts.case(1) == case()
    assert facts.case(2) is None
    assert [facts.case_of_number(n) for n in (1042, 1040, 1043, 1044)] == [case(), case(), None, None]


def test_a_view_finds_its_letters_by_id_and_by_message_id() -> None:
    facts = view(letters=(letter(),))
    assert (facts.letter(7), facts.letter(8)) == (letter(), None)
    assert facts.letter_of_message_id(letter().message_id) == letter()
    assert facts.letter_of_message_id("<x@y>") is None

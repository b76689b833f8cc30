"""Whose customer an address is, what one person is set to, and which sender rule an address meets."""

from dataclasses import replace
from typing import Any, Literal

import pytest

from inboxd.desk.desk import Desk
from inboxd.desk.routing.customer import Contact, Customer, SenderRule, contact_of, customer_of, meets, sender_rule_of
from tests.unit.desk.desks import desk

MOLDE = Customer(name="Molde", title="Molde kommune", domains=("molde.kommune.example",))
SCHOOLS = Customer(name="Skolene", title="Skolene i Molde", domains=("skole.molde.kommune.example",))
AUKRA = Customer(name="Aukra", title="Aukra kommune", addresses=("innleid@firma.example",))
CONTACTS = (
    Contact(address="vakt@molde.kommune.example", customer="Aukra", priority="high"),
    Contact(address="ordforer@molde.kommune.example", language="nn"),
    Contact(address="borte@x.example", customer="Nedlagt"),
)


def serving(**changes: Any) -> Desk:
    return desk(**{"customers": (MOLDE, SCHOOLS, AUKRA), "contacts": CONTACTS, **changes})


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("ola@molde.kommune.example", "Molde"),
        ("Ola@MOLDE.Kommune.Example", "Molde"),
        ("ola@it.molde.kommune.example", "Molde"),
        ("ola@skole.molde.kommune.example", "Skolene"),
        ("ola@x.skole.molde.kommune.example", "Skolene"),
        ("Innleid@Firma.example", "Aukra"),
        ("vakt@molde.kommune.example", "Aukra"),
        ("ordforer@molde.kommune.example", "Molde"),
        ("annen@firma.example", None),
        ("ola@kommune.example", None),
        ("ola@gamlemolde.kommune.example", None),
        ("borte@x.example", None),
        ("", None),
    ],
)
def test_an_address_tells_the_customer_before_its_longest_domain_does(address: str, name: str | None) -> None:
    found = customer_of(address, serving())
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("Innkjop@felles.example", "Aukra"),
        ("ikt@felles.example", "Aukra"),
        ("alle@felles.example", None),
        ("leder@molde.kommune.example", "Molde"),
    ],
)
def test_who_speaks_for_one_customer_only_is_of_it_where_no_address_or_domain_tells(
    address: str, name: str | None
) -> None:
    shared = ("alle@felles.example", "innkjop@felles.example", "leder@molde.kommune.example")
    aukra = replace(AUKRA, orderers=shared, contact="IKT@felles.example")
    molde = replace(MOLDE, orderers=("alle@felles.example",))
    found = customer_of(address, serving(customers=(molde, aukra)))
    assert (found.name if found else None) == name


def test_a_desk_without_customers_has_none_to_find() -> None:
    assert customer_of("ola@molde.kommune.example", desk()) is None


def test_a_customer_is_found_by_its_name() -> None:
    assert serving().customer("Molde") == MOLDE
    assert serving().customer("molde") is None


def test_a_persons_own_settings_are_found_in_any_letter_case() -> None:
    assert contact_of("Ordforer@Molde.kommune.example", serving()) == CONTACTS[1]
    assert contact_of("ola@molde.kommune.example", serving()) is None


@pytest.mark.parametrize(
    ("match", "address", "met"),
    [
        ("*@elev.*", "per@elev.molde.example", True),
        ("*@elev.*", "Per@ELEV.molde.example", True),
        ("*@elev.*", "per@elevtorget.example", False),
        ("*@elev.*", "elev.per@molde.example", False),
        ("per@firma.example", "per@firma.example", True),
        ("per@firma.example", "kasper@firma.example", False),
        ("per.?@firma.example", "per.a@firma.example", True),
        ("per.?@firma.example", "per.ab@firma.example", False),
        ("firma.example", "per@firma.example", True),
        ("firma.example", "per@post.firma.example", True),
        ("firma.example", "per@minfirma.example", False),
        ("elev.*", "per@elev.molde.example", True),
        ("elev.*", "per@post.elev.molde.example", True),
        ("*", "per@firma.example", True),
        ("a.b@firma.example", "axb@firma.example", False),
    ],
)
def test_a_sender_rule_means_an_address_or_a_domain_with_all_below_it(match: str, address: str, met: bool) -> None:
    assert meets(match, address) is met


def rule(match: str, action: Literal["accept", "refuse", "hold"], mailbox: str | None = None) -> SenderRule:
    return SenderRule(match=match, action=action, mailbox=mailbox)


@pytest.mark.parametrize(
    ("rules", "action"),
    [
        ((rule("*@elev.*", "refuse"), rule("*", "hold")), "refuse"),
        ((rule("laerling@elev.molde.example", "accept"), rule("*@elev.*", "refuse")), "refuse"),
        ((rule("per@elev.molde.example", "accept"), rule("*@elev.*", "refuse")), "accept"),
        ((rule("*@elev.*", "refuse", "drift"), rule("*", "hold")), "hold"),
        ((rule("*@elev.*", "refuse", "kundeservice"),), "refuse"),
        ((rule("*@annen.example", "refuse"),), None),
        ((), None),
    ],
)
def test_the_first_sender_rule_of_the_mailbox_that_is_met_counts(
    rules: tuple[SenderRule, ...], action: str | None
) -> None:
    here = desk(sender_rules=rules)
    met = sender_rule_of("per@elev.molde.example", here.mailboxes[0], here)
    assert (met.action if met else None) == action


def test_a_mail_of_nobody_meets_no_sender_rule() -> None:
    here = desk(sender_rules=(rule("*", "refuse"),))
    assert sender_rule_of("", here.mailboxes[0], here) is None


def test_a_sender_rule_is_on_record_by_what_it_means() -> None:
    assert rule("*@elev.*", "refuse").name == "sender_rule *@elev.*"
    assert rule("*@elev.*", "refuse", "drift").name == "sender_rule *@elev.* to drift"


def test_a_pattern_that_would_hang_other_engines_is_searched_at_once() -> None:
    assert not meets("*a*a*a*a*a*a*a*a*a*a*a*a*@x.example", "a" * 5_000 + "@y.example")


def test_of_a_domain_longer_than_any_can_be_its_end_is_looked_at() -> None:
    long = f"x@{'a.' * 5_000}molde.kommune.example"
    assert meets("kommune.example", long)
    found = customer_of(long, serving())
    assert found is not None
    assert found.name == "Molde"
    assert not meets(".".join("a" * 200), long)

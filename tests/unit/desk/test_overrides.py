"""Who settles what of a new case: every pair of voices, and what each of them may set."""

from itertools import combinations
from typing import Any

import pytest

from inboxd.desk.desk import Rule
from inboxd.desk.routing.customer import Contact, Customer
from inboxd.desk.routing.overrides import VALUES, VOICES, Level, Value, Voice, settle, voice_of_rule, voices_about
from tests.unit.desk.desks import mailbox

LEVELS: tuple[Level, ...] = tuple(level for level, _ in VOICES)
RULE = Rule(name="skriver", mailbox=None, category="print", priority="low", type="fault", assignee="kari")
PERSON = Contact(address="ordforer@molde.example", priority="critical", language="nn")
MOLDE = Customer(name="Molde", title="Molde kommune", category="molde", priority="high")
BOX = mailbox(category="it", priority="medium", type="question", language="nb")


def says(level: Level, **sets: str) -> Voice:
    return Voice(level=level, name=f"{level}'s", sets=sets)  # type: ignore[arg-type]  # the names of values


def test_a_rule_goes_before_the_contact_the_contact_before_the_customer_and_so_on() -> None:
    assert LEVELS == ("case", "agent", "rule", "contact", "customer", "mail", "mailbox", "default")


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(("stronger", "weaker"), tuple(combinations(LEVELS, 2)))
def test_of_two_voices_the_stronger_one_settles_a_value_that_both_may_set(
    stronger: Level, weaker: Level, value: Value
) -> None:
    may_set = dict(VOICES)
    voices = (says(weaker, **{value: "weak"}), says(stronger, **{value: "strong"}))
    settled = settle(voices)
    expected = "strong" if value in may_set[stronger] else "weak" if value in may_set[weaker] else None
    if expected is None and value == "priority":
        expected = "normal"
    assert settled.value(value) == expected
    assert settle(reversed(voices)).value(value) == expected


def test_priority_rule_then_contact_then_customer_then_mailbox_then_default() -> None:
    left: list[Voice] = [voice_of_rule(RULE), *voices_about(BOX, contact=PERSON, customer=MOLDE)]
    found = []
    while left:
        settled = settle(left)
        found.append((settled.value("priority"), settled.by("priority")))
        left = [voice for voice in left if voice.by != settled.by("priority") and voice.sets.get("priority")]
    assert [*found, (settle(left).value("priority"), settle(left).by("priority"))] == [
        ("low", "rule skriver"), ("critical", "contact ordforer@molde.example"), ("high", "customer Molde"),
        ("medium", "mailbox kundeservice"), ("normal", "default"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"rule": RULE, "customer": MOLDE}, ("print", "rule skriver")),
        ({"customer": MOLDE}, ("molde", "customer Molde")),
        ({}, ("it", "mailbox kundeservice")),
    ],
)
def test_category_rule_then_customer_then_mailbox(given: dict[str, Any], found: tuple[str, str]) -> None:
    rules = (voice_of_rule(given["rule"]),) if "rule" in given else ()
    settled = settle((*rules, *voices_about(BOX, contact=PERSON, customer=given.get("customer"))))
    assert (settled.value("category"), settled.by("category")) == found


@pytest.mark.parametrize(
    ("contact", "writes", "found"),
    [
        (PERSON, "en", ("nn", "contact ordforer@molde.example")),
        (None, "en", ("en", "mail")),
        (Contact(address="x@y.example"), None, ("nb", "mailbox kundeservice")),
    ],
)
def test_language_contact_then_mail_then_mailbox(
    contact: Contact | None, writes: str | None, found: tuple[str, str]
) -> None:
    settled = settle(voices_about(BOX, contact=contact, customer=MOLDE, writes=writes))
    assert (settled.value("language"), settled.by("language")) == found


def test_type_rule_then_mailbox_else_none() -> None:
    about = voices_about(BOX, contact=None, customer=None)
    assert settle((voice_of_rule(RULE), *about)).value("type") == "fault"
    assert settle(about).value("type") == "question"
    untyped = settle(voices_about(mailbox(), contact=None, customer=None))
    assert (untyped.value("type"), untyped.by("type")) == (None, None)


def test_only_a_rule_names_an_agent() -> None:
    about = voices_about(BOX, contact=PERSON, customer=MOLDE)
    assert settle((voice_of_rule(RULE), *about)).value("assignee") == "kari"
    assert settle(about).value("assignee") is None


def test_of_two_rules_the_one_that_is_given_first_goes_first() -> None:
    later = Rule(name="senere", mailbox=None, category="drift")
    settled = settle(map(voice_of_rule, (later, RULE)))
    assert (settled.by("category"), settled.by("priority")) == ("rule senere", "rule skriver")


def test_whoever_lost_is_among_the_offers_in_order() -> None:
    settled = settle((voice_of_rule(RULE), *voices_about(BOX, contact=PERSON, customer=MOLDE)))
    offers = [(offer.by, offer.value) for offer in settled.offers if offer.of == "priority"]
    assert offers == [
        ("rule skriver", "low"), ("contact ordforer@molde.example", "critical"), ("customer Molde", "high"),
        ("mailbox kundeservice", "medium"), ("default", "normal"),
    ]  # fmt: skip


def test_no_case_is_without_a_priority() -> None:
    assert settle(()).value("priority") == "normal"

"""What a rule of the admin's may look at: patterns, a few words, and the hour."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.classify import classify
from inboxd.desk.desk import Rule
from inboxd.desk.routing.matching import Facts, matches
from inboxd.mail.address import Address
from inboxd.mail.message import Attachment, ParsedMessage
from tests.unit.desk.desks import EVENING, NOW, desk, with_category
from tests.unit.messages import message

PICTURE = Attachment(part=1, filename="Skjermbilde.PNG", content_type="image/png", size=9, sha256="0" * 64, inline=True)
NAMELESS = replace(PICTURE, filename=None)


def to(*addresses: str) -> tuple[Address, ...]:
    return tuple(Address(name="", address=address) for address in addresses)


def hits(rule: Rule, parsed: ParsedMessage | None = None, **changes: Any) -> bool:
    read, here = parsed or message(), desk()
    values: dict[str, Any] = {
        "message": read, "kind": classify(read).kind, "mailbox": here.mailboxes[0], "customer": None, "came_at": NOW,
        "desk": here,
    }  # fmt: skip
    return matches(rule, Facts(**{**values, **changes}))


def rule(**changes: Any) -> Rule:
    return Rule(**{"name": "skriver", "mailbox": None, **changes})


@pytest.mark.parametrize(
    ("field", "pattern"),
    [
        ("from", "^Ola Nordmann <ola@kommune"),
        ("to", "^kundeservice@"),
        ("to", "kopi@"),
        ("to", "levert@"),
        ("subject", "andre etasje$"),
        ("body", "(?i)VIRKER"),
        ("header.X-Miljo", "^prod$"),
        ("header.x-miljo", "^test$"),
        ("attachment", "(?i)[.]png$"),
    ],
)
def test_a_rule_may_look_at_every_part_of_a_mail(field: str, pattern: str) -> None:
    parsed = message(
        ("X-Miljo", "test"), ("X-Miljo", "prod"), cc=to("kopi@x.example"), recipients=("levert@desk.example",),
        attachments=(NAMELESS, PICTURE),
    )  # fmt: skip
    assert hits(rule(match=((field, pattern),)), parsed)


@pytest.mark.parametrize("field", ["header.x-other", "body", "from", "attachment", "recipient", "subject"])
def test_a_pattern_that_is_nowhere_found_does_not_hit(field: str) -> None:
    assert not hits(rule(match=((field, "finnes ikke"),)), message(attachments=(NAMELESS,)))


@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"])
def test_the_recipient_is_whom_the_servers_delivered_to(field: str) -> None:
    parsed = message((field, "<Skole+IT@skole.example>"), recipients=())
    assert hits(rule(match=(("recipient", "^skole[+]it@skole"),)), parsed)


@pytest.mark.parametrize(
    ("recipients", "pattern", "hit"),
    [
        (("kundeservice+skriver@desk.example",), "[+]skriver@", True),
        (("hjelp@desk.example",), "^hjelp@", True),
        (("ola@kommune.example",), "ola", False),
    ],
)
def test_of_whom_a_mail_names_only_our_own_addresses_are_recipients(
    recipients: tuple[str, ...], pattern: str, hit: bool
) -> None:
    assert hits(rule(match=(("recipient", pattern),)), message(recipients=recipients)) is hit


def test_all_patterns_of_a_rule_must_be_found() -> None:
    both = rule(match=(("subject", "(?i)skriver"), ("body", "brenner")))
    assert not hits(both)
    assert hits(both, message(text="Den brenner"))


def test_a_pattern_that_would_hang_other_engines_is_searched_at_once() -> None:
    assert not hits(rule(match=(("body", "^(a+)+$"),)), message(text="a" * 100_000 + "b"))


@pytest.mark.parametrize(
    ("words", "customer", "hit"),
    [
        (("Molde",), "Molde", True),
        (("Molde", "Aukra"), "Aukra", True),
        (("Molde",), "Aukra", False),
        (("Molde",), None, False),
        (("none",), None, True),
        (("none",), "Molde", False),
    ],
)
def test_a_rule_may_be_for_customers_or_for_nobodys_customer(
    words: tuple[str, ...], customer: str | None, hit: bool
) -> None:
    assert hits(rule(among=(("customer", words),)), customer=customer) is hit


@pytest.mark.parametrize(("language", "hit"), [("nb", False), ("en", True), (None, False)])
def test_a_rule_may_be_for_a_language(language: str | None, hit: bool) -> None:
    assert hits(rule(among=(("language", ("en", "se")),)), message(language=language)) is hit


def test_a_rule_may_be_for_a_kind_of_mail() -> None:
    machines = rule(among=(("kind", ("notification", "list")),))
    assert not hits(machines)
    assert hits(machines, message(("List-Id", "<ansatte.kommune.example>")))


def test_words_and_patterns_must_both_hold() -> None:
    both = rule(match=(("subject", "Skriver"),), among=(("language", ("nb",)),))
    assert hits(both)
    assert not hits(both, message(language="en"))
    assert not hits(both, message(subject="PC"))


@pytest.mark.parametrize(("of", "hit"), [("kundeservice", True), ("drift", False), (None, True)])
def test_a_rule_of_another_mailbox_does_not_count(of: str | None, hit: bool) -> None:
    assert hits(rule(mailbox=of)) is hit


@pytest.mark.parametrize(
    ("span", "local", "hit"),
    [
        ((930, 480), "15:29", False),
        ((930, 480), "15:30", True),
        ((930, 480), "23:59", True),
        ((930, 480), "00:00", True),
        ((930, 480), "07:59", True),
        ((930, 480), "08:00", False),
        ((480, 930), "07:59", False),
        ((480, 930), "08:00", True),
        ((480, 930), "15:30", False),
    ],
)
@pytest.mark.parametrize(("day", "offset"), [("2026-03-09", "+01:00"), ("2026-07-06", "+02:00")])
def test_an_hour_is_the_desks_own_and_may_reach_over_midnight(
    span: tuple[int, int], local: str, hit: bool, day: str, offset: str
) -> None:
    at = dt.datetime.fromisoformat(f"{day}T{local}:00{offset}").astimezone(dt.UTC)
    assert hits(rule(hour=span), came_at=at) is hit


@pytest.mark.parametrize(
    ("hour", "at", "hit"),
    [("open", NOW, True), ("closed", NOW, False), ("open", EVENING, False), ("closed", EVENING, True)],
)
def test_open_and_closed_are_those_of_the_mailboxs_category(hour: str, at: dt.datetime, hit: bool) -> None:
    assert hits(rule(hour=hour), came_at=at) is hit


def test_another_calendar_of_the_category_counts() -> None:
    assert hits(rule(hour="open"), came_at=EVENING, desk=with_category(calendar="24x7"))


@pytest.mark.parametrize("hour", ["open", "closed"])
def test_where_the_config_lost_the_category_nobody_knows_the_hour(hour: str) -> None:
    assert not hits(rule(hour=hour), desk=desk(categories=()))


def test_a_rule_without_conditions_is_about_every_mail() -> None:
    assert hits(rule())

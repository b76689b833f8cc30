"""Where a new case goes: its mailbox, who may write, the admin's rules in order, and what is known of the writer."""

import datetime as dt
from typing import Any

import pytest

from inboxd.desk.arrived import Arrived
from inboxd.desk.classify import classify
from inboxd.desk.decision import RulesHit
from inboxd.desk.desk import Desk, Rule
from inboxd.desk.routing.customer import Contact, Customer, SenderRule
from inboxd.desk.routing.destination import Fired
from inboxd.desk.routing.route import Route, choose_mailbox, route, route_stranger
from inboxd.desk.thread import match_case
from inboxd.desk.view import Load, View
from inboxd.mail.address import Address
from inboxd.mail.message import ParsedMessage
from tests.unit.desk.desks import EVENING, HOUR, NOW, category, desk, mailbox, view
from tests.unit.messages import message

KARI = Address(name="Kari", address="Kari@desk.example")
MOLDE = Customer(name="Kommunen", title="Kommunen", domains=("kommune.example",), category="drift", priority="high")
OLA_HIMSELF = Contact(address="ola@kommune.example", language="nn", priority="high")
NOBODY_ELSE = SenderRule(match="*", action="refuse")


def to(*addresses: str) -> tuple[Address, ...]:
    return tuple(Address(name="", address=address) for address in addresses)


def chosen(parsed: ParsedMessage, arrived_in: str = "kundeservice") -> str:
    return choose_mailbox(parsed, desk(), arrived_in).name


def rule(name: str = "skriver", **changes: Any) -> Rule:
    return Rule(**{"name": name, "mailbox": None, "match": (("subject", "(?i)skriver"),), **changes})


def came(parsed: ParsedMessage, facts: View, now: dt.datetime = NOW) -> Arrived:
    return Arrived(
        message=parsed,
        classification=classify(parsed),
        mailbox=facts.desk.mailboxes[0],
        match=match_case(parsed, facts),
        now=now,
    )


def routed(*rules: Rule, parsed: ParsedMessage | None = None, now: dt.datetime = NOW, **facts: Any) -> Route:
    around = {name: facts.pop(name) for name in ("customers", "contacts", "mailboxes") if name in facts}
    known = view(desk=desk(rules=rules, **around), **facts)
    return route(came(parsed or message(), known, now), known)


def stranger(here: Desk, parsed: ParsedMessage | None = None) -> Route:
    known = view(desk=here)
    return route_stranger(came(parsed or message(), known), known)


# The mailbox.
@pytest.mark.parametrize("arrived_in", ["kundeservice", "drift"])
def test_the_mailbox_first_named_in_to_has_the_case_whichever_copy_came_first(arrived_in: str) -> None:
    parsed = message(to=to("x@y.example", "drift@desk.example", "kundeservice@desk.example"))
    assert chosen(parsed, arrived_in) == "drift"


@pytest.mark.parametrize("arrived_in", ["kundeservice", "drift"])
def test_to_goes_before_cc(arrived_in: str) -> None:
    parsed = message(to=to("kundeservice@desk.example"), cc=to("drift@desk.example"))
    assert chosen(parsed, arrived_in) == "kundeservice"


def test_cc_counts_where_to_names_none_of_ours() -> None:
    assert chosen(message(to=to("x@y.example"), cc=to("drift@desk.example"))) == "drift"


@pytest.mark.parametrize("address", ["HJELP@desk.example", "kundeservice+7.a.mac@desk.example"])
def test_an_alias_or_a_sub_address_names_its_mailbox(address: str) -> None:
    assert chosen(message(to=to(address)), "drift") == "kundeservice"


def test_a_mail_that_names_none_of_ours_belongs_where_it_lay() -> None:
    assert chosen(message(to=to("liste@kommune.example")), "drift") == "drift"


def test_a_mail_of_a_mailbox_that_is_no_longer_in_the_config_goes_to_the_first() -> None:
    assert chosen(message(to=()), "nedlagt") == "kundeservice"


# The rules.
def test_without_rules_the_mailbox_says_the_category() -> None:
    found = routed()
    routing = found.routing
    assert (routing.category, routing.priority, routing.rule) == ("it", "normal", "mailbox kundeservice")
    assert (routing.tags, routing.type, routing.fired, found.action, found.hits) == ((), None, (), None, ())


def test_a_mailbox_may_have_a_priority_and_a_type_of_its_own() -> None:
    routing = routed(mailboxes=(mailbox(priority="high", type="callof"),)).routing
    assert (routing.priority, routing.type) == ("high", "callof")


def test_a_rule_that_hits_sets_what_it_names() -> None:
    found = routed(
        rule(category="drift", priority="high", type="fault", assignee="per", tags=("skriver",), action="open")
    )
    routing = found.routing
    assert (routing.category, routing.priority, routing.type, routing.assignee, routing.rule) == (
        "drift", "high", "fault", "per", "skriver",
    )  # fmt: skip
    assert (routing.tags, found.action, found.by) == (("skriver",), "open", "rule skriver")
    assert [e.rule for e in found.evidence] == ["rule skriver", "assign"]
    said = "category = drift, priority = high, type = fault, assignee = per, action = open, tags = skriver"
    assert found.evidence[0].detail == said


def test_a_rule_that_does_not_hit_sets_nothing() -> None:
    assert routed(rule(match=(("subject", "^skjerm$"),), category="drift")).routing.category == "it"


def test_a_later_rule_overrides_an_earlier_one_and_leaves_what_it_does_not_name() -> None:
    found = routed(rule("a", category="drift", priority="high", tags=("a",)), rule("b", category="it", tags=("b", "a")))
    routing = found.routing
    assert (routing.category, routing.priority, routing.tags, routing.rule) == ("it", "high", ("a", "b"), "b")


def test_every_rule_that_hit_is_on_record_with_what_it_would_set_the_losers_too() -> None:
    found = routed(
        rule("a", category="drift", tags=("a",)),
        rule("passer ikke", match=(("subject", "skjerm"),), category="drift"),
        rule("b", category="it", receipt=False, template="receipt_ferie"),
    )
    assert found.routing.fired == (
        Fired(rule="a", sets=(("category", ("drift",)), ("tags", ("a",)))),
        Fired(rule="b", sets=(("category", ("it",)), ("template", ("receipt_ferie",)), ("receipt", ("false",)))),
    )
    assert found.hits == (RulesHit(rules=("a", "b")),)
    offers = [(offer.by, offer.value) for offer in found.routing.offers if offer.of == "category"]
    assert offers == [("rule b", "it"), ("rule a", "drift"), ("mailbox kundeservice", "it")]


def test_stop_ends_the_search() -> None:
    found = routed(rule("a", category="drift", stop=True), rule("b", category="it"))
    assert (found.routing.category, found.routing.rule) == ("drift", "a")


def test_stop_of_a_rule_that_does_not_hit_ends_nothing() -> None:
    found = routed(rule("a", match=(("subject", "skjerm"),), stop=True), rule("b", category="drift"))
    assert found.routing.rule == "b"


@pytest.mark.parametrize("action", ["ignore", "hold", "open"])
def test_a_rule_may_say_what_is_done_with_the_mail(action: str) -> None:
    found = routed(rule(action=action), rule("senere", tags=("x",)))
    assert (found.action, found.by) == (action, "rule skriver")


def test_a_later_action_overrides_an_earlier_one() -> None:
    found = routed(rule("a", action="hold"), rule("b", action="open"))
    assert (found.action, found.by) == ("open", "rule b")


def test_a_rule_may_name_a_receipt_of_its_own_or_want_none() -> None:
    found = routed(rule("a", template="receipt_ferie"), rule("b", template="receipt_sommer"), rule("c"))
    assert (found.template, found.no_receipt) == ("receipt_sommer", None)
    assert routed(rule("a", receipt=False), rule("b")).no_receipt == "a"


@pytest.mark.parametrize(("first", "then", "by"), [(False, True, None), (True, False, "b"), (False, False, "b")])
def test_whether_there_is_a_receipt_is_the_later_rules_to_say(first: bool, then: bool, by: str | None) -> None:
    found = routed(rule("a", receipt=first), rule("b", receipt=then))
    assert found.no_receipt == by
    assert [fired.sets for fired in found.routing.fired] == [
        (("receipt", (str(one).lower(),)),) for one in (first, then)
    ]


def test_a_rule_that_sets_nothing_is_still_on_record() -> None:
    assert routed(rule()).evidence[0].detail == "nothing"


@pytest.mark.parametrize(("now", "hit"), [(NOW, False), (EVENING, True)])
def test_a_rule_may_be_for_the_evening(now: dt.datetime, hit: bool) -> None:
    assert (routed(rule(hour="closed", category="drift"), now=now).routing.category == "drift") is hit


def test_of_history_the_hour_is_when_it_was_written() -> None:
    old = message(date=EVENING - 24 * HOUR)
    assert routed(rule(hour="closed"), parsed=old, silent=True).routing.fired
    assert not routed(rule(hour="closed"), parsed=old).routing.fired
    assert not routed(rule(hour="closed"), parsed=message(date=None), silent=True).routing.fired


# The writer.
def test_a_mail_has_its_writers_customer_and_what_the_customer_says() -> None:
    found = routed(customers=(MOLDE,))
    routing = found.routing
    assert (routing.customer, routing.category, routing.priority) == ("Kommunen", "drift", "high")
    assert routing.rule == "customer Kommunen"
    assert found.evidence[0].rule == "customer Kommunen"
    assert found.evidence[0].detail == "category = drift, priority = high"


def test_a_mail_of_an_unknown_domain_has_no_customer_and_is_still_a_case() -> None:
    elsewhere = Address(name="", address="x@annen.example")
    found = routed(customers=(MOLDE,), parsed=message(from_=(elsewhere,), identity=elsewhere))
    assert (found.routing.customer, found.routing.category) == (None, "it")


def test_a_rule_goes_before_the_writers_own_settings_and_these_before_the_customers() -> None:
    low = Contact(address=OLA_HIMSELF.address, priority="normal")
    assert routed(customers=(MOLDE,), contacts=(low,)).routing.priority == "normal"
    found = routed(rule(priority="high", category="it"), customers=(MOLDE,), contacts=(low,))
    assert (found.routing.priority, found.routing.category) == ("high", "it")


def test_a_rule_may_be_for_a_customer() -> None:
    theirs = rule(match=(), among=(("customer", ("Kommunen",)),), type="callof")
    assert routed(theirs, customers=(MOLDE,)).routing.type == "callof"
    assert routed(theirs).routing.type is None


@pytest.mark.parametrize(
    ("contacts", "writes", "language"),
    [((OLA_HIMSELF,), "en", "nn"), ((), "en", "en"), ((), None, "nb")],
)
def test_letters_are_in_the_writers_own_language_else_the_mails_else_the_mailboxs(
    contacts: tuple[Contact, ...], writes: str | None, language: str
) -> None:
    assert routed(contacts=contacts, parsed=message(language=writes)).language == language


def test_a_mail_of_nobody_is_routed_by_its_mailbox() -> None:
    found = routed(customers=(MOLDE,), contacts=(OLA_HIMSELF,), parsed=message(from_=(), identity=None))
    assert (found.routing.customer, found.routing.category, found.routing.priority) == (None, "it", "normal")


# Who may write.
def test_who_may_not_write_is_stopped_before_any_rule() -> None:
    here = desk(rules=(rule(category="drift"),), sender_rules=(NOBODY_ELSE,), customers=(MOLDE,))
    found = stranger(here)
    assert (found.action, found.by) == ("refuse", "sender_rule *")
    assert found.routing.fired == (Fired(rule="sender_rule *", sets=(("action", ("refuse",)),)),)
    assert (found.routing.assignee, found.routing.customer) == (None, "Kommunen")
    assert found.evidence[0].rule == "sender_rule *"
    assert found.hits == (RulesHit(rules=("sender_rule *",)),)


def test_accept_ends_the_search_among_the_sender_rules_and_the_rules_follow() -> None:
    accept = SenderRule(match="kommune.example", action="accept")
    found = stranger(desk(rules=(rule(category="drift"),), sender_rules=(accept, NOBODY_ELSE)))
    assert (found.action, found.routing.category) == (None, "drift")
    assert found.hits == (RulesHit(rules=("sender_rule kommune.example", "skriver")),)
    assert [e.rule for e in found.evidence] == ["sender_rule kommune.example", "rule skriver", "assign"]


def test_a_sender_rule_may_hold() -> None:
    found = stranger(desk(sender_rules=(SenderRule(match="*", action="hold", mailbox="kundeservice"),)))
    assert (found.action, found.by) == ("hold", "sender_rule * to kundeservice")


def test_whoever_no_sender_rule_means_is_routed_by_the_rules() -> None:
    found = stranger(desk(rules=(rule(category="drift"),), sender_rules=(SenderRule(match="x.y", action="refuse"),)))
    assert (found.action, found.routing.category) == (None, "drift")


# The agent.
def test_the_case_goes_to_an_agent_of_the_category_and_it_is_said_why() -> None:
    found = routed(loads=(Load(agent="kari", open_cases=3), Load(agent="per", open_cases=2)))
    assert found.routing.assignee == "per"
    assert found.evidence[-1].detail == "per has fewest open cases (2)"
    assert [(o.by, o.value) for o in found.routing.offers if o.of == "assignee"] == [("category it", "per")]


def test_the_agent_of_a_rule_goes_before_the_categorys_assignment() -> None:
    found = routed(rule(assignee="gro"), rule("b", tags=("x",)))
    assert found.routing.assignee == "gro"
    assert found.evidence[-1].detail == "rule skriver names gro"
    assert [(o.by, o.value) for o in found.routing.offers if o.of == "assignee"] == [("rule skriver", "gro")]


def test_an_agent_of_a_rule_who_is_not_there_gives_way_and_it_shows() -> None:
    found = routed(rule(assignee="nils"))
    assert found.routing.assignee == "kari"
    said = [(offer.by, offer.value) for offer in found.routing.offers if offer.of == "assignee"]
    assert said == [("category it", "kari"), ("rule skriver", "nils")]


def test_an_agents_own_enquiry_is_for_a_colleague() -> None:
    assert routed(parsed=message(from_=(KARI,), identity=KARI)).routing.assignee == "per"


def test_a_category_that_leaves_its_cases_leaves_them_to_be_taken() -> None:
    alone = desk(categories=(category(assignment="none"),))
    facts = view(desk=alone)
    assert route(came(message(), facts), facts).routing.assignee is None

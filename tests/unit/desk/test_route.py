"""Where a new case goes: its mailbox, the admin's rules in order, and an agent who is there."""

from typing import Any

import pytest

from inboxd.desk.decision import Routing
from inboxd.desk.desk import Desk, Rule
from inboxd.desk.route import Route, assign, choose_mailbox, route
from inboxd.desk.view import Load, View
from inboxd.mail.address import Address
from inboxd.mail.message import ParsedMessage
from tests.unit.desk.desks import agent, desk, view, with_category
from tests.unit.messages import message

KARI = Address(name="Kari", address="Kari@desk.example")


def to(*addresses: str) -> tuple[Address, ...]:
    return tuple(Address(name="", address=address) for address in addresses)


def chosen(parsed: ParsedMessage, arrived_in: str = "kundeservice") -> str:
    return choose_mailbox(parsed, desk(), arrived_in).name


def rule(name: str = "skriver", **changes: Any) -> Rule:
    values: dict[str, Any] = {"mailbox": None, "match": (("subject", "(?i)skriver"),)}
    return Rule(**{"name": name, **values, **changes})


def routed(*rules: Rule, parsed: ParsedMessage | None = None, **facts: Any) -> Route:
    mailboxes = desk(rules=rules)
    return route(parsed or message(), mailboxes.mailboxes[0], view(desk=mailboxes, **facts))


def assigned(
    facts: View, *, to_category: str = "it", by_rule: str | None = None, exclude: Address | None = None
) -> Any:
    routing = Routing(category=to_category, priority="normal", assignee=by_rule, rule="skriver")
    return assign(routing, facts, exclude=exclude)[0]


def members(*names: str, **changes: Any) -> Desk:
    return with_category(members=names, **changes)


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
    assert (found.routing.category, found.routing.priority, found.routing.rule) == (
        "it",
        "normal",
        "mailbox kundeservice",
    )
    assert (found.tags, found.action) == ((), None)


def test_a_rule_that_hits_sets_what_it_names() -> None:
    found = routed(rule(category="drift", priority="high", assignee="per", tags=("skriver",), action="open"))
    assert found.routing == Routing(category="drift", priority="high", assignee="per", rule="skriver")
    assert (found.tags, found.action) == (("skriver",), "open")
    assert [e.rule for e in found.evidence] == ["rule skriver", "assign"]
    said = "category = drift, priority = high, assignee = per, tags = skriver, action = open"
    assert found.evidence[0].detail == said


def test_a_rule_that_does_not_hit_sets_nothing() -> None:
    assert routed(rule(match=(("subject", "^skjerm$"),), category="drift")).routing.category == "it"


def test_a_later_rule_overrides_an_earlier_one_and_leaves_what_it_does_not_name() -> None:
    found = routed(rule("a", category="drift", priority="high", tags=("a",)), rule("b", category="it", tags=("b", "a")))
    assert (found.routing.category, found.routing.priority, found.tags) == ("it", "high", ("a", "b"))
    assert found.routing.rule == "b"


def test_stop_ends_the_search() -> None:
    found = routed(rule("a", category="drift", stop=True), rule("b", category="it"))
    assert (found.routing.category, found.routing.rule) == ("drift", "a")


def test_stop_of_a_rule_that_does_not_hit_ends_nothing() -> None:
    found = routed(rule("a", match=(("subject", "skjerm"),), stop=True), rule("b", category="drift"))
    assert found.routing.rule == "b"


@pytest.mark.parametrize(("of", "category_found"), [("kundeservice", "drift"), ("drift", "it"), (None, "drift")])
def test_a_rule_of_another_mailbox_does_not_count(of: str | None, category_found: str) -> None:
    assert routed(rule(mailbox=of, category="drift")).routing.category == category_found


@pytest.mark.parametrize("action", ["ignore", "hold", "open"])
def test_a_rule_may_say_what_is_done_with_the_mail(action: str) -> None:
    assert routed(rule(action=action)).action == action


def test_a_rule_that_sets_nothing_is_still_on_record() -> None:
    assert routed(rule()).evidence[0].detail == "nothing"


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
    ],
)
def test_a_rule_may_look_at_every_part_of_a_mail(field: str, pattern: str) -> None:
    parsed = message(
        ("X-Miljo", "test"), ("X-Miljo", "prod"), cc=to("kopi@x.example"), recipients=("levert@desk.example",)
    )
    assert routed(rule(match=((field, pattern),), category="drift"), parsed=parsed).routing.category == "drift"


@pytest.mark.parametrize("field", ["header.x-other", "body", "from"])
def test_a_pattern_that_is_nowhere_found_does_not_hit(field: str) -> None:
    assert routed(rule(match=((field, "finnes ikke"),), category="drift")).routing.category == "it"


def test_all_patterns_of_a_rule_must_be_found() -> None:
    both = rule(match=(("subject", "(?i)skriver"), ("body", "brenner")), category="drift")
    assert routed(both).routing.category == "it"
    assert routed(both, parsed=message(text="Den brenner")).routing.category == "drift"


def test_a_pattern_that_would_hang_other_engines_is_searched_at_once() -> None:
    slow = rule(match=(("body", "^(a+)+$"),), category="drift")
    assert routed(slow, parsed=message(text="a" * 100_000 + "b")).routing.category == "it"


# The agent.
def test_the_agent_with_fewest_open_cases_is_chosen() -> None:
    loads = (Load(agent="kari", open_cases=3), Load(agent="per", open_cases=2))
    assert assigned(view(loads=loads)) == "per"


def test_an_agent_without_any_case_has_fewest() -> None:
    assert assigned(view(loads=(Load(agent="kari", open_cases=1),))) == "per"


@pytest.mark.parametrize("order", [("kari", "per"), ("per", "kari")])
def test_of_two_with_as_few_the_one_who_stands_first_in_the_category_is_chosen(order: tuple[str, str]) -> None:
    assert assigned(view(desk=members(*order))) == order[0]


def test_a_category_without_assignment_leaves_its_cases_to_be_taken() -> None:
    assert assigned(view(desk=members("kari", assignment="none"))) is None


@pytest.mark.parametrize("who", ["nils", "revi", "ukjent"])
def test_a_deactivated_agent_an_auditor_or_a_stranger_is_never_chosen(who: str) -> None:
    assert assigned(view(desk=members(who, "per"))) == "per"
    assert assigned(view(desk=members(who, manager=None))) is None
    assert assigned(view(desk=members(who, manager=who))) is None


def test_an_absent_agent_is_never_chosen() -> None:
    assert assigned(view(absent=frozenset({"kari"}))) == "per"


def test_where_nobody_of_the_category_is_there_its_manager_has_the_case() -> None:
    assert assigned(view(absent=frozenset({"kari", "per"}))) == "gro"


def test_where_the_manager_is_away_too_nobody_has_it() -> None:
    assert assigned(view(absent=frozenset({"kari", "per", "gro"}))) is None


def test_an_agents_own_enquiry_is_for_a_colleague() -> None:
    assert assigned(view(), exclude=KARI) == "per"
    assert assigned(view(desk=members("kari", manager="kari")), exclude=KARI) is None
    assert routed(parsed=message(from_=(KARI,), identity=KARI)).routing.assignee == "per"


def test_the_agent_of_a_rule_goes_before_the_categorys_assignment() -> None:
    assert assigned(view(), by_rule="gro") == "gro"
    assert assigned(view(desk=members(assignment="none")), by_rule="gro") == "gro"


@pytest.mark.parametrize("who", ["nils", "revi", "kari", "borte"])
def test_an_agent_of_a_rule_who_is_not_there_is_passed_over(who: str) -> None:
    here = desk(agents=(*desk().agents, agent("borte")))
    assert assigned(view(desk=here, absent=frozenset({"borte"})), by_rule=who, exclude=KARI) == "per"


def test_a_category_that_is_no_longer_in_the_config_has_no_agents() -> None:
    assert assigned(view(), to_category="nedlagt") is None


def test_the_reason_for_the_choice_is_on_record() -> None:
    facts = view(loads=(Load(agent="kari", open_cases=2), Load(agent="per", open_cases=2)))
    routing = Routing(category="it", priority="normal", assignee=None, rule="mailbox")
    assert assign(routing, facts)[1].detail == "kari has fewest open cases (2)"

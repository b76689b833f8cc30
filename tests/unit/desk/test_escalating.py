"""A level is reached: who gets which letter, once, what stands on record, and who gets the case."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Case, Role, Status
from inboxd.desk.clocks.escalation import ESCALATION
from inboxd.desk.clocks.service_levels import EscalationLevel, Target
from inboxd.desk.decision import Decision, Escalated, SetField, SetTimer
from inboxd.desk.desk import Desk
from inboxd.desk.routing.customer import Customer
from inboxd.desk.tick import tick
from inboxd.desk.view import KnownEscalation, Timer, View
from tests.unit.desk.desks import HOUR, NOW, OLA, agent, case, category, changes_of, desk, mailbox, party, view

NIGHT = NOW + 13 * HOUR


def level(*to: str, at: int = 0, of: Any = "resolution", **changes: Any) -> EscalationLevel:
    return EscalationLevel(of=of, before=at < 0, after=Target(days=0, minutes=abs(at)), to=to, **changes)


def with_levels(*levels: EscalationLevel, clock: str = "office", **changes: Any) -> Desk:
    normal = replace(desk().priorities[0], escalation=levels, clock=clock)
    values: dict[str, Any] = {
        "priorities": (normal, *desk().priorities[1:]),
        "categories": (category(owner="per", manager="gro", members=("kari", "per", "gro")), desk().categories[1]),
    }
    return desk(**{**values, **changes})


def late(**changes: Any) -> Case:
    """Return a case whose solution was due an hour ago and whose answer was given."""
    values = {"resolution_due": NOW - HOUR, "escalates_from": NOW - 24 * HOUR}
    return case(**{**values, **changes})


def ring(where: Desk, of: Case, now: dt.datetime = NOW, **changes: Any) -> Decision:
    timer = Timer(case_id=of.id, name=ESCALATION, rings_at=now)
    seen: View = view(of, desk=where, ringing=(timer,), greeted=frozenset({(1, OLA.address)}), **changes)
    return tick(seen, now)


def told(decision: Decision) -> list[tuple[str, str]]:
    return [(letter.to[0].address, letter.template) for letter in decision.letters]


def on_record(decision: Decision) -> list[tuple[str, int, tuple[str, ...], str]]:
    return [(c.target, c.level, c.to, c.why) for c in changes_of(decision, Escalated)]


def rings_at(decision: Decision) -> dt.datetime | None:
    return changes_of(decision, SetTimer)[-1].rings_at


def test_a_level_may_tell_the_agent_the_manager_the_requester_and_others_each_once() -> None:
    where = with_levels(level("assignee", "manager", "requester", "drift@annen.example", "gro"))
    decision = ring(where, late())
    assert told(decision) == [
        ("kari@desk.example", "escalation"),
        ("gro@desk.example", "escalation"),
        (OLA.address, "escalation_requester"),
        ("drift@annen.example", "escalation"),
    ]
    assert on_record(decision) == [
        ("resolution", 1, ("kari@desk.example", "gro@desk.example", OLA.address, "drift@annen.example"), "")
    ]
    assert {letter.kind for letter in decision.letters} == {"escalation"}
    assert [letter.null_sender for letter in decision.letters] == [False, False, True, False]


def test_every_letter_says_which_target_and_when_it_was_due_in_its_readers_language() -> None:
    decision = ring(with_levels(level("assignee", "requester")), late(language="nn"))
    assert {(letter.target, letter.target_due) for letter in decision.letters} == {("resolution", NOW - HOUR)}
    assert [letter.language for letter in decision.letters] == ["nb", "nn"]


def test_a_warning_is_another_letter_and_none_of_the_customers_business() -> None:
    where = with_levels(level("assignee", "requester", "customer", at=-120))
    decision = ring(where, late(resolution_due=NOW + HOUR))
    assert told(decision) == [("kari@desk.example", "escalation_warning")]
    assert on_record(decision) == [("resolution", -1, ("kari@desk.example",), "warning")]


def test_a_template_of_the_desks_own_is_for_the_desk_and_not_for_the_customer() -> None:
    decision = ring(with_levels(level("assignee", "requester", template="vakt")), late())
    assert told(decision) == [("kari@desk.example", "vakt"), (OLA.address, "escalation_requester")]
    assert [letter.stand_in for letter in decision.letters] == ["escalation", ""]


@pytest.mark.parametrize("changes", [{"greeted": frozenset()}, {"bounced": frozenset({OLA.address})}])
def test_where_no_receipt_went_or_mail_came_back_no_machine_writes_again(changes: dict[str, Any]) -> None:
    timer = Timer(case_id=1, name=ESCALATION, rings_at=NOW)
    values = {"greeted": frozenset({(1, OLA.address)}), "ringing": (timer,), **changes}
    decision = tick(view(late(), desk=with_levels(level("requester", reassign="per")), **values), NOW)
    assert [letter.template for letter in decision.letters] == ["agent_assigned"]


def test_a_new_round_tells_the_desk_again_but_the_customer_only_of_another_moment() -> None:
    where = with_levels(level("manager", "requester"), level("requester", at=60))
    again = late(round=1, escalates_from=NOW)
    values = {"case_id": 1, "round": 0, "target": "resolution", "level": 1, "why": "", "acknowledged_by": None}
    to = ("gro@desk.example", OLA.address.upper())
    before = KnownEscalation(at=NOW - HOUR, to=to, **values)
    assert told(ring(where, again, escalations=(before,))) == [("gro@desk.example", "escalation")]
    both = [("gro@desk.example", "escalation"), (OLA.address, "escalation_requester")]
    for other in ({"at": NOW - 2 * HOUR}, {"why": "warning"}, {"target": "response"}, {"case_id": 2}):
        assert told(ring(where, again, escalations=(replace(before, **other),))) == both
    later = ring(where, late(escalates_from=NOW - 24 * HOUR), NOW, escalations=(before,))
    assert told(later) == [(OLA.address, "escalation_requester")]  # a second level of the same round


def test_the_customers_contact_is_told_where_the_case_has_a_customer_with_one() -> None:
    molde = Customer(name="molde", title="Molde", contact="ikt@molde.example")
    aukra = Customer(name="aukra", title="Aukra")
    where = with_levels(level("customer"), customers=(molde, aukra))
    assert told(ring(where, late(customer="molde"))) == [("ikt@molde.example", "escalation_requester")]
    for other in ("aukra", "gone", None):
        assert told(ring(where, late(customer=other))) == []


# ---- Roles and stand-ins.
@pytest.mark.parametrize(
    ("of_category", "of_mailbox", "expected"),
    [
        ({"operations": "per"}, {"operations": "kari"}, "per@desk.example"),
        ({"operations": "vakt@annen.example"}, {}, "vakt@annen.example"),
        ({}, {"operations": "kari"}, "kari@desk.example"),
        ({}, {}, "gro@desk.example"),
    ],
)
def test_a_role_is_the_categorys_else_the_mailboxs_and_without_a_person_the_managers(
    of_category: dict[str, str], of_mailbox: dict[str, str], expected: str
) -> None:
    where = with_levels(
        level("role:operations"),
        categories=(category(manager="gro", **of_category), desk().categories[1]),
        mailboxes=(mailbox(**of_mailbox),),
    )
    assert [to for to, _ in told(ring(where, late()))] == [expected]


@pytest.mark.parametrize(
    ("assignee", "absent"), [(None, frozenset()), ("nils", frozenset()), ("kari", frozenset({"kari"}))]
)
def test_whoever_has_left_is_away_or_is_nobody_is_stood_in_for_by_the_manager(
    assignee: str | None, absent: frozenset[str]
) -> None:
    decision = ring(with_levels(level("assignee")), late(assignee=assignee), absent=absent)
    assert told(decision) == [("gro@desk.example", "escalation")]


def test_without_a_manager_the_leads_are_told_and_without_leads_the_admin_and_then_nobody() -> None:
    bare = {"categories": (category(manager=None), desk().categories[1])}
    leads = (agent("kari"), agent("gro", role="lead"), agent("liv", role="lead"))
    assert [to for to, _ in told(ring(with_levels(level("manager"), **bare, agents=leads), late()))] == [
        "gro@desk.example",
        "liv@desk.example",
    ]
    alone = with_levels(level("manager"), **bare, agents=(agent("kari"),), admin="drift@annen.example")
    assert told(ring(alone, late())) == [("drift@annen.example", "escalation")]
    nobody = ring(replace(alone, admin=None), late())
    assert (told(nobody), on_record(nobody)) == ([], [("resolution", 1, (), "")])


def test_an_agent_who_may_not_know_of_the_case_is_told_nothing_by_name_or_address() -> None:
    closed = (category(manager="gro", access="members", members=("kari",)), desk().categories[1])
    where = with_levels(level("per", "per@desk.example"), categories=closed)
    assert told(ring(where, late())) == [("gro@desk.example", "escalation")]


# ---- Once, and not at night.
def test_a_level_is_reached_once_and_the_next_one_in_its_own_time() -> None:
    where = with_levels(level("assignee", at=60), level("manager", at=120))
    first = ring(where, late())
    assert on_record(first) == [("resolution", 1, ("kari@desk.example",), "")]
    assert rings_at(first) == NOW + HOUR
    known = KnownEscalation(
        case_id=1, round=0, target="resolution", level=1, at=NOW, to=(), why="", acknowledged_by=None
    )
    again = ring(where, late(), escalations=(known,))
    assert (on_record(again), rings_at(again)) == ([], NOW + HOUR)


def test_what_came_due_while_nobody_looked_is_made_good_together_with_one_letter_each() -> None:
    where = with_levels(level("assignee", "manager"), level("manager", "role:owner", at=30))
    decision = ring(where, late())
    assert told(decision) == [
        ("kari@desk.example", "escalation"),
        ("gro@desk.example", "escalation"),
        ("per@desk.example", "escalation"),
    ]
    assert [level for _, level, _, _ in on_record(decision)] == [1, 2]
    assert rings_at(decision) is None


def test_at_night_nothing_is_mailed_and_the_clock_looks_again_when_the_desk_opens() -> None:
    decision = ring(with_levels(level("assignee")), late(), now=NIGHT)
    assert (told(decision), on_record(decision)) == ([], [])
    assert rings_at(decision) == NOW + 22 * HOUR  # 08:00
    around = ring(with_levels(level("assignee"), clock="24x7"), late(), now=NIGHT)
    assert told(around) == [("kari@desk.example", "escalation")]


@pytest.mark.parametrize(
    "changes", [{"paused_at": NOW - 2 * HOUR, "status": Status.WAITING}, {"escalates_from": None}, {"priority": "gone"}]
)
def test_a_case_that_stands_still_is_stopped_or_has_no_clock_tells_nobody(changes: dict[str, Any]) -> None:
    decision = ring(with_levels(level("assignee")), late(**changes))
    assert (told(decision), rings_at(decision)) == ([], None)


# ---- Another agent.
def test_a_level_may_give_the_case_to_another_agent_who_hears_of_it_once() -> None:
    decision = ring(with_levels(level("manager", reassign="per")), late())
    (given,) = changes_of(decision, SetField)
    assert (given.field, given.value, given.actor, given.quiet) == ("assignee", "per", "inboxd", False)
    assert told(decision) == [("gro@desk.example", "escalation"), ("per@desk.example", "agent_assigned")]
    both = ring(with_levels(level("per", reassign="per")), late())
    assert told(both) == [("per@desk.example", "escalation")]


@pytest.mark.parametrize(
    ("to", "changes"), [("kari", {}), ("nils", {}), ("per", {"absent": frozenset({"per"})}), ("gone", {})]
)
def test_the_case_stays_where_it_is_if_that_agent_has_it_or_is_not_there(to: str, changes: dict[str, Any]) -> None:
    assert changes_of(ring(with_levels(level(reassign=to)), late(), **changes), SetField) == []


def test_what_escalation_does_itself_begins_no_new_round() -> None:
    normal = replace(with_levels(level(reassign="per")).priorities[0], events=(("assigned", "restart"),))
    where = with_levels(priorities=(normal, *desk().priorities[1:]))
    assert {change.field for change in changes_of(ring(where, late()), SetField)} == {"assignee"}


def test_a_requester_who_is_also_cc_is_told_as_the_requester() -> None:
    both = late(participants=(party(OLA), party(OLA, Role.CC)))
    assert told(ring(with_levels(level("requester")), both)) == [(OLA.address, "escalation_requester")]


def test_who_wants_no_letters_of_new_cases_hears_of_an_escalation_all_the_same() -> None:
    quiet = tuple(replace(one, notify=frozenset()) for one in with_levels().agents)
    assert told(ring(with_levels(level("assignee"), agents=quiet), late())) == [("kari@desk.example", "escalation")]


def test_nobody_outside_hears_of_a_target_that_had_passed_when_it_was_counted() -> None:
    molde = Customer(name="molde", title="Molde", contact="ikt@molde.example")
    where = with_levels(level("manager", "requester", "customer"), customers=(molde,))
    raised = late(customer="molde", round=1, escalates_from=NOW, counted_at=NOW)
    decision = ring(where, raised)
    assert told(decision) == [("gro@desk.example", "escalation")]
    assert on_record(decision) == [("resolution", 1, ("gro@desk.example",), "")]
    promised = replace(raised, counted_at=NOW - 2 * HOUR)
    assert [to for to, _ in told(ring(where, promised))] == ["gro@desk.example", OLA.address, "ikt@molde.example"]

"""Who gets a case: whom a rule names, who had the sender's last one, who is on duty, then the category's assignment."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.decision import SetField, TurnTaken
from inboxd.desk.desk import Desk
from inboxd.desk.routing.assign import Assigned, assign, given, handed_on, on_duty
from inboxd.desk.routing.destination import Routing
from inboxd.desk.view import Load, View
from inboxd.mail.address import Address
from tests.unit.desk.desks import NOW, agent, case, category, desk, view, with_category

KARI = Address(name="Kari", address="Kari@desk.example")
WEEK = dt.timedelta(days=7)


def assigned(facts: View, *, to_category: str = "it", by_rule: str | None = None, **more: Any) -> Assigned:
    routing = Routing(category=to_category, priority="normal", assignee=by_rule, rule="skriver")
    return assign(routing, facts, more.pop("now", NOW), **more)


def chosen(facts: View, **more: Any) -> str | None:
    return assigned(facts, **more).agent


def members(*names: str, **changes: Any) -> Desk:
    return with_category(members=names, **changes)


# Who has fewest.
def test_the_agent_with_fewest_open_cases_is_chosen() -> None:
    loads = (Load(agent="kari", open_cases=3), Load(agent="per", open_cases=2))
    assert chosen(view(loads=loads)) == "per"


def test_an_agent_without_any_case_has_fewest() -> None:
    assert chosen(view(loads=(Load(agent="kari", open_cases=1),))) == "per"


@pytest.mark.parametrize("order", [("kari", "per"), ("per", "kari")])
def test_of_two_with_as_few_the_one_who_stands_first_in_the_category_is_chosen(order: tuple[str, str]) -> None:
    assert chosen(view(desk=members(*order))) == order[0]


def test_a_category_without_assignment_leaves_its_cases_to_be_taken() -> None:
    assert chosen(view(desk=members("kari", assignment="none"))) is None


@pytest.mark.parametrize("how", ["fewest_open", "even", "weighted"])
@pytest.mark.parametrize("who", ["nils", "revi", "ukjent"])
def test_a_deactivated_agent_an_auditor_or_a_stranger_is_never_chosen(who: str, how: str) -> None:
    assert chosen(view(desk=members(who, "per", assignment=how))) == "per"
    assert chosen(view(desk=members(who, manager=None, assignment=how))) is None
    assert chosen(view(desk=members(who, manager=who, assignment=how))) is None


@pytest.mark.parametrize("how", ["fewest_open", "even", "weighted"])
def test_an_absent_agent_is_never_chosen(how: str) -> None:
    assert chosen(view(desk=with_category(assignment=how), absent=frozenset({"kari"}))) == "per"


def test_where_nobody_of_the_category_is_there_its_manager_has_the_case() -> None:
    assert chosen(view(absent=frozenset({"kari", "per"}))) == "gro"


def test_where_the_manager_is_away_too_nobody_has_it() -> None:
    assert chosen(view(absent=frozenset({"kari", "per", "gro"}))) is None


def test_an_agents_own_enquiry_is_for_a_colleague() -> None:
    assert chosen(view(), exclude=KARI) == "per"
    assert chosen(view(desk=members("kari", manager="kari")), exclude=KARI) is None


def test_a_category_that_is_no_longer_in_the_config_has_no_agents() -> None:
    assert chosen(view(), to_category="nedlagt") is None


def test_the_reason_for_the_choice_is_on_record() -> None:
    facts = view(loads=(Load(agent="kari", open_cases=2), Load(agent="per", open_cases=2)))
    assert assigned(facts).why.detail == "kari has fewest open cases (2)"


# Whom a rule names.
def test_the_agent_of_a_rule_goes_before_the_categorys_assignment() -> None:
    assert chosen(view(), by_rule="gro") == "gro"
    assert chosen(view(desk=members(assignment="none")), by_rule="gro") == "gro"


@pytest.mark.parametrize("who", ["nils", "revi", "kari", "borte", "ukjent"])
def test_an_agent_of_a_rule_who_is_not_there_is_passed_over(who: str) -> None:
    here = desk(agents=(*desk().agents, agent("borte")))
    assert chosen(view(desk=here, absent=frozenset({"borte"})), by_rule=who, exclude=KARI) == "per"


def test_no_rule_gives_a_case_to_an_agent_who_may_not_know_of_it() -> None:
    closed = with_category(access="members", manager=None)
    assert chosen(view(desk=closed), by_rule="gro") == "kari"
    assert chosen(view(desk=closed), by_rule="per") == "per"


# Whose turn it is.
def turns(*counts: tuple[str, int], **changes: Any) -> View:
    shared = with_category(**{"assignment": "even", **changes})
    return view(desk=shared, turns=tuple(("it", name, number) for name, number in counts))


def test_cases_shared_out_evenly_go_to_whoever_had_fewest_so_far() -> None:
    assert chosen(turns()) == "kari"
    assert chosen(turns(("kari", 1))) == "per"
    assert chosen(turns(("kari", 1), ("per", 1))) == "kari"


def test_open_cases_do_not_count_where_cases_are_shared_out() -> None:
    facts = replace(turns(("kari", 3), ("per", 4)), loads=(Load(agent="kari", open_cases=9),))
    assert chosen(facts) == "kari"


def test_turns_of_another_category_do_not_count() -> None:
    assert chosen(replace(turns(), turns=(("drift", "kari", 5),))) == "kari"


def test_a_turn_is_counted() -> None:
    assert assigned(turns(("kari", 1))).turns == (TurnTaken(category="it", agent="per"),)
    assert assigned(view()).turns == ()


def test_an_agent_without_a_weight_counts_as_one_and_one_of_weight_nothing_gets_nothing() -> None:
    facts = turns(("kari", 2), ("per", 1), assignment="weighted", weights=(("kari", 2),))
    assert chosen(facts) == "kari"
    assert chosen(turns(("kari", 50), assignment="weighted", weights=(("per", 0),))) == "kari"


def test_where_only_agents_of_weight_nothing_are_there_they_share_evenly() -> None:
    nothing = (("kari", 0), ("per", 0))
    assert chosen(turns(("kari", 1), assignment="weighted", weights=nothing)) == "per"


def test_who_was_away_takes_his_turn_again_and_makes_nothing_good() -> None:
    back = assigned(turns(("kari", 100), ("per", 4)))
    assert back.agent == "per"
    assert back.turns == (TurnTaken(category="it", agent="per", missed=95),)
    assert chosen(turns(("kari", 100), ("per", 100))) == "kari"


def test_the_first_turn_counts_for_what_the_agents_before_had() -> None:
    new = assigned(turns(("kari", 100), ("per", 100), members=("kari", "per", "gro")))
    assert (new.agent, new.turns[0].missed) == ("gro", 99)


# Who had the sender's last case.
def test_two_mails_in_a_row_from_one_sender_go_to_the_same_agent() -> None:
    facts = view(last_agents=(("it", "per"),))
    assert assigned(facts).agent == "per"
    assert assigned(facts).why.detail == "per has the sender's last case"


def test_a_case_of_another_category_does_not_count() -> None:
    assert chosen(view(last_agents=(("drift", "per"),))) == "kari"


def test_who_had_the_senders_last_case_is_passed_over_when_he_is_away_or_serves_it_no_more() -> None:
    facts = view(last_agents=(("it", "per"),))
    assert chosen(replace(facts, absent=frozenset({"per"}))) == "kari"
    assert chosen(replace(facts, desk=members("kari"))) == "kari"


def test_mail_of_machines_does_not_keep_to_one_agent() -> None:
    assert chosen(view(last_agents=(("it", "per"),)), by_machine=True) == "kari"


def test_a_sender_keeps_nobody_where_cases_are_left_to_be_taken() -> None:
    assert chosen(view(desk=members("kari", "per", assignment="none"), last_agents=(("it", "per"),))) is None


def test_what_comes_out_of_turn_uses_up_no_turn() -> None:
    assert assigned(replace(turns(), last_agents=(("it", "per"),))).turns == ()


# Who is on duty.
ROSTER: dict[str, Any] = {"duty": ("kari", "per"), "duty_from": NOW.date() - dt.timedelta(days=3)}


def test_duty_turns_every_week_from_monday_on() -> None:
    roster = category(**ROSTER)
    # the first one's week holds `duty_from`, a Friday; NOW is the Monday after it
    assert on_duty(roster, desk(), NOW - dt.timedelta(days=3)) == "kari"
    assert [on_duty(roster, desk(), NOW + n * WEEK) for n in range(3)] == ["per", "kari", "per"]
    assert on_duty(roster, desk(), NOW - WEEK) == "kari"
    assert on_duty(roster, desk(), NOW - 2 * WEEK) == "per"


def test_the_week_begins_by_the_desks_own_calendar() -> None:
    roster = category(duty=("kari", "per"), duty_from=dt.date(2026, 3, 9))
    sunday_night = dt.datetime(2026, 3, 8, 23, 30, tzinfo=dt.UTC)  # Monday, half past twelve at the desk
    assert on_duty(roster, desk(), sunday_night) == "kari"
    assert on_duty(roster, desk(), sunday_night - dt.timedelta(hours=1)) == "per"


def test_a_roster_goes_on_over_new_year_and_weeks_may_be_swapped() -> None:
    roster = category(duty=("kari", "per"), duty_from=dt.date(2026, 12, 14), duty_weeks=((2026, 53, "gro"),))
    days = [dt.datetime(2026, 12, 14, 12, tzinfo=dt.UTC) + n * WEEK for n in range(4)]
    assert [on_duty(roster, desk(), day) for day in days] == ["kari", "per", "gro", "per"]


def test_single_weeks_need_no_roster() -> None:
    weeks = category(duty_weeks=((2026, 11, "gro"),))
    assert on_duty(weeks, desk(), NOW) == "gro"
    assert on_duty(weeks, desk(), NOW + WEEK) is None


def test_whoever_is_on_duty_gets_the_weeks_new_cases_though_others_have_fewer() -> None:
    facts = view(desk=with_category(**ROSTER), loads=(Load(agent="per", open_cases=9),))
    assert assigned(facts).agent == "per"
    assert assigned(facts).why.detail == "per is on duty this week"
    assert chosen(replace(facts, desk=with_category(**ROSTER, assignment="none"))) == "per"


def test_where_whoever_is_on_duty_is_away_the_assignment_goes_on() -> None:
    facts = view(desk=with_category(**ROSTER), absent=frozenset({"per"}))
    assert chosen(facts) == "kari"
    assert chosen(replace(facts, desk=with_category(**ROSTER, assignment="none"))) is None


def test_who_had_the_senders_last_case_goes_before_who_is_on_duty() -> None:
    assert chosen(view(desk=with_category(**ROSTER), last_agents=(("it", "kari"),))) == "kari"


# A case whose agent is not there.
def test_news_on_a_case_whose_agent_is_away_or_gone_hands_it_on() -> None:
    to = handed_on(case(), view(absent=frozenset({"kari"})), NOW)
    assert to is not None
    assert given(case(), to) == (SetField(case_id=1, field="assignee", value="per", actor="inboxd"),)
    gone = handed_on(case(assignee="nils"), view(), NOW)
    assert gone is not None
    assert gone.agent == "kari"


@pytest.mark.parametrize("who", ["kari", None])
def test_a_case_stays_with_an_agent_who_is_there_and_one_that_nobody_has_stays_so(who: str | None) -> None:
    assert handed_on(case(assignee=who), view(), NOW) is None
    assert given(case(assignee=who), None) == ()


def test_a_case_stays_where_it_is_when_there_is_nobody_else() -> None:
    alone = members("kari", manager=None)
    assert handed_on(case(), view(desk=alone, absent=frozenset({"kari"})), NOW) is None

"""The customer complains upwards, and somebody above has seen it."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Case
from inboxd.desk.clocks.escalation import ESCALATION
from inboxd.desk.clocks.service_levels import EscalationLevel, Point, Target
from inboxd.desk.decision import Acknowledged, Decision, Escalated, SetField, SetTimer
from inboxd.desk.desk import Desk
from inboxd.desk.order import Acknowledge, Escalate, Refusal
from inboxd.desk.orders import act
from inboxd.desk.view import KnownEscalation
from tests.unit.desk.desks import HOUR, NOW, agent, case, category, changes_of, decided, desk, refused, view

WHY = "Ingen har ringt tilbake siden mandag."
LEADER = Point(
    name="leder", title="Daglig leder", person="Anne Berg", phone="71 11 11 00", address="anne@leder.example",
    purposes=("escalation",),
)  # fmt: skip
COUNCIL = replace(LEADER, name="raad", title="Samarbeidsrådet", person="", address="raad@leder.example")
BY_PHONE = replace(LEADER, name="vakt", address=None)
FACULTY = replace(LEADER, name="fag", purposes=("referral",))


def asked(where: Desk, of: Case | None = None, *, to: str | None = None, **changes: Any) -> Decision | Refusal:
    return act(Escalate(actor="kari", why=WHY, to=to), view(of or case(), desk=where, **changes), NOW)


def addresses(decision: Decision) -> list[str]:
    return [letter.to[0].address for letter in decision.letters]


def test_a_complaint_goes_to_the_first_escalation_point_with_its_reason_and_changes_nothing_else() -> None:
    decision = decided(asked(desk(points=(FACULTY, LEADER, COUNCIL))))
    assert decision.changes == (
        Escalated(case_id=1, round=0, target="asked", level=0, to=("anne@leder.example",), why=WHY, actor="kari"),
    )
    (letter,) = decision.letters
    assert (letter.kind, letter.template, letter.text, letter.author) == ("escalation", "escalation_asked", WHY, "kari")


def test_or_to_the_point_that_is_named() -> None:
    assert addresses(decided(asked(desk(points=(LEADER, COUNCIL)), to="raad"))) == ["raad@leder.example"]


@pytest.mark.parametrize("points", [(), (BY_PHONE,), (FACULTY,)])
def test_without_an_address_to_write_to_it_goes_to_the_categorys_manager(points: tuple[Point, ...]) -> None:
    assert addresses(decided(asked(desk(points=points)))) == ["gro@desk.example"]


def test_and_without_a_manager_to_the_leads() -> None:
    bare = desk(
        categories=(category(manager=None), desk().categories[1]),
        agents=(agent("kari"), agent("liv", role="lead"), agent("bo", role="lead")),
    )
    assert addresses(decided(asked(bare))) == ["liv@desk.example", "bo@desk.example"]


@pytest.mark.parametrize(
    ("points", "hint"),
    [
        ((LEADER, COUNCIL, FACULTY), "there are: leder, raad"),
        ((), "an admin can write one as [[point]] in config.toml"),
    ],
)
def test_a_point_that_takes_no_complaints_is_refused_with_those_that_do(points: tuple[Point, ...], hint: str) -> None:
    found = refused(asked(desk(points=points), to="fag"))
    assert (found.code, found.message, found.hint) == ("not_found", "no escalation point fag", hint)


def test_who_complains_twice_is_on_record_twice() -> None:
    decision = decided(asked(desk(points=(LEADER,)), escalations=(known("asked"), known("asked", round=7))))
    (found,) = changes_of(decision, Escalated)
    assert found.level == 1


# ---- Seen.
def known(target: str = "resolution", **changes: Any) -> KnownEscalation:
    values = {"case_id": 1, "round": 0, "level": 0, "at": NOW, "to": (), "why": "", "acknowledged_by": None}
    return KnownEscalation(**{**values, "target": target, **changes})


@pytest.mark.parametrize("actor", ["gro", "liv", "sjef", "admin"])
def test_leads_admins_the_manager_and_the_owner_may_say_that_they_have_seen_it(actor: str) -> None:
    where = desk(
        agents=(*desk().agents, agent("liv", role="lead"), agent("sjef", role="admin")),
        categories=(category(manager="gro"), desk().categories[1]),
    )
    decision = decided(act(Acknowledge(actor=actor), view(case(), desk=where, escalations=(known(),)), NOW))
    assert changes_of(decision, Acknowledged) == [Acknowledged(case_id=1, actor=actor)]


def test_an_agent_may_not() -> None:
    found = refused(act(Acknowledge(actor="per"), view(case(), escalations=(known(),)), NOW))
    assert (found.code, found.hint) == ("not_allowed", "leads, admins and the manager of its category (it) can")


@pytest.mark.parametrize("seen", [(), (known(acknowledged_by="gro"),), (known(case_id=2),)])
def test_where_nothing_is_escalated_there_is_nothing_to_have_seen(seen: tuple[KnownEscalation, ...]) -> None:
    found = refused(act(Acknowledge(actor="gro"), view(case(), escalations=seen), NOW))
    assert found.code == "conflict"


def test_what_was_seen_goes_no_further_until_something_begins_a_new_round() -> None:
    levels = tuple(
        EscalationLevel(of="resolution", before=False, after=Target(days=0, minutes=minutes), to=("manager",))
        for minutes in (0, 60)
    )
    where = desk(priorities=(replace(desk().priorities[0], escalation=levels), *desk().priorities[1:]))
    late = case(resolution_due=NOW - HOUR / 2, escalates_from=NOW - 24 * HOUR)
    seen = view(late, desk=where, escalations=(known(level=1),))
    decision = decided(act(Acknowledge(actor="gro"), seen, NOW))
    assert changes_of(decision, SetTimer) == [SetTimer(case_id=1, name=ESCALATION, rings_at=None)]
    assert changes_of(decision, SetField) == []

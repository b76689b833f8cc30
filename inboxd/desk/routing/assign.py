"""Who gets a case: the agent a rule names, whoever had the sender's last one, who is on duty, then whose turn it is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

from inboxd.desk.access import may_see
from inboxd.desk.case import Case
from inboxd.desk.decision import Change, SetField, TurnTaken
from inboxd.desk.desk import Category, Desk
from inboxd.desk.evidence import Evidence
from inboxd.desk.routing.destination import Routing
from inboxd.desk.view import View
from inboxd.mail.address import Address

WEEK_DAYS = 7

SHARED_OUT = frozenset({"even", "weighted"})
"""Assignments that count whose turn it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Who gets a case (None: nobody), why, and the turn that this uses up in a category that shares its cases out."""

    agent: str | None
    why: Evidence
    turn: TurnTaken | None = None

    @property
    def turns(self) -> tuple[TurnTaken, ...]:
        """The change that counts the turn, if there is one."""
        return (self.turn,) if self.turn else ()


def assign(
    routing: Routing, view: View, now: dt.datetime, *, exclude: Address | None = None, by_machine: bool = False
) -> Assigned:
    """Choose the agent for a case: the one that its routing names, else by its category; never one who is not there.

    `exclude` is the requester: an agent's own enquiry is for a colleague. Mail that a machine writes by itself
    (`by_machine`) does not keep to one agent: it would all be his.
    """
    category = view.desk.category(routing.category)
    present = _present(view, exclude)
    named = view.desk.agent(routing.assignee) if routing.assignee else None
    if named and named.name in present and may_see(view.desk, named, routing.category):
        return _to(named.name, f"{routing.rule} names {named.name}")
    if category is None:
        return _nobody(f"category {routing.category} is not in the config: its cases are left to be taken")
    members = tuple(name for name in category.members if name in present)
    last = None if by_machine else dict(view.last_agents).get(category.name)
    duty = on_duty(category, view.desk, now)
    if category.assignment == "none" and duty not in members:
        return _nobody(f"category {category.name} leaves its cases to be taken")
    if last in members:
        return _to(last, f"{last} has the sender's last case")
    if duty in members:
        return _to(duty, f"{duty} is on duty this week")
    if members:
        return _by_assignment(category, members, view)
    if category.manager in present:
        return _to(category.manager, "nobody of the category is there: its manager")
    return _nobody(f"nobody of category {category.name} is there")


def handed_on(case: Case, view: View, now: dt.datetime) -> Assigned | None:
    """Choose who gets a case whose agent is away or has left the desk; None where he is there or nobody else is."""
    holder = view.desk.agent(case.assignee) if case.assignee else None
    if case.assignee is None or (holder and holder.active and holder.name not in view.absent):
        return None
    why = f"{case.assignee} is away" if holder and holder.active else f"{case.assignee} has left the desk"
    routing = Routing(category=case.category, priority=case.priority, assignee=None, rule=why)
    requester = Address(name=case.requester.name, address=case.requester.address)
    to = assign(routing, view, now, exclude=requester, by_machine=True)
    return to if to.agent else None


def given(case: Case, to: Assigned | None, actor: str = "inboxd") -> tuple[Change, ...]:
    """Return the changes that give a case to whom it was assigned; none where it stays with who has it."""
    if to is None or to.agent == case.assignee:
        return ()
    return (SetField(case_id=case.id, field="assignee", value=to.agent, actor=actor), *to.turns)


def on_duty(category: Category, desk: Desk, now: dt.datetime) -> str | None:
    """Return who is on duty in a category in this ISO week, by the desk's own calendar; None without a roster."""
    today = now.astimezone(ZoneInfo(desk.timezone)).date()
    year, week, _ = today.isocalendar()
    swapped = next((name for y, w, name in category.duty_weeks if (y, w) == (year, week)), None)
    if swapped is not None or not category.duty or category.duty_from is None:
        return swapped
    weeks = (_monday(today) - _monday(category.duty_from)).days // WEEK_DAYS
    return category.duty[weeks % len(category.duty)]


def weight_of(category: Category, name: str) -> int:
    """Return an agent's share of a category's cases: 1, but where `weights` says otherwise."""
    return dict(category.weights).get(name, 1) if category.assignment == "weighted" else 1


def _present(view: View, exclude: Address | None) -> frozenset[str]:
    return frozenset(
        agent.name
        for agent in view.desk.agents
        if agent.active
        and agent.role != "auditor"
        and agent.name not in view.absent
        and (exclude is None or agent.address.casefold() != exclude.key)
    )


def _by_assignment(category: Category, members: Sequence[str], view: View) -> Assigned:
    if category.assignment in SHARED_OUT:
        return _by_turn(category, members, view)
    loads = {load.agent: load.open_cases for load in view.loads}
    chosen = min(members, key=lambda name: (loads.get(name, 0), members.index(name)))
    return _to(chosen, f"{chosen} has fewest open cases ({loads.get(chosen, 0)})")


def _by_turn(category: Category, members: Sequence[str], view: View) -> Assigned:
    """Give a case to whoever is furthest behind his share, counted in cases given by turn (Sainte-Laguë's divisors).

    After as many cases as all weights make together, each has exactly his share. Of two who were both there all the
    time none is ever further ahead than by one turn; who seems to be was there alone, and that is not made good.
    """
    weights = {name: weight_of(category, name) for name in members}
    weights = {name: weight for name, weight in weights.items() if weight} or dict.fromkeys(members, 1)
    given = {agent: cases for name, agent, cases in view.turns if name == category.name}
    level = max(Fraction(2 * given.get(name, 0) - 1, weight) for name, weight in weights.items())
    keeping_pace = {name: max(given.get(name, 0), ceil((level * weight - 1) / 2)) for name, weight in weights.items()}
    chosen = min(weights, key=lambda name: (Fraction(2 * keeping_pace[name] + 1, weights[name]), members.index(name)))
    missed = keeping_pace[chosen] - given.get(chosen, 0)
    turn = TurnTaken(category=category.name, agent=chosen, missed=missed)
    return replace(_to(chosen, f"it is {chosen}'s turn ({given.get(chosen, 0)} cases so far)"), turn=turn)


def _to(name: str, why: str) -> Assigned:
    return Assigned(agent=name, why=Evidence(rule="assign", detail=why))


def _nobody(why: str) -> Assigned:
    return Assigned(agent=None, why=Evidence(rule="assign", detail=why))


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())

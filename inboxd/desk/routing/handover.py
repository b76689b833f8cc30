"""Handing over an agent's open cases when he goes away or leaves: all in one step, one letter to each who gets some."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from inboxd.desk.access import may_see
from inboxd.desk.case import Case
from inboxd.desk.clocks.running import follow
from inboxd.desk.decision import Change, Decision, Draft, SetField, TurnTaken
from inboxd.desk.desk import Agent, Desk
from inboxd.desk.evidence import Evidence
from inboxd.desk.letters.status_title import status_title
from inboxd.desk.reference import reference
from inboxd.desk.routing.assign import Assigned, assign
from inboxd.desk.routing.destination import Routing
from inboxd.desk.view import Load, View
from inboxd.mail.address import Address
from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.mail.subject import one_line

LONGEST = 40
"""Characters of a subject in a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A case and who has it now; None for nobody."""

    case: Case
    to: str | None


def hand_over(name: str, view: View, now: dt.datetime, *, to: str | None, actor: str) -> tuple[Decision, list[Handed]]:
    """Decide who gets the open cases of an agent (`view.cases`): `to` those that he may know of, else by category.

    `view.absent` holds the agent himself already. A case for which nobody is there stays with nobody: it can be taken.
    """
    before = view
    handed: list[Handed] = []
    changes: list[Change] = []
    for case in view.cases:
        found = _receiver(name, case, view, now, to)
        handed.append(Handed(case=case, to=found.agent))
        changes += [SetField(case_id=case.id, field="assignee", value=found.agent, actor=actor), *found.turns]
        view = _afterwards(view, found)
    letters = tuple(_letters(name, handed, view, actor))
    return follow(Decision(kind="agent_order", changes=tuple(changes), letters=letters), before, now), handed


def _receiver(name: str, case: Case, view: View, now: dt.datetime, to: str | None) -> Assigned:
    chosen = view.desk.agent(to) if to else None
    if chosen is not None and may_see(view.desk, chosen, case.category):
        return Assigned(agent=chosen.name, why=Evidence(rule="assign", detail=f"{name} hands over to {chosen.name}"))
    routing = Routing(category=case.category, priority=case.priority, assignee=None, rule=f"{name} hands over")
    requester = Address(name=case.requester.name, address=case.requester.address)
    return assign(routing, view, now, exclude=requester)


def _afterwards(view: View, found: Assigned) -> View:
    """Return the facts for the next case: who was given this one has more in hand, and has had his turn."""
    loads = {load.agent: load.open_cases for load in view.loads}
    if found.agent:
        loads[found.agent] = loads.get(found.agent, 0) + 1
    counts = {(category, agent): cases for category, agent, cases in view.turns}
    for turn in found.turns:
        counts[turn.category, turn.agent] = _after(turn, counts)
    return replace(
        view,
        loads=tuple(Load(agent=agent, open_cases=number) for agent, number in loads.items()),
        turns=tuple((category, agent, cases) for (category, agent), cases in counts.items()),
    )


def _after(turn: TurnTaken, counts: dict[tuple[str, str], int]) -> int:
    return counts.get((turn.category, turn.agent), 0) + turn.missed + 1


def _letters(name: str, handed: Iterable[Handed], view: View, actor: str) -> Iterable[Draft]:
    """One letter to each agent: the cases that are his now, and those that nobody has and that he may take."""
    theirs: dict[str, tuple[list[Case], list[Case]]] = {}
    for one in handed:
        for receiver in (one.to,) if one.to else _who_may_take(one.case, view):
            theirs.setdefault(receiver, ([], []))[0 if one.to else 1].append(one.case)
    for receiver, (given, left) in theirs.items():
        agent = view.desk.agent(receiver)
        if agent is not None and agent.name != actor and _reads_letters(agent):
            yield Draft(
                kind="agent",
                case_id=None,
                mailbox=_mailbox((given or left)[0], view),
                template="agent_handover",
                language=view.desk.language,
                to=(Address(name=agent.name, address=agent.address),),
                author=name,
                about=_listed(given, view.desk),
                text=_listed(left, view.desk),
            )


def _mailbox(case: Case, view: View) -> str:
    return case.mailbox if view.desk.mailbox(case.mailbox) else view.desk.mailboxes[0].name


def _who_may_take(case: Case, view: View) -> tuple[str, ...]:
    category = view.desk.category(case.category)
    if category is None or category.notify != "members":
        return ()
    return tuple(name for name in category.members if name not in view.absent)


def _reads_letters(agent: Agent) -> bool:
    return agent.active and "assigned" in agent.notify


def _listed(cases: Sequence[Case], desk: Desk) -> str:
    """Return a line for each case, the most urgent first: its reference, priority, due, status and subject."""
    rows = [_row(case, desk) for case in sorted(cases, key=_urgency)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    return "\n".join("  ".join([*map(str.ljust, row, widths), row[-1]]) for row in rows)


def _urgency(case: Case) -> tuple[dt.datetime, int]:
    return _next_due(case) or dt.datetime.max.replace(tzinfo=dt.UTC), case.number


def _next_due(case: Case) -> dt.datetime | None:
    """Return when the case is due next: to be answered until somebody has answered, then to be solved."""
    return (case.response_due if case.responded_at is None else None) or case.resolution_due


def _row(case: Case, desk: Desk) -> tuple[str, ...]:
    due, priority = _next_due(case), desk.priority(case.priority)
    return (
        reference(case.prefix, case.number),
        priority.title_in(desk.language) if priority else case.priority,
        f"{due.astimezone(ZoneInfo(desk.timezone)):%Y-%m-%d %H:%M}" if due else "-",
        status_title(desk, case.status, desk.language),
        mask_personal_numbers(one_line(case.subject, LONGEST)),
    )

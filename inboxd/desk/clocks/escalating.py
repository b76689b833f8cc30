"""A level of escalation is reached: what is put on record, who gets a letter, and who gets the case."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from inboxd.desk.access import may_see
from inboxd.desk.case import Case
from inboxd.desk.clocks.deadline import clock_of
from inboxd.desk.clocks.escalation import WARNING, Step, counted, steps
from inboxd.desk.clocks.hours import is_open
from inboxd.desk.clocks.lifecycle import may_be_told
from inboxd.desk.decision import Change, Decision, Draft, Escalated, SetField
from inboxd.desk.desk import Agent
from inboxd.desk.letters.notify import letters_to_agents, news_of
from inboxd.desk.view import Timer, View
from inboxd.mail.address import Address

OUTSIDE = ("requester", "customer")
"""Whoever of the customer's side a level can tell: who asked, and the customer's contact."""

Told = set[tuple[str, str]]
"""Who had a letter at this ringing, as (target, address)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Somebody who is told; `outside` is the customer's side, which gets other words."""

    address: Address
    outside: bool = False


def escalate(_timer: Timer, case: Case, view: View, now: dt.datetime) -> Decision:
    """Reach every level whose moment has come; where the clock is closed by now, none until it opens.

    What was missed while no daemon ran is made good here, and nobody hears of one target twice.
    """
    desk = view.desk
    calendar = clock_of(desk, case.priority, case.category)
    if calendar is None or not is_open(calendar, desk.timezone, now):
        return Decision(kind="add_to_case")
    reached = tuple(known for known in view.escalations if known.case_id == case.id)
    told: Told = set()
    changes: list[Change] = []
    letters: list[Draft] = []
    for step in steps(counted(case), desk, reached, now):
        if step.moment <= now:
            receivers = _receivers(step, case, view)
            changes.append(_on_record(step, case, receivers))
            letters.extend(_letters(step, case, receivers, told, view))
            given = _reassigned(step, case, view)
            if given is not None:
                changes.append(given[0])
                letters.extend(draft for draft in given[1] if not _told_already(draft, step, told))
    return Decision(kind="add_to_case", changes=tuple(changes), letters=tuple(letters))


def superiors(case: Case, view: View) -> tuple[Address, ...]:
    """Return who answers for a case's category: its manager, else the leads who may know of it, else the admin."""
    desk, category = view.desk, view.desk.category(case.category)
    manager = desk.agent(category.manager) if category is not None and category.manager is not None else None
    if manager is not None and _can_be_told(manager, case, view):
        return (_address(manager),)
    leads = tuple(agent for agent in desk.agents if agent.role == "lead" and _can_be_told(agent, case, view))
    if leads:
        return tuple(_address(agent) for agent in leads)
    return (Address(name="", address=desk.admin),) if desk.admin is not None else ()


def _receivers(step: Step, case: Case, view: View) -> tuple[Receiver, ...]:
    """Return who is told, each once, in the order of the config.

    The customer's side has no second letter about the same missed moment because a new round began: what it writes may
    begin one, and a machine of its may answer every letter. Nor does it hear of a moment that had passed when it was
    counted: that one was never promised.
    """
    heard = _heard(step, case, view)
    promised = case.counted_at is None or step.due > case.counted_at
    found: dict[str, Receiver] = {}
    for word in step.level.to:
        outside = word in OUTSIDE
        people = _of_the_customer(word, step, case, view) if outside else _of_the_desk(word, case, view)
        for address in people:
            if not outside or (promised and address.key not in heard):
                found.setdefault(address.key, Receiver(address=address, outside=outside))
    return tuple(found.values())


def _heard(step: Step, case: Case, view: View) -> frozenset[str]:
    """Return who was told in an earlier round that this very moment has passed."""
    return frozenset(
        address.casefold()
        for known in view.escalations
        if (known.case_id, known.target) == (case.id, step.level.of)
        and known.round < case.round
        and known.at >= step.due
        and known.why != WARNING
        for address in known.to
    )


def _of_the_desk(word: str, case: Case, view: View) -> tuple[Address, ...]:
    if word == "manager":
        return superiors(case, view)
    if word == "assignee":
        return _person(case.assignee, case, view)
    if word.startswith("role:"):
        return _person(_holder(word.removeprefix("role:"), case, view), case, view)
    return _person(word, case, view)


def _holder(role: str, case: Case, view: View) -> str | None:
    """Return who has a role: for the case's category, else for its mailbox."""
    for place in (view.desk.category(case.category), view.desk.mailbox(case.mailbox)):
        person: str | None = getattr(place, role, None)
        if person is not None:
            return person
    return None


def _person(named: str | None, case: Case, view: View) -> tuple[Address, ...]:
    """Return the address of an agent or the address itself; whoever cannot be told is stood in for by the superiors."""
    agent = next((a for a in view.desk.agents if named is not None and named in {a.name, a.address}), None)
    if agent is not None and _can_be_told(agent, case, view):
        return (_address(agent),)
    if agent is None and named is not None and "@" in named:
        return (Address(name="", address=named),)
    return superiors(case, view)


def _can_be_told(agent: Agent, case: Case, view: View) -> bool:
    return agent.active and agent.name not in view.absent and may_see(view.desk, agent, case.category)


def _of_the_customer(word: str, step: Step, case: Case, view: View) -> tuple[Address, ...]:
    """Return whom of the customer's side a level tells: nobody of a warning, nor where no machine may write."""
    if step.level.before:
        return ()
    if word == "requester":
        asked = Address(name=case.requester.name, address=case.requester.address)
        return (asked,) if may_be_told(case, view) else ()
    customer = view.desk.customer(case.customer) if case.customer is not None else None
    return () if customer is None or customer.contact is None else (Address(name="", address=customer.contact),)


def _on_record(step: Step, case: Case, receivers: Iterable[Receiver]) -> Escalated:
    return Escalated(
        case_id=case.id,
        round=case.round,
        target=step.level.of,
        level=step.number,
        to=tuple(receiver.address.address for receiver in receivers),
        why=WARNING if step.level.before else "",
    )


def _letters(step: Step, case: Case, receivers: Iterable[Receiver], told: Told, view: View) -> Iterable[Draft]:
    for receiver in receivers:
        key = (step.level.of, receiver.address.key)
        if key not in told:
            told.add(key)
            yield _letter(step, case, receiver, view)


def _letter(step: Step, case: Case, receiver: Receiver, view: View) -> Draft:
    usual = "escalation_warning" if step.level.before else "escalation"
    return Draft(
        kind="escalation",
        case_id=case.id,
        mailbox=case.mailbox,
        template="escalation_requester" if receiver.outside else step.level.template or usual,
        stand_in="" if receiver.outside else usual,
        language=case.language if receiver.outside else view.desk.language,
        to=(receiver.address,),
        null_sender=receiver.outside,
        target=step.level.of,
        target_due=step.due,
    )


def _reassigned(step: Step, case: Case, view: View) -> tuple[SetField, tuple[Draft, ...]] | None:
    """Give the case to whom the level names, if he is there and has it not yet."""
    agent = view.desk.agent(step.level.reassign) if step.level.reassign is not None else None
    if agent is None or agent.name == case.assignee or not _can_be_told(agent, case, view):
        return None
    news = news_of(case, "agent_assigned", case.subject)
    given = SetField(case_id=case.id, field="assignee", value=agent.name, actor="inboxd")
    return given, letters_to_agents(replace(news, assignee=agent.name), view)


def _told_already(draft: Draft, step: Step, told: Told) -> bool:
    return any((step.level.of, address.key) in told for address in draft.to)


def _address(agent: Agent) -> Address:
    return Address(name=agent.name, address=agent.address)

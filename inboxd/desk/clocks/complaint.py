"""The customer's right to complain upwards, and the word of those above that they have seen what was escalated."""

from inboxd.desk.case import Case
from inboxd.desk.clocks.escalating import superiors
from inboxd.desk.clocks.escalation import ASKED
from inboxd.desk.clocks.service_levels import Point
from inboxd.desk.decision import Acknowledged, Decision, Draft, Escalated
from inboxd.desk.desk import Agent, Desk
from inboxd.desk.order import Acknowledge, Escalate, Refusal
from inboxd.desk.reference import reference
from inboxd.desk.view import View
from inboxd.mail.address import Address


def escalation_points(desk: Desk) -> tuple[Point, ...]:
    """Return where a customer may complain, the nearest first."""
    return tuple(point for point in desk.points if "escalation" in point.purposes)


def complain(order: Escalate, case: Case, view: View) -> Decision | Refusal:
    """Put a complaint on record and tell the point it goes to; without an address of its own, the case's superiors.

    The case's priority and targets stay as they are: who answers for the case decides what becomes of it.
    """
    points = escalation_points(view.desk)
    point = next((p for p in points if order.to in {None, p.name}), None)
    if order.to is not None and point is None:
        names = ", ".join(p.name for p in points)
        hint = f"there are: {names}" if names else "an admin can write one as [[point]] in config.toml"
        return Refusal(code="not_found", message=f"no escalation point {order.to}", hint=hint)
    if point is not None and point.address is not None:
        to: tuple[Address, ...] = (Address(name=point.person, address=point.address),)
    else:
        to = superiors(case, view)
    before = (known for known in view.escalations if known.case_id == case.id and known.round == case.round)
    asked = Escalated(
        case_id=case.id,
        round=case.round,
        target=ASKED,
        level=sum(known.target == ASKED for known in before),
        to=tuple(address.address for address in to),
        why=order.why,
        actor=order.actor,
    )
    return Decision(kind="agent_order", changes=(asked,), letters=tuple(_letter(order, case, a, view) for a in to))


def acknowledge(order: Acknowledge, case: Case, view: View) -> Decision | Refusal:
    """Note that somebody above has seen what was escalated: leads, admins and the category's manager may say so."""
    agent = view.desk.agent(order.actor)
    if agent is not None and not may_acknowledge(agent, case, view.desk):
        return Refusal(
            code="not_allowed",
            message=f"{order.actor} cannot acknowledge an escalation",
            hint=f"leads, admins and the manager of its category ({case.category}) can",
        )
    unseen = [known for known in view.escalations if known.case_id == case.id and known.acknowledged_by is None]
    if not unseen:
        name = reference(case.prefix, case.number)
        return Refusal(code="conflict", message=f"nothing of {name} is escalated that nobody has acknowledged")
    return Decision(kind="agent_order", changes=(Acknowledged(case_id=case.id, actor=order.actor),))


def may_acknowledge(agent: Agent, case: Case, desk: Desk) -> bool:
    """Say whether an agent may acknowledge what was escalated of a case."""
    category = desk.category(case.category)
    return agent.role in {"lead", "admin"} or (category is not None and category.manager == agent.name)


def _letter(order: Escalate, case: Case, to: Address, view: View) -> Draft:
    return Draft(
        kind="escalation",
        case_id=case.id,
        mailbox=case.mailbox,
        template="escalation_asked",
        language=view.desk.language,
        to=(to,),
        text=order.why,
        actor=order.actor,
        author=order.actor,
        target=ASKED,
    )

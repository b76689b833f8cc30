"""Sending a case on: to somebody outside who can help, or to a point that decides what this desk does not.

Whoever got it is put on the case as a supplier: the answer comes in there, and no answer of ours goes to them.
"""

import datetime as dt
from dataclasses import replace

from inboxd.desk.answering import answer, answered, begun, new_status, taken
from inboxd.desk.case import Case, Participant, Role, Status
from inboxd.desk.clocks.service_levels import Point
from inboxd.desk.decision import AddParticipant, Change, Decision, Draft, SetCustomField
from inboxd.desk.order import Forward, Refer, Refusal
from inboxd.desk.reference import reference
from inboxd.desk.view import View
from inboxd.mail.address import Address

REFERRED = "referred"
"""The field of a case that names the point to which it was referred."""


def forward(order: Forward, case: Case, view: View) -> Decision | Refusal:
    """Send a case to somebody outside; it stays with its agent, who works on it."""
    refusal = _may_go_to(order.to, case, view)
    if refusal is not None:
        return refusal
    changes = (_supplier(case, order.to), *taken(case, order.actor, view), *begun(case))
    return Decision(kind="agent_order", changes=changes, letters=(_letter(order, case, order.to, view),))


def refer(order: Refer, case: Case, view: View, now: dt.datetime) -> Decision | Refusal:
    """Refer a case to a point: that gets the mail, the requester is told where and why, and the case waits.

    The word to the requester is an agent's answer, so it is the response that the target asks for.
    """
    found = _point(order, view)
    if isinstance(found, Refusal):
        return found
    point, to = found
    refusal = _may_be_referred(case, point) or _may_go_to(to, case, view)
    if refusal is not None:
        return refusal
    letters: tuple[Draft, ...] = (
        replace(_letter(order, case, to, view), template="referral", referred_to=point.title),
    )
    told: tuple[Change, ...] = taken(case, order.actor, view)
    if case.requester.address:
        told = answered(case, order.actor, view, now)
        letters = (_word_to_requester(order, case, point), *letters)
    changes = (
        _supplier(case, to),
        *told,
        SetCustomField(case_id=case.id, key=REFERRED, value=point.name, actor=order.actor),
        *new_status(case, Status.WAITING, None, order.actor),
    )
    return Decision(kind="agent_order", changes=changes, letters=letters)


def _point(order: Refer, view: View) -> tuple[Point, Address] | Refusal:
    """Return the point that decides such things, and its address."""
    points = {p.name: p for p in view.desk.points if "referral" in p.purposes and p.address}
    point = points.get(order.point)
    if point is None or point.address is None:
        there = f"there are: {', '.join(points)}" if points else 'a [[point]] with for = ["referral"] in config.toml'
        return Refusal(code="not_found", message=f"no point {order.point} to refer cases to", hint=there)
    return point, Address(name=point.title, address=point.address)


def _may_be_referred(case: Case, point: Point) -> Refusal | None:
    name = reference(case.prefix, case.number)
    if dict(case.fields).get(REFERRED) == point.name:
        return Refusal(
            code="conflict",
            message=f"{name} was referred to {point.name} before",
            hint=f"`inboxd forward {name} --to {point.address}` writes there once more",
        )
    if case.status.at_rest:
        return Refusal(code="conflict", message=f"{name} is {case.status.value}", hint=f"`inboxd reopen {name}` first")
    return None


def _may_go_to(to: Address, case: Case, view: View) -> Refusal | None:
    if view.desk.is_ours(to):
        moves = "`inboxd set --category` moves a case within the desk"
        return Refusal(code="usage", message=f"{to.address} is a mailbox of this desk", hint=moves)
    if to.key == case.requester.address.casefold():
        name = reference(case.prefix, case.number)
        answers = f"`inboxd reply {name}` answers them"
        return Refusal(code="usage", message=f"{to.address} is who asked in {name}", hint=answers)
    return None


def _supplier(case: Case, to: Address) -> AddParticipant:
    person = Participant(address=to.address, name=to.name, role=Role.SUPPLIER)
    return AddParticipant(case_id=case.id, participant=person)


def _letter(order: Forward | Refer, case: Case, to: Address, view: View) -> Draft:
    """Return the letter that sends a case on: a thread of its own, in the desk's language, with what came in."""
    return Draft(
        kind="forward",
        case_id=case.id,
        mailbox=case.mailbox,
        template="forward",
        language=view.desk.language,
        to=(to,),
        text=order.text,
        about=order.about,
        actor=order.actor,
        files=order.files,
        delay=order.delay,
        attachments=tuple(file.filename for file in order.files),
    )


def _word_to_requester(order: Refer, case: Case, point: Point) -> Draft:
    return replace(
        answer(case, order.actor, order.text, delay=order.delay), template="referred", referred_to=point.title
    )

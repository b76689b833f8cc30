"""What an agent's order changes. Pure: an order and the facts in, a decision or a refusal out."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, assert_never

from inboxd.desk.access import may_see
from inboxd.desk.answering import answer, answered, begun, new_status
from inboxd.desk.case import Case, Participant, Role, Status
from inboxd.desk.catalogue import CALLOF
from inboxd.desk.clocks.complaint import acknowledge, complain
from inboxd.desk.clocks.lifecycle import kept_alive
from inboxd.desk.clocks.running import follow
from inboxd.desk.clocks.weighing import weigh
from inboxd.desk.decision import (
    AddEntry,
    AddParticipant,
    CancelLetters,
    Change,
    Decision,
    Draft,
    SetCustomField,
    SetField,
    SetTag,
)
from inboxd.desk.desk import Agent
from inboxd.desk.forwarding import forward, refer
from inboxd.desk.letters.asked_fields import missing_after
from inboxd.desk.letters.notify import letters_to_agents, letters_to_named, news_of
from inboxd.desk.merging import merge, unmerge
from inboxd.desk.order import (
    Acknowledge,
    Assign,
    CaseOrder,
    Close,
    Escalate,
    Forward,
    Merge,
    Note,
    Order,
    Refer,
    Refusal,
    Register,
    Reopen,
    Reply,
    SetFields,
    Split,
    Take,
    Unmerge,
    Unsplit,
)
from inboxd.desk.ordering import with_item
from inboxd.desk.reference import reference
from inboxd.desk.register import register, unknown_name
from inboxd.desk.routing.assign import assign
from inboxd.desk.routing.destination import Routing
from inboxd.desk.splitting import split, unsplit
from inboxd.desk.view import View
from inboxd.mail.address import Address
from inboxd.mail.personal_number import holds_personal_number

TO_AGENTS = frozenset({"agent", "escalation"})
"""Kinds of letters that only those may read who may know of the case."""


NOT_IN_HAND = frozenset({"queued", "deferred", "hold"})
"""States of letters that nobody is sending at this moment."""


def act(order: Order, view: View, now: dt.datetime) -> Decision | Refusal:
    """Decide what an agent's order changes; the view holds the one case it is about."""
    outcome = ordered(order, view, now)
    return outcome if isinstance(outcome, Refusal) else follow(kept_alive(outcome, view, now), view, now)


def ordered(order: Order, view: View, now: dt.datetime) -> Decision | Refusal:
    """Decide as `act` does, but for what it means to the clocks: for who puts several orders into one decision."""
    agent = view.desk.agent(order.actor)
    if agent is not None and (not agent.active or agent.role == "auditor"):
        why = "is no longer active" if not agent.active else "may read but not change"
        return Refusal(code="not_allowed", message=f"{order.actor} {why}")
    if isinstance(order, Register):
        return register(order, view, now)
    return _act_on_case(order, view.cases[0], view, now)


def _act_on_case(  # noqa: C901, PLR0912 - one arm for every order, none does more than call
    order: CaseOrder, case: Case, view: View, now: dt.datetime
) -> Decision | Refusal:
    match order:
        case Take():
            return _take(order, case, view)
        case Assign():
            return _assign(order, case, view)
        case SetFields():
            return _set(order, case, view, now)
        case Note():
            return _changed(AddEntry(case_id=case.id, kind="note", actor=order.actor, text=order.text))
        case Reply():
            return _reply(order, case, view, now)
        case Close():
            return _close(order, case, view, now)
        case Reopen():
            return _reopen(order, case)
        case Forward():
            return forward(order, case, view)
        case Refer():
            return refer(order, case, view, now)
        case Escalate():
            return complain(order, case, view)
        case Acknowledge():
            return acknowledge(order, case, view)
        case Merge():
            return merge(order, view, now)
        case Unmerge():
            return unmerge(order, view, now)
        case Split():
            return split(order, view, now)
        case Unsplit():
            return unsplit(order, view, now)
        case _:
            assert_never(order)


def _take(order: Take, case: Case, view: View) -> Decision | Refusal:
    if view.desk.agent(order.actor) is None:
        return Refusal(
            code="not_allowed", message=f"{order.actor} is no agent of the desk", hint="say who with --as AGENT"
        )
    if case.assignee == order.actor:
        return _changed(*begun(case))
    if case.assignee is not None and not order.sure:
        return Refusal(
            code="conflict",
            message=f"{_name(case)} is {case.assignee}'s",
            hint=f"`inboxd take {_name(case)} --yes` takes it over",
        )
    return _changed(SetField(case_id=case.id, field="assignee", value=order.actor, actor=order.actor), *begun(case))


def _assign(order: Assign, case: Case, view: View) -> Decision | Refusal:
    if order.to == case.assignee:
        return Decision(kind="agent_order")
    if order.to is None:
        return _changed(SetField(case_id=case.id, field="assignee", value=None, actor=order.actor))
    agent = _active(view, order.to)
    if isinstance(agent, Refusal):
        return agent
    if not may_see(view.desk, agent, case.category):
        why = f"{agent.name} does not serve {case.category}, whose cases only its members see"
        return Refusal(code="not_allowed", message=why, hint="an admin can make an agent its member in config.toml")
    decision = _changed(SetField(case_id=case.id, field="assignee", value=agent.name, actor=order.actor))
    return replace(decision, letters=_tell_assignee(case, agent.name, order.actor, view))


def _set(order: SetFields, case: Case, view: View, now: dt.datetime) -> Decision | Refusal:
    ordered = with_item(order, view.desk.catalogue)
    if isinstance(ordered, Refusal):
        return ordered
    order = ordered
    weighed = weigh(view.desk, impact=order.impact, urgency=order.urgency, fields=case.fields)
    if isinstance(weighed, Refusal):
        return weighed
    order = replace(order, priority=order.priority or weighed[0], fields=(*order.fields, *weighed[1]))
    unknown = unknown_name(
        view.desk, category=order.category, priority=order.priority, customer=order.customer, case_type=order.type
    )
    if unknown is not None:
        return unknown
    if order.status is Status.MERGED:
        return Refusal(code="usage", message="a case becomes merged by merging it, not by its status")
    if order.until and order.status and order.status not in SLEEPING:
        return Refusal(code="usage", message=f"a case that is {order.status.value} has no time to wake")
    status = order.status or (Status.POSTPONED if order.until and case.status not in SLEEPING else None)
    values = (
        ("status", status.value if status else None), ("subject", order.subject), ("until", order.until),
        ("language", order.language),
    )  # fmt: skip
    changes: list[Change] = [
        SetField(case_id=case.id, field=field, value=value, actor=order.actor)  # type: ignore[arg-type]  # literals above
        for field, value in values
        if value is not None
    ]
    if status is not None and status not in SLEEPING and case.until is not None:
        changes.append(SetField(case_id=case.id, field="until", value=None, actor=order.actor, quiet=True))
    moved = _moved(order, case, view, now)
    changes.extend(moved)
    changes.extend(_said_of_it(order, case))
    changes.extend(SetTag(case_id=case.id, tag=tag, present=True, actor=order.actor) for tag in order.tags)
    changes.extend(SetTag(case_id=case.id, tag=tag, present=False, actor=order.actor) for tag in order.untags)
    changes.extend(
        SetCustomField(case_id=case.id, key=key, value=value or None, actor=order.actor) for key, value in order.fields
    )
    changes.extend(missing_after(order, case, view.desk))
    return replace(_changed(*changes), letters=_tell_of_move(order, case, moved, view))


def _said_of_it(order: SetFields, case: Case) -> tuple[SetField, ...]:
    """Whose case it is, of what type, and what it orders; "" says that it is nobody's, of none, or nothing.

    A case that is no order any longer loses its item.
    """
    no_order = case.item is not None and order.type not in {None, CALLOF}
    given: tuple[tuple[Literal["customer", "type", "item"], str | None], ...] = (
        ("customer", order.customer),
        ("type", order.type),
        ("item", "" if no_order else order.item),
    )
    return tuple(
        SetField(case_id=case.id, field=field, value=value or None, actor=order.actor)
        for field, value in given
        if value is not None
    )


def _tell_of_move(order: SetFields, case: Case, moved: Sequence[Change], view: View) -> tuple[Draft, ...]:
    """Who is given a case by its move hears of it; where nobody is, those who hear of the category's new cases."""
    given = [change for change in moved if isinstance(change, SetField) and change.field == "assignee"]
    moved_case = replace(case, category=order.category or case.category)
    if given and given[-1].value is None:
        actor = view.desk.agent(order.actor)
        news = replace(news_of(moved_case, "agent_new_case", case.subject), assignee=None)
        return letters_to_agents(replace(news, writer=Address(name="", address=actor.address) if actor else None), view)
    return _tell_assignee(moved_case, str(given[-1].value) if given else None, order.actor, view)


def _tell_assignee(case: Case, assignee: str | None, actor: str, view: View) -> tuple[Draft, ...]:
    """Who is given a case hears of it, unless it was by their own doing."""
    if assignee is None or assignee == actor:
        return ()
    news = replace(news_of(case, "agent_assigned", case.subject), assignee=assignee)
    return letters_to_named((assignee,), news, view)


def _moved(order: SetFields, case: Case, view: View, now: dt.datetime) -> list[Change]:
    """Another category or priority: the targets follow, and an agent who does not serve it hands the case on."""
    if order.category is None and order.priority is None:
        return []
    category, priority = order.category or case.category, order.priority or case.priority
    values: list[tuple[str, str | None, bool]] = []
    # what stays is said, too: the targets are then those of the config as it is now
    if order.category is not None:
        values.append(("category", category, category == case.category))
    if order.priority is not None:
        values.append(("priority", priority, priority == case.priority))
    turns: tuple[Change, ...] = ()
    found = view.desk.category(category)
    if category != case.category and found is not None and case.assignee not in found.members:
        routing = Routing(category=category, priority=priority, assignee=None, rule="category changed")
        requester = Address(name=case.requester.name, address=case.requester.address)
        to = assign(routing, view, now, exclude=requester)
        turns = to.turns
        values.append(("assignee", to.agent, False))
    fields = (
        SetField(case_id=case.id, field=field, value=value, actor=order.actor, quiet=quiet)  # type: ignore[arg-type]  # literals above
        for field, value, quiet in values
    )
    return [*fields, *turns, *_unread(case, category, order.actor, view)]


def _unread(case: Case, category: str, actor: str, view: View) -> tuple[Change, ...]:
    """Stop the letters about a case to agents who may no longer know of it: those that have not left yet."""
    ids = tuple(
        letter.id
        for letter in view.letters
        if letter.kind in TO_AGENTS and letter.case_id == case.id and letter.state in NOT_IN_HAND
        for agent in view.desk.agents
        if agent.address in letter.recipients and not may_see(view.desk, agent, category)
    )
    return (CancelLetters(case_id=case.id, letter_ids=ids, actor=actor),) if ids else ()


def _reply(order: Reply, case: Case, view: View, now: dt.datetime) -> Decision | Refusal:
    refusal = _may_reply(order, case)
    if refusal is not None:
        return refusal
    copies = tuple(
        Address(name=p.name, address=p.address)
        for p in case.participants
        if order.to_all and p.role in {Role.CC, Role.ADDED} and p.address
    )
    letter = answer(case, order.actor, order.text, delay=order.delay)
    cc = {a.key: a for a in (*copies, *order.cc) if a.key != case.requester.address.casefold()}
    added = (
        AddParticipant(case_id=case.id, participant=Participant(address=a.address, name=a.name, role=Role.ADDED))
        for a in order.cc
    )
    keeps_resting = order.status is Status.OPEN and case.status.at_rest  # a last word does not take it up again
    status = () if keeps_resting else new_status(case, order.status, order.until, order.actor)
    changes = (*added, *_overridden(order, case), *answered(case, order.actor, view, now), *status)
    draft = replace(letter, cc=tuple(cc.values()), files=order.files, closed=order.status is Status.CLOSED)
    return Decision(kind="agent_order", changes=changes, letters=(draft,))


def _overridden(order: Reply, case: Case) -> tuple[Change, ...]:
    """Put on record why a personal number went out."""
    if order.override is None or not holds_personal_number(order.text):
        return ()
    text = f"answered with a personal number in it: {order.override}"
    return (AddEntry(case_id=case.id, kind="event", actor=order.actor, text=text),)


def _may_reply(order: Reply, case: Case) -> Refusal | None:
    if not case.requester.address:
        return Refusal(
            code="conflict",
            message=f"the requester of {_name(case)} has no e-mail address",
            hint=f"`inboxd note {_name(case)}` writes down what was said",
        )
    if order.override is None and holds_personal_number(order.text):
        why = "the answer holds a personal number; nothing was sent"
        return Refusal(code="not_allowed", message=why, hint='take it out, or say why it must go: --override "reason"')
    if order.seen is not None and order.seen != case.version and not order.sure:
        return Refusal(
            code="conflict",
            message=f"{_name(case)} changed while you wrote",
            hint=f"read it again with `inboxd show {_name(case)}`; --yes sends all the same",
        )
    return None


def _close(order: Close, case: Case, view: View, now: dt.datetime) -> Decision | Refusal:
    if case.status is Status.CLOSED:
        return Refusal(code="conflict", message=f"{_name(case)} is closed already")
    category = view.desk.category(case.category)
    status = new_status(case, Status.CLOSED, None, order.actor)
    wanted = order.text is not None or (category is not None and category.closed_letter)
    if order.silent or not wanted or not case.requester.address:
        said = (AddEntry(case_id=case.id, kind="note", actor=order.actor, text=order.text),) if order.text else ()
        return Decision(kind="agent_order", changes=(*said, *status))
    letter = answer(case, order.actor, order.text or "", delay=order.delay)
    changes = (*answered(case, order.actor, view, now), *status)
    return Decision(kind="agent_order", changes=changes, letters=(replace(letter, template="closed", closed=True),))


def _reopen(order: Reopen, case: Case) -> Decision | Refusal:
    if not case.status.at_rest:
        return Refusal(code="conflict", message=f"{_name(case)} is {case.status.value}, not closed")
    return _changed(*new_status(case, Status.OPEN, None, order.actor))


SLEEPING = frozenset({Status.WAITING, Status.POSTPONED})
"""Where a case waits for somebody or some time."""


def _active(view: View, name: str) -> Agent | Refusal:
    agent = view.desk.agent(name)
    if agent is None:
        names = ", ".join(a.name for a in view.desk.agents if a.active)
        return Refusal(code="not_found", message=f"no agent {name}", hint=f"there are: {names}")
    if not agent.active or agent.role == "auditor":
        return Refusal(code="not_allowed", message=f"{name} takes no cases")
    return agent


def _changed(*changes: Change) -> Decision:
    return Decision(kind="agent_order", changes=changes)


def _name(case: Case) -> str:
    return reference(case.prefix, case.number)

"""What an agent's order changes. Pure: an order and the facts in, a decision or a refusal out."""

import datetime as dt
from dataclasses import replace
from typing import assert_never

from inboxd.desk.case import Case, Participant, Role, Status
from inboxd.desk.deadline import due
from inboxd.desk.decision import (
    AddEntry,
    AddParticipant,
    Change,
    Decision,
    Draft,
    Routing,
    SetCustomField,
    SetField,
    SetTag,
)
from inboxd.desk.desk import Agent
from inboxd.desk.notify import letters_to_agents, news_of
from inboxd.desk.order import (
    Assign,
    CaseOrder,
    Close,
    Note,
    Order,
    Refusal,
    Register,
    Reopen,
    Reply,
    SetFields,
    Take,
)
from inboxd.desk.reference import reference
from inboxd.desk.register import register, unknown_name
from inboxd.desk.route import assign
from inboxd.desk.view import View
from inboxd.mail.address import Address


def act(order: Order, view: View, now: dt.datetime) -> Decision | Refusal:
    """Decide what an agent's order changes; the view holds the one case it is about."""
    agent = view.desk.agent(order.actor)
    if agent is not None and (not agent.active or agent.role == "auditor"):
        why = "is no longer active" if not agent.active else "may read but not change"
        return Refusal(code="not_allowed", message=f"{order.actor} {why}")
    if isinstance(order, Register):
        return register(order, view, now)
    return _act_on_case(order, view.cases[0], view, now)


def _act_on_case(order: CaseOrder, case: Case, view: View, now: dt.datetime) -> Decision | Refusal:
    match order:
        case Take():
            return _take(order, case, view)
        case Assign():
            return _assign(order, case, view)
        case SetFields():
            return _set(order, case, view)
        case Note():
            return _changed(AddEntry(case_id=case.id, kind="note", actor=order.actor, text=order.text))
        case Reply():
            return _reply(order, case, view, now)
        case Close():
            return _close(order, case, view, now)
        case Reopen():
            return _reopen(order, case)
        case _:
            assert_never(order)


def _take(order: Take, case: Case, view: View) -> Decision | Refusal:
    if view.desk.agent(order.actor) is None:
        return Refusal(
            code="not_allowed", message=f"{order.actor} is no agent of the desk", hint="say who with --as AGENT"
        )
    if case.assignee == order.actor:
        return _changed(*_begun(case))
    if case.assignee is not None and not order.sure:
        return Refusal(
            code="conflict",
            message=f"{_name(case)} is {case.assignee}'s",
            hint=f"`inboxd take {_name(case)} --yes` takes it over",
        )
    return _changed(SetField(case_id=case.id, field="assignee", value=order.actor, actor=order.actor), *_begun(case))


def _assign(order: Assign, case: Case, view: View) -> Decision | Refusal:
    if order.to == case.assignee:
        return Decision(kind="agent_order")
    if order.to is None:
        return _changed(SetField(case_id=case.id, field="assignee", value=None, actor=order.actor))
    agent = _active(view, order.to)
    if isinstance(agent, Refusal):
        return agent
    decision = _changed(SetField(case_id=case.id, field="assignee", value=agent.name, actor=order.actor))
    return replace(decision, letters=_tell_assignee(case, agent.name, order.actor, view))


def _set(order: SetFields, case: Case, view: View) -> Decision | Refusal:
    unknown = unknown_name(view.desk, category=order.category, priority=order.priority)
    if unknown is not None:
        return unknown
    if order.status is Status.MERGED:
        return Refusal(code="usage", message="a case becomes merged by merging it, not by its status")
    if order.until and order.status and order.status not in SLEEPING:
        return Refusal(code="usage", message=f"a case that is {order.status.value} has no time to wake")
    status = order.status or (Status.POSTPONED if order.until and case.status not in SLEEPING else None)
    values = (("status", status.value if status else None), ("subject", order.subject), ("until", order.until))
    changes: list[Change] = [
        SetField(case_id=case.id, field=field, value=value, actor=order.actor)  # type: ignore[arg-type]  # literals above
        for field, value in values
        if value is not None
    ]
    if status is not None and status not in SLEEPING and case.until is not None:
        changes.append(SetField(case_id=case.id, field="until", value=None, actor=order.actor, quiet=True))
    moved = _moved(order, case, view)
    changes.extend(moved)
    changes.extend(SetTag(case_id=case.id, tag=tag, present=True, actor=order.actor) for tag in order.tags)
    changes.extend(SetTag(case_id=case.id, tag=tag, present=False, actor=order.actor) for tag in order.untags)
    changes.extend(
        SetCustomField(case_id=case.id, key=key, value=value or None, actor=order.actor) for key, value in order.fields
    )
    assignee = next((str(change.value) for change in moved if change.field == "assignee" and change.value), None)
    return replace(_changed(*changes), letters=_tell_assignee(case, assignee, order.actor, view))


def _tell_assignee(case: Case, assignee: str | None, actor: str, view: View) -> tuple[Draft, ...]:
    """Who is given a case hears of it, unless it was by their own doing."""
    if assignee is None or assignee == actor:
        return ()
    return letters_to_agents(replace(news_of(case, "agent_assigned", case.subject), assignee=assignee), view)


def _moved(order: SetFields, case: Case, view: View) -> list[SetField]:
    """Another category or priority: the targets follow, and an agent who does not serve it hands the case on."""
    if order.category is None and order.priority is None:
        return []
    category, priority = order.category or case.category, order.priority or case.priority
    dues = due(view.desk, priority, category, case.opened_at)
    values: list[tuple[str, str | dt.datetime | None, bool]] = []
    if category != case.category:
        values.append(("category", category, False))
    if priority != case.priority:
        values.append(("priority", priority, False))
    found = view.desk.category(category)
    if category != case.category and found is not None and case.assignee not in found.members:
        routing = Routing(category=category, priority=priority, assignee=None, rule="category changed")
        requester = Address(name=case.requester.name, address=case.requester.address)
        values.append(("assignee", assign(routing, view, exclude=requester)[0], False))
    values += [("response_due", dues.response, True), ("resolution_due", dues.resolution, True)]
    return [
        SetField(case_id=case.id, field=field, value=value, actor=order.actor, quiet=quiet)  # type: ignore[arg-type]  # literals above
        for field, value, quiet in values
    ]


def _reply(order: Reply, case: Case, view: View, now: dt.datetime) -> Decision | Refusal:
    refusal = _may_reply(order, case)
    if refusal is not None:
        return refusal
    copies = tuple(
        Address(name=p.name, address=p.address)
        for p in case.participants
        if order.to_all and p.role in {Role.CC, Role.ADDED} and p.address
    )
    letter = _answer(case, order.actor, order.text, delay=order.delay)
    cc = {a.key: a for a in (*copies, *order.cc) if a.key != case.requester.address.casefold()}
    added = (
        AddParticipant(case_id=case.id, participant=Participant(address=a.address, name=a.name, role=Role.ADDED))
        for a in order.cc
    )
    keeps_resting = order.status is Status.OPEN and case.status.at_rest  # a last word does not take it up again
    status = () if keeps_resting else _status(case, order.status, order.until, order.actor)
    changes = (*added, *_answered(case, order.actor, view, now), *status)
    draft = replace(letter, cc=tuple(cc.values()), files=order.files, closed=order.status is Status.CLOSED)
    return Decision(kind="agent_order", changes=changes, letters=(draft,))


def _may_reply(order: Reply, case: Case) -> Refusal | None:
    if not case.requester.address:
        return Refusal(
            code="conflict",
            message=f"the requester of {_name(case)} has no e-mail address",
            hint=f"`inboxd note {_name(case)}` writes down what was said",
        )
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
    status = _status(case, Status.CLOSED, None, order.actor)
    wanted = order.text is not None or (category is not None and category.closed_letter)
    if order.silent or not wanted or not case.requester.address:
        said = (AddEntry(case_id=case.id, kind="note", actor=order.actor, text=order.text),) if order.text else ()
        return Decision(kind="agent_order", changes=(*said, *status))
    letter = _answer(case, order.actor, order.text or "", delay=order.delay)
    changes = (*_answered(case, order.actor, view, now), *status)
    return Decision(kind="agent_order", changes=changes, letters=(replace(letter, template="closed", closed=True),))


def _reopen(order: Reopen, case: Case) -> Decision | Refusal:
    if not case.status.at_rest:
        return Refusal(code="conflict", message=f"{_name(case)} is {case.status.value}, not closed")
    return _changed(*_status(case, Status.OPEN, None, order.actor))


def _answer(case: Case, actor: str, text: str, *, delay: dt.timedelta) -> Draft:
    parent = (case.last_message_id,) if case.last_message_id else ()
    return Draft(
        kind="answer",
        case_id=case.id,
        mailbox=case.mailbox,
        template="answer",
        language=case.language,
        to=(Address(name=case.requester.name, address=case.requester.address),),
        text=text,
        actor=actor,
        in_reply_to=case.last_message_id,
        references=tuple(dict.fromkeys((*case.last_references, *parent))),
        delay=delay,
    )


def _answered(case: Case, actor: str, view: View, now: dt.datetime) -> tuple[Change, ...]:
    """The first answer of a person is the response that the target asks for; who answers has the case."""
    changes: tuple[Change, ...] = ()
    if case.responded_at is None:
        changes = (SetField(case_id=case.id, field="responded_at", value=now, actor=actor, quiet=True),)
    if case.undelivered:
        changes = (*changes, SetField(case_id=case.id, field="undelivered", value=False, actor=actor, quiet=True))
    if case.assignee is None and view.desk.agent(actor) is not None:
        changes = (*changes, SetField(case_id=case.id, field="assignee", value=actor, actor=actor))
    return changes


SLEEPING = frozenset({Status.WAITING, Status.POSTPONED})
"""Where a case waits for somebody or some time."""


def _begun(case: Case) -> tuple[Change, ...]:
    """A new case that somebody takes is an open one; said by the taking itself."""
    return _status(case, Status.OPEN, None, "inboxd", quiet=True) if case.status is Status.NEW else ()


def _status(
    case: Case, status: Status, until: dt.datetime | None, actor: str, *, quiet: bool = False
) -> tuple[Change, ...]:
    changes: tuple[Change, ...] = ()
    if case.status is not status:
        changes = (SetField(case_id=case.id, field="status", value=status.value, actor=actor, quiet=quiet),)
    if case.until != until:
        changes = (*changes, SetField(case_id=case.id, field="until", value=until, actor=actor, quiet=True))
    return changes


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

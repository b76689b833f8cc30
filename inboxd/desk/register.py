"""Registering an enquiry that did not come by mail: a call, a visitor."""

import datetime as dt
from dataclasses import replace

from inboxd.desk.case import Channel, Participant, Role
from inboxd.desk.deadline import due
from inboxd.desk.decision import NEW_CASE, AddEntry, Decision, Draft, OpenCase, Routing
from inboxd.desk.desk import Desk, Mailbox
from inboxd.desk.notify import News, closing, letters_to_agents
from inboxd.desk.order import Refusal, Register
from inboxd.desk.route import assign
from inboxd.desk.view import View
from inboxd.mail.address import Address


def unknown_name(desk: Desk, *, category: str | None, priority: str | None) -> Refusal | None:
    """Refuse a category or priority that the desk does not have, with those it has."""
    if category is not None and desk.category(category) is None:
        names = ", ".join(known.name for known in desk.categories)
        return Refusal(code="not_found", message=f"no category {category}", hint=f"there are: {names}")
    if priority is not None and desk.priority(priority) is None:
        names = ", ".join(known.name for known in desk.priorities)
        return Refusal(code="not_found", message=f"no priority {priority}", hint=f"there are: {names}")
    return None


def register(order: Register, view: View, now: dt.datetime) -> Decision | Refusal:
    """Decide what registering an enquiry changes: a case, its first entry, and who hears of it."""
    mailbox = _mailbox(order, view)
    if mailbox is None:
        return Refusal(code="not_found", message=f"no mailbox {order.mailbox}")
    category, priority = order.category or mailbox.category, order.priority or "normal"
    unknown = unknown_name(view.desk, category=category, priority=priority)
    if unknown is not None:
        return unknown
    routing = Routing(category=category, priority=priority, assignee=None, rule=f"registered by {order.actor}")
    assignee, why = assign(routing, view, exclude=Address(name=order.name, address=order.address))
    opened = _opened(order, mailbox, replace(routing, assignee=assignee), view.desk, now)
    entry = AddEntry(
        case_id=NEW_CASE,
        kind="call" if order.channel in {Channel.PHONE, Channel.COUNTER} else "note",
        actor=order.actor,
        text=order.text,
        subject=order.subject,
    )
    actor = view.desk.agent(order.actor)
    news = News(
        template="agent_new_case",
        case_id=NEW_CASE,
        category=category,
        mailbox=mailbox.name,
        assignee=assignee,
        about=order.text,
        writer=Address(name="", address=actor.address) if actor else None,
    )
    return Decision(
        kind="agent_order",
        changes=(opened, entry),
        letters=(*_receipt(order, mailbox, category, view, now), *letters_to_agents(news, view)),
        routing=replace(routing, assignee=assignee),
        evidence=(why,),
    )


def _opened(order: Register, mailbox: Mailbox, routing: Routing, desk: Desk, now: dt.datetime) -> OpenCase:
    dues = due(desk, routing.priority, routing.category, now)
    return OpenCase(
        mailbox=mailbox.name,
        prefix=mailbox.prefix,
        category=routing.category,
        priority=routing.priority,
        assignee=routing.assignee,
        subject=order.subject,
        channel=order.channel,
        language=mailbox.language,
        requester=Participant(address=order.address, name=order.name, role=Role.REQUESTER),
        phone=order.phone,
        verified=False,
        response_due=dues.response,
        resolution_due=dues.resolution,
        opened_at=now,
    )


def _receipt(order: Register, mailbox: Mailbox, category: str, view: View, now: dt.datetime) -> tuple[Draft, ...]:
    """A caller who left an address gets the number in writing; our own addresses get nothing."""
    if not order.address or view.desk.is_ours(order.address):
        return ()
    closed_now, opens_at = closing(view.desk, category, now)
    return (
        Draft(
            kind="receipt",
            case_id=NEW_CASE,
            mailbox=mailbox.name,
            template="receipt",
            language=mailbox.language,
            to=(Address(name=order.name, address=order.address),),
            null_sender=True,
            closed_now=closed_now,
            opens_at=opens_at,
        ),
    )


def _mailbox(order: Register, view: View) -> Mailbox | None:
    if order.mailbox is not None:
        return view.desk.mailbox(order.mailbox)
    serving = (m for m in view.desk.mailboxes if m.category == order.category)
    return next(serving, view.desk.mailboxes[0])

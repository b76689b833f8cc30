"""Registering an enquiry that did not come by mail: a call, a visitor."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from inboxd.desk.case import Channel, Participant, Role
from inboxd.desk.case_type import TYPES
from inboxd.desk.clocks.deadline import due
from inboxd.desk.clocks.weighing import weigh
from inboxd.desk.decision import NEW_CASE, AddEntry, Decision, Draft, OpenCase
from inboxd.desk.desk import Desk, Mailbox
from inboxd.desk.evidence import Evidence
from inboxd.desk.letters.asked_fields import found_fields, missing_fields
from inboxd.desk.letters.notify import News, closing, letters_to_agents
from inboxd.desk.letters.planned_text import planned_text
from inboxd.desk.notices.notice import concerning
from inboxd.desk.opening import first_status
from inboxd.desk.order import Refusal, Register
from inboxd.desk.ordering import with_item
from inboxd.desk.phone import phone_words
from inboxd.desk.routing.assign import assign
from inboxd.desk.routing.customer import contact_of, customer_of
from inboxd.desk.routing.destination import Routing
from inboxd.desk.routing.overrides import DEFAULT_PRIORITY, Value, Voice, settle, voices_about
from inboxd.desk.view import View
from inboxd.mail.address import Address


def unknown_name(
    desk: Desk, *, category: str | None, priority: str | None, customer: str | None = None, case_type: str | None = None
) -> Refusal | None:
    """Refuse a category, priority, customer or type that the desk does not have, with those it has."""
    named: tuple[tuple[str, str | None, Iterable[str]], ...] = (
        ("category", category, (known.name for known in desk.categories)),
        ("priority", priority, (known.name for known in desk.priorities)),
        ("customer", customer, (known.name for known in desk.customers)),
        ("type", case_type, TYPES),
    )
    for what, name, known in named:
        names = tuple(known)
        if name and name not in names:
            hint = f"there are: {', '.join(names)}" if names else f"the desk has no {what} at all"
            return Refusal(code="not_found", message=f"no {what} {name}", hint=hint)
    return None


def register(order: Register, view: View, now: dt.datetime) -> Decision | Refusal:
    """Decide what registering an enquiry changes: a case, its first entry, and who hears of it."""
    ordered = _ordered(order, view.desk)
    if isinstance(ordered, Refusal):
        return ordered
    order = ordered
    mailbox = _mailbox(order, view)
    if mailbox is None:
        return Refusal(code="not_found", message=f"no mailbox {order.mailbox}")
    weighed = weigh(view.desk, impact=order.impact, urgency=order.urgency)
    if isinstance(weighed, Refusal):
        return weighed
    order = replace(order, priority=order.priority or weighed[0])
    unknown = unknown_name(
        view.desk, category=order.category, priority=order.priority, customer=order.customer, case_type=order.type
    )
    if unknown is not None:
        return unknown
    routing, language = _routing(order, mailbox, view.desk)
    to = assign(routing, view, now, exclude=Address(name=order.name, address=order.address))
    opened = _opened(order, mailbox, replace(routing, assignee=to.agent), language, view.desk, now)
    opened = replace(opened, fields=(*opened.fields, *weighed[1]))
    entry = AddEntry(
        case_id=NEW_CASE,
        kind="call" if order.channel in {Channel.PHONE, Channel.COUNTER} else "note",
        actor=order.actor,
        text=order.text,
        subject=order.subject,
        evidence=(Evidence(rule="item", detail=f"{order.actor} ordered {order.item}"),) if order.item else (),
        found_by=tuple(word for word in (order.name, order.address, *phone_words(order.phone or "")) if word),
    )
    return Decision(
        kind="agent_order",
        changes=(opened, entry, *to.turns),
        letters=(*_receipt(order, opened, view, now), *letters_to_agents(_news(order, opened, view), view)),
        routing=replace(routing, assignee=to.agent),
        evidence=(to.why,),
    )


def _ordered(order: Register, desk: Desk) -> Register | Refusal:
    """Return an order with what its item of the catalogue implies: the type, and the category unless one is said."""
    named = with_item(order, desk.catalogue)
    item = desk.item(order.item or "")
    if isinstance(named, Refusal) or item is None:
        return named
    return replace(named, category=named.category or item.category)


def _news(order: Register, opened: OpenCase, view: View) -> News:
    actor = view.desk.agent(order.actor)
    return News(
        template="agent_new_case",
        case_id=NEW_CASE,
        category=opened.category,
        mailbox=opened.mailbox,
        assignee=opened.assignee,
        about=order.text,
        writer=Address(name="", address=actor.address) if actor else None,
    )


def _routing(order: Register, mailbox: Mailbox, desk: Desk) -> tuple[Routing, str]:
    """Return where a registered case goes, and the language of its letters: what the agent says goes first."""
    customer = customer_of(order.address, desk) if order.customer is None else desk.customer(order.customer)
    said: dict[Value, str | None] = {
        "category": order.category, "priority": order.priority, "type": order.type, "item": order.item,
    }  # fmt: skip
    about = voices_about(mailbox, contact=contact_of(order.address, desk), customer=customer)
    settled = settle((Voice(level="agent", name=order.actor, sets=said), *about))
    routing = Routing(
        category=settled.value("category") or mailbox.category,
        priority=settled.value("priority") or DEFAULT_PRIORITY,
        assignee=None,
        rule=f"registered by {order.actor}",
        type=settled.value("type"),
        item=settled.item,
        customer=customer.name if customer else None,
        offers=settled.offers,
    )
    return routing, settled.value("language") or mailbox.language


def _opened(
    order: Register, mailbox: Mailbox, routing: Routing, language: str, desk: Desk, now: dt.datetime
) -> OpenCase:
    dues = due(desk, routing.priority, routing.category, now)
    category = desk.category(routing.category)
    fields = found_fields(category, order.text, order.subject)
    return OpenCase(
        mailbox=mailbox.name,
        prefix=mailbox.prefix,
        category=routing.category,
        priority=routing.priority,
        assignee=routing.assignee,
        subject=order.subject,
        channel=order.channel,
        language=language,
        requester=Participant(address=order.address, name=order.name, role=Role.REQUESTER),
        phone=order.phone,
        verified=False,
        response_due=dues.response,
        resolution_due=dues.resolution,
        status=first_status(desk, routing.category),
        opened_at=now,
        customer=routing.customer,
        type=routing.type,
        item=routing.item,
        fields=fields,
        missing=missing_fields(category, dict(fields)),
    )


def _receipt(order: Register, opened: OpenCase, view: View, now: dt.datetime) -> tuple[Draft, ...]:
    """A caller who left an address gets the number in writing; our own addresses get nothing."""
    if not order.address or view.desk.is_ours(order.address):
        return ()
    closed_now, opens_at = closing(view.desk, opened.category, now)
    return (
        Draft(
            kind="receipt",
            case_id=NEW_CASE,
            mailbox=opened.mailbox,
            template="receipt",
            language=opened.language,
            to=(Address(name=order.name, address=order.address),),
            null_sender=True,
            closed_now=closed_now,
            opens_at=opens_at,
            planned=planned_text(view.desk, opened.category, now, opened.language),
            notices=concerning(view.notices, opened.category, view.desk),
        ),
    )


def _mailbox(order: Register, view: View) -> Mailbox | None:
    if order.mailbox is not None:
        return view.desk.mailbox(order.mailbox)
    serving = (m for m in view.desk.mailboxes if m.category == order.category)
    return next(serving, view.desk.mailboxes[0])

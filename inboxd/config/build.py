"""From a validated document to the desk's own values."""

from itertools import chain

from inboxd.config.categories import iso_week, only_category, serves, with_inherited
from inboxd.config.clocks.build import build_calendars, build_matrix, build_point, build_priorities, build_target_sets
from inboxd.config.letters.build import build_fields, build_texts, wording
from inboxd.config.routing.catalogue import build_catalogue, with_implied
from inboxd.config.routing.customers import build_contacts, build_customers, build_sender_rules
from inboxd.config.routing.rules import build_rule
from inboxd.config.schema import (
    CategoryTable,
    Document,
    MailboxTable,
)
from inboxd.desk.desk import (
    Agent,
    Category,
    Desk,
    Mailbox,
    ReceiptPolicy,
)


def build_desk(document: Document) -> Desk:
    """Return the desk that a document describes; a document with problems gives a desk that is good for nothing."""
    document = with_implied(with_inherited(document))
    desk = document.desk
    mailboxes = tuple(_mailbox(table, document) for table in document.mailbox)
    priorities = build_priorities(document)
    return Desk(
        name=desk.name,
        prefixes=tuple(dict.fromkeys([desk.reference_prefix, *(m.prefix for m in mailboxes)])),
        language=desk.language,
        timezone=desk.timezone,
        phone=desk.phone,
        web=desk.web,
        admin=desk.admin,
        weekly_letter=desk.weekly_letter,
        morning_letter=desk.morning_letter,
        agent_mail=desk.agent_mail or ("token+dmarc" if desk.trusted_authserv_ids else "token"),
        trusted_authserv_ids=tuple(desk.trusted_authserv_ids),
        send_delay=desk.send_delay,
        max_message_size=desk.max_message_size,
        receipts=_receipts(document),
        agents=_agents(document),
        categories=tuple(_category(table, document) for table in document.category),
        mailboxes=mailboxes,
        rules=tuple(build_rule(table) for table in document.rule),
        priorities=priorities,
        calendars=build_calendars(document),
        target_sets=build_target_sets(document, priorities),
        matrix=build_matrix(document.matrix),
        points=tuple(build_point(table) for table in document.point),
        receipt_texts=build_texts(document),
        catalogue=build_catalogue(document),
        statuses=tuple((status, wording(title)) for status, title in desk.statuses.items()),
        subscribers=tuple(document.notices.subscribers),
        surge=desk.surge,
        customers=build_customers(document),
        contacts=build_contacts(document),
        sender_rules=build_sender_rules(document),
        own_addresses=frozenset(chain.from_iterable(m.addresses for m in mailboxes)),
    )


def mailbox_name(table: MailboxTable) -> str:
    """Return a mailbox's name: its own, else the local part of its address."""
    return table.name or table.address.partition("@")[0]


def _receipts(document: Document) -> ReceiptPolicy:
    table = document.receipts
    return ReceiptPolicy(
        per_address=table.per_address,
        unknown_senders=table.unknown_senders,
        desk=table.desk,
        return_path_required=table.return_path == "required",
        promise_response=table.promise_response,
    )


def _agents(document: Document) -> tuple[Agent, ...]:
    pairs = serves(document)
    return tuple(
        Agent(
            name=table.name,
            address=table.address.casefold(),
            login=table.login,
            categories=tuple(c.name for c in document.category if (table.name, c.name) in pairs),
            role=table.role,
            active=table.active,
            notify=table.notify,
        )
        for table in document.agent
    )


def _category(table: CategoryTable, document: Document) -> Category:
    pairs = serves(document)
    return Category(
        name=table.name,
        title=table.title or table.name,
        members=tuple(a.name for a in document.agent if (a.name, table.name) in pairs),
        assignment=table.assignment,
        manager=table.manager,
        closed_reply=table.closed_reply,
        closed_letter=table.closed_letter,
        calendar=table.calendar,
        reopen_days=table.reopen_days,
        fields=build_fields(table.fields),
        status_letter_days=table.status_letter_days,
        preliminary_days=table.preliminary_days,
        preliminary_reason=wording(table.preliminary_reason),
        access=table.access,
        notify=table.notify,
        status=table.status,
        parent=table.parent,
        weights=tuple(table.weights.items()),
        duty=tuple(table.duty),
        duty_from=table.duty_from,
        duty_weeks=tuple((*week, name) for key, name in table.duty_weeks.items() if (week := iso_week(key))),
        targets=table.targets,
        owner=table.owner,
        service_manager=table.service_manager,
        operations=table.operations,
    )


def _mailbox(table: MailboxTable, document: Document) -> Mailbox:
    addresses = (table.address.casefold(), *(alias.casefold() for alias in table.aliases))
    return Mailbox(
        name=mailbox_name(table),
        address=table.address,
        addresses=addresses,
        category=table.category or only_category(document) or "",
        prefix=table.reference_prefix or document.desk.reference_prefix,
        language=table.language or document.desk.language,
        subaddress=table.subaddress,
        priority=table.priority,
        type=table.type,
        owner=table.owner,
        service_manager=table.service_manager,
        operations=table.operations,
    )

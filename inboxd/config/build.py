"""From a validated document to the desk's own values."""

from itertools import chain

from inboxd.config.builtin import CALENDARS, OFFICE, PRIORITIES
from inboxd.config.rules import match_pairs
from inboxd.config.schema import (
    CalendarTable,
    CategoryTable,
    Document,
    MailboxTable,
    PriorityTable,
    RuleTable,
    WeekTable,
)
from inboxd.desk.desk import (
    Agent,
    Calendar,
    Category,
    Desk,
    Mailbox,
    Minutes,
    Priority,
    ReceiptPolicy,
    Rule,
    Season,
)


def build_desk(document: Document) -> Desk:
    """Return the desk that a document describes; a document with problems gives a desk that is good for nothing."""
    desk, receipts = document.desk, document.receipts
    mailboxes = tuple(_mailbox(table, document) for table in document.mailbox)
    return Desk(
        name=desk.name,
        prefixes=tuple(dict.fromkeys([desk.reference_prefix, *(m.prefix for m in mailboxes)])),
        language=desk.language,
        timezone=desk.timezone,
        phone=desk.phone,
        web=desk.web,
        admin=desk.admin,
        agent_mail=desk.agent_mail or ("token+dmarc" if desk.trusted_authserv_ids else "token"),
        trusted_authserv_ids=tuple(desk.trusted_authserv_ids),
        send_delay=desk.send_delay,
        max_message_size=desk.max_message_size,
        receipts=ReceiptPolicy(
            per_address=receipts.per_address,
            unknown_senders=receipts.unknown_senders,
            desk=receipts.desk,
            return_path_required=receipts.return_path == "required",
        ),
        agents=_agents(document),
        categories=tuple(_category(table, document) for table in document.category),
        mailboxes=mailboxes,
        rules=tuple(_rule(table) for table in document.rule),
        priorities=_priorities(document),
        calendars=_calendars(document),
        own_addresses=frozenset(chain.from_iterable(m.addresses for m in mailboxes)),
    )


def mailbox_name(table: MailboxTable) -> str:
    """Return a mailbox's name: its own, else the local part of its address."""
    return table.name or table.address.partition("@")[0]


def serves(document: Document) -> frozenset[tuple[str, str]]:
    """Return who serves what, as (agent, category), from both sides of the file.

    Where there is one category and neither side says who serves it, everybody does but auditors.
    """
    chosen = [(agent.name, category) for agent in document.agent for category in agent.categories or ()]
    chosen += [(member, category.name) for category in document.category for member in category.members or ()]
    if len(document.category) == 1 and document.category[0].members is None:
        only = document.category[0].name
        chosen += [(a.name, only) for a in document.agent if a.categories is None and a.role != "auditor"]
    return frozenset(chosen)


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
    )


def _mailbox(table: MailboxTable, document: Document) -> Mailbox:
    addresses = (table.address.casefold(), *(alias.casefold() for alias in table.aliases))
    only = document.category[0].name if len(document.category) == 1 else ""
    return Mailbox(
        name=mailbox_name(table),
        address=table.address,
        addresses=addresses,
        category=table.category or only,
        prefix=table.reference_prefix or document.desk.reference_prefix,
        language=table.language or document.desk.language,
        subaddress=table.subaddress,
    )


def _rule(table: RuleTable) -> Rule:
    return Rule(
        name=table.name,
        mailbox=table.mailbox,
        match=tuple((field, pattern) for _, field, pattern in match_pairs(table.match)),
        category=table.set.category,
        priority=table.set.priority,
        assignee=table.set.assignee,
        tags=tuple(table.set.tags),
        action=table.set.action,
        stop=table.stop,
    )


def _priorities(document: Document) -> tuple[Priority, ...]:
    """Return the built-in priorities, replaced where the file has one of that name, then the file's own."""
    built_in = {p.name: p for p in PRIORITIES}
    own = {table.name: _priority(table, built_in.get(table.name)) for table in document.priority}
    return tuple((built_in | own).values())


def _priority(table: PriorityTable, base: Priority | None) -> Priority:
    given = table.model_fields_set
    return Priority(
        name=table.name,
        title=table.title or (base.title if base else table.name),
        response=table.response if "response" in given or base is None else base.response,
        resolution=table.resolution if "resolution" in given or base is None else base.resolution,
        clock=table.clock or (base.clock if base else OFFICE),
    )


def _calendars(document: Document) -> tuple[Calendar, ...]:
    own = {table.name: _calendar(table) for table in document.calendar}
    return tuple(({c.name: c for c in CALENDARS} | own).values())


def _calendar(table: CalendarTable) -> Calendar:
    """Return a calendar; where the file gives no hours, those of an office."""
    office = CALENDARS[0]
    return Calendar(
        name=table.name,
        week=office.week if table.hours is None else tuple(day or () for day in _days(table.hours)),
        holidays=table.holidays,
        days=tuple((day.date, tuple(day.hours)) for day in table.days),
        seasons=tuple(Season(first=s.first, last=s.last, hours=_days(s.hours)) for s in table.seasons),
    )


def _days(week: WeekTable) -> tuple[tuple[Minutes, ...] | None, ...]:
    days = (week.mon, week.tue, week.wed, week.thu, week.fri, week.sat, week.sun)
    return tuple(None if day is None else tuple(day) for day in days)

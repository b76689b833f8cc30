"""Customers, contacts and senders: the categories that come with them, and the desk's own values."""

from collections.abc import Container

from inboxd.config.problems import Problems
from inboxd.config.routing.tables import ContactTable, CustomerTable, SenderRuleTable
from inboxd.config.schema import CategoryTable, Document
from inboxd.desk.routing.customer import Contact, Customer, SenderRule


def with_own_categories(document: Document, problems: Problems) -> Document:
    """Return the document with a category for every customer that has one of its own, behind those of the file.

    Of its people only those are taken who are there: the others are reported where they are named.
    """
    places = {category.name: index for index, category in enumerate(document.category)}
    agents = {agent.name for agent in document.agent}
    made: dict[str, CategoryTable] = {}
    for index, customer in enumerate(document.customer):
        if not customer.own_category or not customer.name:
            continue
        if customer.name in places:
            line = problems.line(("category", places[customer.name]))
            told = f'there is a category "{customer.name}", in line {line}; write category = "{customer.name}" instead'
            problems.add(("customer", index, "own_category"), told)
        else:
            made[customer.name] = _own_category(customer, agents)
    return document.model_copy(update={"category": [*document.category, *made.values()]}) if made else document


def _own_category(customer: CustomerTable, agents: Container[str]) -> CategoryTable:
    return CategoryTable(
        name=customer.name,
        title=customer.title or customer.name,
        manager=customer.manager if customer.manager in agents else None,
        members=None if customer.members is None else [name for name in customer.members if name in agents],
    )


def build_customers(document: Document) -> tuple[Customer, ...]:
    """Return the customers of a document."""
    return tuple(_customer(table) for table in document.customer)


def build_contacts(document: Document) -> tuple[Contact, ...]:
    """Return the people of a document who have settings of their own."""
    return tuple(_contact(table) for table in document.contact)


def build_sender_rules(document: Document) -> tuple[SenderRule, ...]:
    """Return the sender rules of a document, in order."""
    return tuple(_sender_rule(table) for table in document.sender_rule)


def _customer(table: CustomerTable) -> Customer:
    return Customer(
        name=table.name,
        title=table.title or table.name,
        domains=tuple(table.domains),
        addresses=tuple(address.casefold() for address in table.addresses),
        contact=table.contact,
        category=table.name if table.own_category else table.category,
        priority=table.priority,
        price=table.price,
        orderers=tuple(address.casefold() for address in table.orderers),
    )


def _contact(table: ContactTable) -> Contact:
    return Contact(
        address=table.address.casefold(),
        name=table.name,
        priority=table.priority,
        language=table.language,
        customer=table.customer,
    )


def _sender_rule(table: SenderRuleTable) -> SenderRule:
    return SenderRule(match=table.match, action=table.action, mailbox=table.mailbox)

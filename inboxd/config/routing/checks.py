"""What no single table about customers, senders and rules can know: unknown names, and one thing said twice."""

from inboxd.config.build import mailbox_name
from inboxd.config.builtin import PRIORITIES
from inboxd.config.lines import KeyPath
from inboxd.config.names import check_known, check_once, is_ours
from inboxd.config.problems import Problems
from inboxd.config.routing.rules import check_rules
from inboxd.config.routing.tables import CustomerTable
from inboxd.config.schema import Document
from inboxd.desk.routing.matching import NO_CUSTOMER


def check_routing(document: Document, problems: Problems) -> None:
    """Note everything that is wrong with the customers, contacts, sender rules and rules of a document."""
    _check_customers(document, problems)
    _check_contacts(document, problems)
    _check_names(document, problems)
    check_rules(document, problems)


def _check_customers(document: Document, problems: Problems) -> None:
    categories = [category.name for category in document.category]
    agents = [agent.name for agent in document.agent]
    tables = list(enumerate(document.customer))
    check_once([(t.name, ("customer", i, "name")) for i, t in tables], "customer name", problems)
    domains: list[tuple[str, KeyPath]] = []
    for index, table in tables:
        place: KeyPath = ("customer", index)
        if table.name == NO_CUSTOMER:
            problems.add((*place, "name"), '"none" means no customer to `inboxd set`; take another name')
        if table.contact is not None and is_ours(table.contact, document):
            told = "is a mailbox of the desk, which would write to itself; name an address of the customer"
            problems.add((*place, "contact"), told)
        for n, orderer in enumerate(table.orderers):
            if is_ours(orderer, document):
                told = "is a mailbox of the desk, which would write to itself; name who orders for the customer"
                problems.add((*place, "orderers", n), told)
        check_known(table.category, categories, "category", (*place, "category"), problems)
        check_known(table.priority, _priorities(document), "priority", (*place, "priority"), problems)
        check_known(table.manager, agents, "agent", (*place, "manager"), problems)
        for n, name in enumerate(table.members or ()):
            check_known(name, agents, "agent", (*place, "members", n), problems)
        domains += [(domain, (*place, "domains", n)) for n, domain in enumerate(table.domains)]
        _check_own_category(table, place, problems)
    check_once(domains, "customer", problems)


def _check_own_category(table: CustomerTable, place: KeyPath, problems: Problems) -> None:
    if table.own_category and table.category is not None:
        problems.add((*place, "category"), "cannot stand beside own_category = true; take one of them out")
    for key in () if table.own_category else ("manager", "members"):
        if getattr(table, key) is not None:
            told = "is about the customer's own category; write own_category = true, or take it out"
            problems.add((*place, key), told)


def _check_contacts(document: Document, problems: Problems) -> None:
    customers = [customer.name for customer in document.customer]
    theirs: list[tuple[str, KeyPath]] = []
    for index, customer in enumerate(document.customer):
        theirs += [(a.casefold(), ("customer", index, "addresses", n)) for n, a in enumerate(customer.addresses)]
    check_once(theirs, "customer", problems)
    people = list(enumerate(document.contact))
    check_once([(t.address.casefold(), ("contact", i, "address")) for i, t in people], "contact", problems)
    owner = {a.casefold(): customer.name for customer in document.customer for a in customer.addresses}
    for index, table in people:
        place: KeyPath = ("contact", index)
        check_known(table.priority, _priorities(document), "priority", (*place, "priority"), problems)
        check_known(table.customer, customers, "customer", (*place, "customer"), problems)
        other = owner.get(table.address.casefold())
        if table.customer is not None and other not in {None, table.customer}:
            problems.add((*place, "customer"), f'the customer "{other}" has {table.address} among its addresses')


def _check_names(document: Document, problems: Problems) -> None:
    agents, categories = [a.name for a in document.agent], [c.name for c in document.category]
    mailboxes = [mailbox_name(m) for m in document.mailbox]
    for index, sender_rule in enumerate(document.sender_rule):
        check_known(sender_rule.mailbox, mailboxes, "mailbox", ("sender_rule", index, "mailbox"), problems)
    for index, mailbox in enumerate(document.mailbox):
        check_known(mailbox.priority, _priorities(document), "priority", ("mailbox", index, "priority"), problems)
    for index, rule in enumerate(document.rule):
        place: KeyPath = ("rule", index, "set")
        check_known(rule.mailbox, mailboxes, "mailbox", ("rule", index, "mailbox"), problems)
        check_known(rule.set.category, categories, "category", (*place, "category"), problems)
        check_known(rule.set.priority, _priorities(document), "priority", (*place, "priority"), problems)
        check_known(rule.set.assignee, agents, "agent", (*place, "assignee"), problems)


def _priorities(document: Document) -> list[str]:
    return [*(p.name for p in PRIORITIES), *(p.name for p in document.priority)]

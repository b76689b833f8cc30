"""What no single table can know: names that nothing defines, things given twice, a desk that would write to itself."""

from inboxd.config.build import mailbox_name
from inboxd.config.builtin import CALENDARS
from inboxd.config.categories import check_categories, only_category
from inboxd.config.clocks.checks import check_promises
from inboxd.config.letters.build import check_letter_words
from inboxd.config.lines import KeyPath
from inboxd.config.names import check_known, check_once, is_ours
from inboxd.config.notices.checks import check_notices
from inboxd.config.problems import Problems
from inboxd.config.routing.catalogue import check_catalogue
from inboxd.config.routing.checks import check_routing
from inboxd.config.schema import Document

NOBODY = "none"
"""`inboxd assign REF none` takes a case away from everybody."""

Given = list[tuple[str, KeyPath]]


def check_document(document: Document, problems: Problems) -> None:
    """Note everything that is wrong between the tables of a document."""
    _check_twice(document, problems)
    _check_agents(document, problems)
    _check_categories(document, problems)
    check_categories(document, problems)
    _check_mailboxes(document, problems)
    _check_clocks(document, problems)
    check_promises(document, problems)
    check_routing(document, problems)
    check_catalogue(document, problems)
    check_letter_words(document, problems)
    check_notices(document, problems)
    if document.desk.agent_mail == "token+dmarc" and not document.desk.trusted_authserv_ids:
        where: KeyPath = ("desk", "agent_mail")
        problems.add(where, '"token+dmarc" needs trusted_authserv_ids; name the server that checks DMARC for you')


def _check_twice(document: Document, problems: Problems) -> None:
    for kind in ("agent", "category", "rule", "priority", "calendar", "targets", "point", "receipt_text"):
        tables = getattr(document, kind)
        check_once([(t.name, (kind, i, "name")) for i, t in enumerate(tables)], f"{kind} name", problems)
    mailboxes = document.mailbox
    check_once([(mailbox_name(m), ("mailbox", i, "name")) for i, m in enumerate(mailboxes)], "mailbox name", problems)
    check_once(_own_addresses(document), "address of a mailbox", problems)
    agents = list(enumerate(document.agent))
    check_once([(a.address.casefold(), ("agent", i, "address")) for i, a in agents], "agent's address", problems)
    check_once([(a.login, ("agent", i, "login")) for i, a in agents if a.login], "login", problems)


def _own_addresses(document: Document) -> Given:
    found: Given = []
    for index, mailbox in enumerate(document.mailbox):
        found.append((mailbox.address.casefold(), ("mailbox", index, "address")))
        found += [(a.casefold(), ("mailbox", index, "aliases", n)) for n, a in enumerate(mailbox.aliases)]
    return found


def _check_agents(document: Document, problems: Problems) -> None:
    categories = [c.name for c in document.category]
    for index, agent in enumerate(document.agent):
        if agent.name == NOBODY:
            problems.add(("agent", index, "name"), '"none" means nobody to `inboxd assign`; take another name')
        if is_ours(agent.address, document):
            problems.add(("agent", index, "address"), "is a mailbox of the desk; give the agent's own address")
        for n, name in enumerate(agent.categories or ()):
            check_known(name, categories, "category", ("agent", index, "categories", n), problems)
    if document.desk.admin is not None and is_ours(document.desk.admin, document):
        problems.add(("desk", "admin"), "is a mailbox of the desk; alerts must go to a mailbox that people read")


def _check_categories(document: Document, problems: Problems) -> None:
    agents = [a.name for a in document.agent]
    for index, category in enumerate(document.category):
        check_known(category.manager, agents, "agent", ("category", index, "manager"), problems)
        check_known(category.calendar, _calendar_names(document), "calendar", ("category", index, "calendar"), problems)
        for n, name in enumerate(category.members or ()):
            check_known(name, agents, "agent", ("category", index, "members", n), problems)


def _check_mailboxes(document: Document, problems: Problems) -> None:
    categories = [c.name for c in document.category]
    for index, mailbox in enumerate(document.mailbox):
        place: KeyPath = ("mailbox", index, "category")
        check_known(mailbox.category, categories, "category", place, problems)
        several = len(categories) > 1 and only_category(document) is None
        if mailbox.category is None and several and not problems.at(place):
            problems.add(place, f"missing; there are several: {', '.join(categories)}")
        if mailbox.imap.sent_folder == mailbox.imap.folder:
            told = "the folder of incoming mail; name the one where mail clients keep what they sent, or take it out"
            problems.add(("mailbox", index, "imap", "sent_folder"), told)
    _check_folders(document, problems)


def _check_folders(document: Document, problems: Problems) -> None:
    """Note a folder that two mailboxes would read, each taking the other's mail."""
    seen: dict[tuple[object, ...], int] = {}
    for index, mailbox in enumerate(document.mailbox):
        imap = mailbox.imap
        folder = (imap.host, imap.port, imap.username or mailbox.address, imap.folder)
        first = seen.setdefault(folder, index)
        if imap.host and first != index:
            line = problems.line(("mailbox", first))
            told = f"{imap.folder} is already read by the mailbox of line {line}; each folder by one mailbox"
            problems.add(("mailbox", index, "imap", "folder"), told)


def _check_clocks(document: Document, problems: Problems) -> None:
    for index, priority in enumerate(document.priority):
        check_known(priority.clock, _calendar_names(document), "calendar", ("priority", index, "clock"), problems)
    for index, calendar in enumerate(document.calendar):
        place: KeyPath = ("calendar", index, "hours")
        if calendar.hours is not None and not any(day for _, day in calendar.hours) and not problems.at(place):
            problems.add(place, 'never open; write for example hours = { mon = ["08:00-15:30"] }')


def _calendar_names(document: Document) -> list[str]:
    return [*(c.name for c in CALENDARS), *(c.name for c in document.calendar)]

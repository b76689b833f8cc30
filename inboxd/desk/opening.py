"""Opening a case for a mail: where it goes, who hears of it, and whether its writer gets a receipt."""

from dataclasses import replace

from inboxd.desk.arrived import Arrived, about, copied, entry_of, on_record, participant
from inboxd.desk.case import Case, Channel, Role, Status
from inboxd.desk.clocks.deadline import due
from inboxd.desk.decision import NEW_CASE, Change, Decision, Draft, Link, OpenCase, Suppressed
from inboxd.desk.desk import Desk
from inboxd.desk.evidence import Evidence
from inboxd.desk.letters.asked_fields import found_fields, missing_fields
from inboxd.desk.letters.language import letter_language
from inboxd.desk.letters.loop import our_words
from inboxd.desk.letters.notify import News, closing, letters_to_agents, machine_letter
from inboxd.desk.letters.planned_text import planned_text
from inboxd.desk.notices.notice import concerning
from inboxd.desk.remarks import about_sender, first_time, no_receipt, receipt_held
from inboxd.desk.routing.customer import contact_of
from inboxd.desk.routing.route import MACHINES, Route
from inboxd.desk.view import View
from inboxd.mail.authentication import dmarc_passed
from inboxd.mail.subject import strip_prefixes

RECEIPT = "receipt"
"""The receipt's template; where a mail cannot be read its writer is told so whatever a rule says."""


def open_case(arrived: Arrived, found: Route, view: View, follows: Case | None = None) -> Decision:
    """Decide to open a case for a mail, routed as found; `follows` is the case at rest that it answers."""
    message, routing = arrived.message, found.routing
    found = replace(found, language=_language(arrived, found, view, follows))
    receipt = _receipt(arrived, found, view)
    evidence = (*found.evidence, *our_words(message, view), *receipt_held(receipt))
    entry = entry_of(arrived, NEW_CASE, extra=(*evidence, *no_receipt(receipt), *_of_the_sender(arrived, view)))
    claimed = arrived.match.claimed
    changes: tuple[Change, ...] = (
        _new_case(arrived, found, view),
        *found.turns,
        entry,
        *copied(message, NEW_CASE, view),
        *((Link(case_id=NEW_CASE, other_id=claimed.id, kind="claims"),) if claimed else ()),
        *((Link(case_id=NEW_CASE, other_id=follows.id, kind="follows"),) if follows else ()),
    )
    news = News(
        template="agent_new_case",
        case_id=NEW_CASE,
        category=routing.category,
        mailbox=arrived.mailbox.name,
        assignee=routing.assignee,
        about=about(arrived),
        writer=message.author,
        attachments=message.attachments,
    )
    letters = letters_to_agents(news, view)
    return on_record(
        arrived,
        Decision(
            kind="open_case",
            outcome="oversize" if message.headers_only else "opened",
            changes=changes,
            letters=(receipt, *letters) if isinstance(receipt, Draft) else letters,
            suppressed=(receipt,) if isinstance(receipt, Suppressed) else (),
            evidence=evidence,
            routing=routing,
        ),
    )


def _new_case(arrived: Arrived, found: Route, view: View) -> OpenCase:
    message, mailbox, routing = arrived.message, arrived.mailbox, found.routing
    opened_at = arrived.came_at(view)
    category = view.desk.category(routing.category)
    fields = found_fields(category, message.reply_text, message.subject)
    dues = due(view.desk, routing.priority, routing.category, opened_at)
    machine = arrived.kind in MACHINES
    return OpenCase(
        mailbox=mailbox.name,
        prefix=mailbox.prefix,
        category=routing.category,
        priority=routing.priority,
        assignee=routing.assignee,
        subject=strip_prefixes(message.subject),
        channel=Channel.MAIL,
        language=found.language,
        requester=participant(message.author, Role.REQUESTER),
        phone=None,
        verified=dmarc_passed(message, view.desk.trusted_authserv_ids),
        response_due=None if machine else dues.response,
        resolution_due=dues.resolution,
        opened_at=opened_at,
        tags=routing.tags,
        customer=routing.customer,
        type=routing.type,
        item=routing.item,
        status=first_status(view.desk, routing.category),
        fields=fields,
        missing=missing_fields(category, dict(fields)),
        by_machine=machine,
    )


def _of_the_sender(arrived: Arrived, view: View) -> tuple[Evidence, ...]:
    """Say what an agent should know of who opens a case; of a machine nobody asks whether it is the first time."""
    known = () if arrived.kind in MACHINES else first_time(arrived.message, view)
    return (*about_sender(arrived.message, view), *known)


def _language(arrived: Arrived, found: Route, view: View, follows: Case | None) -> str:
    """Return the language of letters: the contact's own, that of the case it follows, or what the routing found."""
    author = arrived.message.author
    contact = contact_of(author.address, view.desk) if author else None
    wanted = (contact.language if contact else None, follows.language if follows else None, found.language)
    return letter_language(*wanted, default=arrived.mailbox.language)


def first_status(desk: Desk, category: str) -> Status:
    """Return the status of a new case of a category."""
    found = desk.category(category)
    return Status(found.status) if found else Status.NEW


def _receipt(arrived: Arrived, found: Route, view: View) -> Draft | Suppressed:
    if found.no_receipt is not None:
        return Suppressed(kind="receipt", reason=f"rule {found.no_receipt} sends none")
    draft = machine_letter(arrived.message, arrived.classification, arrived.mailbox, view, kind="receipt")
    if isinstance(draft, Suppressed):
        return draft
    closed_now, opens_at = closing(view.desk, found.routing.category, arrived.now)
    own = found.template if found.template and draft.template == RECEIPT else None
    known = concerning(view.notices, found.routing.category, view.desk)
    planned = planned_text(view.desk, found.routing.category, arrived.now, found.language)
    told = replace(
        draft, language=found.language, closed_now=closed_now, opens_at=opens_at, notices=known, planned=planned
    )
    return replace(told, template=own, stand_in=RECEIPT) if own else told

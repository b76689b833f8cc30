"""Which letters a decision sends, and why the others are not sent."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from inboxd.desk.access import may_see
from inboxd.desk.case import Case
from inboxd.desk.classify import Classification
from inboxd.desk.clocks.hours import is_open, next_opening
from inboxd.desk.decision import NEW_CASE, Draft, LetterKind, Suppressed
from inboxd.desk.desk import Agent, AgentLetter, Desk, Mailbox
from inboxd.desk.letters.enclosed import names_of, small_ones
from inboxd.desk.letters.gate import Held, Refused, receipt_gate
from inboxd.desk.letters.language import letter_language
from inboxd.desk.view import View
from inboxd.mail.address import Address
from inboxd.mail.compose import references_for
from inboxd.mail.message import Attachment, MailKind, ParsedMessage


def machine_letter(
    message: ParsedMessage, classification: Classification, mailbox: Mailbox, view: View, *, kind: LetterKind
) -> Draft | Suppressed:
    """Return the bare draft of a letter that a machine may send in answer to this mail, or why it may not.

    The same gate for receipts and refusals: whoever must not get the one must not get the other.
    """
    if view.silent:
        return Suppressed(kind=kind, reason="history comes in silently")
    verdict = receipt_gate(message, classification, mailbox, view)
    if isinstance(verdict, Refused):
        return Suppressed(kind=kind, reason=f"{verdict.rule}: {verdict.reason}")
    to = verdict.to
    return Draft(
        kind=kind,
        case_id=NEW_CASE,
        mailbox=mailbox.name,
        template="receipt_encrypted" if classification.kind is MailKind.ENCRYPTED else "receipt",
        language=letter_language(message.language, default=mailbox.language),
        to=(to,),
        in_reply_to=message.message_id,
        references=references_for(message.message_id, message.references, message.in_reply_to),
        null_sender=True,
        unknown_sender=not view.known_sender,
        held=f"{verdict.rule}: {verdict.reason}" if isinstance(verdict, Held) else None,
    )


def closing(desk: Desk, category: str, now: dt.datetime) -> tuple[bool, dt.datetime | None]:
    """Say whether the category's desk is closed now, and when work starts if so."""
    found = desk.category(category)
    calendar = desk.calendar(found.calendar) if found else None
    if calendar is None:
        return False, None
    if is_open(calendar, desk.timezone, now):
        return False, None
    return True, next_opening(calendar, desk.timezone, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What agents should hear of: the template that says it, the case, and the words it is about.

    `writer` wrote those words and is not told of them.
    """

    template: str
    case_id: int
    category: str
    mailbox: str
    assignee: str | None
    about: str
    writer: Address | None = None
    attachments: tuple[Attachment, ...] = ()
    failed: tuple[str, ...] = ()


def news_of(case: Case, template: str, about: str) -> News:
    """Return the news of a case that exists."""
    return News(
        template=template,
        case_id=case.id,
        category=case.category,
        mailbox=case.mailbox,
        assignee=case.assignee,
        about=about,
    )


ABOUT: Mapping[str, AgentLetter] = {
    "agent_new_case": "new",
    "agent_unreadable": "new",
    "agent_answer": "answer",
    "agent_assigned": "assigned",
    "agent_woken": "assigned",
    "agent_undelivered": "undelivered",
}
"""The kind of letter, as an agent chooses, that each template is."""

FAILURES = frozenset({"agent_undelivered", "agent_unreadable"})
"""What has gone wrong is told even where nobody wants to hear of new cases."""


def letters_to_agents(news: News, view: View) -> tuple[Draft, ...]:
    """Return one plain letter each to those who should know: the assignee, else those whom the category names.

    Of an assignee who has left the desk or is away the case is told as if it were unassigned.
    """
    if view.silent:
        return ()
    desk = view.desk
    holder = desk.agent(news.assignee) if news.assignee else None
    if holder and holder.active and holder.name not in view.absent:
        return letters_to_named((holder.name,), news, view)
    category = desk.category(news.category)
    if category is None or (category.notify == "none" and news.template not in FAILURES):
        return ()
    if "@" in category.notify:
        shared = Address(name="", address=category.notify)
        return () if news.writer and news.writer.key == shared.key else (_letter(shared, news, view),)
    present = tuple(name for name in category.members if name not in view.absent)
    return letters_to_named(present, news, view)


def letters_to_named(names: tuple[str, ...], news: News, view: View) -> tuple[Draft, ...]:
    """Return one plain letter each to those of these agents who get letters and may know of the case."""
    agents = [agent for name in names if (agent := view.desk.agent(name)) and _wants(agent, news)]
    return tuple(
        _letter(Address(name=agent.name, address=agent.address), news, view)
        for agent in agents
        if may_see(view.desk, agent, news.category)
    )


def _letter(to: Address, news: News, view: View) -> Draft:
    return Draft(
        kind="agent",
        case_id=news.case_id,
        mailbox=news.mailbox,
        template=news.template,
        language=view.desk.language,
        to=(to,),
        about=news.about,
        author=_spelt(news.writer),
        attachments=names_of(news.attachments),
        enclosed=small_ones(news.attachments),
        failed=news.failed,
    )


def _wants(agent: Agent, news: News) -> bool:
    wrote_it = news.writer is not None and news.writer.key == agent.address.casefold()
    return agent.active and ABOUT[news.template] in agent.notify and not wrote_it


def _spelt(writer: Address | None) -> str:
    return (writer.name or writer.address) if writer else ""

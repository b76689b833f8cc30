"""Drafts become letters: rendered, signed with our token, frozen as octets, and put in the outbox. Once."""

import logging
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from inboxd.desk.case import Case
from inboxd.desk.clocks.complaint import escalation_points
from inboxd.desk.clocks.service_levels import Point
from inboxd.desk.decision import NEW_CASE, Decision, Draft
from inboxd.desk.desk import Desk, Mailbox
from inboxd.desk.letters.answerable import sender_name
from inboxd.desk.reference import reference
from inboxd.logs import event
from inboxd.mail.address import Address
from inboxd.mail.compose import compose
from inboxd.mail.envelope import FrozenLetter
from inboxd.mail.message import Letter
from inboxd.mail.message_id import mint, pseudo_id, token
from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.mail.subject import one_line, receipt_subject
from inboxd.office.letters.agent_words import agent_words
from inboxd.office.letters.words import with_case_words
from inboxd.office.letters.written import Written
from inboxd.office.notices.words import notice_words
from inboxd.office.office import Office
from inboxd.render.dates import moment, opening_hours
from inboxd.render.letters import LetterContext, RenderedLetter
from inboxd.store import cases, outbox
from inboxd.store.engine import Session
from inboxd.store.journal import public_ids

log = logging.getLogger(__name__)


MACHINE_TO_PEOPLE = frozenset({"receipt", "refusal", "notice"})
"""Kinds that a machine writes to people outside the desk (RFC 3834 5)."""

ANSWERS_OF_MACHINES = MACHINE_TO_PEOPLE - {"notice"}
"""Those of them that answer a mail (RFC 3834 5); a notice comes by itself, and no machine is to answer it."""

SUBJECT_LENGTH = 120

QUOTE_LENGTH = 100_000
"""Characters of somebody's words that a letter repeats; `show` has them whole."""


def write_letters(session: Session, decision: Decision, *, case_id: int | None, office: Office) -> tuple[Written, ...]:
    """Write every draft of a decision into the outbox, in the transaction of the decision itself."""
    known: dict[int, Case] = {}
    written = (_write(session, draft, case_id=case_id, office=office, known=known) for draft in decision.letters)
    return tuple(letter for letter in written if letter is not None)


def _write(
    session: Session, draft: Draft, *, case_id: int | None, office: Office, known: dict[int, Case]
) -> Written | None:
    """Write one letter; `known` keeps the cases of a decision's letters, which are mostly all about one."""
    now = office.clock.now()
    about_case = case_id if draft.case_id == NEW_CASE else draft.case_id
    draft = replace(draft, mailbox=_sender(draft, office.desk).name)
    letter_id = outbox.reserve(session, draft, case_id=about_case, now=now, unknown_sender=draft.unknown_sender)
    if letter_id is None:
        event(log, logging.INFO, "letter.suppressed", kind=draft.kind, case=about_case, reason="written already")
        return None
    draft = _without_private_ids(session, draft)
    if about_case is not None and about_case not in known:
        known[about_case] = cases.get_case(session, about_case)
    frozen = freeze(draft, letter_id, None if about_case is None else known[about_case], office)
    outbox.freeze(session, letter_id, frozen, draft=draft, now=now)
    event(log, logging.INFO, "letter.queued", letter=letter_id, kind=draft.kind, case=about_case)
    return Written(letter_id=letter_id, draft=draft, message_id=frozen.message_id)


def _without_private_ids(session: Session, draft: Draft) -> Draft:
    """Leave out of a letter's headers what proves a letter to an agent, even where the user's own mail cited it."""
    parent = (draft.in_reply_to,) if draft.in_reply_to else ()
    kept = public_ids(session, parent)
    return replace(
        draft, references=public_ids(session, draft.references), in_reply_to=draft.in_reply_to if kept else None
    )


def freeze(draft: Draft, letter_id: int, case: Case | None, office: Office) -> FrozenLetter:
    """Render, sign and compose one letter. A broken template of the admin's gives way to the package's own."""
    desk = office.desk
    mailbox = _sender(draft, desk)
    words = context(draft, case, desk, mailbox)
    if case is not None:
        words = with_case_words(words, draft, case, desk, office.clock.now())
    of = desk.lineage(case.category) if case else ()
    rendered = office.templates.render_always(draft.template, draft.language, words, of=of, stand_in=draft.stand_in)
    if rendered.problem is not None:
        event(log, logging.ERROR, "template.broken", template=draft.template, problem=rendered.problem.message)
    if rendered.language != draft.language:
        event(log, logging.INFO, "letter.fell_back", letter=letter_id, wanted=draft.language, used=rendered.language)
    sender = Address(name=sender_name(draft, case, desk), address=mailbox.address)
    letter = _letter(draft, letter_id, sender, mailbox, rendered, office)
    return FrozenLetter(
        message_id=letter.message_id,
        subject=letter.subject,
        mail_from="" if draft.null_sender else mailbox.address,
        fallback_from=mailbox.address,
        rcpt_tos=tuple(dict.fromkeys(a.address for a in (*draft.to, *draft.cc))),
        octets=compose(letter),
        text=rendered.text,
    )


def _sender(draft: Draft, desk: Desk) -> Mailbox:
    """Return the mailbox that a letter leaves through; the first one where its case's is no longer in the config."""
    return desk.mailbox(draft.mailbox) or desk.mailboxes[0]


def _letter(
    draft: Draft, letter_id: int, sender: Address, mailbox: Mailbox, rendered: RenderedLetter, office: Office
) -> Letter:
    local, _, domain = mailbox.address.rpartition("@")
    proof = pseudo_id(letter_id, draft.kind, domain, office.keyring)
    return Letter(
        message_id=mint(letter_id, draft.kind, domain, office.keyring),
        from_=sender,
        to=_named(draft.to),
        cc=_named(draft.cc),
        reply_to=(
            Address(name=office.desk.name, address=f"{local}+{token(letter_id, draft.kind, office.keyring)}@{domain}")
            if mailbox.subaddress
            else None
        ),
        subject=one_line(rendered.subject, SUBJECT_LENGTH),
        text=rendered.text,
        html=rendered.html,
        date=office.clock.now().astimezone(ZoneInfo(office.desk.timezone)),
        in_reply_to=draft.in_reply_to,
        references=(proof, *draft.references),
        auto_submitted=_auto_submitted(draft),
        language=rendered.language,
        files=draft.files,
    )


def _auto_submitted(draft: Draft) -> str | None:
    if draft.kind in {"answer", "forward"}:
        return None
    return "auto-replied" if draft.kind in ANSWERS_OF_MACHINES else "auto-generated"


def context(draft: Draft, case: Case | None, desk: Desk, mailbox: Mailbox) -> LetterContext:
    """Return what a template may say in this letter: of other people's words nothing that holds a personal number."""
    tz = ZoneInfo(desk.timezone)
    category = desk.category(case.category) if case else None
    calendar = desk.calendar(category.calendar) if category else None
    priority = desk.priority(case.priority) if case else None
    undelivered = draft.template == "agent_undelivered"
    quoted = mask_personal_numbers(_shortened(draft.about))
    return LetterContext(
        reference=reference(case.prefix, case.number) if case else "",
        subject=_subject(draft, case),
        mailbox_address=mailbox.address,
        **_desk_words(desk),
        opening_hours=opening_hours(calendar.week, draft.language) if calendar else "",
        opens_at=moment(draft.opens_at, tz, draft.language) if draft.opens_at else None,
        closed_now=draft.closed_now,
        requester_name=_requester_name(draft, case) if case else "",
        requester_address=case.requester.address if case else "",
        requester_phone=(case.phone or "") if case else "",
        category_title=category.title if category else "",
        priority_title=priority.title_in(draft.language) if priority else "",
        assignee=(case.assignee or "") if case else "",
        **agent_words(draft, case, desk),
        failed_recipients=draft.failed,
        held_answers=draft.held_answers,
        held_of=draft.held_of,
        referred_to=draft.referred_to,
        target=draft.target,
        target_due=moment(draft.target_due, tz, draft.language) if draft.target_due else "",
        points=tuple(_point(point) for point in escalation_points(desk)),
        text=quoted if undelivered else draft.text,
        about="" if undelivered else quoted,
        due=moment(case.resolution_due, tz, draft.language) if case and case.resolution_due else "",
        closed=draft.closed,
        closed_reply=category.closed_reply if category else "reopen",
        words=draft.words,
        waiting=draft.waiting,
        **notice_words(draft, desk),
    )


def _point(point: Point) -> str:
    """Return who to turn to, as one line: what the point is, who sits there, and how to get hold of them."""
    return ", ".join(part for part in (point.title, point.person, point.phone or point.address or "") if part)


def _desk_words(desk: Desk) -> dict[str, Any]:
    """Return what a template may say of the desk itself."""
    serves = tuple(customer.title for customer in desk.customers)
    return {"desk_name": desk.name, "phone": desk.phone, "web": desk.web, "serves": serves}


def _subject(draft: Draft, case: Case | None) -> str:
    """The case's subject; where a machine sends it outside, no more of it than cannot be abused (rules.md T06)."""
    if case is None and draft.kind == "notice":
        return draft.notices[0].title
    if case is None:
        return one_line(draft.about or draft.text, SUBJECT_LENGTH)
    if draft.kind in MACHINE_TO_PEOPLE or draft.null_sender:
        return receipt_subject(case.subject)
    return one_line(mask_personal_numbers(case.subject), SUBJECT_LENGTH)


def _requester_name(draft: Draft, case: Case) -> str:
    """The requester's name; where a machine sends it outside, without what can be abused (rules.md T06)."""
    name = case.requester.name
    return receipt_subject(name) if draft.null_sender else mask_personal_numbers(name)


def _named(people: tuple[Address, ...]) -> tuple[Address, ...]:
    return tuple(replace(person, name=mask_personal_numbers(person.name)) for person in people)


def _shortened(text: str) -> str:
    return text if len(text) <= QUOTE_LENGTH else f"{text[:QUOTE_LENGTH]}…"

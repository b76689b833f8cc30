"""The whole inbound story on one page: what becomes of a mail that came in. Pure; facts come in through the view."""

import datetime as dt
from dataclasses import dataclass, replace

from inboxd.desk.case import Case, Channel, Participant, Role, Status
from inboxd.desk.classify import Classification, classify
from inboxd.desk.deadline import due
from inboxd.desk.decision import (
    NEW_CASE,
    AddEntry,
    AddParticipant,
    Change,
    Decision,
    Draft,
    Evidence,
    Hold,
    Link,
    OpenCase,
    RecordDelivery,
    SetField,
    Suppressed,
    Threading,
)
from inboxd.desk.desk import Mailbox
from inboxd.desk.loop import our_words
from inboxd.desk.notify import News, closing, letters_to_agents, machine_letter, names_of, news_of
from inboxd.desk.own_copy import own_copy
from inboxd.desk.remarks import no_receipt, receipt_held, remarks
from inboxd.desk.route import Route, choose_mailbox, route
from inboxd.desk.thread import Match, match_case
from inboxd.desk.undelivered import CARRIES_WORDS
from inboxd.desk.undo import WRITTEN_BY_PEOPLE, hold_waiting
from inboxd.desk.view import View
from inboxd.mail.address import Address
from inboxd.mail.authentication import dmarc_passed
from inboxd.mail.message import DeliveryReport, MailKind, ParsedMessage
from inboxd.mail.subject import strip_prefixes

REPORTS = frozenset(
    {MailKind.AUTO_REPLY, MailKind.BOUNCE, MailKind.DELAY, MailKind.READ_RECEIPT, MailKind.ABUSE_REPORT}
)
"""Kinds that open nothing, reopen nothing and are answered with nothing."""

ONE_RECEIPT = Suppressed(kind="receipt", reason="a case has one receipt, for the mail that opened it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A mail with all that was found out about it, on its way through the decision."""

    message: ParsedMessage
    classification: Classification
    mailbox: Mailbox
    match: Match
    now: dt.datetime

    @property
    def kind(self) -> MailKind:
        """The mail's kind."""
        return self.classification.kind

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Every rule that hit so far, and what an agent should know of the mail."""
        return (*self.classification.evidence, *self.match.evidence, *remarks(self.message, self.kind))


def decide(message: ParsedMessage, view: View, now: dt.datetime) -> Decision:
    """Decide what becomes of a mail: which case it opens or joins, what changes there, and which letters go."""
    if view.duplicate_of is not None:
        same = Evidence(rule="duplicate", detail=f"the same mail as incoming {view.duplicate_of}")
        return Decision(kind="ignore", outcome="duplicate", evidence=(same,), reason=same.detail)
    came_back = own_copy(message, view)
    if came_back is not None:
        return came_back
    arrived = Arrived(
        message=message,
        classification=classify(message),
        mailbox=choose_mailbox(message, view.desk, view.arrived_in),
        match=match_case(message, view),
        now=now,
    )
    if arrived.kind in REPORTS:
        known = arrived.match.case is not None or arrived.match.letter is not None
        return _report(arrived, view) if known else _without_case(arrived, view)
    if arrived.match.case is None:
        return _route_and_open(arrived, view)
    return _add(arrived, arrived.match.case, view)


def rescue(message: ParsedMessage, view: View, now: dt.datetime, *, actor: str) -> Decision:
    """Decide on a mail that a person wants a case for, whatever a machine thought of it; nobody gets a receipt."""
    by_hand = Evidence(rule="rescued", detail=f"opened by {actor}")
    arrived = Arrived(
        message=message,
        classification=Classification(kind=MailKind.NOTIFICATION, evidence=(by_hand,)),
        mailbox=choose_mailbox(message, view.desk, view.arrived_in),
        match=Match(threading=Threading(case_id=None, evidence="none"), case=None),
        now=now,
    )
    return _open(arrived, route(message, arrived.mailbox, view), view)


def _report(arrived: Arrived, view: View) -> Decision:
    """A machine's word on a letter or case of ours: noted there; it reopens nothing and is answered with nothing.

    Where a person's words did not arrive, the case says so and whoever has it is told.
    """
    letter, report, case = arrived.match.letter, arrived.message.report, arrived.match.case
    changes: tuple[Change, ...] = ()
    letters: tuple[Draft, ...] = ()
    if report is not None and report.recipients and all(view.desk.is_ours(r.address) for r in report.recipients):
        letter = None  # it is about the copy to ourselves (confirm = "bcc"), not about those we wrote to
    if letter is not None and report is not None:
        changes = (RecordDelivery(letter_id=letter.id, recipients=report.recipients),)
    if case is not None:
        changes = (*changes, _note_entry(arrived, case.id))
    if case is not None and letter is not None and arrived.kind is MailKind.BOUNCE and letter.kind in CARRIES_WORDS:
        changes = (*changes, SetField(case_id=case.id, field="undelivered", value=True, actor="inboxd"))
        letters = letters_to_agents(_undelivered(case, report), view)
    decision = Decision(
        kind="record_delivery" if letter is not None and report is not None else "add_to_case",
        outcome="note",
        changes=changes,
        letters=letters,
        reason=f"{arrived.kind}: only noted",
    )
    return _on_record(arrived, decision)


def _without_case(arrived: Arrived, view: View) -> Decision:
    """A report or automatic reply that names no case of ours: ignored, unless a rule of the admin says otherwise."""
    found = route(arrived.message, arrived.mailbox, view)
    if found.action == "open":
        return _open(arrived, found, view)
    if found.action == "hold":
        return _held(arrived, found)
    return _on_record(
        arrived, Decision(kind="ignore", outcome="ignored", reason=f"{arrived.kind} that names no case of ours")
    )


def _route_and_open(arrived: Arrived, view: View) -> Decision:
    found = route(arrived.message, arrived.mailbox, view)
    rule = found.routing.rule
    if found.action == "ignore":
        ignored = Decision(kind="ignore", outcome="ignored", evidence=found.evidence, reason=f"rule {rule} ignores it")
        return _on_record(arrived, ignored)
    if found.action == "hold":
        return _held(arrived, found)
    return _open(arrived, found, view)


def _held(arrived: Arrived, found: Route) -> Decision:
    reason = f"rule {found.routing.rule} holds it"
    held = Decision(kind="hold", changes=(Hold(reason=reason),), evidence=found.evidence, reason=reason)
    return _on_record(arrived, held)


def _open(arrived: Arrived, found: Route, view: View, follows: Case | None = None) -> Decision:
    message, routing = arrived.message, found.routing
    receipt = _receipt(arrived, found, view)
    evidence = (*found.evidence, *our_words(message, view), *receipt_held(receipt))
    entry = _entry(arrived, NEW_CASE, extra=(*evidence, *no_receipt(receipt)))
    claimed = arrived.match.claimed
    changes: tuple[Change, ...] = (
        _new_case(arrived, found, view),
        entry,
        *_copied(message, NEW_CASE, view),
        *((Link(case_id=NEW_CASE, other_id=claimed.id, kind="claims"),) if claimed else ()),
        *((Link(case_id=NEW_CASE, other_id=follows.id, kind="follows"),) if follows else ()),
    )
    news = News(
        template="agent_new_case",
        case_id=NEW_CASE,
        category=routing.category,
        mailbox=arrived.mailbox.name,
        assignee=routing.assignee,
        about=_about(arrived),
        writer=message.author,
        attachments=names_of(message.attachments),
    )
    letters = letters_to_agents(news, view)
    return _on_record(
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
    opened_at = min(message.date, arrived.now) if view.silent and message.date else arrived.now
    dues = due(view.desk, routing.priority, routing.category, opened_at)
    return OpenCase(
        mailbox=mailbox.name,
        prefix=mailbox.prefix,
        category=routing.category,
        priority=routing.priority,
        assignee=routing.assignee,
        subject=strip_prefixes(message.subject),
        channel=Channel.MAIL,
        language=message.language or mailbox.language,
        requester=_participant(message.author, Role.REQUESTER),
        phone=None,
        verified=dmarc_passed(message, view.desk.trusted_authserv_ids),
        response_due=dues.response,
        resolution_due=dues.resolution,
        opened_at=opened_at,
        tags=found.tags,
    )


def _receipt(arrived: Arrived, found: Route, view: View) -> Draft | Suppressed:
    draft = machine_letter(arrived.message, arrived.classification, arrived.mailbox, view, kind="receipt")
    if isinstance(draft, Suppressed):
        return draft
    closed_now, opens_at = closing(view.desk, found.routing.category, arrived.now)
    return replace(draft, closed_now=closed_now, opens_at=opens_at)


def _add(arrived: Arrived, case: Case, view: View) -> Decision:
    """A mail on a known case: entered, and where a party to it wrote, the case comes back to work."""
    author = arrived.message.identity
    if author is None or not case.is_participant(author.address):
        return _add_outsider(arrived, case, view)
    added = _add_from_party(arrived, case, view)
    if arrived.kind not in WRITTEN_BY_PEOPLE:
        return added
    return hold_waiting(added, arrived.message, case, view, _about(arrived))


def _add_from_party(arrived: Arrived, case: Case, view: View) -> Decision:
    reply_to_closed = _reply_to_closed(arrived, case, view)
    if reply_to_closed == "new":
        return _open(arrived, route(arrived.message, arrived.mailbox, view), view, follows=case)
    changes: tuple[Change, ...] = (_entry(arrived, case.id), *_copied(arrived.message, case.id, view))
    if reply_to_closed == "reject":
        return _rejected(arrived, case, view, changes)
    wakes = case.status in {Status.WAITING, Status.POSTPONED} and arrived.kind is not MailKind.NOTIFICATION
    if reply_to_closed == "reopen" or wakes:
        changes = (
            *changes,
            SetField(case_id=case.id, field="status", value=Status.OPEN.value, actor="inboxd"),
            SetField(case_id=case.id, field="until", value=None, actor="inboxd", quiet=True),
        )
    added = Decision(kind="add_to_case", outcome="added", changes=changes, letters=_about_answer(arrived, case, view))
    return _on_record(arrived, replace(added, suppressed=(ONE_RECEIPT,)))


def _add_outsider(arrived: Arrived, case: Case, view: View) -> Decision:
    """Someone who knows a Message-ID of the case but is no party to it: shown with a warning, reopens nothing.

    So too a writer whose From does not name one plain address: who that is nobody can tell for certain.
    """
    author = arrived.message.author
    outsider = AddParticipant(case_id=case.id, participant=_participant(author, Role.OUTSIDER))
    evidence = _who_is_outside(arrived, view)
    return _on_record(
        arrived,
        Decision(
            kind="add_to_case",
            outcome="added",
            changes=(
                _entry(arrived, case.id, from_party=False, extra=(evidence,)),
                *((outsider,) if author else ()),
            ),
            letters=_about_answer(arrived, case, view),
            suppressed=(ONE_RECEIPT,),
            evidence=(evidence,),
        ),
    )


def _who_is_outside(arrived: Arrived, view: View) -> Evidence:
    """Say what is known of a writer who is no party; an agent's address proves nothing by itself (promise 6)."""
    author = arrived.message.identity
    if author is None:
        return Evidence(rule="outsider", detail="From names no single plain address")
    agent = next((agent for agent in view.desk.agents if agent.address.casefold() == author.key), None)
    if agent is not None:
        return Evidence(rule="claimed_by", detail=f"claims to be {agent.name}; the requester was sent nothing")
    return Evidence(rule="outsider", detail="the writer is no party to the case")


def _reply_to_closed(arrived: Arrived, case: Case, view: View) -> str | None:
    """Return what the category does with a party's mail on a case at rest; None where nothing is at rest."""
    if not case.status.at_rest or arrived.kind is MailKind.NOTIFICATION:
        return None
    category = view.desk.category(case.category)
    if category is None:
        return "reopen"
    days = category.reopen_days
    late = days is not None and case.closed_at is not None and arrived.now - case.closed_at > dt.timedelta(days=days)
    return "new" if late and category.closed_reply == "reopen" else category.closed_reply


def _about_answer(arrived: Arrived, case: Case, view: View) -> tuple[Draft, ...]:
    if arrived.kind not in WRITTEN_BY_PEOPLE:
        return ()
    message = arrived.message
    news = news_of(case, "agent_answer", _about(arrived))
    told = replace(news, writer=message.author, attachments=names_of(message.attachments))
    return letters_to_agents(told, view)


def _rejected(arrived: Arrived, case: Case, view: View, changes: tuple[Change, ...]) -> Decision:
    """closed_reply = "reject": the mail is entered, the case stays closed, and the writer is told, once a case.

    The agents hear of every such mail: whether the writer may be told, and was before, nobody should have to find out.
    """
    told = _about_answer(arrived, case, view)
    added = Decision(kind="add_to_case", outcome="added", changes=changes, letters=told)
    letter = machine_letter(arrived.message, arrived.classification, arrived.mailbox, view, kind="refusal")
    if isinstance(letter, Suppressed):
        return _on_record(arrived, replace(added, suppressed=(letter,)))
    draft = replace(letter, case_id=case.id, template="rejected", language=case.language)
    return _on_record(arrived, replace(added, letters=(draft, *told)))


def _entry(arrived: Arrived, case_id: int, *, from_party: bool = True, extra: tuple[Evidence, ...] = ()) -> AddEntry:
    message = arrived.message
    return AddEntry(
        case_id=case_id,
        kind="mail_in",
        actor=message.author.address if message.author else "",
        from_=message.author,
        to=message.to,
        cc=message.cc,
        subject=message.subject,
        text=message.text,
        reply_text=message.reply_text,
        message_id=message.message_id,
        cited=tuple(dict.fromkeys((*message.references, *message.in_reply_to))),
        mail_key=message.mail_key,
        attachments=message.attachments,
        evidence=(*arrived.evidence, *extra),
        from_requester=from_party,
    )


def _about(arrived: Arrived) -> str:
    """What a letter to agents shows of a mail: its new part, under what they should know of it."""
    known = "\n".join(f"! {remark.detail}" for remark in remarks(arrived.message, arrived.kind))
    return "\n\n".join(part for part in (known, arrived.message.reply_text) if part)


def _note_entry(arrived: Arrived, case_id: int) -> AddEntry:
    return replace(_entry(arrived, case_id, from_party=False), kind="note")


def _copied(message: ParsedMessage, case_id: int, view: View) -> tuple[AddParticipant, ...]:
    """Who else a party's mail was addressed to: on the case as cc, never a recipient by itself."""
    people = {a.key: a for a in (*message.to, *message.cc) if not view.desk.is_ours(a)}
    writer = message.author.key if message.author else ""
    return tuple(
        AddParticipant(case_id=case_id, participant=_participant(address, Role.CC))
        for key, address in people.items()
        if key != writer
    )


def _participant(address: Address | None, role: Role) -> Participant:
    if address is None:
        return Participant(address="", name="", role=role)
    return Participant(address=address.address, name=address.name, role=role)


def _undelivered(case: Case, report: DeliveryReport | None) -> News:
    recipients = report.recipients if report else ()
    why = "\n".join(f"{r.address}: {r.status} {r.diagnostic}".rstrip() for r in recipients)
    return replace(news_of(case, "agent_undelivered", why), failed=tuple(r.address for r in recipients))


def _on_record(arrived: Arrived, decision: Decision) -> Decision:
    """Put on the decision what was found out about the mail on the way."""
    return replace(decision, evidence=(*arrived.evidence, *decision.evidence), threading=arrived.match.threading)

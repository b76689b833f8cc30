"""A mail on its way through a decision: what was found out about it, and the entry that it becomes."""

import datetime as dt
from dataclasses import dataclass, replace

from inboxd.desk.case import Case, Participant, Role
from inboxd.desk.classify import Classification
from inboxd.desk.decision import AddEntry, AddParticipant, Decision
from inboxd.desk.desk import Mailbox
from inboxd.desk.evidence import Evidence
from inboxd.desk.remarks import remarks
from inboxd.desk.thread import Match
from inboxd.desk.view import View
from inboxd.mail.address import Address
from inboxd.mail.message import MailKind, ParsedMessage


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

    def came_at(self, view: View) -> dt.datetime:
        """Return when the mail came: now, but where it is history, whose own date counts."""
        written = self.message.date
        return min(written, self.now) if view.silent and written else self.now


def entry_of(arrived: Arrived, case_id: int, *, from_party: bool = True, extra: tuple[Evidence, ...] = ()) -> AddEntry:
    """Return the journal's entry for a mail; `from_party` where a party to the case wrote it."""
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


def about(arrived: Arrived) -> str:
    """Return what a letter to agents shows of a mail: its new part, under what they should know of it."""
    known = "\n".join(f"! {remark.detail}" for remark in remarks(arrived.message, arrived.kind))
    return "\n\n".join(part for part in (known, arrived.message.reply_text) if part)


def copied(message: ParsedMessage, case_id: int, view: View) -> tuple[AddParticipant, ...]:
    """Return who else a party's mail was addressed to, on the case as cc, never a recipient by itself."""
    people = {a.key: a for a in (*message.to, *message.cc) if not view.desk.is_ours(a)}
    writer = message.author.key if message.author else ""
    return tuple(
        AddParticipant(case_id=case_id, participant=participant(address, Role.CC))
        for key, address in people.items()
        if key != writer
    )


def colleagues(message: ParsedMessage, case: Case, view: View) -> tuple[AddParticipant, ...]:
    """Return who else a supplier's mail was addressed to: suppliers, too, unless they took part before."""
    return tuple(
        replace(added, participant=replace(added.participant, role=Role.SUPPLIER))
        for added in copied(message, case.id, view)
        if not case.is_participant(added.participant.address)
    )


def wrote_as_supplier(message: ParsedMessage, case: Case) -> bool:
    """Say whether a mail's writer takes part in a case as one whom the desk sent it on to."""
    author = message.identity
    return author is not None and any(
        p.role is Role.SUPPLIER and p.address.casefold() == author.key for p in case.participants
    )


def participant(address: Address | None, role: Role) -> Participant:
    """Return a person of a case; one without a name and address where nobody is known."""
    if address is None:
        return Participant(address="", name="", role=role)
    return Participant(address=address.address, name=address.name, role=role)


def on_record(arrived: Arrived, decision: Decision) -> Decision:
    """Put on the decision what was found out about the mail on the way."""
    return replace(decision, evidence=(*arrived.evidence, *decision.evidence), threading=arrived.match.threading)

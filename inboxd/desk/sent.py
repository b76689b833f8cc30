"""What an agent sent from the shared mailbox in a mail client: the desk's answer on its case.

That it lies in the Sent folder of the desk's own account is the proof. It never opens a case, and no letter follows.
"""

import datetime as dt
from dataclasses import replace

from inboxd.desk.access import may_see
from inboxd.desk.answering import answered, begun, taken
from inboxd.desk.case import Case, Participant, Role
from inboxd.desk.classify import classify
from inboxd.desk.decision import AddEntry, AddParticipant, Change, Decision, Threading
from inboxd.desk.desk import Agent
from inboxd.desk.evidence import Evidence
from inboxd.desk.remarks import remarks
from inboxd.desk.thread import match_case
from inboxd.desk.view import View
from inboxd.mail.address import Address
from inboxd.mail.message import MailKind, ParsedMessage

MACHINES = frozenset({
    MailKind.ABUSE_REPORT, MailKind.BOUNCE, MailKind.DELAY, MailKind.READ_RECEIPT, MailKind.AUTO_REPLY,
    MailKind.LIST, MailKind.NOTIFICATION,
})  # fmt: skip
"""Kinds that a program writes in the desk's name, such as an automatic reply of the mail server: no agent's answer."""


def file_sent(message: ParsedMessage, view: View, now: dt.datetime) -> Decision:
    """Decide on a mail of a Sent folder: it goes on the case that it is about, or is ignored with the reason.

    Where a copy came to the desk first, it stands on the case already; what it means to the case is done all the same.
    """
    kind = classify(message).kind
    if message.identity is None or not view.desk.is_ours(message.identity):
        return _ignored("sent, but not from an address of the desk")
    if kind in MACHINES:
        return _ignored(f"sent by a program in the desk's name ({kind})")
    match = match_case(message, view)
    case = match.case or match.claimed  # who writes from the desk's own address need be no party to the case
    if case is None:
        return replace(_ignored("sent by the desk, about no case of ours"), evidence=match.evidence)
    found = Evidence(rule="sent_folder", detail="sent from the shared mailbox in a mail client")
    evidence = (*(match.evidence if match.case else ()), found, *remarks(message, kind))
    entry = () if view.duplicate_of else (_entry(message, case, view, evidence),)
    means = () if view.silent else (*_people(message, case, view), *_meaning(message, case, view, now))
    return Decision(
        kind="add_to_case",
        outcome="duplicate" if view.duplicate_of else "added",
        changes=(*entry, *means),
        evidence=evidence,
        threading=match.threading if match.case else Threading(case_id=case.id, evidence="reference_participant"),
    )


def _ignored(why: str) -> Decision:
    return Decision(kind="ignore", outcome="ignored", reason=why)


def _agent(message: ParsedMessage, view: View) -> Agent | None:
    """Return who sent a mail on behalf of the desk, where Sender names an agent (RFC 5322 3.6.2)."""
    sender = message.sender.key if message.sender else ""
    return next((agent for agent in view.desk.agents if agent.address.casefold() == sender), None)


def _actor(message: ParsedMessage, view: View) -> str:
    """Return who wrote a mail: an agent's name, else the shared address."""
    agent = _agent(message, view)
    address = message.author.address if message.author else ""
    return agent.name if agent else address


def _entry(message: ParsedMessage, case: Case, view: View, evidence: tuple[Evidence, ...]) -> AddEntry:
    return AddEntry(
        case_id=case.id,
        kind="mail_out",
        actor=_actor(message, view),
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
        evidence=evidence,
    )


def _to_requester(message: ParsedMessage, case: Case) -> bool:
    return case.requester.address.casefold() in {address.key for address in (*message.to, *message.cc)}


def _people(message: ParsedMessage, case: Case, view: View) -> tuple[AddParticipant, ...]:
    """Return whom an agent brought in: beside the requester as added, without him as a supplier, who answers the desk.

    Colleagues and who took part before stay what they are.
    """
    role = Role.ADDED if _to_requester(message, case) else Role.SUPPLIER
    people = {address.key: address for address in (*message.to, *message.cc) if not _known(address, case, view)}
    return tuple(
        AddParticipant(case_id=case.id, participant=Participant(address=one.address, name=one.name, role=role))
        for one in people.values()
    )


def _known(address: Address, case: Case, view: View) -> bool:
    colleague = any(agent.address.casefold() == address.key for agent in view.desk.agents)
    return view.desk.is_ours(address) or colleague or case.is_participant(address.address)


def _meaning(message: ParsedMessage, case: Case, view: View, now: dt.datetime) -> tuple[Change, ...]:
    """Return what an answer does to its case: the response, who has it, and that it is new no longer.

    Only what went to the requester is the response. A case at rest stays there, one that waits goes on waiting.
    """
    agent = _agent(message, view)
    works = agent is not None and agent.active and agent.role != "auditor" and may_see(view.desk, agent, case.category)
    actor = agent.name if agent is not None and works else ""
    if not _to_requester(message, case):
        return taken(case, actor, view)
    return (*answered(case, actor or "inboxd", view, now), *begun(case))

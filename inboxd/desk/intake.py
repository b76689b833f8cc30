"""The whole inbound story on one page: what becomes of a mail that came in. Pure; facts come in through the view."""

import datetime as dt
from dataclasses import replace

from inboxd.desk.agent_mail.acting import by_agent
from inboxd.desk.agent_mail.claims import claimed_by_agent
from inboxd.desk.arrived import (
    Arrived,
    about,
    colleagues,
    copied,
    entry_of,
    on_record,
    participant,
    wrote_as_supplier,
)
from inboxd.desk.case import Case, Role, Status
from inboxd.desk.classify import Classification, classify
from inboxd.desk.clocks.lifecycle import kept_alive
from inboxd.desk.clocks.running import follow
from inboxd.desk.decision import (
    AddEntry,
    AddParticipant,
    Change,
    Decision,
    Draft,
    RecordDelivery,
    SetField,
    Suppressed,
    Threading,
)
from inboxd.desk.evidence import Evidence
from inboxd.desk.letters.asked_fields import filled_in, found_fields
from inboxd.desk.letters.notify import News, letters_to_agents, machine_letter, news_of
from inboxd.desk.notices.confirming import confirm, confirmed
from inboxd.desk.opening import open_case
from inboxd.desk.own_copy import own_copy
from inboxd.desk.remarks import about_sender
from inboxd.desk.routing.assign import given, handed_on
from inboxd.desk.routing.route import choose_mailbox, route, route_stranger
from inboxd.desk.routing.turned_away import counted, held, turned_away
from inboxd.desk.sent import file_sent
from inboxd.desk.thread import Match, match_case
from inboxd.desk.undelivered import CARRIES_WORDS
from inboxd.desk.undo import WRITTEN_BY_PEOPLE, hold_waiting
from inboxd.desk.view import View
from inboxd.mail.message import DeliveryReport, MailKind, ParsedMessage

REPORTS = frozenset(
    {MailKind.AUTO_REPLY, MailKind.BOUNCE, MailKind.DELAY, MailKind.READ_RECEIPT, MailKind.ABUSE_REPORT}
)
"""Kinds that open nothing, reopen nothing and are answered with nothing."""

ONE_RECEIPT = Suppressed(kind="receipt", reason="a case has one receipt, for the mail that opened it")


def decide(message: ParsedMessage, view: View, now: dt.datetime) -> Decision:
    """Decide what becomes of a mail: which case it opens or joins, what changes there, and which letters go."""
    return follow(kept_alive(_decide(message, view, now), view, now), view, now)


def _decide(message: ParsedMessage, view: View, now: dt.datetime) -> Decision:
    if view.duplicate_of is not None and (view.duplicate_sent or not view.sent):
        same = Evidence(rule="duplicate", detail=f"the same mail as incoming {view.duplicate_of}")
        return Decision(kind="ignore", outcome="duplicate", evidence=(same,), reason=same.detail)
    came_back = own_copy(message, view)
    if came_back is not None:
        return came_back
    if view.sent:
        return file_sent(message, view, now)
    arrived = Arrived(
        message=message,
        classification=classify(message),
        mailbox=choose_mailbox(message, view.desk, view.arrived_in),
        match=match_case(message, view),
        now=now,
    )
    ordered = by_agent(arrived, view)
    if ordered is not None:
        return ordered
    if arrived.kind in REPORTS:
        known = arrived.match.case is not None or arrived.match.letter is not None
        return _report(arrived, view) if known else _without_case(arrived, view)
    if arrived.match.case is None:
        return confirm(arrived, view) or confirmed(arrived, view, _route_and_open(arrived, view))
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
    return follow(open_case(arrived, route(arrived, view), view), view, now)


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
        outcome="note" if case is not None else "ignored",
        changes=changes,
        letters=letters,
        reason=f"{arrived.kind}: only noted",
    )
    return on_record(arrived, decision)


def _without_case(arrived: Arrived, view: View) -> Decision:
    """A report or automatic reply that names no case of ours: ignored, unless a rule of the admin says otherwise."""
    found = route_stranger(arrived, view)
    if found.action == "open":
        return counted(open_case(arrived, found, view), found)
    if found.action == "hold":
        return held(arrived, found)
    why = f"{arrived.kind} that names no case of ours"
    ignored = Decision(kind="ignore", outcome="ignored", reason=why, routing=found.routing if found.hits else None)
    return counted(on_record(arrived, ignored), found)


def _route_and_open(arrived: Arrived, view: View) -> Decision:
    found = route_stranger(arrived, view)
    return turned_away(arrived, found, view) or counted(open_case(arrived, found, view), found)


def _add(arrived: Arrived, case: Case, view: View) -> Decision:
    """A mail on a known case: entered, and where a party to it wrote, the case comes back to work."""
    author = arrived.message.identity
    if author is None or not case.is_participant(author.address):
        return _add_outsider(arrived, case, view)
    added = _add_from_party(arrived, case, view)
    if arrived.kind not in WRITTEN_BY_PEOPLE:
        return added
    return hold_waiting(added, arrived.message, case, view, about(arrived))


def _add_from_party(arrived: Arrived, case: Case, view: View) -> Decision:
    reply_to_closed = _reply_to_closed(arrived, case, view)
    if reply_to_closed == "new":
        found = route(arrived, view, case)
        return counted(open_case(arrived, found, view, follows=case), found)
    message, from_supplier = arrived.message, wrote_as_supplier(arrived.message, case)
    people = colleagues(message, case, view) if from_supplier else copied(message, case.id, view)
    entry = entry_of(arrived, case.id, from_party=not from_supplier, extra=about_sender(message, view))
    changes: tuple[Change, ...] = (entry, *people)
    category = view.desk.category(case.category)
    told = () if from_supplier else found_fields(category, message.reply_text)
    changes = (*changes, *filled_in(case, category, told, message.author.address if message.author else "inboxd"))
    if reply_to_closed == "reject":
        return _rejected(arrived, case, view, changes)
    changes = (*changes, *_asked(arrived, case, view))
    wakes = case.status in {Status.WAITING, Status.POSTPONED} and arrived.kind is not MailKind.NOTIFICATION
    if reply_to_closed == "reopen" or wakes:
        changes = (
            *changes,
            SetField(case_id=case.id, field="status", value=Status.OPEN.value, actor="inboxd"),
            SetField(case_id=case.id, field="until", value=None, actor="inboxd", quiet=True),
        )
    to = handed_on(case, view, arrived.now)
    changes, case = (*changes, *given(case, to)), replace(case, assignee=to.agent if to else case.assignee)
    added = Decision(kind="add_to_case", outcome="added", changes=changes, letters=_about_answer(arrived, case, view))
    return on_record(arrived, replace(added, suppressed=(ONE_RECEIPT,)))


def _asked(arrived: Arrived, case: Case, view: View) -> tuple[SetField, ...]:
    """Who writes on a case that a machine's mail opened waits for an answer from now on, unless there was one."""
    waits = case.by_machine and case.asked_at is None and case.responded_at is None and not view.silent
    if not waits or arrived.kind not in WRITTEN_BY_PEOPLE or wrote_as_supplier(arrived.message, case):
        return ()
    return (SetField(case_id=case.id, field="asked_at", value=arrived.now, actor="inboxd", quiet=True),)


def _add_outsider(arrived: Arrived, case: Case, view: View) -> Decision:
    """Someone who knows a Message-ID of the case but is no party to it: shown with a warning, reopens nothing.

    So too a writer whose From does not name one plain address: who that is nobody can tell for certain.
    """
    author = arrived.message.author
    outsider = AddParticipant(case_id=case.id, participant=participant(author, Role.OUTSIDER))
    evidence = _who_is_outside(arrived, view)
    return on_record(
        arrived,
        Decision(
            kind="add_to_case",
            outcome="added",
            changes=(
                entry_of(arrived, case.id, from_party=False, extra=(evidence, *about_sender(arrived.message, view))),
                *((outsider,) if author else ()),
                *claimed_by_agent(arrived, case, view),
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
    """Return what the category does with a party's mail on a case at rest; None where nothing is at rest.

    A supplier never has a case of his own by it, and is told nothing: whoever has the case is.
    """
    if not case.status.at_rest or arrived.kind is MailKind.NOTIFICATION:
        return None
    category = view.desk.category(case.category)
    if category is None:
        return "reopen"
    days = category.reopen_days
    late = days is not None and case.closed_at is not None and arrived.now - case.closed_at > dt.timedelta(days=days)
    does = "new" if late and category.closed_reply == "reopen" else category.closed_reply
    return None if does != "reopen" and wrote_as_supplier(arrived.message, case) else does


def _about_answer(arrived: Arrived, case: Case, view: View) -> tuple[Draft, ...]:
    if arrived.kind not in WRITTEN_BY_PEOPLE:
        return ()
    message = arrived.message
    news = news_of(case, "agent_answer", about(arrived))
    told = replace(news, writer=message.author, attachments=message.attachments)
    return letters_to_agents(told, view)


def _rejected(arrived: Arrived, case: Case, view: View, changes: tuple[Change, ...]) -> Decision:
    """closed_reply = "reject": the mail is entered, the case stays closed, and the writer is told, once a case.

    The agents hear of every such mail: whether the writer may be told, and was before, nobody should have to find out.
    """
    told = _about_answer(arrived, case, view)
    added = Decision(kind="add_to_case", outcome="added", changes=changes, letters=told)
    letter = machine_letter(arrived.message, arrived.classification, arrived.mailbox, view, kind="refusal")
    if isinstance(letter, Suppressed):
        return on_record(arrived, replace(added, suppressed=(letter,)))
    draft = replace(letter, case_id=case.id, template="rejected", language=case.language)
    return on_record(arrived, replace(added, letters=(draft, *told)))


def _note_entry(arrived: Arrived, case_id: int) -> AddEntry:
    return replace(entry_of(arrived, case_id, from_party=False), kind="note")


def _undelivered(case: Case, report: DeliveryReport | None) -> News:
    recipients = report.recipients if report else ()
    why = "\n".join(f"{r.address}: {r.status} {r.diagnostic}".rstrip() for r in recipients)
    return replace(news_of(case, "agent_undelivered", why), failed=tuple(r.address for r in recipients))

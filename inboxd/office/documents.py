"""The documents of cases and letters: JSON-able dicts with the keys of the contract, the only dicts in the house."""

import datetime as dt
from typing import Any

from inboxd.desk.reference import reference
from inboxd.mail.address import Address
from inboxd.mail.message import Attachment
from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.office.letters import Written
from inboxd.office.office import Office
from inboxd.store import cases
from inboxd.store.engine import Session
from inboxd.store.letters import get_letter
from inboxd.store.rows import CaseRow, EntryRow, LetterRow

Document = dict[str, Any]

AT_REST = frozenset({"solved", "closed", "merged"})


def queue(office: Office, *, include_closed: bool = False) -> list[Document]:
    """Return the `queue` document: what is due first, then the oldest; cases at rest last."""
    now = office.clock.now()
    with office.store.reading() as session:
        rows = cases.queue(session, include_closed=include_closed)
    return [_listed(row, now) for row in sorted(rows, key=_by_due)]


def found(office: Office, case_ids: tuple[int, ...]) -> list[Document]:
    """Return cases as the `queue` document does, in the order given."""
    now = office.clock.now()
    with office.store.reading() as session:
        rows = {row.id: row for row in cases.queue(session, include_closed=True, ids=case_ids)}
    return [_listed(rows[case_id], now) for case_id in case_ids if case_id in rows]


def show(office: Office, case_id: int, *, journal: bool = True) -> Document:
    """Return the `show` document of a case; without the journal, that of the verbs."""
    now = office.clock.now()
    with office.store.reading() as session:
        row = cases.case_row_of(session, case_id)
        case = cases.get_case(session, case_id)
        document = case_document(row, now) | {
            "merged_into": _merged_into(session, row),
            "until": _time(row.until),
            "closed_at": _time(row.closed_at),
            "participants": [{"address": p.address, "name": p.name, "role": p.role.value} for p in case.participants],
            "links": [
                {"reference": reference(link.prefix, link.number), "kind": link.kind}
                for link in cases.links(session, case_id)
            ],
            "tags": list(case.tags),
            "fields": dict(case.fields),
        }
        if journal:
            document["journal"] = [entry_document(entry) for entry in cases.journal(session, case_id)]
    return document


def _listed(row: CaseRow, now: dt.datetime) -> Document:
    """Return one case as lists show it: without the personal numbers that stand in what people wrote."""
    whole = case_document(row, now)
    requester = whole["requester"] | {"name": mask_personal_numbers(row.requester.name)}
    return whole | {"subject": mask_personal_numbers(row.subject), "requester": requester}


def case_document(row: CaseRow, now: dt.datetime) -> Document:
    """Return one case whole."""
    return {
        "reference": reference(row.prefix, row.number),
        "number": row.number,
        "subject": row.subject,
        "status": row.status,
        "priority": row.priority,
        "category": row.category,
        "mailbox": row.mailbox,
        "customer": row.customer,
        "assignee": row.assignee,
        "requester": {
            "name": row.requester.name,
            "address": row.requester.address or None,
            "phone": row.phone,
            "verified": row.verified,
        },
        "channel": row.channel,
        "language": row.language,
        "last": {"who": row.last_actor, "at": _time(row.last_at)},
        "opened_at": _time(row.opened_at),
        "updated_at": _time(row.updated_at),
        "response_due": _time(row.response_due),
        "resolution_due": _time(row.resolution_due),
        "due": _time(None if row.status in AT_REST else next_due(row)),
        "overdue": _overdue(row, now),
        "undelivered": row.undelivered,
        "version": row.version,
    }


def entry_document(entry: EntryRow) -> Document:
    """Return one entry of a journal."""
    return {
        "id": entry.id,
        "at": _time(entry.at),
        "kind": entry.kind,
        "actor": entry.actor,
        "from": address_document(entry.from_),
        "to": [address_document(a) for a in entry.to],
        "cc": [address_document(a) for a in entry.cc],
        "subject": entry.subject,
        "text": entry.text,
        "reply_text": entry.reply_text,
        "message_id": entry.message_id,
        "attachments": [attachment_document(a) for a in entry.attachments],
        "evidence": [{"rule": e.rule, "detail": e.detail} for e in entry.evidence],
        "delivery": None if entry.delivery is None else _delivery(entry.delivery),
    }


def attachment_document(attachment: Attachment) -> Document:
    """Return an attachment as listed."""
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "inline": attachment.inline,
        "sniffed_type": attachment.sniffed_type,
    }


def address_document(address: Address | None) -> Document | None:
    """Return an address as documents show it."""
    return None if address is None else {"name": address.name, "address": address.address}


def letter_document(row: LetterRow) -> Document:
    """Return one letter of `outbox list`."""
    return {
        "id": row.id,
        "reference": None if row.prefix is None or row.number is None else reference(row.prefix, row.number),
        "kind": row.kind,
        "to": [*row.to, *row.cc],
        "subject": mask_personal_numbers(row.subject),
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt_at": _time(row.next_attempt_at),
        "last_reply": None if row.last_reply is None else mask_personal_numbers(row.last_reply),
    }


def sent_document(office: Office, case_reference: str, letters: tuple[Written, ...]) -> Document:
    """Return the document of `new`, `reply` and `close`: the case, and the letter to the requester if there is one."""
    mine = next((w for w in letters if w.draft.kind != "agent"), None)
    if mine is None:
        return {"reference": case_reference, "letter": None}
    with office.store.reading() as session:
        row = get_letter(session, mine.letter_id)
    letter = {
        "id": row.id,
        "state": row.state,
        "to": list(row.to),
        "cc": list(row.cc),
        "message_id": row.message_id,
        "not_before": _time(row.not_before),
    }
    return {"reference": case_reference, "letter": letter}


def _delivery(letter: LetterRow) -> Document:
    return {
        "letter": letter.id,
        "state": letter.state,
        "hold_reason": letter.hold_reason,
        "last_reply": letter.last_reply,
        "recipients": [{"address": r.address, "state": r.state, "reply": r.reply} for r in letter.recipients],
    }


def _merged_into(session: Session, row: CaseRow) -> str | None:
    if row.merged_into is None:
        return None
    survivor = cases.get_case(session, row.merged_into)
    return reference(survivor.prefix, survivor.number)


def _overdue(row: CaseRow, now: dt.datetime) -> bool:
    if row.status in AT_REST:
        return False
    late_answer = row.responded_at is None and row.response_due is not None and row.response_due < now
    return late_answer or (row.resolution_due is not None and row.resolution_due < now)


def next_due(row: CaseRow) -> dt.datetime | None:
    """Return the target time that comes next: the answer's until there was one, then the solution's."""
    times = (row.response_due if row.responded_at is None else None, row.resolution_due)
    return min((time for time in times if time is not None), default=None)


def _by_due(row: CaseRow) -> tuple[bool, dt.datetime, int]:
    due = next_due(row)
    resting = row.status in AT_REST or due is None
    return (resting, due or row.opened_at, row.number)


def _time(when: dt.datetime | None) -> str | None:
    return None if when is None else when.isoformat(timespec="seconds")

"""The documents of cases and letters: JSON-able dicts with the keys of the contract, the only dicts in the house."""

import datetime as dt
from dataclasses import dataclass
from itertools import islice
from typing import Any

from inboxd.desk.clocks import deadline
from inboxd.desk.clocks.deadline import is_overdue
from inboxd.desk.letters.status_title import status_title
from inboxd.desk.reference import reference
from inboxd.desk.view import KnownEscalation
from inboxd.mail.address import Address
from inboxd.mail.message import Attachment
from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.office.letters.written import Written
from inboxd.office.office import Office
from inboxd.office.people.access import categories_seen, require_case, sees_case
from inboxd.store import cases
from inboxd.store.engine import Session
from inboxd.store.escalations import last_escalations
from inboxd.store.letters import get_letter
from inboxd.store.notices import notices_of
from inboxd.store.rows import CaseRow, EntryRow, LetterRow

Document = dict[str, Any]

AT_REST = frozenset({"solved", "closed", "merged"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """Which cases of the queue are asked for; `since`: on which something happened then or later."""

    assignee: str | None = None
    unassigned: bool = False
    overdue: bool = False
    complete: bool = False
    category: str | None = None
    status: tuple[str, ...] | None = None
    customer: str | None = None
    type: str | None = None
    since: dt.datetime | None = None


EVERY = Only()


def queue(
    office: Office, *, include_closed: bool = False, only: Only = EVERY, limit: int | None = None
) -> list[Document]:
    """Return the `queue` document: what is due first, then the oldest; cases at rest last.

    Where only cases at rest are asked for: what was closed last first.
    """
    now, seen = office.clock.now(), categories_seen(office)
    if only.category is not None:
        seen = (only.category,) if seen is None or only.category in seen else ()
    resting = only.status is not None and AT_REST.issuperset(only.status)
    with office.store.reading() as session:
        rows = cases.queue(
            session, include_closed=include_closed, category=seen, assignee=only.assignee, unassigned=only.unassigned,
            status=only.status, customer=only.customer, type_=only.type, since=only.since, last_closed_first=resting,
            limit=limit if resting and not (only.overdue or only.complete) else None,
        )  # fmt: skip
        escalated = last_escalations(session)
    found = (_listed(row, now, escalated.get(row.id)) for row in (rows if resting else sorted(rows, key=_by_due)))
    asked = (
        case for case in found if (case["overdue"] or not only.overdue) and (case["complete"] or not only.complete)
    )
    return list(islice(asked, limit))


def found(office: Office, case_ids: tuple[int, ...]) -> list[Document]:
    """Return cases as the `queue` document does, in the order given."""
    now = office.clock.now()
    with office.store.reading() as session:
        listed = cases.queue(session, include_closed=True, ids=case_ids, category=categories_seen(office))
        rows = {row.id: row for row in listed}
        escalated = last_escalations(session, rows)
    return [_listed(rows[case_id], now, escalated.get(case_id)) for case_id in case_ids if case_id in rows]


def show(office: Office, case_id: int, *, journal: bool = True) -> Document:
    """Return the `show` document of a case. Raises NotFound, also where it is not for the reader to know of."""
    with office.store.reading() as session:
        require_case(office, session, case_id)
    return _shown(office, case_id, journal=journal)


def result(office: Office, case_id: int) -> Document:
    """Return the document of a verb: the case without its journal, as the reader's own order has left it.

    So he sees a case once more that he has just moved, or registered, where he may not know of it any longer.
    """
    return _shown(office, case_id, journal=False)


def _shown(office: Office, case_id: int, *, journal: bool) -> Document:
    now = office.clock.now()
    with office.store.reading() as session:
        row = cases.case_row_of(session, case_id)
        case = cases.get_case(session, case_id)
        document = case_document(row, now, last_escalations(session, (case_id,)).get(case_id)) | {
            "merged_into": _merged_into(office, session, row),
            "until": _time(row.until),
            "closed_at": _time(row.closed_at),
            "participants": [{"address": p.address, "name": p.name, "role": p.role.value} for p in case.participants],
            "links": [
                {"reference": reference(link.prefix, link.number), "kind": link.kind}
                for link in cases.links(session, case_id)
                if sees_case(office, session, link.case_id)
            ]
            + [{"reference": f"D-{notice_id}", "kind": "notice"} for notice_id in notices_of(session, case_id)],
            "tags": list(case.tags),
            "fields": dict(case.fields),
            "missing": list(case.missing),
            "status_title": status_title(office.desk, case.status, office.desk.language),
        }
        if journal:
            document["journal"] = [entry_document(entry) for entry in cases.journal(session, case_id)]
    return document


def _listed(row: CaseRow, now: dt.datetime, escalated: KnownEscalation | None) -> Document:
    """Return one case as lists show it: without the personal numbers that stand in what people wrote."""
    whole = case_document(row, now, escalated)
    requester = whole["requester"] | {"name": mask_personal_numbers(row.requester.name)}
    return whole | {"subject": mask_personal_numbers(row.subject), "requester": requester}


def case_document(row: CaseRow, now: dt.datetime, escalated: KnownEscalation | None = None) -> Document:
    """Return one case whole; `escalated` is the last level of escalation that it reached."""
    return {
        "reference": reference(row.prefix, row.number),
        "number": row.number,
        "subject": row.subject,
        "status": row.status,
        "priority": row.priority,
        "category": row.category,
        "mailbox": row.mailbox,
        "customer": row.customer,
        "type": row.type,
        "item": row.item,
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
        "responded_at": _time(row.responded_at),
        "paused_at": _time(None if row.status in AT_REST else row.paused_at),
        "due": _time(next_due(row)),
        "overdue": _overdue(row, now),
        "escalated": None if escalated is None else _escalation(escalated),
        "undelivered": row.undelivered,
        "complete": not row.missing,
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
        "created_at": _time(row.created_at),
        "next_attempt_at": _time(row.next_attempt_at),
        "last_reply": None if row.last_reply is None else mask_personal_numbers(row.last_reply),
    }


def sent_document(
    office: Office, case_reference: str, letters: tuple[Written, ...], *, kind: str | None = None
) -> Document:
    """Return the document of `new`, `reply`, `close` and `forward`: the case, and the letter that leaves the desk.

    Of several it is the first to people outside, or the first of a kind.
    """
    mine = next((w for w in letters if (w.draft.kind == kind if kind else w.draft.kind != "agent")), None)
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
        "kind": letter.kind,
        "state": letter.state,
        "hold_reason": letter.hold_reason,
        "last_reply": letter.last_reply,
        "recipients": [{"address": r.address, "state": r.state, "reply": r.reply} for r in letter.recipients],
    }


def _merged_into(office: Office, session: Session, row: CaseRow) -> str | None:
    if row.merged_into is None or not sees_case(office, session, row.merged_into):
        return None
    survivor = cases.get_case(session, row.merged_into)
    return reference(survivor.prefix, survivor.number)


def _escalation(known: KnownEscalation) -> Document:
    return {
        "level": known.level,
        "target": known.target,
        "at": _time(known.at),
        "why": mask_personal_numbers(known.why) or None,
        "acknowledged_by": known.acknowledged_by,
    }


def _overdue(row: CaseRow, now: dt.datetime) -> bool:
    if row.status in AT_REST:
        return False
    return is_overdue(_dues(row), now, responded=row.responded_at is not None, paused_at=row.paused_at)


def next_due(row: CaseRow) -> dt.datetime | None:
    """Return the target time that comes next; None where there is none, or the clocks stand still."""
    standing = row.paused_at is not None or row.status in AT_REST
    return None if standing else deadline.next_due(_dues(row), responded=row.responded_at is not None)


def _dues(row: CaseRow) -> deadline.Dues:
    return deadline.Dues(response=row.response_due, resolution=row.resolution_due)


def _by_due(row: CaseRow) -> tuple[bool, dt.datetime, bool, int]:
    """What is due first; of those due at the same moment the ones of which everything is known go first."""
    due = next_due(row)
    resting = row.status in AT_REST or due is None
    return (resting, due or row.opened_at, bool(row.missing), row.number)


def _time(when: dt.datetime | None) -> str | None:
    return None if when is None else when.isoformat(timespec="seconds")

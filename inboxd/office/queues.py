"""The two queues as an admin handles them: mail that came in, and letters that go out."""

import datetime as dt

from inboxd.desk.decision import AddEntry, Decision, SetField
from inboxd.desk.reference import reference
from inboxd.errors import Conflict, NotFound
from inboxd.mail.parse import parse
from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.office.documents import Document, letter_document
from inboxd.office.letters.responses import never_left, respond_again, take_back_response
from inboxd.office.office import Office
from inboxd.office.people.access import first_seen, require_letter, require_mail, seen_letters, seen_mails, seen_words
from inboxd.store import audit, incoming, parking, relays
from inboxd.store.apply import apply
from inboxd.store.cases import get_case
from inboxd.store.engine import Session
from inboxd.store.letters import get_letter, list_letters
from inboxd.store.octets import octets_of
from inboxd.store.rows import IncomingRow, LetterRow


def incoming_list(
    office: Office, *, state: str | None = None, ignored: bool = False, limit: int | None = None
) -> list[Document]:
    """Return the `incoming list` document, newest first."""
    states, outcomes = [state] if state else None, ["ignored"] if ignored else None
    with office.store.reading() as session:
        rows = first_seen(
            lambda limit: incoming.list_incoming(session, state=states, outcome=outcomes, limit=limit),
            lambda rows: seen_mails(office, session, rows),
            limit,
        )
    return [incoming_document(row) for row in rows]


def audit_list(office: Office, *, limit: int | None = None) -> list[Document]:
    """Return the `audit list` document, newest first: what was done to the desk itself."""
    with office.store.reading() as session:
        rows = audit.listed(session, limit)
        details = seen_words(office, session, [row.detail for row in rows])
    return [
        {
            "at": row.at.isoformat(timespec="seconds"),
            "actor": row.actor,
            "action": row.action,
            "subject": row.subject,
            "detail": detail,
        }
        for row, detail in zip(rows, details, strict=True)
    ]


def incoming_document(row: IncomingRow) -> Document:
    """Return one mail of the ledger."""
    return {
        "id": row.id,
        "mailbox": row.mailbox,
        "folder": row.folder,
        "uidvalidity": row.uidvalidity,
        "uid": row.uid,
        "state": row.state,
        "outcome": row.outcome,
        "from": None if row.sender is None else mask_personal_numbers(row.sender),
        "subject": None if row.subject is None else mask_personal_numbers(row.subject),
        "sha256": row.sha256,
        "size": row.size,
        "reason": mask_personal_numbers(row.reason),
        "attempts": row.attempts,
        "received_at": row.received_at.isoformat(timespec="seconds"),
    }


def incoming_show(office: Office, incoming_id: int) -> Document:
    """Return one mail of the ledger with its case."""
    with office.store.reading() as session:
        row = require_mail(office, session, incoming_id)
        case = None if row.case_id is None else get_case(session, row.case_id)
    return incoming_document(row) | {
        "received_at": row.received_at.isoformat(timespec="seconds"),
        "reference": None if case is None else reference(case.prefix, case.number),
        "filed_away": row.filed_away,
    }


def incoming_raw(office: Office, incoming_id: int) -> bytes:
    """Return a mail's octets, byte for byte. Raises NotFound where there are none (it vanished)."""
    with office.store.reading() as session:
        row = require_mail(office, session, incoming_id)
        if row.octets_id is None:
            raise NotFound(f"mail {incoming_id} was gone before it could be fetched")
        return octets_of(session, row.octets_id)


def incoming_retry(office: Office, incoming_id: int) -> Document:
    """Put a held mail back, to be decided again by the daemon."""
    with office.store.begin() as session:
        require_mail(office, session, incoming_id)
        incoming.retry(session, incoming_id)
    return incoming_show(office, incoming_id)


def incoming_discard(office: Office, incoming_id: int, reason: str) -> Document:
    """End a held mail without a case; its octets stay."""
    with office.store.begin() as session:
        require_mail(office, session, incoming_id)
        incoming.discard(session, incoming_id, reason)
    return incoming_show(office, incoming_id)


def outbox_list(office: Office, *, state: str | None = None, limit: int | None = None) -> list[Document]:
    """Return the `outbox list` document, newest first."""
    with office.store.reading() as session:
        rows = first_seen(
            lambda limit: list_letters(session, state=[state] if state else None, limit=limit),
            lambda rows: seen_letters(office, session, rows),
            limit,
        )
    return [letter_document(row) for row in rows]


def outbox_show(office: Office, letter_id: int) -> Document:
    """Return one letter with its recipients and its words, None where it was never written."""
    with office.store.reading() as session:
        row = require_letter(office, session, letter_id)
        octets = None if row.octets_id is None else octets_of(session, row.octets_id)
    return letter_document(row) | {
        "mailbox": row.mailbox,
        "actor": row.actor,
        "message_id": row.message_id,
        "hold_reason": row.hold_reason,
        "recipients": [{"address": r.address, "state": r.state, "reply": r.reply} for r in row.recipients],
        "text": None if octets is None else mask_personal_numbers(parse(octets).text),
    }


def outbox_raw(office: Office, letter_id: int) -> bytes:
    """Return the frozen octets of a letter."""
    with office.store.reading() as session:
        row = require_letter(office, session, letter_id)
        if row.octets_id is None:
            raise NotFound(f"letter {letter_id} was never written")
        return octets_of(session, row.octets_id)


def hold_sending(office: Office, mailbox: str | None, *, actor: str) -> Document:
    """Stop all sending of a mailbox (None: of all) before its next letter. Raises NotFound for an unknown mailbox."""
    now, name = office.clock.now(), _mailbox(office, mailbox)
    with office.store.begin() as session:
        if relays.hold_sending(session, name, actor, now):
            audit.note(session, at=now, actor=actor, action="sending held", subject=name)
    return sending(office)


def release_sending(office: Office, mailbox: str | None, *, actor: str) -> Document:
    """Let sending of a mailbox go on (None: of all). Raises NotFound; Conflict while the whole desk's is stopped."""
    now, name = office.clock.now(), _mailbox(office, mailbox)
    with office.store.begin() as session:
        everything = next((held for held in relays.held_sending(session) if not held.mailbox), None)
        if name and everything is not None:
            raise Conflict(
                f"{everything.by} stopped the sending of every mailbox", hint="`inboxd outbox release --all` ends that"
            )
        for held in relays.release_sending(session, name):
            since = f"held by {held.by} since {held.at.isoformat(timespec='seconds')}"
            audit.note(session, at=now, actor=actor, action="sending released", subject=held.mailbox, detail=since)
    return sending(office)


def sending(office: Office) -> Document:
    """Return where sending is stopped, since when and by whom; `mailbox` is None for the whole desk."""
    with office.store.reading() as session:
        stopped = relays.held_sending(session)
    return {
        "held": [
            {"mailbox": held.mailbox or None, "since": held.at.isoformat(timespec="seconds"), "by": held.by}
            for held in stopped
        ]
    }


def _mailbox(office: Office, name: str | None) -> str:
    known = [mailbox.name for mailbox in office.desk.mailboxes]
    if name is not None and name not in known:
        raise NotFound(f"there is no mailbox {name}", hint=f"one of {', '.join(known)}")
    return name or relays.WHOLE_DESK


def outbox_order(office: Office, letter_id: int, order: str, *, actor: str) -> Document:
    """Retry, hold, release or cancel one letter. Raises NotFound, or Conflict where it is too late for that."""
    now = office.clock.now()
    with office.store.begin() as session:
        require_letter(office, session, letter_id)
        match order:
            case "retry":
                parking.retry(session, letter_id, now)
                _forget_failure(session, letter_id, actor, now)
                respond_again(office, session, letter_id, actor=actor)
            case "hold":
                parking.hold(session, letter_id, f"held by {actor}")
            case "release":
                if not parking.release(session, letter_id, now):
                    _note(session, letter_id, f"letter {letter_id} was sent: our own copy came back", actor, now)
            case _:
                parking.cancel(session, letter_id)
                _note_how_far(session, letter_id, actor, now)
                take_back_response(office, session, letter_id, actor=actor)
    return outbox_show(office, letter_id)


def _forget_failure(session: Session, letter_id: int, actor: str, now: dt.datetime) -> None:
    """A letter that is sent again has not failed: its case says so anew if it fails once more."""
    case_id = get_letter(session, letter_id).case_id
    if case_id is None or not get_case(session, case_id).undelivered:
        return
    arrived = SetField(case_id=case_id, field="undelivered", value=False, actor=actor, quiet=True)
    apply(session, Decision(kind="agent_order", changes=(arrived,)), now=now)


def _note(session: Session, letter_id: int, said: str, actor: str, now: dt.datetime) -> None:
    case_id = get_letter(session, letter_id).case_id
    if case_id is not None:
        entry = AddEntry(case_id=case_id, kind="event", actor=actor, text=said)
        apply(session, Decision(kind="agent_order", changes=(entry,)), now=now)


def _note_how_far(session: Session, letter_id: int, actor: str, now: dt.datetime) -> None:
    letter = get_letter(session, letter_id)
    if letter.kind == "answer":
        _note(session, letter_id, f"letter {letter_id} cancelled: {_how_far(letter)}", actor, now)


def _how_far(letter: LetterRow) -> str:
    if never_left(letter):
        return "it never left"
    if any(recipient.state == "sent" for recipient in letter.recipients):
        return "some recipients have it; it is not tried again for the others"
    return "nobody knows whether it left; it is not tried again"

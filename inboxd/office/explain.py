"""`explain`: the same look-up, view and decision as for a mail that came in, and then nothing is written."""

from dataclasses import replace

from inboxd.clock import Clock
from inboxd.desk.classify import classify
from inboxd.desk.decision import Decision, Draft, OpenCase
from inboxd.desk.desk import Desk
from inboxd.desk.intake import decide
from inboxd.desk.reference import reference
from inboxd.desk.thread import lookup, references_in
from inboxd.desk.view import View
from inboxd.mail.message import DeliveryReport, MailKind, ParsedMessage
from inboxd.mail.message_id import Key, Keyring
from inboxd.mail.parse import parse
from inboxd.mail.subject import receipt_subject
from inboxd.office.documents import Document, address_document, attachment_document
from inboxd.office.office import Office
from inboxd.store.views import load_view

NO_KEYS = Keyring(keys=(Key(kid="0", secret=b"explain signs nothing"),))
"""Without a database there is no letter of ours that a token could prove."""

REPORTING = frozenset({MailKind.BOUNCE, MailKind.DELAY})


def explain(path: str, octets: bytes, *, desk: Desk, office: Office | None, clock: Clock) -> Document:
    """Return the `explain` document of one mail; without an office, on an empty database."""
    message = parse(octets)
    now = clock.now()
    mailbox = desk.mailboxes[0].name
    if office is None:
        view = View(desk=desk, keyring=NO_KEYS, arrived_in=mailbox)
    else:
        with office.store.reading() as session:
            found = load_view(session, lookup(message, desk.prefixes), desk=desk, keyring=office.keyring, now=now)
        view = replace(found, arrived_in=mailbox, duplicate_of=None)
    decision = decide(message, view, now)
    return _mail(path, message, desk) | _decision(message, decision, view)


def _mail(path: str, message: ParsedMessage, desk: Desk) -> Document:
    kind = classify(message).kind
    return {
        "path": path,
        "subject": message.subject,
        "from": address_document(message.author),
        "to": [address_document(a) for a in message.to],
        "cc": [address_document(a) for a in message.cc],
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "date": message.date.isoformat(timespec="seconds") if message.date else None,
        "kind": kind.value,
        "evidence": [],
        "text": message.text,
        "reply_text": message.reply_text,
        "language": message.language,
        "attachments": [attachment_document(a) for a in message.attachments],
        "bounce": _bounce(message.report) if kind in REPORTING and message.report else None,
        "defects": list(message.defects),
        "references_found": [
            {"reference": found.reference, "where": "subject", "valid": found.valid}
            for found in references_in(message, desk.prefixes)
        ],
    }


def _bounce(report: DeliveryReport) -> Document:
    return {
        "original_message_id": report.original_message_id,
        "recipients": [
            {"address": r.address, "action": r.action, "status": r.status, "diagnostic": r.diagnostic}
            for r in report.recipients
        ],
    }


def _decision(message: ParsedMessage, decision: Decision, view: View) -> Document:
    threading, routing = decision.threading, decision.routing
    case = view.case(threading.case_id) if threading and threading.case_id is not None else None
    opened = next((change for change in decision.changes if isinstance(change, OpenCase)), None)
    return {
        "evidence": [{"rule": e.rule, "detail": e.detail} for e in decision.evidence],
        "threading": {
            "case": reference(case.prefix, case.number) if case else None,
            "evidence": threading.evidence if threading else "none",
        },
        "routing": None
        if routing is None
        else {
            "category": routing.category,
            "priority": routing.priority,
            "assignee": routing.assignee,
            "rule": routing.rule,
        },
        "language": message.language or (opened.language if opened else view.desk.language),
        "decision": decision.kind,
        "reason": decision.reason or None,
        "letters": [
            {"kind": d.kind, "to": [a.address for a in d.to], "subject": _letter_subject(d, opened, view)}
            for d in decision.letters
        ],
        "suppressed": [{"kind": s.kind, "reason": s.reason} for s in decision.suppressed],
    }


def _letter_subject(draft: Draft, opened: OpenCase | None, view: View) -> str:
    """The subject that a letter would have; a case that would be opened has no number yet."""
    case = view.case(draft.case_id) if draft.case_id else None
    if case is not None:
        return f"[{reference(case.prefix, case.number)}] {receipt_subject(case.subject)}"
    return f"[{opened.prefix}-…] {receipt_subject(opened.subject)}" if opened else ""

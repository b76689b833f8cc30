"""Mails of every kind to the small desk of desks.py, and what a decision made of them."""

from dataclasses import replace
from typing import Any

from inboxd.desk.case import Case, Status
from inboxd.desk.classify import classify
from inboxd.desk.decision import (
    AddEntry,
    Decision,
    Draft,
    OpenCase,
)
from inboxd.desk.desk import Desk, Rule
from inboxd.desk.view import View
from inboxd.mail.address import Address
from inboxd.mail.message import Attachment, MailKind, ParsedMessage, ReportedRecipient
from tests.unit.desk.desks import (
    OLA,
    changes_of,
    desk,
    letter,
    report,
    view,
)
from tests.unit.messages import headers, message

OURS = letter().message_id
INVITATION = Attachment(
    part=1, filename=None, content_type="text/calendar", size=9, sha256="0" * 64, inline=False, method="REQUEST"
)
PICTURE = replace(INVITATION, filename="feil.png", content_type="image/png", method=None)
DELAYED = (ReportedRecipient(address=OLA.address, action="delayed", status="4.4.1", diagnostic=""),)
OF_KIND: dict[MailKind, dict[str, Any]] = {
    MailKind.HUMAN: {},
    MailKind.AUTO_REPLY: {"headers": headers(("Auto-Submitted", "auto-replied"))},
    MailKind.BOUNCE: {"report": report(OLA.address), "return_path": ""},
    MailKind.DELAY: {"report": report(recipients=DELAYED), "return_path": ""},
    MailKind.READ_RECEIPT: {"content_type": "multipart/report", "report_type": "disposition-notification"},
    MailKind.ABUSE_REPORT: {"content_type": "multipart/report", "report_type": "feedback-report"},
    MailKind.NOTIFICATION: {"headers": headers(("Auto-Submitted", "auto-generated"))},
    MailKind.LIST: {"headers": headers(("List-Id", "<ansatte.kommune.example>"))},
    MailKind.CALENDAR: {"attachments": (INVITATION,)},
    MailKind.ENCRYPTED: {"encryption": "pgp/mime"},
    MailKind.MALFORMED: {"headers_only": True, "text": "", "reply_text": ""},
}
MACHINES_WORDS = (
    MailKind.AUTO_REPLY, MailKind.BOUNCE, MailKind.DELAY, MailKind.READ_RECEIPT, MailKind.ABUSE_REPORT,
)  # fmt: skip
OPENING = tuple(kind for kind in MailKind if kind not in MACHINES_WORDS)
WRITTEN_BY_PEOPLE = (MailKind.HUMAN, MailKind.ENCRYPTED, MailKind.MALFORMED)
AT_REST = (Status.SOLVED, Status.CLOSED)


def mail(kind: MailKind = MailKind.HUMAN, **changes: Any) -> ParsedMessage:
    """Return a mail of a kind from the requester."""
    parsed = message(**{**OF_KIND[kind], **changes})
    assert classify(parsed).kind is kind
    return parsed


def answer(kind: MailKind = MailKind.HUMAN, writer: Address | None = OLA, **changes: Any) -> ParsedMessage:
    """Return a mail of a kind in answer to our letter 7, by its header."""
    from_ = (writer,) if writer else ()
    return mail(kind, **{"in_reply_to": (OURS,), "from_": from_, "identity": writer, **changes})


def on(known: Case, **changes: Any) -> View:
    """Return the facts about an answer to our letter about that case."""
    return view(known, **{"letters": (letter(),), **changes})


def opened(decision: Decision) -> OpenCase:
    (change,) = changes_of(decision, OpenCase)
    return change


def entry(decision: Decision) -> AddEntry:
    (change,) = changes_of(decision, AddEntry)
    return change


def receipt(decision: Decision) -> Draft:
    (draft,) = [draft for draft in decision.letters if draft.kind == "receipt"]
    return draft


def with_rule(action: str, **changes: Any) -> Desk:
    rule = Rule(name="skriver", mailbox=None, match=(("subject", "Skriver"),), action=action)  # type: ignore[arg-type]
    return desk(rules=(rule,), **changes)

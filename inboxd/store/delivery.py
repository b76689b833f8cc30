"""What became of a letter's recipients: from the relay's replies and from delivery reports."""

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, select

from inboxd.desk.decision import RecordDelivery
from inboxd.mail.message import ReportedRecipient
from inboxd.mail.smtp_reply import Outcome, RecipientOutcome
from inboxd.store import tables as t
from inboxd.store.columns import address_key

STATE_OF = {
    Outcome.DELIVERED: "sent",
    Outcome.TRANSIENT: "deferred",
    Outcome.PERMANENT: "failed",
    Outcome.UNKNOWN: "unknown",
}

OUTCOME_OF = {state: outcome for outcome, state in STATE_OF.items()} | {"bounced": Outcome.PERMANENT}

OUTSTANDING = ("queued", "deferred")
"""Recipients whom the next attempt still has to serve."""


def recipients_of(session: Session, letter_id: int) -> Sequence[t.LetterRecipient]:
    """Return the rows of a letter's recipients, in the order of its header."""
    rows = select(t.LetterRecipient).where(col(t.LetterRecipient.letter_id) == letter_id)
    return session.exec(rows.order_by(col(t.LetterRecipient.id))).all()


def set_state(row: t.LetterRecipient, state: str, reply: str | None, now: dt.datetime) -> None:
    """Note a recipient's new state, and the reply it rests on."""
    row.state, row.reply, row.changed_at = state, reply or row.reply, now


def record_outcomes(
    session: Session, letter_id: int, outcomes: Sequence[RecipientOutcome], now: dt.datetime
) -> Sequence[t.LetterRecipient]:
    """Note what an attempt did for each recipient; return all recipients of the letter."""
    rows = recipients_of(session, letter_id)
    by_key = {row.address_key: row for row in rows}
    for one in outcomes:
        row = by_key.get(address_key(one.address))
        if row is not None:
            set_state(row, STATE_OF[one.outcome], str(one.reply), now)
    return rows


def record_report(session: Session, report: RecordDelivery, now: dt.datetime) -> None:
    """Note what a delivery report says (RFC 3464 2.3.3): `failed` makes a recipient, and so the letter, bounced."""
    letter = session.get(t.Letter, report.letter_id, with_for_update=True)
    if letter is None:
        return
    rows = recipients_of(session, letter.id)
    for told in report.recipients:
        row = _recipient(rows, told)
        if row is None:
            continue
        reply = " ".join(part for part in (told.status, told.diagnostic) if part)
        letter.last_reply = reply or letter.last_reply
        if told.action == "failed":
            set_state(row, "bounced", reply, now)
        else:
            row.reply = reply or row.reply
    if letter.state in {"sent", "unknown", "failed"} and any(row.state == "bounced" for row in rows):
        letter.state = "bounced"


def _recipient(rows: Sequence[t.LetterRecipient], told: ReportedRecipient) -> t.LetterRecipient | None:
    # a report may name the address that an alias led to: with one recipient there is no doubt whom it means
    named = next((row for row in rows if row.address_key == address_key(told.address)), None)
    return named or (rows[0] if len(rows) == 1 else None)

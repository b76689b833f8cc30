"""The outbox: letters are reserved, frozen, claimed with a lease, attempted, and their outcome recorded.

`active`, with owner and lease, is committed before the SMTP dialogue begins; what a dead owner leaves is `unknown`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import CursorResult, bindparam
from sqlmodel import Session, col, or_, select, update

from inboxd.desk.clocks.escalation import ASKED
from inboxd.desk.decision import Draft
from inboxd.desk.view import KnownLetter
from inboxd.errors import NotFound
from inboxd.mail.envelope import FrozenLetter, OutgoingLetter
from inboxd.mail.smtp_reply import RecipientOutcome
from inboxd.store import leases
from inboxd.store import tables as t
from inboxd.store.columns import address_key
from inboxd.store.delivery import OUTCOME_OF, OUTSTANDING, recipients_of, record_outcomes, set_state
from inboxd.store.insert import insert_row, insert_rows
from inboxd.store.journal import add_outgoing, remember_ids
from inboxd.store.jumps import mend_times
from inboxd.store.letters import (
    counts,
    get_letter,
    held_receipts,
    known_letters,
    list_letters,
    list_relays,
    may_be_sent,
    next_due,
)
from inboxd.store.locks import is_postgresql, lock, lock_cases
from inboxd.store.octets import add_unique, octets_of
from inboxd.store.own_copy import settle_by_copy
from inboxd.store.parking import cancel, hold, release, resend_once, retry
from inboxd.store.prepared import Prepared
from inboxd.store.relays import SENDING, defer_relay, null_sender_known_refused, null_sender_refused, relay_ok

__all__ = [
    "cancel", "claim", "counts", "defer_relay", "forget_claims", "freeze", "get_letter", "held_receipts", "hold",
    "list_letters", "list_relays", "lock_cases_of", "lose", "mend_times", "next_due", "null_sender_known_refused",
    "null_sender_refused", "octets_of", "record", "recover", "relay_ok", "release", "renew", "resend_once", "reserve",
    "retry", "unclaim", "was_written",
]  # fmt: skip

ON_THE_JOURNAL = frozenset({"receipt", "answer", "forward", "refusal", "notice"})
"""Kinds that always stand on the case's journal; letters to agents do not."""

NOT_WRITTEN = "not written yet"


ONCE_A_CASE = frozenset({"receipt", "refusal"})
"""Kinds of which a case has at most one, whatever comes (design.md promise 3)."""


WRITTEN_ONCE = Prepared(select(t.Letter.id).where(t.Letter.once_key == bindparam("once_key")))

WRITTEN = (
    "mail_from", "fallback_from", "subject", "message_id", "octets_id", "not_before", "state", "hold_reason",
)  # fmt: skip
"""What `freeze` writes on a reserved letter."""

FREEZE = Prepared(
    update(t.Letter)
    .where(col(t.Letter.id) == bindparam("letter_id"))
    .values({
        name: bindparam(f"new_{name}")
        for name in WRITTEN
    })
    .returning(col(t.Letter.case_id))
)  # fmt: skip


def reserve(
    session: Session, draft: Draft, *, case_id: int | None, now: dt.datetime, unknown_sender: bool = False
) -> int | None:
    """Return the id for a letter that is about to be written; None where the one there may be was already.

    Until `freeze` the letter stands on hold. `unknown_sender` counts a receipt against the cap for first-time senders.
    """
    once_key = _once_key(draft, case_id)
    if was_written(session, draft, case_id=case_id):
        return None
    return insert_row(
        session,
        t.Letter,
        case_id=case_id,
        mailbox=draft.mailbox,
        kind=draft.kind,
        actor=draft.actor,
        hold_reason=NOT_WRITTEN,
        created_at=now,
        not_before=now,
        once_key=once_key,
        unknown_sender=unknown_sender,
    )


def was_written(session: Session, draft: Draft, *, case_id: int | None) -> bool:
    """Say whether the one letter of its sort that there may be has been written already."""
    return written_as(session, draft, case_id=case_id) is not None


def written_as(session: Session, draft: Draft, *, case_id: int | None) -> int | None:
    """Return the id of that one letter, None where it has not been written or there may be several."""
    once_key = _once_key(draft, case_id)
    found = WRITTEN_ONCE.one(session, once_key=once_key) if once_key else None
    return None if found is None else int(found[0])


def _once_key(draft: Draft, case_id: int | None) -> str | None:
    return f"{draft.kind}:{case_id}" if draft.kind in ONCE_A_CASE and case_id is not None else draft.once


def freeze(session: Session, letter_id: int, frozen: FrozenLetter, *, draft: Draft, now: dt.datetime) -> None:
    """Put the written letter into the outbox, and on its case's journal where it goes to people outside."""
    octets_id = add_unique(session, frozen.octets)
    written: dict[str, object] = {
        "letter_id": letter_id,
        "new_mail_from": frozen.mail_from,
        "new_fallback_from": frozen.fallback_from,
        "new_subject": frozen.subject,
        "new_message_id": frozen.message_id,
        "new_octets_id": octets_id,
        "new_not_before": now + draft.delay,
        "new_state": "queued" if draft.held is None else "hold",
        "new_hold_reason": draft.held,
    }
    case_id: int | None = FREEZE.rows(session, **written)[0][0]
    copies = {address_key(a.address) for a in draft.cc} - {address_key(a.address) for a in draft.to}
    rows: list[dict[str, object]] = [
        {
            "letter_id": letter_id,
            "address": address,
            "address_key": key,
            "role": "cc" if key in copies else "to",
            "changed_at": now,
        }
        for key, address in {address_key(a): a for a in frozen.rcpt_tos}.items()
    ]
    insert_rows(session, t.LetterRecipient, rows)
    if case_id is not None:
        remember_ids(session, case_id, (frozen.message_id,), "ours")
        if _is_on_the_journal(draft):
            add_outgoing(session, (letter_id, case_id, octets_id), frozen, draft, now)


def _is_on_the_journal(draft: Draft) -> bool:
    """Say whether a letter stands on the case: of escalations those to the customer's side and a complaint's."""
    to_others = draft.kind == "escalation" and (draft.null_sender or draft.target == ASKED)
    return to_others or draft.kind in ON_THE_JOURNAL


def claim(
    session: Session, *, owner: str, lease: dt.timedelta, now: dt.datetime, limit: int, mailbox: str | None = None
) -> tuple[OutgoingLetter, ...]:
    """Take letters that are due, oldest first, for one attempt each; commit before the SMTP dialogue begins.

    None where a person has stopped the sending; who stops it waits until this is committed (`hold_sending`).
    """
    lock(session, (SENDING,), shared=True)
    deferred_relays = select(t.Relay.mailbox).where(col(t.Relay.deferred_until) > now)
    due = or_(
        (col(t.Letter.state) == "queued") & (col(t.Letter.not_before) <= now),
        (col(t.Letter.state) == "deferred") & (col(t.Letter.next_attempt_at) <= now),
    )
    query = select(t.Letter).where(due, col(t.Letter.octets_id).is_not(None))
    query = query.where(col(t.Letter.mailbox).not_in(deferred_relays), may_be_sent())
    if mailbox is not None:
        query = query.where(t.Letter.mailbox == mailbox)
    query = query.order_by(col(t.Letter.id)).limit(limit).with_for_update(skip_locked=True)
    letters = session.exec(query).all()
    for letter in letters:
        letter.state, letter.owner = "active", owner
        letter.lease_until = leases.until(session, lease)  # type: ignore[assignment]  # the database's own time
        letter.attempts += 1
    session.flush()
    return tuple(_outgoing(session, letter) for letter in letters)


def renew(session: Session, letter_id: int, *, owner: str, lease: dt.timedelta) -> bool:
    """Prolong the lease of a letter, in a transaction of its own; False where it is not the owner's any more."""
    leases.wait_briefly(session)
    mine = (col(t.Letter.id) == letter_id, col(t.Letter.state) == "active", col(t.Letter.owner) == owner)
    renewed = update(t.Letter).where(*mine).values(lease_until=leases.until(session, lease))
    result: CursorResult[*tuple[object, ...]] = session.exec(renewed)
    return bool(result.rowcount)


def record(  # noqa: PLR0913 - all that one attempt came to
    session: Session,
    letter_id: int,
    *,
    owner: str,
    recipients: Sequence[RecipientOutcome],
    state: str,
    next_attempt_at: dt.datetime | None,
    now: dt.datetime,
    last_reply: str | None,
) -> bool:
    """Note what an attempt came to; False, and nothing noted, where the letter is not the owner's any more.

    `state` is sent, deferred, failed, bounced or unknown; with failed nobody is served any more.
    """
    letter = _owned(session, letter_id, owner)
    if letter is None:
        return False
    rows = record_outcomes(session, letter_id, recipients, now)
    if state == "failed":
        for row in rows:
            if row.state in OUTSTANDING:
                set_state(row, "failed", last_reply, now)
    told_failed = state == "sent" and any(row.state == "bounced" for row in rows)
    letter.state, letter.next_attempt_at = "bounced" if told_failed else state, next_attempt_at
    letter.last_reply = last_reply or letter.last_reply
    letter.owner = letter.lease_until = None
    settle_by_copy(session, letter, now)
    session.flush()
    return True


def unclaim(session: Session, letter_ids: Iterable[int], owner: str) -> None:
    """Give back letters for which nothing was attempted; the attempt is not counted."""
    for letter_id in letter_ids:
        letter = _owned(session, letter_id, owner)
        if letter is not None:
            letter.state, letter.attempts = "queued", letter.attempts - 1
            letter.owner = letter.lease_until = letter.next_attempt_at = None


def forget_claims(session: Session, owner: str, mailbox: str) -> None:
    """Give back what an owner's claim of unknown outcome left active: the owner has nothing of the mailbox in hand."""
    mine = (t.Letter.state == "active", t.Letter.owner == owner, t.Letter.mailbox == mailbox)
    unclaim(session, session.exec(select(t.Letter.id).where(*mine)).all(), owner)


def recover(session: Session, *, now: dt.datetime, living: str = "") -> tuple[KnownLetter, ...]:
    """Make the active letters of dead owners `unknown` and return them; those of the owner `living` are left alone.

    Dead are on SQLite all others (call it once at start, with the daemon's lock held), on PostgreSQL those whose lease
    has ended.
    """
    dead = [col(t.Letter.state) == "active", col(t.Letter.owner) != living]
    if is_postgresql(session):
        dead.append(leases.is_over(t.Letter.lease_until))
    lock_cases_of(session, session.exec(select(t.Letter.id).where(*dead)).all())
    letters = session.exec(select(t.Letter).where(*dead).with_for_update(skip_locked=True)).all()
    return _doubtful(session, letters, now)


def lose(session: Session, letter_ids: Iterable[int], owner: str, now: dt.datetime) -> tuple[KnownLetter, ...]:
    """Make letters that their living owner lost in the dialogue `unknown`, as `recover` does, and return them."""
    owned = (_owned(session, letter_id, owner) for letter_id in letter_ids)
    return _doubtful(session, [letter for letter in owned if letter is not None], now)


def lock_cases_of(session: Session, letter_ids: Sequence[int]) -> None:
    """Wait for the locks of these letters' cases: before the letters, in the order of whoever works on a case."""
    if letter_ids and is_postgresql(session):
        cases = session.exec(select(t.Letter.case_id).where(col(t.Letter.id).in_(letter_ids))).all()
        lock_cases(session, (case_id for case_id in cases if case_id is not None))


def _doubtful(session: Session, lost: Iterable[t.Letter], now: dt.datetime) -> tuple[KnownLetter, ...]:
    """Make letters `unknown` and return those of which no copy of ours proves that they were sent."""
    doubtful = []
    for letter in lost:
        letter.state, letter.owner, letter.lease_until = "unknown", None, None
        for row in recipients_of(session, letter.id):
            if row.state in OUTSTANDING:
                set_state(row, "unknown", None, now)
        if not settle_by_copy(session, letter, now):
            doubtful.append(letter.id)
    session.flush()
    return known_letters(session, col(t.Letter.id).in_(doubtful)) if doubtful else ()


def _owned(session: Session, letter_id: int, owner: str) -> t.Letter | None:
    letter = session.get(t.Letter, letter_id, with_for_update=True)
    if letter is None:
        raise NotFound(f"There is no letter {letter_id}.")
    return letter if letter.state == "active" and letter.owner == owner else None


def _outgoing(session: Session, letter: t.Letter) -> OutgoingLetter:
    rows = recipients_of(session, letter.id)
    return OutgoingLetter(
        id=letter.id,
        mailbox=letter.mailbox,
        kind=letter.kind,
        message_id=letter.message_id or "",
        mail_from=letter.mail_from,
        fallback_from=letter.fallback_from,
        rcpt_tos=tuple(row.address for row in rows if row.state in OUTSTANDING),
        octets=octets_of(session, letter.octets_id or 0),
        attempts=letter.attempts - 1,
        created_at=letter.created_at,
        resent=letter.resent,
        settled=frozenset(OUTCOME_OF[row.state] for row in rows if row.state not in OUTSTANDING),
    )

"""What stops a mailbox's whole queue: a relay that is deferred (no letter's attempt counts), or a person's word."""

import datetime as dt

from sqlmodel import Session, col, select

from inboxd.store import tables as t
from inboxd.store.locks import lock
from inboxd.store.rows import SendingHeld

NULL_SENDER_MEMORY = dt.timedelta(days=1)

WHOLE_DESK = ""
"""Stands for every mailbox where sending is stopped."""

SENDING = "sending"
"""The lock that every claim of a letter shares, and that whoever stops the sending has alone."""


def defer_relay(session: Session, mailbox: str, until: dt.datetime, error: str, now: dt.datetime) -> None:
    """Let a mailbox's queue wait until a moment, because its relay fails as a whole."""
    relay = _relay(session, mailbox)
    relay.deferred_until, relay.last_error = until, error
    relay.failing_since = relay.failing_since or now


def relay_ok(session: Session, mailbox: str) -> None:
    """Note that a mailbox's relay works."""
    relay = session.get(t.Relay, mailbox)
    if relay is not None:
        relay.deferred_until = relay.failing_since = relay.last_error = None


def look_again(session: Session, mailbox: str) -> None:
    """Let a mailbox's relay rest no longer, because a person says so; that it fails stays known until it works."""
    relay = session.get(t.Relay, mailbox)
    if relay is not None:
        relay.deferred_until = None


def null_sender_refused(session: Session, mailbox: str, now: dt.datetime) -> None:
    """Remember that a relay refuses MAIL FROM <>."""
    _relay(session, mailbox).null_sender_refused_at = now


def null_sender_known_refused(session: Session, mailbox: str, now: dt.datetime) -> bool:
    """Say whether a relay refused MAIL FROM <> within the last day."""
    relay = session.get(t.Relay, mailbox)
    if relay is None or relay.null_sender_refused_at is None:
        return False
    return now - relay.null_sender_refused_at < NULL_SENDER_MEMORY


def hold_sending(session: Session, mailbox: str, by: str, now: dt.datetime) -> bool:
    """Stop all sending of a mailbox, or of the WHOLE_DESK; False where it was stopped already.

    Waits for the claims under way, and later ones see it: nothing is taken in hand after the commit.
    """
    lock(session, (SENDING,))
    if session.get(t.SendingHold, mailbox) is not None:
        return False
    session.add(t.SendingHold(mailbox=mailbox, held_at=now, held_by=by))
    return True


def release_sending(session: Session, mailbox: str) -> tuple[SendingHeld, ...]:
    """Let sending of a mailbox go on, or (WHOLE_DESK) of every mailbox; return what was stopped."""
    lock(session, (SENDING,))
    gone = tuple(held for held in held_sending(session) if mailbox in {WHOLE_DESK, held.mailbox})
    for held in gone:
        session.delete(session.get_one(t.SendingHold, held.mailbox))
    return gone


def held_sending(session: Session) -> tuple[SendingHeld, ...]:
    """Return where sending is stopped, and by whom; WHOLE_DESK first."""
    rows = session.exec(select(t.SendingHold).order_by(col(t.SendingHold.mailbox)))
    return tuple(SendingHeld(mailbox=row.mailbox, at=row.held_at, by=row.held_by) for row in rows)


def _relay(session: Session, mailbox: str) -> t.Relay:
    relay = session.get(t.Relay, mailbox)
    if relay is None:
        relay = t.Relay(mailbox=mailbox)
        session.add(relay)
    return relay

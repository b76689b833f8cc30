"""The state of relays: while one is deferred the whole queue of its mailbox waits, and no letter's attempt counts."""

import datetime as dt

from sqlmodel import Session

from inboxd.store import tables as t

NULL_SENDER_MEMORY = dt.timedelta(days=1)


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


def _relay(session: Session, mailbox: str) -> t.Relay:
    relay = session.get(t.Relay, mailbox)
    if relay is None:
        relay = t.Relay(mailbox=mailbox)
        session.add(relay)
    return relay

"""What is known of people at large: who wrote before, who bounced, what they were sent, who has how much in hand."""

import datetime as dt

from sqlalchemy import ColumnElement, case, false, true
from sqlmodel import Session, col, func, select

from inboxd.desk.case import Role
from inboxd.desk.desk import Cap, ReceiptPolicy
from inboxd.desk.view import Load, ReceiptCounts
from inboxd.store import tables as t
from inboxd.store.cases import AT_REST
from inboxd.store.columns import address_key

BOUNCE_MEMORY = dt.timedelta(days=60)
BOUNCED = ("bounced", "failed")

UNCOUNTED = ("hold", "cancelled", "failed")
"""Receipts that reached nobody use up no cap."""


def loads(session: Session) -> tuple[Load, ...]:
    """Return how many cases not at rest each agent has in hand; agents without any are left out."""
    in_hand = (col(t.Case.assignee).is_not(None), col(t.Case.status).not_in(AT_REST))
    query = select(t.Case.assignee, func.count()).where(*in_hand).group_by(col(t.Case.assignee))
    return tuple(Load(agent=agent or "", open_cases=number) for agent, number in session.exec(query))


def known_sender(session: Session, addresses: tuple[str, ...]) -> bool:
    """Say whether the author (the first address) is requester or cc of any case so far."""
    roles = (Role.REQUESTER.value, Role.CC.value)
    keys = [key for a in addresses[:1] if (key := address_key(a))]
    theirs = (col(t.Participant.address_key).in_(keys), col(t.Participant.role).in_(roles))
    return bool(keys) and session.exec(select(t.Participant.id).where(*theirs).limit(1)).first() is not None


def bounced(session: Session, addresses: tuple[str, ...], now: dt.datetime) -> frozenset[str]:
    """Return those of the addresses, as given, to which a letter failed for good within 60 days."""
    by_key = {address_key(a): a for a in addresses if a}
    if not by_key:
        return frozenset()
    failed = (
        col(t.LetterRecipient.address_key).in_(list(by_key)),
        col(t.LetterRecipient.state).in_(BOUNCED),
        col(t.LetterRecipient.changed_at) > now - BOUNCE_MEMORY,
    )
    return frozenset(by_key[key] for key in session.exec(select(t.LetterRecipient.address_key).where(*failed)))


def receipt_counts(
    session: Session, addresses: tuple[str, ...], policy: ReceiptPolicy, now: dt.datetime
) -> ReceiptCounts:
    """Return the receipts queued or sent inside each cap's period: to the author, to unknown senders, by the desk."""
    caps = [cap for cap in (policy.per_address, policy.unknown_senders, policy.desk) if cap is not None]
    if not caps:
        return ReceiptCounts()
    author = [address_key(a) for a in addresses[:1]]
    theirs = select(t.LetterRecipient.letter_id).where(col(t.LetterRecipient.address_key).in_(author))
    counted = (
        col(t.Letter.kind) == "receipt",
        col(t.Letter.created_at) > now - max(cap.period for cap in caps),
        col(t.Letter.state).not_in(UNCOUNTED),
    )
    query = select(
        _within(policy.per_address, now, col(t.Letter.id).in_(theirs)),
        _within(policy.unknown_senders, now, col(t.Letter.unknown_sender).is_(True)),
        _within(policy.desk, now, true()),
    )
    to_address, to_unknown, by_desk = session.exec(query.where(*counted)).one()
    return ReceiptCounts(to_address=to_address, to_unknown=to_unknown, by_desk=by_desk)


def _within(cap: Cap | None, now: dt.datetime, which: ColumnElement[bool]) -> ColumnElement[int]:
    """Count the letters of a kind inside a cap's period; none where there is no cap."""
    inside = false() if cap is None else which & (col(t.Letter.created_at) > now - cap.period)
    return func.count(case((inside, col(t.Letter.id))))

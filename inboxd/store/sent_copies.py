"""Copies of our letters in the Sent folder: which are due, which are there, and why one is not.

APPEND is not idempotent. Whoever wants to look and append takes the letter for a while first, and commits that: nobody
else, and no later life of the same daemon, looks for it before any append of his has arrived or died.
"""

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, CursorResult, Update
from sqlmodel import Session, col, func, or_, select, update

from inboxd.store import tables as t
from inboxd.store.desk_tables import SentCopy
from inboxd.store.octets import octets_of

COPIED = ("answer", "forward")
"""What agents wrote. What a machine writes would bury it, and letters to agents are no business of the mailbox."""

TAKEN_FOR = dt.timedelta(minutes=5)
"""More than all of an append's time-outs."""

KEPT_UP = dt.timedelta(days=5)
"""Letters older than this are not looked for any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCopy:
    """A letter that left, to be looked for in the Sent folder."""

    letter_id: int
    message_id: str
    sent_at: dt.datetime
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaved:
    """Letters of a mailbox that could not be put into its Sent folder: how many, since when, and why the last time."""

    mailbox: str
    count: int
    since: dt.datetime
    why: str


def take(session: Session, mailbox: str, *, now: dt.datetime, sent_before: dt.datetime) -> DueCopy | None:
    """Take the oldest letter of a mailbox that left before a moment and of which nobody knows that a copy is there.

    Letters to agents and what a machine wrote are none of these. Raises StoreBusy where another daemon took it first.
    """
    recipients = t.LetterRecipient.letter_id == t.Letter.id
    sent_at = select(func.max(t.LetterRecipient.changed_at)).where(recipients).scalar_subquery()
    free = or_(col(SentCopy.letter_id).is_(None), (col(SentCopy.state) == "due") & (col(SentCopy.try_after) <= now))
    query = (
        select(t.Letter.id, t.Letter.message_id, t.Letter.octets_id, sent_at)
        .join(SentCopy, col(SentCopy.letter_id) == t.Letter.id, isouter=True)
        .where(*_of_people(now), t.Letter.mailbox == mailbox, free, sent_at <= sent_before)
    )
    # one that its server refuses comes after all others: it holds up none
    turn = func.coalesce(SentCopy.try_after, t.Letter.created_at)
    found = session.exec(query.order_by(turn, col(t.Letter.id)).limit(1)).first()
    if found is None or not _taken(session, found[0], now):
        return None
    letter_id, message_id, octets_id, at = found
    octets = octets_of(session, octets_id or 0)
    return DueCopy(letter_id=letter_id, message_id=message_id or "", sent_at=at, octets=octets)


def saved(session: Session, letter_id: int, *, by_us: bool) -> None:
    """Note that a copy is in the Sent folder: put there by us, or by the relay or an earlier append."""
    session.exec(_row(letter_id).values(state="appended" if by_us else "there", error=None))


def failed(session: Session, letter_id: int, error: str, try_after: dt.datetime) -> None:
    """Note why a copy could not be put there, and when to try again."""
    session.exec(_row(letter_id).values(error=error, try_after=try_after))


def unsaved(session: Session, now: dt.datetime) -> tuple[Unsaved, ...]:
    """Return what could not be saved, for each mailbox; what is too old to be tried again is left out."""
    query = (
        select(t.Letter.mailbox, func.count(), func.min(SentCopy.first_tried_at), func.max(SentCopy.error))
        .join(SentCopy, col(SentCopy.letter_id) == t.Letter.id)
        .where(*_of_people(now), SentCopy.state == "due", col(SentCopy.error).is_not(None))
        .group_by(t.Letter.mailbox)
        .order_by(t.Letter.mailbox)
    )
    return tuple(Unsaved(mailbox=m, count=n, since=since, why=why or "") for m, n, since, why in session.exec(query))


def _of_people(now: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a letter carries an agent's words, has left, and did so of late."""
    return (
        col(t.Letter.kind).in_(COPIED),
        col(t.Letter.state).in_(("sent", "bounced")),
        col(t.Letter.created_at) >= now - KEPT_UP,
    )


def _taken(session: Session, letter_id: int, now: dt.datetime) -> bool:
    until = now + TAKEN_FOR
    again = _row(letter_id).where(col(SentCopy.try_after) <= now).values(try_after=until)
    taken: CursorResult[*tuple[object, ...]] = session.exec(again)
    if taken.rowcount:
        return True
    if session.get(SentCopy, letter_id) is not None:  # another daemon was first
        return False
    session.add(SentCopy(letter_id=letter_id, first_tried_at=now, try_after=until))
    session.flush()
    return True


def _row(letter_id: int) -> Update:
    return update(SentCopy).where(col(SentCopy.letter_id) == letter_id, col(SentCopy.state) == "due")

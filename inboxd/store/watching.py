"""What was written on cases since somebody looked last, and whose targets have passed."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import and_, or_
from sqlmodel import Session, col, func, select

from inboxd.store import tables as t
from inboxd.store.cases import IN_WORK
from inboxd.store.entries import entry_of
from inboxd.store.letters import letters_by_id
from inboxd.store.rows import EntryRow

LOOKED_BACK = 500
"""Entries and cases before the newest one that may still turn up: on PostgreSQL a later number may be written first."""

MECHANICAL = ("receipt", "agent", "escalation", "alert", "confirm", "notice")


def newest(session: Session) -> tuple[int, int]:
    """Return the highest id of an entry, and of a case."""
    entry = session.exec(select(func.max(t.Entry.id))).one()
    case = session.exec(select(func.max(t.Case.id))).one()
    return entry or 0, case or 0


def cases_after(session: Session, case_id: int) -> tuple[int, ...]:
    """Return the cases opened after one, and the last ones before it."""
    return tuple(session.exec(select(t.Case.id).where(col(t.Case.id) > case_id - LOOKED_BACK).order_by(col(t.Case.id))))


def entries_after(session: Session, entry_id: int) -> tuple[EntryRow, ...]:
    """Return what people and machines wrote on cases after an entry, and the last of it before: no changes, no letters
    that no person wrote. Without octets; their texts are there.
    """
    query = (
        select(t.Entry)
        .join(t.Letter, col(t.Letter.id) == col(t.Entry.letter_id), isouter=True)
        .where(col(t.Entry.id) > entry_id - LOOKED_BACK, t.Entry.kind != "event")
        .where(or_(col(t.Letter.kind).is_(None), col(t.Letter.kind).not_in(MECHANICAL)))
        .order_by(col(t.Entry.id))
    )
    rows: Sequence[t.Entry] = session.exec(query).all()
    letters = letters_by_id(session, {row.letter_id for row in rows if row.letter_id is not None})
    return tuple(entry_of(row, letters.get(row.letter_id or 0)) for row in rows)


def passed_between(session: Session, since: dt.datetime, until: dt.datetime) -> tuple[int, ...]:
    """Return the cases whose target for an answer or for the solution passed after `since`, at the latest `until`."""
    c = t.Case
    response = and_(col(c.responded_at).is_(None), col(c.response_due) > since, col(c.response_due) <= until)
    resolution = and_(col(c.resolution_due) > since, col(c.resolution_due) <= until)
    goes = (col(c.status).in_(IN_WORK), col(c.paused_at).is_(None))
    return tuple(session.exec(select(c.id).where(*goes, or_(response, resolution)).order_by(col(c.id))))

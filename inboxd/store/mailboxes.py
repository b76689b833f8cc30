"""What the database keeps under a mailbox's name, where the config names it otherwise from now on, or no more."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, func, select, update

from inboxd.store import tables as t

WAITING = ("queued", "deferred")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """Letters that wait for a mailbox which nothing sends from: how many, and since when the oldest does."""

    mailbox: str
    count: int
    since: dt.datetime


def rename_mailbox(session: Session, old: str, new: str) -> None:
    """Keep under a new name what was kept under the old one: cases, letters, the ledger, and a stop of the sending.

    How its relay fares is learned anew; a folder that the new name has already stays as it is.
    """
    for table in (t.Case, t.Letter):
        session.exec(update(table).where(col(table.mailbox) == old).values(mailbox=new))
    session.exec(update(t.Alert).where(col(t.Alert.subject) == old).values(subject=new))
    there = session.exec(select(t.Folder.folder).where(t.Folder.mailbox == new)).all()
    theirs = (col(t.Folder.mailbox) == old, col(t.Folder.folder).not_in(there))
    session.exec(update(t.Folder).where(*theirs).values(mailbox=new))
    held = session.get(t.SendingHold, old)
    if held is not None:
        session.delete(held)
        if session.get(t.SendingHold, new) is None:
            session.add(t.SendingHold(mailbox=new, held_at=held.held_at, held_by=held.held_by))


def stranded(session: Session, names: Collection[str]) -> tuple[Stranded, ...]:
    """Return what waits for mailboxes of other names than these."""
    waiting = (col(t.Letter.state).in_(WAITING), col(t.Letter.mailbox).not_in(names))
    columns = (t.Letter.mailbox, func.count(), func.min(t.Letter.created_at))
    query = select(*columns).where(*waiting).group_by(col(t.Letter.mailbox)).order_by(col(t.Letter.mailbox))
    return tuple(Stranded(mailbox=name, count=count, since=since) for name, count, since in session.exec(query))

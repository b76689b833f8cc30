"""The configs that a daemon took, in the order of time; none is ever changed or taken away."""

import datetime as dt

from sqlmodel import Session, col, select

from inboxd.store import tables as t
from inboxd.store.locks import lock

LAST = select(t.Config.text).order_by(col(t.Config.id).desc()).limit(1)


def last_config(session: Session) -> str | None:
    """Return the text of the config that was taken last, None where none was yet."""
    return session.exec(LAST).first()


def last_taken(session: Session) -> tuple[str, dt.datetime] | None:
    """Return the text of the config that was taken last and when that was, None where none was yet."""
    found = session.exec(select(t.Config.text, t.Config.taken_at).order_by(col(t.Config.id).desc()).limit(1)).first()
    return None if found is None else (found[0], found[1])


def config_at(session: Session, at: dt.datetime) -> str | None:
    """Return the text of the config in force at a moment, the first one where it is earlier, None where none was."""
    known = select(t.Config.text).where(col(t.Config.taken_at) <= at).order_by(col(t.Config.id).desc()).limit(1)
    first = select(t.Config.text).order_by(col(t.Config.id)).limit(1)
    return session.exec(known).first() or session.exec(first).first()


def remember_config(session: Session, text: str, now: dt.datetime) -> bool:
    """Write down a config that is taken now, if it is another than the last one; say whether it was."""
    lock(session, ("config",))
    if last_config(session) == text:
        return False
    session.add(t.Config(taken_at=now, text=text))
    return True

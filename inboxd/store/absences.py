"""Who is away, since when and until when."""

import datetime as dt

from sqlalchemy import bindparam
from sqlmodel import Session, col, or_, select, update

from inboxd.store import desk_tables as d
from inboxd.store.insert import insert_row
from inboxd.store.prepared import Prepared
from inboxd.store.rows import AbsenceRow

OPEN = col(d.Absence.ended_at).is_(None)
AWAY = Prepared(
    select(d.Absence.agent)
    .where(OPEN, col(d.Absence.since) <= bindparam("now"))
    .where(or_(col(d.Absence.until).is_(None), col(d.Absence.until) > bindparam("now")))
)


def absent(session: Session, now: dt.datetime) -> frozenset[str]:
    """Return the names of the agents who are away now."""
    return frozenset(agent for (agent,) in AWAY.rows(session, now=now))


def absences(session: Session, now: dt.datetime) -> tuple[AbsenceRow, ...]:
    """Return the absences that last now."""
    query = select(d.Absence).where(OPEN, col(d.Absence.since) <= now)
    query = query.where(or_(col(d.Absence.until).is_(None), col(d.Absence.until) > now))
    return tuple(
        AbsenceRow(agent=row.agent, since=row.since, until=row.until, to=row.to)
        for row in session.exec(query.order_by(col(d.Absence.agent), col(d.Absence.id)))
    )


def begin_absence(
    session: Session, agent: str, *, since: dt.datetime, until: dt.datetime | None, to: str | None, made_by: str
) -> None:
    """Note that an agent is away from now on; what was noted of him before ends."""
    end_absence(session, agent, since)
    insert_row(session, d.Absence, agent=agent, since=since, until=until, to=to, made_by=made_by)


def end_absence(session: Session, agent: str, at: dt.datetime) -> bool:
    """Note that an agent is back; say whether he was away until now. One whose time had passed ended by itself."""
    theirs = (OPEN, col(d.Absence.agent) == agent)
    over = update(d.Absence).where(*theirs, col(d.Absence.until) <= at)
    session.exec(over.values(ended_at=col(d.Absence.until)))
    return bool(session.exec(update(d.Absence).where(*theirs).values(ended_at=at)).rowcount)

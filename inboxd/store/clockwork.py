"""What the clock has to do with cases: timers, the targets that were reached, the escalations."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import and_, exists, or_
from sqlmodel import Session, col, delete, select, update

from inboxd.desk.clocks.escalation import ASKED, WARNING
from inboxd.desk.clocks.lifecycle import PRELIMINARY
from inboxd.desk.decision import Acknowledged, Escalated, Measured, SetTimer
from inboxd.desk.view import Timer
from inboxd.store import desk_tables as d
from inboxd.store import tables as t
from inboxd.store.cases import AT_REST
from inboxd.store.held import HeldCase
from inboxd.store.insert import insert_row, insert_rows
from inboxd.store.journal import add_event


def set_timer(session: Session, case_id: int, change: SetTimer) -> None:
    """Set a case's timer of that name anew, or take it off."""
    session.exec(delete(d.Timer).where(col(d.Timer.case_id) == case_id, col(d.Timer.name) == change.name))
    if change.rings_at is not None:
        insert_rows(session, d.Timer, [{"case_id": case_id, "name": change.name, "rings_at": change.rings_at}])


def without_timer(
    session: Session, name: str, category: str, statuses: Iterable[str]
) -> tuple[tuple[int, dt.datetime | None], ...]:
    """Return (case, since when it rests) of the cases of a category that stand so and have no timer of that name."""
    has = exists().where(col(d.Timer.case_id) == col(t.Case.id), col(d.Timer.name) == name)
    standing = (col(t.Case.status).in_([str(status) for status in statuses]), t.Case.category == category)
    query = select(t.Case.id, t.Case.closed_at).where(*standing, ~has).order_by(col(t.Case.id))
    return tuple((case_id, closed_at) for case_id, closed_at in session.exec(query))


def unexplained(session: Session, category: str, statuses: Iterable[str]) -> tuple[int, ...]:
    """Return the cases of a category that stand so, that no person has answered, and whose requester was never told
    why, nor has a moment set at which he will be.
    """
    told = exists().where(col(t.Letter.case_id) == col(t.Case.id), col(t.Letter.once_key).startswith(f"{PRELIMINARY}:"))
    timed = exists().where(col(d.Timer.case_id) == col(t.Case.id), col(d.Timer.name) == PRELIMINARY)
    standing = (col(t.Case.status).in_([str(status) for status in statuses]), t.Case.category == category)
    query = select(t.Case.id).where(*standing, col(t.Case.responded_at).is_(None), ~told, ~timed)
    return tuple(session.exec(query.order_by(col(t.Case.id))).all())


def add_timers(session: Session, name: str, moments: Iterable[tuple[int, dt.datetime]]) -> None:
    """Set a timer of that name for cases that have none."""
    insert_rows(session, d.Timer, [{"case_id": case_id, "name": name, "rings_at": at} for case_id, at in moments])


def ring_again(session: Session, name: str, now: dt.datetime) -> None:
    """Let every timer of that name ring now, and one of each case whose clocks go and that has a target to come."""
    session.exec(update(d.Timer).where(col(d.Timer.name) == name).values(rings_at=now))
    has = exists().where(col(d.Timer.case_id) == col(t.Case.id), col(d.Timer.name) == name)
    goes = (
        col(t.Case.status).not_in(AT_REST), col(t.Case.paused_at).is_(None), col(t.Case.escalates_from).is_not(None)
    )  # fmt: skip
    answer = and_(col(t.Case.responded_at).is_(None), col(t.Case.response_due) > now)
    coming = or_(answer, col(t.Case.resolution_due) > now)
    cases = session.exec(select(t.Case.id).where(*goes, coming, ~has)).all()
    add_timers(session, name, [(case_id, now) for case_id in cases])


def timers_of(session: Session, case_ids: Iterable[int]) -> tuple[Timer, ...]:
    """Return the timers of these cases, the next one first."""
    query = select(d.Timer).where(col(d.Timer.case_id).in_(list(case_ids)))
    return _timers(session.exec(query.order_by(col(d.Timer.rings_at), col(d.Timer.case_id))).all())


def ringing(session: Session, now: dt.datetime, limit: int, *, name: str | None = None) -> tuple[Timer, ...]:
    """Return the timers whose moment has come (None: whatever their name), the oldest first."""
    query = select(d.Timer).where(col(d.Timer.rings_at) <= now)
    if name is not None:
        query = query.where(d.Timer.name == name)
    return _timers(session.exec(query.order_by(col(d.Timer.rings_at), col(d.Timer.case_id)).limit(limit)).all())


def add_measurement(session: Session, case: HeldCase, change: Measured, *, now: dt.datetime) -> None:
    """Keep what a target came to, with how the case stands now."""
    insert_row(
        session,
        d.Measurement,
        case_id=case.id,
        at=now,
        target=change.target,
        category=case.category,
        priority=case.priority,
        customer=case.customer,
        assignee=case.assignee,
        due=change.due,
        within=change.within,
        office_seconds=change.office_seconds,
        wall_seconds=change.wall_seconds,
    )


def forget_response(session: Session, case_id: int) -> None:
    """Forget what a case's response came to: the answer that was measured never left."""
    theirs = (col(d.Measurement.case_id) == case_id, col(d.Measurement.target) == "response")
    session.exec(delete(d.Measurement).where(*theirs))


def add_escalation(session: Session, case: HeldCase, change: Escalated, *, now: dt.datetime) -> None:
    """Put a level of escalation on record, on the case's journal too."""
    insert_row(
        session,
        d.Escalation,
        case_id=case.id,
        round=change.round,
        target=change.target,
        level=change.level,
        at=now,
        to=list(change.to),
        why=change.why,
    )
    whom = ", ".join(change.to) or "nobody"
    said = f": {change.why}" if change.why else ""
    what = "the customer asks" if change.target == ASKED else f"{change.target}, level {change.level}"
    told = f"warned ({change.target}): {whom}" if change.why == WARNING else f"escalated ({what}) to {whom}{said}"
    case.touch(now)
    add_event(session, case, change.actor, told, now)


def acknowledge(session: Session, case: HeldCase, change: Acknowledged, *, now: dt.datetime) -> None:
    """Note who has seen what was escalated of a case so far."""
    unseen = (col(d.Escalation.case_id) == case.id, col(d.Escalation.acknowledged_at).is_(None))
    session.exec(update(d.Escalation).where(*unseen).values(acknowledged_at=now, acknowledged_by=change.actor))
    case.touch(now)
    add_event(session, case, change.actor, "escalation acknowledged", now)


def _timers(rows: Iterable[d.Timer]) -> tuple[Timer, ...]:
    return tuple(Timer(case_id=row.case_id, name=row.name, rings_at=row.rings_at) for row in rows)

"""The desk's record of what people and the daemon did to the desk itself, not to one of its cases. Only added to."""

import datetime as dt

from sqlmodel import Session, col, select

from inboxd.store import tables as t
from inboxd.store.rows import AuditRow

CONFIG_REFUSED, CONFIG_TAKEN = "config refused", "config taken"
"""A changed config was not taken; one was taken after that (any other that is taken is not on this record)."""

STEP_FAILED, STEPS_WORK = "clock failed", "clock works"
"""Something that the clock does met a fault of inboxd's own; after that all of it was done."""


def note(session: Session, *, at: dt.datetime, actor: str, action: str, subject: str = "", detail: str = "") -> None:
    """Put on record that somebody did something, inside the caller's transaction.

    `actor` is an agent's name or "inboxd", `action` one short phrase ("sending held", "resynchronised"), `subject` what
    it was done to ("" is the whole desk).
    """
    session.add(t.Audit(at=at, actor=actor, action=action, subject=subject, detail=detail))


def standing(session: Session, action: str, *, until: str) -> tuple[AuditRow, ...]:
    """Return what was done of one kind since something else was done last, newest first."""
    found = session.exec(select(t.Audit.id).where(t.Audit.action == until).order_by(col(t.Audit.id).desc()).limit(1))
    ended = found.first() or 0
    rows = session.exec(
        select(t.Audit).where(t.Audit.action == action, col(t.Audit.id) > ended).order_by(col(t.Audit.id).desc())
    )
    return tuple(_row(row) for row in rows)


def listed(session: Session, limit: int | None = None) -> tuple[AuditRow, ...]:
    """Return what was done, newest first; at most `limit` of it."""
    rows = session.exec(select(t.Audit).order_by(col(t.Audit.id).desc()).limit(limit))
    return tuple(_row(row) for row in rows)


def _row(row: t.Audit) -> AuditRow:
    return AuditRow(at=row.at, actor=row.actor, action=row.action, subject=row.subject, detail=row.detail)

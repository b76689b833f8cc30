"""The desk's record of what people and the daemon did to the desk itself, not to one of its cases. Only added to."""

import datetime as dt

from sqlmodel import Session, col, select

from inboxd.store import tables as t
from inboxd.store.rows import AuditRow


def note(session: Session, *, at: dt.datetime, actor: str, action: str, subject: str = "", detail: str = "") -> None:
    """Put on record that somebody did something, inside the caller's transaction.

    `actor` is an agent's name or "inboxd", `action` one short phrase ("sending held", "resynchronised"), `subject` what
    it was done to ("" is the whole desk).
    """
    session.add(t.Audit(at=at, actor=actor, action=action, subject=subject, detail=detail))


def listed(session: Session, limit: int | None = None) -> tuple[AuditRow, ...]:
    """Return what was done, newest first; at most `limit` of it."""
    rows = session.exec(select(t.Audit).order_by(col(t.Audit.id).desc()).limit(limit))
    return tuple(
        AuditRow(at=row.at, actor=row.actor, action=row.action, subject=row.subject, detail=row.detail) for row in rows
    )

"""What was escalated of cases, as it stands on record. Lists and documents read it; `clockwork` writes it."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from inboxd.desk.clocks.escalation import WARNING
from inboxd.desk.view import KnownEscalation
from inboxd.store import desk_tables as d
from inboxd.store import tables as t


def escalations_of(session: Session, case_ids: Iterable[int]) -> tuple[KnownEscalation, ...]:
    """Return what was escalated of these cases, oldest first."""
    query = select(d.Escalation).where(col(d.Escalation.case_id).in_(list(case_ids))).order_by(col(d.Escalation.id))
    return tuple(_known(row) for row in session.exec(query).all())


def last_escalations(session: Session, case_ids: Iterable[int] | None = None) -> dict[int, KnownEscalation]:
    """Return what was escalated last of each case in its present round, warnings left out; None: of all cases."""
    theirs = (col(t.Case.id) == col(d.Escalation.case_id)) & (col(t.Case.round) == col(d.Escalation.round))
    query = select(d.Escalation).join(t.Case, theirs).where(d.Escalation.why != WARNING)
    if case_ids is not None:
        query = query.where(col(d.Escalation.case_id).in_(list(case_ids)))
    return {row.case_id: _known(row) for row in session.exec(query.order_by(col(d.Escalation.id))).all()}


def _known(row: d.Escalation) -> KnownEscalation:
    return KnownEscalation(
        case_id=row.case_id,
        round=row.round,
        target=row.target,
        level=row.level,
        at=row.at,
        to=tuple(row.to),
        why=row.why,
        acknowledged_by=row.acknowledged_by,
    )

"""Which cases live on in a case."""

from sqlmodel import Session, col, select

from inboxd.store import tables as t


def family(session: Session, case_id: int) -> tuple[int, ...]:
    """Return a case and all that were merged into it, or into one of those."""
    found, newest = [case_id], [case_id]
    while newest:
        newest = list(session.exec(select(t.Case.id).where(col(t.Case.merged_into).in_(newest))))
        found.extend(newest)
    return tuple(found)

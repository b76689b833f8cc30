"""How cases stood, from one moment to the next: written with every change of it, read by reports."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from sqlmodel import Session, col, select

from inboxd.desk.view import KnownStanding
from inboxd.store import desk_tables as d
from inboxd.store.held import HeldCase
from inboxd.store.insert import insert_rows

Stand: TypeAlias = tuple[str, str, str, str | None, str | None, str | None, str | None]
"""(status, category, priority, customer, assignee, type, item)"""


def stand_of(case: HeldCase) -> Stand:
    """Return how a case stands now."""
    return (case.status, case.category, case.priority, case.customer, case.assignee, case.type, case.item)


def standings_of(session: Session, case_ids: Iterable[int]) -> tuple[KnownStanding, ...]:
    """Return how these cases stood, oldest first."""
    ids = list(case_ids)
    if not ids:
        return ()
    query = select(d.Standing).where(col(d.Standing.case_id).in_(ids)).order_by(col(d.Standing.id))
    return tuple(
        KnownStanding(case_id=row.case_id, at=row.at, status=row.status, assignee=row.assignee)
        for row in session.exec(query)
    )


def note_standings(session: Session, cases: Sequence[HeldCase], now: dt.datetime) -> None:
    """Write how these cases stand from now on."""
    insert_rows(
        session,
        d.Standing,
        [
            {
                "case_id": case.id,
                "at": now,
                "status": case.status,
                "category": case.category,
                "priority": case.priority,
                "customer": case.customer,
                "assignee": case.assignee,
                "type": case.type,
                "item": case.item,
            }
            for case in cases
        ],
    )

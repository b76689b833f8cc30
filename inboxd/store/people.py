"""The participants of cases."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from inboxd.desk.case import Participant, Role
from inboxd.store import tables as t
from inboxd.store.columns import address_key
from inboxd.store.insert import insert_row

STRENGTH = (Role.OUTSIDER, Role.CC, Role.SUPPLIER, Role.ADDED, Role.REQUESTER)
"""Roles from weak to strong: a person who is already there keeps the stronger one."""


def add_participant(session: Session, case_id: int, person: Participant) -> None:
    """Put a person on a case. A new requester takes the old one's place, who stays as cc if mail can reach them."""
    key = address_key(person.address)
    rows = session.exec(select(t.Participant).where(col(t.Participant.case_id) == case_id)).all()
    known = next((r for r in rows if key and r.address_key == key), None)
    if known is not None and STRENGTH.index(person.role) <= STRENGTH.index(Role(known.role)):
        known.name = known.name or person.name
        return
    if person.role is Role.REQUESTER:
        _make_way(session, rows)
    if known is None:
        add_first(session, case_id, person)
    else:
        known.role, known.name = person.role.value, person.name or known.name


def add_first(session: Session, case_id: int, person: Participant) -> None:
    """Put a person on a case that has nobody of that address and, for a requester, no requester."""
    insert_row(
        session,
        t.Participant,
        case_id=case_id,
        address=person.address,
        address_key=address_key(person.address),
        name=person.name,
        role=person.role.value,
    )


def _make_way(session: Session, rows: Sequence[t.Participant]) -> None:
    for row in rows:
        if row.role == Role.REQUESTER.value:
            if row.address_key:
                row.role = Role.CC.value
            else:
                session.delete(row)
    # the partial unique index allows one requester at any moment
    session.flush()

"""The participants of cases."""

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, select, update

from inboxd.desk.case import Participant, Role
from inboxd.store import tables as t
from inboxd.store.columns import address_key
from inboxd.store.insert import insert_row
from inboxd.store.prepared import Prepared, Row

STRENGTH = (Role.OUTSIDER, Role.CC, Role.SUPPLIER, Role.ADDED, Role.REQUESTER)
"""Roles from weak to strong: a person who is already there keeps the stronger one."""

P = t.Participant
THEIRS = Prepared(select(P.id, P.address_key, P.name, P.role).where(P.case_id == bindparam("case_id")))
ONE = col(P.id) == bindparam("known_id")
CHANGE = Prepared(update(P).where(ONE).values(name=bindparam("new_name"), role=bindparam("new_role")))
REMOVE = Prepared(delete(P).where(ONE))


def add_participant(session: Session, case_id: int, person: Participant) -> None:
    """Put a person on a case. A new requester takes the old one's place, who stays as cc if mail can reach them."""
    key = address_key(person.address)
    rows = THEIRS.rows(session, case_id=case_id)
    known_id, _, name, role = next((row for row in rows if key and row[1] == key), (0, key, "", None))
    if role is not None and STRENGTH.index(person.role) <= STRENGTH.index(Role(role)):
        if not name:
            CHANGE.run(session, known_id=known_id, new_name=person.name, new_role=role)
        return
    if person.role is Role.REQUESTER:
        _make_way(session, rows)
    if role is None:
        add_first(session, case_id, person)
    else:
        CHANGE.run(session, known_id=known_id, new_name=person.name or name, new_role=person.role.value)


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


def _make_way(session: Session, rows: Sequence[Row]) -> None:
    # at once: the partial unique index allows one requester at any moment
    for known_id, key, name, role in rows:
        if role != Role.REQUESTER.value:
            continue
        if key:
            CHANGE.run(session, known_id=known_id, new_name=name, new_role=Role.CC.value)
        else:
            REMOVE.run(session, known_id=known_id)

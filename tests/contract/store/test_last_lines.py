"""What the code never does, the database refuses as well: the last line where a bug or a race got past the first."""

import pytest
from sqlalchemy import insert, select
from sqlmodel import Session

from inboxd.errors import StoreBusy
from inboxd.store import incoming
from inboxd.store import tables as t
from inboxd.store.engine import Store
from tests.contract.store.values import NOW, case_of, inbox, raw


def double(session: Session, table: type[t.SQLModel], **changed: object) -> None:
    """Write the first row of a table a second time, under an id of its own."""
    columns = table.__table__.c  # type: ignore[attr-defined]
    row = session.connection().execute(select(columns)).mappings().first()
    assert row is not None
    again = {name: value for name, value in row.items() if name != "id"} | changed
    session.connection().execute(insert(table).values(again))


def test_a_uid_of_a_folder_cannot_have_two_rows(store: Store) -> None:
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1),), now=NOW, silent=False)
    with pytest.raises(StoreBusy), store.begin() as session:
        double(session, t.Incoming)
    with store.begin() as session:
        double(session, t.Incoming, uid=2)


def test_a_number_cannot_be_given_to_two_cases(store: Store) -> None:
    with store.begin() as session:
        case_of(session)
    with pytest.raises(StoreBusy), store.begin() as session:
        double(session, t.Case)
    with store.begin() as session:
        double(session, t.Case, number=99_999)

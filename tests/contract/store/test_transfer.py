"""Every row out of one database and into another, on SQLite and PostgreSQL."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from inboxd.errors import Conflict
from inboxd.store import incoming, transfer
from inboxd.store import tables as t
from inboxd.store.engine import Store, open_store
from inboxd.store.search import search
from tests.contract.store.values import NOW, case_of, inbox, letter_of, raw

Rows = dict[str, list[dict[str, Any]]]


def everything(store: Store) -> Rows:
    with store.reading() as session:
        return {name: list(transfer.rows_of(session, name)) for name in transfer.tables()}


def kept(store: Store) -> dict[str, bytes]:
    with store.reading() as session:
        return dict(transfer.octets_kept(session))


def put(store: Store, rows: Rows, octets: dict[str, bytes]) -> None:
    with store.begin() as session:
        transfer.begin_anew(session)
        for name in transfer.tables():
            whole = [row | {"content": octets[row["sha256"]]} for row in rows[name]] if name == "octets" else rows[name]
            assert transfer.put_rows(session, name, whole) == len(rows[name])


def fill(store: Store) -> None:
    """Two cases, the first merged into the second, a letter, and a mail that waits."""
    with store.begin() as session:
        first, second = case_of(session), case_of(session, 2)
        letter_of(session, "answer", second)
        incoming.save(session, inbox(session), [raw(1, b"Subject: hei\r\n\r\n" + b"x" * 100)], now=NOW, silent=True)
        merged = session.exec(select(t.Case).where(t.Case.id == first)).one()
        merged.status, merged.merged_into = "merged", second
        session.add(merged)


def test_a_database_comes_out_of_json_as_it_went_in(store: Store, tmp_path: Path) -> None:
    fill(store)
    rows, octets = everything(store), kept(store)
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    put(other, rows, octets)
    assert everything(other) == rows
    assert kept(other) == octets
    assert [len(rows[name]) for name in ("cases", "letters", "incoming", "octets")] == [2, 1, 1, 2]
    other.close()


def test_the_database_takes_rows_from_the_other_kind_and_goes_on_counting(store: Store, tmp_path: Path) -> None:
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    fill(other)
    rows, octets = everything(other), kept(other)
    put(store, rows, octets)
    assert everything(store) == rows
    with store.begin() as session:
        assert case_of(session, 3) == 3
    with store.reading() as session:
        assert len(search(session, "Passordet", limit=10)) == 3
    other.close()


def test_rows_go_into_an_empty_database_only(store: Store) -> None:
    fill(store)
    with pytest.raises(Conflict, match="has mail or cases"):
        put(store, {}, {})

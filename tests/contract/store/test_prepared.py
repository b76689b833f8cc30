"""Prepared statements: the same values, the same transaction and the same errors as through the session."""

import datetime as dt

import pytest
from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update

from inboxd.errors import StoreBusy
from inboxd.store import tables as t
from inboxd.store.engine import Store
from inboxd.store.insert import insert_row, insert_rows
from inboxd.store.prepared import Prepared, among, words
from tests.contract.conftest import OpenStore

NOON = dt.datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=dt.UTC)
IN_OSLO = NOON.astimezone(dt.timezone(dt.timedelta(hours=1)))

CASE = {
    "number": 7,
    "prefix": "KS",
    "mailbox": "post",
    "category": "other",
    "priority": "normal",
    "status": "new",
    "subject": "Blåbær % og :kolon 'sitat' ?",
    "channel": "mail",
    "language": "nb",
    "opened_at": IN_OSLO,
    "updated_at": NOON,
}

COLUMNS = ("subject", "opened_at", "closed_at", "verified", "undelivered", "last_references", "assignee", "version")
READ = Prepared(select(*(getattr(t.Case, name) for name in COLUMNS)).where(t.Case.id == bindparam("case_id")))
NUMBERS = Prepared(select(t.Case.number).where(among(t.Case.subject, "subjects")).order_by(col(t.Case.number)))
BY_ID = Prepared(select(t.Case.number).where(among(t.Case.id, "ids")))
CLOSE = Prepared(
    update(t.Case)
    .where(col(t.Case.id) == bindparam("case_id"), col(t.Case.status).in_(words(("new", "open"))))
    .values(status="closed", closed_at=bindparam("now"), assignee=None, version=col(t.Case.version) + 1)
)
SPOIL = Prepared(update(t.Case).where(col(t.Case.id) == bindparam("case_id")).values(status=bindparam("status")))
COUNT_UP = Prepared(
    update(t.Counter)
    .values(next_number=col(t.Counter.next_number) + 1)
    .where(col(t.Counter.id) == 1)
    .returning(col(t.Counter.next_number))
)


def test_every_type_of_column_comes_back_as_it_went_in(store: Store) -> None:
    with store.begin() as session:
        case_id = insert_row(session, t.Case, **CASE, verified=True, last_references=["<æ@x>", "<b@x>"])
        subject, opened_at, closed_at, verified, undelivered, references, assignee, version = READ.rows(
            session, case_id=case_id
        )[0]
    assert subject == CASE["subject"]
    assert (opened_at, opened_at.utcoffset()) == (NOON, dt.timedelta(0))
    assert (closed_at, assignee) == (None, None)
    assert (verified, undelivered) == (True, False)
    assert (references, version) == (["<æ@x>", "<b@x>"], 1)


def test_octets_come_back_byte_for_byte(store: Store) -> None:
    every_byte = bytes(range(256))
    read = Prepared(select(t.Octets.content).where(t.Octets.id == bindparam("octets_id")))
    with store.begin() as session:
        octets_id = insert_row(session, t.Octets, sha256="x", codec="raw", content=every_byte)
        assert bytes(read.rows(session, octets_id=octets_id)[0][0]) == every_byte


def test_the_session_reads_what_a_statement_wrote_and_the_other_way_round(store: Store) -> None:
    with store.begin() as session:
        case_id = insert_row(session, t.Case, **CASE)
        row = session.get_one(t.Case, case_id)
        assert (row.opened_at, row.last_references, row.verified) == (NOON, [], False)
        row.assignee = "kari"
        assert READ.rows(session, case_id=case_id)[0][6] == "kari"


def test_a_statement_tells_how_many_rows_it_touched(store: Store) -> None:
    with store.begin() as session:
        case_id = insert_row(session, t.Case, **CASE)
        assert CLOSE.run(session, case_id=case_id, now=IN_OSLO) == 1
        assert CLOSE.run(session, case_id=case_id, now=IN_OSLO) == 0
        row = READ.one(session, case_id=case_id)
        assert row is not None
        assert (row[2], row[7]) == (NOON, 2)


def test_an_update_returns_its_columns(store: Store) -> None:
    with store.begin() as session:
        assert [COUNT_UP.rows(session), COUNT_UP.one(session)] == [[(1001,)], (1002,)]


def test_one_is_none_where_there_is_no_row(store: Store) -> None:
    with store.reading() as session:
        assert READ.one(session, case_id=1) is None


def test_a_list_may_have_any_length(store: Store) -> None:
    with store.begin() as session:
        ids = [insert_row(session, t.Case, **{**CASE, "number": n, "subject": f"«{n}»"}) for n in range(1, 5)]
        assert NUMBERS.rows(session, subjects=["«2»", "«4»", "none"]) == [(2,), (4,)]
        assert NUMBERS.rows(session, subjects=[]) == []
        assert sorted(BY_ID.rows(session, ids=ids[:3] * 1000)) == [(1,), (2,), (3,)]


def test_many_rows_are_inserted_by_one_statement(store: Store) -> None:
    with store.begin() as session:
        case_id = insert_row(session, t.Case, **CASE)
        insert_rows(session, t.Tag, [{"case_id": case_id, "tag": tag} for tag in ("b", "a")])
        insert_rows(session, t.Tag, [])
        assert session.exec(select(t.Tag.tag).order_by(col(t.Tag.tag))).all() == ["a", "b"]


def test_a_parameter_that_is_missing_is_no_null(store: Store) -> None:
    with store.begin() as session, pytest.raises(KeyError, match="case_id"):
        READ.rows(session)


def test_the_same_unique_key_twice_means_somebody_was_faster_and_writes_nothing(store: Store) -> None:
    def open_twice() -> None:
        with store.begin() as session:
            insert_row(session, t.Case, **CASE)
            insert_row(session, t.Case, **CASE)

    with pytest.raises(StoreBusy):
        open_twice()
    with store.reading() as session:
        assert session.exec(select(t.Case.id)).all() == []


def test_the_same_unique_key_twice_in_many_rows_means_the_same(store: Store) -> None:
    with pytest.raises(StoreBusy), store.begin() as session:
        insert_rows(session, t.Key, [{"kid": "k1", "fingerprint": "f", "first_used_at": NOON}] * 2)


def test_a_fault_of_ours_is_the_librarys_error_and_shows_no_values(store: Store) -> None:
    with pytest.raises(IntegrityError) as caught, store.begin() as session:
        SPOIL.run(session, case_id=insert_row(session, t.Case, **CASE), status="lost")
    assert caught.value.params is None


def test_what_a_statement_writes_is_seen_by_others_only_after_the_commit(store: Store, another: OpenStore) -> None:
    other = another()
    with store.begin() as session:
        insert_row(session, t.Case, **CASE)
        with other.reading() as reader:
            assert NUMBERS.rows(reader, subjects=[CASE["subject"]]) == []
    with other.reading() as reader:
        assert NUMBERS.rows(reader, subjects=[CASE["subject"]]) == [(7,)]

"""Every row of the database as values for JSON, out and in again: the same ids, the same numbers, the same octets."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.sql.sqltypes import Boolean
from sqlmodel import Session, SQLModel, col, func, select, update
from sqlmodel.sql.sqltypes import UTCDateTime

from inboxd.errors import Conflict
from inboxd.store import desk_tables  # noqa: F401 - its tables are the database's, too
from inboxd.store import tables as t
from inboxd.store.locks import is_postgresql
from inboxd.store.octets import packed, unpacked

AT_ONCE = 500
"""Rows of one INSERT."""

CONTENT = "content"
"""The column of `octets` that goes into files of its own."""

POINTS_AHEAD = {"cases": "merged_into"}
"""Columns that may name a row of their own table which comes later."""

Row = dict[str, Any]


def tables() -> tuple[str, ...]:
    """Return the names of all tables, each after those whose rows it names."""
    return tuple(table.name for table in SQLModel.metadata.sorted_tables)


def rows_of(session: Session, name: str) -> Iterator[Row]:
    """Yield a table's rows in the order of their keys; of `octets` all but the octets themselves."""
    table = _table(name)
    columns = [column for column in table.columns if column.name != CONTENT]
    found = session.connection().execute(select(*columns).order_by(*table.primary_key.columns))
    for row in found.yield_per(AT_ONCE).mappings():
        yield {key: value.isoformat() if isinstance(value, dt.datetime) else value for key, value in row.items()}


def octets_kept(session: Session) -> Iterator[tuple[str, bytes]]:
    """Yield the octets of every mail, in and out, with their SHA-256."""
    ids = session.exec(select(t.Octets.id).order_by(col(t.Octets.id))).all()
    for octets_id in ids:
        query = select(t.Octets.sha256, t.Octets.codec, t.Octets.content).where(t.Octets.id == octets_id)
        sha256, codec, content = session.exec(query).one()
        yield sha256, unpacked(codec, content)


def begin_anew(session: Session) -> None:
    """Make the tables ready for another database's rows. Raises Conflict where this one has any work in it."""
    for model in (t.Case, t.Incoming, t.Letter):
        if session.exec(select(func.count()).select_from(model)).one():
            raise Conflict("The database has mail or cases in it.", hint="An export goes into an empty database.")
    for name in reversed(tables()):
        session.connection().execute(_table(name).delete())


def put_rows(session: Session, name: str, rows: Iterable[Row]) -> int:
    """Write rows of a table as `rows_of` gave them, those of `octets` with the mail as `content`; return how many."""
    table, ahead = _table(name), POINTS_AHEAD.get(name)
    at_once = 1 if name == t.Octets.__tablename__ else AT_ONCE
    number, later, batch = 0, [], []
    for row in rows:
        if ahead and row[ahead] is not None:
            later.append((row["id"], row[ahead]))
        batch.append(_values(table, row, without=ahead))
        number += 1
        if len(batch) == at_once:
            session.connection().execute(table.insert(), batch)
            batch = []
    if batch:
        session.connection().execute(table.insert(), batch)
    for row_id, value in later:
        session.connection().execute(update(table).where(table.c.id == row_id).values({ahead: value}))
    _count_on(session, table)
    return number


def _values(table: Table, row: Row, *, without: str | None) -> Row:
    if CONTENT in row:
        codec, content = packed(row[CONTENT])
        return row | {"codec": codec, CONTENT: content}
    return {key: None if key == without else _read(table, key, value) for key, value in row.items()}


def _read(table: Table, key: str, value: Any) -> Any:
    column = table.columns[key]
    if isinstance(column.type, Boolean) and value is not None:
        return bool(value)
    is_time = isinstance(value, str) and isinstance(column.type, UTCDateTime)
    return dt.datetime.fromisoformat(value) if is_time else value


def _count_on(session: Session, table: Table) -> None:
    """Let PostgreSQL's next id follow the highest one; SQLite does so by itself."""
    numbered = table.autoincrement_column
    if numbered is None or not is_postgresql(session):
        return
    sequence = f"pg_get_serial_sequence('{table.name}', '{numbered.name}')"
    highest = session.connection().execute(select(func.max(numbered))).scalar()
    if highest is not None:
        session.connection().execute(text(f"SELECT setval({sequence}, {int(highest)})"))


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]

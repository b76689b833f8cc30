"""Statements built and compiled once, run on the driver's own cursor: for what every mail asks and writes.

Executing through the library costs several times what the database needs for a small statement. Everything else is the
session's: its connection and transaction, its pending changes (written first), the columns' types, and our errors.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ARRAY, JSON, BindParameter, ColumnElement, Dialect, any_, bindparam, func, literal_column, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import String, TypeEngine
from sqlmodel import AutoString, Session

Row: TypeAlias = tuple[Any, ...]
Processor: TypeAlias = Callable[[Any], Any]

CURSOR = "prepared cursor"
"""Where a session keeps the cursor of its transaction, and the dialect."""


class Prepared:
    """One statement. Parameters go by the names of its bindparams; rows come back as plain tuples.

    Rows that it changes must not be held as objects by the session: they would not know.
    """

    def __init__(
        self, statement: Any, *, columns: Sequence[str] = (), number: ColumnElement[int] | None = None
    ) -> None:
        """Keep a statement. An INSERT without values names its `columns`, and the one that the database numbers."""
        self._statement = statement
        self._columns = columns
        self._number = number
        self._plans: dict[str, _Plan] = {}

    def rows(self, session: Session, **params: object) -> list[Row]:
        """Return all rows."""
        cursor, plan = self._execute(session, params)
        found: list[Row] = cursor.fetchall()
        return [plan.read(row) for row in found] if plan.readers else found

    def one(self, session: Session, **params: object) -> Row | None:
        """Return the first row, None where there is none."""
        found = self.rows(session, **params)
        return found[0] if found else None

    def run(self, session: Session, **params: object) -> int:
        """Run a statement that returns nothing; return the number of rows it touched."""
        return int(self._execute(session, params)[0].rowcount)

    def insert(self, session: Session, params: Mapping[str, object]) -> int:
        """Run an INSERT of one row; return the number that the database gave it, 0 where it gives none."""
        cursor, plan = self._execute(session, params)
        if not plan.returning:
            return int(cursor.lastrowid or 0)
        return int(cursor.fetchone()[0])

    def run_many(self, session: Session, rows: Iterable[Mapping[str, object]]) -> None:
        """Run the statement once for every set of parameters."""
        cursor, dialect = _cursor(session)
        plan = self._plan(dialect)
        try:
            cursor.executemany(plan.text, [plan.bound(row) for row in rows])
        except dialect.loaded_dbapi.Error as exc:
            raise _library(exc, plan, dialect) from exc

    def _execute(self, session: Session, params: Mapping[str, object]) -> tuple[Any, "_Plan"]:
        cursor, dialect = _cursor(session)
        plan = self._plan(dialect)
        bound = plan.bound(params)
        try:
            cursor.execute(plan.text, bound)
        except dialect.loaded_dbapi.Error as exc:
            raise _library(exc, plan, dialect) from exc
        return cursor, plan

    def _plan(self, dialect: Dialect) -> "_Plan":
        plan = self._plans.get(dialect.name)
        if plan is None:
            statement = self._statement
            returned: tuple[ColumnElement[Any], ...] = ()
            if not self._columns:
                returned = tuple(getattr(statement, "exported_columns", ()))
            elif self._number is not None and dialect.name != "sqlite":  # SQLite's driver tells it by itself
                statement, returned = statement.returning(self._number), (self._number,)
            plan = self._plans[dialect.name] = _Plan(statement, dialect, self._columns, returned)
        return plan


class _Plan:
    """A statement as one database takes it: its text, and what becomes of every value on the way in and out."""

    def __init__(
        self, statement: Any, dialect: Dialect, columns: Sequence[str], returned: Sequence[ColumnElement[Any]]
    ) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns) or None)
        binds: dict[str, BindParameter[Any]] = compiled.binds
        self.text: str = compiled.string
        self._positional: bool = compiled.positional
        self._constants = {name: bind.effective_value for name, bind in binds.items() if not bind.required}
        self._names: tuple[str, ...] = tuple(compiled.positiontup or binds)
        self._binders = tuple((name, _binder(binds[name].type, dialect)) for name in self._names)
        readers = tuple(_reader(column.type, dialect) for column in returned)
        self.returning = bool(returned)
        self.readers = readers if any(readers) else ()

    def bound(self, params: Mapping[str, object]) -> list[Any] | dict[str, Any]:
        """Return the parameters as the driver takes them. Raises KeyError where one is missing."""
        given = {**self._constants, **params} if self._constants else params
        values = [
            value if binder is None or value is None else binder(value)
            for value, binder in [(given[name], binder) for name, binder in self._binders]
        ]
        return values if self._positional else dict(zip(self._names, values, strict=True))

    def read(self, row: Row) -> Row:
        """Return a row with the values that the columns' types make of it."""
        return tuple(
            value if reader is None or value is None else reader(value)
            for value, reader in zip(row, self.readers, strict=True)
        )


class _Many(ColumnElement[bool]):
    """`column IN (…)` with any number of values as one parameter, so that the statement's text stays the same."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.name = name


def among(column: Any, name: str) -> ColumnElement[bool]:
    """Return the condition that a column holds one of the parameter's values: a list of texts or numbers."""
    return _Many(column, name)


def words(texts: Iterable[str]) -> list[ColumnElement[str]]:
    """Return fixed words for an `in_`, as part of the statement's text: a list of parameters would be expanded late."""
    return [literal_column(f"'{text}'") for text in texts]


@compiles(_Many, "sqlite")
def _many_sqlite(element: _Many, compiler: SQLCompiler, **kwargs: Any) -> str:
    values: BindParameter[Any] = bindparam(element.name, type_=JSON)
    each = func.json_each(values).table_valued("value")
    return compiler.process(element.column.in_(select(each.c.value)), **kwargs)


@compiles(_Many, "postgresql")
def _many_postgresql(element: _Many, compiler: SQLCompiler, **kwargs: Any) -> str:
    kind = String() if isinstance(element.column.type, AutoString) else element.column.type
    values: BindParameter[Any] = bindparam(element.name, type_=ARRAY(kind))
    return compiler.process(element.column == any_(values), **kwargs)


def _cursor(session: Session) -> tuple[Any, Dialect]:
    session.flush()  # as the session itself does before it asks anything
    kept: tuple[Any, Dialect] | None = session.info.get(CURSOR)
    if kept is None:
        connection = session.connection()
        kept = connection.connection.cursor(), connection.dialect
        session.info[CURSOR] = kept
    return kept


def _binder(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    # texts go as they are; a decorator's processor that does nothing would still be called for each
    return None if isinstance(kind, AutoString) else kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return None if isinstance(kind, AutoString) else kind.dialect_impl(dialect).result_processor(dialect, None)


def _library(exc: Exception, plan: _Plan, dialect: Dialect) -> BaseException:
    """Return the driver's error as the library raises it, for `engine.translated`; no parameters: mail is private."""
    return DBAPIError.instance(plan.text, None, exc, dialect.loaded_dbapi.Error, dialect=dialect)

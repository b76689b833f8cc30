"""Opening the database, and its transactions: `begin()` writes, `reading()` only looks.

SQLite: WAL, synchronous=FULL, foreign keys, `BEGIN IMMEDIATE`; all asserted on every connection. A deferred transaction
that turns into a writer would fail at once, whatever the busy timeout says, so there is none.
PostgreSQL: READ COMMITTED with advisory locks on what a decision is about (`locks`): each statement after the locks
sees what the last holder committed, so that waiting replaces failing.
"""

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from inboxd.config.ownership import give_to_folders_owner
from inboxd.errors import ConfigError, DiskFull, InboxdError, StoreBusy, StoreDamaged, StoreLost
from inboxd.store.failures import translate, without_words
from inboxd.store.revision import APPLICATION_ID, HEAD, foreign, revision_of
from inboxd.store.space import RESERVE_OCTETS, free_octets, identity

__all__ = ["Session", "Store", "open_store", "read_url", "translated"]

BUSY_TIMEOUT_MS = 30_000

PRAGMAS = (("journal_mode", "WAL", "wal"), ("synchronous", "FULL", 2), ("foreign_keys", "ON", 1))
"""Name, value to set, value that must then be read."""

PG_OPTIONS = "-c timezone=UTC -c lock_timeout=30s -c synchronous_commit=on -c idle_in_transaction_session_timeout=15s"
"""A daemon that is paused, or whose host is gone, in the middle of a transaction loses its locks before its leases."""

PG_KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}
"""A server that is gone without a word is noticed within half a minute (seconds; the last in milliseconds)."""

NO_ROOM = "The database's disk is nearly full: no mail is fetched, it waits on its server."
"""What is noted on a mailbox while its mail is not fetched; how much is left is asked when it is shown."""

Dialect = Literal["sqlite", "postgresql"]


class Store:
    """An open database. Sessions are for one thread and one transaction; the store may be shared by threads.

    Once it is `lost` (the file was damaged, replaced or deleted, or an fsync failed) nothing is read or written any
    more: every transaction raises the same error, and `on_lost` was called once with it, by whoever met it first.
    `reserve` is the room in octets that the database's disk must have left for mail to be taken in.
    """

    def __init__(self, url: URL, *, read_only: bool, reserve: int = RESERVE_OCTETS) -> None:
        self.lost: InboxdError | None = None
        self.on_lost: Callable[[InboxdError], object] = lambda _: None
        self.reserve = reserve
        self.url = url
        self.dialect: Dialect = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql"
        self.read_only = read_only
        self._writing = threading.Lock()
        # hide_parameters: what a traceback shows of a statement holds no words of a mail
        if self.dialect == "sqlite":
            self._writer = _sqlite_engine(url, read_only=read_only)
            self._reader = self._writer if read_only else _sqlite_engine(url, read_only=True)
        else:
            self._writer = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=_pg_connect())
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._opened = None if self.path is None else identity(self.path)
        # at the latest when the process ends: the last one who closes an SQLite database puts its -wal file away
        weakref.finalize(self, _dispose, self._reader, self._writer)

    @property
    def path(self) -> Path | None:
        """The database file, None on PostgreSQL."""
        return Path(self.url.database or "") if self.dialect == "sqlite" else None

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Run a write transaction: committed when the block ends well, else rolled back.

        Raises StoreBusy where somebody else was faster: do the whole block again.
        """
        if self.read_only:
            raise ConfigError("The database was opened for reading only.")
        with (
            self._turn(),
            self._in_use(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            # begin now, not at the first statement: what the block looks at must be true until it ends
            session.connection()
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let this process's threads write in turn on SQLite, which itself only sleeps and tries again."""
        if self.dialect != "sqlite":
            yield
            return
        if not self._writing.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise StoreBusy("Another thread is writing to the database.")
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        """Let nobody use a database that is lost, and note where it gets lost."""
        if self.lost is None and self.path is not None and identity(self.path) != self._opened:
            self.give_up(_replaced(self.path))
        if self.lost is not None:
            raise type(self.lost)(self.lost.message, hint=self.lost.hint)
        try:
            with translated():
                yield
        except (StoreLost, StoreDamaged) as exc:
            self.give_up(exc)
            raise

    def give_up(self, why: InboxdError) -> None:
        """Let nothing be read or written any more, because of `why`."""
        if self.lost is None:
            self.lost = why
            self.on_lost(why)

    def short_of_room(self) -> int | None:
        """Return the octets left on the database's disk where they are fewer than the reserve, else None.

        PostgreSQL looks after its disk by itself.
        """
        if self.path is None:
            return None
        try:
            free = free_octets(self.path)
        except OSError:  # the file is gone: the next transaction tells
            return None
        return free if free < self.reserve else None

    def need_room(self) -> None:
        """Raise DiskFull where the database's disk has less room left than the reserve."""
        if self.short_of_room() is not None:
            raise DiskFull(NO_ROOM, hint="Free some space; it goes on by itself.")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Run a read-only transaction on one consistent snapshot; it never waits for a writer."""
        with self._in_use(), Session(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections."""
        _dispose(self._reader, self._writer)

    @property
    def engine(self) -> Engine:
        """The writing engine, for this room's `schema` only."""
        return self._writer


def _dispose(*engines: Engine) -> None:
    for engine in engines:
        engine.dispose()


def forget(session: Session) -> None:
    """Write what is pending and let go of the rows, so that the next piece of work reads its facts anew."""
    session.flush()
    session.expunge_all()


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database library's errors into ours."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as exc:
        ours = translate(exc)
        if ours is None:
            without_words(exc)
            raise
        raise ours from exc


def _replaced(path: Path) -> StoreLost:
    what = "was replaced by another file" if path.exists() else "is not there any more"
    return StoreLost(
        f"The database file {path} {what}.", hint="Stop the daemon before the file is touched; a new start opens it."
    )


def open_store(
    url: str, *, read_only: bool = False, upgrade: bool = True, any_revision: bool = False,
    reserve: int = RESERVE_OCTETS,
) -> Store:  # fmt: skip
    """Open the database at a URL, creating an SQLite file where there is none, and bring its schema up to date.

    `read_only` creates and upgrades nothing; without `upgrade` only an empty database gets its tables.
    `any_revision` accepts whatever schema there is, to look at it.
    Raises ConfigError (path, permissions, old schema), StoreTooNew, Temporary.
    """
    parsed = read_url(url)
    if parsed.get_backend_name() == "sqlite":
        _prepare_file(Path(parsed.database or ""), read_only=read_only)
    store = Store(parsed, read_only=read_only, reserve=reserve)
    try:
        if not any_revision:
            _make_current(store, upgrade=upgrade)
    except BaseException:
        store.close()
        raise
    return store


def _make_current(store: Store, *, upgrade: bool) -> None:
    with store.reading() as session:
        found = revision_of(session.connection())
    if found == HEAD:
        return
    if store.read_only or (found is not None and not upgrade):
        raise ConfigError("The database's schema is not the present one.", hint="Run: inboxd db upgrade")
    # Alembic is only loaded where there is something to upgrade
    from inboxd.store.schema import run_migrations

    run_migrations(store)


def read_url(url: str) -> URL:
    """Read a database URL; plain `postgresql://` means psycopg 3."""
    try:
        parsed = make_url(url)
    except ArgumentError as exc:
        raise ConfigError(
            "[database] url is no database URL.", hint="sqlite:///inboxd.db or postgresql+psycopg://…"
        ) from exc
    backend = parsed.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise ConfigError(
            f"[database] url: {backend} is not supported.", hint="sqlite:///inboxd.db or postgresql+psycopg://…"
        )
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise ConfigError("[database] url names no file.", hint="sqlite:///inboxd.db")
    return parsed.set(drivername="postgresql+psycopg") if backend == "postgresql" else parsed


def _prepare_file(path: Path, *, read_only: bool) -> None:
    if not path.parent.is_dir():
        raise ConfigError(f"The database's folder {path.parent} does not exist.", hint=f"mkdir -p {path.parent}")
    if path.is_dir():
        raise ConfigError(f"{path} is a folder, not a database file.", hint="Look at [database] url.")
    if path.exists():
        if not os.access(path, os.R_OK if read_only else os.R_OK | os.W_OK):
            raise ConfigError(f"{path} may not be opened.", hint="Run inboxd as the user who owns the database.")
        return
    if read_only:
        raise ConfigError(f"There is no database at {path} yet.", hint="inboxd db upgrade, or inboxd run, makes it.")
    try:
        # mail is private: nobody but owner and group, whatever the umask says; -wal and -shm take the same mode
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o660))
        give_to_folders_owner(path)
    except OSError as exc:
        raise ConfigError(f"{path} cannot be created: {exc.strerror}.", hint="Is the folder writable?") from exc


def _pg_connect() -> dict[str, Any]:
    return {"connect_timeout": 10, "options": PG_OPTIONS, "application_name": "inboxd", **PG_KEEPALIVE}


def _refuse_foreign(connection: sqlite3.Connection) -> None:
    """Leave another program's database as it is: to make it a WAL one would already change it."""
    if connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID:
        return
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise foreign()


def _set_pragma(connection: sqlite3.Connection, what: str) -> None:
    """Set a pragma; SQLite does not wait as busy_timeout says where two make a new file a WAL one, so this does."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute(f"PRAGMA {what}")
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)  # noqa: TID251 - as the busy_timeout itself does, and for as long at most
        else:
            return


def _sqlite_engine(url: URL, *, read_only: bool) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    def on_connect(connection: Any, _record: object) -> None:
        # the driver must not begin or commit by itself: `on_begin` does
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        _refuse_foreign(connection)
        for name, value, expected in PRAGMAS:
            _set_pragma(connection, f"{name} = {value}")
            if connection.execute(f"PRAGMA {name}").fetchone()[0] != expected:
                raise ConfigError(
                    f"SQLite does not take {name} = {value} here.", hint="The database must lie on a local disk."
                )
        if read_only:
            connection.execute("PRAGMA query_only = ON")

    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine

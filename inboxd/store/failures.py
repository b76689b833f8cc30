"""The library's exceptions turned into ours, by class and code, never by text."""

import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from inboxd.errors import ConfigError, InboxdError, StoreBusy, StoreDamaged, StoreLost, Temporary

if TYPE_CHECKING:
    import psycopg

BUSY_SQLITE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
UNIQUE_SQLITE = frozenset({sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY})
"""Somebody else holds the lock, or wrote the same unique key first."""

BUSY_POSTGRESQL = frozenset({"40001", "40P01", "55P03", "23505"})
"""serialization_failure, deadlock_detected, lock_not_available, unique_violation."""

AWAY_POSTGRESQL = ("08", "53", "57", "58", "25P03")
"""Classes: connection exception, insufficient resources, operator intervention, system error; and the one state
idle_in_transaction_session_timeout: this process slept in the middle of a transaction, and it was ended for it."""

UNDER_WAY_POSTGRESQL = "25"
"""Class: invalid transaction state. 25006 read_only_sql_transaction is a standby, as after a failover."""

REFUSED_POSTGRESQL = "42"
"""Class: access rule violation, or tables that are not what this version made (or, at worst, a fault of ours)."""

NO_RIGHTS_POSTGRESQL = "42501"

NO_ROOM_SQLITE = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_NOMEM}
)
"""What was to be written is known not to be there, and the transaction was rolled back: it may be tried again."""

RESTORE = "Stop the daemon, put the last backup (`inboxd db backup`) in its place, and start again."

BROKEN_SQLITE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
PATH_SQLITE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH})


def translate(exc: DBAPIError | PoolTimeout) -> InboxdError | None:
    """Return our error for a library's, or None where it can only be a fault of ours."""
    if isinstance(exc, PoolTimeout):
        return StoreBusy("All connections to the database are in use.")
    if isinstance(exc.orig, sqlite3.Error):
        return of_sqlite(exc.orig)
    import psycopg  # it takes long to load, and on SQLite nothing else needs it

    if isinstance(exc.orig, psycopg.Error):
        return _postgresql(exc.orig)
    return None


def without_words(exc: DBAPIError | PoolTimeout) -> None:
    """Take from an error of PostgreSQL its detail, which shows the row: a traceback must hold no words of a mail."""
    if not isinstance(exc, DBAPIError) or isinstance(exc.orig, sqlite3.Error):
        return
    import psycopg

    if isinstance(exc.orig, psycopg.Error):
        said = exc.orig.diag.message_primary or "no answer"
        exc.orig.args = (said,)
        exc.args = (f"({type(exc.orig).__name__}) {said}",)


def of_sqlite(exc: sqlite3.Error) -> InboxdError | None:
    """Return our error for one of SQLite's, or None where it can only be a fault of ours."""
    extended: int = getattr(exc, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if code in BUSY_SQLITE or extended in UNIQUE_SQLITE:
        return StoreBusy("Somebody else is writing to the database.")
    if code == sqlite3.SQLITE_PROTOCOL:
        return StoreBusy("SQLite did not come by a lock of the database in all its tries.")
    if code == sqlite3.SQLITE_NOMEM:
        return Temporary("SQLite was given no memory.", hint="What else uses up the memory of this machine?")
    if extended in NO_ROOM_SQLITE:
        return Temporary("The database's disk is full, or a limit is reached.", hint="Free some space.")
    if code == sqlite3.SQLITE_IOERR:
        # after a failed fsync nobody knows what is on the disk, and the system may report it once only
        return StoreLost(
            f"The disk failed under the database ({exc.sqlite_errorname}).",
            hint="Look at the disk's health; a new start opens the database anew.",
        )
    if code in BROKEN_SQLITE:
        return StoreDamaged("The database file is damaged or no database.", hint=RESTORE)
    if code in PATH_SQLITE:
        return ConfigError(
            "The database file cannot be opened for writing.",
            hint="The user who runs inboxd must own the file and its folder, and the folder must exist.",
        )
    return None


def _postgresql(exc: "psycopg.Error") -> InboxdError | None:
    import psycopg

    state = exc.sqlstate
    if state in BUSY_POSTGRESQL:
        return StoreBusy("Somebody else is writing to the same rows.")
    # a refused login or a database that is not there comes without a code, like a server that is away
    lost = state is None and isinstance(exc, psycopg.OperationalError | psycopg.InterfaceError)
    if lost or (state is not None and state.startswith(AWAY_POSTGRESQL)):
        return Temporary(
            "PostgreSQL cannot be reached.",
            hint="Is it running? Are host, port, user, password and database name in [database] url right?",
        )
    return _postgresql_refuses(state) if state is not None else None


def _postgresql_refuses(state: str) -> InboxdError | None:
    """Return what to say of a server that is there and will not do it."""
    if state == "25006":
        return Temporary(
            "PostgreSQL takes nothing in: it is a standby, or was made read-only.",
            hint="[database] url must lead to the primary server.",
        )
    if state.startswith(UNDER_WAY_POSTGRESQL):
        return Temporary(f"PostgreSQL broke off a transaction (SQLSTATE {state}).")
    if state == NO_RIGHTS_POSTGRESQL:
        return ConfigError(
            "PostgreSQL does not allow inboxd's user to do this.",
            hint="The user in [database] url must own the tables, or be granted all rights to them.",
        )
    if state.startswith(REFUSED_POSTGRESQL):
        return ConfigError(
            f"PostgreSQL refused a statement of inboxd's (SQLSTATE {state}).",
            hint="Are the tables those of this version? `inboxd db check` tells.",
        )
    return None

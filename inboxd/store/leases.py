"""Leases by the database's own clock: what two hosts' clocks say of each other never matters.

On SQLite there is one daemon and its lock ends with it, so nothing there has an end.
"""

import datetime as dt

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func

from inboxd.store.locks import is_postgresql

LEASE = dt.timedelta(seconds=30)
"""How long a folder, a mail or a letter in hand is left alone before another daemon takes it for abandoned."""

RENEWAL_WAITS = "2s"
"""How long a renewal waits for a row that is being written: others wait for their renewal behind it."""


def until(session: Session, duration: dt.timedelta) -> ColumnElement[dt.datetime] | None:
    """Return the end of a lease that begins now, to be written into a row; None on SQLite."""
    return func.clock_timestamp() + duration if is_postgresql(session) else None


def is_over(lease_until: dt.datetime | None) -> ColumnElement[bool]:
    """Return the condition, for PostgreSQL, that a lease has ended; name the column as the table's attribute."""
    return col(lease_until) <= func.clock_timestamp()


def wait_briefly(session: Session) -> None:
    """Let a renewal give up soon where its row is locked; the transaction that locks it keeps everybody else off, too.

    The transaction then raises StoreBusy.
    """
    if is_postgresql(session):
        session.connection().exec_driver_sql(f"SET LOCAL lock_timeout = '{RENEWAL_WAITS}'")

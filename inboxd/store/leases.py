"""Leases by the database's own clock: what two hosts' clocks say of each other never matters.

On SQLite there is one daemon and its lock ends with it, so nothing there has an end.
"""

import datetime as dt

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func

from inboxd.store.locks import is_postgresql


def until(session: Session, duration: dt.timedelta) -> ColumnElement[dt.datetime] | None:
    """Return the end of a lease that begins now, to be written into a row; None on SQLite."""
    return func.clock_timestamp() + duration if is_postgresql(session) else None


def is_over(lease_until: dt.datetime | None) -> ColumnElement[bool]:
    """Return the condition, for PostgreSQL, that a lease has ended; name the column as the table's attribute."""
    return col(lease_until) <= func.clock_timestamp()

"""What a person was told of the desk's own troubles, so that each is told once, and once more when it is over.

An alert is open from when its problem is first seen until its end is told; there is one open at most of a code and
subject.
"""

import datetime as dt
from collections.abc import Iterable

from sqlmodel import Session, col, delete, select, update

from inboxd.store import tables as t
from inboxd.store.locks import lock
from inboxd.store.rows import AlertRow


def open_alerts(session: Session) -> tuple[AlertRow, ...]:
    """Return the open alerts, oldest first; inside `begin()` nobody else opens, tells or closes one meanwhile."""
    lock(session, ("alerts",))
    rows = session.exec(select(t.Alert).where(col(t.Alert.closed_at).is_(None)).order_by(col(t.Alert.id)))
    return tuple(
        AlertRow(
            id=row.id,
            code=row.code,
            subject=row.subject,
            what=row.what,
            since=row.since,
            told_at=row.told_at,
            ended_at=row.ended_at,
        )
        for row in rows
    )


def none_ahead(session: Session, now: dt.datetime) -> None:
    """After the clock went back, count what was to come by the old one from now on."""
    still_open = col(t.Alert.closed_at).is_(None)
    session.exec(update(t.Alert).where(still_open, col(t.Alert.since) > now).values(since=now))
    session.exec(update(t.Alert).where(still_open, col(t.Alert.ended_at) > now).values(ended_at=now))


def open_alert(session: Session, *, code: str, subject: str, what: str, since: dt.datetime) -> None:
    """Note a problem that is seen for the first time."""
    session.add(t.Alert(code=code, subject=subject, what=what, since=since))


def told(session: Session, alert_ids: Iterable[int], now: dt.datetime) -> None:
    """Note that a person is told of these problems."""
    _set(session, alert_ids, told_at=now)


def ended(session: Session, alert_ids: Iterable[int], when: dt.datetime | None) -> None:
    """Note since when these problems are gone; None: they are back before anybody was told."""
    _set(session, alert_ids, ended_at=when)


def closed(session: Session, alert_ids: Iterable[int], now: dt.datetime) -> None:
    """Note that a person is told of the end of these problems."""
    _set(session, alert_ids, closed_at=now)


def forget(session: Session, alert_ids: Iterable[int]) -> None:
    """Drop problems that went by themselves before anybody was told."""
    session.exec(delete(t.Alert).where(col(t.Alert.id).in_(list(alert_ids))))


def _set(session: Session, alert_ids: Iterable[int], **values: dt.datetime | None) -> None:
    session.exec(update(t.Alert).where(col(t.Alert.id).in_(list(alert_ids))).values(**values))

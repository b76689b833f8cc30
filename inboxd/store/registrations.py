"""Who was registered for which category and customer, and when: rows are opened and closed, none is ever taken out."""

import datetime as dt
from collections.abc import Collection

from sqlmodel import Session, col, func, or_, select, update

from inboxd.store import desk_tables as d
from inboxd.store import tables as t
from inboxd.store.insert import insert_rows
from inboxd.store.rows import RegistrationRow

Registered = tuple[str, str, str | None]
"""(agent, category, customer)"""


def keep_registrations(session: Session, wanted: Collection[Registered], now: dt.datetime) -> None:
    """Close the registrations that are no more, open those that are new; the others go on."""
    lasting = session.exec(select(d.Registration).where(col(d.Registration.until).is_(None))).all()
    known = {(row.agent, row.category, row.customer): row.id for row in lasting}
    gone = [row_id for key, row_id in known.items() if key not in wanted]
    session.exec(update(d.Registration).where(col(d.Registration.id).in_(gone)).values(until=now))
    new = sorted(set(wanted) - set(known), key=lambda key: (key[0], key[1], key[2] or ""))
    rows: list[dict[str, object]] = [
        {"agent": agent, "category": category, "customer": whose, "since": now} for agent, category, whose in new
    ]
    insert_rows(session, d.Registration, rows)


def registered_between(session: Session, first: dt.datetime, last: dt.datetime) -> tuple[RegistrationRow, ...]:
    """Return the registrations that lasted at any moment from `first` to before `last`, by agent, category, time."""
    table = d.Registration
    query = select(table).where(col(table.since) < last, or_(col(table.until).is_(None), col(table.until) > first))
    order = (col(table.agent), col(table.category), col(table.since), col(table.id))
    return tuple(
        RegistrationRow(agent=row.agent, category=row.category, customer=row.customer, since=row.since, until=row.until)
        for row in session.exec(query.order_by(*order))
    )


def first_registered(session: Session) -> dict[str, dt.datetime]:
    """Return since when each agent was ever registered for anything."""
    query = select(d.Registration.agent, func.min(d.Registration.since)).group_by(col(d.Registration.agent))
    return {agent: since for agent, since in session.exec(query) if since is not None}


def last_words(session: Session) -> dict[str, dt.datetime]:
    """Return when each actor last did or wrote something on any case."""
    query = select(t.Entry.actor, func.max(t.Entry.at)).group_by(col(t.Entry.actor))
    return {actor: at for actor, at in session.exec(query) if at is not None}

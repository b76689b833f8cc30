"""What reports are made of, read in streams: memory is bounded by what is counted, not by how many cases there are."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from inboxd.desk.case import Status
from inboxd.desk.forwarding import REFERRED
from inboxd.desk.report import Measured, Stand
from inboxd.store import desk_tables as d
from inboxd.store import tables as t

AT_ONCE = 2000
"""Rows that are fetched together."""

Seen: TypeAlias = Sequence[str] | None
"""The categories whose cases whoever asks may know of; None for all there ever were."""

MERGED = Status.MERGED.value
AT_WORK = tuple(status.value for status in Status if not status.at_rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case that is not at rest."""

    prefix: str
    number: int
    status: str
    category: str
    assignee: str | None
    opened_at: dt.datetime
    responded_at: dt.datetime | None
    response_due: dt.datetime | None
    resolution_due: dt.datetime | None
    paused_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCase:
    """A case that was opened, whatever became of it."""

    at: dt.datetime
    channel: str
    type: str | None
    item: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredCase:
    """A measurement, with the priority that the case had then."""

    target: str
    priority: str
    measured: Measured


def open_cases(session: Session, *, seen: Seen = None) -> Iterator[OpenCase]:
    """Yield the cases that are not at rest, oldest first."""
    c = t.Case
    query = columns(
        col(c.prefix), col(c.number), col(c.status), col(c.category), col(c.assignee), col(c.opened_at),
        col(c.responded_at), col(c.response_due), col(c.resolution_due), col(c.paused_at),
    )  # fmt: skip
    query = query.where(col(c.status).in_(AT_WORK), *_seen(c.category, seen)).order_by(col(c.id))
    names = OpenCase.__slots__
    for row in _stream(session, query):
        yield OpenCase(**dict(zip(names, row, strict=True)))


def opened_cases(
    session: Session, since: dt.datetime, until: dt.datetime, *, seen: Seen = None
) -> Iterator[OpenedCase]:
    """Yield the cases that were opened from `since` to before `until`, with the type and item that they had then.

    One that was merged into another by then counts with that one.
    """
    c, s = t.Case, d.Standing
    before = columns(func.max(col(s.id))).where(col(s.case_id) == col(c.id), col(s.at) < until)
    last = col(s.id) == before.correlate(c).scalar_subquery()
    query = columns(col(c.opened_at), col(c.channel), col(s.type), col(s.item)).outerjoin_from(c, s, last)
    query = query.where(col(c.opened_at) >= since, col(c.opened_at) < until, *_seen(c.category, seen))
    query = query.where(col(s.status).is_distinct_from(MERGED))
    for at, channel, type_, item in _stream(session, query):
        yield OpenedCase(at=at, channel=channel, type=type_, item=item)


def referrals(session: Session, since: dt.datetime, until: dt.datetime, *, seen: Seen = None) -> Iterator[str]:
    """Yield the point of every referral of a case from `since` to before `until`, as its journal tells it."""
    ever = select(t.CaseField.case_id).where(t.CaseField.key == REFERRED)
    told = (col(t.Entry.kind) == "event", col(t.Entry.text).startswith(f"{REFERRED}: "))
    query = columns(col(t.Entry.text)).join(t.Case, col(t.Case.id) == col(t.Entry.case_id))
    query = query.where(col(t.Entry.case_id).in_(ever), col(t.Entry.at) >= since, col(t.Entry.at) < until, *told)
    for (text,) in _stream(session, query.where(*_seen(t.Case.category, seen))):
        yield text.rpartition(" → ")[2]


def measured_cases(
    session: Session,
    since: dt.datetime,
    until: dt.datetime,
    *,
    customer: str | None = None,
    seen: Seen = None,
) -> Iterator[MeasuredCase]:
    """Yield what was measured from `since` to before `until`; of a case's target that was reached twice, the last.

    What a case reached that was merged by then does not count: the one that it lives on in does.
    """
    m = d.Measurement
    within = (col(m.at) >= since, col(m.at) < until)
    last = select(func.max(col(m.id))).where(*within).group_by(col(m.case_id), col(m.target))
    s = d.Standing
    stood = select(func.max(col(s.id))).where(col(s.at) < until).group_by(col(s.case_id))
    merged = select(s.case_id).where(col(s.id).in_(stood), s.status == MERGED)
    query = columns(col(m.target), col(m.priority), col(m.within), col(m.office_seconds), col(m.wall_seconds))
    query = query.where(col(m.id).in_(last), col(m.case_id).not_in(merged), *_seen(m.category, seen))
    if customer is not None:
        query = query.where(col(m.customer) == customer)
    for target, priority, in_time, office, wall in _stream(session, query):
        measured = Measured(within=in_time, office_seconds=office, wall_seconds=wall)
        yield MeasuredCase(target=target, priority=priority, measured=measured)


def stands(session: Session, since: dt.datetime, until: dt.datetime) -> Iterator[Stand]:
    """Yield how cases stood, by case and in the order of time, for every case that was at work after `since`.

    A case at rest that nothing was done to since then was at rest all the time.
    """
    s, c = d.Standing, t.Case
    query = (
        columns(col(s.case_id), col(s.at), col(s.status), col(s.category), col(s.assignee))
        .join(c, col(c.id) == col(s.case_id))
        .where(col(s.at) < until, (col(c.updated_at) >= since) | col(c.status).in_(AT_WORK))
        .order_by(col(c.id), col(s.id))
    )
    for case_id, at, status, category, assignee in _stream(session, query):
        yield Stand(case_id=case_id, at=at, status=status, category=category, assignee=assignee)


def _seen(category: str, seen: Seen) -> tuple[ColumnElement[bool], ...]:
    return () if seen is None else (col(category).in_(seen),)


def _stream(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Yield rows as they come, on PostgreSQL by a cursor of the server's."""
    yield from session.execute(query, execution_options={"yield_per": AT_ONCE})

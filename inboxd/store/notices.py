"""Notices of downtime as stored: the notice, what was told later, the cases under it, and whom it is mailed to."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam
from sqlmodel import Session, col, or_, select, update

from inboxd.desk.notices.notice import Notice, NoticeKind, NoticeUpdate, Receiver
from inboxd.store import desk_tables as d
from inboxd.store import tables as t
from inboxd.store.cases import AT_REST, survivors
from inboxd.store.columns import fitting
from inboxd.store.insert import insert_row, insert_rows
from inboxd.store.prepared import Prepared

NOTICE_COLUMNS = (
    "id", "kind", "starts_at", "ends_at", "affects", "text", "still_works", "made_at", "made_by", "closed_at",
    "short_warning",
)  # fmt: skip
"""The columns that stand in desk.notice.Notice under the same name."""

N = d.Notice
IN_FORCE = Prepared(
    select(*(getattr(N, name) for name in NOTICE_COLUMNS))
    .where(col(N.over_at).is_(None), col(N.starts_at) <= bindparam("now"))
    .where(or_(col(N.ends_at).is_(None), col(N.ends_at) > bindparam("now")))
    .order_by(col(N.starts_at), col(N.id))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseUnder:
    """A case under a notice; `settled_at` is when the notice's end was done with."""

    case_id: int
    prefix: str
    number: int
    category: str
    status: str
    settled_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverRow:
    """Somebody whom a notice is mailed to, the state of the first letter, and when he said that he read it."""

    address: str
    customer: str | None
    letter_id: int | None
    state: str | None
    acknowledged_at: dt.datetime | None


def in_force(session: Session, now: dt.datetime) -> tuple[Notice, ...]:
    """Return the notices that are active, the one that began first on top. Every mail asks this."""
    rows = IN_FORCE.rows(session, now=now)
    if not rows:
        return ()
    found = [_notice(dict(zip(NOTICE_COLUMNS, row, strict=True))) for row in rows]
    latest = {one.notice_id: one.text for one in updates(session, [notice.id for notice in found])}
    return tuple(replace(notice, latest=latest.get(notice.id, "")) for notice in found)


def listed(session: Session, since: dt.datetime | None = None) -> tuple[Notice, ...]:
    """Return notices, those that begin last on top; with `since` only what is not over, or ended after it."""
    query = select(N).order_by(col(N.starts_at).desc(), col(N.id).desc())
    if since is not None:
        query = query.where(or_(col(N.over_at).is_(None), col(N.over_at) >= since))
    return tuple(map(of_row, session.exec(query)))


def get(session: Session, notice_id: int) -> Notice | None:
    """Return the notice of that number."""
    row = session.exec(select(N).where(N.id == notice_id), execution_options={"populate_existing": True}).first()
    return None if row is None else of_row(row)


def add(session: Session, notice: Notice, people: Iterable[Receiver]) -> int:
    """Write a new notice, its own number aside, and whom it is to be mailed to; return the number it got."""
    values = {name: getattr(notice, name) for name in NOTICE_COLUMNS if name not in {"id", "affects"}}
    notice_id = insert_row(session, N, affects=list(notice.affects), **values)
    rows: list[dict[str, object]] = [
        {"notice_id": notice_id, "address": one.address, "customer": one.customer} for one in people
    ]
    insert_rows(session, d.NoticeReceiver, rows)
    return notice_id


def change(session: Session, notice: Notice, *, over_at: dt.datetime | None) -> None:
    """Write what became of a notice."""
    changing = ("starts_at", "ends_at", "still_works", "closed_at", "short_warning")
    values = {name: getattr(notice, name) for name in changing}
    session.exec(update(N).where(col(N.id) == notice.id).values(over_at=over_at, **values))


def closed_by(session: Session, notice_id: int, actor: str) -> None:
    """Note who closed a notice."""
    session.exec(update(N).where(col(N.id) == notice_id).values(closed_by=actor))


def add_update(session: Session, told: NoticeUpdate) -> int:
    """Write what is told later; return its number. The number it came with is not looked at."""
    return insert_row(
        session, d.NoticeUpdate, notice_id=told.notice_id, at=told.at, actor=told.actor, text=told.text,
        closing=told.closing, to_cases=told.to_cases,
    )  # fmt: skip


def updates(session: Session, notice_ids: Iterable[int]) -> tuple[NoticeUpdate, ...]:
    """Return what was told later about these notices, oldest first."""
    query = select(d.NoticeUpdate).where(col(d.NoticeUpdate.notice_id).in_(list(notice_ids)))
    return tuple(map(update_of, session.exec(query.order_by(col(d.NoticeUpdate.id)))))


def any_running_out(session: Session, now: dt.datetime) -> bool:
    """Say whether a notice has run out by the clock and nobody has put that on record."""
    return session.exec(select(N.id).where(col(N.over_at).is_(None), col(N.ends_at) <= now)).first() is not None


def run_out(session: Session, now: dt.datetime) -> tuple[Notice, ...]:
    """Put on record which notices have run out by the clock, and return them."""
    query = select(N).where(col(N.over_at).is_(None), col(N.ends_at) <= now).order_by(col(N.id)).with_for_update()
    rows = session.exec(query).all()
    for row in rows:
        row.over_at = now
    session.flush()
    return tuple(map(of_row, rows))


def cases_under(session: Session, notice_ids: Iterable[int]) -> dict[int, tuple[CaseUnder, ...]]:
    """Return the cases under each of these notices, the oldest first."""
    link, case = d.NoticeCase, t.Case
    query = (
        select(link, case)
        .join(case, col(case.id) == col(link.case_id))
        .where(col(link.notice_id).in_(list(notice_ids)))
        .order_by(col(case.number))
    )
    found: dict[int, tuple[CaseUnder, ...]] = {}
    for put, row in session.exec(query, execution_options={"populate_existing": True}):
        one = CaseUnder(
            case_id=row.id,
            prefix=row.prefix,
            number=row.number,
            category=row.category,
            status=row.status,
            settled_at=put.settled_at,
        )
        found[put.notice_id] = (*found.get(put.notice_id, ()), one)
    return found


def categories_of_numbers(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    """Return the categories of the cases of these numbers, where there are such; of a merged one its survivor's."""
    ids = dict(session.exec(select(t.Case.number, t.Case.id).where(col(t.Case.number).in_(fitting(numbers)))).all())
    home = survivors(session, ids.values())
    found = dict(session.exec(select(t.Case.id, t.Case.category).where(col(t.Case.id).in_(set(home.values())))).all())
    return {number: found[home[case_id]] for number, case_id in ids.items()}


def open_cases_by_customer(session: Session) -> tuple[tuple[str, str], ...]:
    """Return which customers have open cases, and in which categories."""
    case = t.Case
    query = select(case.customer, case.category).where(
        col(case.customer).is_not(None), col(case.status).not_in(AT_REST)
    )  # fmt: skip
    return tuple((customer, category) for customer, category in session.exec(query.distinct()) if customer)


def notices_of(session: Session, case_id: int) -> tuple[int, ...]:
    """Return the numbers of the notices that a case stands under."""
    query = select(d.NoticeCase.notice_id).where(d.NoticeCase.case_id == case_id)
    return tuple(session.exec(query.order_by(col(d.NoticeCase.notice_id))))


def receivers_of(session: Session, notice_ids: Iterable[int]) -> dict[int, tuple[ReceiverRow, ...]]:
    """Return whom each of these notices is mailed to, by address."""
    people = d.NoticeReceiver
    query = (
        select(people, t.Letter.state)
        .join(t.Letter, col(t.Letter.id) == col(people.letter_id), isouter=True)
        .where(col(people.notice_id).in_(list(notice_ids)))
        .order_by(col(people.address))
    )
    found: dict[int, tuple[ReceiverRow, ...]] = {}
    for row, state in session.exec(query, execution_options={"populate_existing": True}):
        one = ReceiverRow(
            address=row.address,
            customer=row.customer,
            letter_id=row.letter_id,
            state=state,
            acknowledged_at=row.acknowledged_at,
        )
        found[row.notice_id] = (*found.get(row.notice_id, ()), one)
    return found


def of_row(row: d.Notice) -> Notice:
    """Return a row of notices as a decision knows it."""
    return _notice({name: getattr(row, name) for name in NOTICE_COLUMNS})


def _notice(values: dict[str, object]) -> Notice:
    kind: NoticeKind = "planned" if values["kind"] == "planned" else "unplanned"
    return Notice(**{**values, "kind": kind, "affects": tuple(values["affects"])})  # type: ignore[arg-type]  # the columns


def update_of(row: d.NoticeUpdate) -> NoticeUpdate:
    """Return a row of updates as a decision knows it."""
    return NoticeUpdate(
        id=row.id, notice_id=row.notice_id, at=row.at, actor=row.actor, text=row.text, closing=row.closing,
        to_cases=row.to_cases,
    )  # fmt: skip

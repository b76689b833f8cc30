"""What is still to be written about notices of downtime, in batches, marked in the transaction of the letter."""

import datetime as dt

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, or_, select, update

from inboxd.desk.notices.announce import once_key
from inboxd.desk.notices.notice import Notice, NoticeUpdate, Receiver
from inboxd.store import desk_tables as d
from inboxd.store import tables as t
from inboxd.store.notices import of_row, update_of

N = d.Notice

LATE_WORD = dt.timedelta(days=2)
"""So long after the end of a notice its last word is still sent where it was not."""


def unannounced(session: Session, limit: int) -> tuple[tuple[Notice, Receiver], ...]:
    """Return who has not been mailed a notice that is not over."""
    people = d.NoticeReceiver
    query = (
        select(N, people)
        .join(people, col(people.notice_id) == col(N.id))
        .where(col(N.over_at).is_(None), col(people.letter_id).is_(None))
        .order_by(col(N.id), col(people.address))
        .limit(limit)
    )
    return tuple((of_row(row), _receiver(person)) for row, person in session.exec(query))


def announced(session: Session, notice_id: int, address: str, letter_id: int) -> None:
    """Note the first letter to a receiver."""
    session.exec(update(d.NoticeReceiver).where(*_is_receiver(notice_id, address)).values(letter_id=letter_id))


def behind(
    session: Session, now: dt.datetime, limit: int
) -> tuple[tuple[Notice, NoticeUpdate, Receiver, str | None], ...]:
    """Return which receivers have not been sent which update, oldest first, with their first letter's Message-ID.

    Whoever was never written to hears of nothing, nor is anything sent long after the end.
    """
    people, told = d.NoticeReceiver, d.NoticeUpdate
    query = (
        select(N, told, people, t.Letter.message_id)
        .join(told, col(told.notice_id) == col(N.id))
        .join(people, (col(people.notice_id) == col(N.id)) & (col(people.told_of) < col(told.id)))
        .join(t.Letter, col(t.Letter.id) == col(people.letter_id))
        .where(or_(col(N.over_at).is_(None), col(N.over_at) > now - LATE_WORD))
        .order_by(col(told.id), col(people.address))
        .limit(limit)
    )
    return tuple(
        (of_row(row), update_of(news), _receiver(person), message_id)
        for row, news, person, message_id in session.exec(query)
    )


def told_receiver(session: Session, notice_id: int, address: str, update_id: int) -> None:
    """Note the last update that a receiver was sent."""
    session.exec(update(d.NoticeReceiver).where(*_is_receiver(notice_id, address)).values(told_of=update_id))


def cases_behind(session: Session, limit: int) -> tuple[tuple[Notice, NoticeUpdate, int], ...]:
    """Return the cases whose requester is to hear of an update and has not, oldest first."""
    link, told = d.NoticeCase, d.NoticeUpdate
    query = (
        select(N, told, link.case_id)
        .join(told, col(told.notice_id) == col(N.id))
        .join(link, (col(link.notice_id) == col(N.id)) & (col(link.told_of) < col(told.id)))
        .where(col(link.settled_at).is_(None), col(told.to_cases), ~col(told.closing))
        .order_by(col(told.id), col(link.case_id))
        .limit(limit)
    )
    return tuple((of_row(row), update_of(news), case_id) for row, news, case_id in session.exec(query))


def told_case(session: Session, notice_id: int, case_id: int, update_id: int) -> None:
    """Note the last update that the requester of a case was sent."""
    session.exec(update(d.NoticeCase).where(*_is_case(notice_id, case_id)).values(told_of=update_id))


def told_on_cases(session: Session, notice_id: int, update_id: int) -> int:
    """Return how many requesters were written to of an update, each on his case."""
    key = once_key(notice_id, update_id, "case ")
    query = select(func.count()).where(col(t.Letter.once_key).startswith(key, autoescape=True))
    return session.exec(query).one()


def unsettled(
    session: Session, limit: int, *, notice_id: int | None = None, case_id: int | None = None
) -> tuple[tuple[Notice, NoticeUpdate, int], ...]:
    """Return the cases of closed notices to which the end has not been told, with the closing word."""
    link, told = d.NoticeCase, d.NoticeUpdate
    query = (
        select(N, told, link.case_id)
        .join(told, (col(told.notice_id) == col(N.id)) & col(told.closing))
        .join(link, col(link.notice_id) == col(N.id))
        .where(col(link.settled_at).is_(None), col(N.closed_at).is_not(None))
        .order_by(col(N.id), col(link.case_id))
        .limit(limit)
    )
    if notice_id is not None:
        query = query.where(N.id == notice_id)
    if case_id is not None:
        query = query.where(link.case_id == case_id)
    return tuple((of_row(row), update_of(news), case_id) for row, news, case_id in session.exec(query))


def settle(session: Session, notice_id: int, case_id: int, now: dt.datetime) -> None:
    """Note that the end of a notice is done with for a case."""
    session.exec(update(d.NoticeCase).where(*_is_case(notice_id, case_id)).values(settled_at=now))


def _is_receiver(notice_id: int, address: str) -> tuple[ColumnElement[bool], ...]:
    return (col(d.NoticeReceiver.notice_id) == notice_id, col(d.NoticeReceiver.address) == address)


def _is_case(notice_id: int, case_id: int) -> tuple[ColumnElement[bool], ...]:
    return (col(d.NoticeCase.notice_id) == notice_id, col(d.NoticeCase.case_id) == case_id)


def _receiver(row: d.NoticeReceiver) -> Receiver:
    return Receiver(address=row.address, customer=row.customer)

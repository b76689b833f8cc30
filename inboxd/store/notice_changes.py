"""What decisions change about notices of downtime: the cases under them, and who has read them."""

import datetime as dt

from sqlmodel import Session, func, select

from inboxd.desk.notices.announce import notice_of_key
from inboxd.desk.notices.changes import NoticeRead, OffNotice, UnderNotice
from inboxd.store import desk_tables as d
from inboxd.store import tables as t
from inboxd.store.held import HeldCase
from inboxd.store.journal import add_event


def put_under(session: Session, case: HeldCase, put: UnderNotice, now: dt.datetime) -> None:
    """Put a case under a notice, on the case's journal too; one that stands there already is left alone.

    Its requester is told of what comes from now on, not of what was told before.
    """
    if session.get(d.NoticeCase, (put.notice_id, case.id)) is not None:
        return
    newest = session.exec(select(func.max(d.NoticeUpdate.id)).where(d.NoticeUpdate.notice_id == put.notice_id)).one()
    session.add(d.NoticeCase(notice_id=put.notice_id, case_id=case.id, told_of=newest or 0))
    case.touch(now)
    add_event(session, case, put.actor, f"under notice D-{put.notice_id}", now)


def take_off(session: Session, case: HeldCase, off: OffNotice, now: dt.datetime) -> None:
    """Take a case off a notice that it stands under, on the case's journal too."""
    put = session.get(d.NoticeCase, (off.notice_id, case.id))
    if put is None:
        return
    session.delete(put)
    case.touch(now)
    add_event(session, case, off.actor, f"no longer under notice D-{off.notice_id}", now)


def acknowledge(session: Session, change: NoticeRead, now: dt.datetime) -> None:
    """Note that whoever got a letter about a notice has read it; the first time counts."""
    letter = session.get(t.Letter, change.letter_id)
    notice_id = notice_of_key(letter.once_key) if letter is not None else None
    if notice_id is None:
        return
    to = select(t.LetterRecipient.address).where(t.LetterRecipient.letter_id == change.letter_id)
    addresses = {address.casefold() for address in session.exec(to)}
    rows = session.exec(select(d.NoticeReceiver).where(d.NoticeReceiver.notice_id == notice_id).with_for_update())
    for row in rows:
        if row.address.casefold() in addresses and row.acknowledged_at is None:
            row.acknowledged_at = now
    session.flush()

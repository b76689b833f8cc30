"""Merged and split cases: the facts for such orders, and carrying them out."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select as columns
from sqlmodel import Session, col, delete, select, update

from inboxd.desk.case import Role, Status
from inboxd.desk.desk import Desk
from inboxd.desk.joined import KnownEntry, KnownMerge, MergeCase, MoveEntries, UnmergeCase
from inboxd.desk.view import View
from inboxd.errors import StoreBusy
from inboxd.mail.message_id import Keyring
from inboxd.store import desk_tables as d
from inboxd.store import tables as t
from inboxd.store.cases import survivors
from inboxd.store.columns import address_key, fitting, read_address
from inboxd.store.held import HeldCase
from inboxd.store.insert import insert_row
from inboxd.store.journal import remember_ids
from inboxd.store.locks import lock_cases
from inboxd.store.merged import family
from inboxd.store.views import view_of_cases


def load_joining_view(
    session: Session, number: int, into: int | None, *, desk: Desk, keyring: Keyring, now: dt.datetime
) -> View:
    """Return the facts for merging and splitting, and for undoing either: `numbers` tell the case itself, even one that
    is merged, and the survivor of the other one. A number that no case has is not in it.
    """
    found = _ids(session, (number, *(() if into is None else (into,))))
    named = dict(found)
    if into is not None and into in named:
        named[into] = survivors(session, (named[into],))[named[into]]
    locked: set[int] = set()
    while not locked.issuperset(case_ids := _concerned(session, named.values())):
        lock_cases(session, case_ids)
        locked |= case_ids
    if into is not None and into in named:  # a merge that was under way was waited for
        named[into] = survivors(session, (dict(found)[into],))[dict(found)[into]]
    view = view_of_cases(session, case_ids, tuple(named.items()), desk=desk, keyring=keyring, now=now)
    under = select(d.NoticeCase.case_id, d.NoticeCase.notice_id).join(
        d.Notice, col(d.Notice.id) == col(d.NoticeCase.notice_id)
    )
    under = under.where(col(d.NoticeCase.case_id).in_(case_ids), col(d.Notice.over_at).is_(None))
    return replace(
        view,
        merges=_merges(session, case_ids),
        splits=_splits(session, case_ids),
        entries=_entries(session, case_ids),
        under=tuple(
            (case_id, notice_id) for case_id, notice_id in session.exec(under.order_by(col(d.NoticeCase.notice_id)))
        ),
    )


def merge_case(session: Session, case: HeldCase, into: HeldCase, change: MergeCase, now: dt.datetime) -> None:
    """Let a case point at another one, whose category it has from then on: who may know of the one knows of both."""
    merge = change.merge
    case.merged_into, case.category = into.id, into.category
    follow_category(session, case.id, into.category)
    insert_row(
        session,
        d.Merge,
        case_id=case.id,
        into_id=into.id,
        at=now,
        actor=change.actor,
        status=merge.status.value,
        until=merge.until,
        category=merge.category,
        into_category=merge.into_category,
        brought=[[address, role.value] for address, role in merge.brought],
        notices=list(merge.notices),
        targets=merge.targets,
    )


def unmerge_case(session: Session, case: HeldCase, change: UnmergeCase, now: dt.datetime) -> None:
    """Let a case stand by itself again."""
    case.merged_into, case.category = None, change.category
    follow_category(session, case.id, change.category)
    held = (col(d.Merge.case_id) == case.id, col(d.Merge.undone_at).is_(None))
    session.exec(update(d.Merge).where(*held).values(undone_at=now, undone_by=change.actor))
    for one, other in ((case.id, change.into_id), (change.into_id, case.id)):
        link = (col(t.Link.case_id) == one, col(t.Link.other_id) == other, col(t.Link.kind) == "merged")
        session.exec(delete(t.Link).where(*link))
    keys = [address_key(address) for address in change.leaving]
    theirs = (col(t.Participant.case_id) == change.into_id, col(t.Participant.address_key).in_(keys))
    session.exec(delete(t.Participant).where(*theirs, col(t.Participant.role) != Role.REQUESTER.value))


def follow_category(session: Session, case_id: int, category: str) -> None:
    """Put the cases that live on in a case into its category: whoever may not know of it knows of none of them."""
    merged = [one for one in family(session, case_id) if one != case_id]
    if merged:
        session.exec(update(t.Case).where(col(t.Case.id).in_(merged)).values(category=category))


def move_entries(session: Session, case: HeldCase, origin: HeldCase, change: MoveEntries, now: dt.datetime) -> None:
    """Move entries, their letters and mails, and what finds them. Raises StoreBusy where one of them is gone."""
    chosen = (col(t.Entry.id).in_(change.entry_ids), col(t.Entry.case_id) == origin.id)
    entries = session.exec(select(t.Entry).where(*chosen).order_by(col(t.Entry.id))).all()
    if len(entries) < len(change.entry_ids):
        raise StoreBusy("An entry was moved while the case was to be split.")
    letters = [entry.letter_id for entry in entries if entry.letter_id is not None]
    found = [(entry.message_id, "theirs" if entry.kind == "mail_in" else "ours") for entry in entries]
    for entry in entries:
        entry.case_id = case.id
        session.add(entry)
    session.flush()
    session.exec(update(t.Letter).where(col(t.Letter.id).in_(letters)).values(case_id=case.id))
    mails = col(t.Incoming.entry_id).in_(change.entry_ids)
    session.exec(update(t.Incoming).where(mails).values(case_id=case.id))
    for message_id, source in found:
        if message_id is not None:
            known = (col(t.MessageId.message_id) == message_id, col(t.MessageId.case_id) == origin.id)
            session.exec(delete(t.MessageId).where(*known))
            remember_ids(session, case.id, (message_id,), source)
    for one in (case, origin):
        _note_last(session, one)
        one.touch(now)
    verified = select(t.Case.verified).where(t.Case.id == origin.id).scalar_subquery()
    if _requester(session, case.id) == _requester(session, origin.id):
        session.exec(update(t.Case).where(col(t.Case.id) == case.id).values(verified=verified))


def _requester(session: Session, case_id: int) -> str | None:
    role = (t.Participant.case_id == case_id, t.Participant.role == Role.REQUESTER.value)
    return session.exec(select(t.Participant.address_key).where(*role)).first()


def _note_last(session: Session, case: HeldCase) -> None:
    """Note anew who wrote last on a case, and which mail its answers hang on to."""
    words = select(t.Entry).where(t.Entry.case_id == case.id, t.Entry.kind != "event").order_by(col(t.Entry.id).desc())
    rows = session.exec(words).all()
    case.last_actor, case.last_at = (rows[0].actor, rows[0].at) if rows else (None, None)
    requester = _requester(session, case.id)
    mails = [row for row in rows if row.kind == "mail_in"]
    own = [row for row in mails if row.sender and address_key(read_address(row.sender).address) == requester]
    last = next(iter(own or mails), None)
    if (last.message_id if last else None) != case.last_message_id:
        case.last_message_id, case.last_references = (last.message_id if last else None), []
    case.last_from_requester_at = own[0].at if own else None


def _ids(session: Session, numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    return tuple(
        session.exec(select(t.Case.number, t.Case.id).where(col(t.Case.number).in_(fitting(tuple(numbers))))).all()
    )


def _concerned(session: Session, case_ids: Iterable[int]) -> set[int]:
    """Return these cases, those they live on in or were split of, and what was merged straight into one of them."""
    named = set(case_ids)
    parents = session.exec(
        select(t.Case.merged_into).where(col(t.Case.id).in_(named), col(t.Case.merged_into).is_not(None))
    ).all()
    halves = {one for pair in _splits(session, named) for one in pair}
    near = {*named, *halves, *(parent for parent in parents if parent is not None)}
    merged = session.exec(select(t.Case.id).where(col(t.Case.merged_into).in_(near))).all()
    return {*near, *merged}


def _merges(session: Session, case_ids: Iterable[int]) -> tuple[KnownMerge, ...]:
    query = select(d.Merge).where(col(d.Merge.case_id).in_(list(case_ids)), col(d.Merge.undone_at).is_(None))
    return tuple(
        KnownMerge(
            case_id=row.case_id,
            into_id=row.into_id,
            at=row.at,
            status=Status(row.status),
            until=row.until,
            category=row.category,
            into_category=row.into_category,
            brought=tuple((address, Role(role)) for address, role in row.brought),
            notices=tuple(row.notices),
            targets=row.targets,
        )
        for row in session.exec(query.order_by(col(d.Merge.id)))
    )


def _splits(session: Session, case_ids: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Return (what was split off, the case it came of), the first split first: a later case has the higher id."""
    split = (col(t.Link.kind) == "split", col(t.Link.case_id) > col(t.Link.other_id))
    ids = list(case_ids)
    either = col(t.Link.case_id).in_(ids) | col(t.Link.other_id).in_(ids)
    return tuple(
        session.exec(select(t.Link.case_id, t.Link.other_id).where(*split, either).order_by(col(t.Link.case_id)))
    )


def _entries(session: Session, case_ids: Iterable[int]) -> tuple[KnownEntry, ...]:
    e, letter = t.Entry, t.Letter
    query = (
        columns(
            col(e.id), col(e.case_id), col(e.at), col(e.kind), col(e.sender), col(e.subject), col(letter.kind),
            col(letter.state),
        )
        .join(letter, col(letter.id) == col(e.letter_id), isouter=True)
        .where(col(e.case_id).in_(list(case_ids)), col(e.kind) != "event")
        .order_by(col(e.id))
    )  # fmt: skip
    return tuple(
        KnownEntry(
            id=entry_id, case_id=case_id, at=at, kind=kind, from_=read_address(sender) if sender else None,
            subject=subject, letter=(str(letter_kind), str(state)) if letter_kind else None,
        )
        for entry_id, case_id, at, kind, sender, subject, letter_kind, state in session.connection().execute(query)
    )  # fmt: skip

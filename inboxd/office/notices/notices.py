"""Notices of downtime: made, linked, updated, closed (`office.notices.documents` shows them).

The command writes what it is about in one transaction; the letters follow in batches (`office.notices.post`), which the
clock goes on with where a command did not get to the end. What is on record has not failed, whatever comes after it:
who is told of a failure does it again, and everybody would be written to twice.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inboxd.desk.case import Case
from inboxd.desk.decision import Decision
from inboxd.desk.notices.changes import OffNotice, UnderNotice
from inboxd.desk.notices.notice import (
    Notice,
    NoticeKind,
    NoticeUpdate,
    is_short_warning,
    is_short_when_moved,
    read_name,
    receivers,
)
from inboxd.desk.reference import reference
from inboxd.errors import Conflict, InboxdError, NotFound, UsageError
from inboxd.logs import event
from inboxd.office.documents import Document
from inboxd.office.naming import number_of
from inboxd.office.notices import feeds
from inboxd.office.notices import post as notice_post
from inboxd.office.notices.documents import get_notice, show
from inboxd.office.office import Office
from inboxd.office.people.access import sees_category
from inboxd.store import audit, notices, views
from inboxd.store import notice_post as store_post
from inboxd.store.apply import apply
from inboxd.store.engine import Session
from inboxd.store.locks import lock

log = logging.getLogger(__name__)

LINKED_AT_ONCE = 20
"""Cases put under a notice in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A notice to be made; `references` are the cases to put under it, as typed."""

    actor: str
    kind: NoticeKind
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    affects: tuple[str, ...]
    text: str
    still_works: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeChange:
    """What is told of a notice later. None leaves a time, or what still works, as it is."""

    actor: str
    text: str
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    still_works: str | None = None
    to_cases: bool = False


def make(office: Office, new: NewNotice) -> Document:
    """Make a notice, mail it to whom it concerns, and put cases under it; return its document.

    Raises UsageError for an unknown category or times that make no sense, NotFound for an unknown case.
    """
    now = office.clock.now()
    _check_times(new.starts_at, new.ends_at, now)
    known = [category.name for category in office.desk.categories]
    for name in new.affects:
        if name not in known:
            raise UsageError(f"no category {name}", hint=f"one of {', '.join(known)}")
    numbers = _numbers(office, new.references)
    notice = Notice(
        id=0,
        kind=new.kind,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        affects=tuple(dict.fromkeys(new.affects)),
        text=_words(new.text),
        still_works=new.still_works.strip(),
        made_at=now,
        made_by=new.actor,
        short_warning=is_short_warning(new.kind, new.starts_at, now),
    )
    with office.store.begin() as session:
        lock(session, (notice_post.NOTICES,))
        people = receivers(notice.affects, office.desk, notices.open_cases_by_customer(session))
        notice_id = notices.add(session, notice, people)
        notice = replace(notice, id=notice_id)
        _on_record(session, notice, new.actor, "made", notice.title, now)
        _put_under(session, office, notice, numbers[:LINKED_AT_ONCE], new.actor)
    try:
        _link(office, notice, numbers[LINKED_AT_ONCE:], new.actor)
    except InboxdError as error:
        hint = f"`inboxd notice link {notice_id} REF…` puts the others under it"
        raise type(error)(f"{notice.name} is on record, but not with all cases: {error.message}", hint=hint) from error
    return _done(office, notice_id)


def link(office: Office, notice_id: int, references: Sequence[str], *, actor: str) -> Document:
    """Put cases under a notice; those that stand there already are left alone. Raises Conflict for a closed one."""
    numbers = _numbers(office, references)
    notice = _open_notice(office, notice_id)
    _link(office, notice, numbers, actor)
    return _done(office, notice_id)


def unlink(office: Office, notice_id: int, references: Sequence[str], *, actor: str) -> Document:
    """Take cases off a notice. Raises Conflict for a closed one, and for a case that does not stand under it."""
    numbers = _numbers(office, references)
    now = office.clock.now()
    with office.store.begin() as session:
        lock(session, (notice_post.NOTICES,))
        notice = _get_open(session, notice_id)
        names = []
        for number in sorted(numbers):
            case = _case(session, office, number)
            name = reference(case.prefix, case.number)
            if notice_id not in notices.notices_of(session, case.id):
                raise Conflict(f"{name} is not under {notice.name}", hint=f"`inboxd notice show {notice_id}`")
            off = OffNotice(case_id=case.id, notice_id=notice_id, actor=actor)
            apply(session, Decision(kind="agent_order", changes=(off,)), now=now)
            names.append(name)
        _on_record(session, notice, actor, "unlinked", ", ".join(names), now)
    return _done(office, notice_id)


def change(office: Office, notice_id: int, told: NoticeChange) -> Document:
    """Tell what is new of a notice, to its receivers and, if it says so, on the cases under it; times may move.

    The document says how many requesters were written to, where they are.
    """
    now = office.clock.now()
    with office.store.begin() as session:
        lock(session, (notice_post.NOTICES,))
        notice = _get_open(session, notice_id)
        moved = replace(
            notice,
            starts_at=told.starts_at or notice.starts_at,
            ends_at=told.ends_at or notice.ends_at,
            still_works=notice.still_works if told.still_works is None else told.still_works.strip(),
            short_warning=is_short_when_moved(notice, told.starts_at or notice.starts_at, now),
        )
        _check_times(moved.starts_at, told.ends_at, now)
        if moved.ends_at is not None and moved.ends_at <= moved.starts_at:
            raise UsageError("it would end before it begins", hint="give --to as well")
        over_at = None if moved.state(now) in {"planned", "active"} else now
        notices.change(session, moved, over_at=over_at)
        text = _words(told.text)
        update = NoticeUpdate(
            id=0, notice_id=notice_id, at=now, actor=told.actor, text=text, to_cases=told.to_cases
        )  # fmt: skip
        update_id = notices.add_update(session, update)
        _on_record(session, notice, told.actor, "updated", text, now)
    document = _done(office, notice_id)
    if told.to_cases:
        with office.store.reading() as session:
            document["requesters_told"] = store_post.told_on_cases(session, notice_id, update_id)
    return document


def close(office: Office, notice_id: int, text: str, *, actor: str) -> Document:
    """Close a notice: its receivers are told, and every open case under it is answered with one letter and solved.

    Of one that ran out long ago the receivers hear only where there are words for them: it is put away.
    Of one that is closed already what was broken off is finished; Conflict where nothing was.
    """
    now = office.clock.now()
    with office.store.begin() as session:
        lock(session, (notice_post.NOTICES,))
        notice = get_notice(session, notice_id)
        if notice.closed_at is None:
            ran_out = None if text.strip() or notice.state(now) != "expired" else notice.ends_at
            notices.change(session, replace(notice, closed_at=now), over_at=ran_out or now)
            notices.closed_by(session, notice_id, actor)
            last = NoticeUpdate(id=0, notice_id=notice_id, at=now, actor=actor, text=text.strip(), closing=True)
            notices.add_update(session, last)
            _on_record(session, notice, actor, "closed", text.strip(), now)
        elif not notice_post.is_unfinished(session, notice_id):
            raise Conflict(f"{notice.name} is closed already", hint="a new one is made with `inboxd notice new`")
    return _done(office, notice_id)


def id_of(text: str) -> int:
    """Read a notice's number as typed. Raises NotFound."""
    found = read_name(text)
    if found is None:
        raise NotFound(f"{text!r} is no notice", hint="`inboxd notice list` has their numbers; one looks like 3 or D-3")
    return found


def _done(office: Office, notice_id: int) -> Document:
    """Send what is to be sent now, write the feeds, and return the document; what fails of it the clock does later."""
    try:
        notice_post.send_all(office)
        feeds.publish(office)
    except InboxdError as error:
        event(log, logging.WARNING, "notice.left_to_the_clock", notice=notice_id, why=error.code)
    try:
        return show(office, notice_id)
    except InboxdError as error:
        told = f"notice {notice_id} is on record, but cannot be shown: {error.message}"
        raise type(error)(told, hint=f"`inboxd notice show {notice_id}`") from error


def _numbers(office: Office, references: Sequence[str]) -> tuple[int, ...]:
    """Return the numbers of cases as typed, all of them there and open to the reader. Raises NotFound."""
    numbers = tuple(dict.fromkeys(number_of(text, office.desk) for text in references))
    with office.store.reading() as session:
        known = notices.categories_of_numbers(session, numbers)
    for number in numbers:
        if number not in known or not sees_category(office, known[number]):
            raise NotFound(f"no case {reference(office.desk.prefixes[0], number)}")
    return numbers


def _link(office: Office, notice: Notice, numbers: Sequence[int], actor: str) -> None:
    for start in range(0, len(numbers), LINKED_AT_ONCE):
        with office.store.begin() as session:
            lock(session, (notice_post.NOTICES,))
            _get_open(session, notice.id)
            _put_under(session, office, notice, numbers[start : start + LINKED_AT_ONCE], actor)


def _put_under(session: Session, office: Office, notice: Notice, numbers: Sequence[int], actor: str) -> None:
    now = office.clock.now()
    names = []
    for number in sorted(numbers):
        case = _case(session, office, number)
        put = UnderNotice(case_id=case.id, notice_id=notice.id, actor=actor)
        apply(session, Decision(kind="agent_order", changes=(put,)), now=now)
        names.append(reference(case.prefix, case.number))
    if names:
        _on_record(session, notice, actor, "linked", ", ".join(names), now)


def _case(session: Session, office: Office, number: int) -> Case:
    now = office.clock.now()
    return views.load_case_view(session, number, desk=office.desk, keyring=office.keyring, now=now).cases[0]


def _open_notice(office: Office, notice_id: int) -> Notice:
    with office.store.reading() as session:
        return _get_open(session, notice_id)


def _get_open(session: Session, notice_id: int) -> Notice:
    notice = get_notice(session, notice_id)
    if notice.closed_at is not None:
        raise Conflict(f"{notice.name} is closed", hint="a new one is made with `inboxd notice new`")
    return notice


def _check_times(starts_at: dt.datetime, ends_at: dt.datetime | None, now: dt.datetime) -> None:
    if ends_at is None:
        return
    if ends_at <= starts_at:
        raise UsageError("it would end before it begins", hint="--to is a time after --from")
    if ends_at <= now:
        raise UsageError("it would be over already", hint="--to is a time to come")


def _words(text: str) -> str:
    words = text.strip()
    if not any(map(str.isalnum, words)):  # the alert of a surge has "…" in their place, ready to be written over
        raise UsageError("a notice needs words", hint='-m "…"')
    return words


def _on_record(session: Session, notice: Notice, actor: str, what: str, detail: str, now: dt.datetime) -> None:
    audit.note(session, at=now, actor=actor, action=f"notice {what}", subject=notice.name, detail=detail)
    event(log, logging.INFO, f"notice.{what}", notice=notice.id, actor=actor)

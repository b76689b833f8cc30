"""Letters as others read them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal, cast

from sqlalchemy import ColumnElement, bindparam, exists
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, or_, select, update

from inboxd.desk.view import KnownLetter
from inboxd.errors import NotFound
from inboxd.store import tables as t
from inboxd.store.prepared import Prepared, Row, among
from inboxd.store.rows import Counts, LetterRow, RecipientRow, RelayRow

WAITING = ("queued", "deferred", "active")

NOT_IN_HAND = ("queued", "deferred", "hold")
"""States of letters that have not left, and that nobody is sending at this moment."""

UNSENT = (*NOT_IN_HAND, "active")

L = t.Letter
KNOWN = columns(
    col(L.id), col(L.case_id), col(L.kind), col(L.message_id), col(L.state), col(L.actor), col(L.created_at),
    col(L.token_revoked),
).order_by(col(L.id))  # fmt: skip
NAMED = Prepared(KNOWN.where(or_(among(t.Letter.id, "ids"), among(t.Letter.message_id, "message_ids"))))
WAITING_ANSWERS = Prepared(
    # as an expression the state offers SQLite no index, so that it begins with the case's few letters
    KNOWN.where(among(t.Letter.case_id, "ids"), col(L.kind) == "answer", col(L.state).concat("") == "queued").where(
        col(L.not_before) > bindparam("now"), col(L.attempts) == 0
    )
)
TO = Prepared(
    select(t.LetterRecipient.letter_id, t.LetterRecipient.address)
    .where(among(t.LetterRecipient.letter_id, "ids"))
    .order_by(col(t.LetterRecipient.id))
)


def known_letters(session: Session, *where: ColumnElement[bool]) -> tuple[KnownLetter, ...]:
    """Return the letters that a condition names, as a decision knows them."""
    session.flush()  # the connection asks without writing first what is pending
    return _known(session, [tuple(row) for row in session.connection().execute(KNOWN.where(*where)).all()])


def letters_named(session: Session, letter_ids: Iterable[int], message_ids: Iterable[str]) -> tuple[KnownLetter, ...]:
    """Return the letters that go by these ids or these Message-IDs, as a decision knows them."""
    return _known(session, NAMED.rows(session, ids=list(letter_ids), message_ids=list(message_ids)))


def revoke_token(session: Session, letter_id: int) -> None:
    """Let a letter's token prove nothing any more."""
    session.exec(update(t.Letter).where(col(t.Letter.id) == letter_id).values(token_revoked=True))


def in_undo_window(session: Session, case_ids: Iterable[int], now: dt.datetime) -> tuple[KnownLetter, ...]:
    """Return the answers of these cases that have never been tried and leave later than now."""
    return _known(session, WAITING_ANSWERS.rows(session, ids=list(case_ids), now=now))


def greeted(session: Session, case_ids: Iterable[int]) -> frozenset[tuple[int, str]]:
    """Return (case, address) for the receipts of these cases that went out, or are about to."""
    query = (
        select(t.Letter.case_id, t.LetterRecipient.address)
        .join(t.LetterRecipient, col(t.LetterRecipient.letter_id) == col(t.Letter.id))
        .where(col(t.Letter.case_id).in_(list(case_ids)), t.Letter.kind == "receipt")
        .where(col(t.Letter.state).in_((*WAITING, "sent", "unknown")))
    )
    return frozenset((case_id or 0, address) for case_id, address in session.exec(query))


def _known(session: Session, rows: Sequence[Row]) -> tuple[KnownLetter, ...]:
    people: dict[int, tuple[str, ...]] = {}
    for letter_id, address in TO.rows(session, ids=[row[0] for row in rows]) if rows else ():
        people[letter_id] = (*people.get(letter_id, ()), address)
    return tuple(
        KnownLetter(
            id=letter_id,
            case_id=case_id,
            kind=kind,
            message_id=message_id or "",
            recipients=people.get(letter_id, ()),
            state=state,
            actor=actor,
            written_at=written_at,
            revoked=revoked,
        )
        for letter_id, case_id, kind, message_id, state, actor, written_at, revoked in rows
    )


def list_letters(
    session: Session,
    *,
    state: Sequence[str] | None = None,
    kind: Sequence[str] | None = None,
    case_id: int | None = None,
    limit: int | None = None,
) -> tuple[LetterRow, ...]:
    """Return letters, newest first; `state` and `kind` are lists of words."""
    query = select(t.Letter).order_by(col(t.Letter.id).desc()).limit(limit)
    among = ((t.Letter.state, state), (t.Letter.kind, kind))
    query = query.where(*(col(column).in_(values) for column, values in among if values is not None))
    if case_id is not None:
        query = query.where(t.Letter.case_id == case_id)
    return _rows(session, session.exec(query).all())


def get_letter(session: Session, letter_id: int) -> LetterRow:
    """Return one letter. Raises NotFound."""
    found = letters_by_id(session, (letter_id,))
    if not found:
        raise NotFound(f"There is no letter {letter_id}.")
    return found[letter_id]


def letters_by_id(session: Session, letter_ids: Iterable[int]) -> dict[int, LetterRow]:
    """Return the letters of these ids."""
    ids = list(letter_ids)
    rows = session.exec(select(t.Letter).where(col(t.Letter.id).in_(ids))).all() if ids else ()
    return {row.id: row for row in _rows(session, rows)}


def counts(session: Session) -> Counts:
    """Return how many letters stand in each state, and since when the oldest one waits to leave."""
    states = session.exec(select(t.Letter.state, func.count()).group_by(col(t.Letter.state))).all()
    oldest = select(func.min(t.Letter.not_before)).where(col(t.Letter.state).in_(WAITING))
    return Counts(states=tuple(sorted(states)), oldest_waiting=session.exec(oldest).one())


def standing_since(session: Session, state: str) -> dt.datetime | None:
    """Return since when the oldest letter of a state stands in it, told by what last became of its recipients."""
    last = select(t.LetterRecipient.letter_id, func.max(t.LetterRecipient.changed_at).label("at"))
    last = last.join(t.Letter, col(t.Letter.id) == col(t.LetterRecipient.letter_id)).where(t.Letter.state == state)
    each = last.group_by(col(t.LetterRecipient.letter_id)).subquery()
    oldest: dt.datetime | None = session.exec(select(func.min(each.c.at))).one()
    return oldest


def held_receipts(session: Session) -> int:
    """Return how many receipts stand on hold (above a cap)."""
    held = (col(t.Letter.kind) == "receipt", col(t.Letter.state) == "hold")
    return session.exec(select(func.count()).select_from(t.Letter).where(*held)).one()


def held_answers(session: Session) -> tuple[int, dt.datetime | None]:
    """Return how many written answers stand on hold, and since when the oldest of them is there."""
    held = (col(t.Letter.kind) == "answer", col(t.Letter.state) == "hold", col(t.Letter.octets_id).is_not(None))
    return session.exec(select(func.count(), func.min(t.Letter.created_at)).where(*held)).one()


def list_relays(session: Session) -> tuple[RelayRow, ...]:
    """Return the state of every relay that was ever in trouble."""
    return tuple(
        RelayRow(
            mailbox=row.mailbox,
            deferred_until=row.deferred_until,
            failing_since=row.failing_since,
            last_error=row.last_error,
        )
        for row in session.exec(select(t.Relay).order_by(col(t.Relay.mailbox)))
    )


def may_be_sent() -> ColumnElement[bool]:
    """Return the condition that a letter's mailbox is none that a person stopped the sending of (`relays`)."""
    held = exists().where(col(t.SendingHold.mailbox).in_(("", col(t.Letter.mailbox)))).correlate(t.Letter)
    return ~held


def next_due(session: Session, now: dt.datetime, mailbox: str | None = None) -> dt.datetime | None:
    """Return when the next letter may leave (`now` where one may already), of one mailbox or all; None: none waits."""
    due = func.min(func.coalesce(t.Letter.next_attempt_at, t.Letter.not_before))
    waiting = (col(t.Letter.state).in_(("queued", "deferred")), col(t.Letter.octets_id).is_not(None))
    query = select(t.Letter.mailbox, due).where(*waiting, may_be_sent()).group_by(col(t.Letter.mailbox))
    if mailbox is not None:
        query = query.where(t.Letter.mailbox == mailbox)
    deferred = {relay.mailbox: relay.deferred_until for relay in list_relays(session)}
    moments = [max(at, deferred.get(mailbox) or at, now) for mailbox, at in session.exec(query)]
    return min(moments, default=None)


def next_undo_end(session: Session, now: dt.datetime) -> dt.datetime | None:
    """Return when the next letter leaves its undo window, None where none is in it; retries are no such thing."""
    query = select(func.min(t.Letter.not_before)).where(t.Letter.state == "queued", t.Letter.attempts == 0)
    return session.exec(query.where(t.Letter.not_before > now, may_be_sent())).one()


def _recipients(session: Session, letter_ids: Sequence[int]) -> dict[int, tuple[RecipientRow, ...]]:
    if not letter_ids:
        return {}
    query = select(t.LetterRecipient).where(col(t.LetterRecipient.letter_id).in_(letter_ids))
    result: dict[int, tuple[RecipientRow, ...]] = {}
    for row in session.exec(query.order_by(col(t.LetterRecipient.id))):
        role = cast("Literal['to', 'cc']", row.role)
        person = RecipientRow(address=row.address, role=role, state=row.state, reply=row.reply)
        result[row.letter_id] = (*result.get(row.letter_id, ()), person)
    return result


def _rows(session: Session, rows: Sequence[t.Letter]) -> tuple[LetterRow, ...]:
    people = _recipients(session, [row.id for row in rows])
    numbers = select(t.Case.id, t.Case.prefix, t.Case.number).where(col(t.Case.id).in_({r.case_id for r in rows}))
    names = {case_id: (prefix, number) for case_id, prefix, number in session.exec(numbers)} if rows else {}
    return tuple(_row(row, people.get(row.id, ()), names.get(row.case_id or 0, (None, None))) for row in rows)


def _row(row: t.Letter, people: tuple[RecipientRow, ...], name: tuple[str | None, int | None]) -> LetterRow:
    return LetterRow(
        id=row.id,
        case_id=row.case_id,
        prefix=name[0],
        number=name[1],
        mailbox=row.mailbox,
        kind=row.kind,
        actor=row.actor,
        subject=row.subject,
        message_id=row.message_id,
        octets_id=row.octets_id,
        state=row.state,
        hold_reason=row.hold_reason,
        attempts=row.attempts,
        created_at=row.created_at,
        not_before=row.not_before,
        next_attempt_at=row.next_attempt_at,
        last_reply=row.last_reply,
        resent=row.resent,
        recipients=people,
    )


def written_once(session: Session, keys: Sequence[str]) -> frozenset[str]:
    """Return which of these keys, of letters that are written once, have been used."""
    found = session.exec(select(t.Letter.once_key).where(col(t.Letter.once_key).in_(keys))).all()
    return frozenset(key for key in found if key is not None)

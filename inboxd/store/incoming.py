"""The ledger of received mail: octets first, then one outcome for every mail, with its reason.

A mail is `active` while it is decided on. That is committed before it is parsed, so that a crash counts as an attempt.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import Integer, bindparam
from sqlmodel import Session, col, func, or_, select, update

from inboxd.desk.uid_plan import FolderState
from inboxd.errors import Conflict, NotFound, StoreBusy
from inboxd.mail.message import RawMessage
from inboxd.store import tables as t
from inboxd.store.folders import known_uids
from inboxd.store.insert import insert_rows
from inboxd.store.locks import is_postgresql
from inboxd.store.octets import add_many, octets_of
from inboxd.store.prepared import Prepared, among
from inboxd.store.rows import Counts, IncomingMail, IncomingRow

LEASE = dt.timedelta(seconds=60)
"""On PostgreSQL: how long a claimed mail is left alone before another daemon takes it for abandoned."""

CLAIM_OCTETS = 32_000_000
"""Octets of one claim, whatever the limit: memory is bounded by a batch."""

UNFINISHED = ("incoming", "active")


def save(session: Session, folder: FolderState, batch: Sequence[RawMessage], *, now: dt.datetime, silent: bool) -> int:
    """Write down fetched mails, octets and all; return how many were new. Known UIDs are passed over."""
    if not batch:
        return 0
    known = _known(session, folder, [raw.uid for raw in batch])
    new = list({raw.uid: raw for raw in batch if raw.uid not in known}.values())
    octets_ids = add_many(session, [raw.octets for raw in new])
    rows: list[dict[str, object]] = [
        {
            "folder_id": folder.id,
            "uidvalidity": folder.uidvalidity,
            "uid": raw.uid,
            "octets_id": octets_id,
            "sha256": hashlib.sha256(raw.octets).hexdigest(),
            "size": raw.size,
            "internaldate": raw.internaldate,
            "received_at": now,
            "silent": silent,
            "headers_only": raw.headers_only,
        }
        for raw, octets_id in zip(new, octets_ids, strict=True)
    ]
    insert_rows(session, t.Incoming, rows)
    return len(new)


def save_vanished(session: Session, folder: FolderState, uids: Iterable[int], now: dt.datetime) -> None:
    """Account for mails that somebody removed before they could be fetched."""
    wanted = sorted(set(uids))
    known = _known(session, folder, wanted)
    for uid in wanted:
        if uid not in known:
            row = t.Incoming(
                folder_id=folder.id,
                uidvalidity=folder.uidvalidity,
                uid=uid,
                received_at=now,
                state="vanished",
                reason="removed from the folder before it was fetched",
            )
            session.add(row)
    session.flush()


CLAIMED = (
    "id", "folder_id", "uidvalidity", "uid", "octets_id", "sha256", "size", "internaldate", "received_at", "attempts",
    "silent", "headers_only", "mailbox", "folder",
)  # fmt: skip
"""The columns of a claimed mail, as `rows.IncomingMail` names them; the last two are the folder's."""

CLAIM = (
    select(*(getattr(t.Folder if name in {"mailbox", "folder"} else t.Incoming, name) for name in CLAIMED))
    .select_from(t.Incoming)
    .join(t.Folder)
    .order_by(col(t.Incoming.id))
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True, of=t.Incoming)
)
WAITING = Prepared(CLAIM.where(t.Incoming.state == "incoming"))
ACTIVE = Prepared(CLAIM.where(t.Incoming.state == "active"))
LEASE_OVER = Prepared(CLAIM.where(t.Incoming.state == "active", col(t.Incoming.lease_until) <= bindparam("now")))
TAKE = Prepared(
    update(t.Incoming)
    .where(among(t.Incoming.id, "ids"))
    .values(state="active", lease_until=bindparam("until"), attempts=col(t.Incoming.attempts) + 1)
)


def claim(session: Session, *, now: dt.datetime, limit: int, lease: dt.timedelta = LEASE) -> tuple[IncomingMail, ...]:
    """Take the oldest mails for deciding; commit before parsing them.

    What a crash or a failed reading left active is taken again, one mail at a time: on SQLite at once (there is one
    daemon), on PostgreSQL after the lease. So a daemon that was killed over a batch of good mails blames only the one
    it then has in hand, and one that dies of a mail always dies of the same.
    """
    abandoned = LEASE_OVER.rows(session, most=1, now=now) if is_postgresql(session) else ACTIVE.rows(session, most=1)
    found = abandoned or WAITING.rows(session, most=limit)
    mails: list[IncomingMail] = []
    octets = 0
    for row in found:
        columns = dict(zip(CLAIMED, row, strict=True))
        octets += columns["size"]
        if mails and octets > CLAIM_OCTETS:
            break
        columns["octets_id"] = columns["octets_id"] or 0
        columns["attempts"] += 1
        mails.append(IncomingMail(**columns, octets=octets_of(session, columns["octets_id"])))
    if mails:
        TAKE.run(session, ids=[mail.id for mail in mails], until=now + lease)
    return tuple(mails)


def unclaim(session: Session, incoming_ids: Iterable[int]) -> None:
    """Give back mails that nothing was done about (the database was busy, a stop); the attempt is not counted."""
    mine = (col(t.Incoming.id).in_(list(incoming_ids)), col(t.Incoming.state) == "active")
    back = {"state": "incoming", "attempts": t.Incoming.attempts - 1, "lease_until": None}
    session.exec(update(t.Incoming).where(*mine).values(**back))


FINISH = Prepared(
    update(t.Incoming)
    .where(col(t.Incoming.id) == bindparam("incoming_id"))
    .where(or_(col(t.Incoming.state) != "done", col(t.Incoming.outcome) == "ignored"))
    .values(state="done", lease_until=None)
    .values({
        name: bindparam(f"new_{name}")
        for name in ("outcome", "reason", "case_id", "entry_id", "mail_key", "finished_at")
    })
)  # fmt: skip


def finish(  # noqa: PLR0913 - a mail's whole outcome
    session: Session,
    incoming_id: int,
    *,
    outcome: str | None,
    reason: str,
    case_id: int | None,
    entry_id: int | None,
    mail_key: str | None,
    now: dt.datetime,
) -> None:
    """Note what became of a mail. Raises StoreBusy where somebody else finished it first: decide again.

    A mail that was only ignored may be finished once more (`incoming open`).
    """
    outcome_of: dict[str, object] = {
        "incoming_id": incoming_id,
        "new_outcome": outcome,
        "new_reason": reason,
        "new_case_id": case_id,
        "new_entry_id": entry_id,
        "new_mail_key": mail_key,
        "new_finished_at": now,
    }
    if not FINISH.run(session, **outcome_of):
        get(session, incoming_id)
        raise StoreBusy(f"Mail {incoming_id} was finished by somebody else.")


def hold(
    session: Session, incoming_id: int, reason: str, *, now: dt.datetime | None = None, case_id: int | None = None
) -> None:
    """Park a mail for a person. `case_id` is the case that tells of it."""
    row = _get(session, incoming_id)
    row.state, row.reason, row.case_id = "hold", reason, case_id or row.case_id
    row.finished_at = now


def retry(session: Session, incoming_id: int) -> None:
    """Let a held or ignored mail be decided on again, as if it had just come. Raises Conflict where it has a case."""
    row = _get(session, incoming_id)
    if row.state != "hold" and (row.state, row.outcome) != ("done", "ignored"):
        raise Conflict(f"Mail {incoming_id} is {row.outcome or row.state}: there is nothing to retry.")
    row.state, row.reason, row.attempts = "incoming", "", 0
    row.outcome = row.mail_key = None


def discard(session: Session, incoming_id: int, reason: str) -> None:
    """End a held mail without a case; its octets stay."""
    row = _get(session, incoming_id)
    if row.state not in {"hold", "incoming"}:
        raise Conflict(f"Mail {incoming_id} is {row.outcome or row.state}: it cannot be discarded.")
    row.state, row.outcome, row.reason = "done", "ignored", reason


def to_file_away(session: Session, folder_id: int, limit: int) -> tuple[tuple[int, int], ...]:
    """Return (id, UID) of mails that are done and of which the server has not been told, lowest UID first.

    Not those of an older UIDVALIDITY, nor those too large to have been fetched: they stay on the server untouched.
    """
    query = (
        select(t.Incoming.id, t.Incoming.uid)
        .join(t.Folder)
        .where(t.Incoming.folder_id == folder_id, t.Incoming.state == "done")
        .where(col(t.Incoming.filed_away).is_(False), col(t.Incoming.headers_only).is_(False))
        .where(t.Incoming.uidvalidity == t.Folder.uidvalidity)
        .order_by(col(t.Incoming.uid))
        .limit(limit)
    )
    return tuple(session.exec(query).all())


def filed_away(session: Session, incoming_ids: Iterable[int]) -> None:
    """Note that the server has been told of these mails."""
    told = update(t.Incoming).where(col(t.Incoming.id).in_(list(incoming_ids)))
    session.exec(told.values(filed_away=True))


def list_incoming(
    session: Session,
    *,
    state: Sequence[str] | None = None,
    outcome: Sequence[str] | None = None,
    limit: int | None = None,
) -> tuple[IncomingRow, ...]:
    """Return mails of the ledger, newest first; `state` and `outcome` are lists of words."""
    query = select(t.Incoming, t.Folder.mailbox, t.Folder.folder).join(t.Folder)
    among = ((t.Incoming.state, state), (t.Incoming.outcome, outcome))
    query = query.where(*(col(column).in_(values) for column, values in among if values is not None))
    rows = session.exec(query.order_by(col(t.Incoming.id).desc()).limit(limit))
    return tuple(_row(row, mailbox, folder) for row, mailbox, folder in rows)


def get(session: Session, incoming_id: int) -> IncomingRow:
    """Return one mail of the ledger. Raises NotFound."""
    query = select(t.Incoming, t.Folder.mailbox, t.Folder.folder).join(t.Folder).where(t.Incoming.id == incoming_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound(f"There is no mail {incoming_id} in the ledger.")
    return _row(*found)


def counts(session: Session) -> Counts:
    """Return how many mails stand in each state, and since when the oldest undecided one waits."""
    states = session.exec(select(t.Incoming.state, func.count()).group_by(col(t.Incoming.state))).all()
    oldest = select(func.min(t.Incoming.received_at)).where(col(t.Incoming.state).in_(UNFINISHED))
    return Counts(states=tuple(sorted(states)), oldest_waiting=session.exec(oldest).one())


def _known(session: Session, folder: FolderState, uids: Sequence[int]) -> frozenset[int]:
    if not uids:
        return frozenset()
    return known_uids(session, folder.id, folder.uidvalidity, above=min(uids) - 1, upto=max(uids))


def _get(session: Session, incoming_id: int) -> t.Incoming:
    row = session.get(t.Incoming, incoming_id, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no mail {incoming_id} in the ledger.")
    return row


def _row(row: t.Incoming, mailbox: str, folder: str) -> IncomingRow:
    return IncomingRow(
        id=row.id,
        mailbox=mailbox,
        folder=folder,
        uidvalidity=row.uidvalidity,
        uid=row.uid,
        state=row.state,
        outcome=row.outcome,
        reason=row.reason,
        attempts=row.attempts,
        sha256=row.sha256,
        size=row.size,
        internaldate=row.internaldate,
        received_at=row.received_at,
        octets_id=row.octets_id,
        case_id=row.case_id,
        entry_id=row.entry_id,
        silent=row.silent,
        headers_only=row.headers_only,
        filed_away=row.filed_away,
    )

"""The ledger of received mail: octets first, then one outcome for every mail, with its reason.

A mail is `active` while it is decided on. That is committed before it is parsed, so that a crash counts as an attempt.
On PostgreSQL a claim is a lease. The number of its attempt is its fencing token: whoever claimed the mail and finds it
under another number, or not active any more, raises LeaseLost and leaves it alone.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Interval, bindparam, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, delete, func, or_, select, update

from inboxd.desk.uid_plan import FolderState
from inboxd.errors import Conflict, LeaseLost, NotFound, StoreBusy
from inboxd.mail.message import RawMessage
from inboxd.store import leases
from inboxd.store import tables as t
from inboxd.store.folders import known_uids
from inboxd.store.insert import insert_rows
from inboxd.store.locks import is_postgresql
from inboxd.store.octets import add_many, octets_of
from inboxd.store.prepared import Prepared, among, words
from inboxd.store.rows import Counts, Heading, IncomingMail, IncomingRow

CLAIM_OCTETS = 32_000_000
"""Octets of one claim, whatever the limit: memory is bounded by a batch."""

UNFINISHED = ("incoming", "active")


def save(
    session: Session, folder: FolderState, batch: Sequence[RawMessage], *, now: dt.datetime, silent: bool,
    sent: bool = False,
) -> int:  # fmt: skip
    """Write down fetched mails, octets and all; return how many were new. Known UIDs are passed over.

    `sent` are those of a Sent folder: what the desk wrote, whatever becomes of the config before they are decided on.
    """
    if not batch:
        return 0
    known = _known(session, folder, [raw.uid for raw in batch], vanished=False)
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
            "sent": sent,
        }
        for raw, octets_id in zip(new, octets_ids, strict=True)
    ]
    _forget_vanished(session, folder, [raw.uid for raw in new])
    insert_rows(session, t.Incoming, rows)
    return len(new)


def _forget_vanished(session: Session, folder: FolderState, uids: Sequence[int]) -> None:
    """Make way for mails that a server had for gone, and then handed out."""
    these = (col(t.Incoming.folder_id) == folder.id, col(t.Incoming.uidvalidity) == folder.uidvalidity)
    gone = (col(t.Incoming.uid).in_(uids), col(t.Incoming.state) == "vanished")
    session.exec(delete(t.Incoming).where(*these, *gone))


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
    "silent", "headers_only", "sent", "mailbox", "folder",
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
WAITING = Prepared(CLAIM.where(t.Incoming.state == "incoming", col(t.Incoming.sent).is_(False)))
UNDECIDED = Prepared(
    select(t.Incoming.id).where(col(t.Incoming.state).in_(words(UNFINISHED)), col(t.Incoming.sent).is_(False)).limit(1)
)
INBOX = aliased(t.Folder)
SENT = Prepared(
    CLAIM.where(t.Incoming.state == "incoming", col(t.Incoming.sent)).where(
        select(INBOX.id)
        .where(INBOX.mailbox == t.Folder.mailbox, INBOX.id != t.Folder.id)
        .where(col(INBOX.last_look_at) >= t.Incoming.received_at)
        .exists()
    )
)
"""What the desk sent, once all that had come by then is in the ledger, too."""
ACTIVE = Prepared(CLAIM.where(t.Incoming.state == "active"))
ONE_SAVED = Prepared(
    CLAIM.where(
        t.Incoming.folder_id == bindparam("folder_id"),
        t.Incoming.uidvalidity == bindparam("uidvalidity"),
        t.Incoming.uid == bindparam("uid"),
    )
)
LEASE_OVER = Prepared(CLAIM.where(t.Incoming.state == "active", leases.is_over(t.Incoming.lease_until)))
TAKING = (
    update(t.Incoming).where(among(t.Incoming.id, "ids")).values(state="active", attempts=col(t.Incoming.attempts) + 1)
)
TAKE = Prepared(TAKING)
LEASE_OUT = Prepared(TAKING.values(lease_until=func.clock_timestamp() + bindparam("lease", type_=Interval)))


def claim(session: Session, *, limit: int, lease: dt.timedelta = leases.LEASE) -> tuple[IncomingMail, ...]:
    """Take the oldest mails for deciding; commit before parsing them.

    What a crash or a failed reading left active is taken again, one mail at a time: on SQLite at once (there is one
    daemon), on PostgreSQL after the lease. So a daemon that was killed over a batch of good mails blames only the one
    it then has in hand, and one that dies of a mail always dies of the same.

    What the desk itself sent comes last, when nothing that was sent to it waits: the case it answers must be there.
    """
    shared = is_postgresql(session)
    abandoned = (LEASE_OVER if shared else ACTIVE).rows(session, most=1)
    found = abandoned or WAITING.rows(session, most=limit) or _sent(session, limit)
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
    taken = [mail.id for mail in mails]
    if taken and shared:
        LEASE_OUT.run(session, ids=taken, lease=lease)
    elif taken:
        TAKE.run(session, ids=taken)
    return tuple(mails)


def _sent(session: Session, limit: int) -> Sequence[Any]:
    return () if UNDECIDED.one(session) is not None else SENT.rows(session, most=limit)


def take(session: Session, folder: FolderState, uid: int) -> IncomingMail:
    """Take one mail in hand that was saved in this very transaction, so that nobody else ever sees it waiting."""
    row = ONE_SAVED.rows(session, folder_id=folder.id, uidvalidity=folder.uidvalidity, uid=uid, most=1)[0]
    columns = dict(zip(CLAIMED, row, strict=True)) | {"attempts": 1}
    TAKE.run(session, ids=[columns["id"]])
    return IncomingMail(**columns, octets=octets_of(session, columns["octets_id"]))


def renew(session: Session, mails: Iterable[IncomingMail], lease: dt.timedelta = leases.LEASE) -> None:
    """Prolong the claims of those of these mails that are still in hand; in a transaction of its own."""
    leases.wait_briefly(session)
    session.exec(update(t.Incoming).where(*_in_hand(mails)).values(lease_until=leases.until(session, lease)))


def unclaim(session: Session, mails: Iterable[IncomingMail]) -> None:
    """Give back mails that nothing was done about (the database was busy, a stop); the attempt is not counted."""
    back = {"state": "incoming", "attempts": t.Incoming.attempts - 1, "lease_until": None}
    session.exec(update(t.Incoming).where(*_in_hand(mails)).values(**back))


def _in_hand(mails: Iterable[IncomingMail]) -> tuple[ColumnElement[bool], ...]:
    claims = [(mail.id, mail.attempts) for mail in mails]
    return col(t.Incoming.state) == "active", tuple_(col(t.Incoming.id), col(t.Incoming.attempts)).in_(claims)


ONE = update(t.Incoming).where(col(t.Incoming.id) == bindparam("incoming_id"))
CLAIMED_BY_US = (col(t.Incoming.state) == "active", col(t.Incoming.attempts) == bindparam("claimed"))
FINISHED: dict[str, Any] = {
    name: bindparam(f"new_{name}") for name in ("outcome", "reason", "case_id", "entry_id", "mail_key", "finished_at")
}
HEADING: dict[str, Any] = {
    name: func.coalesce(bindparam(f"new_{name}"), getattr(t.Incoming, name)) for name in ("sender", "subject")
}
"""What was read of a mail once stays known."""
FINISH = Prepared(
    ONE.where(or_(col(t.Incoming.state) != "done", col(t.Incoming.outcome) == "ignored"))
    .values(state="done", lease_until=None)
    .values(FINISHED | HEADING)
)
FINISH_CLAIMED = Prepared(ONE.where(*CLAIMED_BY_US).values(state="done", lease_until=None).values(FINISHED | HEADING))
HOLD_CLAIMED = Prepared(
    ONE.where(*CLAIMED_BY_US)
    .values(state="hold", lease_until=None, case_id=func.coalesce(bindparam("new_case_id"), t.Incoming.case_id))
    .values({name: bindparam(f"new_{name}") for name in ("reason", "finished_at")} | HEADING)
)


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
    heading: Heading | None = None,
    claimed: int | None = None,
) -> None:
    """Note what became of a mail. A runner names the attempt under which it `claimed` it: LeaseLost if that is over.

    A person names none: StoreBusy where somebody else finished it first; a mail that was only ignored may be finished
    once more (`incoming open`).
    """
    outcome_of: dict[str, object] = {
        "incoming_id": incoming_id,
        "new_outcome": outcome,
        "new_reason": reason,
        "new_case_id": case_id,
        "new_entry_id": entry_id,
        "new_mail_key": mail_key,
        "new_finished_at": now,
        **_heading(heading),
    }
    if claimed is not None:
        if not FINISH_CLAIMED.run(session, **outcome_of, claimed=claimed):
            raise _lost(incoming_id)
    elif not FINISH.run(session, **outcome_of):
        get(session, incoming_id)
        raise StoreBusy(f"Mail {incoming_id} was finished by somebody else.")


def hold(  # noqa: PLR0913 - as `finish`
    session: Session, incoming_id: int, reason: str, *, now: dt.datetime | None = None, case_id: int | None = None,
    heading: Heading | None = None, claimed: int | None = None,
) -> None:  # fmt: skip
    """Park a mail for a person. `case_id` is the case that tells of it; `claimed` as in `finish`. Raises LeaseLost."""
    if claimed is not None:
        held: dict[str, object] = {"new_reason": reason, "new_finished_at": now, "new_case_id": case_id}
        held |= _heading(heading)
        if not HOLD_CLAIMED.run(session, incoming_id=incoming_id, claimed=claimed, **held):
            raise _lost(incoming_id)
        return
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


def held_twin(session: Session, incoming_id: int) -> int | None:
    """Return an earlier mail of the very same octets that was held, so that a person has it; None if there is none."""
    this = select(t.Octets.sha256).join(t.Incoming).where(t.Incoming.id == incoming_id).scalar_subquery()
    earlier = select(t.Incoming.id).join(t.Octets).where(t.Octets.sha256 == this, t.Incoming.id < incoming_id)
    met = or_(t.Incoming.state == "hold", col(t.Incoming.case_id).is_not(None))
    return session.exec(earlier.where(met).order_by(col(t.Incoming.id)).limit(1)).first()


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


def _heading(heading: Heading | None) -> dict[str, object]:
    return {
        "new_sender": None if heading is None else heading.sender,
        "new_subject": None if heading is None else heading.subject,
    }


def _lost(incoming_id: int) -> LeaseLost:
    return LeaseLost(f"Mail {incoming_id} is somebody else's by now.")


def _known(session: Session, folder: FolderState, uids: Sequence[int], *, vanished: bool = True) -> frozenset[int]:
    if not uids:
        return frozenset()
    above, upto = min(uids) - 1, max(uids)
    return known_uids(session, folder.id, folder.uidvalidity, above=above, upto=upto, vanished=vanished)


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
        sender=row.sender,
        subject=row.subject,
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
        sent=row.sent,
        filed_away=row.filed_away,
    )

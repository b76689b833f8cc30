"""The folders that are watched: how far each is accounted for, how it fares, and which process has it."""

import datetime as dt

from sqlalchemy import ColumnElement, CursorResult
from sqlmodel import Session, col, func, or_, select, update

from inboxd.desk.uid_plan import FolderState
from inboxd.errors import LeaseLost, NotFound
from inboxd.store import leases
from inboxd.store import tables as t
from inboxd.store.locks import is_postgresql

NEVER_REACHED = 0
"""Stands for UIDVALIDITY before first contact, as when a folder only ever failed; no server gives 0 (RFC 9051 9)."""


def get_folder(session: Session, mailbox: str, folder: str) -> FolderState | None:
    """Return what the ledger knows of a folder, None before the first contact with it."""
    row = _find(session, mailbox, folder)
    return None if row is None or row.uidvalidity == NEVER_REACHED else _state(row)


def list_folders(session: Session) -> tuple[FolderState, ...]:
    """Return all folders; one that was never reached has UIDVALIDITY 0."""
    query = select(t.Folder).order_by(col(t.Folder.mailbox), col(t.Folder.folder))
    return tuple(_state(row) for row in session.exec(query))


def start_folder(  # noqa: PLR0913 - what first contact settles
    session: Session,
    *,
    mailbox: str,
    folder: str,
    uidvalidity: int,
    baseline_uid: int,
    now: dt.datetime,
    silent_uid: int = 0,
) -> FolderState:
    """Note the first contact with a folder: mails at or below `baseline_uid` are left alone for ever."""
    row = _find(session, mailbox, folder) or t.Folder(mailbox=mailbox, folder=folder)
    row.uidvalidity, row.baseline_uid, row.settled_uid = uidvalidity, baseline_uid, baseline_uid
    row.silent_uid, row.started_at = silent_uid, row.started_at or now
    session.add(row)
    session.flush()
    return _state(row)


def change_uidvalidity(
    session: Session, folder_id: int, *, uidvalidity: int, baseline_uid: int, silent_uid: int = 0
) -> FolderState:
    """Begin again under a new UIDVALIDITY; the rows under the old one stay, and no mail of theirs is filed away."""
    row = _get(session, folder_id)
    row.uidvalidity, row.baseline_uid, row.settled_uid = uidvalidity, baseline_uid, baseline_uid
    row.silent_uid = silent_uid
    session.flush()
    return _state(row)


def settle(session: Session, folder_id: int, uid: int) -> None:
    """Note that everything at or below a UID is accounted for; it never goes back."""
    lower = (col(t.Folder.id) == folder_id, col(t.Folder.settled_uid) < uid)
    session.exec(update(t.Folder).where(*lower).values(settled_uid=uid))


def known_uids(
    session: Session, folder_id: int, uidvalidity: int, *, above: int, upto: int | None = None, vanished: bool = True
) -> frozenset[int]:
    """Return the UIDs of the ledger's rows above one UID and, where given, up to another.

    Without those of `vanished` mails on demand: one that lies there again after all is to be fetched.
    """
    query = select(t.Incoming.uid).where(t.Incoming.folder_id == folder_id, t.Incoming.uidvalidity == uidvalidity)
    query = query.where(t.Incoming.uid > above)
    if upto is not None:
        query = query.where(t.Incoming.uid <= upto)
    if not vanished:
        query = query.where(t.Incoming.state != "vanished")
    return frozenset(session.exec(query))


def ledger_of(session: Session, folder_id: int, uidvalidity: int) -> dict[int, str]:
    """Return all of a folder's rows under one UIDVALIDITY, as UID -> state."""
    query = select(t.Incoming.uid, t.Incoming.state)
    rows = session.exec(query.where(t.Incoming.folder_id == folder_id, t.Incoming.uidvalidity == uidvalidity))
    return dict(rows.all())


def rows_before(session: Session, folder_id: int, uidvalidity: int) -> int:
    """Return how many rows a folder has under other UIDVALIDITYs than its present one."""
    query = select(func.count()).where(t.Incoming.folder_id == folder_id, t.Incoming.uidvalidity != uidvalidity)
    return session.exec(query).one()


def looked(session: Session, folder_id: int, now: dt.datetime) -> None:
    """Note a good look at a folder."""
    row = _get(session, folder_id)
    row.last_look_at = now
    row.failing_since = row.last_error = None


def failed(session: Session, mailbox: str, folder: str, error: str, now: dt.datetime) -> None:
    """Note that a folder cannot be read, and since when."""
    row = _find(session, mailbox, folder) or t.Folder(mailbox=mailbox, folder=folder, uidvalidity=NEVER_REACHED)
    row.last_error, row.failing_since = error, row.failing_since or now
    session.add(row)


def lease(session: Session, mailbox: str, folder: str, owner: str, duration: dt.timedelta) -> int | None:
    """Take or keep a folder for a while; return the fencing token, or None where another owner has it.

    The token grows with every new owner. A folder that nobody looked at yet is leased, too: first contact is one
    daemon's. Raises StoreBusy where another daemon wrote the folder's row at this moment. On SQLite there is one
    daemon, and it always gets the folder.
    """
    if _find(session, mailbox, folder) is None:
        session.add(t.Folder(mailbox=mailbox, folder=folder, uidvalidity=NEVER_REACHED))
        session.flush()
    this = (col(t.Folder.mailbox) == mailbox, col(t.Folder.folder) == folder)
    before, fencing = session.exec(select(t.Folder.owner, t.Folder.fencing).where(*this)).one()
    free = or_(col(t.Folder.owner).is_(None), col(t.Folder.owner) == owner, leases.is_over(t.Folder.lease_until))
    unchanged = (*this, col(t.Folder.fencing) == fencing)
    condition = (*unchanged, free) if is_postgresql(session) else unchanged
    token = fencing if before == owner else fencing + 1
    taken = update(t.Folder).where(*condition)
    values = {"owner": owner, "lease_until": leases.until(session, duration), "fencing": token}
    result: CursorResult[*tuple[object, ...]] = session.exec(taken.values(**values))
    return token if result.rowcount else None


def renew(session: Session, mailbox: str, folder: str, hold: tuple[str, int], duration: dt.timedelta) -> bool:
    """Prolong a lease by its owner and token, in a transaction of its own; False where somebody else has the folder."""
    leases.wait_briefly(session)
    renewed = update(t.Folder).where(*_held(mailbox, folder, hold))
    result: CursorResult[*tuple[object, ...]] = session.exec(
        renewed.values(lease_until=leases.until(session, duration))
    )
    return bool(result.rowcount)


def prove_lease(session: Session, mailbox: str, folder: str, hold: tuple[str, int]) -> None:
    """Make sure that a folder is still its owner's, and stays so until this transaction ends. Raises LeaseLost.

    `hold` is the owner and the fencing token. A lease that has ended is good as long as nobody else took the folder.
    """
    mine = select(t.Folder.id).where(*_held(mailbox, folder, hold)).with_for_update(key_share=True)
    if session.exec(mine).first() is None:
        raise LeaseLost(f"Another daemon has the folder {folder} of {mailbox}.")


def release(session: Session, mailbox: str, folder: str, hold: tuple[str, int]) -> None:
    """Give a folder back, if it is the owner's still."""
    session.exec(update(t.Folder).where(*_held(mailbox, folder, hold)).values(owner=None, lease_until=None))


def _held(mailbox: str, folder: str, hold: tuple[str, int]) -> tuple[ColumnElement[bool], ...]:
    owner, token = hold
    return (
        col(t.Folder.mailbox) == mailbox,
        col(t.Folder.folder) == folder,
        col(t.Folder.owner) == owner,
        col(t.Folder.fencing) == token,
    )


def _find(session: Session, mailbox: str, folder: str) -> t.Folder | None:
    return session.exec(select(t.Folder).where(t.Folder.mailbox == mailbox, t.Folder.folder == folder)).first()


def _get(session: Session, folder_id: int) -> t.Folder:
    row = session.get(t.Folder, folder_id)
    if row is None:
        raise NotFound(f"There is no folder with the id {folder_id}.")
    return row


def _state(row: t.Folder) -> FolderState:
    return FolderState(
        id=row.id,
        mailbox=row.mailbox,
        folder=row.folder,
        uidvalidity=row.uidvalidity,
        baseline_uid=row.baseline_uid,
        settled_uid=row.settled_uid,
        silent_uid=row.silent_uid,
        started_at=row.started_at,
        last_look_at=row.last_look_at,
        failing_since=row.failing_since,
        last_error=row.last_error,
    )

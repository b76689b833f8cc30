"""Which mails of a folder are still to be fetched (RFC 4549, RFC 9051 2.3.1.1): arithmetic on UIDs only."""

import datetime as dt
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """What the ledger knows of a folder under one UIDVALIDITY. Mails at or below `baseline_uid` were there before us.

    Every mail at or below `settled_uid` is accounted for; above it the ledger says which are known.
    Mails at or below `silent_uid` stood there at first contact, or when UIDVALIDITY changed: they come in silently.
    `started_at` is the first contact with the folder, under whatever UIDVALIDITY.
    """

    id: int
    mailbox: str
    folder: str
    uidvalidity: int
    baseline_uid: int
    settled_uid: int
    silent_uid: int = 0
    started_at: dt.datetime | None = None
    last_look_at: dt.datetime | None
    failing_since: dt.datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderAccount:
    """The proof for one folder: of `on_server` mails, which are not in the ledger though they came after the baseline.

    `on_server` = `before_baseline` + `accounted` + the number of `missing` UIDs.
    """

    on_server: int
    before_baseline: int
    accounted: int
    missing: tuple[int, ...]

    @property
    def ok(self) -> bool:
        """Nothing is missing."""
        return not self.missing


def missing(server_uids: Iterable[int], known_uids: Set[int], settled_uid: int) -> tuple[int, ...]:
    """Return the UIDs above `settled_uid` that the server has and the ledger does not know, lowest first."""
    return tuple(sorted(uid for uid in set(server_uids) if uid > settled_uid and uid not in known_uids))


def settled(server_uids: Iterable[int], known_uids: Set[int], settled_uid: int, uidnext: int) -> int:
    """Return how far everything is accounted for: just below the lowest missing mail, never less than before.

    Nothing missing: all below `uidnext`, the UIDNEXT of a SELECT that came before `server_uids` were asked for
    (no mail can appear below it any more, RFC 9051 2.3.1.1).
    """
    still_missing = missing(server_uids, known_uids, settled_uid)
    reached = min([uidnext, *still_missing]) - 1
    return max(settled_uid, reached)


def batches(sizes: Iterable[tuple[int, int]], *, max_count: int, max_octets: int) -> tuple[tuple[int, ...], ...]:
    """Cut (UID, size in octets) pairs into groups of UIDs, in order. A mail above `max_octets` stands alone."""
    groups: list[tuple[int, ...]] = []
    group: list[int] = []
    octets = 0
    for uid, size in sizes:
        if group and (len(group) >= max_count or octets + size > max_octets):
            groups.append(tuple(group))
            group, octets = [], 0
        group.append(uid)
        octets += size
    if group:
        groups.append(tuple(group))
    return tuple(groups)


def baseline(first_run: str, uidnext: int, uids_since: Iterable[int]) -> int:
    """Return the highest UID that first contact leaves alone.

    `first_run`: "new" takes nothing that is there, "all" everything, "since:DATE" what `uids_since` names
    (the server's answer to SEARCH SINCE), from its lowest UID on.
    """
    if first_run == "new":
        return uidnext - 1
    if first_run == "all":
        return 0
    return min([uidnext, *uids_since]) - 1


def baseline_again(dated: Sequence[tuple[int, dt.datetime | None]], started_at: dt.datetime | None) -> int:
    """Return the baseline after UIDVALIDITY changed, from (UID, INTERNALDATE) pairs of all mails now in the folder.

    The old UIDs mean nothing any more, but the dates do: the longest run of lowest UIDs that are all older than
    our first contact was there before us. A mail without a date, or no first contact on record, ends the run.
    INTERNALDATE has whole seconds: a mail of the very second of first contact may have come after it.
    """
    reached = 0
    for uid, date in sorted(dated, key=lambda pair: pair[0]):
        if started_at is None or date is None or date >= started_at.replace(microsecond=0):
            break
        reached = uid
    return reached


def account(server_uids: Iterable[int], known_uids: Set[int], baseline_uid: int) -> FolderAccount:
    """Compare all UIDs of a folder with all that the ledger knows of it."""
    present = set(server_uids)
    before = {uid for uid in present if uid <= baseline_uid and uid not in known_uids}
    lost = missing(present, known_uids, baseline_uid)
    accounted = len(present) - len(before) - len(lost)
    return FolderAccount(on_server=len(present), before_baseline=len(before), accounted=accounted, missing=lost)

"""Which mails of a folder are still to be fetched (RFC 4549, RFC 9051 2.3.1.1): arithmetic on UIDs only."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

VANISHED = "vanished"
"""The state of a row whose mail was gone before it could be fetched: where such a mail lies there again, it counts as
missing."""

LATER = dt.timedelta(seconds=2)
"""After the second in which first contact began, by any clock that is nearly right."""

TRAVEL = dt.timedelta(days=1)
"""More than clocks differ and mails travel."""

DOUBT = dt.timedelta(seconds=5)
"""What INTERNALDATE, by the server's clock and in whole seconds, may be off from our own."""


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
    """The proof for one folder under its present UIDVALIDITY: every mail on the server, and every row of the ledger.

    `on_server` = `before_baseline` + `accounted` + the number of `missing` UIDs, which came after the baseline and are
    in no row. `by_state` counts the rows whose mail lies on the server, `gone` all others, as (state, number) pairs.
    """

    on_server: int
    before_baseline: int
    by_state: tuple[tuple[str, int], ...]
    missing: tuple[int, ...]
    gone: tuple[tuple[str, int], ...] = ()

    @property
    def accounted(self) -> int:
        """How many of the mails on the server the ledger knows."""
        return sum(number for _, number in self.by_state)

    @property
    def ok(self) -> bool:
        """Nothing is missing, and the sums agree."""
        return not self.missing and self.on_server == self.before_baseline + self.accounted


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


def baseline_again(
    dated: Sequence[tuple[int, dt.datetime | None]],
    started_at: dt.datetime | None,
    last_look_at: dt.datetime | None = None,
) -> int:
    """Return the baseline after UIDVALIDITY changed, from (UID, INTERNALDATE) pairs of all mails now in the folder.

    The old UIDs mean nothing any more, but the dates do: the longest run of lowest UIDs that are all older than
    our first contact was there before us. A mail without a date, or no first contact on record, ends the run.
    INTERNALDATE has whole seconds: a mail of the very second of first contact may have come after it; but where a good
    look began later (`last_look_at`), such a mail was seen by it.
    """
    if started_at is None:
        return 0
    until = started_at.replace(microsecond=0)
    if last_look_at is not None and last_look_at >= until + LATER:
        until += dt.timedelta(seconds=1)
    reached = 0
    for uid, date in sorted(dated, key=lambda pair: pair[0]):
        if date is None or date >= until:
            break
        reached = uid
    return reached


def is_history(
    uid: int, came: dt.datetime | None, stopped: dt.datetime | None, state: FolderState, now: dt.datetime
) -> bool:
    """Say whether a mail lay there before us, or before a new UIDVALIDITY; what came since the last look did not.

    `came` is its INTERNALDATE, `stopped` when its own header says that it reached its last server; both may be untrue,
    so that only what both make old is old: a mail that a person waits for an answer to must not be taken in silence.
    A restored mail may come with today as its INTERNALDATE. One that arrived long before the first contact is history
    wherever it lies now; a first contact in the future was noted by a clock that was wrong.
    """
    if uid > state.silent_uid:
        if state.started_at is None:
            return False
        began = min(state.started_at, now)
        return _is_before(came, began) and _is_before(stopped, began)
    looked = state.last_look_at
    if looked is None or came is None or came <= looked - DOUBT:
        return True
    return stopped is None or _is_before(stopped, looked)


def _is_before(when: dt.datetime | None, moment: dt.datetime) -> bool:
    return when is not None and when < moment - TRAVEL


def account(server_uids: Iterable[int], ledger: Mapping[int, str], baseline_uid: int) -> FolderAccount:
    """Compare all UIDs of a folder with all rows that the ledger has of it, as UID -> state."""
    present = set(server_uids)
    known = {uid for uid, state in ledger.items() if state != VANISHED}
    there = Counter(ledger[uid] for uid in present & known)
    gone = Counter(state for uid, state in ledger.items() if uid not in present)
    return FolderAccount(
        on_server=len(present),
        before_baseline=sum(uid <= baseline_uid for uid in present - known),
        by_state=tuple(sorted(there.items())),
        missing=missing(present, known, baseline_uid),
        gone=tuple(sorted(gone.items())),
    )

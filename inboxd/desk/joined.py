"""Cases that are made one, or two: what is known of that, and what merging and splitting change."""

import datetime as dt
from dataclasses import dataclass
from typing import TypeAlias

from inboxd.desk.case import Role, Status
from inboxd.mail.address import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMerge:
    """A merge that still holds: how the case stood before it, and what it brought to the one it lives on in.

    `brought` are the addresses, with their roles there, and `notices` the notices that the other case did not have;
    `targets`: the other case took over a target of this one.
    """

    case_id: int
    into_id: int
    at: dt.datetime
    status: Status
    until: dt.datetime | None
    category: str
    into_category: str
    brought: tuple[tuple[str, Role], ...] = ()
    notices: tuple[int, ...] = ()
    targets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """A mail, a note, a call or a letter on a journal; `letter` is the kind and the state of a letter of ours."""

    id: int
    case_id: int
    at: dt.datetime
    kind: str
    from_: Address | None = None
    subject: str | None = None
    letter: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCase:
    """Let a case live on in another one; what it takes to undo that is kept."""

    case_id: int
    merge: KnownMerge
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmergeCase:
    """Let a merged case stand by itself again, in a category; the people named leave the one it lived on in."""

    case_id: int
    into_id: int
    category: str
    leaving: tuple[str, ...]
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveEntries:
    """Move entries of a case to another one, with the Message-IDs by which answers to them are known."""

    case_id: int
    from_id: int
    entry_ids: tuple[int, ...]


Joining: TypeAlias = MergeCase | UnmergeCase | MoveEntries

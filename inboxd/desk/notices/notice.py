"""Notices of downtime (driftsmeldinger): what one says, whom it concerns, and where it stands. Pure values."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from inboxd.desk.desk import Desk

NoticeKind: TypeAlias = Literal["planned", "unplanned"]
NoticeState: TypeAlias = Literal["planned", "active", "closed", "expired"]

WARNING = dt.timedelta(days=7)
"""Planned work is told of so long before it begins; less is a short warning."""

TITLE_LENGTH = 60

NAME = re.compile(r"(?i)(?:d-?)?([0-9]{1,9})")
SENTENCE_END = re.compile(r"[.!?:](?:\s|$)|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice. `affects` are names of categories, () for all; `ends_at` is its end or an estimate, if there is one.

    `text` says what is hit, `still_works` what works all the same ("" where nothing is said of it). `latest` is what
    was told last, on notices that are in force.
    """

    id: int
    kind: NoticeKind
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    affects: tuple[str, ...]
    text: str
    still_works: str = ""
    made_at: dt.datetime
    made_by: str
    closed_at: dt.datetime | None = None
    short_warning: bool = False
    latest: str = ""

    @property
    def name(self) -> str:
        """What people call it: D-3."""
        return f"D-{self.id}"

    @property
    def title(self) -> str:
        """Its first sentence, shortened at a word: what stands in a subject."""
        first = SENTENCE_END.split(self.text.strip(), maxsplit=1)[0]
        words = " ".join(first.split())
        if len(words) <= TITLE_LENGTH:
            return words
        return f"{words[:TITLE_LENGTH].rpartition(' ')[0] or words[:TITLE_LENGTH]}…"

    def state(self, now: dt.datetime) -> NoticeState:
        """Say where it stands: what was closed stays so, what has an end runs out by the clock."""
        if self.closed_at is not None:
            return "closed"
        if self.ends_at is not None and self.ends_at <= now:
            return "expired"
        return "active" if self.starts_at <= now else "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeUpdate:
    """What was told later. `closing` is the last word; `to_cases`: those whose cases stand under it hear of it, too."""

    id: int
    notice_id: int
    at: dt.datetime
    actor: str
    text: str
    closing: bool = False
    to_cases: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Somebody whom notices are mailed to; `customer` where it is a customer's contact."""

    address: str
    customer: str | None = None


def read_name(text: str) -> int | None:
    """Read a notice's number as typed: 3, D-3 or d3; None where it is none."""
    found = NAME.fullmatch(text.strip())
    return int(found[1]) if found else None


def is_short_warning(kind: NoticeKind, starts_at: dt.datetime, now: dt.datetime) -> bool:
    """Say whether planned work is told of less than seven days before it begins."""
    return kind == "planned" and starts_at - now < WARNING


def is_short_when_moved(notice: Notice, starts_at: dt.datetime, now: dt.datetime) -> bool:
    """Say so of a notice that is told to begin at another time: where that is earlier, or it was short before."""
    return is_short_warning(notice.kind, starts_at, now) and (notice.short_warning or starts_at < notice.starts_at)


def concerns(affects: tuple[str, ...], category: str, desk: "Desk") -> bool:
    """Say whether what hits these categories hits a category: itself, or one that it is a part of; () hits all."""
    return not affects or not set(affects).isdisjoint(desk.lineage(category))


def concerning(notices: Iterable[Notice], category: str, desk: "Desk") -> tuple[Notice, ...]:
    """Return the notices that a requester of this category should know of, in their order."""
    return tuple(notice for notice in notices if concerns(notice.affects, category, desk))


def receivers(
    affects: tuple[str, ...], desk: "Desk", open_cases: Iterable[tuple[str, str]] = ()
) -> tuple[Receiver, ...]:
    """Return whom a notice is mailed to, each address once: the subscribers, and the contacts of customers it hits.

    `open_cases` are the customers and categories of open cases. Our own mailboxes get no letters.
    """
    with_cases = frozenset(customer for customer, category in open_cases if concerns(affects, category, desk))
    hit = (c for c in desk.customers if c.contact and (c.name in with_cases or _hits(affects, c.category, desk)))
    people = [*(Receiver(address=c.contact or "", customer=c.name) for c in hit)]
    people += [Receiver(address=address) for address in desk.subscribers]
    each: dict[str, Receiver] = {}
    for receiver in people:
        each.setdefault(receiver.address.casefold(), receiver)
    return tuple(receiver for receiver in each.values() if not desk.is_ours(receiver.address))


def left_out(people: Iterable[str], desk: "Desk") -> tuple[str, ...]:
    """Return the names of the customers whose contact is not among the addresses that a notice is mailed to."""
    told = frozenset(address.casefold() for address in people)
    return tuple(c.name for c in desk.customers if c.contact is None or c.contact.casefold() not in told)


def _hits(affects: tuple[str, ...], category: str | None, desk: "Desk") -> bool:
    """Say whether a customer of this category is hit: one without has cases everywhere, one with a category also hears
    of what hits a part of it."""
    return (
        category is None
        or concerns(affects, category, desk)
        or any(category in desk.lineage(affected) for affected in affects)
    )

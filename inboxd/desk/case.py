"""A case: its reference, status and people, as a decision may know them."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a case stands. `solved` and `closed` are at rest, `merged` points elsewhere."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    POSTPONED = "postponed"
    SOLVED = "solved"
    CLOSED = "closed"
    MERGED = "merged"

    @property
    def at_rest(self) -> bool:
        """Nobody is working on it."""
        return self in {Status.SOLVED, Status.CLOSED, Status.MERGED}


class Role(StrEnum):
    """What a participant is to a case."""

    REQUESTER = "requester"
    CC = "cc"
    ADDED = "added"
    SUPPLIER = "supplier"
    OUTSIDER = "outsider"


class Channel(StrEnum):
    """How an enquiry came in."""

    MAIL = "mail"
    PHONE = "phone"
    COUNTER = "counter"
    WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A person of a case. `address` is as written, "" for a caller without one."""

    address: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as stored. `id` is the store's own; `number` and `prefix` make the reference.

    `version` grows with every change and every entry. `requester` may lack an address (a caller).
    `paused_at` is since when its clocks stand still. `round` counts how often its escalation began anew, and
    `escalates_from` is since when this round counts, None while none does. `missing` are the names of fields that the
    requester was asked for. `counted_at` is when its targets were last counted: at its opening, or with another
    priority or category. `by_machine`: machine mail opened it, so that there is nobody to answer until a
    person writes on it, at `asked_at`.
    `item` is what a call-off orders, by its name in the catalogue. `merged_into` is the id of the case it lives on in.
    `until` is when a waiting or postponed case wakes; `responded_at` when a person first answered. Times are aware.
    """

    id: int
    number: int
    prefix: str
    mailbox: str
    category: str
    priority: str
    status: Status
    subject: str
    channel: Channel
    language: str
    assignee: str | None
    requester: Participant
    phone: str | None
    participants: tuple[Participant, ...]
    opened_at: dt.datetime
    updated_at: dt.datetime
    closed_at: dt.datetime | None
    response_due: dt.datetime | None
    resolution_due: dt.datetime | None
    until: dt.datetime | None
    responded_at: dt.datetime | None
    undelivered: bool
    tags: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    last_message_id: str | None
    last_references: tuple[str, ...]
    last_from_requester_at: dt.datetime | None
    version: int
    customer: str | None = None
    type: str | None = None
    item: str | None = None
    paused_at: dt.datetime | None = None
    round: int = 0
    escalates_from: dt.datetime | None = None
    counted_at: dt.datetime | None = None
    by_machine: bool = False
    asked_at: dt.datetime | None = None
    missing: tuple[str, ...] = ()
    merged_into: int | None = None

    def is_participant(self, address: str) -> bool:
        """Say whether an address is a party to the case (an outsider is not)."""
        key = address.casefold()
        return any(p.address.casefold() == key and p.role is not Role.OUTSIDER for p in self.participants)

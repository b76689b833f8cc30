"""What this room hands out beside the values of desk and mail: a row as others may see it."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from inboxd.desk.case import Participant
from inboxd.desk.evidence import Evidence
from inboxd.mail.address import Address
from inboxd.mail.message import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a decision did. `held` is the reason of a Hold, which the caller writes on the mail."""

    case_id: int | None
    entry_id: int | None
    opened: bool
    held: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMail:
    """A mail claimed from the ledger for deciding. `attempts` counts this one; `octets` are byte for byte."""

    id: int
    folder_id: int
    mailbox: str
    folder: str
    uidvalidity: int
    uid: int
    octets_id: int
    octets: bytes = field(repr=False)
    sha256: str
    size: int
    internaldate: dt.datetime | None
    received_at: dt.datetime
    attempts: int
    silent: bool
    headers_only: bool
    sent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Who wrote a mail, and about what, as the ledger lists it."""

    sender: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRow:
    """A mail of the ledger, without its octets; `sender` and `subject` are None where it was not read."""

    id: int
    mailbox: str
    folder: str
    uidvalidity: int
    uid: int
    state: str
    outcome: str | None
    reason: str
    sender: str | None
    subject: str | None
    attempts: int
    sha256: str
    size: int
    internaldate: dt.datetime | None
    received_at: dt.datetime
    octets_id: int | None
    case_id: int | None
    entry_id: int | None
    silent: bool
    headers_only: bool
    filed_away: bool
    sent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many rows stand in each state, and since when the oldest unfinished one waits."""

    states: tuple[tuple[str, int], ...]
    oldest_waiting: dt.datetime | None

    def of(self, state: str) -> int:
        """Return how many rows stand in a state."""
        return dict(self.states).get(state, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow:
    """One recipient of a letter: state is queued, sent, failed, bounced, deferred or unknown."""

    address: str
    role: Literal["to", "cc"]
    state: str
    reply: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """A letter of the outbox. `case_id` is None for an alert; prefix and number are its case's."""

    id: int
    case_id: int | None
    prefix: str | None
    number: int | None
    mailbox: str
    kind: str
    actor: str
    subject: str
    message_id: str | None
    octets_id: int | None
    state: str
    hold_reason: str | None
    attempts: int
    created_at: dt.datetime
    not_before: dt.datetime
    next_attempt_at: dt.datetime | None
    last_reply: str | None
    resent: bool
    recipients: tuple[RecipientRow, ...]

    @property
    def to(self) -> tuple[str, ...]:
        """The addresses of To."""
        return tuple(r.address for r in self.recipients if r.role == "to")

    @property
    def cc(self) -> tuple[str, ...]:
        """The addresses of Cc."""
        return tuple(r.address for r in self.recipients if r.role == "cc")


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayRow:
    """The state of a mailbox's relay."""

    mailbox: str
    deferred_until: dt.datetime | None
    failing_since: dt.datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An open alert: since when its problem was seen, when a person was told, since when it is gone."""

    id: int
    code: str
    subject: str
    what: str
    since: dt.datetime
    told_at: dt.datetime | None
    ended_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case as the queue shows it; no participant but the requester. `last_actor` wrote last, at `last_at`."""

    id: int
    number: int
    prefix: str
    subject: str
    status: str
    priority: str
    category: str
    mailbox: str
    customer: str | None
    assignee: str | None
    requester: Participant
    phone: str | None
    verified: bool
    channel: str
    language: str
    last_actor: str | None
    last_at: dt.datetime | None
    opened_at: dt.datetime
    updated_at: dt.datetime
    closed_at: dt.datetime | None
    responded_at: dt.datetime | None
    response_due: dt.datetime | None
    resolution_due: dt.datetime | None
    until: dt.datetime | None
    undelivered: bool
    merged_into: int | None
    version: int
    type: str | None = None
    item: str | None = None
    missing: tuple[str, ...] = ()
    paused_at: dt.datetime | None = None
    round: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """A link of a case to another one."""

    case_id: int
    prefix: str
    number: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """An entry of the journal. `delivery` is the letter that a mail_out entry went out as."""

    id: int
    case_id: int
    at: dt.datetime
    kind: str
    actor: str
    from_: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str | None
    text: str
    reply_text: str | None
    message_id: str | None
    octets_id: int | None
    attachments: tuple[Attachment, ...]
    evidence: tuple[Evidence, ...]
    delivery: LetterRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceRow:
    """That an agent is away: since when, until when if that is known, and who was given the open cases."""

    agent: str
    since: dt.datetime
    until: dt.datetime | None
    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRow:
    """That an agent served a category, and by it a customer, from `since` to `until` (None: still)."""

    agent: str
    category: str
    customer: str | None
    since: dt.datetime
    until: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """Something that was done to the desk itself, by an agent or by "inboxd"."""

    at: dt.datetime
    actor: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingHeld:
    """Sending that a person stopped: of one mailbox, or ("") of the whole desk."""

    mailbox: str
    at: dt.datetime
    by: str

"""What a decision is made of: a closed union of small changes, drafts of letters, and the evidence for them."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, TypeAlias

from inboxd.desk.agent_mail.changes import AgentMailChange
from inboxd.desk.case import Channel, Participant, Status
from inboxd.desk.evidence import Evidence
from inboxd.desk.joined import Joining
from inboxd.desk.letters.morning import Morning
from inboxd.desk.notices.changes import NoticeChange
from inboxd.desk.notices.notice import Notice
from inboxd.desk.routing.destination import Routing
from inboxd.mail.address import Address
from inboxd.mail.message import Attachment, File, ReportedRecipient

NEW_CASE = 0
"""The case id that stands for the case which this very decision opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """Open a case; its number is given by the store in the same transaction."""

    mailbox: str
    prefix: str
    category: str
    priority: str
    assignee: str | None
    subject: str
    channel: Channel
    language: str
    requester: Participant
    phone: str | None
    verified: bool
    response_due: dt.datetime | None
    resolution_due: dt.datetime | None
    status: Status = Status.NEW
    opened_at: dt.datetime | None = None
    tags: tuple[str, ...] = ()
    customer: str | None = None
    type: str | None = None
    item: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    escalates_from: dt.datetime | None = None
    counted_at: dt.datetime | None = None
    by_machine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEntry:
    """Add an entry to a case's journal. `actor` is an agent's name, an address, or "inboxd".

    `mail_out` is what an agent sent in a mail client; of a letter of ours the entry is written with it.
    `mail_key` is set where a mail made the entry and is unique over the desk. `references` are the ids the mail cites.
    `found_by`: whom the search finds it by, besides its addresses.
    """

    case_id: int
    kind: Literal["mail_in", "mail_out", "note", "call", "event"]
    actor: str
    from_: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str | None = None
    text: str = ""
    reply_text: str | None = None
    message_id: str | None = None
    cited: tuple[str, ...] = ()
    mail_key: str | None = None
    attachments: tuple[Attachment, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    from_requester: bool = False
    found_by: tuple[str, ...] = ()


CaseField: TypeAlias = Literal[
    "status", "assignee", "priority", "category", "subject", "undelivered", "until", "response_due", "resolution_due",
    "closed_at", "responded_at", "customer", "type", "item", "language", "paused_at", "round", "escalates_from",
    "counted_at", "asked_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SetField:
    """Set one field of a case; the store notes who, when, from what to what as an event of the journal.

    `quiet` leaves out the event where another entry says it already.
    """

    case_id: int
    field: CaseField
    value: str | bool | int | dt.datetime | None
    actor: str
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTag:
    """Put a tag on a case, or take it off."""

    case_id: int
    tag: str
    present: bool
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCustomField:
    """Set one of the desk's own fields of a case (None removes it)."""

    case_id: int
    key: str
    value: str | None
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMissing:
    """Set which fields the requester has not told yet."""

    case_id: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddParticipant:
    """Add a person to a case; one already there keeps the stronger role."""

    case_id: int
    participant: Participant


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Link two cases, written on both."""

    case_id: int
    other_id: int
    kind: Literal["claims", "follows", "merged", "split", "notice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDelivery:
    """Note on a letter what a delivery report says of its recipients."""

    letter_id: int
    recipients: tuple[ReportedRecipient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Park the mail for a person, with the reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelLetters:
    """Cancel letters of a case that have not left yet (the undo window)."""

    case_id: int
    letter_ids: tuple[int, ...]
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldAnswers:
    """Hold answers of a case that still wait in their undo window, with the reason in plain words."""

    case_id: int
    letter_ids: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyCame:
    """Note that our own copy of a letter is here: where nobody knew whether the letter was sent, it was."""

    letter_id: int
    case_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Let the clock look at a case at a moment, under a name; None takes the timer of that name off."""

    case_id: int
    name: str
    rings_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Keep what a target came to, in seconds without the time in which the case waited for somebody outside."""

    case_id: int
    target: Literal["response", "resolution"]
    due: dt.datetime | None
    within: bool
    office_seconds: int
    wall_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated:
    """Put on record that a level of escalation was reached; each level once a round. `to` are addresses.

    The letters are drafts of the same decision.
    """

    case_id: int
    round: int
    target: Literal["response", "resolution", "asked"]
    level: int
    to: tuple[str, ...]
    why: str = ""
    actor: str = "inboxd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Put on record that somebody has seen what was escalated of a case."""

    case_id: int
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesHit:
    """Count rules of the admin's that hit a mail, whatever became of it."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTaken:
    """Count a case that an agent was given by turn in a category which shares its cases out.

    `missed` are the turns that passed him by since his last one, while he was away or not yet there: they count as his,
    so that he makes nothing good.
    """

    category: str
    agent: str
    missed: int = 0


Change: TypeAlias = (
    OpenCase
    | AddEntry
    | SetField
    | SetTag
    | SetCustomField
    | SetMissing
    | AddParticipant
    | Link
    | RecordDelivery
    | Hold
    | CancelLetters
    | HoldAnswers
    | CopyCame
    | AgentMailChange
    | SetTimer
    | Measured
    | Escalated
    | Acknowledged
    | RulesHit
    | TurnTaken
    | NoticeChange
    | Joining
)

LetterKind: TypeAlias = Literal[
    "receipt", "answer", "forward", "agent", "escalation", "notice", "refusal", "confirm", "alert"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter to be written. `template` names the template in `templates/<language>/`; `text` is a person's words.

    `null_sender`: MAIL FROM <>. `held` is the reason to park it in the outbox at once. `closed` asks the template to
    say that the case is closed. `about` is the entry's text that an agent's letter shows, `author` wrote it,
    `attachments` are the names of what came with it, `enclosed` what of that goes along, and `left_out` the names of
    what does not; `failed` are the addresses that a letter did not reach.
    `unknown_sender` counts a receipt against the cap for first-time senders. `held_answers` are letters of which
    an agent hears that they are held: his own, or those of `held_of`. `notices` are those that a receipt tells of, or
    the one that a letter is about; `words` are what several new cases share. Of the letters with the same `once` only
    the first is ever written. `planned` are the texts that stand at the top of a receipt; by `next_letter_at` the
    requester hears of the case again. `referred_to` decides the case instead of us. `target` and `target_due` are what
    an escalation is about. `morning` is what the morning letter lists. `carries` are attachments of the mail decided
    on. `problems` are (line, why, right line, detail): what stopped an agent's mail; `waiting` are mails (case, all
    words) of which he is asked.
    """

    kind: LetterKind
    case_id: int | None
    mailbox: str
    template: str
    language: str
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    text: str = ""
    about: str = ""
    actor: str = "inboxd"
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    null_sender: bool = False
    held: str | None = None
    opens_at: dt.datetime | None = None
    closed_now: bool = False
    closed: bool = False
    files: tuple[File, ...] = ()
    delay: dt.timedelta = dt.timedelta(0)
    author: str = ""
    attachments: tuple[str, ...] = ()
    enclosed: tuple[Attachment, ...] = ()
    left_out: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    unknown_sender: bool = False
    held_answers: tuple[int, ...] = ()
    held_of: str = ""
    referred_to: str = ""
    notices: tuple[Notice, ...] = ()
    words: tuple[str, ...] = ()
    once: str | None = None
    stand_in: str = ""
    planned: str = ""
    next_letter_at: dt.datetime | None = None
    target: Literal["response", "resolution", "asked", ""] = ""
    target_due: dt.datetime | None = None
    morning: Morning | None = None
    carries: tuple[Attachment, ...] = ()
    problems: tuple[tuple[str, str, str, str], ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """A letter that was not written, and why."""

    kind: LetterKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Threading:
    """The case that a mail belongs to, and the evidence that settled it ("none" for a new one)."""

    case_id: int | None
    evidence: Literal[
        "report", "token", "in_reply_to", "references", "cited", "reference_participant", "reference_stranger", "none"
    ]


DecisionKind: TypeAlias = Literal["open_case", "add_to_case", "record_delivery", "agent_order", "ignore", "hold"]

Outcome: TypeAlias = Literal["opened", "added", "note", "command", "ignored", "duplicate", "oversize"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The whole outcome: what changes, which letters go, which do not and why, and which rules hit."""

    kind: DecisionKind
    changes: tuple[Change, ...] = ()
    letters: tuple[Draft, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    routing: Routing | None = None
    threading: Threading | None = None
    outcome: Outcome | None = None
    reason: str = ""

"""The facts that a decision may look at, loaded beforehand: what to load (`Lookup`) and what was found (`View`)."""

import datetime as dt
from dataclasses import dataclass

from inboxd.desk.case import Case
from inboxd.desk.desk import Desk
from inboxd.desk.joined import KnownEntry, KnownMerge
from inboxd.desk.notices.notice import Notice
from inboxd.mail.message_id import Keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Which facts a decision about one mail may need; every field is an indexed look-up.

    `addresses[0]` is the writer's, "" where there is none; the others are where a receipt might go instead. `quoted`
    are the numbers of cases that subject or text name; `words` are subject and text where those tell a mail.
    """

    mail_key: str
    message_ids: tuple[str, ...]
    numbers: tuple[int, ...]
    letter_ids: tuple[int, ...]
    addresses: tuple[str, ...]
    quoted: tuple[int, ...] = ()
    words: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLetter:
    """A letter of ours: its present case (None for an alert), its kind, to whom it went, and who wrote it.

    `revoked`: its token was shown to others and proves nothing any more.
    """

    id: int
    case_id: int | None
    kind: str
    message_id: str
    recipients: tuple[str, ...]
    state: str
    actor: str = "inboxd"
    written_at: dt.datetime | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownClaim:
    """A mail on a case that an agent may have written and that waits for his word; when he was first asked about it."""

    id: int
    case_id: int
    agent: str
    asked_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMessageId:
    """A Message-ID seen on a case. `source`: "ours", "theirs", or "cited" where only a References field named it."""

    message_id: str
    case_id: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReceipt:
    """A case of the last day that the mail names, and the text of our receipt for it ("" where none was written).

    `brought_back`: the mail that opened the case brought back another one (see `loop`).
    """

    number: int
    prefix: str
    text: str
    brought_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many open cases an agent has in hand."""

    agent: str
    open_cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptCounts:
    """Receipts queued or sent inside the periods of the desk's caps."""

    to_address: int = 0
    to_unknown: int = 0
    by_desk: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A moment at which the clock has to look at a case, and why."""

    case_id: int
    name: str
    rings_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStanding:
    """How a case stood from a moment on, until its next one."""

    case_id: int
    at: dt.datetime
    status: str
    assignee: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEscalation:
    """A level of escalation that was reached; `acknowledged_by` is None as long as nobody has seen it."""

    case_id: int
    round: int
    target: str
    level: int
    at: dt.datetime
    to: tuple[str, ...]
    why: str
    acknowledged_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The facts for one decision, true inside one transaction.

    `cases` are all cases that any of the other facts name, a merged one replaced by its survivor: `case_of_number` and
    the letters' and ids' case_id already point at the survivor. `waiting` are answers of these cases that stand in
    their undo window. `known_sender`: the author had a case before. `same_words`: how many of the newest receipts were
    for a mail of the same subject and text; `same_words_by_writer`: how many of these were this author's. `bounced`:
    addresses of the look-up that bounced within 60 days. `absent`: agents who are away. `ringing` are timers whose
    moment has come, `timers` and `escalations` all those of `cases`; `standings` are how these stood, oldest first,
    for an order or the clock. `turns` are (category, agent, cases given);
    `last_agents` (category, agent) of the author's newest case of late in each category; `notices` are in force now.
    `arrived_in` is the mailbox in whose folder the mail lay, `sent` says that it was a Sent folder, `duplicate_sent`
    that the mail it is a duplicate of lay in one, too; `silent` says that it is history: nobody is written to
    about it. `greeted`: (case, address) to which a receipt went, so that a machine may write there again.
    `parent_text` is the text of the letter to an agent that the mail answers: none of it is the agent's own word.
    `claims` are the mails that wait for the word of the agent who writes, oldest first.
    For merging and splitting `cases` are the cases themselves: `merges` that hold, `splits` (what was split off, case
    it came of), `entries` of their journals without events, `under` (case, notice).
    """

    desk: Desk
    keyring: Keyring
    duplicate_of: int | None = None
    duplicate_sent: bool = False
    cases: tuple[Case, ...] = ()
    numbers: tuple[tuple[int, int], ...] = ()
    message_ids: tuple[KnownMessageId, ...] = ()
    letters: tuple[KnownLetter, ...] = ()
    waiting: tuple[KnownLetter, ...] = ()
    loads: tuple[Load, ...] = ()
    absent: frozenset[str] = frozenset()
    known_sender: bool = False
    bounced: frozenset[str] = frozenset()
    receipts: ReceiptCounts = ReceiptCounts()
    known_receipts: tuple[KnownReceipt, ...] = ()
    same_words: int = 0
    same_words_by_writer: int = 0
    due_to_wake: tuple[Case, ...] = ()
    ringing: tuple[Timer, ...] = ()
    timers: tuple[Timer, ...] = ()
    escalations: tuple[KnownEscalation, ...] = ()
    standings: tuple[KnownStanding, ...] = ()
    turns: tuple[tuple[str, str, int], ...] = ()
    last_agents: tuple[tuple[str, str], ...] = ()
    notices: tuple[Notice, ...] = ()
    newest_entry_at: dt.datetime | None = None
    arrived_in: str = ""
    sent: bool = False
    silent: bool = False
    greeted: frozenset[tuple[int, str]] = frozenset()
    parent_text: str = ""
    claims: tuple[KnownClaim, ...] = ()
    merges: tuple[KnownMerge, ...] = ()
    splits: tuple[tuple[int, int], ...] = ()
    entries: tuple[KnownEntry, ...] = ()
    under: tuple[tuple[int, int], ...] = ()

    def case(self, case_id: int) -> Case | None:
        """Return the case of that store id."""
        return next((c for c in self.cases if c.id == case_id), None)

    def case_of_number(self, number: int) -> Case | None:
        """Return the case of that number, or of its survivor where it was merged."""
        case_id = next((i for n, i in self.numbers if n == number), None)
        return None if case_id is None else self.case(case_id)

    def letter(self, letter_id: int) -> KnownLetter | None:
        """Return the letter of that id."""
        return next((known for known in self.letters if known.id == letter_id), None)

    def letter_of_message_id(self, message_id: str) -> KnownLetter | None:
        """Return the letter that went out under that Message-ID."""
        return next((known for known in self.letters if known.message_id == message_id), None)

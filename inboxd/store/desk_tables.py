"""The tables of what makes a desk of a mailbox: clocks, escalation, notices, people. Rows never leave this room."""

import datetime as dt

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import JSON, Field, SQLModel

from inboxd.store.tables import flag, one_of


class Timer(SQLModel, table=True):
    """When the clock has to look at a case again, and why. One of a name; it is gone once it has rung."""

    __tablename__ = "timers"
    __table_args__ = (Index(None, "rings_at"),)

    case_id: int = Field(primary_key=True, foreign_key="cases.id")
    name: str = Field(primary_key=True)
    rings_at: dt.datetime


class Standing(SQLModel, table=True):
    """How a case stood from a moment on: a row for its opening and one for each later change, never changed."""

    __tablename__ = "standings"
    __table_args__ = (Index(None, "case_id", "id"), {"sqlite_autoincrement": True})

    id: int = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id")
    at: dt.datetime = Field(index=True)
    status: str
    category: str
    priority: str
    customer: str | None = None
    assignee: str | None = None
    type: str | None = None
    item: str | None = None


class Measurement(SQLModel, table=True):
    """A target that a case reached, kept as it was measured then: reports of past months never change.

    `office_seconds` count in the priority's own clock, `wall_seconds` by the wall; neither counts time in which the
    case waited for somebody outside.
    """

    __tablename__ = "measurements"
    __table_args__ = (one_of("target", "response resolution"), {"sqlite_autoincrement": True})

    id: int = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    at: dt.datetime = Field(index=True)
    target: str
    category: str
    priority: str
    customer: str | None = None
    assignee: str | None = None
    due: dt.datetime | None = None
    within: bool = flag("within")
    office_seconds: int = Field(sa_type=BigInteger)
    wall_seconds: int = Field(sa_type=BigInteger)


class Escalation(SQLModel, table=True):
    """A level of escalation that was reached, or a complaint of the customer's own (`level` 0, `target` "asked")."""

    __tablename__ = "escalations"
    __table_args__ = (
        UniqueConstraint("case_id", "round", "target", "level"),
        one_of("target", "response resolution asked"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id")
    round: int
    target: str
    level: int
    at: dt.datetime
    to: list[str] = Field(default_factory=list, sa_type=JSON)
    why: str = ""
    acknowledged_at: dt.datetime | None = None
    acknowledged_by: str | None = None


class Notice(SQLModel, table=True):
    """A notice of downtime. It is active from `starts_at` until `closed_at`, at the latest until `ends_at`.

    `over_at` is when somebody closed it, or the clock found that it had run out.
    """

    __tablename__ = "notices"
    __table_args__ = (one_of("kind", "planned unplanned"), {"sqlite_autoincrement": True})

    id: int = Field(default=None, primary_key=True)
    kind: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None = None
    affects: list[str] = Field(default_factory=list, sa_type=JSON)
    text: str
    still_works: str = ""
    made_at: dt.datetime
    made_by: str
    closed_at: dt.datetime | None = None
    closed_by: str | None = None
    over_at: dt.datetime | None = Field(default=None, index=True)
    short_warning: bool = flag("short_warning")


class NoticeUpdate(SQLModel, table=True):
    """What was told later about a notice; `closing` is its last word. `to_cases`: also to those of its cases."""

    __tablename__ = "notice_updates"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notices.id", index=True)
    at: dt.datetime
    actor: str
    text: str
    closing: bool = flag("closing")
    to_cases: bool = flag("to_cases")


class NoticeCase(SQLModel, table=True):
    """A case that is about what a notice tells of. `told_of` is the last update that its requester was sent.

    `settled_at` is when the end of the notice was done with: answered and solved, or found to be at rest already.
    """

    __tablename__ = "notice_cases"

    notice_id: int = Field(primary_key=True, foreign_key="notices.id")
    case_id: int = Field(primary_key=True, foreign_key="cases.id", index=True)
    told_of: int = 0
    settled_at: dt.datetime | None = Field(default=None, index=True)


class NoticeReceiver(SQLModel, table=True):
    """Somebody whom a notice is mailed to, and whether he has said that he read it.

    `letter_id` is the first letter, None until it is written; `told_of` is the last update that he was sent.
    """

    __tablename__ = "notice_receivers"

    notice_id: int = Field(primary_key=True, foreign_key="notices.id")
    address: str = Field(primary_key=True)
    customer: str | None = None
    letter_id: int | None = Field(default=None, foreign_key="letters.id", index=True)
    told_of: int = 0
    acknowledged_at: dt.datetime | None = None


class Surge(SQLModel, table=True):
    """Several cases of a short time that share rare words, of which the leads were told."""

    __tablename__ = "surges"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int = Field(default=None, primary_key=True)
    raised_at: dt.datetime = Field(index=True)
    words: list[str] = Field(default_factory=list, sa_type=JSON)
    case_ids: list[int] = Field(default_factory=list, sa_type=JSON)


class Absence(SQLModel, table=True):
    """A time in which an agent is away. `ended_at` is set when somebody says that he is back."""

    __tablename__ = "absences"
    __table_args__ = (
        Index(None, "agent", sqlite_where=text("ended_at IS NULL")),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    agent: str
    since: dt.datetime
    until: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    to: str | None = None
    made_by: str


class Registration(SQLModel, table=True):
    """That an agent served a category, and by it a customer, on the days from `since` to before `until`."""

    __tablename__ = "registrations"
    __table_args__ = (Index(None, "agent", "category"), {"sqlite_autoincrement": True})

    id: int = Field(default=None, primary_key=True)
    agent: str
    category: str
    customer: str | None = None
    since: dt.datetime
    until: dt.datetime | None = None


class Merge(SQLModel, table=True):
    """That a case lives on in another one, with how it stood before and what it brought (desk.joined.KnownMerge)."""

    __tablename__ = "merges"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    into_id: int = Field(foreign_key="cases.id")
    at: dt.datetime
    actor: str
    status: str
    until: dt.datetime | None = None
    category: str
    into_category: str
    brought: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    notices: list[int] = Field(default_factory=list, sa_type=JSON)
    targets: bool = flag("targets")
    undone_at: dt.datetime | None = None
    undone_by: str | None = None


class RuleHit(SQLModel, table=True):
    """A rule of the admin's that hit a mail."""

    __tablename__ = "rule_hits"
    __table_args__ = (Index(None, "rule", "at"), {"sqlite_autoincrement": True})

    id: int = Field(default=None, primary_key=True)
    at: dt.datetime
    rule: str
    incoming_id: int | None = Field(default=None, foreign_key="incoming.id")


class Turn(SQLModel, table=True):
    """Whose turn it is in a category that shares its cases out evenly or by weight: cases given since the start."""

    __tablename__ = "turns"

    category: str = Field(primary_key=True)
    agent: str = Field(primary_key=True)
    given: int = 0


class Claim(SQLModel, table=True):
    """A mail on a case that an agent may have written: since when it waits, when he was asked, when he said yes."""

    __tablename__ = "claims"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int = Field(default=None, primary_key=True)
    agent: str = Field(index=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    octets_id: int = Field(foreign_key="octets.id")
    at: dt.datetime
    asked_at: dt.datetime | None = None
    confirmed_at: dt.datetime | None = None


class SentCopy(SQLModel, table=True):
    """Whether a copy of a letter is in its mailbox's Sent folder. While it is due, nobody looks before `try_after`."""

    __tablename__ = "sent_copies"
    __table_args__ = (one_of("state", "due there appended"),)

    letter_id: int = Field(primary_key=True, foreign_key="letters.id")
    state: str = "due"
    first_tried_at: dt.datetime
    try_after: dt.datetime
    error: str | None = None

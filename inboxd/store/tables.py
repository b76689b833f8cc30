"""The tables. Rows never leave this room: functions hand out values of desk, mail and `rows`.

Enum-like columns are strings under a CHECK (SQLModel does not validate table rows); times are aware, in UTC.
The migrations make the tables. A partial index names its condition here for SQLite only, though PostgreSQL has it too:
`postgresql_where` would load that dialect with all its drivers at every start.
"""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, UniqueConstraint, false, text
from sqlmodel import JSON, Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.model_config["defer_build"] = True  # table rows are never validated: no start pays for 32 validators


def one_of(column: str, values: str) -> CheckConstraint:
    """Return the CHECK that a column holds one of some words."""
    words = ", ".join(f"'{word}'" for word in values.split())
    return CheckConstraint(f"{column} IN ({words})", name=column)


def flag(name: str) -> Any:
    """Return a field for a boolean that both databases check; false by default."""
    return Field(default=False, sa_column=Column(name, Boolean(create_constraint=True, name=name), nullable=False))


class Octets(SQLModel, table=True):
    """The raw octets of a mail, in or out. Never joined by lists."""

    __tablename__ = "octets"
    __table_args__ = (one_of("codec", "raw zlib"),)

    id: int = Field(default=None, primary_key=True)
    sha256: str = Field(index=True)
    codec: str
    content: bytes


class Counter(SQLModel, table=True):
    """One row: the number that the next case gets."""

    __tablename__ = "counters"

    id: int = Field(default=None, primary_key=True)
    next_number: int


class Key(SQLModel, table=True):
    """A signing key that was in use here, by its fingerprint."""

    __tablename__ = "keys"

    kid: str = Field(primary_key=True)
    fingerprint: str = Field(primary_key=True)
    first_used_at: dt.datetime


class Folder(SQLModel, table=True):
    """A folder on a server. `uidvalidity` is 0 as long as it was never reached."""

    __tablename__ = "folders"
    __table_args__ = (UniqueConstraint("mailbox", "folder"),)

    id: int = Field(default=None, primary_key=True)
    mailbox: str
    folder: str
    uidvalidity: int = Field(default=0, sa_type=BigInteger)
    baseline_uid: int = Field(default=0, sa_type=BigInteger)
    settled_uid: int = Field(default=0, sa_type=BigInteger)
    silent_uid: int = Field(default=0, sa_type=BigInteger)  # see desk.uid_plan.FolderState
    started_at: dt.datetime | None = None
    last_look_at: dt.datetime | None = None
    failing_since: dt.datetime | None = None
    last_error: str | None = None
    owner: str | None = None
    lease_until: dt.datetime | None = None
    fencing: int = 0


class Incoming(SQLModel, table=True):
    """The ledger: one row for every mail that was ever seen in a folder above its baseline."""

    __tablename__ = "incoming"
    __table_args__ = (
        UniqueConstraint("folder_id", "uidvalidity", "uid"),
        Index(None, "state", "id"),
        Index(None, "folder_id", "state", "filed_away"),
        one_of("state", "incoming active done hold vanished"),
        one_of("outcome", "opened added note command ignored duplicate oversize"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    folder_id: int = Field(foreign_key="folders.id")
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    octets_id: int | None = Field(default=None, foreign_key="octets.id")
    sha256: str = ""
    size: int = Field(default=0, sa_type=BigInteger)
    internaldate: dt.datetime | None = None
    received_at: dt.datetime
    mail_key: str | None = Field(default=None, index=True)
    state: str = "incoming"
    outcome: str | None = None
    reason: str = ""
    sender: str | None = None
    subject: str | None = None
    attempts: int = 0
    lease_until: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    silent: bool = flag("silent")
    headers_only: bool = flag("headers_only")
    sent: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  # taken from a Sent folder
    case_id: int | None = Field(default=None, foreign_key="cases.id")
    entry_id: int | None = Field(default=None, foreign_key="entries.id")
    filed_away: bool = flag("filed_away")


class Case(SQLModel, table=True):
    """A case. Its requester is the participant of that role. `last_actor` and `last_at`: who wrote last, and when."""

    __tablename__ = "cases"
    __table_args__ = (
        Index(None, "status", "until"),
        Index(None, "assignee", "status"),
        one_of("status", "new open waiting postponed solved closed merged"),
        one_of("channel", "mail phone counter web"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    number: int = Field(unique=True)
    prefix: str
    mailbox: str
    category: str
    priority: str
    status: str
    subject: str
    channel: str
    language: str
    assignee: str | None = None
    customer: str | None = None
    phone: str | None = None
    verified: bool = flag("verified")
    opened_at: dt.datetime
    updated_at: dt.datetime
    closed_at: dt.datetime | None = None
    responded_at: dt.datetime | None = None
    response_due: dt.datetime | None = None
    resolution_due: dt.datetime | None = None
    until: dt.datetime | None = None
    undelivered: bool = flag("undelivered")
    last_message_id: str | None = None
    last_references: list[str] = Field(default_factory=list, sa_type=JSON)
    last_from_requester_at: dt.datetime | None = None
    last_actor: str | None = None
    last_at: dt.datetime | None = None
    merged_into: int | None = Field(default=None, foreign_key="cases.id", index=True)
    version: int = 1
    type: str | None = None
    item: str | None = None
    paused_at: dt.datetime | None = None
    round: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    escalates_from: dt.datetime | None = None
    counted_at: dt.datetime | None = None
    by_machine: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    asked_at: dt.datetime | None = None
    missing: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})


class Participant(SQLModel, table=True):
    """A person of a case. `address_key` is the address for comparing; a caller without an address has none."""

    __tablename__ = "participants"
    __table_args__ = (
        Index(None, "case_id", "address_key"),
        Index(None, "address_key", "role"),
        Index("uq_participants_requester", "case_id", unique=True, sqlite_where=text("role = 'requester'")),
        one_of("role", "requester cc added supplier outsider"),
    )

    id: int = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id")
    address: str
    address_key: str
    name: str
    role: str


class Entry(SQLModel, table=True):
    """One entry of a case's journal. `people` are the names and addresses on it, for searching."""

    __tablename__ = "entries"
    __table_args__ = (
        Index(None, "case_id", "at"),
        one_of("kind", "mail_in mail_out note call event"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id")
    at: dt.datetime
    kind: str
    actor: str
    sender: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    to: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    cc: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    subject: str | None = None
    text: str = ""
    reply_text: str | None = None
    people: str = ""
    message_id: str | None = None
    mail_key: str | None = Field(default=None, unique=True)
    octets_id: int | None = Field(default=None, foreign_key="octets.id")
    letter_id: int | None = Field(default=None, foreign_key="letters.id", index=True)
    attachments: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    evidence: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class MessageId(SQLModel, table=True):
    """A Message-ID seen on a case; `cited` where only a References or In-Reply-To field named it."""

    __tablename__ = "message_ids"
    __table_args__ = (one_of("source", "ours theirs cited"),)

    message_id: str = Field(primary_key=True)
    case_id: int = Field(primary_key=True, foreign_key="cases.id")
    source: str


class Link(SQLModel, table=True):
    """One direction of a link between two cases; the other direction is a row too."""

    __tablename__ = "links"
    __table_args__ = (one_of("kind", "claims follows merged split notice"),)

    case_id: int = Field(primary_key=True, foreign_key="cases.id")
    other_id: int = Field(primary_key=True, foreign_key="cases.id")
    kind: str = Field(primary_key=True)


class Tag(SQLModel, table=True):
    """A tag on a case."""

    __tablename__ = "tags"

    case_id: int = Field(primary_key=True, foreign_key="cases.id")
    tag: str = Field(primary_key=True, index=True)


class CaseField(SQLModel, table=True):
    """One of the desk's own fields of a case."""

    __tablename__ = "case_fields"

    case_id: int = Field(primary_key=True, foreign_key="cases.id")
    key: str = Field(primary_key=True)
    value: str


class Letter(SQLModel, table=True):
    """A letter of ours. Without octets it is only reserved: on hold until it is written."""

    __tablename__ = "letters"
    __table_args__ = (
        Index(None, "state", "not_before"),
        Index(None, "kind", "created_at"),
        one_of("kind", "receipt answer forward agent escalation notice refusal confirm alert"),
        one_of("state", "queued active deferred sent bounced failed unknown cancelled hold"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    case_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    mailbox: str
    kind: str
    actor: str
    mail_from: str = ""
    fallback_from: str = ""
    subject: str = ""
    octets_id: int | None = Field(default=None, foreign_key="octets.id")
    message_id: str | None = Field(default=None, unique=True)
    state: str = "hold"
    hold_reason: str | None = None
    attempts: int = 0
    created_at: dt.datetime
    not_before: dt.datetime
    next_attempt_at: dt.datetime | None = None
    owner: str | None = None
    lease_until: dt.datetime | None = None
    last_reply: str | None = None
    once_key: str | None = Field(default=None, unique=True)
    resent: bool = flag("resent")
    copy_seen: bool = flag("copy_seen")
    unknown_sender: bool = flag("unknown_sender")
    token_revoked: bool = flag("token_revoked")


class LetterRecipient(SQLModel, table=True):
    """One recipient of a letter, and what became of it."""

    __tablename__ = "letter_recipients"
    __table_args__ = (
        UniqueConstraint("letter_id", "address_key"),
        Index(None, "address_key", "state"),
        one_of("role", "to cc"),
        one_of("state", "queued sent failed bounced deferred unknown"),
    )

    id: int = Field(default=None, primary_key=True)
    letter_id: int = Field(foreign_key="letters.id")
    address: str
    address_key: str
    role: str
    state: str = "queued"
    reply: str | None = None
    changed_at: dt.datetime


class Relay(SQLModel, table=True):
    """The state of a mailbox's relay: while it is deferred, the whole queue of the mailbox waits."""

    __tablename__ = "relays"

    mailbox: str = Field(primary_key=True)
    deferred_until: dt.datetime | None = None
    failing_since: dt.datetime | None = None
    last_error: str | None = None
    null_sender_refused_at: dt.datetime | None = None


class SendingHold(SQLModel, table=True):
    """Sending that a person stopped: of one mailbox, or ("") of the whole desk."""

    __tablename__ = "sending_holds"

    mailbox: str = Field(primary_key=True)
    held_at: dt.datetime
    held_by: str


LASTING = text("closed_at IS NULL")


class Alert(SQLModel, table=True):
    """Something that a person must hear of: a problem of one code, about one subject ("" is the whole desk).

    `told_at`: the admin was written to. `ended_at`: it was not there any more. `closed_at`: that was told, too.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("uq_alerts_open", "code", "subject", unique=True, sqlite_where=LASTING),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    code: str
    subject: str
    what: str
    since: dt.datetime
    told_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None


class Config(SQLModel, table=True):
    """The text of a config.toml that a daemon took, without passwords: the dated history of what admins own."""

    __tablename__ = "configs"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int = Field(default=None, primary_key=True)
    taken_at: dt.datetime
    text: str


class Audit(SQLModel, table=True):
    """What people and the daemon did to the desk itself: sending stopped, a folder resynchronised."""

    __tablename__ = "audit"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int = Field(default=None, primary_key=True)
    at: dt.datetime
    actor: str
    action: str
    subject: str = ""
    detail: str = ""

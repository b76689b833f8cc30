"""The values that mail is turned into: what a received mail says, and what a letter of ours is made of."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from inboxd.mail.address import Address


class MailKind(StrEnum):
    """What a mail is, in the order in which the kinds are tried (the first that holds)."""

    ABUSE_REPORT = "abuse_report"
    BOUNCE = "bounce"
    DELAY = "delay"
    READ_RECEIPT = "read_receipt"
    AUTO_REPLY = "auto_reply"
    LIST = "list"
    NOTIFICATION = "notification"
    CALENDAR = "calendar"
    ENCRYPTED = "encrypted"
    MALFORMED = "malformed"
    HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage:
    """A mail as fetched. `octets` are byte for byte; only the header block where `headers_only` (it was too large).

    `size` is RFC822.SIZE as the server told it; `internaldate` is aware, None where the server gave none.
    """

    uid: int
    octets: bytes
    size: int
    internaldate: dt.datetime | None
    headers_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One header field: its name in lower case, its value unfolded, decoded and cleaned."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One leaf of a mail that is no body. `part` is its place in the walk, for reading it again from the octets.

    `method` is the METHOD of a text/calendar leaf in upper case, None where it names none (RFC 6047 2.4).
    `sniffed_type` is the media type that its first octets show, None where they are of no known kind.
    """

    part: int
    filename: str | None
    content_type: str
    size: int
    sha256: str
    inline: bool
    content_id: str | None = None
    method: str | None = None
    sniffed_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedRecipient:
    """One failed or delayed recipient of a delivery report (RFC 3464 2.3)."""

    address: str
    action: str
    status: str
    diagnostic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a delivery report says: about which mail, and of whom (RFC 3464).

    `outcome` is "failed", "delayed" or "delivered", also where it names nobody.
    """

    original_message_id: str | None
    envelope_id: str | None
    recipients: tuple[ReportedRecipient, ...]
    outcome: str = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A sign of a machine: the rule of `mail.automatic` that hit, the kind that it gives, if any, and what it saw."""

    rule: str
    kind: MailKind | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMessage:
    """A received mail as read. Whatever the octets were, there is one of these; `defects` says what was wrong.

    All text is free of NUL, lone surrogates and control characters other than newline and tab.
    `from_` are all mailboxes of all From fields; `identity` is the one strict address that carries rights, or None
    where From is missing, repeated, plural or outside the strict grammar (rules.md T11, R22).
    `return_path` is None where the field is missing and "" where it is null.
    `signs` are those of a machine, found where the mail is read: sixty rules, with patterns, on hostile text.
    `recipients` are the addresses of To, Cc, Resent-To, Resent-Cc and Delivered-To-like trace fields, lower-cased.
    """

    sha256: str
    size: int
    mail_key: str
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    from_: tuple[Address, ...]
    identity: Address | None
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    recipients: tuple[str, ...]
    return_path: str | None
    subject: str
    date: dt.datetime | None
    headers: tuple[Header, ...]
    content_type: str
    report_type: str | None
    text: str
    reply_text: str
    language: str | None
    attachments: tuple[Attachment, ...]
    report: DeliveryReport | None
    encryption: str | None
    headers_only: bool
    defects: tuple[str, ...]
    signs: tuple[Sign, ...] = ()

    def header(self, name: str) -> str | None:
        """Return the first value of a field (name in lower case), or None."""
        return next((h.value for h in self.headers if h.name == name), None)

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Return every value of a field (name in lower case), topmost first."""
        return tuple([h.value for h in self.headers if h.name == name])

    @property
    def author(self) -> Address | None:
        """The address to show as the writer: the identity, else the first of From, else Sender, else of Reply-To."""
        return self.identity or next(iter(self.from_), None) or self.sender or next(iter(self.reply_to), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to attach to a letter of ours."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter of ours before it is made into octets (input of `mail.compose.compose`).

    `auto_submitted` is None for a person's words, else the RFC 3834 keyword. `references` are complete and in order.
    """

    message_id: str
    from_: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: Address | None
    subject: str
    text: str
    html: str | None
    date: dt.datetime
    in_reply_to: str | None
    references: tuple[str, ...]
    auto_submitted: str | None
    language: str
    files: tuple[File, ...] = ()

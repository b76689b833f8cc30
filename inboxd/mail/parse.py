"""A received mail read from its octets. Whatever they are, there is a ParsedMessage; its defects say what was wrong.

One compat32 message carries everything; mail-parser reads addresses and dates from its raw fields, the walk over the
parts is our own (enclosed messages are attachments, never bodies), and identity has a grammar of its own.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import TypeVar

from mailparser.dates import parse_mail_date

from inboxd.mail.address import MAX_ADDRESSES, Address, read_addresses, strict_address
from inboxd.mail.body import body_text
from inboxd.mail.delivery_report import read_report
from inboxd.mail.encryption import encryption
from inboxd.mail.headers import Fields, decode_header, read_fields, to_unicode
from inboxd.mail.language import guess
from inboxd.mail.limits import Bounded, bound
from inboxd.mail.message import Attachment, DeliveryReport, Header, ParsedMessage
from inboxd.mail.message_id import find_ids
from inboxd.mail.mime import MimeMessage, Part, attachments, content_octets, leaves, parse_octets, walk
from inboxd.mail.subject import is_forward, strip_prefixes
from inboxd.mail.text import clean_text
from inboxd.mail.trim import trim_reply

MAX_REFERENCES = 100
"""Ids read of References, the newest ones (rules.md T20). A long thread is no bomb: going over is a plain defect."""

RECIPIENT_FIELDS = (
    "to", "cc", "resent-to", "resent-cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to",
)  # fmt: skip
SINGLE_FIELDS = ("from", "sender", "subject", "date", "message-id", "to", "cc", "reply-to")
"""Fields that may stand once in a mail (RFC 5322 3.6)."""

T = TypeVar("T")
D = TypeVar("D")


@dataclass(slots=True, kw_only=True)
class _Guard:
    """Collects defects, and turns whatever a library stumbles over into one."""

    defects: list[str] = field(default_factory=list)

    def read(self, what: str, reading: Callable[[], T], otherwise: D) -> T | D:
        """Return what was read, else the other value, and a defect that begins with `what`."""
        try:
            return reading()
        except Exception as exc:  # noqa: BLE001 # mail is hostile: no bug of a parser's may stop a mailbox (promise 5)
            self.defects.append(f"{what} ({type(exc).__name__})")
            return otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """What was read of a mail's body."""

    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    report: DeliveryReport | None = None
    encryption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What was read of a mail's header fields that more than one thing depends on."""

    headers: tuple[Header, ...]
    subject: str
    date: dt.datetime | None
    from_: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    sender: Address | None
    message_id: str | None
    references: tuple[str, ...]


def parse(octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
    """Return a mail as read from RFC 5322 octets; never raises.

    With `headers_only` they are a header block alone. Defects that begin with "unreadable: " or "limit: " are grave.
    """
    guard = _Guard()
    bounded, message = _message(octets, guard)
    fields = guard.read("unreadable: header fields", lambda: read_fields(message), Fields(pairs=()))
    head = _head(fields, guard)
    body = _Body() if headers_only else _body_of(bounded, message, guard)
    reply_text = guard.read("reply text", lambda: _reply_text(head.subject, body.text), body.text)
    return ParsedMessage(
        sha256=hashlib.sha256(octets).hexdigest(),
        size=len(octets),
        mail_key=guard.read("mail key", lambda: _mail_key(octets, head, body), hashlib.sha256(octets).hexdigest()),
        message_id=head.message_id,
        in_reply_to=guard.read("in-reply-to", lambda: _ids(fields, "in-reply-to")[:MAX_REFERENCES], ()),
        references=head.references,
        from_=head.from_,
        identity=guard.read("identity", lambda: _identity(fields, head.from_), None),
        sender=head.sender,
        reply_to=_addresses(fields, "reply-to", guard),
        to=head.to,
        cc=head.cc,
        recipients=guard.read("recipients", lambda: _recipients(fields), ()),
        return_path=_return_path(fields),
        subject=head.subject,
        date=head.date,
        headers=head.headers,
        content_type=guard.read("content-type", lambda: clean_text(message.get_content_type()), "text/plain"),
        report_type=guard.read("report-type", lambda: _report_type(message), None),
        text=body.text,
        reply_text=reply_text,
        language=guard.read("language", lambda: guess(reply_text), None),
        attachments=body.attachments,
        report=body.report,
        encryption=body.encryption,
        headers_only=headers_only,
        defects=tuple(dict.fromkeys(guard.defects)),
    )


def _body_of(bounded: Bounded, message: Message, guard: "_Guard") -> "_Body":
    body = guard.read("unreadable: body", lambda: _body(message, guard), _Body())
    if not (body.text or body.attachments) and bounded.octets[bounded.body_at :].strip():
        guard.defects.append("unreadable: no text")
    return body


def attachment_content(octets: bytes, part: int) -> bytes:
    """Return the content of the leaf with that number in the walk (`Attachment.part`), its encoding undone.

    Returns no octets where there is no such leaf.
    """
    root = walk(parse_octets(bound(octets).octets))
    return next((content_octets(leaf.message) for leaf in leaves(root) if leaf.number == part), b"")


def _message(octets: bytes, guard: _Guard) -> tuple[Bounded, MimeMessage]:
    """Return the octets within the limits and the message in them; its header alone where the parts cannot be read."""
    bounded = guard.read("unreadable: structure", lambda: bound(octets), Bounded(octets=b"", body_at=0, defects=()))
    guard.defects += bounded.defects
    head = bounded.octets[: bounded.body_at]
    message = guard.read("unreadable: parts", lambda: parse_octets(bounded.octets), None)
    if message is None:
        message = guard.read("unreadable: header", lambda: parse_octets(head), Message())
    return bounded, message


def _head(fields: Fields, guard: _Guard) -> _Head:
    guard.defects += [f"header: {name} occurs more than once" for name in SINGLE_FIELDS if len(fields.all(name)) > 1]
    from_ = _addresses(fields, "from", guard)
    sender = next(iter(_addresses(fields, "sender", guard)), None)
    if not from_ and sender is None:
        guard.defects.append("unreadable: no sender")
    references = guard.read("references", lambda: _ids(fields, "references"), ())
    if len(references) > MAX_REFERENCES:
        guard.defects.append(f"references: the newest {MAX_REFERENCES} of {len(references)} are read")
    date = guard.read("date", lambda: _date(fields.first("date")), None)
    if date is None and fields.first("date"):
        guard.defects.append("date: not a date")
    return _Head(
        headers=tuple(Header(name=n, value=v) for n, v in guard.read("unreadable: header fields", fields.decoded, ())),
        subject=guard.read("subject", lambda: decode_header(fields.first("subject") or ""), ""),
        date=date,
        from_=from_,
        to=_addresses(fields, "to", guard),
        cc=_addresses(fields, "cc", guard),
        sender=sender,
        message_id=next(iter(guard.read("message-id", lambda: _ids(fields, "message-id"), ())), None),
        references=references[-MAX_REFERENCES:],
    )


def _body(message: MimeMessage, guard: _Guard) -> _Body:
    root = walk(message)
    text, defects = guard.read("unreadable: text", lambda: body_text(root), ("", ()))
    guard.defects += defects
    body = _Body(
        text=text,
        attachments=guard.read("attachments: not all can be read", lambda: attachments(root), ()),
        report=guard.read("delivery report", lambda: read_report(message), None),
        encryption=guard.read("encryption", lambda: encryption(root, text), None),
    )
    guard.defects += guard.read("defects", lambda: _mime_defects(root), [])
    return body


def _mime_defects(part: Part) -> list[str]:
    own = [f"mime: {type(defect).__name__}" for defect in part.message.defects]
    return [*own, *(defect for child in part.parts for defect in _mime_defects(child))]


def _addresses(fields: Fields, name: str, guard: _Guard) -> tuple[Address, ...]:
    """Return the addresses of all fields of a name, up to the limit."""
    values = fields.all(name)
    read = guard.read(name, lambda: tuple(address for value in values for address in read_addresses(value)), ())
    if len(read) >= MAX_ADDRESSES and sum(value.count("@") for value in values) > MAX_ADDRESSES:
        guard.defects.append(f"limit: more than {MAX_ADDRESSES} addresses in {name}")
    return read[:MAX_ADDRESSES]


def _identity(fields: Fields, from_: tuple[Address, ...]) -> Address | None:
    """Return the one address that carries rights: one From field, one strict mailbox, and every reader agrees on it."""
    values = fields.all("from")
    if len(values) != 1 or len(from_) != 1:
        return None
    identity, shown = strict_address(values[0]), strict_address(from_[0].address)
    return identity if identity and shown and identity.key == shown.key else None


def _recipients(fields: Fields) -> tuple[str, ...]:
    values = (value for name in RECIPIENT_FIELDS for value in fields.all(name))
    found = dict.fromkeys(address.key for value in values for address in read_addresses(value))
    return tuple(found)[: 2 * MAX_ADDRESSES]


def _ids(fields: Fields, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for value in fields.all(name) for found in find_ids(decode_header(value))))


def _return_path(fields: Fields) -> str | None:
    """Return the topmost Return-Path without brackets, "" where it is null, None where it is missing."""
    value = fields.first("return-path")
    return None if value is None else decode_header(value).strip("<> ")


def _date(value: str | None) -> dt.datetime | None:
    """Return a Date in UTC; where mail-parser is too strict, as the standard library reads it (no zone: UTC)."""
    if value is None:
        return None
    found: dt.datetime | None = parse_mail_date(value).value
    if found is None:
        try:
            found = parsedate_to_datetime(to_unicode(value))
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    aware = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    return aware.astimezone(dt.UTC)


def _report_type(message: MimeMessage) -> str | None:
    value = message.get_param("report-type")
    return clean_text(value).lower() if isinstance(value, str) else None


def _reply_text(subject: str, text: str) -> str:
    return text if is_forward(subject) else trim_reply(text)


def _mail_key(octets: bytes, head: _Head, body: _Body) -> str:
    """Return the key of the mail itself: the same for copies that came another way, another for another text.

    A mail with neither Message-ID nor Date (a scanner's) is known by its octets; one without Message-ID also by its
    attachments.
    """
    if head.message_id is None and head.date is None:
        return hashlib.sha256(octets).hexdigest()
    files = () if head.message_id else tuple(attachment.sha256 for attachment in body.attachments)
    parts = (
        head.message_id or "",
        *(address.key for address in head.from_),
        head.date.isoformat() if head.date else "",
        " ".join(strip_prefixes(head.subject).casefold().split()),
        " ".join(body.text.split()),
        *files,
    )
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()

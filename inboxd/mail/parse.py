"""A received mail read from its octets. Whatever they are, there is a ParsedMessage; its defects say what was wrong.

One compat32 message carries everything; addresses and dates are read as people write them, the walk over the parts
is our own (enclosed messages are attachments, never bodies), and identity has a grammar of its own, in which
mail-parser has a say.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from inboxd.mail.address import Address, agreed_address
from inboxd.mail.address_list import MAX_ADDRESSES, local_user, read_addresses
from inboxd.mail.automatic import signs_of
from inboxd.mail.body import body_text
from inboxd.mail.dates import read_date
from inboxd.mail.delivery_report import read_report
from inboxd.mail.encryption import encryption, without_armour
from inboxd.mail.headers import Fields, decode_header, read_fields
from inboxd.mail.language import language_of
from inboxd.mail.message import Attachment, DeliveryReport, Header, MailKind, ParsedMessage, Sign
from inboxd.mail.message_id import find_ids
from inboxd.mail.mime import Part, attachments, content_octets, leaves, walk
from inboxd.mail.opened import open_parts
from inboxd.mail.reply.trim import is_finnish_reply, trim_reply
from inboxd.mail.structure.entity import Entity, read_entity
from inboxd.mail.subject import is_forward, strip_prefixes
from inboxd.mail.text import clean_text

MAX_REFERENCES = 100
"""Ids read of References, the newest ones (rules.md T20). A long thread is no bomb: going over is a plain defect."""

RECIPIENT_FIELDS = (
    "to", "cc", "resent-to", "resent-cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to",
)  # fmt: skip
SINGLE_FIELDS = ("from", "sender", "subject", "date", "message-id", "to", "cc", "reply-to")
"""Fields that may stand once in a mail (RFC 5322 3.6)."""

WORDS = re.compile(rb"\S")
NAME_ALONE = re.compile(r"[^\W\d_][^@:;<>]*")

WHITE_SPACE = b" \t\n"

UNJUDGED = Sign(rule="unreadable", kind=MailKind.MALFORMED, detail="unreadable: signs of a machine")
"""What stands for a mail's signs where looking for them failed: then nobody knows, and a person has to look."""

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
    reply_to: tuple[Address, ...]
    message_id: str | None
    references: tuple[str, ...]


def parse(octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
    """Return a mail as read from RFC 5322 octets; never raises.

    With `headers_only` they are a header block alone. Defects that begin with "unreadable: " or "limit: " are grave.
    """
    guard = _Guard()
    read = _read(octets, guard, headers_only=headers_only)
    return replace(read, signs=guard.read("unreadable: signs", lambda: signs_of(read), (UNJUDGED,)))


def _read(octets: bytes, guard: _Guard, *, headers_only: bool) -> ParsedMessage:
    sha256 = hashlib.sha256(octets).hexdigest()
    message, fields = _message(octets, guard)
    head = _head(fields, guard)
    body = _Body() if headers_only else _body_of(message, guard)
    reply_text = guard.read("reply text", lambda: _reply_text(head.subject, body.text), body.text)
    return ParsedMessage(
        sha256=sha256,
        size=len(octets),
        mail_key=guard.read("mail key", lambda: _mail_key(sha256, head, body), sha256),
        message_id=head.message_id,
        in_reply_to=guard.read("in-reply-to", lambda: _ids(fields, "in-reply-to")[:MAX_REFERENCES], ()),
        references=head.references,
        from_=head.from_,
        identity=guard.read("identity", lambda: _identity(message, fields, head.from_), None),
        sender=head.sender,
        reply_to=head.reply_to,
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
        language=guard.read("language", lambda: language_of(head.subject, reply_text), None),
        attachments=body.attachments,
        report=body.report,
        encryption=body.encryption,
        headers_only=headers_only,
        defects=tuple(dict.fromkeys(guard.defects)),
    )


def _message(octets: bytes, guard: _Guard) -> tuple[Entity, Fields]:
    message = guard.read("unreadable: structure", lambda: read_entity(octets), Entity())
    guard.defects += message.met
    return message, guard.read("unreadable: header fields", lambda: read_fields(message), Fields(pairs=()))


def _body_of(message: Entity, guard: "_Guard") -> "_Body":
    body = guard.read("unreadable: body", lambda: _body(message, guard), _Body())
    if not (body.text or body.attachments) and WORDS.search(message.body):
        guard.defects.append("unreadable: no text")
    return body


def attachment_content(octets: bytes, part: int) -> bytes:
    """Return the content of the leaf with that number in the walk (`Attachment.part`), its encoding undone.

    Returns no octets where there is no such leaf.
    """
    root, _ = open_parts(walk(read_entity(octets)))
    return next((content_octets(leaf.message) for leaf in leaves(root) if leaf.number == part), b"")


def _head(fields: Fields, guard: _Guard) -> _Head:
    guard.defects += [f"header: {name} occurs more than once" for name in SINGLE_FIELDS if len(fields.all(name)) > 1]
    from_ = _addresses(fields, "from", guard) or guard.read("from", lambda: _local_users(fields), ())
    sender = next(iter(_addresses(fields, "sender", guard)), None)
    reply_to = _addresses(fields, "reply-to", guard)
    if not (from_ or sender or reply_to):
        from_ = guard.read("from", lambda: _by_envelope(fields), ())
    if not (from_ or sender or reply_to):
        guard.defects.append("unreadable: no sender")
    references = guard.read("references", lambda: _ids(fields, "references"), ())
    if len(references) > MAX_REFERENCES:
        guard.defects.append(f"references: the newest {MAX_REFERENCES} of {len(references)} are read")
    return _Head(
        headers=tuple(Header(name=n, value=v) for n, v in guard.read("unreadable: header fields", fields.decoded, ())),
        subject=_subject(fields, guard),
        date=_date(fields, guard),
        from_=from_,
        to=_addresses(fields, "to", guard),
        cc=_addresses(fields, "cc", guard),
        sender=sender,
        reply_to=reply_to,
        message_id=next(iter(guard.read("message-id", lambda: _ids(fields, "message-id"), ())), None),
        references=references[-MAX_REFERENCES:],
    )


def _subject(fields: Fields, guard: _Guard) -> str:
    """Return the topmost subject that says something."""
    subjects = guard.read("subject", lambda: [decode_header(value) for value in fields.all("subject")], [])
    subject = next(filter(None, subjects), "")
    if "\ufffd" in subject:
        guard.defects.append("subject: some characters are lost")
    return subject


def _date(fields: Fields, guard: _Guard) -> dt.datetime | None:
    """Return the topmost Date that is one."""
    values = fields.all("date")
    dates = guard.read("date", lambda: [read_date(value) for value in values], [])
    date = next(filter(None, dates), None)
    if date is None:
        guard.defects.append("date: not a date" if any(map(str.strip, values)) else "date: missing")
    return date


def _body(message: Entity, guard: _Guard) -> _Body:
    closed = walk(message)
    root, unopened = guard.read("attachments: not all can be opened", lambda: open_parts(closed), (closed, ()))
    guard.defects += unopened
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


def _local_users(fields: Fields) -> tuple[Address, ...]:
    """Return who wrote where no From has an `@`: a daemon or a user of the server itself."""
    return tuple(user for value in fields.all("from") if (user := local_user(value)))


def _by_envelope(fields: Fields) -> tuple[Address, ...]:
    """Return who wrote where From has a name alone and no other field an address: it came from the Return-Path."""
    name = decode_header(fields.first("from") or "").strip('" ')
    envelope = read_addresses(_return_path(fields) or "")
    return (Address(name=name, address=envelope[0].address),) if NAME_ALONE.fullmatch(name) and envelope else ()


def _identity(message: Entity, fields: Fields, from_: tuple[Address, ...]) -> Address | None:
    """Return the one address that carries rights: one From field, one strict mailbox, and every reader agrees on it.

    Where fields were left out or put right before they were read, another reader may see another From (T11).
    """
    if message.met or message.mended:
        return None
    values = fields.all("from")
    return agreed_address(values[0], from_[0]) if len(values) == len(from_) == 1 else None


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


def _report_type(message: Entity) -> str | None:
    declared = str(message.get("Content-Type", ""))
    value = message.get_param("report-type") if "report-type" in declared.lower() else None
    return clean_text(value).lower() if isinstance(value, str) else None


def _reply_text(subject: str, text: str) -> str:
    forwarded = is_forward(subject) and not is_finnish_reply(subject, text)
    return text if forwarded else trim_reply(without_armour(text))


def _mail_key(sha256: str, head: _Head, body: _Body) -> str:
    """Return the key of the mail itself: the same for copies that came another way, another for another text.

    A mail with neither Message-ID nor Date (a scanner's) is known by its octets; one without Message-ID also by its
    attachments.
    """
    if head.message_id is None and head.date is None:
        return sha256
    files = () if head.message_id else tuple(attachment.sha256 for attachment in body.attachments)
    parts = (
        head.message_id or "",
        *(address.key for address in head.from_),
        head.date.isoformat() if head.date else "",
        " ".join(strip_prefixes(head.subject).casefold().split()),
        *files,
        body.text,
    )
    octets = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(octets.translate(None, WHITE_SPACE)).hexdigest()  # gateways break and pad lines anew

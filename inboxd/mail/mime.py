"""The parts of a mail: one compat32 message, walked but not into enclosed messages (RFC 2045, 2046, 2183)."""

import email
import email.policy
import hashlib
import io
import re
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.message import Message
from typing import TypeAlias

from inboxd.mail.headers import decode_header, to_unicode
from inboxd.mail.message import Attachment
from inboxd.mail.text import clean_text

MimeMessage: TypeAlias = "Message[str, str]"

METADATA = ("Content-Type", "Content-Disposition", "Content-ID")
ENCODINGS = frozenset({"base64", "quoted-printable", "x-uuencode", "uuencode", "uue", "x-uue"})
ON_THE_WIRE = email.policy.compat32.clone(linesep="\r\n")
CALENDAR_METHOD = re.compile(rb"^METHOD:([A-Za-z-]{1,20})\s*$", re.IGNORECASE | re.MULTILINE)
BODY_TYPES = frozenset({"text/plain", "text/html"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A node of the walk: its number in it, and the parts it holds (none for a leaf; an enclosed message is a leaf)."""

    number: int
    message: MimeMessage
    parts: tuple["Part", ...]
    root: bool

    @property
    def content_type(self) -> str:
        """The media type in lower case; a multipart that could not be taken apart is plain text."""
        declared = clean_text(self.message.get_content_type())
        broken = declared.startswith("multipart/") and not self.message.is_multipart()
        return "text/plain" if broken else declared

    @property
    def disposition(self) -> str:
        """The disposition in lower case, "" where there is none."""
        return str(self.message.get_content_disposition() or "")

    @property
    def is_body(self) -> bool:
        """Whether this is text to read in the mail itself; anything else that is a leaf is an attachment."""
        if self.content_type not in BODY_TYPES or self.disposition == "attachment":
            return False
        return self.root or filename(self.message) is None


def parse_octets(octets: bytes) -> MimeMessage:
    """Return octets, already within the limits, as a message of the policy compat32."""
    return email.message_from_bytes(octets, policy=email.policy.compat32)


def walk(message: MimeMessage) -> Part:
    """Return the tree of parts, numbered from 0 in the order of the octets, with their metadata made readable."""
    return _node(message, [0], root=True)


def _node(message: MimeMessage, counter: list[int], *, root: bool) -> Part:
    number = counter[0]
    counter[0] += 1
    _mend(message)
    is_container = message.get_content_maintype() == "multipart"
    parts = tuple(_node(child, counter, root=False) for child in (children(message) if is_container else ()))
    return Part(number=number, message=message, parts=parts, root=root)


def children(message: MimeMessage) -> tuple[MimeMessage, ...]:
    """Return the messages right inside a multipart or an enclosing message."""
    payload: object = message.get_payload()
    return tuple(child for child in payload if isinstance(child, Message)) if isinstance(payload, list) else ()


def _mend(message: MimeMessage) -> None:
    """Put readable text where raw 8-bit metadata stood, and the bare word where an encoding has blanks or comments."""
    raw = {name.lower(): str(value) for name, value in message.raw_items()}
    for name in METADATA:
        value = raw.get(name.lower(), "")
        if not value.isascii():
            message.replace_header(name, clean_text(to_unicode(value)))
    encoding = raw.get("content-transfer-encoding", "")
    word = encoding.partition("(")[0].partition(";")[0].strip().lower()
    if word != encoding and word in ENCODINGS:
        message.replace_header("Content-Transfer-Encoding", word)


def leaves(part: Part) -> tuple[Part, ...]:
    """Return the leaves of a tree in order."""
    return tuple(leaf for child in part.parts for leaf in leaves(child)) if part.parts else (part,)


def attachments(root: Part) -> tuple[Attachment, ...]:
    """Return every leaf that is no body, in order."""
    return tuple(_attachment(leaf) for leaf in leaves(root) if not leaf.is_body)


def _attachment(leaf: Part) -> Attachment:
    octets = content_octets(leaf.message)
    content_id = decode_header(str(leaf.message.get("Content-ID", ""))).strip("<> ") or None
    return Attachment(
        part=leaf.number,
        filename=filename(leaf.message),
        content_type=leaf.content_type,
        size=len(octets),
        sha256=hashlib.sha256(octets).hexdigest(),
        inline=leaf.disposition == "inline" or (content_id is not None and not leaf.disposition),
        content_id=content_id,
        method=_calendar_method(leaf, octets),
    )


def _calendar_method(leaf: Part, octets: bytes) -> str | None:
    """Return what an invitation is for, from its media type, else from its own first lines (RFC 6047 2.4)."""
    if leaf.content_type != "text/calendar":
        return None
    declared = leaf.message.get_param("method")
    inside = CALENDAR_METHOD.search(octets, 0, 10_000)
    found = declared if isinstance(declared, str) else inside[1].decode("ascii") if inside else ""
    return clean_text(found).strip().upper() or None


def filename(message: MimeMessage) -> str | None:
    """Return the declared file name, decoded (RFC 2231, and RFC 2047 as many write it), None if there is none."""
    try:
        declared = message.get_filename()
    except (ValueError, LookupError, TypeError):
        return None
    return (decode_header(str(declared)) or None) if declared else None


def content_octets(message: MimeMessage) -> bytes:
    """Return a leaf's content with its transfer encoding undone; an enclosed message as its octets."""
    if not message.is_multipart():
        content: object = message.get_payload(decode=True)
        return content if isinstance(content, bytes) else b""
    inner = children(message)
    encoding = str(message.get("Content-Transfer-Encoding", ""))
    if len(inner) == 1 and encoding in ENCODINGS and not inner[0].keys():
        # RFC 2046 5.2.1 forbids to encode an enclosed message. Exchange does it, and the parser takes it for a body.
        body = Message()
        body["Content-Transfer-Encoding"] = encoding
        body.set_payload(inner[0].get_payload())
        return content_octets(body)
    return b"\n".join(_flatten(part) for part in inner)


def _flatten(message: MimeMessage) -> bytes:
    """Return a message as octets, its header fields as they were."""
    out = io.BytesIO()
    BytesGenerator(out, mangle_from_=False, maxheaderlen=0, policy=ON_THE_WIRE).flatten(message)
    return out.getvalue()

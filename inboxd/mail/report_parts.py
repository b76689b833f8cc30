"""Looking at a message that the standard library parsed with compat32: parts, fields and text, and never raising."""

import binascii
import re
from collections.abc import Iterator
from email.message import Message
from typing import TypeAlias

from inboxd.mail.charset import decode_octets
from inboxd.mail.headers import decode_header, to_unicode
from inboxd.mail.structured import keyword

Mail: TypeAlias = "Message[str, str]"

MAX_DEPTH = 5
MAX_PARTS = 50
UUENCODE = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})
"""The standard library's decoder raises on some, and no report was ever sent so."""

NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def parts(message: Mail) -> Iterator[Mail]:
    """Walk the multiparts, breadth first and bounded, but never into a returned message."""
    level, count = [message], 0
    for _ in range(MAX_DEPTH):
        deeper: list[Mail] = []
        for part in level:
            count += 1
            if count > MAX_PARTS:
                return
            yield part
            if part.get_content_maintype() == "multipart":
                deeper.extend(children(part))
        level = deeper


def children(part: Mail) -> list[Mail]:
    """Return the messages directly inside a part."""
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def all_fields(message: Mail, name: str) -> tuple[str, ...]:
    """Return every value of a field, unfolded and decoded, each on one line."""
    raw = (value for key, value in message.raw_items() if key.lower() == name.lower())
    return tuple(" ".join(decode_header(str(value)).split()) for value in raw)


def field(message: Mail, name: str) -> str:
    """Return a field's first value, unfolded, decoded, on one line; "" where it is missing."""
    return next(iter(all_fields(message, name)), "")


def text_of(part: Mail) -> str:
    """Return what stands inside a part as decoded text with plain line ends, whatever its type claims."""
    octets = _octets(part)
    encoding = keyword(field(part, "Content-Transfer-Encoding")) if children(part) else ""
    if encoding == "quoted-printable":
        octets = binascii.a2b_qp(octets)
    elif encoding == "base64":
        octets = _base64(octets)
    return decode_octets(octets, "utf-8")[0]


def _octets(part: Mail) -> bytes:
    """Return a leaf's octets without their transfer encoding, else the messages inside one after another as sent.

    For what the parser took to be a message may have been sent encoded.
    """
    if inside := children(part):
        return b"\n\n".join(b"\n\n".join((_fields(child), _octets(child))) for child in inside)
    encoding = keyword(field(part, "Content-Transfer-Encoding"))
    payload = None if encoding in UUENCODE else part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _fields(message: Mail) -> bytes:
    fields = "\n".join(f"{name}: {value}" for name, value in message.raw_items())
    return to_unicode(fields).encode("utf-8", "replace")


def _base64(octets: bytes) -> bytes:
    plain = NOT_BASE64.sub(b"", octets)
    plain = plain[:-1] if len(plain) % 4 == 1 else plain
    return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))

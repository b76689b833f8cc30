"""Looking at the parts of a report: bounded, never into a returned mail, and never raising."""

from collections.abc import Iterator
from typing import TypeAlias

from inboxd.mail.charset import decode_octets
from inboxd.mail.headers import decode_header
from inboxd.mail.mime import children
from inboxd.mail.parameters import parameter
from inboxd.mail.structure.entity import Entity

__all__ = ["Mail", "all_fields", "children", "field", "parts", "text_of"]

Mail: TypeAlias = Entity

MAX_DEPTH = 5
MAX_PARTS = 50
MAX_OCTETS = 400_000
"""Octets of a part that are read: a report of five hundred recipients has half as many."""


def parts(message: Mail) -> Iterator[Mail]:
    """Walk the multiparts in the order of the octets, bounded, but never into a returned mail."""
    ahead, count = [(message, 0)], 0
    while ahead and count < MAX_PARTS:
        part, depth = ahead.pop()
        count += 1
        yield part
        if part.get_content_maintype() == "multipart" and depth + 1 < MAX_DEPTH:
            ahead += [(child, depth + 1) for child in reversed(children(part)[:MAX_PARTS])]


def all_fields(message: Mail, name: str) -> tuple[str, ...]:
    """Return every value of a field, unfolded and decoded, each on one line."""
    raw = (value for key, value in message.raw_items() if key.lower() == name.lower())
    return tuple(" ".join(decode_header(str(value)).split()) for value in raw)


def field(message: Mail, name: str) -> str:
    """Return a field's first value, unfolded, decoded, on one line; "" where it is missing."""
    return next(iter(all_fields(message, name)), "")


def text_of(part: Mail) -> str:
    """Return what stands inside a part as decoded text with plain line ends, whatever its type claims."""
    charset = parameter(str(part.get("Content-Type", "")), "charset") or "utf-8"
    return decode_octets(part.content(MAX_OCTETS), charset)[0]

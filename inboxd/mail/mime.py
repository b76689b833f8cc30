"""The parts of a mail: its tree of entities, walked but not into enclosed messages (RFC 2045, 2046, 2183)."""

import hashlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Literal
from urllib.parse import unquote

from inboxd.mail.formats.sniff import sniff
from inboxd.mail.headers import decode_header, field_charset, to_unicode
from inboxd.mail.message import Attachment
from inboxd.mail.parameters import parameter
from inboxd.mail.structure.entity import Entity
from inboxd.mail.text import clean_text

METADATA = ("Content-Type", "Content-Disposition", "Content-ID")
CALENDAR_METHOD = re.compile(rb"^METHOD:([A-Za-z-]{1,20})\s*$", re.IGNORECASE | re.MULTILINE)
BODY_TYPES = frozenset({"text/plain", "text/html"})
OTHER_FORMS = frozenset({"text/enriched", "text/richtext", "text/markdown", "text/watch-html", "text/x-amp-html"})
"""Forms of the same text that stand beside plain text or HTML in multipart/alternative, or are the whole mail."""

LOCATED = re.compile(r"(?:^|[/\\:])([^/\\:?#]{1,200}\.[A-Za-z0-9]{1,5})(?:[?#]|$)")
NO_SEMICOLON = re.compile(r"\s*([\w.+-]{1,80}/[\w.+-]{1,80})\s+(?=\w+\s*=)")

Place = Literal["among", "alternative", "attached"]
"""Where a part stands: among others, as one of the alternatives, or inside something that is attached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A node of the walk: its number in it, and the parts it holds (none for a leaf; an enclosed message is a leaf)."""

    number: int
    message: Entity
    parts: tuple["Part", ...]
    root: bool
    place: Place = "among"

    @property
    def is_opened(self) -> bool:
        """Whether its parts were inside its content (`mail.opened`): then it is an attachment as well."""
        return bool(self.parts) and not self.content_type.startswith("multipart/")

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
        readable = BODY_TYPES | OTHER_FORMS if self.root else BODY_TYPES
        if self.content_type not in readable or self.disposition == "attachment" or self.place == "attached":
            return False
        return self.root or self.place == "alternative" or filename(self.message) is None

    @property
    def is_other_form(self) -> bool:
        """Whether this only says once more, for some readers, what a body beside it says."""
        return self.place == "alternative" and self.content_type in OTHER_FORMS and filename(self.message) is None


def walk(message: Entity, first: int = 0) -> Part:
    """Return the tree of parts, numbered from `first` in the order of the octets, with their metadata made readable."""
    charset = field_charset(message)
    for entity in message.walk():
        _mend(entity, charset)
    return _node(message, itertools.count(first), root=True)


def _node(message: Entity, numbers: Iterator[int], *, root: bool, place: Place = "among") -> Part:
    number = next(numbers)
    inside = children(message) if message.get_content_maintype() == "multipart" else ()
    places = _places(message, inside, attached=place == "attached" or (_is_attached(message) and not root))
    parts = tuple(_node(one, numbers, root=False, place=at) for one, at in zip(inside, places, strict=True))
    return Part(number=number, message=message, parts=parts, root=root, place=place)


def _is_attached(message: Entity) -> bool:
    return message.get_content_disposition() == "attachment"


def _places(message: Entity, inside: tuple[Entity, ...], *, attached: bool) -> list[Place]:
    """Return where each of the entities in a multipart stands."""
    kind = message.get_content_type()
    if attached or kind == "multipart/appledouble":  # RFC 1740: a file in two forks
        return ["attached"] * len(inside)
    if kind == "multipart/alternative":
        return ["alternative"] * len(inside)
    if kind != "multipart/related":
        return ["among"] * len(inside)
    root = _related_root(message, inside)
    return ["among" if at == root or one.is_multipart() else "attached" for at, one in enumerate(inside)]


def related_root(part: Part) -> int:
    """Return which of the parts of multipart/related is the one that the others belong to (RFC 2387 3.2)."""
    return _related_root(part.message, tuple(child.message for child in part.parts))


def _related_root(message: Entity, inside: tuple[Entity, ...]) -> int:
    """Return the one that `start` names, else the first text, else the first."""
    start = parameter(str(message.get("Content-Type", "")), "start")
    ids = [str(one.get("Content-ID", "")).strip() for one in inside]
    if start in ids:
        return ids.index(start)
    readable = (at for at, one in enumerate(inside) if one.get_content_maintype() in {"text", "multipart"})
    return next(readable, 0)


def children(message: Entity) -> tuple[Entity, ...]:
    """Return the entities right inside a multipart or an enclosing message."""
    payload: object = message.get_payload() if message.is_multipart() else ()
    return tuple(child for child in payload if isinstance(child, Entity)) if isinstance(payload, list) else ()


def _mend(message: "Message[str, str]", charset: str) -> None:
    """Put readable text where raw 8-bit metadata stood, and the bare word where an encoding has blanks or comments."""
    raw = {name.lower(): str(value) for name, value in message.raw_items()}
    for name in METADATA:
        value = raw.get(name.lower(), "")
        if not value.isascii():
            message.replace_header(name, clean_text(to_unicode(value, charset)))
    if ";" not in (declared := raw.get("content-type", ";")).partition("=")[0] and "=" in declared:
        message.replace_header("Content-Type", NO_SEMICOLON.sub(r"\1; ", str(message["Content-Type"]), count=1))


def leaves(part: Part) -> tuple[Part, ...]:
    """Return the leaves of a tree in order; one whose content was opened goes before what was in it."""
    own = (part,) if part.is_opened or not part.parts else ()
    return own + tuple(leaf for child in part.parts for leaf in leaves(child))


def attachments(root: Part) -> tuple[Attachment, ...]:
    """Return every leaf that is no body, in order."""
    return tuple(_attachment(leaf) for leaf in leaves(root) if not (leaf.is_body or leaf.is_other_form))


def _attachment(leaf: Part) -> Attachment:
    octets = content_octets(leaf.message)
    content_id = decode_header(str(leaf.message.get("Content-ID", ""))).strip("<> ") or None
    return Attachment(
        part=leaf.number,
        filename=filename(leaf.message) or _name_in_location(leaf.message),
        content_type=leaf.content_type,
        size=len(octets),
        sha256=hashlib.sha256(octets).hexdigest(),
        inline=leaf.disposition == "inline" or (content_id is not None and not leaf.disposition),
        content_id=content_id,
        method=_calendar_method(leaf, octets),
        sniffed_type=sniff(octets),
    )


def _calendar_method(leaf: Part, octets: bytes) -> str | None:
    """Return what an invitation is for, from its media type, else from its own first lines (RFC 6047 2.4)."""
    if leaf.content_type != "text/calendar":
        return None
    declared = leaf.message.get_param("method")
    inside = CALENDAR_METHOD.search(octets, 0, 10_000)
    found = declared if isinstance(declared, str) else inside[1].decode("ascii") if inside else ""
    return clean_text(found).strip().upper() or None


def filename(message: Entity) -> str | None:
    """Return the declared file name, decoded: that of Content-Disposition, else that of Content-Type (RFC 2183 2.3).

    Some programs mistake the one's parameter for the other's; the `name` of form data is a field's (RFC 7578 4.2).
    """
    disposition, media_type = str(message.get("Content-Disposition", "")), str(message.get("Content-Type", ""))
    declared = parameter(disposition, "filename") or parameter(media_type, "name")
    if declared or not (disposition or media_type):
        return declared
    of_file = message.get_content_disposition() in {"attachment", "inline"}
    return (parameter(disposition, "name") if of_file else None) or parameter(media_type, "filename")


def _name_in_location(message: Entity) -> str | None:
    """Return the file name that ends a Content-Location (RFC 2557 4), as old Apple Mail and web archives have it."""
    found = LOCATED.search(decode_header(str(message.get("Content-Location", ""))))
    return clean_text(unquote(found[1])) if found else None


def content_octets(message: Entity, most: int | None = None) -> bytes:
    """Return a leaf's content with its transfer encoding undone, at most so many octets of it.

    An enclosed message is its octets as they came. RFC 2046 5.2.1 forbids to encode it; Exchange does it.
    """
    is_plain = any(child.keys() for child in children(message))
    return bytes(message.body) if is_plain else message.content(most)

"""Header fields from raw octets: unfolding, RFC 2047 as people really write it, raw 8-bit; and the cleaning of text."""

import binascii
import re
from dataclasses import dataclass
from email.message import Message

from inboxd.mail.charset import decode_octets
from inboxd.mail.text import clean_text

__all__ = ["Fields", "clean_text", "decode_header", "read_fields", "to_unicode"]

ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
LINE_ENDS = re.compile(r"[\r\n]+")
BREAKS = re.compile(r"[\n\t]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The header fields of a mail as they stood: lower-case names, values still folded and encoded, topmost first."""

    pairs: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        """Return every raw value of a field (name in lower case)."""
        return tuple(value for key, value in self.pairs if key == name)

    def first(self, name: str) -> str | None:
        """Return the topmost raw value of a field (name in lower case), or None."""
        return next((value for key, value in self.pairs if key == name), None)

    def decoded(self) -> tuple[tuple[str, str], ...]:
        """Return all fields unfolded, decoded and cleaned."""
        return tuple((name, decode_header(value)) for name, value in self.pairs)


def read_fields(message: "Message[str, str]") -> Fields:
    """Return the fields of a message parsed with the policy compat32, which leaves raw octets as surrogate escapes."""
    return Fields(pairs=tuple((clean_text(name).lower(), str(value)) for name, value in message.raw_items()))


def decode_header(raw: str) -> str:
    """Return a raw field value as one line of clean text.

    Encoded-words are decoded wherever they stand, also inside quotes; those of one charset that follow each other are
    decoded together, as a character may be broken across them (RFC 2047 5 forbids it, gateways do it). Raw 8-bit octets
    are UTF-8, else windows-1252.
    """
    value = LINE_ENDS.sub("", to_unicode(raw))
    text = clean_text(_decode_words(value) if "=?" in value else value)
    return BREAKS.sub(" ", text).strip()


def to_unicode(raw: str) -> str:
    """Return a string of the policy compat32 with its surrogate escapes read as UTF-8, else as windows-1252."""
    if raw.isascii():
        return raw
    try:
        octets = raw.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return clean_text(raw)
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def _decode_words(value: str) -> str:
    """Decode every encoded-word; white space between two of them falls away (RFC 2047 6.2)."""
    pieces: list[str] = []
    charset, octets, end = "", b"", 0
    for match in ENCODED_WORD.finditer(value):
        gap = value[end : match.start()]
        name = match[1].partition("*")[0].lower()
        apart = end == 0 or bool(gap.strip())
        if apart or name != charset:
            pieces.append(decode_octets(octets, charset)[0])
            octets = b""
        if apart:
            pieces.append(gap)
        charset, octets, end = name, octets + _word_octets(match[2], match[3]), match.end()
    return "".join([*pieces, decode_octets(octets, charset)[0], value[end:]])


def _word_octets(encoding: str, encoded: str) -> bytes:
    """Return the octets of one encoded-word; what is no base64 is passed over."""
    octets = encoded.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(octets, header=True)
    octets = NOT_BASE64.sub(b"", octets)
    octets = octets[: len(octets) - 1] if len(octets) % 4 == 1 else octets
    return binascii.a2b_base64(octets + b"=" * (-len(octets) % 4))

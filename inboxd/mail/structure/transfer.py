"""Transfer encodings undone, as well as broken ones allow (RFC 2045 6)."""

import binascii
import re
from itertools import islice

ENCODINGS = {
    "base64": "base64", "base-64": "base64", "b64": "base64", "quoted-printable": "quoted-printable",
    "quoted_printable": "quoted-printable", "quotedprintable": "quoted-printable", "qp": "quoted-printable",
    "x-uuencode": "uuencode", "uuencode": "uuencode", "uue": "uuencode", "x-uue": "uuencode", "x-uu": "uuencode",
}  # fmt: skip
"""What an encoding is called in mail, and what is meant; any other leaves octets as they are."""

BLANKS_AT_END = re.compile(rb"=[ \t]+(?=\r?\n)")
"""Blanks that something put behind a soft line break (RFC 2045 6.7 (3) says to delete them)."""

NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
BASE64_LINE = re.compile(rb"(?:[A-Za-z0-9+/]{4}){4,}={0,2}\s*")
PADDING = re.compile(rb"[= \r\n\t]*")
MAX_PIECES = 10_000
"""Padded pieces of base64, and lines of uuencode below, that are decoded: more is no file, but made to take time."""

MAX_LINES = 700_000
UU_LINE = re.compile(rb"[^\r\n]+")
UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)


def encoding_name(declared: str) -> str:
    """Return which encoding a field means, "" for one that changes nothing; blanks, quotes and comments do no harm."""
    word = declared.partition("(")[0].partition(";")[0].strip(" \t\r\n\"'.").lower()
    return ENCODINGS.get(word, "")


def undo(encoded: bytes, encoding: str) -> bytes:
    """Return the octets behind an encoding that `encoding_name` names. Never raises."""
    if encoding == "base64":
        return _base64(encoded)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(BLANKS_AT_END.sub(b"=", encoded))
    return _uuencode(encoded) if encoding == "uuencode" else encoded


def _base64(encoded: bytes) -> bytes:
    """Decode up to the padding, what is no base64 passed over; and on, where padded pieces follow each other.

    What else follows is a footer that a gateway put there.
    """
    pieces: list[bytes] = []
    at = 0
    while len(pieces) < MAX_PIECES:
        padding = encoded.find(b"=", at)
        end = PADDING.match(encoded, padding).end() if padding >= 0 else len(encoded)  # type: ignore[union-attr]  # or ""
        pieces.append(_decoded(memoryview(encoded)[at:end]))
        at = end
        if not BASE64_LINE.match(encoded, at):
            break
    return b"".join(pieces)


def _decoded(encoded: "memoryview[int]") -> bytes:
    """Decode base64 with its padding, as it is or mended: the second costs several times the memory."""
    try:
        return binascii.a2b_base64(encoded)
    except binascii.Error:
        plain = NOT_BASE64.sub(b"", encoded)
        plain = plain[: len(plain) - 1] if len(plain) % 4 == 1 else plain
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))


def _uuencode(encoded: bytes) -> bytes:
    """Decode the lines between `begin` and `end`; without a begin nothing is changed."""
    begin = UU_BEGIN.search(encoded)
    if begin is None:
        return encoded
    decoded = bytearray()
    for match in islice(UU_LINE.finditer(encoded, begin.end()), MAX_LINES):
        if match[0].strip() == b"end":
            break
        decoded += _uu_line(match[0])
    return bytes(decoded)


def _uu_line(line: bytes) -> bytes:
    """Decode one line; some encoders leave rubbish at its end, some cut its blanks off."""
    if not line.strip():
        return b""
    octets = (line[0] - 32) & 63
    groups = (octets * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[: groups + 1].ljust((octets + 2) // 3 * 4 + 1))
    except binascii.Error:
        return b""

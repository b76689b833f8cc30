"""What is inside S/MIME: the kind of a CMS object and, where no key is needed, its content (RFC 5652, RFC 8551).

A small reader of BER, for signers write indefinite lengths and strings in pieces. It checks no signature.
"""

import zlib
from dataclasses import dataclass

MAX_ELEMENTS = 200_000
"""Elements that are looked at; a mail of 25 MB in pieces of 1,024 octets has 25,000."""

MAX_INFLATED = 8 * 1024 * 1024
"""Octets that compressed content may grow to."""

KINDS = {
    bytes.fromhex("2a864886f70d010702"): "signed",
    bytes.fromhex("2a864886f70d010703"): "enveloped",
    bytes.fromhex("2a864886f70d010704"): "enveloped",
    bytes.fromhex("2a864886f70d010706"): "enveloped",
    bytes.fromhex("2a864886f70d0109100117"): "enveloped",
    bytes.fromhex("2a864886f70d0109100109"): "compressed",
}
"""Content types by the octets of their OID; signedAndEnveloped, encrypted and authEnveloped also need a key."""

SEQUENCE, SET, OID, OCTET_STRING, CONTENT = 0x30, 0x31, 0x06, 0x04, 0xA0
CONSTRUCTED = 0x20
LONG_TAG = 0x1F
INDEFINITE = 0x80
MAX_LENGTH_OCTETS = 8


class BrokenBer(ValueError):
    """Octets that are no BER, or more of it than is read."""


@dataclass(slots=True)
class _Reader:
    octets: bytes
    seen: int = 0

    def header(self, at: int) -> tuple[int, int, int | None]:
        """Return the tag at a place, where its content begins, and its length (None: up to an end marker)."""
        self.seen += 1
        if self.seen > MAX_ELEMENTS or at + 2 > len(self.octets) or self.octets[at] & LONG_TAG == LONG_TAG:
            raise BrokenBer
        tag, length, at = self.octets[at], self.octets[at + 1], at + 2
        if length == INDEFINITE:
            return tag, at, None
        if length > INDEFINITE:
            width = length - INDEFINITE
            if width > MAX_LENGTH_OCTETS or at + width > len(self.octets):
                raise BrokenBer
            length, at = int.from_bytes(self.octets[at : at + width], "big"), at + width
        return tag, at, length

    def enter(self, at: int, tag: int) -> int:
        """Return where the content of the element at a place begins; it must have that tag."""
        found, start, _ = self.header(at)
        if found != tag:
            raise BrokenBer
        return start

    def skip(self, at: int) -> int:
        """Return what is behind the element at a place."""
        depth = 0
        while True:
            tag, at, length = self.header(at)
            if length is None:
                depth += 1
            elif tag == 0 and length == 0:
                depth -= 1
            else:
                at += length
            if depth <= 0:
                return at

    def oid(self, at: int) -> tuple[bytes, int]:
        """Return the octets of the OID at a place, and what is behind it."""
        start = self.enter(at, OID)
        end = self.skip(at)
        return self.octets[start:end], end

    def string(self, at: int) -> bytes:
        """Return an OCTET STRING, its pieces joined; one that is cut off as far as it goes."""
        tag, at, length = self.header(at)
        if tag == OCTET_STRING and length is not None:
            return self.octets[at : at + length]
        if tag != OCTET_STRING | CONSTRUCTED:
            raise BrokenBer
        end = len(self.octets) if length is None else min(at + length, len(self.octets))
        pieces: list[bytes] = []
        while at < end:
            tag, at, length = self.header(at)
            if tag == 0 or length is None:
                break
            pieces.append(self.octets[at : at + length])
            at += length
        return b"".join(pieces)


def cms_kind(octets: bytes) -> str | None:
    """Return what a CMS object is by its first octets: "signed", "enveloped" or "compressed"; None where it is none."""
    try:
        return _kind(_Reader(octets))[0]
    except BrokenBer:
        return None


def cms_content(octets: bytes) -> bytes | None:
    """Return the content of a CMS object, as far as it goes where it is cut off.

    None where there is none (a signature apart, certificates alone), where a key opens it, or where it is too large.
    """
    reader = _Reader(octets)
    try:
        kind, body = _kind(reader)
        return None if kind in {None, "enveloped"} else _content(reader, body, kind)
    except BrokenBer:
        return None


def _kind(reader: _Reader) -> tuple[str | None, int]:
    """Return what a ContentInfo holds, and where the elements of that begin (RFC 5652 3)."""
    oid, at = reader.oid(reader.enter(0, SEQUENCE))
    kind = KINDS.get(oid)
    return kind, reader.enter(reader.enter(at, CONTENT), SEQUENCE) if kind else at


def _content(reader: _Reader, body: int, kind: str | None) -> bytes | None:
    """Return the eContent: behind a version and the algorithms (RFC 5652 5.1, RFC 3274 1.1)."""
    encapsulated = reader.enter(reader.skip(reader.skip(body)), SEQUENCE)
    _, at = reader.oid(encapsulated)
    tag, start, _ = reader.header(at)
    if tag != CONTENT:
        return None
    content = reader.string(start)
    return _inflated(content) if kind == "compressed" else content


def _inflated(octets: bytes) -> bytes | None:
    inflating = zlib.decompressobj()
    try:
        content = inflating.decompress(octets, MAX_INFLATED)
    except zlib.error:
        return None
    return None if inflating.unconsumed_tail else content

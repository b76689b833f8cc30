"""A writer of CMS for tests: DER, and BER with indefinite lengths as streams are written (RFC 5652)."""

import zlib

SIGNED, ENVELOPED, DATA = "2a864886f70d010702", "2a864886f70d010703", "2a864886f70d010701"
AUTH_ENVELOPED, COMPRESSED = "2a864886f70d0109100117", "2a864886f70d0109100109"
EOC = b"\0\0"
ALGORITHM = "608648016503040201"


def tlv(tag: int, content: bytes) -> bytes:
    """Return one element with a definite length."""
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes(4, "big")
    return bytes([tag, 0x84]) + length + content


def oid(octets: str) -> bytes:
    """Return an OID of octets in hexadecimal."""
    return tlv(6, bytes.fromhex(octets))


def content_info(kind: str, inner: bytes) -> bytes:
    """Return a ContentInfo."""
    return tlv(0x30, oid(kind) + tlv(0xA0, inner))


def encapsulating(string: bytes | None) -> bytes:
    """Return a SignedData's or CompressedData's body around an octet string, or around none."""
    inner = oid(DATA) + (b"" if string is None else tlv(0xA0, string))
    return tlv(0x30, tlv(2, b"\1") + tlv(0x31, tlv(0x30, oid(ALGORITHM))) + tlv(0x30, inner) + tlv(0x31, b""))


def signed(content: bytes | None) -> bytes:
    """Return SignedData; without content the signature is apart."""
    return content_info(SIGNED, encapsulating(None if content is None else tlv(4, content)))


def compressed(content: bytes) -> bytes:
    """Return CompressedData."""
    return content_info(COMPRESSED, encapsulating(tlv(4, zlib.compress(content))))


def enveloped(kind: str = ENVELOPED) -> bytes:
    """Return what looks like EnvelopedData."""
    return content_info(kind, tlv(0x30, tlv(2, b"\0") + tlv(0x31, bytes(40)) + tlv(0x30, bytes(60))))


def streamed(content: bytes, chunk: int) -> bytes:
    """Return SignedData with indefinite lengths everywhere and its content in pieces."""
    pieces = b"".join(tlv(4, content[at : at + chunk]) for at in range(0, len(content), chunk))
    inner = b"\x30\x80" + oid(DATA) + b"\xa0\x80\x24\x80" + pieces + EOC * 3
    algorithms = b"\x31\x80\x30\x80" + oid(ALGORITHM) + EOC * 2
    return b"\x30\x80" + oid(SIGNED) + b"\xa0\x80\x30\x80" + tlv(2, b"\1") + algorithms + inner + EOC * 3

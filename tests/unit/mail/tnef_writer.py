"""A writer of TNEF for tests: attributes and properties, without any check (MS-OXTNEF 2.1)."""

import struct

MESSAGE_OBJECT = bytes.fromhex("0703020000000000c000000000000046")


def attribute(level: int, number: int, kind: int, content: bytes) -> bytes:
    """Return one attribute with its checksum."""
    return struct.pack("<BHHI", level, number, kind, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def tnef(*attributes: bytes, code_page: int = 1252) -> bytes:
    """Return a TNEF stream with these attributes."""
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x9007, 6, struct.pack("<II", code_page, 0))
        + b"".join(attributes)
    )


def values(*each: bytes) -> bytes:
    """Return values of variable length as a property has them."""
    padded = (struct.pack("<I", len(one)) + one + b"\0" * (-len(one) % 4) for one in each)
    return struct.pack("<I", len(each)) + b"".join(padded)


def prop(number: int, kind: int, *each: bytes) -> bytes:
    """Return a property with values of variable length."""
    return struct.pack("<HH", kind, number) + values(*each)


def properties(*each: bytes, count: int | None = None) -> bytes:
    """Return a block of properties."""
    return struct.pack("<I", len(each) if count is None else count) + b"".join(each)


def file(content: bytes, title: bytes | None = None, *props: bytes) -> bytes:
    """Return the attributes of an attached file."""
    out = attribute(2, 0x9002, 6, b"\x01\x00" + b"\xff" * 4 + b"\x00" * 8)
    out += b"" if title is None else attribute(2, 0x8010, 1, title + b"\x00")
    out += attribute(2, 0x800F, 6, content) if content else b""
    return out + (attribute(2, 0x9005, 6, properties(*props)) if props else b"")


def unicode(text: str) -> bytes:
    """Return a string as TNEF has it in Unicode."""
    return (text + "\0").encode("utf-16-le")

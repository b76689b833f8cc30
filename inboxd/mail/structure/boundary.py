"""The boundary that a multipart really has, where its header names none or another one (RFC 2046 5.1.1)."""

import re

LOOKED_AT = 100_000
"""Octets of a body in which its first delimiter is looked for."""

DELIMITER = re.compile(rb"(?:\A|[\r\n])--([^\r\n]{1,200})\r?\n(?=content-[a-z-]{1,30}[ \t]*:)", re.IGNORECASE)

WHOLE = re.compile(
    rb"\s*(?:This is a multi-?part message in MIME format\.?\s*)?^--([^\r\n]{1,200})\r?\n"
    rb"(?=content-[a-z-]{1,30}[ \t]*:)",
    re.IGNORECASE | re.MULTILINE,
)


def guess_boundary(octets: bytes, body_at: int) -> bytes:
    """Return the boundary of the first line that looks like a delimiter with fields behind it, b"" if there is none."""
    found = DELIMITER.search(octets[max(body_at - 1, 0) : body_at + LOOKED_AT])
    return found[1].rstrip() if found else b""


def lost_boundary(octets: bytes, body_at: int) -> bytes:
    """Return the boundary of a body that is a whole multipart though its header says text, b"" where it is none.

    It begins with a delimiter that has fields behind it, and has its end.
    """
    found = WHOLE.match(octets, body_at, body_at + LOOKED_AT)
    boundary = found[1].rstrip() if found else b""
    return boundary if boundary and octets.find(b"\n--" + boundary + b"--", body_at) >= 0 else b""

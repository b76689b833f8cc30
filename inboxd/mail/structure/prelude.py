"""What stands in the way of a mail's first header field, and is taken away before anything is read."""

import re

from inboxd.mail.structure.header_block import BLANK_LINE
from inboxd.mail.structure.limits import MAX_BLOCK_READ

BOM = b"\xef\xbb\xbf"
OWN_FIELD = re.compile(
    rb"^(?:from|to|subject|date|message-id|sender|reply-to|mime-version|content-[a-z-]{1,40})[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
FROM_FIELD = re.compile(rb"^from[ \t]*:", re.IGNORECASE | re.MULTILINE)
MBOX_LINES = re.compile(rb"(?:>?From [^\r\n]{1,998}(?:\r\n?|\n)){1,3}")
"""The line above a mail in a mailbox of old; mailboxes have been put into mailboxes (RFC 4155)."""

FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")


def without_prelude(octets: bytes) -> tuple[bytes, bool]:
    """Return a mail's octets from its first field on, and whether its header block had to be put right for that.

    What is sound already comes back as it is. Never raises.

    Blank lines, blanks, a byte order mark and an mbox line before the first field go, NULs in the header block, a CR
    too many before every line end, and the blank line that a relay left between its own trace fields and the header of
    the mail.
    """
    octets = _bare(octets)
    if line := MBOX_LINES.match(octets):
        octets = _bare(octets[line.end() :])
    line_end = octets.find(b"\n", 0, MAX_BLOCK_READ)
    if octets[max(line_end - 2, 0) : line_end] == b"\r\r":
        octets = octets.replace(b"\r\r\n", b"\r\n")
    blank = BLANK_LINE.search(octets, 0, MAX_BLOCK_READ)
    end = blank.end() if blank else min(len(octets), MAX_BLOCK_READ)
    head = octets[:end]
    if blank and not OWN_FIELD.search(head) and _is_header(octets, end):
        head = octets[: blank.start()] + b"\r\n"
    elif b"\0" not in head:
        return octets, False
    return head.replace(b"\0", b"") + octets[end:], True


def _bare(octets: bytes) -> bytes:
    """Return octets without the blanks, NULs and byte order mark that they begin with."""
    return octets.lstrip(b" \t\r\n\0").removeprefix(BOM).lstrip(b" \t\r\n")


def _is_header(octets: bytes, start: int) -> bool:
    """Say whether a header block with a From begins there."""
    blank = BLANK_LINE.search(octets, start, start + MAX_BLOCK_READ)
    paragraph = octets[start : blank.end()] if blank else b""
    return FIELD.match(paragraph) is not None and FROM_FIELD.search(paragraph) is not None

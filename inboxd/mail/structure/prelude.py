"""What stands in the way of a mail's first header field, and is taken away before anything is read."""

import re

from inboxd.mail.structure.limits import MAX_BLOCK_READ

BOM = b"\xef\xbb\xbf"
BLANK_LINE = re.compile(rb"(?:\r\n|\r(?!\n)|\n)(?:\r\n?|\n)")
OWN_FIELD = re.compile(
    rb"^(?:from|to|subject|date|message-id|sender|reply-to|mime-version|content-[a-z-]{1,40})[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
FROM_FIELD = re.compile(rb"^from[ \t]*:", re.IGNORECASE | re.MULTILINE)
FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")


def without_prelude(octets: bytes) -> tuple[bytes, bool]:
    """Return a mail's octets from its first field on, and whether its header block had to be put right for that.

    What is sound already comes back as it is. Never raises.

    Blank lines, blanks and a byte order mark before the first field go, NULs in the header block, a CR too many before
    every line end, and the blank line that a relay left between its own trace fields and the header of the mail.
    """
    octets = octets.lstrip(b" \t\r\n\0").removeprefix(BOM).lstrip(b" \t\r\n")
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


def _is_header(octets: bytes, start: int) -> bool:
    """Say whether a header block with a From begins there."""
    blank = BLANK_LINE.search(octets, start, start + MAX_BLOCK_READ)
    paragraph = octets[start : blank.end()] if blank else b""
    return FIELD.match(paragraph) is not None and FROM_FIELD.search(paragraph) is not None

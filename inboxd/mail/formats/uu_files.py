"""Files that stand uuencoded between the lines of a plain text, as mail had them before MIME (POSIX uuencode)."""

import re
from dataclasses import dataclass
from itertools import islice

from inboxd.mail.structure.transfer import undo

BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n(?:([ -`])([ -`]{0,86})\r?\n)?", re.MULTILINE)
END = re.compile(rb"^end[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
MAX_FILES = 100
MAX_BEGINS = 10_000
"""Lines that look like the beginning of a file and are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UuFile:
    """A file: its name in the octets of the mail, and its content."""

    name: bytes
    content: bytes


def split_files(octets: bytes) -> tuple[bytes, tuple[UuFile, ...]]:
    """Return a text without the files in it, and these; linear in the octets. What has no end stays in the text."""
    texts: list[bytes] = []
    files: list[UuFile] = []
    at = 0
    end: re.Match[bytes] | None = None
    for begin in islice(BEGIN.finditer(octets), MAX_BEGINS):
        if begin.start() < at or not _is_line(begin):
            continue
        end = end if end is not None and end.start() >= begin.end() else END.search(octets, begin.end())
        if end is None or len(files) == MAX_FILES:
            break
        texts.append(octets[at : begin.start()])
        at = end.end()
        files.append(UuFile(name=begin[1].strip(), content=undo(octets[begin.start() : at], "uuencode")))
    return b"".join([*texts, octets[at:]]), tuple(files)


def _is_line(begin: re.Match[bytes]) -> bool:
    """Say whether what follows is a line of uuencode, as long as its first character says; blanks may be cut off."""
    if begin[2] is None:
        return False
    octets = (begin[2][0] - 32) & 63
    return (octets == 0) == (not begin[3]) and len(begin[3]) <= (octets + 2) // 3 * 4 + 1

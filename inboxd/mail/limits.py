"""What is cut off a mail before any parser sees it, so that no mail costs more than a known time (T20, T21)."""

import re
from dataclasses import dataclass, field

MAX_HEADER_BLOCK = 100_000
"""Octets of the header block of a mail, also of an enclosed one (Postfix has 102,400)."""

MAX_PART_HEADER = 10_000
"""Octets of the header block of a part, and of any Content-Type but the mail's own: reading parameters is quadratic."""

MAX_HEADERS = 1_000
MAX_DEPTH = 30
MAX_PARTS = 500

EOL = rb"(?:\r\n|\r(?!\n)|\n)"
BLANK_LINE = re.compile(EOL + EOL)
FIELD_START = re.compile(rb"(?:\r\n?|\n)(?=[^ \t\r\n])")
CONTENT_TYPE = re.compile(rb"(?:^|[\r\n])content-type:((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE)
BOUNDARY = re.compile(rb"boundary\s*=\s*(?:\"([^\"]*)\"|([^\s;\"]+))", re.IGNORECASE)
DELIMITER = re.compile(rb"--(?:(?<=[\r\n]--)|(?<=\A--))([^\r\n]*)")
"""A line that begins with `--`, looked for by these and then back: base64 has none, and is most of a large mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """Octets that are safe to parse, where their body begins, and the limits that were met."""

    octets: bytes = field(repr=False)
    body_at: int
    defects: tuple[str, ...]


def bound(octets: bytes) -> Bounded:
    """Return the octets cut to the limits: header block, number of fields, depth and number of parts."""
    octets = octets.lstrip(b"\r\n")
    octets, defects = _bound_header_block(octets)
    end, met = _structure(octets)
    return Bounded(octets=octets[:end], body_at=_block_end(octets, 0, len(octets)), defects=(*defects, *met))


def _bound_header_block(octets: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Drop the fields of the mail's own header block that are over a limit; the body stays."""
    end = _block_end(octets, 0, len(octets))
    block, body = octets[:end], octets[end:]
    defects = []
    if len(block) > MAX_HEADER_BLOCK:
        starts = [m.end() for m in FIELD_START.finditer(block, 0, MAX_HEADER_BLOCK)]
        block = block[: starts[-1] if starts else MAX_HEADER_BLOCK]
        defects.append(f"limit: the header block has more than {MAX_HEADER_BLOCK} octets")
    starts = [m.end() for m in FIELD_START.finditer(block)]
    if len(starts) >= MAX_HEADERS:
        block = block[: starts[MAX_HEADERS - 1]]
        defects.append(f"limit: more than {MAX_HEADERS} header fields")
    return (block.rstrip(b"\r\n") + b"\r\n\r\n" + body, tuple(defects)) if defects else (octets, ())


def _block_end(octets: bytes, start: int, stop: int) -> int:
    """Return where the body behind the header block at `start` begins, at most `stop`."""
    blank = BLANK_LINE.search(octets, start, stop)
    return blank.end() if blank else min(stop, len(octets))


@dataclass(slots=True, kw_only=True)
class _Walk:
    """A rough reading of the MIME structure: the open boundaries (None: an enclosed message) and what was seen."""

    open: list[bytes | None] = field(default_factory=list)
    parts: int = 0
    header_too_long: bool = False

    def enter(self, octets: bytes, start: int) -> None:
        """Read the header block at `start`, and the next ones where messages enclose messages."""
        enclosed = start == 0
        while len(self.open) <= MAX_DEPTH:
            end = _block_end(octets, start, start + MAX_HEADER_BLOCK)
            # From the line break on, which is what tells that a line begins here.
            found = CONTENT_TYPE.search(octets, max(start - 1, 0), end)
            value = found[1].strip() if found else b""
            longest = len(value) if enclosed else end - start
            self.header_too_long |= start > 0 and longest > MAX_PART_HEADER
            if value[:10].lower() == b"multipart/":
                boundary = BOUNDARY.search(value)
                self.open += [(boundary[1] or boundary[2] or b"").rstrip()] if boundary else []
                return
            if value[:8].lower() != b"message/" or end >= len(octets):
                return
            self.open.append(None)
            start, enclosed = end, True

    def begins_part(self, line: bytes) -> bool:
        """Take what stands behind `--` on a line; say whether it begins a part of an open multipart."""
        name = line.rstrip(b" \t")
        if name in self.open:
            del self.open[_last(self.open, name) + 1 :]
            return True
        if name.endswith(b"--") and name[:-2] in self.open:
            del self.open[_last(self.open, name[:-2]) :]
        return False


def _last(names: list[bytes | None], name: bytes) -> int:
    return len(names) - 1 - names[::-1].index(name)


def _structure(octets: bytes) -> tuple[int, tuple[str, ...]]:
    """Return up to where the octets may be parsed, and the limit that ended it."""
    walk = _Walk()
    walk.enter(octets, 0)
    for delimiter in DELIMITER.finditer(octets) if walk.open else ():
        if walk.begins_part(delimiter[1]):
            walk.parts += 1
            walk.enter(octets, delimiter.end())
        if walk.header_too_long:
            return delimiter.start(), (f"limit: a part's header has more than {MAX_PART_HEADER} octets",)
        if walk.parts > MAX_PARTS:
            return delimiter.start(), (f"limit: more than {MAX_PARTS} parts",)
        if len(walk.open) > MAX_DEPTH:
            return delimiter.start(), (f"limit: parts in parts, more than {MAX_DEPTH} deep",)
    if len(walk.open) > MAX_DEPTH:
        return _block_end(octets, 0, len(octets)), (f"limit: messages in messages, more than {MAX_DEPTH} deep",)
    return len(octets), ()

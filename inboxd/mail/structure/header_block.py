"""The header block of an entity, from octets to raw fields: folding kept, nothing decoded (RFC 5322 2.2, 4.5)."""

import email.errors
import re
from dataclasses import dataclass
from email.errors import MessageDefect

from inboxd.mail.structure.limits import Field

BLANK_LINE = re.compile(rb"(?:\r\n|\r(?!\n)|\n)(?:\r\n?|\n)")
BLANK_LINES = (b"\n\r\n", b"\n\n", b"\r\r")
LINE_END = re.compile(rb"\r\n?|\n")
FIELD_NAME = re.compile(r"(?!--)([!-9;-~]*)[ \t]*:[ \t]*")
"""Blanks before the colon are an old way of writing (RFC 5322 4.5.3); no name begins as a delimiter does."""

FIELD_END = re.compile(r"(?:\r\n|\r(?!\n)|\n)(?![ \t])|\Z")
"""A line break below which the field does not go on. Looked for, not matched fold by fold: to remember each of a
million folds takes more memory than the mail."""

LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
SURE_FIELD = re.compile(
    r"^(?:from|to|subject|date|message-id|mime-version|content-(?:type|transfer-encoding|disposition|id)|received):",
    re.IGNORECASE | re.MULTILINE,
)
"""Above one of these a line that is no field was a broken one, and not the beginning of the text."""

DELIMITER = re.compile(r"--([^\r\n]{1,200}?)[ \t]*(?:[\r\n]|\Z)")
FILE_NAME = re.compile(r"(?:file)?name(\*?=.*)", re.IGNORECASE)
"""A parameter that lost the blanks before it, and the semicolon above."""

MAX_TYPES, MAX_TYPE = 3, 2_000
"""Content-Type fields of one header, and characters of each, in which a line is looked for that may be a delimiter."""

MAX_TORN_FIELD = 1_000
"""Characters of a field up to which lines that lost their first blank are put to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderBlock:
    """The fields of a header block, its length in octets, and where in the mail it ends and the body begins."""

    fields: list[Field]
    length: int
    end: int
    body_at: int
    defects: list[MessageDefect]


def read_header_block(octets: bytes, start: int, stop: int, *, window: int, most: int) -> HeaderBlock:
    """Read the header block at `start`, of which `window` octets and so many fields are looked at; never raises."""
    end = min(stop, start + window)
    if LINE_END.match(octets, start, end):
        body_at = block_end = start
    elif blank := BLANK_LINE.search(octets, start, end):
        body_at = block_end = blank.end()
    else:
        block_end = end
        body_at = _far_end(octets, end, stop) if end < stop else stop
    text = str(octets[start:block_end], "ascii", "surrogateescape")
    fields, used, defects = _read_fields(text, most)
    if used < len(text):
        body_at = start + used
    elif body_at == start and (line_end := LINE_END.match(octets, start, end)):
        body_at = line_end.end()
    return HeaderBlock(
        fields=fields, length=body_at - start, end=max(block_end, body_at), body_at=body_at, defects=defects
    )


def _far_end(octets: bytes, start: int, stop: int) -> int:
    """Return where a header block ends that is longer than what is looked at."""
    found = ((octets.find(blank, start - 3, stop), len(blank)) for blank in BLANK_LINES)
    return min((at + length for at, length in found if at >= 0), default=stop)


def _read_fields(text: str, most: int) -> tuple[list[Field], int, list[MessageDefect]]:
    """Return the fields of a header block and how much of it they are: less where a line begins the text instead."""
    fields: list[Field] = []
    defects: list[MessageDefect] = []
    types: list[int] = []
    at = 0
    last: int | None = None
    while at < len(text) and len(fields) < most:
        named = FIELD_NAME.match(text, at)
        ended = FIELD_END.search(text, named.end()) if named else None
        if named and ended:
            types += [len(fields)] if named[1].lower() == "content-type" else []
            fields += [(named[1], text[named.end() : ended.start()])] if named[1] else []
            at = ended.end()
            continue
        line = LINE.match(text, at)
        if not line or line[0] in {"\n", "\r\n", "\r"}:
            break
        if line[0].startswith((" ", "\t")):
            defects.append(email.errors.FirstHeaderLineIsContinuationDefect(line[0][:80]))
        elif not line[0].startswith(("From ", ">From ")):
            defects.append(email.errors.MissingHeaderBodySeparatorDefect())
            last = max((m.start() for m in SURE_FIELD.finditer(text, at)), default=-1) if last is None else last
            declared = [fields[place][1][:MAX_TYPE] for place in types[:MAX_TYPES]]
            if _is_delimiter(line[0], declared) or not _is_mended(line[0], fields, above=last >= at):
                return fields, at, defects
        at = line.end()
    return fields, len(text), defects


def _is_mended(line: str, fields: list[Field], *, above: bool) -> bool:
    """Put a line without a colon where it belongs; say whether it belongs to the header at all.

    `above` says that fields stand below it.
    """
    torn = bool(fields) and _is_torn(*fields[-1])
    if not (above or torn):
        return False
    if fields and (torn or _goes_on(*fields[-1], line)):
        fields[-1] = (fields[-1][0], f"{fields[-1][1]}\r\n {line.rstrip()}")
    elif name := FILE_NAME.match(line):
        fields.append(("Content-Disposition", f"attachment; filename{name[1].rstrip()}"))
    return True


def _is_torn(name: str, value: str) -> bool:
    """Say whether a field ends in the middle, so that the next line belongs to it and only lost its first blank."""
    if len(value) >= MAX_TORN_FIELD or name.lower() == "subject":
        return False
    return value.rstrip().endswith((";", ",")) or value.count("<") > value.count(">")


def _goes_on(name: str, value: str, line: str) -> bool:
    """Say whether a line among the fields is the rest of a subject."""
    return (
        name.lower() == "subject" and len(value) < MAX_TORN_FIELD and not line.partition(" ")[0].rstrip().endswith(":")
    )


def _is_delimiter(line: str, types: list[str]) -> bool:
    """Say whether a line is the delimiter that a Content-Type names: then no blank line stands above the body."""
    delimiter = DELIMITER.match(line)
    return delimiter is not None and any(delimiter[1] in value for value in types)

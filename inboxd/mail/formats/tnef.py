"""winmail.dat: the files and the text that Outlook packed into TNEF (MS-OXTNEF).

An own reader, bounded and linear: tnefparse copies the rest of the octets at each attribute, drops the zeros at a
file's end, fails on names that are no UTF-8, and logs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from inboxd.mail.charset import decode_octets
from inboxd.mail.formats.rtf import decompress, rtf_text
from inboxd.mail.text import clean_text

TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef", "application/x-ms-tnef"})
SIGNATURE = (0x223E9F78).to_bytes(4, "little")
MAX_FILES = 200
"""Files that are unpacked of one winmail.dat, those of mails within it too."""

MAX_DEPTH = 3
MAX_ATTRIBUTES = 5_000
MAX_PROPERTIES = 1_000
"""Properties that are read of one block; Outlook writes about a hundred."""

BODY, MESSAGE_PROPERTIES, SUBJECT, CODE_PAGE = 0x800C, 0x9003, 0x8004, 0x9007
ATTACH_DATA, ATTACH_TITLE, ATTACH_BEGINS, ATTACH_PROPERTIES = 0x800F, 0x8010, 0x9002, 0x9005

P_SUBJECT, P_BODY, P_RTF, P_HTML, P_DISPLAY_NAME, P_INTERNET_CODE_PAGE = 0x37, 0x1000, 0x1009, 0x1013, 0x3001, 0x3FDE
P_DATA, P_FILENAME, P_LONG_FILENAME, P_MIME_TAG, P_CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712
NAMES = (P_LONG_FILENAME, P_FILENAME, P_DISPLAY_NAME)

FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16, 0x01: 4}
"""Octets that a property of fixed length takes, by its type, padding counted."""

VARIABLE = frozenset({0x0D, 0x1E, 0x1F, 0x102})
UNICODE, OBJECT = 0x1F, 0x0D
MULTIPLE = 0x1000
FIRST_NAMED = 0x8000
MESSAGE_OBJECT = bytes.fromhex("0703020000000000c000000000000046")
"""The interface of an attached message (IID_IMessage); what follows it is TNEF again."""

CODE_PAGES = {
    0: "cp1252", 65001: "utf-8", 20127: "us-ascii", 28591: "iso-8859-1", 28605: "iso-8859-15", 20866: "koi8-r",
    50220: "iso-2022-jp", 50221: "iso-2022-jp", 51949: "euc-kr", 54936: "gb18030",
}  # fmt: skip


class BrokenTnef(ValueError):
    """Octets that are no TNEF, or end in the middle of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TnefFile:
    """A file: its name as given, decoded (None: none), the media type as given ("" where none is) and its content."""

    filename: str | None
    content_type: str
    content_id: str | None
    content: "bytes | memoryview[int]" = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tnef:
    """What was unpacked: files, the message's own text (`is_html`: as HTML), and what was wrong in words."""

    subject: str
    text: str
    is_html: bool
    files: tuple[TnefFile, ...]
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Property:
    kind: int
    octets: "memoryview[int]"

    def text(self, charset: str) -> str:
        """Return a string, of Unicode by its type, else in the charset."""
        if self.kind == UNICODE:
            return clean_text(self.octets.tobytes().decode("utf-16-le", "replace")).rstrip("\n")
        return decode_octets(self.octets.tobytes().rstrip(b"\x00"), charset)[0]


NOTHING = memoryview(b"")
Properties = dict[int, _Property]


@dataclass(slots=True, kw_only=True)
class _Attached:
    """One attachment while its attributes are read."""

    title: bytes = b""
    content: "memoryview[int]" = NOTHING
    properties: Properties = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """A message while its attributes are read."""

    charset: str = "cp1252"
    subject: bytes = b""
    body: bytes = b""
    properties: Properties = field(default_factory=dict)
    attached: list[_Attached] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def unpack(octets: "bytes | memoryview[int]", depth: int = 0) -> Tnef:
    """Return what is in TNEF octets; raises BrokenTnef where they are none. What cannot be read is a defect."""
    octets = memoryview(octets)  # nothing is copied but what is given back
    if octets[: len(SIGNATURE)] != SIGNATURE:
        raise BrokenTnef
    reading = _Reading()
    try:
        for attribute, content in _attributes(octets):
            _take(reading, attribute, content)
    except BrokenTnef:
        reading.defects.append("tnef: not all of it can be read")
    text, is_html = _text(reading)
    files = [file for attached in reading.attached for file in _files(attached, reading, depth)]
    if len(files) > MAX_FILES:
        reading.defects.append(f"tnef: only {MAX_FILES} files are unpacked")
    subject = reading.properties.get(P_SUBJECT)
    return Tnef(
        subject=subject.text(reading.charset) if subject else decode_octets(reading.subject, reading.charset)[0],
        text=text,
        is_html=is_html,
        files=tuple(files[:MAX_FILES]),
        defects=tuple(dict.fromkeys(reading.defects)),
    )


def _attributes(octets: "memoryview[int]") -> Iterator[tuple[int, "memoryview[int]"]]:
    """Yield each attribute's number and content; a last one that is cut off goes as far as it goes (2.1.3.3)."""
    at, seen = 6, 0
    while at + 9 <= len(octets):
        seen += 1
        attribute = int.from_bytes(octets[at + 1 : at + 3], "little")
        length = int.from_bytes(octets[at + 5 : at + 9], "little")
        yield attribute, octets[at + 9 : at + 9 + length]
        at += 9 + length + 2
        if at > len(octets) + 2 or seen > MAX_ATTRIBUTES:
            raise BrokenTnef


def _take(reading: _Reading, attribute: int, content: "memoryview[int]") -> None:
    if attribute == ATTACH_BEGINS:
        if len(reading.attached) <= MAX_FILES:
            reading.attached.append(_Attached())
    elif attribute in {ATTACH_TITLE, ATTACH_DATA, ATTACH_PROPERTIES}:
        _take_attached(reading, attribute, content)
    elif attribute == CODE_PAGE:
        reading.charset = _charset(content[:4])
    elif attribute == MESSAGE_PROPERTIES:
        _take_properties(reading.properties, content, reading)
    elif attribute == BODY:
        reading.body = content.tobytes().rstrip(b"\x00")
    elif attribute == SUBJECT:
        reading.subject = content.tobytes().rstrip(b"\x00")


def _take_attached(reading: _Reading, attribute: int, content: "memoryview[int]") -> None:
    if not reading.attached:
        reading.attached.append(_Attached())
    attached = reading.attached[-1]
    if attribute == ATTACH_TITLE:
        attached.title = content.tobytes().rstrip(b"\x00")
    elif attribute == ATTACH_DATA:
        attached.content = content
    else:
        _take_properties(attached.properties, content, reading)


def _take_properties(into: Properties, octets: "memoryview[int]", reading: _Reading) -> None:
    """Read a block of properties up to where it breaks; what stands before that is good."""
    try:
        for number, found in _properties(octets):
            into.setdefault(number, found)
    except BrokenTnef:
        reading.defects.append("tnef: not all of it can be read")


def _charset(code_page: "memoryview[int]") -> str:
    number = int.from_bytes(code_page, "little")
    return CODE_PAGES.get(number, f"cp{number}")


def _properties(octets: "memoryview[int]") -> Iterator[tuple[int, _Property]]:
    """Yield properties: their number, and of several values the first (MS-OXTNEF 2.1.3.4)."""
    count, at = _number(octets, 0), 4
    for _ in range(min(count, MAX_PROPERTIES)):
        kind, number = _number(octets, at, 2), _number(octets, at + 2, 2)
        at = _behind_name(octets, at + 4) if number >= FIRST_NAMED else at + 4
        base = kind & ~MULTIPLE
        values = 1
        if kind & MULTIPLE or base in VARIABLE:
            values, at = _number(octets, at), at + 4
        first, at = _values(octets, at, base, values)
        yield number, _Property(base, first)


def _behind_name(octets: "memoryview[int]", at: int) -> int:
    """Return what is behind the name of a named property: a set, and a number or a string."""
    if _number(octets, at + 16) == 0:
        return at + 24
    return at + 24 + _padded(_number(octets, at + 20))


def _values(octets: "memoryview[int]", at: int, base: int, values: int) -> tuple["memoryview[int]", int]:
    """Return the first of the values at a place, and what is behind them all."""
    first = NOTHING
    if base not in VARIABLE:
        width = FIXED.get(base)
        if width is None:
            raise BrokenTnef
        return octets[at : at + width], at + width * values
    for value in range(min(values, MAX_PROPERTIES)):
        length = _number(octets, at)
        first = octets[at + 4 : at + 4 + length] if value == 0 else first
        at += 4 + _padded(length)
    return first, at


def _number(octets: "memoryview[int]", at: int, width: int = 4) -> int:
    if at + width > len(octets):
        raise BrokenTnef
    return int.from_bytes(octets[at : at + width], "little")


def _padded(length: int) -> int:
    return (length + 3) & ~3


def _text(reading: _Reading) -> tuple[str, bool]:
    """Return the message's text and whether it is HTML: plain before HTML before rich text."""
    found = reading.properties
    code_page = found.get(P_INTERNET_CODE_PAGE)
    charset = _charset(code_page.octets) if code_page else reading.charset
    plain = found[P_BODY].text(reading.charset) if P_BODY in found else decode_octets(reading.body, reading.charset)[0]
    if plain.strip():
        return plain, False
    if P_HTML in found:
        return found[P_HTML].text(charset), True
    return (rtf_text(decompress(found[P_RTF].octets.tobytes())) if P_RTF in found else ""), False


def _files(attached: _Attached, reading: _Reading, depth: int) -> list[TnefFile]:
    """Return the file of an attachment; of an attached message its text, and then its files."""
    found = attached.properties
    inner = found.get(P_DATA)
    if inner and inner.kind == OBJECT and inner.octets[: len(MESSAGE_OBJECT)] == MESSAGE_OBJECT:
        return _message_files(attached, reading, inner.octets[len(MESSAGE_OBJECT) :], depth)
    # An object that is no message has its interface's name before its octets.
    content = attached.content or ((inner.octets[16:] if inner.kind == OBJECT else inner.octets) if inner else NOTHING)
    tag, content_id = found.get(P_MIME_TAG), found.get(P_CONTENT_ID)
    return [
        TnefFile(
            filename=_name(attached, reading.charset),
            content_type=tag.text(reading.charset).strip().lower() if tag else "",
            content_id=(content_id.text(reading.charset).strip("<> ") or None) if content_id else None,
            content=content,
        )
    ]


def _message_files(attached: _Attached, reading: _Reading, octets: "memoryview[int]", depth: int) -> list[TnefFile]:
    name = _name(attached, reading.charset)
    try:
        inner = unpack(octets, depth + 1) if depth < MAX_DEPTH else None
    except BrokenTnef:
        inner = None
    if inner is None:
        reading.defects.append("tnef: a message in it cannot be read")
        return [TnefFile(filename=name, content_type="application/ms-tnef", content_id=None, content=octets)]
    reading.defects += inner.defects
    message = TnefFile(
        filename=name or inner.subject or None,
        content_type="text/html" if inner.is_html else "text/plain",
        content_id=None,
        content=inner.text.encode("utf-8", "replace"),
    )
    return [message, *inner.files]


def _name(attached: _Attached, charset: str) -> str | None:
    """Return the long name, else the short one, else what it is shown as."""
    long_name = attached.properties.get(P_LONG_FILENAME)
    names = [long_name.text(charset)] if long_name else []
    names += [decode_octets(attached.title, charset)[0]]
    names += [attached.properties[key].text(charset) for key in NAMES[1:] if key in attached.properties]
    return next((" ".join(name.split()) for name in names if name.strip()), None)

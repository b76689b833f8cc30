"""Header fields from raw octets: unfolding, RFC 2047 as people really write it, raw 8-bit; and the cleaning of text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from functools import lru_cache

from inboxd.mail.charset import ESCAPED as SHIFTING
from inboxd.mail.charset import SAMPLE, WIDE, decode_octets
from inboxd.mail.charset_guess import guess_charset
from inboxd.mail.encoded_words import START, decode_words
from inboxd.mail.text import clean_text

FOLD = re.compile(r"[\r\n]+[ \t]*")
BREAKS = re.compile(r"[\n\t]+")
ESCAPED = re.compile("[\udc80-\udcff]+")
SHIFTED = re.compile(r"\x1b(?:\$[@B]|\(J|\$\)C)")
"""What begins Japanese or Korean of seven bits, which old programs put into fields as it is (RFC 1468, RFC 1557)."""

WESTERN = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252", "cp1252"})
"""Charsets of a body that say nothing of raw octets in its header that is not tried anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The header fields of a mail as they stood: lower-case names, values still folded and encoded, topmost first."""

    pairs: tuple[tuple[str, str], ...]
    named: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named: dict[str, tuple[str, ...]] = {}
        for name, value in self.pairs:
            named[name] = (*named.get(name, ()), value)
        object.__setattr__(self, "named", named)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every raw value of a field (name in lower case)."""
        return self.named.get(name, ())

    def first(self, name: str) -> str | None:
        """Return the topmost raw value of a field (name in lower case), or None."""
        return next(iter(self.all(name)), None)

    def decoded(self) -> tuple[tuple[str, str], ...]:
        """Return all fields unfolded, decoded and cleaned."""
        return tuple((name, decode_header(value)) for name, value in self.pairs)


def read_fields(message: "Message[str, str]") -> Fields:
    """Return the fields of a message parsed with the policy compat32, which leaves raw octets as surrogate escapes.

    These are read as text here: in UTF-8, else in the charset that the body or an encoded-word names, else in the
    likeliest one.
    """
    pairs = [(name.strip().lower(), str(value)) for name, value in message.raw_items()]  # all names are printable ASCII
    charset = "" if all(value.isascii() for _, value in pairs) else field_charset(message)
    return Fields(pairs=tuple((name, to_unicode(value, charset)) for name, value in pairs))


def field_charset(message: "Message[str, str]") -> str:
    """Return what raw octets in a mail's fields are, its parts' included, "" for UTF-8 and windows-1252.

    It is the first charset that the text or an encoded-word is declared in and that is none of the common ones, else
    the likeliest of all these octets together: one subject is too short for a guess.
    """
    parts = tuple(_own_parts(message))
    values = [str(value) for part in parts for _, value in part.raw_items()]
    raw = [octets for value in values if not value.isascii() and not _is_utf8(octets := _octets(value))]
    if not raw:
        return ""
    sample = b"\n".join(raw)[:SAMPLE]
    words = (word[1].partition("*")[0] for value in values for word in START.finditer(value))
    named = (name.lower() for names in (map(_text_charset, parts), words) for name in names)
    found = next((name for name in named if name not in WESTERN and _fits(sample, name)), None)
    guess = guess_charset(sample) if found is None else found
    return "" if guess == "cp1252" else guess


def _own_parts(message: "Message[str, str]") -> "Iterator[Message[str, str]]":
    """Walk a mail's parts, but not into enclosed messages: what these are written in says nothing of their cover."""
    yield message
    payload: object = message.get_payload() if message.get_content_maintype() == "multipart" else None
    for part in payload if isinstance(payload, list) else ():
        yield from _own_parts(part)


def _text_charset(part: "Message[str, str]") -> str:
    """Return the charset that a part is declared in which is text to read, and no file."""
    if part.get_content_maintype() != "text" or part.get_content_disposition() == "attachment":
        return ""
    declared = part.get_param("charset")  # the library's own reading of it would ask Python for a codec of any name
    return declared if isinstance(declared, str) and not part.get_param("name") else ""


def _fits(octets: bytes, charset: str) -> bool:
    """Say whether all octets are letters of a charset that can stand in a field."""
    return charset not in WIDE | SHIFTING and decode_octets(octets, charset)[1] is None


def _octets(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")


def _is_utf8(octets: bytes) -> bool:
    """Say whether octets are UTF-8 but for a few of them, such as a letter cut in two."""
    text = octets.decode("utf-8", "surrogateescape")
    strays = sum(len(run) for run in ESCAPED.findall(text))
    return strays == 0 or _letters(text) >= 2 * strays


@lru_cache(maxsize=64)  # most fields are asked for several times of one mail: From and Subject, four times and more
def decode_header(raw: str) -> str:
    """Return a raw field value as one line of clean text; linear in the value.

    Where a line was folded stands one blank. Encoded-words are decoded wherever they stand, also inside quotes, and
    once more where that shows more letters beyond ASCII: some gateways encode what was encoded. Raw 8-bit octets are
    UTF-8, else windows-1252.
    """
    value = _unfold(to_unicode(raw))
    if "=?" in value:
        value = decode_words(value)
        again = decode_words(value) if START.search(value) else value
        value = again if _letters(again) > _letters(value) else value
    return BREAKS.sub(" ", clean_text(value)).strip()


def _letters(value: str) -> int:
    return 0 if value.isascii() else sum(not ch.isascii() for ch in value)


def _unfold(value: str) -> str:
    if "\n" not in value and "\r" not in value:
        return value
    return " ".join(line.rstrip(" \t") for line in FOLD.split(value) if line)


def to_unicode(raw: str, charset: str = "") -> str:
    """Return a string of the policy compat32 as text: its surrogate escapes are UTF-8, else the charset, else cp1252.

    What is UTF-8 but for a few octets, such as a letter cut in two, is UTF-8.
    """
    if raw.isascii():
        return _shifted(raw) if SHIFTED.search(raw) else raw
    try:
        octets = _octets(raw)
    except UnicodeEncodeError:
        return clean_text(raw)
    if _is_utf8(octets):
        return ESCAPED.sub("\ufffd", octets.decode("utf-8", "surrogateescape"))
    return octets.decode("cp1252", "replace") if charset in WESTERN else decode_octets(octets, charset)[0]


def _shifted(raw: str) -> str:
    """Return Japanese or Korean of seven bits as text, what is neither as it was."""
    try:
        return raw.encode("ascii").decode("iso2022_kr" if "\x1b$)C" in raw else "iso2022_jp_2")
    except UnicodeDecodeError:
        return raw

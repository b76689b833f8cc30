"""The parameters of Content-Type and Content-Disposition as people's programs really write them (RFC 2045, 2183, 2231).

RFC 2231 with continuations and charsets; RFC 2047 where RFC 2231 belongs; blanks, semicolons and quotes that do not
match. Reading is linear in the value.
"""

import re
import urllib.parse
from functools import lru_cache

from inboxd.mail.charset import decode_octets
from inboxd.mail.headers import decode_header, to_unicode
from inboxd.mail.text import clean_text

WORD = re.compile(r'[^"\\;]+|\\.?|"|;', re.DOTALL)
ESCAPED = re.compile(r'\\(["\\])')
SEGMENT = re.compile(r"([^*\s]+)(?:\*([0-9]{1,3}))?(\*)?")
CHARSET = re.compile(r"([A-Za-z0-9._:+-]{0,40})'[A-Za-z0-9-]{0,20}'(.*)", re.DOTALL)

ENCODED = re.compile(
    r"(?:utf-8|iso-8859-\d{1,2}|windows-125\d)'[A-Za-z-]{0,8}'[^ ]*%[0-9A-Fa-f]{2}[^ ]*", re.IGNORECASE
)
"""What belongs into `name*=`, and was written into `name=`."""

SINGLE_QUOTED = re.compile(r"'[^']+'")

Pieces = tuple[tuple[str, str], ...]


@lru_cache(maxsize=32)  # a part's name is asked for by everybody who tells bodies from files
def parameter(raw: str, name: str) -> str | None:
    """Return a parameter of a raw field value as one line of clean text, None where it is missing or empty.

    `name` is in lower case. RFC 2231's form (`name*=`, `name*0=`) goes before the plain one, which is often only an
    ASCII copy of it; of two alike the first counts.
    """
    found = _read(_pieces(clean_text(to_unicode(raw))), name)
    if found is None and "=?" in raw:  # the whole value was taken for text and encoded
        found = _read(_pieces(decode_header(raw)), name)
    return found


def _read(pieces: Pieces, name: str) -> str | None:
    """Return a parameter from the pieces of a value, decoded."""
    plain: str | None = None
    segments: dict[int, tuple[str, bool]] = {}
    for key, value in pieces:
        match = SEGMENT.fullmatch(key)
        if match is None or match[1] != name:
            continue
        if match[2] is None and not match[3]:
            plain = value if plain is None else plain
        else:
            segments.setdefault(int(match[2] or 0), (value, bool(match[3])))
    if plain and ENCODED.fullmatch(plain):
        segments.setdefault(0, (plain, True))
    extended = _extended(segments) if segments else ""
    return extended or decode_header(plain or "") or None


def _pieces(value: str) -> Pieces:
    """Return the pieces between semicolons as (name in lower case, value without its quotes)."""
    return tuple(
        (name.split()[-1].lower(), _unquoted(rest.strip()))
        for piece in _split(value)
        for name, equals, rest in (piece.partition("="),)
        if equals and name.strip()
    )


def _split(value: str) -> list[str]:
    """Split at semicolons that stand outside quotes; from a quote that nothing closes on, every semicolon counts."""
    words = WORD.findall(value)
    quotes = [at for at, word in enumerate(words) if word == '"']
    unclosed = quotes[-1] if len(quotes) % 2 else len(words)
    pieces: list[list[str]] = [[]]
    quoted = False
    for at, word in enumerate(words):
        quoted ^= word == '"' and at < unclosed
        if word == ";" and not quoted:
            pieces.append([])
        else:
            pieces[-1].append(word)
    return ["".join(piece) for piece in pieces]


def _unquoted(value: str) -> str:
    """Return what stands in the quotes that a value begins with, escapes undone; without quotes the value itself."""
    if not value.startswith('"'):
        return value[1:-1] if SINGLE_QUOTED.fullmatch(value) else value
    end = 1
    while end < len(value) and value[end] != '"':
        end += 2 if value[end] == "\\" else 1
    return ESCAPED.sub(r"\1", value[1:end])


def _extended(segments: dict[int, tuple[str, bool]]) -> str:
    """Return the text of RFC 2231 segments in their order; octets of one character may stand in two of them."""
    ordered = [segments[number] for number in sorted(segments)]
    match = CHARSET.fullmatch(ordered[0][0]) if ordered[0][1] else None
    charset = match[1] if match else "utf-8"
    if match:
        ordered[0] = (match[2], True)
    if not any(encoded for _, encoded in ordered):
        return decode_header("".join(value for value, _ in ordered))
    octets = b"".join(
        urllib.parse.unquote_to_bytes(value) if encoded else value.encode("utf-8", "replace")
        for value, encoded in ordered
    )
    return decode_header(decode_octets(octets, charset)[0])

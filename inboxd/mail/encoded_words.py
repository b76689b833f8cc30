"""Encoded-words as programs really write them (RFC 2047): broken, cut, unclosed, inside quotes, glued to text."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from inboxd.mail.charset import codec_of, decode_octets

START = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?")
END = re.compile(r"\?=(?![C-F][0-9A-F]=[89AB][0-9A-F])")
"""A question mark before an encoded letter of UTF-8 is a question mark that should have been encoded too."""

NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")
PADDING = re.compile("=+")
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
UNUSED_BITS = {1: 63, 2: 15, 3: 3}
"""The bits of a last character that carry nothing, by the length of an unfinished base64 group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """An encoded-word and where it stands in the value."""

    start: int
    end: int
    charset: str
    encoding: str
    content: str


def decode_words(value: str) -> str:
    """Return a value, unfolded, with every encoded-word decoded, wherever it stands; linear in the value.

    White space between two of them falls away (RFC 2047 6.2). Those of one charset that follow each other are decoded
    together, for a character, a base64 group or a shift state may be broken across them (RFC 2047 5 forbids it).
    """
    pieces: list[str] = []
    run: list[_Word] = []
    end = 0
    for word in _words(value):
        gap = value[end : word.start]
        adjacent = bool(run) and not gap.strip()
        if run and not (adjacent and word.charset == run[0].charset):
            pieces.append(_decode_run(run))
            run = []
        if not adjacent:
            pieces.append(gap)
        run.append(word)
        end = word.end
    return "".join([*pieces, _decode_run(run), value[end:]])


def _words(value: str) -> Iterator[_Word]:
    """Yield the encoded-words; one that nothing closes goes as far as there is no blank, or to the next one."""
    start = START.search(value)
    while start is not None:
        following = START.search(value, start.end())
        limit = following.start() if following else len(value)
        close = END.search(value, start.end(), limit)
        if close is not None:
            content, end = value[start.end() : close.start()], close.end()
        else:
            content = value[start.end() : limit].partition(" ")[0]
            end = start.end() + len(content)
        if close is not None or content:
            yield _Word(
                start=start.start(),
                end=end,
                charset=start[1].partition("*")[0].lower(),
                encoding=start[2].lower(),
                content=content if close is not None else content.rstrip("?"),
            )
        start = following


def _decode_run(run: list[_Word]) -> str:
    if not run:
        return ""
    charset = run[0].charset
    octets = b"".join(_run_octets(run, charset))
    return decode_octets(octets, charset)[0]


def _run_octets(run: list[_Word], charset: str) -> Iterator[bytes]:
    """Yield the octets of words in a row, those of one encoding together."""
    for encoding, words in groupby(run, key=lambda word: word.encoding):
        contents = [word.content for word in words]
        if encoding == "q":
            yield binascii.a2b_qp(_octets("".join(contents), charset), header=True)
        else:
            yield from _base64_octets(contents)


def _base64_octets(contents: list[str]) -> Iterator[bytes]:
    """Yield the octets of base64 words in a row; a group that one of them leaves unfinished goes on in the next."""
    rest = ""
    for content in contents:
        *padded, last = PADDING.split(NOT_BASE64.sub("", content))
        for chunk in padded:
            yield _unpadded(rest + chunk)
            rest = ""
        whole = len(rest + last) // 4 * 4
        yield _unpadded((rest + last)[:whole])
        rest = (rest + last)[whole:]
        if rest and not BASE64.index(rest[-1]) & UNUSED_BITS[len(rest)]:
            yield _unpadded(rest)
            rest = ""
    yield _unpadded(rest)


def _unpadded(text: str) -> bytes:
    """Return the octets of base64 without padding; one character of a group alone is none."""
    usable = text[: len(text) - 1] if len(text) % 4 == 1 else text
    return binascii.a2b_base64(usable + "=" * (-len(usable) % 4))


def _octets(content: str, charset: str) -> bytes:
    """Return the octets of what stands in a Q word; raw letters in it are in the word's own charset."""
    try:
        return content.encode("ascii" if content.isascii() else codec_of(charset) or "utf-8")
    except UnicodeError:
        return content.encode("utf-8", "replace")

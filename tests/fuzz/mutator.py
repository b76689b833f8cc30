"""Damaged mail: our own fixtures with octets flipped, cut out, doubled and mixed, the same for the same seed."""

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

FIXTURES = Path(__file__).parents[1] / "fixtures" / "mail"

MAX_OCTETS = 100_000
"""Larger fixtures are left out: here it is the damage that counts, not the size."""

Damage: TypeAlias = Callable[[bytes, random.Random, tuple[bytes, ...]], bytes]

LINE = re.compile(rb"[^\n]*\n")
BOUNDARY = re.compile(rb"boundary=\"?[^\s\";]*\"?", re.IGNORECASE)
CHARSET = re.compile(rb"charset=\"?[^\s\";]*\"?", re.IGNORECASE)
ENCODING = re.compile(rb"(?<=transfer-encoding: )\S+", re.IGNORECASE)
FIELD_NAME = re.compile(rb"^[!-9;-~]+(?=:)", re.MULTILINE)

BOUNDARIES = (b"boundary=", b'boundary=""', b"boundary=b", b"boundary*0=b", b'boundary="b', b"boundary=\x00")
CHARSETS = (
    b"charset=utf-7", b"charset=utf-16", b"charset=\x00", b"charset=iso-2022-jp", b"charset=koi8-r", b"charset=hz",
    b"charset=x-unknown", b"charset=idna", b"charset=base64", b"charset=", b"charset*=utf-8''utf-8", b"charset=cp65001",
)  # fmt: skip
ENCODINGS = (b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"7bit", b"binary", b"gzip", b"")
NAMES = (
    b"From", b"To", b"Subject", b"Date", b"Message-ID", b"References", b"Content-Type", b"Content-Disposition",
    b"Content-Transfer-Encoding", b"Return-Path", b"Auto-Submitted", b"Received", b"X", b"",
)  # fmt: skip
TOKENS = (
    b"\r\n", b"\n\n", b"\r", b"\x00", b"\xff", b"\xc3", b"\x1b[2J", b"=?utf-8?b?", b"?=", b"=?", b'"', b"<", b">", b"(",
    b")", b";", b":", b",", b"@", b"[", b"\\", b"--", b"=", b"=\r\n", b"''", b"*0*=", b"%C3%A6", b"begin 644 a\r\n",
    b"{\\rtf1", b"\x78\x9f\x3e\x22", b"<table><tr>", b"<!--", b"&#xd800;", b"\xed\xa0\x80", b"0000-00-00", b"9" * 20,
    b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
    b"\xef\xbb\xbf",
)  # fmt: skip


def originals() -> tuple[bytes, ...]:
    """Return the octets of every fixture that is not too large, in a fixed order."""
    mails = (path.read_bytes() for path in sorted(FIXTURES.rglob("*.eml")))
    return tuple(octets for octets in mails if len(octets) <= MAX_OCTETS)


def mutated(count: int, seed: int) -> Iterator[bytes]:
    """Yield so many damaged mails: each an original, damaged once to six times."""
    chance = random.Random(seed)
    mails = originals()
    for _ in range(count):
        octets = chance.choice(mails)
        for damage in chance.choices(DAMAGES, k=chance.randint(1, 6)):
            octets = damage(octets, chance, mails)[: 2 * MAX_OCTETS]
        yield octets


def _span(octets: bytes, chance: random.Random, longest: int = 200) -> tuple[int, int]:
    start = chance.randint(0, len(octets))
    return start, min(start + chance.randint(0, longest), len(octets))


def flip(octets: bytes, chance: random.Random, mails: tuple[bytes, ...]) -> bytes:
    damaged = bytearray(octets)
    for _ in range(chance.randint(1, 8) if octets else 0):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def cut(octets: bytes, chance: random.Random, mails: tuple[bytes, ...]) -> bytes:
    start, end = _span(octets, chance)
    return octets[:start] + octets[end:]


def double(octets: bytes, chance: random.Random, mails: tuple[bytes, ...]) -> bytes:
    start, end = _span(octets, chance)
    return octets[:end] + octets[start:end] * chance.randint(1, 20) + octets[end:]


def truncate(octets: bytes, chance: random.Random, mails: tuple[bytes, ...]) -> bytes:
    return octets[: chance.randint(0, len(octets))]


def splice(octets: bytes, chance: random.Random, mails: tuple[bytes, ...]) -> bytes:
    """Put the end of another mail behind the beginning of this one, or a piece of it into the middle."""
    other = chance.choice(mails)
    start, _ = _span(octets, chance)
    begin, end = _span(other, chance, 5_000)
    return octets[:start] + (other[begin:] if chance.random() < 0.5 else other[begin:end] + octets[start:])


def insert(octets: bytes, chance: random.Random, mails: tuple[bytes, ...]) -> bytes:
    start, end = _span(octets, chance, 10)
    return octets[:start] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 2, 50)) + octets[end:]


def _replace(pattern: re.Pattern[bytes], choices: tuple[bytes, ...]) -> Damage:
    """Return the damage that puts one of the choices for one place where the pattern is found."""

    def damage(octets: bytes, chance: random.Random, mails: tuple[bytes, ...]) -> bytes:
        found = list(pattern.finditer(octets))
        if not found:
            return octets
        place = chance.choice(found)
        return octets[: place.start()] + chance.choice(choices) + octets[place.end() :]

    return damage


def shuffle(octets: bytes, chance: random.Random, mails: tuple[bytes, ...]) -> bytes:
    """Move a line to another place."""
    lines = LINE.findall(octets)
    if lines:
        lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
    return b"".join(lines)


def line_ends(octets: bytes, chance: random.Random, mails: tuple[bytes, ...]) -> bytes:
    return octets.replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\r\n", b"\n\r")))


DAMAGES: tuple[Damage, ...] = (
    flip,
    flip,
    cut,
    cut,
    double,
    truncate,
    splice,
    insert,
    insert,
    _replace(BOUNDARY, BOUNDARIES),
    _replace(CHARSET, CHARSETS),
    _replace(ENCODING, ENCODINGS),
    _replace(FIELD_NAME, NAMES),
    shuffle,
    line_ends,
)

"""The text of one part: its transfer encoding undone as it was meant, its charset, its flowed lines, its HTML."""

import binascii
import re

from inboxd.mail.charset import codec_of, decode_octets
from inboxd.mail.flowed import unflow
from inboxd.mail.html.reading import html_to_text
from inboxd.mail.mime import Part, content_octets
from inboxd.mail.parameters import parameter
from inboxd.mail.structure.entity import Entity
from inboxd.mail.structure.transfer import encoding_name

MAX_TEXT = 1_000_000
"""Characters of text that are read; nobody reads more, and search indexes take no more."""

CUT = f"text: only the first {MAX_TEXT} characters are read"

MAX_OCTETS = 2_000_000
"""Octets of one part's text that are decoded at all: memory is bounded before there are characters to count."""

TAIL = 10_000
"""Octets in which the line end is looked for behind which a text that is too long is cut."""

CONTINUED = range(0x80, 0xC0)
"""Octets that go on with a character in UTF-8 (RFC 3629 3)."""

META_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
HTML_FORMS = frozenset({"text/html", "text/watch-html", "text/x-amp-html", "html/text"})
ENRICHED_FORMS = frozenset({"text/enriched", "text/richtext"})
HTML_SOURCE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)

ENRICHED_PARAMETER = re.compile(r"<param>[^<]*</param>", re.IGNORECASE)
ENRICHED_TAG = re.compile(r"<(?!<)/?[A-Za-z0-9-]{1,60}>")
NEW_LINES = re.compile(r"\n+")

BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}")
TWO_WORDS = re.compile(rb"[^\s]+[ \t]+[^\s]+")
QUOTED_OCTET = re.compile(rb"=(?:[0-9A-F]{2}|[ \t]*\r?\n)")
SOFT_BREAK = re.compile(rb"=[ \t]*\r?\n")
NO_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*(?:\r?\n|\Z))")
ESCAPED = re.compile(rb"=3D|=[C-F][0-9A-F]=[89AB][0-9A-F]|=[ \t]*\r?\n")
"""What only quoted-printable has: its own sign, a letter in UTF-8, a soft line break."""

BEHIND_ASCII = re.compile(rb"=[89A-F][0-9A-F]")
LOOKED_AT = 20_000
"""Octets in which an encoding that was not declared is looked for."""

FULL_LINE = 60
"""Octets of a line of base64, at least: shorter ones may be words."""

SHORT_TEXT = 24
"""Octets of base64 that nobody declared, at least, that are no accident where there is text behind them."""


def leaf_text(part: Part, defects: list[str]) -> str:
    """Return the text of a leaf that is text of some kind, and add to `defects` what was wrong with it."""
    message = part.message
    octets = content_octets(message, MAX_OCTETS + TAIL)
    if len(octets) > MAX_OCTETS:
        octets = _without_broken_end(octets)
        defects.append(CUT)
    octets = _as_meant(octets, message, defects)
    is_html = part.content_type in HTML_FORMS
    text, defect = decode_octets(octets, _charset(message, octets, is_html=is_html))
    defects += [defect] if defect else []
    if is_html or HTML_SOURCE.match(text):
        text, defect = html_to_text(text)
        defects += [defect] if defect else []
    elif part.content_type in ENRICHED_FORMS:
        text = _without_enrichment(text)
    elif _parameter(message, "format") == "flowed":
        text = unflow(text, delsp=_parameter(message, "delsp") == "yes")
    return text.rstrip().lstrip("\n")


def _as_meant(octets: bytes, message: Entity, defects: list[str]) -> bytes:
    """Return octets whose transfer encoding is undone, where another one was declared than was used."""
    encoding = encoding_name(str(message.get("Content-Transfer-Encoding", "")))
    if encoding == "base64":
        if not _is_base64(bytes(message.body[:LOOKED_AT])) and not _is_text(octets, _parameter(message, "charset")):
            return _no_base64(bytes(message.body[:MAX_OCTETS]), defects)
        return octets + _footer(message)
    if encoding == "quoted-printable" and _is_unencoded(bytes(message.body[:LOOKED_AT]), octets, message):
        defects.append("transfer encoding: declared quoted-printable, read as it stands")
        return bytes(message.body[:MAX_OCTETS])
    if encoding not in {"", "quoted-printable"}:
        return octets
    sample = octets[:LOOKED_AT]
    if not encoding and _is_quoted_printable(sample):
        defects.append("transfer encoding: quoted-printable that was not declared")
        return binascii.a2b_qp(octets)
    if _is_all_base64(sample) and (found := _text_of_base64(b"".join(octets.split()))):
        defects.append("transfer encoding: base64 that was not declared")
        return found
    return octets


def _no_base64(body: bytes, defects: list[str]) -> bytes:
    """Return a text that was declared base64 and is none: some programs mistake one encoding for the other."""
    if _is_quoted_printable(body[:LOOKED_AT]):
        defects.append("transfer encoding: declared base64, read as quoted-printable")
        return binascii.a2b_qp(body)
    defects.append("transfer encoding: declared base64, read as it stands")
    return body


def _is_base64(raw: bytes) -> bool:
    """Say whether these are lines of base64: more of them than with two words; a short one may be a word."""
    lines = [line.strip() for line in raw.splitlines()[:50] if line.strip(b"= \t\r\n")]
    good = [line for line in lines if BASE64_LINE.fullmatch(line)]
    if len(lines) == 1 and len(lines[0]) < FULL_LINE:
        return False
    return not lines or (bool(good) and len(good) >= sum(TWO_WORDS.search(line) is not None for line in lines))


def _is_unencoded(raw: bytes, octets: bytes, message: Entity) -> bool:
    """Say whether a text with a bare `=` in it, as links have it, makes no text once quoted-printable is undone."""
    if NO_ESCAPE.search(raw) is None or ESCAPED.search(raw):
        return False
    return raw.isascii() and not _is_text(octets, _parameter(message, "charset"))


def _is_text(octets: bytes, charset: str) -> bool:
    """Say whether octets are text of a charset, the last character aside, which may be cut."""
    text = octets[:LOOKED_AT].decode(codec_of(charset) or "utf-8", "replace")[:-1]
    return (
        text.replace("\r", "").replace("\n", "").replace("\t", "").replace("\xa0", "").isprintable()
        and "\ufffd" not in text
    )


def _footer(message: Entity) -> bytes:
    """Return the plain lines that a list's server put behind the base64 of somebody else's text."""
    body = message.body
    lines = bytes(body[max(len(body) - TAIL, 0) :]).rstrip().split(b"\n")
    start = len(lines)
    while start > 0 and not BASE64_LINE.fullmatch(lines[start - 1].strip()):
        start -= 1
    footer = b"\n".join(lines[start:])
    return b"\n" + footer if 0 < start < len(lines) and TWO_WORDS.search(footer) else b""


def _is_quoted_printable(sample: bytes) -> bool:
    """Say whether every `=` is one of quoted-printable's, and lines are broken or letters written as it does."""
    signs = sample.count(b"=")
    if signs < 2 or not sample.isascii():  # noqa: PLR2004 # one may be a person's
        return False
    sample = sample[: sample.rfind(b"=")] if len(sample) == LOOKED_AT else sample
    whole = len(QUOTED_OCTET.findall(sample + b"\n"))
    return whole == sample.count(b"=") and bool(SOFT_BREAK.search(sample) or len(BEHIND_ASCII.findall(sample)) > 1)


def _is_all_base64(sample: bytes) -> bool:
    """Say whether a text is nothing but full lines of base64, the last one aside."""
    lines = sample.split()
    if not lines or len(lines[0]) < SHORT_TEXT or len({len(line) for line in lines[:-1]}) > 1:
        return False
    return all(BASE64_LINE.fullmatch(line) for line in lines[:-1]) and BASE64_LINE.match(lines[-1]) is not None


def _text_of_base64(encoded: bytes) -> bytes:
    """Return the text behind base64, b"" where there is none in UTF-8."""
    try:
        bare = encoded.rstrip(b"=")
        octets = binascii.a2b_base64(bare + b"=" * (-len(bare) % 4))
        text = octets.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return b""
    return octets if text.replace("\n", "").replace("\r", "").replace("\t", "").isprintable() else b""


def _without_broken_end(octets: bytes) -> bytes:
    """Return octets that were cut anywhere up to a line end, so that no character is broken; else to a whole one."""
    end = octets.rfind(b"\n", -TAIL) if b"\x00" not in octets[-TAIL:] else -1
    if end > 0:
        return octets[:end]
    end = MAX_OCTETS  # also of UTF-16 and UTF-32, whose characters are of two and four octets
    while end > MAX_OCTETS - 3 and octets[end] in CONTINUED:  # not the first octet of a character in UTF-8
        end -= 1
    return octets[:end]


def _charset(message: Entity, octets: bytes, *, is_html: bool) -> str:
    declared = _parameter(message, "charset")
    if declared or not is_html:
        return declared
    meta = META_CHARSET.search(octets, 0, 2_000)
    return meta[1].decode("ascii") if meta else ""


def _parameter(message: Entity, name: str) -> str:
    """Return a parameter of Content-Type in lower case, "" where there is none."""
    return (parameter(str(message.get("Content-Type", "")), name) or "").lower()


def _without_enrichment(text: str) -> str:
    """Return text/enriched as plain text: a line break alone is a blank, of more in a row one falls away (RFC 1896)."""
    text = NEW_LINES.sub(lambda match: " " if len(match[0]) == 1 else match[0][1:], ENRICHED_PARAMETER.sub("", text))
    return ENRICHED_TAG.sub("", text).replace("<<", "<")

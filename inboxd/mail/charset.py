"""Octets into text: in the declared charset where it fits, else in the best guess (RFC 2045 5.1)."""

import re
from encodings.aliases import aliases
from functools import lru_cache

from inboxd.mail.charset_guess import guess_charset, looks_western
from inboxd.mail.text import clean_text

NO_TEXT = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7_imap", "mbcs", "oem"}
)
"""Codecs of Python's that no mail means: slow, or a programming language's escapes."""

WIDER = {
    "": "", "ascii": "utf-8", "us-ascii": "utf-8", "ansi-x3.4-1968": "utf-8", "646": "utf-8", "iso-ir-6": "utf-8",
    "utf8": "utf-8", "utf8mb4": "utf-8", "utf8mb3": "utf-8", "unicode": "utf-8", "utf-8-sig": "utf-8",
    "unicode-1-1-utf-8": "utf-8", "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "iso-88591": "cp1252", "8859-1": "cp1252", "latin1": "cp1252",
    "latin-1": "cp1252", "l1": "cp1252", "ansi": "cp1252", "win-1252": "cp1252", "windows1252": "cp1252",
    "ms-ansi": "cp1252", "iso-8859-1-windows-3.1-latin-1": "cp1252", "cp-1252": "cp1252", "cp819": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "windows-874": "cp874", "tis-620": "cp874",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6",
    "latin-9": "iso-8859-15", "latin9": "iso-8859-15", "iso-885915": "iso-8859-15",
    "win-1251": "cp1251", "win1251": "cp1251", "windows1251": "cp1251", "koi8": "koi8-r", "koi": "koi8-r",
    "x-sjis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "ms-kanji": "cp932", "windows-31j": "cp932",
    "cseucpkdfmtjapanese": "euc-jp", "x-euc-jp": "euc-jp", "cp50220": "iso-2022-jp-ext", "cp50221": "iso-2022-jp-ext",
    "iso-2022-jp": "iso-2022-jp-ext", "csiso2022jp": "iso-2022-jp-ext",
    "gb2312": "gb18030", "gb-2312": "gb18030", "gb2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030", "euc-cn": "gb18030", "hz": "hz", "hz-gb-2312": "hz", "big5": "big5hkscs",
    "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs", "ks-c-5601-1987": "cp949", "ksc5601": "cp949", "euc-kr": "cp949",
    "windows-949": "cp949",
    "macintosh": "mac-roman", "mac": "mac-roman", "x-mac-roman": "mac-roman", "macroman": "mac-roman",
}  # fmt: skip
"""What a declared name, `_` written as `-`, really means in mail: the wider charset that its octets come from."""

NO_CHARSET = frozenset(
    {"unknown-8bit", "x-unknown", "unknown", "default", "binary", "8bit", "7bit", "x-user-defined", "user-defined",
     "none", "null", "undefined", "base64", "quoted-printable", "plain", "text", "iso", "x-ascii",
     "default-charset", "auto"}
)  # fmt: skip
"""Names by which a program says that it does not know."""

WIDE = frozenset({"utf-16", "utf-16le", "utf-16be", "utf-32", "utf-32le", "utf-32be", "ucs-2"})
ESCAPED = frozenset({"iso-2022-jp-ext", "iso-2022-jp", "iso-2022-kr", "hz", "utf-7", "iso-2022-jp-2"})
"""Charsets that are written in ASCII alone."""

WESTERN = frozenset({"cp1252", "windows-1252", "iso-8859-15", "cp1254"})
BOMS = (
    (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
ISO_2022 = (
    (b"\x1b$)C", "iso-2022-kr"),
    (b"\x1b$B", "iso-2022-jp-ext"),
    (b"\x1b$@", "iso-2022-jp-ext"),
    (b"\x1b(J", "iso-2022-jp-ext"),
)

SAMPLE = 50_000
"""Octets that a guess looks at."""

MANY = 6
"""Characters behind ASCII that make valid UTF-8 no accident, even where another charset's octets come in pairs too."""

JIS = re.compile(rb"\x1b\$[@B]([^\x1b]*)|\x1b\(I([^\x1b]*)|\x1b\([BJ]")
"""Characters of two octets, half-width Katakana, and ASCII again (RFC 1468, JIS X 0201)."""

MAX_SHIFTED = 200_000
"""Octets that are read as the Japanese of Windows: it takes a while."""

SHIFTED = re.compile(rb"\+[A-Za-z0-9+/]{3,60}-")
EUROPEAN = re.compile("[\u00a0-\u024f\u2010-\u2026\u20ac]+")
UTF_7 = "utf-7"
FEW_SHIFTS = 2
"""Letters in UTF-7 that are no accident; one may be an order's number."""

NAME = re.compile(r"[^\s;,\"'<>\x00]+")
HYPHENS = re.compile(r"[-_]+")
MAX_NAME = 40
KNOWN = frozenset(aliases) | frozenset(aliases.values()) | {
    "cp720", "cp737", "cp856", "cp874", "cp875", "cp1006", "koi8_t", "koi8_u", "mac_arabic", "mac_croatian",
    "mac_farsi", "mac_romanian", "utf_8_sig",
}  # fmt: skip
"""Names of Python's codecs. No others are asked for: Python remembers every name that it has looked for in vain."""


def decode_octets(octets: bytes, declared: str) -> tuple[str, str | None]:
    """Return clean text from octets, and in words what was wrong with the declared charset (None: nothing).

    Never raises. UTF-8 that was declared as another charset is read as UTF-8: nobody writes "Ã¸" on purpose. Text that
    was encoded twice stays as it is.
    """
    if octets.isascii() and b"\x1b" not in octets:
        codec = codec_of(declared)
        if codec not in ESCAPED and (codec not in WIDE or b"\x00" not in octets):
            if codec in {"", "utf-8"} and declared.lower() != "utf-8" and _is_utf_7(octets[:SAMPLE]):
                return clean_text(octets.decode(UTF_7, "replace")), _read_as(declared, UTF_7)
            text = clean_text(octets.decode("ascii"))
            return text, None if codec or not _names_one(declared) else _read_as(declared, "utf-8")
    text, codec, lost = _decode(octets, declared)
    return clean_text(text), _defect(declared, codec, lost=lost)


def _is_utf_7(sample: bytes) -> bool:
    """Say whether ASCII is UTF-7 that was not declared: all that is shifted in it are letters of Europe."""
    if b"+A" not in sample:
        return False
    shifted = [match[0].decode(UTF_7, "replace") for match in SHIFTED.finditer(sample)]
    return len(shifted) >= FEW_SHIFTS and all(EUROPEAN.fullmatch(text) for text in shifted)


def _decode(octets: bytes, declared: str) -> tuple[str, str, bool]:
    """Return text, the charset that it was read in, and whether some of it could not be read."""
    codec = codec_of(declared)
    better = _better(octets, codec)
    for name in (better, codec):
        text = _try(octets, name) if name else None
        if text is not None:
            return text, name, False
    if codec == "utf-8" or not codec:
        return _by_line(octets)
    if codec.startswith("iso-2022-jp") and len(octets) <= MAX_SHIFTED:
        text = _try(_shift_jis(octets), "cp932")
        if text is not None:
            return text, codec, False
    if codec in ESCAPED or codec in WIDE:
        return octets.decode(codec, "replace"), codec, True
    text = _try(octets, "utf-8")
    if text is not None:
        return text, "utf-8", False
    guess = guess_charset(octets[:SAMPLE])
    text = _try(octets, guess) if guess != "cp1252" else None
    return (octets.decode(codec, "replace"), codec, True) if text is None else (text, guess, False)


def _shift_jis(octets: bytes) -> bytes:
    """Return ISO-2022-JP as the Shift_JIS of Windows, which has the circled digits and others that RFC 1468 has not."""
    pieces, end = [], 0
    for match in JIS.finditer(octets):
        wide = match[1] or b""
        pieces += [octets[end : match.start()], bytes(octet | 0x80 for octet in match[2] or b"")]
        pieces += [_pair(*pair) for pair in zip(wide[::2], wide[1::2], strict=False)]
        end = match.end()
    return b"".join([*pieces, octets[end:]])


def _pair(row: int, cell: int) -> bytes:
    """Return a character of JIS X 0208 in Shift_JIS."""
    shifted = cell + (0x1F if row % 2 and cell < 0x60 else 0x20 if row % 2 else 0x7E)  # noqa: PLR2004 # 0x7F is none
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)  # noqa: PLR2004 # behind row 0x5E there is a gap
    return bytes((lead & 0xFF, shifted & 0xFF))


def _better(octets: bytes, codec: str) -> str:
    """Return a charset that the octets speak for more strongly than what was declared, "" where there is none."""
    for mark, name in BOMS:
        if octets.startswith(mark):
            return name
    if octets.find(b"\x1b", 0, SAMPLE) >= 0 and codec not in ESCAPED:
        return next((name for mark, name in ISO_2022 if octets.find(mark, 0, SAMPLE) >= 0), "")
    if codec in WIDE or not codec:
        wide = _wide(octets, codec)
        if wide:
            return wide
    if codec in ESCAPED or codec == "utf-8" or octets.isascii():
        return ""
    text = _try(octets, "utf-8")
    if text is not None and (codec in WESTERN or _is_many(text)):
        return "utf-8"
    return _foreign(octets) if codec in WESTERN else ""


def _wide(octets: bytes, codec: str) -> str:
    """Tell UTF-16 without a mark by where its NULs stand; without any, a gateway has turned it into something else."""
    sample = octets[:SAMPLE]
    half = max(len(sample) // 2, 1)
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if codec.startswith("utf-32"):
        return ""
    if odd > half * 0.3 and odd > 3 * even:
        return "utf-16le"
    if even > half * 0.3 and even > 3 * odd:
        return "utf-16be"
    return "utf-8" if codec and not even + odd and _try(octets, "utf-8") is not None else ""


def _foreign(octets: bytes) -> str:
    """Return the charset of text that cannot be western, though it was declared so, "" where it can."""
    guess = guess_charset(octets[:SAMPLE], certain=True)
    return "" if guess == "cp1252" else guess


def _by_line(octets: bytes) -> tuple[str, str, bool]:
    """Read UTF-8 in which some octets are broken, or some lines (a list's footer) are of another charset."""
    text = _try(octets, "utf-8")
    if text is not None:
        return text, "utf-8", False
    lines = octets.split(b"\n")
    wrong = [at for at, line in enumerate(lines) if _try(line, "utf-8") is None]
    others = b"\n".join(lines[at] for at in wrong)
    right = {at for at in range(len(lines)) if not lines[at].isascii()}.difference(wrong)
    if _is_mostly_utf8(others) or (right and not looks_western(others)):
        return octets.decode("utf-8", "replace"), "utf-8", True
    guess = guess_charset(others[:SAMPLE])
    found, lost = _try(others, guess), False
    if found is None:
        found, lost = others.decode(guess, "replace"), True
    if not right:
        whole = _try(octets, guess)
        return (octets.decode(guess, "replace"), guess, True) if whole is None else (whole, guess, False)
    # No charset has a line break inside a character, so that as many lines come out as went in.
    decoded = [line.decode("utf-8", "replace") for line in lines]
    for at, line in zip(wrong, found.split("\n"), strict=False):
        decoded[at] = line
    return "\n".join(decoded), f"utf-8 and {guess}", lost


def _is_mostly_utf8(octets: bytes) -> bool:
    """Say whether octets that are no UTF-8 are so only because a few of them are broken."""
    text = octets[:SAMPLE].decode("utf-8", "replace")
    broken = text.count("\ufffd")
    right = sum(ch > "\x7f" for ch in text) - broken
    return right >= broken


def _is_many(text: str) -> bool:
    return sum(ch > "\x7f" for ch in text[:SAMPLE]) >= MANY


@lru_cache(maxsize=256)
def codec_of(declared: str) -> str:
    """Return the codec for a declared charset, "" where it names none that is known."""
    match = NAME.search(declared.strip().removeprefix("charset="))
    name = HYPHENS.sub("-", match[0].lower()) if match and len(match[0]) <= MAX_NAME else ""
    if match and not name:
        return ""
    plain = name.removeprefix("x-").replace("ibm-", "ibm").replace("cp-", "cp").rstrip(".-")
    for candidate in (name, plain, plain.removeprefix("cs")):
        codec = WIDER.get(candidate, candidate)
        if codec in NO_CHARSET:
            return ""
        if codec == "" or _is_codec(codec):
            return codec
    return ""


def _is_codec(codec: str) -> bool:
    plain = codec.replace("-", "_").replace(":", "_")
    if plain in NO_TEXT or plain not in KNOWN:
        return False
    try:
        "a".encode(codec)
    except (LookupError, UnicodeError, ValueError):
        return False
    return True


def _try(octets: bytes, codec: str) -> str | None:
    """Decode strictly; None where the codec does not take these octets."""
    try:
        return octets.decode(codec).removeprefix("\ufeff")
    except (LookupError, UnicodeError, ValueError):
        return None


def _names_one(declared: str) -> bool:
    return bool(NAME.search(declared))


def _read_as(declared: str, codec: str) -> str:
    return f"charset: declared {_short(declared)}, read as {codec}"


def _defect(declared: str, codec: str, *, lost: bool) -> str | None:
    named = _short(declared)
    if lost:
        return f"charset: declared {named}, some characters are lost"
    meant = codec_of(declared)
    same = (
        codec == meant
        or (codec in WIDE and meant in WIDE)
        or (not meant and not _names_one(declared) and codec == "utf-8")
    )
    return None if same else f"charset: declared {named}, read as {codec}"


def _short(declared: str) -> str:
    name = declared.strip().strip("\"'").lower()
    return "".join(ch for ch in name[:40] if ch.isprintable()) or "none"

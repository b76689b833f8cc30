"""Octets into text: in the declared charset where it fits, else in the best guess (RFC 2045 5.1)."""

from inboxd.mail.text import clean_text

NO_TEXT = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7_imap", "mbcs", "oem"}
)
"""Codecs of Python's that no mail means: slow, or a programming language's escapes."""

WIDER = {
    "": "utf-8", "ascii": "utf-8", "us-ascii": "utf-8", "unknown-8bit": "utf-8", "utf8": "utf-8", "default": "utf-8",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8", "x-sjis": "cp932", "shift_jis": "cp932", "gb2312": "gb18030",
    "ks_c_5601-1987": "cp949",
}  # fmt: skip
"""What a declared name really means in mail: the wider charset that its octets come from."""

WESTERN = frozenset({"cp1252", "windows-1252", "iso-8859-15", "latin-9"})
"""One-octet charsets in which every UTF-8 text decodes too, to nonsense."""


def decode_octets(octets: bytes, declared: str) -> tuple[str, str | None]:
    """Return clean text from octets, and in words what was wrong with the declared charset (None: nothing).

    Never raises. UTF-8 that was declared as a western charset is read as UTF-8: nobody writes "Ã¸" on purpose.
    """
    name = declared.strip().strip("\"'").lower()
    codec = WIDER.get(name, name)
    if codec in WESTERN and not octets.isascii() and (text := _try(octets, "utf-8")) is not None:
        return clean_text(text), f"charset: declared {_short(name)}, read as utf-8"
    text = _try(octets, codec)
    if text is not None:
        return clean_text(text), None
    for guess in ("utf-8", "cp1252"):
        text = _try(octets, guess)
        if text is not None:
            return clean_text(text), f"charset: declared {_short(name) or 'none'}, read as {guess}"
    text = octets.decode("cp1252", "replace")
    return clean_text(text), f"charset: declared {_short(name) or 'none'}, some characters are lost"


def _try(octets: bytes, codec: str) -> str | None:
    """Decode strictly; None where the codec is unknown, unfit, or does not take these octets."""
    if codec.replace("-", "_") in NO_TEXT or not codec.isascii() or not codec.isprintable():
        return None
    try:
        return octets.decode(codec).removeprefix("\ufeff")
    except (LookupError, UnicodeError, ValueError):
        return None


def _short(name: str) -> str:
    return "".join(ch for ch in name[:40] if ch.isprintable())

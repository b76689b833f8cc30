"""The one boundary that all text from mail passes: nothing that a database, a terminal or a header chokes on."""

import itertools
import re
import unicodedata

UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
LINE_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
SURROGATES = re.compile("[\ud800-\udfff]")
CLEAN_LATIN = bytes([*b"\t\n", *range(0x20, 0x7F), *range(0xA0, 0x100)])
"""Characters up to U+00FF that may stay, each as an octet."""

MANY_MARKS, KEPT_MARKS = 100, 30
"""Marks on one letter that no language has, and how many of them stay."""

HIDDEN_MARKS = frozenset("\u0f73\u0f75\u0f81")
"""Tibetan vowels that count as letters, but are taken apart into marks."""

LONG_RUN = re.compile(rf"[^\x00-\x7f]{{{MANY_MARKS},}}")


def clean_text(text: str) -> str:
    r"""Return the text with \n for every line break, without control characters but \n and \t, in Unicode's form NFC.

    Lone surrogates become U+FFFD, and of a hundred marks on one letter thirty stay. Cleaning twice is cleaning once.
    """
    text = text.replace("\r\n", "\n")
    try:
        rest = text.encode("latin-1").translate(None, CLEAN_LATIN)
    except UnicodeEncodeError:
        rest = None
    if rest == b"":  # most text of this part of the world: in form NFC, and without marks
        return text
    if UNWANTED.search(text):
        text = SURROGATES.sub("\ufffd", LINE_BREAKS.sub("\n", CONTROLS.sub("", text)))
    return text if rest is not None else unicodedata.normalize("NFC", LONG_RUN.sub(_with_few_marks, text))


def is_latin(text: str) -> bool:
    """Say whether text has no character beyond U+00FF. Cheap, as most text of this part of the world has none."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _with_few_marks(run: re.Match[str]) -> str:
    """Bound the marks on one letter: to sort them for NFC takes time that grows with their square (UAX 15, 13)."""
    pieces: list[str] = []
    for combines, letters in itertools.groupby(run[0], key=_is_mark):
        piece = "".join(letters)
        pieces.append(piece[:KEPT_MARKS] if combines and len(piece) > MANY_MARKS else piece)
    return "".join(pieces)


def _is_mark(letter: str) -> bool:
    return unicodedata.combining(letter) > 0 or letter in HIDDEN_MARKS

"""Subjects: prefixes taken off for showing, one line of a length, and what of a stranger's subject we repeat."""

import re
import unicodedata

RECEIPT_LENGTH = 60
"""Characters of a sender's own subject in a receipt (rules.md R10, T06)."""

REPLY_PREFIXES = ("sv", "re", "aw", "antw", "svar", "ang", "vedr")
FORWARD_PREFIXES = ("vs", "fwd", "fw", "wg", "vb", "vl", "videresend", "videresendt")
TAG = re.compile(r"\s*\[\s*(?:ekstern|external|ext|extern|spam|mulig spam|advarsel|varsel)\s*\]\s*:?", re.IGNORECASE)
PREFIX = re.compile(
    rf"\s*({'|'.join(REPLY_PREFIXES + FORWARD_PREFIXES)})\s?(?:\[\d{{1,3}}\]|\(\d{{1,3}}\)|\^\d{{1,3}})?\s?[:：]",
    re.IGNORECASE,
)
REFERENCE = re.compile(r"\[\s*[A-ZÆØÅ][A-ZÆØÅ0-9]{0,11}\s?[-‐-―−]?\s?\d{5,12}\s*\]", re.IGNORECASE)
LINK = re.compile(
    r"://|^\W*www\.|^\W*(?:mailto|javascript|data):|"
    r"[\w-][.。．](?:com|net|org|info|biz|io|co|me|app|dev|xyz|top|site|online|shop|click|link|live|club|vip|icu|ru|cn|tk|"
    r"ly|gl|no|se|dk|fi|de|nl|eu|uk|us|fr|pl|example|test)(?![\w-])|[\w-][.。．]\w{2,}/",
    re.IGNORECASE,
)
PERSONAL_NUMBER = re.compile(r"(?<!\d)(\d{2})[ .]?(\d{2})[ .]?(\d{2})[ .-]?\d{3}[ ]?\d{2}(?!\d)")


def strip_prefixes(subject: str) -> str:
    """Return a decoded subject without SV:, VS:, Re:, Fwd: and their kin and [EKSTERN] tags, however stacked."""
    at = 0
    while match := PREFIX.match(subject, at) or TAG.match(subject, at):
        at = match.end()
    return subject[at:].strip()


def is_forward(subject: str) -> bool:
    """Say whether the outermost prefix of a decoded subject says that the mail was forwarded."""
    at = 0
    while tag := TAG.match(subject, at):
        at = tag.end()
    prefix = PREFIX.match(subject, at)
    return prefix is not None and prefix[1].lower() in FORWARD_PREFIXES


def one_line(text: str, limit: int) -> str:
    """Return the text on one line of at most `limit` characters; where it is cut, at a word, with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    room = line[: max(limit - 1, 0)]
    words, space, rest = room.rpartition(" ")
    whole = line[len(room) : len(room) + 1] == " "
    kept = room if whole or not space or len(rest) > limit // 2 else words
    return f"{kept.rstrip(' ,.;:-–')}…"


def receipt_subject(subject: str) -> str:
    """Return what a receipt may repeat of a stranger's subject: 60 characters, no links, references or prefixes.

    Norwegian personal numbers keep their date only (`010190*****`); control and formatting characters are gone.
    """
    text = unicodedata.normalize("NFKC", subject)
    text = "".join(" " if unicodedata.category(ch) in {"Cc", "Zl", "Zp", "Zs"} else ch
                   for ch in text if unicodedata.category(ch) not in {"Cf", "Cs", "Co", "Cn"})  # fmt: skip
    text = PERSONAL_NUMBER.sub(r"\1\2\3*****", text)
    text = " ".join(word for word in text.split() if not LINK.search(word))
    before = None
    while text != before:
        before = text
        text = strip_prefixes(REFERENCE.sub(" ", text))
    return one_line(text, RECEIPT_LENGTH)

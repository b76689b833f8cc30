"""Subjects: prefixes taken off for showing, one line of a length, and what of a stranger's subject we repeat."""

import re
import unicodedata

from inboxd.mail.personal_number import mask_personal_numbers

RECEIPT_LENGTH = 60
"""Characters of a sender's own subject in a receipt (rules.md R10, T06)."""

REPLY_PREFIXES = ("sv", "re", "aw", "antw", "antwort", "svar", "ang", "vedr", "ref", "r", "回复", "回覆", "答复")
FORWARD_PREFIXES = (
    "vs", "fwd", "fw", "wg", "vb", "vl", "videresend", "videresendt", "vidaresend", "vidaresendt", "vidarebefordrat",
    "välitetty", "weitergeleitet", "转发", "轉寄",
)  # fmt: skip
"""What programs put before the subject of a mail that somebody answers or forwards (domain.md 4.1, and some more)."""

TAG_WORDS = (
    "ekstern(?: e-?post)?|eksternt|external(?: e-?mail| sender)?|extern(?: e-?post)?|ext|ulkoinen|spam\\??|"
    "(?:mulig|possible|suspected|probable) spam|søppelpost|advarsel|varsel|warning|caution|phishing\\??"
)
TAG = re.compile(
    rf"\s*(?:\[\s*(?:{TAG_WORDS})\s*\]|\(\s*(?:{TAG_WORDS})\s*\)|\{{\s*(?:{TAG_WORDS})\s*\}}|"
    rf"\*{{2,6}}\s*(?:{TAG_WORDS})\s*\*{{2,6}}|(?-i:ADVARSEL|EKSTERN|EXTERNAL|EXTERN|SPAM)(?=:))\s?:?",
    re.IGNORECASE,
)
"""What a gateway puts there; without brackets only in capitals, which a person's own "Advarsel: …" seldom has."""

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

    Personal numbers keep their date only (`010190*****`), account numbers their bank; control and formatting
    characters are gone.
    """
    text = unicodedata.normalize("NFKC", subject)
    text = "".join(" " if unicodedata.category(ch) in {"Cc", "Zl", "Zp", "Zs"} else ch
                   for ch in text if unicodedata.category(ch) not in {"Cf", "Cs", "Co", "Cn"})  # fmt: skip
    text = mask_personal_numbers(text)
    text = " ".join(word for word in text.split() if not LINK.search(word))
    before = None
    while text != before:
        before = text
        text = strip_prefixes(REFERENCE.sub(" ", text))
    return one_line(text, RECEIPT_LENGTH)

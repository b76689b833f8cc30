"""Norwegian personal numbers and bank account numbers in running text: found, and masked to what may be shown.

A personal number is eleven digits DDMMYY IIIKK: born so (fødselsnummer), day + 40 (D-number), month + 40 (H-number, and
NAV's test persons), month + 80 (Skatteetaten's test persons). A bank account number is 1234.56.78903; its check digit
is a personal number's last one, so that the grouping tells the two apart. What eleven digits are is read by weighing:

1. Where they stand: in an address, a Message-ID, a URL, a longer word or number they are neither.
2. The word before them: after "KID", "ordrenr." and their like they are neither; after "fnr." a personal number though
   a check digit be mistyped; after "konto" an account number.
3. Else date, individual number (which tells the century) and both check digits must fit. The laxer first check digit
   of numbers given from 2032 on fits four times as many, and is accepted where something else speaks for it: the word
   before, six digits written apart from five, or the month of a test person. Of arbitrary eleven digits with no word
   before them, one number in 290 passes.

Sources: Skatteetaten on fødselsnummer, D-nummer, test persons, and the personal number from 2032.
"""

import re
from dataclasses import dataclass
from typing import Literal

SPACE = "[ \t\u00a0\u00ad\u2000-\u200d\u2028\u202f\u205f\u2060\u3000\ufeff]"
JOIN = rf"{SPACE}{{0,3}}[-./\u2010-\u2013]?{SPACE}{{0,3}}"
BREAK = r"\r?\n[ \t>|]{0,12}"
"""A line break, in a quotation too."""

SHAPE = re.compile(
    rf"(?<!\d)(\d\d)({JOIN})(\d\d)({JOIN})(\d\d)({JOIN}(?:{BREAK})?)(\d\d\d)({JOIN}(?:{BREAK})?)(\d\d)(?!\d)"
)
TOGETHER, APART, ACCOUNT, FOUR_SEVEN = (), (2,), (1, 2), (1,)
GROUPINGS = (TOGETHER, APART, ACCOUNT, FOUR_SEVEN, (2, 3), (0, 1), (0, 1, 2), (0, 1, 2, 3))
"""Between which of the groups 2-2-2-3-2 something stands."""

PERSON = re.compile(
    r"(?:f(?:ø|oe|o|ö)dsels?-?\s?(?:nr|num)|\bf\.?\s?nr|person(?:lig)?-?\s?(?:nr|num|id)|pers\.?\s?nr|"
    r"\b[dh]-?\s?(?:nr|nummer)|11\s?siff|\bssn\b|(?:social security|national (?:identity|id)|personal(?: id)?|birth)\s"
    r"(?:no\b|num)|riegádan\w{0,3}num)(?:11|[^\d\n]){0,40}\n?[^\d\n]{0,12}\Z",
    re.IGNORECASE,
)
BANK = re.compile(
    r"(?:(?<![\w-])(?:bank|lønns|spare|bruks)?konto\w{0,10}|account\s(?:no|number))[\s.:#]{0,3}"
    r"(?:(?:nr|nummer|er|is)[\s.:#]{1,3}){0,2}\Z",
    re.IGNORECASE,
)
NUMBER = r"[-\s.]{0,2}(?:nr|nummer(?:et)?|no|number|kode|code|id|ref)"
OTHER = re.compile(
    rf"\b(?:(?:saks?|case|kort|card|org(?:anisasjons)?|avtale|kontrakts?|vare|produkt|product|artikkel|article){NUMBER}|"
    r"(?:kid|or[dn]re?|order|bestillings?|tingings?|innkjøps?|rekvisisjons?|faktura|invoice|bilags?|kvitterings?|"
    r"ref|referanse|reference|sporings?|tracking|kolli|pakke|sendings?|shipment|serie|serial|s/?n|imei|imsi|iccid|"
    r"sim(?:-?kort)?|ean|gtin|isbn|strekkode|barcode|lisens|licen[cs]e|måler|målepunkt|anleggs?|telefon|tlf|phone|"
    rf"mobil|mob|faks|fax|transaksjons?|transaction|billett|booking|reservasjons?|versjon|version|build)(?:{NUMBER})?)"
    r"[\s.:;#=()\"'«-]{0,5}(?:(?:er|is|var|was)\s)?(?:\d{11}[\s,;/&]{1,3}(?:(?:og|and|eller|or)\s)?){0,5}\Z",
    re.IGNORECASE,
)
"""Words after which a number is something else's, or one of several of them."""

WEB = re.compile(r"://|\bwww\.|\w\.(?!nr/)[a-z]{2,24}/|^/|/.*/", re.IGNORECASE)
BRACKETS = re.compile(r"[<>\"]")
WORD_ENDS = re.compile(r"[\s<>()\[\],;:\"']")
ADDRESS_AFTER = re.compile(r"[^\s<>()\[\],;:\"']{0,200}@")
JOINED_BEFORE = re.compile(r"(?:\w[-\u2010\u2011]|\d[./]|[+#%$£€\\]|[^\W\d_])\Z")
NAME_JOINED = re.compile(r"(?:nr|nummer(?:et)?)\.?[-\u2010\u2011]?\Z", re.IGNORECASE)
JOINED_AFTER = re.compile(r"[^\W\d_]|[-./\u2010\u2011]\d")
ROW_BEFORE, ROW_AFTER = re.compile(r"\d[ \u00a0.-]\Z"), re.compile(r"[ \u00a0.-]\d")

MAX_WORD = 2_000
"""Characters before a number in which its word is looked for, so that a mail of one long word costs no more."""
MAX_CONTEXT = 70

K1, K2 = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
MODULUS = 11
LAST_REST = 3
"""From 2032 on the first check digit may leave 0 to 3; until then 0."""

FOREIGN_DAY, HELP_MONTH, TEST_MONTH = 40, 40, 80
DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundNumber:
    """A number in a text: where (as a slice), what it is, and what may be shown in its place."""

    start: int
    end: int
    kind: Literal["personal", "account"]
    masked: str


def find_personal_numbers(text: str) -> tuple[FoundNumber, ...]:
    """Return the personal and account numbers of a text, in its order; linear in the text."""
    found: list[FoundNumber] = []
    at = 0
    while shape := SHAPE.search(text, at):
        kind = _kind(text, shape)
        at = shape.end() if kind else shape.start() + 1  # another may begin within it
        if kind:
            digits = _digits(shape)
            masked = f"{digits[:6]}*****" if kind == "personal" else f"{digits[:4]}.**.*****"
            found.append(FoundNumber(start=shape.start(), end=shape.end(), kind=kind, masked=masked))
    return tuple(found)


def mask_personal_numbers(text: str) -> str:
    """Return the text with `010190*****` for a personal number and `1234.**.*****` for an account number."""
    parts, at = [], 0
    for found in find_personal_numbers(text):
        parts += [text[at : found.start], found.masked]
        at = found.end
    return "".join([*parts, text[at:]]) if parts else text


def holds_personal_number(*texts: str) -> bool:
    """Say whether any of the texts holds a personal number (an account number is none)."""
    return any(found.kind == "personal" for text in texts for found in find_personal_numbers(text))


def _digits(shape: re.Match[str]) -> str:
    """Return the eleven digits in ASCII, whatever script they came in."""
    return "".join(str(int(digit)) for group in shape.group(1, 3, 5, 7, 9) for digit in group)


def _kind(text: str, shape: re.Match[str]) -> Literal["personal", "account"] | None:
    """Say what a number is by its digits, how it is written, the words before it, and where it stands."""
    grouping = tuple(at for at, gap in enumerate(shape.group(2, 4, 6, 8)) if gap)
    digits = _digits(shape)
    fits = _sum(digits, K2) % MODULUS == 0
    before = text[max(0, shape.start() - MAX_CONTEXT) : shape.start()]
    named = not fits and bool(PERSON.search(before))
    if grouping not in GROUPINGS or not (fits or named) or not _stands_alone(text, shape, grouping):
        return None
    bank = bool(BANK.search(before))
    if bank or grouping in {ACCOUNT, FOUR_SEVEN}:
        return "account" if fits and (bank or shape[4] == "." or not _is_dated(digits)) else None
    named = named or bool(PERSON.search(before))
    if not named and OTHER.search(before):
        return None
    return "personal" if _is_personal(digits, apart=grouping == APART, named=named) else None


def _stands_alone(text: str, shape: re.Match[str], grouping: tuple[int, ...]) -> bool:
    """Say that a number is no part of a longer word or number, an address, a Message-ID or a URL."""
    start, end = shape.span()
    near = text[max(0, start - 24) : start]
    if (JOINED_BEFORE.search(near) and not NAME_JOINED.search(near)) or JOINED_AFTER.match(text, end):
        return False
    if len(grouping) > 1 and (ROW_BEFORE.search(near) or ROW_AFTER.match(text, end)):
        return False  # a row of small groups goes on: a phone number, a key, a table
    pieces = text[max(0, start - MAX_WORD) : start].rsplit(maxsplit=1)
    word = BRACKETS.split(pieces[-1])[-1] if pieces and not near[-1:].isspace() else ""
    return not (WEB.search(word) or "@" in WORD_ENDS.split(word)[-1] or ADDRESS_AFTER.match(text, end))


def _is_dated(digits: str) -> bool:
    """Say whether the digits begin like a year and a month: "2026 11 22345" is no account."""
    return digits[:2] in {"19", "20"} and 1 <= int(digits[4:6]) <= len(DAYS)


def _is_personal(digits: str, *, apart: bool, named: bool) -> bool:
    """Judge eleven digits as a personal number; `apart`: written 6 + 5, `named`: after a word that says so."""
    day, month, year, individual = (int(digits[part]) for part in (slice(2), slice(2, 4), slice(4, 6), slice(6, 9)))
    day -= FOREIGN_DAY if day > FOREIGN_DAY else 0
    shift = TEST_MONTH if month > TEST_MONTH else HELP_MONTH if month > HELP_MONTH else 0
    if not _is_date(day, month - shift, year):
        return False
    rest = _sum(digits, K1) % MODULUS if _sum(digits, K2) % MODULUS == 0 else MODULUS
    by_the_old_rule = rest == 0 and _has_century(year, individual)
    return named or by_the_old_rule or (rest <= LAST_REST and (apart or shift == TEST_MONTH))


def _is_date(day: int, month: int, year: int) -> bool:
    """Say whether there is such a day; 29 February of 00 is one, of 2000."""
    if not 1 <= month <= len(DAYS) or not 1 <= day <= DAYS[month - 1]:
        return False
    return year % 4 == 0 or (day, month) != (29, 2)


def _has_century(year: int, individual: int) -> bool:
    """Say whether anybody living may have the individual number (500-749 of the 1800s is left out)."""
    return individual < 500 or year < 40 or individual >= 900  # noqa: PLR2004 # the series as they are given out


def _sum(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))

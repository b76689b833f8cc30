"""The case reference `KS-10429`: prefix, number, and a check digit after Damm that finds every single slip."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

FIRST_NUMBER = 1000
"""The first number ever given, so that every reference has five digits or more."""

TEXT_LOOKED_AT, SPOTS_LOOKED_AT = 20_000, 20
"""Characters of a text, and places in it, where references are looked for: a receipt that comes back is short."""

DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
"""The quasigroup of order 10 of Damm's thesis (2004)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReference:
    """A reference as read from a text: its canonical form, its number, and whether the check digit is right."""

    reference: str
    number: int
    valid: bool


def check_digit(number: int) -> int:
    """Return the Damm check digit of a number."""
    interim = 0
    for digit in str(number):
        interim = int(DAMM[interim][int(digit)])
    return interim


def reference(prefix: str, number: int) -> str:
    """Return the reference as people see it: `KS-10429` for number 1042."""
    return f"{prefix}-{number}{check_digit(number)}"


@lru_cache(maxsize=64)  # the look-up, the matching and the remarks on a mail all ask for the same ones
def find_references(subject: str, prefixes: tuple[str, ...]) -> tuple[FoundReference, ...]:
    """Return every reference in a decoded subject, right check digit or not, in order, each once.

    Any letter case, any Unicode dash or space or none between prefix and digits. Five digits or more, so that "KS 2024"
    (an association) is no case; not followed by `/`, `-` or a digit. Where neither brackets nor a dash say that a
    reference is meant, a wrong check digit says that none is.
    """
    text = _plain(subject)
    names = "|".join(re.escape(p.upper()) for p in prefixes)
    pattern = rf"(?P<mark>\[ ?)?(?<![A-Z0-9ÆØÅ])(?P<p>{names})(?P<gap> ?-? ?)(?P<d>[1-9][0-9]{{4,11}})(?![0-9/-])"
    found = ((_read(m["p"], m["d"]), m["mark"] or "-" in m["gap"]) for m in re.finditer(pattern, text))
    return tuple(dict.fromkeys(ref for ref, meant in found if meant or ref.valid))


def quoted_references(text: str, prefixes: tuple[str, ...]) -> tuple[FoundReference, ...]:
    """Return the references with a right check digit in the beginning of a mail's text, in order, each once.

    They name no case that the mail belongs to: anybody may write one.
    """
    names = "|".join(re.escape(p) for p in prefixes)
    spots = re.finditer(rf"(?:{names})[ -]{{0,2}}[1-9][0-9]{{4,11}}", text[:TEXT_LOOKED_AT], re.IGNORECASE)
    found = (ref for spot in islice(spots, SPOTS_LOOKED_AT) for ref in find_references(spot[0], prefixes) if ref.valid)
    return tuple(dict.fromkeys(found))


def read_reference(text: str, prefixes: tuple[str, ...]) -> FoundReference | None:
    """Read a reference as typed on a command line: `KS-10429`, `ks10429` or `10429`; None if it is none of these."""
    names = "|".join(re.escape(p.upper()) for p in prefixes)
    match = re.fullmatch(rf"\[?(?:(?P<p>{names})[ -]{{0,3}})?(?P<d>[1-9][0-9]{{4,11}})\]?", _plain(text).strip())
    return None if match is None else _read(match["p"] or prefixes[0].upper(), match["d"])


def _read(prefix: str, digits: str) -> FoundReference:
    number, given = int(digits[:-1]), int(digits[-1])
    return FoundReference(reference=f"{prefix}-{digits}", number=number, valid=check_digit(number) == given)


def _plain(text: str) -> str:
    """Upper-case, with every Unicode dash a hyphen, every space one space, and invisible characters gone."""
    if text.isascii() and text.isprintable():
        return re.sub(r" +", " ", text).upper()
    kinds = ((ch, unicodedata.category(ch)) for ch in unicodedata.normalize("NFKC", text))
    kept = ("-" if kind == "Pd" or ch == "\u2212" else " " if kind in {"Zs", "Cc"} else ch
            for ch, kind in kinds if kind != "Cf")  # fmt: skip
    return re.sub(r" +", " ", "".join(kept)).upper()

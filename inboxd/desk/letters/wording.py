"""What an admin wrote for letters: words for everybody or for each language, what to ask for, texts for a time."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, TypeAlias

Wording: TypeAlias = tuple[tuple[str, str], ...]
"""Pairs of language and words; the language "" stands for every one that has no words of its own."""

MonthDay: TypeAlias = tuple[int, int]


def worded(wording: Wording, language: str, otherwise: str = "") -> str:
    """Return the words in a language, else those for everybody, or in Bokmål; else `otherwise`.

    Where that is empty, too, it is the English ones, or the first there are.
    """
    known = dict(wording)
    found = next((known[code] for code in (language, "", "nb") if code in known), otherwise)
    return found or known.get("en") or next(iter(known.values()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedField:
    """Something that a category wants to know of a case. The pattern's first group is its value (google-re2)."""

    name: str
    pattern: str
    ask: bool = False
    title: Wording = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedText:
    """A text that stands at the top of receipts for a time, planned ahead.

    `first` and `last` are dates, or days of every year; both days belong to it. `on` keeps it to holidays, or to the
    time in which the desk is closed. `categories` are names, () for all.
    """

    name: str
    text: Wording
    first: dt.date | MonthDay | None = None
    last: dt.date | MonthDay | None = None
    on: Literal["holidays", "closed"] | None = None
    categories: tuple[str, ...] = ()

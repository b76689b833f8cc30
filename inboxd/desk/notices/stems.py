"""What is left of a word without its endings in Bokmål, Nynorsk and English: "skriveren" and "skrivarane" are one word.

Light: endings of nouns only, and never so much that fewer than four letters stay, where unlike words become alike.
"""

from functools import lru_cache

ENDINGS = ("erne", "ane", "en", "et", "er", "ar", "an", "a", "e", "s")
"""The longest that fits goes first, and again until none does: "printerens", "printeren", "printer", "print"."""

LEAST = 4
"""Letters that stay."""

AS_THEY_STAND = frozenset({"teams", "forms", "windows", "sites", "docs", "sheets", "notes", "office", "oslo", "access"})
"""Names of things that would lose what tells them from a common word."""

DOUBLED = ("mm", "m")
"""Written twice only before an ending: "program", "programmet"."""


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """Return a word in small letters without its endings. What it returns it returns unchanged."""
    while True:
        shorter = _shorter(word)
        if shorter == word:
            return word
        word = shorter


def _shorter(word: str) -> str:
    if word in AS_THEY_STAND or word.endswith("ss"):
        return word
    if word.endswith(DOUBLED[0]) and len(word) > LEAST:
        return word.removesuffix(DOUBLED[0]) + DOUBLED[1]
    ending = next((one for one in ENDINGS if word.endswith(one) and len(word) - len(one) >= LEAST), "")
    return word.removesuffix(ending)

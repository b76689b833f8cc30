"""Telephone numbers as people type them, for the search."""

import re

NORWEGIAN = re.compile(r"(?:(?:\+|00)47)?([0-9]{8})")


def phone_words(phone: str) -> tuple[str, ...]:
    """Return a number as typed, its digits in one, and a Norwegian one with +47 and in its usual parts as well."""
    typed = "".join(sign for sign in phone if sign in "+0123456789")
    norwegian = NORWEGIAN.fullmatch(typed)
    if norwegian is None:
        return tuple(word for word in dict.fromkeys((phone, typed.lstrip("+"))) if word)
    d = norwegian[1]
    parted = (f"{d[:2]} {d[2:4]} {d[4:6]} {d[6:]}", f"{d[:3]} {d[3:5]} {d[5:]}")  # 71 11 11 66, or 711 11 166
    return tuple(dict.fromkeys((phone, d, f"47{d}", *parted)))

"""The values of config.toml about promises: words in several languages, levels of escalation, who hears of them."""

import re
from typing import get_args

from inboxd.config import values
from inboxd.config.problems import meant
from inboxd.desk.clocks.service_levels import DeskEvent, Reaction, Target

LANGUAGES = ("nb", "nn", "se", "en")
OFFSET = re.compile(r"([+-]?)((?:[0-9]{1,6}[mhd])+)")
ROLES = ("owner", "service_manager", "operations")
RECEIVERS = ("assignee", "manager", "requester", "customer", *(f"role:{role}" for role in ROLES))


def worded(value: object) -> str | dict[str, str]:
    """Return a text, or one text for each language."""
    if not isinstance(value, dict):
        return values.text(value)
    unknown = next((language for language in value if language not in LANGUAGES), None)
    if unknown is not None:
        raise ValueError(f'"{unknown}" is no language; {", ".join(LANGUAGES)}')
    if not value:
        raise ValueError('is empty; write for example { nb = "Middels", en = "Normal" }')
    return {str(language): values.text(said) for language, said in value.items()}


def offset(value: object) -> tuple[bool, Target]:
    """Return "-30m", "0m" or "2h" as whether it lies before the target, and how far from it."""
    written = values.text(value)
    match = OFFSET.fullmatch(written)
    if match is None:
        raise ValueError(
            f'"{written}" is no time from a target; "-30m" (before it), "0m" (at it), "2h" or "1d" (after)'
        )
    parts = values.PART.findall(match[2])
    days = sum(int(number) for number, unit in parts if unit == "d")
    minutes = sum(int(number) * values.UNITS[unit] // 60 for number, unit in parts if unit != "d")
    return match[1] == "-" and bool(days + minutes), Target(days=days, minutes=minutes)


def receiver(value: object) -> str:
    """Return who hears of an escalation: one of RECEIVERS, the name of an agent, or an address."""
    word = values.text(value)
    if word in RECEIVERS:
        return word
    if word.startswith("role:"):
        raise ValueError(f'"{word}" is no role; {", ".join(f"role:{role}" for role in ROLES)}')
    return person(word)


def person(value: object) -> str:
    """Return the name of an agent, or an address, which is in lower case then."""
    word = values.text(value)
    return values.address(word).casefold() if "@" in word else values.name(word)


def events(value: object) -> dict[str, str]:
    """Return what an escalation does when something happens to its case."""
    if not isinstance(value, dict):
        raise ValueError('must be a table; for example { assigned = "restart" }')  # noqa: TRY004 - pydantic gathers ValueError only
    for event, reaction in value.items():
        _among(event, get_args(DeskEvent), "event")
        _among(reaction, get_args(Reaction), "reaction")
    return {str(event): str(reaction) for event, reaction in value.items()}


def _among(word: object, allowed: tuple[str, ...], kind: str) -> None:
    if word not in allowed:
        raise ValueError(f'"{word}" is no {kind}; {meant(str(word), allowed)}')

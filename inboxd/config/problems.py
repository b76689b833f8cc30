"""The errors of one config.toml, gathered until all are known, each with its line."""

import difflib
from collections.abc import Collection, Mapping
from pathlib import Path

from inboxd.config.lines import KeyPath
from inboxd.errors import ConfigError

INNER_TABLES = frozenset({"imap", "smtp"})
ARRAYS = frozenset(
    {
        "agent",
        "category",
        "mailbox",
        "rule",
        "priority",
        "calendar",
        "customer",
        "contact",
        "sender_rule",
        "item",
        "targets",
        "point",
        "receipt_text",
    }
)
"""The sections of which there can be several, written in double brackets."""


class Problems:
    """What is wrong in one file so far."""

    def __init__(self, path: Path, lines: Mapping[KeyPath, int]) -> None:
        self.path = path
        self._lines = lines
        self._found: dict[tuple[int, str], None] = {}
        self._places: set[KeyPath] = set()

    def add(self, place: KeyPath, message: str) -> None:
        """Note that something is wrong at a place: what is wrong; what would be right."""
        self._places.add(place)
        line = self.line(place)
        self._found[line, f"{self.path}:{line}: {label(place)}: {message}"] = None

    def excuse(self, place: KeyPath) -> None:
        """Say nothing more of a place: an error already reported explains it."""
        self._places.add(place)

    def at(self, place: KeyPath) -> bool:
        """Say whether a place, or one around it or inside it, is already known to be wrong."""
        around = any(place[:depth] in self._places for depth in range(1, len(place) + 1))
        return around or any(known[: len(place)] == place for known in self._places)

    def line(self, place: KeyPath) -> int:
        """Return the line of a place, or of the nearest place around it that stands in the file."""
        return next((self._lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self._lines), 1)

    def raise_if_any(self) -> None:
        """Raise ConfigError with all of them, in the order of the file."""
        if not self._found:
            return
        found = [text for _, text in sorted(self._found, key=lambda entry: entry[0])]
        count = "1 error" if len(found) == 1 else f"{len(found)} errors"
        raise ConfigError("\n".join(found), hint=f"{count} in {self.path}: correct it, then run `inboxd check`.")


def label(place: KeyPath) -> str:
    """Return a place as the file's readers know it: `[desk] name`, `[[rule]] match.subject`, `[mailbox.imap] port`."""
    head, inner = str(place[0]), [name for name in place[1:] if isinstance(name, str)]
    if head == "mailbox" and inner and inner[0] in INNER_TABLES:
        head, inner = f"{head}.{inner[0]}", inner[1:]
    section = f"[[{head}]]" if head in ARRAYS else f"[{head}]"
    return f"{section} {'.'.join(inner)}".rstrip()


def meant(word: str, known: Collection[str]) -> str:
    """Return what to write instead of an unknown word: the nearest known one, else all of them."""
    near = difflib.get_close_matches(word.casefold(), [k.casefold() for k in known], n=1, cutoff=0.65)
    if near:
        return f"did you mean {next(k for k in known if k.casefold() == near[0])!r}?".replace("'", '"')
    return f"known here: {', '.join(sorted(set(known)))}" if known else "none is defined"

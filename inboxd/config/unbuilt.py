"""What config.toml will know one day and inboxd does not yet do: refused by name, never silently ignored."""

from inboxd.config.lines import KeyPath
from inboxd.config.problems import Problems

ANY = "*"
"""Stands for every element of an array of tables."""

KEYS: tuple[KeyPath, ...] = (
    ("mailbox", ANY, "imap", "oauth2"),
    ("mailbox", ANY, "smtp", "oauth2"),
)
"""Keys and tables that are not built at all."""


def refuse_unbuilt(raw: dict[str, object], problems: Problems) -> None:
    """Note everything in a document that is not built yet, and take it out so that the rest can be checked."""
    for pattern in KEYS:
        for holder, key, place in _found(raw, pattern, ()):
            problems.add(place, "not yet built; take it out")
            del holder[key]


def _found(node: object, pattern: KeyPath, place: KeyPath) -> list[tuple[dict[str, object], str, KeyPath]]:
    """Return the tables that hold the last key of a pattern, with that key and its place."""
    head, rest = pattern[0], pattern[1:]
    if head == ANY:
        elements = enumerate(node) if isinstance(node, list) else ()
        return [hit for index, element in elements for hit in _found(element, rest, (*place, index))]
    if not isinstance(node, dict) or head not in node:
        return []
    if not rest:
        return [(node, str(head), (*place, head))]
    return _found(node[head], rest, (*place, head))

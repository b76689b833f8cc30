"""What can still be told of a config.toml that has errors: where its desk's database is."""

import re
import tomllib
from pathlib import Path

from inboxd.config.file import database_url
from inboxd.config.schema import DatabaseTable

SECTION = re.compile(r"(?m)^[ \t]*\[[ \t]*database[ \t]*\][^\n]*\n(?:(?![ \t]*\[)[^\n]*(?:\n|\Z))*")
"""The lines of `[database]`, to the next table."""

NAMED = re.compile(r"(?m)^[^\n#]*\bdatabase\b")
"""A line that may have something to say of the database."""


def database_of(path: Path) -> str | None:
    """Return the URL of the database that a file with errors names, or None where that cannot be told for certain."""
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
        raw = tomllib.loads(_readable_part(text))
    except (OSError, tomllib.TOMLDecodeError):
        return None
    table = raw.get("database", {})
    url = table.get("url", DatabaseTable().url) if isinstance(table, dict) else None
    return database_url(url, path.absolute().parent) if isinstance(url, str) else None


def _readable_part(text: str) -> str:
    """Return the whole text where it is TOML, else its `[database]` alone: all of what names a database."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        found = SECTION.search(text)
        part = found[0] if found else ""
        return part if len(NAMED.findall(text)) == len(NAMED.findall(part)) else "["
    return text

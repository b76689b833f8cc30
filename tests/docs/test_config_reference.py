"""docs/config.md has a section for every table of config.toml, and in it a row for every key."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from inboxd.config import unbuilt
from inboxd.config.kinds import Table
from inboxd.config.schema import Document

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "config.md").read_text("utf-8")
TOML_BLOCK = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)
WEEKDAYS = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}


def _tables_in(annotation: object) -> Iterator[type[Table]]:
    if isinstance(annotation, type) and issubclass(annotation, Table):
        yield annotation
    for argument in get_args(annotation):
        yield from _tables_in(argument)


def _keys(table: type[Table], place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Walk the schema; yields the place of every key, a table's own key included."""
    for name, field in table.model_fields.items():
        here = (*place, field.alias or name)
        yield here
        for inner in _tables_in(field.annotation):
            yield from _keys(inner, here)


def _documented() -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    section: tuple[str, ...] = ()
    for line in PAGE.splitlines():
        if heading := re.fullmatch(r"##+ `\[+([\w.]+)\]+`.*", line):
            section = tuple(heading[1].split("."))
            found.add(section)
        elif row := re.match(r"\| `([^`]+)` \|", line):
            found.add((*section, *row[1].split(".")))
    return found


def test_every_key_of_config_toml_is_documented() -> None:
    documented = _documented()
    missing = [".".join(place) for place in _keys(Document) if place not in documented and place[-1] not in WEEKDAYS]
    assert missing == []


def test_what_is_not_built_is_listed_and_nothing_else() -> None:
    listed = PAGE.partition("## Not built yet")[2]
    places = unbuilt.KEYS
    named = re.findall(r"`([a-z_0-9]+)[^`]*`", listed)
    assert set(named) == {str(place[-1]) for place in places}


def test_no_key_is_documented_that_does_not_exist() -> None:
    known = set(_keys(Document)) | {tuple(str(key) for key in place if key != unbuilt.ANY) for place in unbuilt.KEYS}
    free = {("rule", "match")}  # its keys are headers' names
    invented = [".".join(place) for place in _documented() if place not in known and place[:2] not in free]
    assert invented == []


def test_what_is_not_built_yet_is_said_to_be_so() -> None:
    later = PAGE.partition("## Not built yet")[2]
    silent = [place for place in unbuilt.KEYS if f"`{place[-1]}`" not in later and f"`[[{place[-1]}]]`" not in later]
    assert silent == []


def _toml_blocks() -> list[Any]:
    pages = [ROOT / "docs" / "config.md", ROOT / "README.md"]
    return [
        pytest.param(block, id=f"{page.name}-{number}")
        for page in pages
        for number, block in enumerate(TOML_BLOCK.findall(page.read_text("utf-8")))
    ]


@pytest.mark.parametrize("block", _toml_blocks())
def test_the_pages_examples_are_valid(block: str) -> None:
    Document.model_validate(tomllib.loads(block))

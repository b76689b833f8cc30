"""docs/requirements.md has every row of the two desks and of the functional bar once, with tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "requirements.md").read_text("utf-8")

R = ["R1", "R2a", "R2b", "R2c", *(f"R{n}" for n in range(3, 8)), "R8a", "R8b", "R8c", *(f"R{n}" for n in range(9, 29))]
ROWS = [*R, *(f"N{n}" for n in range(1, 23)), *(f"B{n}" for n in range(1, 14))]
NOT_YET = {"R5", "R12", "R16", "R19", "R23", "N10", "N11", "N13", "N21"}
"""Rows that may be planned still; all the others are shown."""

ROW = re.compile(r"^\| ([RNB]\d+[abc]?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def found() -> list[tuple[str, str, str]]:
    """Return (row, what inboxd does, shown by) of the page."""
    return [(match[1], match[2], match[3]) for match in ROW.finditer(PAGE)]


@cache
def functions_of(path: str) -> frozenset[str]:
    """Return the names of a module's tests."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, functions))


def test_every_row_is_there_once_and_in_order() -> None:
    assert [row for row, _, _ in found()] == ROWS


@pytest.mark.parametrize(("row", "does", "shown"), [pytest.param(*row, id=row[0]) for row in found()])
def test_a_row_names_tests_that_exist_or_is_planned(row: str, does: str, shown: str) -> None:
    if shown == "planned":
        assert row in NOT_YET
        return
    named = TEST.findall(shown)
    assert TEST.sub("", shown).strip(", ") == ""
    assert [f"{path}::{name}" for path, name in named if name not in functions_of(path)] == []
    assert named != []
    assert does.endswith(".")

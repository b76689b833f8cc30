"""docs/reliability.md names every fault once, tests that exist and say the same, and the guards that are flipped."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from inboxd.office.alerts import ALERTED
from tests.faults.test_teeth import GUARDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text("utf-8")
ROW = re.compile(r"^\| (F\d\d) \|.*\| ([^|]*) \|$", re.MULTILINE)
NUMBER = re.compile(r"\bF\d\d\b")
CATALOGUE = ROW.findall(PAGE)
NOT_SHOWN = "not shown yet"


@cache
def _tests(file: str) -> dict[str, str]:
    """Return the tests of a file, each with the first line of its docstring."""
    tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {node.name: (ast.get_docstring(node) or "").partition("\n")[0] for node in functions}


def _named(cell: str) -> list[tuple[str, str]]:
    """Return the (file, function) pairs of a cell."""
    return [(file, function) for file, function in re.findall(r"`([\w/]+\.py)::(\w+)(?:\[[^`]*\])?`", cell)]


def test_every_fault_of_the_catalogue_is_told_once() -> None:
    assert [number for number, _ in CATALOGUE] == [f"F{number:02}" for number in range(1, 67)]


@pytest.mark.parametrize(("number", "cell"), CATALOGUE, ids=[number for number, _ in CATALOGUE])
def test_the_tests_that_show_a_fault_exist_and_say_so(number: str, cell: str) -> None:
    named = _named(cell)
    assert len(named) == cell.count("::"), f"a test of {number} is not written as `file.py::test_name`"
    assert named or cell == NOT_SHOWN
    for file, function in named:
        assert function in _tests(file), f"{file} has no {function}"
        numbers = NUMBER.findall(_tests(file)[function])
        assert not numbers or number in numbers, f"{function} says that it shows {numbers}"


def test_the_guards_are_those_that_the_suite_takes_out() -> None:
    section = PAGE.partition("## Teeth")[2].partition("\n## ")[0]
    told = [line for line in section.splitlines() if "::" in line]
    assert told == [f"| {one.what} | `{one.caught_by.removeprefix('tests/')}` |" for one in GUARDS.values()]
    assert all(function in _tests(file) for file, function in _named(section))


def test_what_the_admin_is_alerted_to_is_in_the_table_of_troubles() -> None:
    section = PAGE.partition("## When something breaks")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", section)) >= ALERTED


@pytest.mark.parametrize("page", ["README.md", "ARCHITECTURE.md"])
def test_the_page_can_be_found(page: str) -> None:
    assert "(docs/reliability.md)" in (ROOT / page).read_text("utf-8")

"""The code stays readable by machine-checked ceilings; they catch the tail, and are never a target."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "inboxd").rglob("*.py"))
MODULE_LINES = 400
FUNCTION_LINES = 40
FORBIDDEN = re.compile(r"(?:^|_)(?:ticket|enquirer|manager|helper|util)s?(?:$|_)", re.IGNORECASE)
# The contract of config.toml calls a category's manager so; asyncio calls what a protocol must have so.
ALLOWED = {"manager", "service_manager", "_drain_helper"}

assert MODULES, "the tests look at nothing"


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _identifiers(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)


def _lines(path: Path, function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines; in cli/ only its body, since a command's options are its arguments."""
    first = function.body[0].lineno if path.parent.name == "cli" else function.lineno
    return (function.end_lineno or first) - first + 1


def test_no_module_is_longer_than_its_ceiling() -> None:
    long = {
        _place(path): lines
        for path in MODULES
        if path.parent.name != "versions"  # a migration is a list of tables
        if (lines := len(path.read_text().splitlines())) > MODULE_LINES
    }
    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{_place(path)}:{node.lineno} {node.name}"
        for path in MODULES
        if path.parent.name != "versions"  # a migration is a list of tables
        for node in ast.walk(_parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _lines(path, node) > FUNCTION_LINES
    ]
    assert long == []


@pytest.mark.parametrize(
    ("name", "forbidden"),
    [("ticket_id", True), ("helpers", True), ("utils", True), ("Case_Manager", True), ("manage", False)],
)
def test_a_forbidden_word_is_found_inside_an_identifier(name: str, forbidden: bool) -> None:
    assert bool(FORBIDDEN.search(name)) is forbidden


def test_no_identifier_and_no_module_has_a_name_that_says_nothing() -> None:
    found = {
        f"{_place(path)}: {name}"
        for path in MODULES
        for name in [*_identifiers(_parse(path)), path.stem]
        if FORBIDDEN.search(name) and name not in ALLOWED
    }
    assert found == set()


def test_every_module_says_its_duty() -> None:
    silent = [_place(path) for path in MODULES if path.read_text().strip() and not ast.get_docstring(_parse(path))]
    assert silent == []


CHARACTER_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
POSSESSIVE = re.compile(r"(?<!\\)(?:[*?}]\+|\+\+)|\(\?>")


@pytest.mark.parametrize(
    ("pattern", "forbidden"),
    [("a*+b", True), ("[*+-]{0,3}+", True), ("(?:a|b)++", True), ("(?>a)", True), ("[*+]*", False), (r"\++", False)],
)
def test_a_possessive_repeat_is_found_in_a_pattern(pattern: str, forbidden: bool) -> None:
    assert bool(POSSESSIVE.search(CHARACTER_CLASS.sub("C", pattern))) is forbidden


def test_no_pattern_has_a_possessive_repeat_or_an_atomic_group() -> None:
    """Python 3.11.2, which is Debian 12's, keeps what such a group gave back (CPython issue 106052)."""
    found = {
        f"{_place(path)}:{node.lineno}"
        for path in MODULES
        if "re.compile(" in path.read_text()
        for node in ast.walk(_parse(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if POSSESSIVE.search(CHARACTER_CLASS.sub("C", node.value))
    }
    assert found == set()

"""`inboxd hjelp`: the commands in Norwegian, every one of them, with examples that the command line can read."""

import shlex
from typing import Any

import pytest
import typer

from inboxd.cli.app import app
from inboxd.cli.hjelp import HELP
from tests.integration.paper_desk import Console

ROWS = [row for rows in HELP.values() for row in rows]


def commands(group: Any, *words: str) -> dict[str, Any]:
    """Return every command by its words."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found |= commands(command, *words, name) if inner else {" ".join((*words, name)): command}
    return found


def test_every_command_is_explained_in_norwegian_and_nothing_else_is() -> None:
    assert sorted(name for name, _, _ in ROWS) == sorted(commands(typer.main.get_command(app)))


def test_every_command_stands_in_the_panel_of_the_english_help() -> None:
    root: Any = typer.main.get_command(app)
    wrong = [
        (panel, name)
        for panel, rows in HELP.items()
        for name, _, _ in rows
        if root.commands[name.split()[0]].rich_help_panel != panel
    ]
    assert wrong == []


@pytest.mark.parametrize(("name", "example"), [(name, example) for name, _, example in ROWS])
def test_every_example_is_of_its_command_and_can_be_read(name: str, example: str) -> None:
    words = shlex.split(example)
    assert example.startswith(f"inboxd {name}")
    command = commands(typer.main.get_command(app))[name]
    rest = words[1 + len(name.split()) :]
    command.make_context(name, rest, resilient_parsing=False)


def test_it_needs_no_config_and_fits_a_screen_of_eighty_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INBOXD_CONFIG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    page = Console(capsys)("hjelp")
    assert page.startswith("Hver dag\n  inboxd queue\n")
    assert max(len(line) for line in page.splitlines()) <= 80
    assert "inboxd KOMMANDO --help" in page


def test_one_command_or_one_group_is_shown_alone(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(capsys)
    assert [row["command"] for row in console.ask("hjelp", "reply")] == ["reply"]
    assert {row["command"].split()[0] for row in console.ask("hjelp", "outbox")} == {"outbox"}
    assert [row["command"] for row in console.ask("hjelp", "outbox", "list")] == ["outbox list"]
    assert "ingen kommando heter tull" in console("hjelp", "tull", code=4)

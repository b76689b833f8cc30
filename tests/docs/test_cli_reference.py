"""docs/cli.md is what the commands say of themselves, and every command shows an example."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest
import typer

ROOT = Path(__file__).parents[2]
PANELS = ("Daily", "Desk", "Why", "Admin")


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cli_reference", ROOT / "scripts" / "cli_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    from inboxd.cli.app import app

    return app


def test_the_command_reference_is_up_to_date(reference: ModuleType, app: typer.Typer) -> None:
    assert (ROOT / "docs" / "cli.md").read_text("utf-8") == reference.page(app), "run `make docs`"


def test_the_manual_page_is_up_to_date(reference: ModuleType, app: typer.Typer) -> None:
    assert (ROOT / "docs" / "inboxd.1").read_text("utf-8") == reference.manual(app), "run `make docs`"


def test_no_word_of_the_manual_page_is_taken_for_a_command_of_its_own(reference: ModuleType) -> None:
    sample = typer.Typer()

    @sample.command(rich_help_panel="Daily")
    def odd(path: Annotated[str, typer.Option("--path", help=".hidden or a\\b")]) -> None:
        """'Quoted' at the front.

        Example: inboxd odd --path x
        """

    @sample.command(rich_help_panel="Daily")
    def other() -> None:
        """Something else.

        Example: inboxd other
        """

    page = reference.manual(sample)
    assert "\n\\&'Quoted'" in page
    assert "\n\\&.hidden or a\\eb\n" in page


def test_every_command_has_help_an_example_and_a_panel(reference: ModuleType, app: typer.Typer) -> None:
    root: Any = typer.main.get_command(app)
    found = dict(reference.commands(root))
    assert found
    without = [
        " ".join(words)
        for words, command in found.items()
        if f"Example: inboxd {' '.join(words)}" not in f"{command.help} {command.epilog}"
        or root.commands[words[0]].rich_help_panel not in PANELS
    ]
    assert without == []


def test_every_option_says_what_it_does(reference: ModuleType, app: typer.Typer) -> None:
    silent = [
        (" ".join(words), param.name)
        for words, command in reference.commands(typer.main.get_command(app))
        for param in command.params
        if param.param_type_name == "option" and not param.help
    ]
    assert silent == []


def test_a_command_appears_with_its_arguments_and_options(reference: ModuleType) -> None:
    sample = typer.Typer()

    @sample.command(epilog="Example: inboxd take KS-10429", rich_help_panel="Daily")
    def take(
        ref: Annotated[str, typer.Argument(help="The case.")],
        tag: Annotated[list[str] | None, typer.Option("--tag", "-t", metavar="T", help="A tag.")] = None,
    ) -> None:
        """Take a case.

        It is then yours.
        """

    @sample.command(hidden=True)
    def secret() -> None:
        """Not for people."""

    page = reference.page(sample)
    assert "## Daily\n\n### `inboxd take REF`\n\nTake a case. It is then yours.\n" in page
    assert "| `-t, --tag T` | A tag. May be repeated. |" in page
    assert "Example: `inboxd take KS-10429`\n" in page
    assert "secret" not in page

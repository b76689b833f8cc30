"""What the shell completes, in whatever way it is typed, and that nothing goes wrong aloud."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from inboxd.cli.app import app
from inboxd.cli.completing import agents, categories, references
from inboxd.office.documents import queue
from tests.integration.paper_desk import Console, PaperDesk, mail

SHELL = "import sys; sys.argv[0] = 'inboxd'; from inboxd.__main__ import main; main()"


def context(as_agent: str | None = "kari") -> typer.Context:
    made = typer.Context(typer.main.get_command(app))
    made.params["as_agent"] = as_agent
    return made


@pytest.mark.parametrize("typed", ["", "KS", "ks-1", "ks1", "1"])
def test_references_are_known_however_they_are_typed(console: Console, desk: PaperDesk, typed: str) -> None:
    desk.arrive(mail())
    assert references(context(), typed) == [(queue(desk.office)[0]["reference"], "Skriveren virker ikke")]
    assert references(context(), "KS-9") == []


def test_agents_and_categories_are_known(console: Console) -> None:
    assert agents(context(), "") == [
        ("kari", "kari@agents.example"), ("per", "per@agents.example"), ("revi", "revi@agents.example"),
    ]  # fmt: skip
    assert [name for name, _ in agents(context(), "p")] == ["per"]
    assert [name for name, _ in categories(context(), "")] == ["it", "print"]


def test_where_there_is_no_desk_nothing_is_offered_and_nothing_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INBOXD_CONFIG", str(tmp_path / "none.toml"))
    assert (references(context(), ""), agents(context(), ""), categories(context(), "")) == ([], [], [])
    assert capsys.readouterr() == ("", "")


def test_looking_makes_no_database(console: Console, desk: PaperDesk, tmp_path: Path) -> None:
    there = tmp_path / "inboxd.db"
    there.rename(tmp_path / "away.db")
    assert references(context(), "") == []
    assert not there.exists()
    (tmp_path / "away.db").rename(there)


@pytest.mark.slow
def test_a_shell_asks_and_is_answered(desk: PaperDesk) -> None:
    desk.arrive(mail())
    env = os.environ | {"INBOXD_CONFIG": str(desk.config), "_INBOXD_COMPLETE": "complete_bash"}
    for words, answer in (("inboxd show ", queue(desk.office)[0]["reference"]), ("inboxd assign KS-10008 p", "per")):
        asked = env | {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
        done = subprocess.run(
            [sys.executable, "-c", SHELL], env=asked, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.stdout.split(), done.stderr) == ([answer], "")

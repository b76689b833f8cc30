"""While config.toml has errors, what only looks goes on by the config that a daemon took last, and says so."""

from pathlib import Path

import pytest

from inboxd.cli.app import run
from tests.integration.paper_desk import Console, PaperDesk, mail

TYPO = '[desk\nname = "Kundeservice"'
MISSPELT = '[desk]\nnam = "Kundeservice"'


@pytest.fixture
def taken(console: Console, desk: PaperDesk, monkeypatch: pytest.MonkeyPatch) -> PaperDesk:
    """A desk with one case, whose config a daemon took."""
    monkeypatch.setenv("KS_PASSWORD", "x")
    console("run", "--once")
    desk.arrive(mail("Skriveren virker ikke"))
    return desk


def spoil(desk: PaperDesk, wrong: str) -> None:
    text = desk.config.read_text()
    assert "[desk]" in text
    desk.config.write_text(text.replace("[desk]", wrong.removesuffix('"Kundeservice"') + '"x"\n[x]', 1))


@pytest.mark.parametrize("wrong", [TYPO, MISSPELT], ids=["no TOML", "an unknown key"])
def test_health_queue_and_show_go_on_and_name_the_line(
    taken: PaperDesk, console: Console, capsys: pytest.CaptureFixture[str], wrong: str
) -> None:
    line = taken.config.read_text().splitlines().index("[desk]") + 1 + (wrong == MISSPELT)
    before = console.ask("queue")
    spoil(taken, wrong)
    (problem,) = [one for one in console.ask("health", code=2)["problems"] if one["code"] == "config_broken"]
    assert f"config.toml:{line}:" in problem["what"]
    assert "in force is the config that was taken" in problem["what"]
    capsys.readouterr()
    assert console.ask("queue") == before
    assert run(["show", before[0]["reference"]]) == 0
    said = capsys.readouterr()
    assert "Skriveren virker ikke" in said.out
    assert f"config.toml:{line}:" in said.err


def test_what_changes_something_is_refused_as_before(taken: PaperDesk, console: Console) -> None:
    spoil(taken, TYPO)
    for words in (("take", "10008"), ("check",), ("run", "--once"), ("about",)):
        assert "config.toml:" in console(*words, code=78)


@pytest.mark.parametrize(
    "database", ['[database]\nurl = "sqlite:///other.db"', '[database]\nurl = "sqlite:///inboxd.db']
)
def test_where_the_database_is_not_certain_the_errors_are_all_that_is_said(
    taken: PaperDesk, console: Console, database: str
) -> None:
    old = '[database]\nurl = "sqlite:///inboxd.db"'
    text = taken.config.read_text()
    taken.config.write_text(text.replace(old, database) if old in text else f"{database}\n{text}")
    spoil(taken, TYPO)
    assert "config.toml:" in console("health", code=78)


def test_before_a_daemon_took_any_config_the_errors_are_all_that_is_said(desk: PaperDesk, console: Console) -> None:
    spoil(desk, TYPO)
    assert "config.toml:" in console("health", code=78)
    (desk.folder / "inboxd.db").rename(desk.folder / "elsewhere.db")
    desk.beyond_account = "its database is gone"
    assert "config.toml:" in console("health", code=78)
    assert not Path(desk.folder / "inboxd.db").exists()

"""The Admin panel: init, check, run, db, and what is said where the config is wrong."""

import sqlite3
from pathlib import Path

import pytest

from inboxd.cli.app import run
from tests.integration.paper_desk import Console, PaperDesk, mail, write_config


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Console:
    """The command line in an empty folder, with no config anywhere."""
    monkeypatch.delenv("INBOXD_CONFIG", raising=False)
    monkeypatch.setenv("KS_PASSWORD", "secret")
    monkeypatch.chdir(tmp_path)
    return Console(capsys)


COMMANDS = [
    ("queue",), ("show", "10008"), ("health",), ("about",), ("check",), ("run", "--once"), ("db", "check"),
    ("incoming", "list"), ("outbox", "list"), ("take", "10008"),
]  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS)
def test_without_a_config_every_command_says_where_it_looked(bare: Console, words: tuple[str, ...]) -> None:
    said = bare(*words, code=78)
    assert "there is no config.toml: looked at $INBOXD_CONFIG" in said
    assert "`inboxd init` writes one" in said


@pytest.mark.parametrize("words", COMMANDS)
def test_a_wrong_config_is_told_whole_with_every_line(bare: Console, words: tuple[str, ...]) -> None:
    Path("config.toml").write_text('[desk]\nnam = "x"\n\n[[agent]]\nname = "a"\naddres = "b"\n')
    said = bare(*words, code=78)
    assert 'config.toml:2: [desk] nam: unknown key; did you mean "name"?' in said
    assert 'config.toml:6: [[agent]] addres: unknown key; did you mean "address"?' in said


def test_the_first_config_is_sound(bare: Console) -> None:
    assert "config.toml written" in bare("init", "--yes")
    assert "The configuration is in order." in bare("check")
    assert "is there already" in bare("init", code=5)
    assert "cannot write" in bare("init", "/nowhere/config.toml", code=1)


def test_check_describes_the_desk_without_its_passwords(console: Console) -> None:
    document = console.ask("check")
    assert document["errors"] == []
    assert document["desk"] == "Kundeservice"
    assert "secret" not in console("check")


def test_check_tells_of_a_broken_template(console: Console, tmp_path: Path) -> None:
    (tmp_path / "templates" / "nb").mkdir(parents=True)
    (tmp_path / "templates" / "nb" / "receipt.txt.j2").write_text("{{ nonsense }}")
    assert "Error:" in console("check", code=78)


def test_check_connect_tells_which_server_is_away(console: Console) -> None:
    document = console.ask("check", "--connect", code=1)
    assert [server["ok"] for server in document["servers"]] == [False, False]
    assert "Error: kundeservice: 127.0.0.1:1" in console("check", "--connect", code=1)


def test_a_password_that_is_missing_is_told(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KS_PASSWORD")
    assert "KS_PASSWORD" in console("check", "--connect", code=78)
    assert console("check")
    assert "KS_PASSWORD" in console("incoming", "reconcile", code=78)


def test_reconciling_with_a_server_that_is_away_is_temporary(console: Console) -> None:
    assert console.error("incoming", "reconcile", code=75)["code"] == "mailbox_unreachable"


def test_one_round_without_servers_ends_well_and_says_so(console: Console, desk: PaperDesk) -> None:
    desk.arrive(mail())
    console("run", "--once", code=0)
    problems = {problem["code"] for problem in console.ask("health", code=2)["problems"]}
    assert problems == {"mailbox_failing", "relay_failing"}


def test_the_database_is_upgraded_checked_and_copied(console: Console, desk: PaperDesk, tmp_path: Path) -> None:
    desk.arrive(mail())
    assert console("db", "upgrade") == "The schema is up to date.\n"
    assert console.ask("db", "check") == {"ok": True, "problems": []}
    assert console("db", "check") == "The database is sound.\n"
    copy = tmp_path / "copy.db"
    assert console.ask("db", "backup", str(copy)) == {"file": str(copy), "octets": copy.stat().st_size}
    assert console.error("db", "backup", str(copy), code=5)["code"] == "conflict"
    assert console.error("db", "backup", "/nowhere/x", code=78)["code"] == "config"
    with sqlite3.connect(copy) as db:
        assert db.execute("SELECT count(*) FROM cases").fetchone() == (1,)
    db.close()


def test_an_unsound_database_is_told(console: Console, desk: PaperDesk) -> None:
    desk.arrive(mail())
    desk.beyond_account = "octets are changed by hand"
    with sqlite3.connect(desk.folder / "inboxd.db") as db:
        db.execute("UPDATE octets SET sha256 = 'x' WHERE id = 1")
    db.close()
    document = console.ask("db", "check", code=1)
    assert not document["ok"]
    assert document["problems"]


def test_a_folder_that_is_not_there_is_a_config_error(bare: Console, tmp_path: Path) -> None:
    write_config(tmp_path, more='\n[database]\nurl = "sqlite:///nowhere/inboxd.db"\n')
    assert "does not exist" in bare("queue", code=78)
    assert "cannot open" in bare("run", "--once", code=78)


def test_the_demo_without_its_servers_says_what_to_install() -> None:
    """What the demo does is tested in tests/e2e; here only that the command is there."""
    assert run(["demo", "--help"]) == 0

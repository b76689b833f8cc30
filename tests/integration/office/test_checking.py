"""`inboxd check`: what a changed file would change, compared with the one that a daemon took last."""

from pathlib import Path

import pytest

from inboxd.config.file import load
from inboxd.office.checking import UNREADABLE, check_settings
from inboxd.store.configs import remember_config
from tests.integration.paper_desk import Console, PaperDesk, write_config


def checked(desk: PaperDesk) -> dict[str, object]:
    return dict(check_settings(load(desk.config, env={}, with_secrets=False)))


def take(desk: PaperDesk, text: str | None = None) -> None:
    with desk.office.store.begin() as db:
        remember_config(db, text or desk.office.settings.text, desk.clock.now())


def test_before_a_daemon_ran_there_is_nothing_to_compare_with(desk: PaperDesk, tmp_path: Path) -> None:
    desk.beyond_account = "its database is gone"
    assert "changes" not in checked(desk)
    desk.config.write_text(desk.config.read_text().replace("inboxd.db", "none.db"))
    (tmp_path / "inboxd.db").rename(tmp_path / "elsewhere.db")
    assert "changes" not in checked(desk)
    assert not (tmp_path / "inboxd.db").exists()


def test_the_same_text_changes_nothing(desk: PaperDesk) -> None:
    take(desk)
    assert "changes" not in checked(desk)


def test_a_changed_file_says_what_it_would_change(desk: PaperDesk) -> None:
    take(desk)
    write_config(desk.folder, phone='phone = "71 00 00 00"', active="active = true")
    assert checked(desk)["changes"] == [
        "The desk: phone becomes 71 00 00 00 (was 71 11 11 66).",
        'The agent "nils": active becomes true (was false).',
    ]


def test_words_of_a_comment_change_nothing_but_the_text(desk: PaperDesk) -> None:
    take(desk)
    write_config(desk.folder, more="\n# a remark\n")
    assert checked(desk)["changes"] == []


def test_a_taken_config_that_is_no_longer_valid_is_told(desk: PaperDesk) -> None:
    take(desk, "[desk]\nname = 1\n")
    assert checked(desk)["changes"] == [UNREADABLE]


def test_a_database_that_cannot_be_read_is_a_warning(desk: PaperDesk, tmp_path: Path) -> None:
    desk.beyond_account = "its database is none"
    for path in tmp_path.glob("inboxd.db*"):
        path.unlink()
    (tmp_path / "inboxd.db").write_bytes(b"no database at all, but long enough to be looked at as one")
    warnings = checked(desk)["warnings"]
    assert isinstance(warnings, list)
    assert any("what would change cannot be told" in warning for warning in warnings)


def test_the_command_compares_with_what_the_daemon_took(
    console: Console, desk: PaperDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KS_PASSWORD", "x")
    console("run", "--once")
    assert "changes" not in console.ask("check")
    write_config(desk.folder, phone='phone = "71 00 00 00"')
    said = console("check")
    assert "Once the daemon takes this file" in said
    assert "  The desk: phone becomes 71 00 00 00 (was 71 11 11 66)." in said
    console("run", "--once")
    assert "changes" not in console.ask("check")

"""The Why panel: explain, incoming, outbox, health, about."""

import json
from pathlib import Path
from typing import Any

import pytest

from inboxd.cli.app import run
from inboxd.store import folders
from inboxd.store import tables as t
from tests.integration.paper_desk import Console, PaperDesk, mail, write_config

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "mail").rglob("*.eml"))
OUTBOX_KEYS = {
    "id", "reference", "kind", "to", "subject", "state", "attempts", "created_at", "next_attempt_at",
    "last_reply",
}  # fmt: skip


@pytest.fixture
def eml(tmp_path: Path) -> str:
    (tmp_path / "a.eml").write_bytes(mail())
    return str(tmp_path / "a.eml")


def ignored(desk: PaperDesk) -> str:
    return str(desk.arrive(mail(Auto_Submitted="auto-replied"))[0])


def set_states(desk: PaperDesk, state: str) -> None:
    desk.beyond_account = "its letters' states are set by hand"
    with desk.office.store.begin() as db:
        for letter in desk.letters():
            db.get_one(t.Letter, letter.id).state = state


def test_several_mails_are_explained_one_a_line(console: Console) -> None:
    lines = console("explain", *map(str, FIXTURES), "--json").splitlines()
    assert [json.loads(line)["path"] for line in lines] == [str(path) for path in FIXTURES]


def test_explaining_needs_no_config_and_makes_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], eml: str
) -> None:
    monkeypatch.delenv("INBOXD_CONFIG", raising=False)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    console = Console(capsys)
    assert console.ask("explain", eml)["decision"] == "open_case"
    assert run(["explain", eml]) == 0
    assert "There is no config.toml" in capsys.readouterr().err
    assert console.error("--config", "nowhere.toml", "explain", eml, code=78)["code"] == "config"
    write_config(tmp_path / "empty")
    assert console.ask("explain", eml)["decision"] == "open_case"
    assert sorted(path.name for path in (tmp_path / "empty").iterdir()) == ["config.toml"]


def test_the_database_is_read_unless_told_not_to(console: Console, desk: PaperDesk, tmp_path: Path) -> None:
    desk.arrive(mail())
    (tmp_path / "b.eml").write_bytes(mail("SV: [KS-10008] Skriveren", number=2))
    assert console.ask("explain", str(tmp_path / "b.eml"))["threading"]["case"] == "KS-10008"
    assert console.ask("explain", str(tmp_path / "b.eml"), "--no-db")["threading"]["case"] is None
    text = console("explain", str(tmp_path / "b.eml"), str(tmp_path / "b.eml"))
    assert "would be added to a case; no receipt." in text
    assert text.count("\n\n" + str(tmp_path)) == 1


def test_a_file_that_cannot_be_read_is_said(console: Console, tmp_path: Path) -> None:
    assert console.error("explain", str(tmp_path / "nope"), code=4)["code"] == "not_found"
    assert "cannot read" in console("explain", str(tmp_path), code=2)


def test_the_ledger_is_listed_shown_and_worked_on(console: Console, desk: PaperDesk) -> None:
    number = ignored(desk)
    (row,) = console.ask("incoming", "list", "--ignored")
    assert (str(row["id"]), row["state"], row["outcome"]) == (number, "done", "ignored")
    assert (row["from"], row["subject"]) == ("Ola Nordmann <ola@kommune.example>", "Skriveren virker ikke")
    assert console.ask("incoming", "list", "--state", "hold") == []
    assert console("incoming", "list", "--state", "hold") == "No mails.\n"
    listed = console("incoming", "list", "--limit", "1")
    assert "ignored  Ola Nordmann <ola@kommu…  Skriveren virker ikke\n" in listed
    assert console.ask("incoming", "show", number)["id"] == row["id"]
    assert "outcome: ignored" in console("incoming", "show", number)
    assert console("incoming", "open", number, "--as", "kari") == "KS-10008 opened.\n"
    assert console.error("incoming", "open", number, code=5)["code"] == "conflict"
    assert console.error("incoming", "show", "99", code=4)["code"] == "not_found"


def test_a_held_mail_is_retried_or_discarded(console: Console, desk: PaperDesk) -> None:
    first = ignored(desk)
    assert console("incoming", "retry", first) == f"Mail {first} is tried again by the daemon.\n"
    assert console("incoming", "discard", first, "-m", "spam") == f"Mail {first} is done, without a case.\n"
    assert console.ask("incoming", "show", first)["reason"] == "discarded by admin: spam"
    assert console.error("incoming", "discard", first, code=2)["message"].startswith("Missing option '-m'")


def test_the_outbox_has_the_contracts_keys(console: Console, desk: PaperDesk) -> None:
    desk.arrive(mail())
    document = console.ask("outbox", "list")
    assert all(set(row) == OUTBOX_KEYS for row in document)
    assert [row["id"] for row in document] == sorted((row["id"] for row in document), reverse=True)
    assert {row["kind"] for row in document} == {"receipt", "agent"}
    assert console.ask("outbox", "list", "--state", "sent") == []
    assert "receipt" in console("outbox", "list")
    assert console.ask("outbox", "show", "1")["recipients"]
    assert "kind: receipt" in console("outbox", "show", "1")


def test_a_letter_is_shown_with_its_words_and_the_desks_own_time(console: Console, desk: PaperDesk) -> None:
    desk.arrive(mail())
    shown = console("outbox", "show", "1")
    assert "Vi har mottatt henvendelsen din. Saksnummer: KS-10008." in shown.splitlines()
    assert "created at: 2026-03-09 10:00" in shown
    assert "hold reason" not in shown
    assert "Saksnummer: KS-10008" in console.ask("outbox", "show", "1")["text"]


@pytest.mark.parametrize("queue", ["incoming", "outbox"])
def test_a_state_that_is_none_is_a_usage_error(console: Console, queue: str) -> None:
    assert console.error(queue, "list", "--state", "tull", code=2)["hint"].startswith("one of ")


def test_a_letter_is_held_released_cancelled_and_sent_again(console: Console, desk: PaperDesk) -> None:
    desk.arrive(mail())
    assert "held back" in console("outbox", "hold", "1", "--as", "kari")
    assert console.ask("outbox", "release", "1")["state"] == "queued"
    assert console.ask("outbox", "cancel", "1")["state"] == "cancelled"
    assert console.error("outbox", "release", "1", code=5)["code"] == "conflict"
    set_states(desk, "failed")
    assert console.ask("outbox", "retry", "1")["state"] == "queued"
    assert console.error("outbox", "retry", "99", code=4)["code"] == "not_found"


def test_health_ends_as_it_says(console: Console, desk: PaperDesk) -> None:
    assert console.ask("health", code=2)["status"] == "failing"
    desk.arrive(mail())
    with desk.office.store.begin() as db:
        inbox = folders.get_folder(db, "kundeservice", "INBOX")
        assert inbox is not None
        from inboxd.clock import SystemClock

        folders.looked(db, inbox.id, SystemClock().now())
    document: dict[str, Any] = console.ask("health", code=0)
    assert set(document) == {"status", "mailboxes", "outbox", "incoming", "receipts", "problems"}
    set_states(desk, "unknown")
    assert "! 3 letters of unknown outcome" in console("health", code=1)
    assert set(console.ask("health", code=1)["problems"][0]) == {"code", "what", "since"}


def test_a_usage_error_of_health_is_64(console: Console) -> None:
    assert console.error("health", "--tull", code=64)["code"] == "usage"

"""The red button: `outbox hold` without a letter's number stops all sending, `outbox release --all` lets it go on."""

from pathlib import Path

from inboxd.office.health import health
from inboxd.store.letters import list_relays
from tests.integration.paper_desk import Console, PaperDesk, mail, write_config

SECOND = """
[[mailbox]]
name = "drift"
address = "drift@desk.example"
category = "it"
  [mailbox.imap]
  host = "127.0.0.1"
  port = 1
  tls = "none"
  password_env = "KS_PASSWORD"
  [mailbox.smtp]
  host = "127.0.0.1"
  port = 1
  tls = "none"
"""


def relays_tried(desk: PaperDesk) -> list[str]:
    """The mailboxes whose relay (there is none) was looked for."""
    with desk.office.store.reading() as db:
        return [relay.mailbox for relay in list_relays(db)]


def test_the_button_stops_the_whole_desk_and_everybody_can_see_it(console: Console, desk: PaperDesk) -> None:
    desk.arrive(mail())
    assert "All sending was stopped by kari" in console("outbox", "hold", "--as", "kari")
    assert console("run", "--once") == ""
    assert relays_tried(desk) == []
    (held,) = console.ask("outbox", "hold", "--as", "per")["held"]
    assert (held["mailbox"], held["by"]) == (None, "kari")
    assert {letter["state"] for letter in console.ask("outbox", "list")} == {"queued"}
    assert console("outbox", "list").startswith("! All sending was stopped by kari")
    document = health(desk.office)
    (problem,) = (problem for problem in document["problems"] if problem["code"] == "outbox_held")
    assert problem["since"] == held["since"]
    assert "sending of every mailbox was stopped by kari" in problem["what"]

    assert "Sending goes on" in console("outbox", "release", "--all", "--as", "per")
    assert "stopped" not in console("outbox", "list")
    assert "outbox_held" not in {problem["code"] for problem in health(desk.office)["problems"]}
    console("run", "--once")
    assert relays_tried(desk) == ["kundeservice"]
    released, pressed = console.ask("audit", "list")
    assert (pressed["actor"], pressed["action"], pressed["subject"]) == ("kari", "sending held", "")
    assert (released["actor"], released["action"]) == ("per", "sending released")
    assert "held by kari since" in released["detail"]
    assert "the whole desk" in console("audit", "list")
    assert console.ask("audit", "list", "--limit", "1") == [released]


def test_a_letter_on_hold_for_itself_stays_so(console: Console, desk: PaperDesk) -> None:
    desk.arrive(mail())
    console("outbox", "hold", "1")
    console("outbox", "hold")
    console("outbox", "release", "--all")
    assert console.ask("outbox", "show", "1")["state"] == "hold"
    assert console.ask("outbox", "release", "1")["state"] == "queued"


def test_one_mailbox_is_stopped_by_its_name(console: Console, desk: PaperDesk, tmp_path: Path) -> None:
    write_config(tmp_path, more=SECOND)
    assert "of drift was stopped" in console("outbox", "hold", "drift")
    desk.arrive(mail())
    console("run", "--once")
    assert relays_tried(desk) == ["kundeservice"]
    console("outbox", "hold")
    assert console.error("outbox", "release", "--all", "drift", code=5)["hint"].startswith("`inboxd outbox release")
    console("outbox", "release", "--all")
    assert console.ask("outbox", "release", "--all", "drift") == {"held": []}
    assert [row["subject"] for row in console.ask("audit", "list")] == ["drift", "", "", "drift"]


def test_what_is_no_mailbox_is_not_found(console: Console) -> None:
    for words in (("hold", "tull"), ("release", "--all", "tull")):
        error = console.error("outbox", *words, code=4)
        assert error["message"] == "there is no mailbox tull"
        assert "kundeservice" in error["hint"]
    assert "--all" in console.error("outbox", "release", code=2)["hint"]
    assert "--all" in console.error("outbox", "release", "kundeservice", code=2)["hint"]


def test_an_auditor_presses_no_button(console: Console) -> None:
    assert console.error("outbox", "hold", "--as", "revi", code=77)["code"] == "not_allowed"


def test_an_answer_given_while_sending_is_stopped_says_so(console: Console, desk: PaperDesk) -> None:
    desk.arrive(mail())
    [case] = console.ask("queue")
    assert " now." in console("reply", case["reference"], "-m", "Vi ser på det.", "--as", "kari")
    console("outbox", "hold", "kundeservice", "--as", "kari")
    said = console("reply", case["reference"], "-m", "Nå virker den.", "--as", "kari")
    newest = console.ask("outbox", "list")[0]["id"]
    assert "once sending goes on" in said
    assert said.endswith(f"\n`inboxd outbox cancel {newest}` stops it.\n")
    assert "was stopped by kari" in console("outbox", "retry", str(newest), "--as", "kari")

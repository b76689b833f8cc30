"""`inboxd agent …`: who serves what, who is away, and a closed category at the command line."""

import re

import pytest

from inboxd.cli.app import run
from tests.integration.paper_desk import Console, PaperDesk, mail

KEYS = {"name", "address", "role", "active", "categories", "open_cases", "away", "on_duty"}


def test_the_agents_are_listed_with_what_they_have_in_hand(desk: PaperDesk, console: Console) -> None:
    desk.arrive(mail())
    console("take", "KS-10008", "--as", "per")
    listed = {agent["name"]: agent for agent in console.ask("agent", "list")}
    assert all(set(agent) == KEYS for agent in listed.values())
    assert (listed["per"]["open_cases"], listed["per"]["categories"], listed["nils"]["active"]) == (1, ["it"], False)
    lines = console("agent", "list").splitlines()
    assert lines[0].split() == ["Name", "Role", "Open", "There", "Categories"]
    assert [line.split()[:4] for line in lines[2:4]] == [["per", "agent", "1", "yes"], ["nils", "agent", "0", "has"]]


def test_going_away_says_who_has_what_now_and_coming_back_ends_it(desk: PaperDesk, console: Console) -> None:
    desk.arrive(mail())
    console("take", "KS-10008", "--as", "per")
    told = console("agent", "away", "per", "--until", "3d", "--to", "kari", "--as", "kari")
    assert told.splitlines() == [
        f"per is away until {_in_three_days(console)}.",
        "  kari now has KS-10008 (1)",
    ]
    (away,) = [agent["away"] for agent in console.ask("agent", "list") if agent["away"]]
    assert away["to"] == "kari"
    assert console("agent", "back", "per", "--as", "per") == "per is back.\n"


def _in_three_days(console: Console) -> str:
    line = next(line for line in console("agent", "list").splitlines() if line.startswith("per"))
    return line.split("until ")[1].split("  ")[0]


def test_going_away_without_cases_and_without_an_end_says_so(desk: PaperDesk, console: Console) -> None:
    assert console("agent", "away", "per", "--as", "per").splitlines() == [
        "per is away until `inboxd agent back per`.",
        "There were no open cases to hand over.",
    ]


def test_cases_that_nobody_takes_over_are_named(desk: PaperDesk, console: Console) -> None:
    desk.arrive(mail())
    console("take", "KS-10008", "--as", "per")
    assert "  Nobody has KS-10008 (1)" in console("agent", "away", "per", "--as", "per").splitlines()


def test_only_leads_and_admins_speak_for_others_and_auditors_for_nobody(desk: PaperDesk, console: Console) -> None:
    assert console.error("agent", "away", "kari", "--as", "per", code=77)["code"] == "not_allowed"
    assert console.error("agent", "away", "revi", "--as", "revi", code=77)["code"] == "not_allowed"
    assert console.error("agent", "away", "ukjent", code=4)["code"] == "not_found"
    assert console.error("agent", "away", "per", "--until", "i går", code=2)["code"] == "usage"


def test_who_was_registered_on_a_day_is_asked_by_day(desk: PaperDesk, console: Console) -> None:
    assert console.ask("agent", "list", "--on", "2026-03-09") == []
    assert "first start" in console("agent", "list", "--on", "2026-03-09")
    assert console.error("agent", "list", "--on", "i går", code=2)["code"] == "usage"


def test_giving_a_case_to_an_agent_who_is_away_says_so_and_does_it(
    desk: PaperDesk, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.arrive(mail())
    console("agent", "away", "per", "--to", "kari", "--as", "kari")
    assert run(["assign", "KS-10008", "per", "--as", "kari"]) == 0
    assert capsys.readouterr().err == "Note: per is away; his cases went to kari.\n"
    console("agent", "away", "per", "--until", "3d", "--as", "kari")
    assert run(["assign", "KS-10008", "none", "--as", "kari"]) == 0
    assert run(["assign", "KS-10008", "per", "--as", "kari"]) == 0
    until = r"\d{4}-\d\d-\d\d \d\d:\d\d"
    said = rf"Note: per is away until {until}; his cases went to others, as each category assigns them\.\n"
    assert re.fullmatch(said, capsys.readouterr().err)

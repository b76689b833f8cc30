"""What `check` tells of a config, and what a changed file would change."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from inboxd.config.file import load
from inboxd.config.report import changes, describe
from inboxd.config.settings import Settings

Load = Callable[[str], Settings]
Said = Callable[[str], list[str]]
EXAMPLE = Path(__file__).parents[2] / "fixtures" / "config" / "two_people.toml"


def example() -> Settings:
    return load(EXAMPLE, env={"KS_PASSWORD": "hemmelig"})


def test_the_report_tells_what_is_set_up_as_the_file_writes_it() -> None:
    told = json.loads(json.dumps(describe(example())))
    assert told["mailboxes"] == [
        {
            "name": "kundeservice",
            "address": "kundeservice@desk.example",
            "aliases": [],
            "category": "it",
            "reference_prefix": "KS",
            "language": "nb",
            "imap": "127.0.0.1:1143, tls none, folder INBOX",
            "after": "seen",
            "smtp": "127.0.0.1:1025, tls none",
        }
    ]
    assert told["rules"] == [
        {
            "name": "printers",
            "mailbox": "kundeservice",
            "match": {"subject": "(?i)skriver|printer"},
            "set": {"category": "print", "priority": "low", "tags": ["printer"]},
            "stop": True,
        }
    ]
    assert [(c["name"], c["members"]) for c in told["categories"]] == [
        ("it", ["kari", "ola"]),
        ("print", ["kari", "ola"]),
    ]
    assert [(p["name"], p["response"], p["resolution"]) for p in told["priorities"]] == [
        ("critical", "15m", "2h"),
        ("high", "1h", "4h"),
        ("normal", "4h", "2d"),
        ("low", "1d", "10d"),
    ]
    assert told["receipts"] == {
        "per_address": "5/1h",
        "unknown_senders": "60/1m",
        "desk": None,
        "return_path_required": False,
        "promise_response": False,
    }
    office = told["calendars"][0]
    assert (office["hours"]["mon"], office["hours"]["sun"], office["holidays"]) == (["08:00-15:30"], [], "NO")
    assert office["days"][1] == {"date": "2026-04-01", "hours": ["08:00-12:00"]}
    assert office["seasons"] == [{"from": "06-15", "to": "08-15", "hours": {"mon": ["08:00-15:00"]}}]
    assert told["warnings"] == []
    assert "hemmelig" not in json.dumps(told)


@pytest.mark.parametrize("told", [True, False, ["new", "morning"]])
def test_an_agents_letters_are_told_as_the_file_writes_them(told: object, load_text: Load, small: str) -> None:
    written = small.replace("[[agent]]\n", f"[[agent]]\nnotify = {json.dumps(told)}\n", 1)
    (agent,) = describe(load_text(written))["agents"]  # type: ignore[misc]  # a list of tables
    assert agent["notify"] == told


@pytest.mark.parametrize("wrong", ['"new"', '["alt"]', "[[]]", "1"])
def test_letters_that_nobody_writes_are_refused_with_those_there_are(wrong: str, said_of: Said, small: str) -> None:
    known = '"new", "answer", "assigned", "undelivered", "morning", "weekly"'
    told = said_of(small.replace("[[agent]]\n", f"[[agent]]\nnotify = {wrong}\n", 1))
    assert any(f"is not known; true, false or a list of {known}" in line for line in told)


def test_the_databases_password_is_not_told() -> None:
    settings = replace(example(), database_url="postgresql+psycopg://inboxd:hemmelig@db.example:5432/inboxd")
    assert describe(settings)["database"] == "postgresql+psycopg://inboxd@db.example:5432/inboxd"


def test_a_weekly_letter_that_nobody_would_get_is_warned_of(load_text: Load, small: str) -> None:
    asked = small.replace("[desk]\n", "[desk]\nweekly_letter = true\n")
    told = '[desk] weekly_letter: no active agent has role = "lead"; nobody gets it'
    assert told in describe(load_text(asked))["warnings"]  # type: ignore[operator]  # a list of texts
    led = asked.replace("[[agent]]\n", '[[agent]]\nrole = "lead"\n', 1)
    assert told not in describe(load_text(led))["warnings"]  # type: ignore[operator]  # the same


def test_what_is_hardly_meant_is_warned_of(load_text: Load, small: str) -> None:
    text = small.replace('"it"', '"it"\nassignment = "none"').replace('name = "post"', 'name = "post"\ncategory = "it"')
    text = text.replace('"kari@desk.example"', '"kari@desk.example"\ncategories = ["it"]')
    text += "[[agent]]\nname = 'ola'\naddress = 'o@desk.example'\nactive = false\ncategories = ['print']\n"
    settings = load_text(text + "[[category]]\nname = 'print'\n[[category]]\nname = 'tom'\n")
    assert describe(settings)["warnings"] == [
        "[desk] admin: not given; alerts reach nobody",
        '[[category]] "it": assignment = "none"; its cases wait until somebody takes them',
        '[[category]] "print": no active agent serves it; nobody is told of its cases',
        '[[category]] "tom": no active agent serves it; nobody is told of its cases',
    ]


def test_nothing_changed_is_told_as_nothing() -> None:
    assert changes(example(), example()) == []


def test_changes_are_told_in_sentences_without_passwords(load_text: Load, small: str) -> None:
    old = load_text(
        f"{small}[[rule]]\nname = 'a'\nmailbox = 'post'\nset = {{ priority = 'low' }}\n"
        "[[rule]]\nname = 'b'\nmailbox = 'post'\nset = { priority = 'high' }"
    )
    new_text = (
        small.replace('name = "Kundeservice"', 'name = "Kundetorget"\nphone = "71 11 11 66"')
        .replace('"kari@desk.example"', '"kari@desk.example"\nactive = false')
        .replace('host = "imap.desk.example"', 'host = "imap.desk.example"\npoll_seconds = 30')
    )
    new = load_text(
        f"{new_text}[[agent]]\nname = 'ola'\naddress = 'ola@desk.example'\n[receipts]\nper_address = 'off'\n"
        "[database]\nurl = 'postgresql+psycopg://u:hemmelig@h/d'\n"
        "[[priority]]\nname = 'low'\nresponse = '1d2h'\n"
        "[[calendar]]\nname = 'office'\nhours = { mon = ['08:00-12:00'] }\n"
        "[[rule]]\nname = 'b'\nmailbox = 'post'\nset = { priority = 'high' }\n"
        "[[rule]]\nname = 'a'\nmailbox = 'post'\nset = { priority = 'low' }"
    )
    assert json.loads(json.dumps(describe(new)))["rules"][0]["set"] == {"priority": "high"}
    told = changes(old, new)
    assert told == [
        "The desk: name becomes Kundetorget (was Kundeservice).",
        "The desk: phone becomes 71 11 11 66 (was nothing).",
        "The receipts: per_address becomes nothing (was 5/1h).",
        "The installation: database_url changes.",
        'The agent "kari": active becomes false (was true).',
        'The agent "ola" is added.',
        'The category "it": members becomes kari, ola (was kari).',
        'The priority "low": response becomes 1d2h (was 1d).',
        'The calendar "office": week changes.',
        'The mailbox "post", imap: poll_seconds becomes 30 (was 60).',
        "The rules are tried in another order: b, a.",
    ]
    assert changes(new, old)[0] == 'The agent "ola" is removed.'


def test_durations_paths_and_missing_connections_are_told_as_the_file_writes_them() -> None:
    old = replace(example(), templates=None)
    desk = replace(old.desk, send_delay=dt.timedelta(0))
    told = changes(old, replace(old, desk=desk, secret_file=Path("/srv/secret.key"), templates=Path("/srv/letters")))
    assert told[0] == "The desk: send_delay becomes 0s (was 10s)."
    assert told[1].startswith("The installation: secret_file ")
    assert told[2] == "The installation: templates becomes /srv/letters (was nothing)."
    assert "imap" not in json.dumps(describe(replace(old, mailboxes=())))


def test_a_new_password_is_told_but_not_which(load_text: Load, small: str) -> None:
    old = load_text(small)
    box = old.mailboxes[0]
    server = replace(box.imap.server, password="annen")
    new = replace(old, mailboxes=(replace(box, imap=replace(box.imap, server=server)),))
    assert changes(old, new) == ['The mailbox "post", imap: password changes.']

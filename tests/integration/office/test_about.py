"""`about` is the config in force, in words: nothing more, nothing less, nothing that is not for everybody."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inboxd.config.file import load
from inboxd.config.settings import Settings
from inboxd.office.about import about
from inboxd.office.reports.limits import limits
from inboxd.office.reports.service import target_text
from inboxd.render.reports.service_page import about_page
from inboxd.render.reports.text import markdown_of, text_of
from tests.integration.paper_desk import NOW, Console, PaperDesk, write_config

DESK = """
[[category]]
name = "drift"
title = "Drift og nett"
calendar = "vakt"
targets = "standard"
owner = "turid@kommune.example"
service_manager = "kari"
operations = "per"

[[mailbox]]
name = "drift"
address = "drift@desk.example"
category = "drift"
imap = { host = "127.0.0.1", port = 1, tls = "none", username = "d", password_env = "KS_PASSWORD" }
smtp = { host = "127.0.0.1", port = 1, tls = "none" }

[[targets]]
name = "standard"
levels = { normal = { response = "2h", resolution = "1d" } }

[[priority]]
name = "normal"
title = "Vanlig"
definition = "Én bruker er rammet."
response = "90m"

[[calendar]]
name = "office"
hours = { mon = ["08:00-15:30"], tue = ["08:00-12:00", "13:00-15:30"] }
days = [{ date = "2026-03-16", hours = ["08:00-11:00"] }, { date = "2026-03-17", hours = [] }]
seasons = [{ from = "04-01", to = "04-20", hours = { mon = ["09:00-14:00"] } }]

[[calendar]]
name = "vakt"
hours = { sat = ["10:00-14:00"] }
holidays = "off"

[[point]]
name = "leder"
title = "Daglig leder"
person = "Anne Berg"
phone = "71 11 11 00"
for = ["escalation"]
"""

Make = Callable[[str], Settings]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def settings(language: str = "nb") -> Settings:
        path = write_config(tmp_path, more=DESK)
        path.write_text(
            path.read_text().replace("[desk]\n", f'[desk]\nlanguage = "{language}"\nweb = "https://desk.example"\n')
        )
        return load(path, env={}, with_secrets=False)

    return settings


def of(settings: Settings) -> dict[str, Any]:
    return about(settings, "kari", NOW)


def text(settings: Settings) -> str:
    return text_of(about_page(of(settings), settings.desk.language), width=80, colour=False)


def named(rows: list[dict[str, Any]], key: str, value: str) -> dict[str, Any]:
    return next(row for row in rows if row[key] == value)


def test_it_is_what_the_config_says(make: Make) -> None:
    settings = make("nb")
    document, desk = of(settings), settings.desk
    service = document["service"]
    assert (document["desk"], document["phone"], document["web"]) == (desk.name, desk.phone, desk.web)
    assert [one["address"] for one in service["channels"]] == [
        *(box.address for box in desk.mailboxes), desk.phone, desk.web,
    ]  # fmt: skip
    assert [(one["name"], one["title"]) for one in document["categories"]] == [
        (c.name, c.title) for c in desk.categories
    ]
    for priority in desk.priorities:
        told = named(service["targets"], "priority", priority.name)
        assert told == {
            "priority": priority.name,
            "title": priority.title_in("nb"),
            "definition": priority.definition_in("nb"),
            "response": target_text(priority.response),
            "resolution": target_text(priority.resolution),
            "clock": priority.clock,
        }
    assert [(one["person"], one["phone"]) for one in service["points"]] == [(p.person, p.phone) for p in desk.points]
    assert document["limits"] == limits(settings, document["receipts"])


def test_every_key_that_is_changed_is_told_anew(make: Make) -> None:
    before, path = of(make("nb")), make("nb").path
    for written, changed in (
        ('person = "Anne Berg"', 'person = "Berit Dahl"'),
        ('response = "90m"', 'response = "45m"'),
        ('"10:00-14:00"', '"11:00-14:00"'),
        ('operations = "per"', 'operations = "kari"'),
        ("71 11 11 66", "71 11 11 67"),
        ('address = "drift@desk.example"', 'address = "vakt@desk.example"'),
        ('response = "2h"', 'response = "3h"'),
    ):
        was = path.read_text()
        path.write_text(was.replace(written, changed))
        assert of(load(path, env={}, with_secrets=False))["service"] != before["service"], written
        path.write_text(was)


def test_a_category_with_targets_of_its_own_has_a_table(make: Make) -> None:
    (own,) = of(make("nb"))["service"]["target_sets"]
    assert (own["category"], own["set"]) == ("drift", "standard")
    assert named(own["levels"], "priority", "normal")["response"] == "2h"
    assert named(own["levels"], "priority", "high")["response"] == "1h"


def test_hours_tell_what_differs_in_the_next_60_days(make: Make) -> None:
    office = named(of(make("nb"))["service"]["hours"], "calendar", "office")
    assert office["week"]["tue"] == ["08:00-12:00", "13:00-15:30"]
    assert [(one["from"], one["to"], one["why"]) for one in office["coming"]] == [
        ("2026-03-16", "2026-03-16", "day"), ("2026-03-17", "2026-03-17", "day"),
        ("2026-04-01", "2026-04-20", "season"), ("2026-04-06", "2026-04-06", "holiday"),
    ]  # fmt: skip


def test_a_calendar_that_nothing_follows_is_not_told(make: Make) -> None:
    told = [one["calendar"] for one in of(make("nb"))["service"]["hours"]]
    assert told == ["office", "24x7", "vakt"]  # the clock of the critical priority is round the clock


def test_no_path_no_server_password_and_no_database_is_in_it(make: Make) -> None:
    document = of(make("nb"))
    assert {"path", "database", "warnings"}.isdisjoint(document)
    assert "KS_PASSWORD" not in str(document)


def test_people_read_it_as_a_description_of_the_service(make: Make) -> None:
    told = text(make("nb"))
    assert max(map(len, told.splitlines())) <= 80
    for line in (
        "E-post   kundeservice@desk.example (it)",
        "E-post   drift@desk.example (Drift og nett)",
        "Telefon  71 11 11 66",
        "Nett     https://desk.example",
        "Vanlig   Én bruker er rammet.",
        "Vanlig     1 time 30 min  2 arbeidsdager   i åpningstiden",
        "Egne frister for Drift og nett",
        "Drift og nett  turid@kommune.example  kari               per",
        "Daglig leder  Anne Berg  71 11 11 00  –",
        "Største e-post                            35 MB",
    ):
        assert line in told.splitlines(), line
    assert "16. mars: kl. 08.00–11.00; 17. mars: stengt;" in told
    assert "6. april: stengt (helligdag)" in " ".join(told.split())


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("nn", ["Slik er tenesta", "Opningstider", "Daglig leder  Anne Berg  71 11 11 00  –", "Viss du ikkje er nøgd"]),
        ("en", ["The service", "Opening hours", "Web     https://desk.example", "If you are not satisfied"]),
    ],
)
def test_it_is_written_in_the_desks_language(make: Make, language: str, lines: list[str]) -> None:
    told = text(make(language)).splitlines()
    assert [line for line in lines if line not in told] == []


def test_markdown_has_the_same_tables(make: Make) -> None:
    settings = make("nb")
    page = markdown_of(about_page(of(settings), "nb"))
    assert page.startswith("# Kundeservice\n\nSlik er tjenesten\n")
    assert "| Vanlig | 1 time 30 min | 2 arbeidsdager | i åpningstiden |" in page


def test_a_desk_with_little_config_says_little(tmp_path: Path, empty_database: Path) -> None:
    settings = load(write_config(tmp_path), env={}, with_secrets=False)
    told = text(settings)
    assert "Roller" not in told
    assert "Hvis du ikke er fornøyd" not in told
    assert "mandag–fredag kl. 08.00–15.30" in told


def test_a_desk_that_never_closes_with_subcategories_and_without_a_target_is_told_so(tmp_path: Path) -> None:
    more = """
[[category]]
name = "nett"
title = "Nettverk"
parent = "it"

[[priority]]
name = "low"
response = "off"
resolution = "off"

[[calendar]]
name = "office"
holidays = "off"
[calendar.hours]
mon = ["00:00-24:00"]
tue = ["00:00-24:00"]
wed = ["00:00-24:00"]
thu = ["00:00-24:00"]
fri = ["00:00-24:00"]
sat = ["00:00-24:00"]
sun = ["00:00-24:00"]
"""
    told = text(load(write_config(tmp_path, more=more), env={}, with_secrets=False))
    assert "Vanligvis                  hele døgnet, alle dager" in told
    assert "Nettverk  it" in told
    assert "Lav        ingen    ingen           i åpningstiden" in told


def test_the_command_prints_it(console: Console, desk: PaperDesk) -> None:
    document = console.ask("about", "--as", "kari")
    assert (document["you"], document["desk"]) == ("kari", "Kundeservice")
    assert "Største e-post" in console("about")
    assert console("about", "--format", "md").startswith("# Kundeservice")
    assert console.error("about", "--format", "pdf", code=2)["hint"] == "one of text, md"

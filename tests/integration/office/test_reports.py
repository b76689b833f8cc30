"""Reports of a desk at work: equal to plain counts, split by who may see, the same for ever once a month is over."""

import datetime as dt
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inboxd.config.file import load
from inboxd.desk.case import Channel, Status
from inboxd.desk.desk import Agent
from inboxd.desk.order import Assign, Close, Order, Register, Reopen, Reply, SetFields, Take
from inboxd.desk.report import Month
from inboxd.errors import NotFound, UsageError
from inboxd.office.act import act
from inboxd.office.documents import Document
from inboxd.office.office import Office
from inboxd.office.reports import months
from inboxd.office.reports.now import now_report
from inboxd.store.configs import remember_config
from tests.integration.paper_desk import NOW, PaperDesk, mail, write_config

MARCH = Month(year=2026, number=3)

MORE = """
[[category]]
name = "lukket"
title = "Personalsaker"
access = "members"
members = ["kari"]

[[customer]]
name = "Molde"
title = "Molde kommune"
domains = ["kommune.example"]

[[customer]]
name = "Aukra"
domains = ["aukra.example"]

[[rule]]
name = "ny"
match = { subject = "(?i)^ny" }
set = { tags = ["ny"] }

[[rule]]
name = "aldri"
match = { subject = "finnes ikke" }
set = { tags = ["aldri"] }
"""


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[PaperDesk]:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    paper = PaperDesk(tmp_path, config=write_config(tmp_path, more=MORE))
    yield paper
    paper.close()


def order(desk: PaperDesk, number: int, what: Order) -> None:
    act(what, number, desk.office)


def called(desk: PaperDesk, **changes: Any) -> int:
    """Register a call; returns the number of its case."""
    values: dict[str, Any] = {
        "actor": "kari", "channel": Channel.PHONE, "subject": "Skjermen er svart", "text": "Ringte.", **changes,
    }  # fmt: skip
    return act(Register(**values), None, desk.office).number


def by(office: Office, name: str) -> Office:
    """Return the office as an agent reads in it."""
    agent = office.desk.agent(name)
    assert isinstance(agent, Agent)
    return replace(office, reader=agent)


def counted(desk: PaperDesk, condition: str) -> int:
    path = desk.office.store.path
    assert path is not None
    with sqlite3.connect(path) as db:
        found: int = db.execute(f"SELECT count(*) FROM cases WHERE {condition}").fetchone()[0]
    return found


def a_busy_morning(desk: PaperDesk) -> None:
    """Ten cases: some taken, some answered, some waiting, some closed, some past their targets."""
    desk.arrive(*(mail(f"Sak {n}", number=n, sender=f"b{n}@kommune.example") for n in range(8)))
    for number, agent in ((1000, "kari"), (1001, "kari"), (1002, "per")):
        order(desk, number, Take(actor=agent))
    desk.clock.forward(hours=1)
    order(desk, 1000, Reply(actor="kari", text="Ta ny stikkontakt.", status=Status.WAITING))
    order(desk, 1001, Close(actor="kari", text="Ordnet."))
    desk.clock.forward(hours=5)
    order(desk, 1002, Reply(actor="per", text="Vi ser på det."))
    desk.arrive(mail("Ny", number=20))


def row(rows: list[Document], **wanted: object) -> Document:
    return next(one for one in rows if all(one[key] == value for key, value in wanted.items()))


def test_what_lies_open_is_what_a_plain_count_finds(desk: PaperDesk) -> None:
    a_busy_morning(desk)
    told = now_report(desk.office)["all"]
    now = desk.clock.now().strftime("%Y-%m-%d %H:%M:%S")
    at_work = "status IN ('new', 'open', 'waiting', 'postponed')"
    due = f"((responded_at IS NULL AND response_due < '{now}') OR resolution_due < '{now}')"
    assert told["open"] == counted(desk, at_work) == 8
    assert told["unassigned"] == counted(desk, f"{at_work} AND assignee IS NULL") == 6
    assert told["waiting"] == counted(desk, f"{at_work} AND status = 'waiting'") == 1
    assert told["overdue"] == counted(desk, f"{at_work} AND status <> 'waiting' AND {due}") == 5
    assert told["due_today"] == 0


def test_the_groups_sum_up_to_all(desk: PaperDesk) -> None:
    a_busy_morning(desk)
    document = now_report(desk.office)
    for group in ("categories", "agents"):
        for key in ("open", "unassigned", "overdue", "due_today", "waiting"):
            assert sum(one[key] for one in document[group]) == document["all"][key]
    assert [one["agent"] for one in document["agents"]] == ["kari", "per", None]


def test_ages_tell_the_median_and_the_oldest_case_by_its_reference(desk: PaperDesk) -> None:
    for hours in (1, 2, 3):
        called(desk)
        desk.clock.forward(hours=hours)
    told = now_report(desk.office)["all"]
    assert (told["median_age_minutes"], told["oldest_age_minutes"]) == (300, 360)
    assert told["oldest"] == "KS-10008"


def test_a_case_due_before_midnight_is_due_today_and_one_at_midnight_is_not(desk: PaperDesk) -> None:
    called(desk)  # two days for the solution, and no letter to answer a caller by
    desk.clock.moment = dt.datetime(2026, 3, 11, 8, 0, tzinfo=dt.UTC)
    assert now_report(desk.office)["all"]["due_today"] == 1
    desk.clock.moment = dt.datetime(2026, 3, 10, 22, 59, tzinfo=dt.UTC)
    assert now_report(desk.office)["all"]["due_today"] == 0


def test_a_case_whose_clock_stands_still_is_not_overdue(desk: PaperDesk) -> None:
    desk.arrive(mail())
    order(desk, 1000, Reply(actor="kari", text="Hvilken skriver?", status=Status.WAITING))
    desk.clock.forward(days=20)
    assert now_report(desk.office)["all"]["overdue"] == 0


def test_what_is_not_for_the_reader_is_not_counted_and_that_is_said(desk: PaperDesk) -> None:
    secret, open_to_all = called(desk, category="lukket"), called(desk)
    for number in (secret, open_to_all):
        order(desk, number, Close(actor="kari"))
    called(desk, category="lukket")
    desk.clock.moment = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
    made = (
        now_report,
        lambda o: months.sla(o, MARCH),
        lambda o: months.channels(o, MARCH),
        lambda o: months.time(o, MARCH),
    )
    whole = [make(desk.office) for make in made]
    part = [make(by(desk.office, "per")) for make in made]
    assert [one["partial"] for one in (*whole, *part)] == [False] * 4 + [True] * 4
    assert (whole[0]["all"]["open"], part[0]["all"]["open"]) == (1, 0)
    assert (whole[1]["all"]["resolution"]["n"], part[1]["all"]["resolution"]["n"]) == (2, 1)
    assert (whole[2]["opened"], part[2]["opened"]) == (3, 1)
    assert "lukket" in {one["category"] for one in whole[3]["categories"]}
    assert "lukket" not in {one["category"] for one in (*part[0]["categories"], *part[3]["categories"])}


def test_a_month_tells_by_priority_how_targets_were_kept_in_both_clocks(desk: PaperDesk) -> None:
    desk.arrive(*(mail(number=n, sender=f"b{n}@kommune.example") for n in range(3)))
    order(desk, 1001, SetFields(actor="kari", priority="high"))
    desk.clock.forward(minutes=30)
    order(desk, 1001, Reply(actor="kari", text="Hei."))
    desk.clock.forward(days=1, hours=2)
    order(desk, 1000, Close(actor="kari", text="Ferdig."))
    order(desk, 1001, Close(actor="kari"))
    desk.clock.moment = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
    document = months.sla(desk.office, MARCH)
    high, normal = (row(document["priorities"], priority=name) for name in ("high", "normal"))
    assert [one["priority"] for one in document["priorities"]] == ["critical", "high", "normal", "low"]
    assert high["response"] == {
        "n": 1, "within": 1, "percent": 100.0, "office_median_minutes": 30.0, "office_p90_minutes": 30.0,
        "wall_median_minutes": 30.0, "wall_p90_minutes": 30.0,
    }  # fmt: skip
    # from Monday 10 to Tuesday 12.30: a day of 7.5 hours and two and a half
    assert (high["resolution"]["within"], high["resolution"]["office_median_minutes"]) == (0, 600.0)
    assert high["resolution"]["wall_median_minutes"] == 26.5 * 60
    assert (normal["response"]["within"], normal["resolution"]["percent"]) == (0, 100.0)
    assert (document["all"]["response"]["n"], document["all"]["resolution"]["n"]) == (2, 2)


def test_the_receipt_is_no_answer(desk: PaperDesk) -> None:
    desk.arrive(mail())
    assert "receipt" in {letter.kind for letter in desk.letters()}
    desk.clock.moment = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
    assert months.sla(desk.office, MARCH)["all"]["response"]["n"] == 0


def everything_of(desk: PaperDesk, month: Month) -> list[Document]:
    """Return every report of a month, as it is made now."""
    office = desk.office
    return [
        months.sla(office, month),
        months.sla(office, month, customer="Molde"),
        months.channels(office, month),
        months.time(office, month),
        months.rules(office, month),
    ]


def test_a_month_that_is_over_comes_out_the_same_whatever_happens_later(desk: PaperDesk, tmp_path: Path) -> None:
    with desk.office.store.begin() as db:
        remember_config(db, desk.config.read_text(), NOW - dt.timedelta(days=30))
    a_busy_morning(desk)
    desk.clock.moment = dt.datetime(2026, 4, 1, 7, tzinfo=dt.UTC)
    before = everything_of(desk, MARCH)
    order(desk, 1001, Reopen(actor="kari"))
    for change in (
        SetFields(actor="kari", priority="critical", category="print", customer="Aukra"),
        Assign(actor="kari", to="per"),
    ):
        order(desk, 1001, change)
    order(desk, 1001, Close(actor="per", text="Igjen."))
    order(desk, 1002, Close(actor="per"))
    desk.arrive(mail("Ny sak", number=99))
    renamed = desk.config.read_text().replace('name = "it"\n', 'name = "it"\ntitle = "IKT"\n')
    renamed = renamed.replace('name = "aldri"', 'name = "en annen"')
    renamed += '\n[[priority]]\nname = "normal"\ntitle = "Vanlig"\nresponse = "1h"\n'
    renamed += '\n[[calendar]]\nname = "office"\nhours = { mon = ["10:00-11:00"] }\n'
    desk.config.write_text(renamed)
    settings = load(desk.config, env={}, with_secrets=False)
    desk.office = replace(desk.office, settings=settings)
    with desk.office.store.begin() as db:
        remember_config(db, renamed, desk.clock.now())
    desk.clock.forward(days=60)
    assert everything_of(desk, MARCH) == before
    assert [(one["rule"], one["hits"]) for one in before[-1]["rules"]] == [("ny", 1), ("aldri", 0)]
    april = months.sla(desk.office, MARCH.following)
    assert row(april["priorities"], priority="critical")["resolution"]["n"] == 1
    assert row(april["priorities"], priority="normal")["title"] == "Vanlig"


def test_a_config_of_then_that_is_not_read_any_more_gives_way_to_that_of_today(desk: PaperDesk) -> None:
    with desk.office.store.begin() as db:
        remember_config(db, "[desk]\nunknown = 1\n", NOW)
    desk.clock.moment = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
    assert months.sla(desk.office, MARCH)["desk"] == "Kundeservice"


def test_the_annex_is_of_one_customer_with_the_terms_of_the_month(desk: PaperDesk) -> None:
    desk.arrive(mail(number=1), mail(number=2, sender="per@aukra.example"))
    for number in (1000, 1001):
        order(desk, number, Close(actor="kari", text="Ferdig."))
    desk.clock.moment = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
    molde, aukra = (months.sla(desk.office, MARCH, customer=name) for name in ("Molde", "Aukra"))
    assert (molde["customer_title"], molde["all"]["resolution"]["n"]) == ("Molde kommune", 1)
    assert (aukra["customer_title"], aukra["all"]["response"]["n"]) == ("Aukra", 1)
    terms = molde["terms"]
    assert terms["channels"][0] == {"channel": "mail", "address": "kundeservice@desk.example", "category": "it"}
    assert row(terms["targets"], priority="critical")["response"] == "15m"
    with pytest.raises(NotFound, match="no customer Vestnes"):
        months.sla(desk.office, MARCH, customer="Vestnes")


def test_channels_sum_up_to_all_cases_of_the_month(desk: PaperDesk) -> None:
    desk.arrive(mail(number=1), mail(number=2, sender="a@kommune.example"))
    called(desk)
    called(desk, channel=Channel.COUNTER)
    desk.clock.moment = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
    called(desk)
    document = months.channels(desk.office, MARCH)
    assert document["opened"] == counted(desk, "opened_at < '2026-03-31 22:00:00'") == 4
    assert {one["channel"]: one["opened"] for one in document["channels"]} == {
        "mail": 2, "phone": 1, "web": 0, "counter": 1,
    }  # fmt: skip
    assert sum(day["opened"] for day in document["days"]) == sum(document["types"].values()) == 4
    assert (len(document["days"]), row(document["days"], date="2026-03-09")["opened"]) == (31, 4)


def test_time_is_split_in_queue_internal_and_external_in_both_clocks(desk: PaperDesk) -> None:
    desk.arrive(mail())  # Monday 10.00
    desk.clock.forward(hours=1)
    order(desk, 1000, Take(actor="kari"))
    desk.clock.forward(hours=2)
    order(desk, 1000, Reply(actor="kari", text="Hvilken?", status=Status.WAITING))  # 13.00
    desk.clock.forward(hours=20)
    order(desk, 1000, SetFields(actor="kari", status=Status.OPEN))  # Tuesday 09.00
    desk.clock.forward(hours=8)
    order(desk, 1000, Close(actor="kari"))  # 17.00, closed since 15.30
    desk.clock.moment = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
    document = months.time(desk.office, MARCH)
    spent = row(document["categories"], category="it")
    assert spent["queue"] == {"office_minutes": 60.0, "wall_minutes": 60.0}
    assert spent["internal"] == {"office_minutes": (2 + 6.5) * 60, "wall_minutes": 10 * 60.0}
    assert spent["external"] == {"office_minutes": (2.5 + 1) * 60, "wall_minutes": 20 * 60.0}
    assert document["all"] == {kept: spent[kept] for kept in ("queue", "internal", "external")}


def test_a_case_over_the_turn_of_a_month_counts_in_each_with_its_share(desk: PaperDesk) -> None:
    desk.clock.moment = dt.datetime(2026, 3, 31, 20, 0, tzinfo=dt.UTC)  # two hours before April
    desk.arrive(mail())
    desk.clock.forward(hours=5)
    document = months.time(desk.office, MARCH)
    assert document["all"]["queue"]["wall_minutes"] == 120.0
    april = months.time(desk.office, MARCH.following)
    assert (april["complete"], april["all"]["queue"]["wall_minutes"]) == (False, 180.0)


def test_without_a_month_it_is_the_last_one_that_is_over(desk: PaperDesk) -> None:
    assert months.channels(desk.office, None)["month"] == "2026-02"
    running = months.channels(desk.office, MARCH)
    assert (running["complete"], running["until"]) == (False, "2026-03-09T10:00:00+01:00")
    with pytest.raises(UsageError, match="2026-04 has not begun"):
        months.channels(desk.office, MARCH.following)

"""Target times: the priority's clock, and the category's calendar where that clock is the office's."""

import datetime as dt
from dataclasses import replace

import pytest

from inboxd.desk.deadline import Dues, due
from inboxd.desk.desk import Calendar, Category, Desk, Priority, ReceiptPolicy, Target

OFFICE = Calendar(name="office", week=(((480, 930),),) * 5 + ((),) * 2, holidays="NO")
EVENING = Calendar(name="evening", week=(((960, 1200),),) * 5 + ((),) * 2)
ALWAYS = Calendar(name="24x7", week=(((0, 1440),),) * 7)
NORMAL = Priority(
    name="normal",
    title="Middels",
    response=Target(days=0, minutes=240),
    resolution=Target(days=2, minutes=0),
    clock="office",
)
CRITICAL = Priority(
    name="critical", title="Kritisk", response=Target(days=0, minutes=15), resolution=None, clock="24x7"
)
IT = Category(
    name="it", title="IT", members=(), assignment="none", manager=None, closed_reply="reopen", closed_letter=False,
    calendar="office", reopen_days=None,
)  # fmt: skip
DESK = Desk(
    name="Kundeservice", prefixes=("KS",), language="nb", timezone="Europe/Oslo", phone="", web="", admin=None,
    agent_mail="off", trusted_authserv_ids=(), send_delay=dt.timedelta(), max_message_size=1,
    receipts=ReceiptPolicy(per_address=None, unknown_senders=None, desk=None, return_path_required=False),
    agents=(), mailboxes=(),
    categories=(IT, replace(IT, name="kveld", calendar="evening"), replace(IT, name="lost", calendar="gone")),
    rules=(), priorities=(NORMAL, CRITICAL), calendars=(OFFICE, EVENING, ALWAYS),
)  # fmt: skip
OPENED = dt.datetime(2026, 1, 9, 14, 0, tzinfo=dt.UTC)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_office_targets_count_office_hours() -> None:
    found = due(DESK, "normal", "it", OPENED)
    assert found == Dues(response=at("2026-01-12T11:30:00+01:00"), resolution=at("2026-01-13T15:00:00+01:00"))


def test_a_categorys_own_calendar_stands_in_for_the_office() -> None:
    assert due(DESK, "normal", "kveld", OPENED).response == at("2026-01-09T20:00:00+01:00")


def test_a_clock_of_its_own_is_the_same_for_every_category() -> None:
    found = due(DESK, "critical", "kveld", OPENED)
    assert found == Dues(response=at("2026-01-09T15:15:00+01:00"), resolution=None)


def test_a_category_that_is_gone_counts_by_the_prioritys_calendar() -> None:
    assert due(DESK, "normal", "closed-down", OPENED) == due(DESK, "normal", "it", OPENED)


@pytest.mark.parametrize(("priority", "category"), [("gone", "it"), ("normal", "lost")])
def test_without_a_priority_or_a_calendar_there_is_no_target(priority: str, category: str) -> None:
    assert due(DESK, priority, category, OPENED) == Dues(response=None, resolution=None)

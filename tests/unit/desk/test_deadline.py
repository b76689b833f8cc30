"""Target times: the priority's clock, and the category's calendar where that clock is the office's."""

import datetime as dt
from dataclasses import replace

import pytest

from inboxd.desk.clocks.deadline import NO_DUES, Dues, due, is_overdue, next_due, targets_of
from inboxd.desk.clocks.service_levels import Priority, Target, TargetSet
from inboxd.desk.desk import Calendar, Category, Desk, ReceiptPolicy

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


# ---- Targets that categories share (N20).
STANDARD = TargetSet(name="standard", levels=(("normal", Target(days=0, minutes=120), None),))


def sharing(*names: str, standard: TargetSet = STANDARD) -> Desk:
    categories = tuple(replace(c, targets="standard") if c.name in names else c for c in DESK.categories)
    return replace(DESK, target_sets=(standard,), categories=categories)


def test_one_edit_of_a_target_set_changes_every_category_that_shares_it_and_no_other() -> None:
    both = sharing("it", "kveld")
    assert due(both, "normal", "it", OPENED) == Dues(response=at("2026-01-12T09:30:00+01:00"), resolution=None)
    assert due(both, "normal", "kveld", OPENED).response == at("2026-01-09T18:00:00+01:00")
    shorter = replace(STANDARD, levels=(("normal", Target(days=0, minutes=60), None),))
    edited = sharing("it", "kveld", standard=shorter)
    assert due(edited, "normal", "it", OPENED).response == at("2026-01-12T08:30:00+01:00")
    assert due(edited, "normal", "kveld", OPENED).response == at("2026-01-09T17:00:00+01:00")
    assert due(sharing("it"), "normal", "kveld", OPENED) == due(DESK, "normal", "kveld", OPENED)


def test_a_priority_that_a_target_set_does_not_name_keeps_its_own_targets() -> None:
    assert due(sharing("it"), "critical", "it", OPENED) == due(DESK, "critical", "it", OPENED)
    assert targets_of(DESK, "gone", "it") == (None, None)


# ---- What is due next, and what is late.
SOON = Dues(response=at("2026-01-09T15:00:00+01:00"), resolution=at("2026-01-12T09:00:00+01:00"))
LATER = at("2026-01-09T16:00:00+01:00")


def test_the_answer_is_due_first_and_after_it_the_solution() -> None:
    assert next_due(SOON, responded=False) == SOON.response
    assert next_due(SOON, responded=True) == SOON.resolution
    assert next_due(replace(SOON, resolution=None), responded=True) is None


def test_a_case_is_late_once_a_target_has_passed_and_not_while_its_clocks_stand_still_before_it() -> None:
    assert is_overdue(SOON, LATER, responded=False, paused_at=None)
    assert not is_overdue(SOON, LATER, responded=True, paused_at=None)
    assert not is_overdue(SOON, LATER, responded=False, paused_at=SOON.response)
    assert is_overdue(SOON, LATER, responded=False, paused_at=LATER)
    assert not is_overdue(NO_DUES, LATER, responded=False, paused_at=None)


# ---- Pauses.
def test_pauses_move_a_target_by_the_open_time_that_they_took() -> None:
    lunch = (at("2026-01-12T08:30:00+01:00"), at("2026-01-12T09:00:00+01:00"))
    night = (at("2026-01-12T16:00:00+01:00"), at("2026-01-13T07:00:00+01:00"))
    found = due(DESK, "normal", "it", OPENED, (lunch, night))
    assert found == Dues(response=at("2026-01-12T12:00:00+01:00"), resolution=at("2026-01-13T15:30:00+01:00"))


def test_a_pause_in_a_calendar_that_never_opens_again_leaves_no_target() -> None:
    shut = replace(OFFICE, days=tuple((dt.date(2026, 1, 12) + dt.timedelta(days=n), ()) for n in range(3700)))
    monday = (at("2026-01-09T15:10:00+01:00"), at("2026-01-12T09:00:00+01:00"))
    closed_down = replace(DESK, calendars=(shut, EVENING, ALWAYS))
    short = Target(days=0, minutes=20)
    gone = replace(closed_down, priorities=(replace(NORMAL, response=short, resolution=short),))
    assert due(gone, "normal", "it", OPENED) != NO_DUES
    assert due(gone, "normal", "it", OPENED, (monday, monday)) == NO_DUES

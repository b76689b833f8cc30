"""What a decision means to the clocks: pauses, targets that move, what is measured."""

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inboxd.desk.case import Case, Role, Status
from inboxd.desk.clocks.deadline import due
from inboxd.desk.clocks.escalation import ESCALATION
from inboxd.desk.clocks.running import follow, kind_of_time, pauses, stands_still
from inboxd.desk.clocks.service_levels import EscalationLevel, Priority, Reaction, Target
from inboxd.desk.decision import AddEntry, CaseField, Decision, Measured, SetField, SetTimer
from inboxd.desk.desk import Desk
from inboxd.desk.intake import decide
from inboxd.desk.order import Close, Reopen, Reply, SetFields
from inboxd.desk.orders import act
from inboxd.desk.view import KnownEscalation, KnownStanding, View
from inboxd.mail.message import MailKind
from tests.unit.desk import mails
from tests.unit.desk.desks import (
    HOUR,
    NOW,
    OLA,
    TURID,
    case,
    changes_of,
    decided,
    desk,
    fields_set,
    letter,
    party,
    said_aloud,
    view,
)

OPENED = NOW - 2 * HOUR  # 08:00 at the desk
ANSWER = dt.timedelta(hours=4)


def oslo(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Oslo"))


def fresh(**changes: Any) -> Case:
    """Return a case of this morning that nobody has answered yet, with the targets of its priority."""
    dues = due(desk(), "normal", "it", OPENED)
    values = {"opened_at": OPENED, "responded_at": None, "escalates_from": OPENED}
    return case(**{**values, "response_due": dues.response, "resolution_due": dues.resolution, **changes})


def stood(*moments: tuple[dt.datetime, Status], case_id: int = 1) -> tuple[KnownStanding, ...]:
    return tuple(KnownStanding(case_id=case_id, at=at, status=status.value, assignee="kari") for at, status in moments)


def after(*fields: tuple[CaseField, Any], before: Case, now: dt.datetime = NOW, **of_view: Any) -> Decision:
    changes = tuple(SetField(case_id=1, field=field, value=value, actor="kari") for field, value in fields)
    return follow(Decision(kind="agent_order", changes=changes), view(before, **of_view), now)


def measured(decision: Decision) -> list[Measured]:
    return changes_of(decision, Measured)


# ---- What counts to whom.
@pytest.mark.parametrize(
    ("status", "assignee", "kind"),
    [
        ("new", None, "queue"),
        ("new", "kari", "queue"),
        ("open", None, "queue"),
        ("open", "kari", "internal"),
        ("postponed", None, "queue"),
        ("postponed", "kari", "internal"),
        ("waiting", "kari", "external"),
        ("waiting", None, "external"),
        ("solved", "kari", None),
        ("closed", "kari", None),
        ("merged", "kari", None),
    ],
)
def test_each_status_counts_to_the_queue_to_us_or_to_others(
    status: str, assignee: str | None, kind: str | None
) -> None:
    assert kind_of_time(status, assignee) == kind
    assert stands_still(status) == (kind in {None, "external"})


def test_a_pause_is_from_waiting_or_rest_to_work_and_the_last_one_may_go_on() -> None:
    told = stood(
        (OPENED, Status.NEW),
        (OPENED + HOUR, Status.WAITING),
        (OPENED + 2 * HOUR, Status.CLOSED),
        (OPENED + 3 * HOUR, Status.OPEN),
        (OPENED + 4 * HOUR, Status.POSTPONED),
        (OPENED + 5 * HOUR, Status.SOLVED),
    )
    now = OPENED + 9 * HOUR
    assert pauses(told, now) == ((OPENED + HOUR, OPENED + 3 * HOUR), (OPENED + 5 * HOUR, now))
    assert pauses(told[:4], now) == ((OPENED + HOUR, OPENED + 3 * HOUR),)
    assert pauses((), now) == ()


# ---- Pausing and going on.
@pytest.mark.parametrize("status", [Status.WAITING, Status.SOLVED, Status.CLOSED, Status.MERGED])
def test_the_clocks_stop_where_the_case_waits_for_others_or_rests(status: Status) -> None:
    assert fields_set(after(("status", status.value), before=fresh()))["paused_at"] == NOW


@pytest.mark.parametrize("status", [Status.OPEN, Status.POSTPONED])
def test_the_clocks_run_where_the_desk_works_or_puts_it_off(status: Status) -> None:
    assert "paused_at" not in fields_set(after(("status", status.value), before=fresh(status=Status.NEW)))


def test_what_was_left_of_the_targets_is_left_when_the_case_goes_on() -> None:
    before = fresh(status=Status.WAITING, paused_at=OPENED + HOUR, responded_at=OPENED)
    later = NOW + 24 * HOUR  # Tuesday 10:00: a working day and an hour after the pause began
    decision = after(("status", "open"), before=before, now=later)
    assert fields_set(decision) == {
        "status": "open",
        "paused_at": None,
        "response_due": later + 3 * HOUR,
        "resolution_due": oslo("2026-03-12 09:00"),
    }
    assert {change.field for change in changes_of(decision, SetField) if not change.quiet} == {"status"}


def test_a_target_that_had_passed_when_the_pause_began_stays_where_it_was() -> None:
    late = NOW - HOUR
    before = fresh(status=Status.WAITING, paused_at=NOW - HOUR / 2, response_due=late, resolution_due=None)
    assert fields_set(after(("status", "open"), before=before, now=NOW + HOUR)) == {"status": "open", "paused_at": None}


def test_a_pause_out_of_hours_costs_nothing() -> None:
    evening, morning = oslo("2026-03-09 20:00"), oslo("2026-03-10 07:30")
    before = fresh(status=Status.WAITING, paused_at=evening)
    assert fields_set(after(("status", "open"), before=before, now=morning)) == {"status": "open", "paused_at": None}


def test_from_waiting_to_closed_the_clocks_stand_since_the_waiting() -> None:
    before = fresh(status=Status.WAITING, paused_at=NOW - HOUR)
    assert "paused_at" not in fields_set(after(("status", "closed"), before=before))


def test_a_case_whose_calendar_is_gone_goes_on_with_its_old_targets() -> None:
    before = fresh(status=Status.WAITING, paused_at=NOW - HOUR, priority="gone")
    assert fields_set(after(("status", "open"), before=before)) == {"status": "open", "paused_at": None}


# ---- Other targets.
def test_another_priority_counts_from_the_opening_without_the_pauses() -> None:
    before = fresh()
    told = stood((OPENED, Status.NEW), (OPENED + HOUR / 2, Status.WAITING), (OPENED + HOUR, Status.OPEN))
    decision = after(("priority", "high"), before=before, standings=told)
    # high counts round the clock: one hour, and half an hour of waiting
    assert fields_set(decision)["response_due"] == OPENED + HOUR * 1.5
    assert fields_set(decision)["resolution_due"] == OPENED + HOUR * 4.5


def test_while_it_waits_another_priority_counts_up_to_the_pause() -> None:
    before = fresh(status=Status.WAITING, paused_at=OPENED + HOUR / 2)
    told = stood((OPENED, Status.NEW), (OPENED + HOUR / 2, Status.WAITING))
    decision = after(("priority", "high"), before=before, standings=told)
    assert fields_set(decision)["response_due"] == OPENED + HOUR
    going_on = after(("priority", "high"), ("status", "open"), before=before, standings=told, now=OPENED + 3 * HOUR)
    assert fields_set(going_on)["response_due"] == OPENED + 3.5 * HOUR


def test_set_with_the_priority_it_has_counts_a_cases_targets_by_the_config_of_today() -> None:
    short = tuple(replace(p, response=Target(days=0, minutes=30)) for p in desk().priorities)
    order = SetFields(actor="kari", priority="normal")
    decision = decided(act(order, view(fresh(), desk=desk(priorities=short)), NOW))
    assert fields_set(decision)["response_due"] == OPENED + HOUR / 2
    assert said_aloud(decision) == {"response_due"}
    other = decided(act(SetFields(actor="kari", priority="high"), view(fresh()), NOW))
    assert said_aloud(other) == {"priority"}


def test_who_has_no_address_has_no_answer_due_whatever_becomes_of_the_case() -> None:
    caller = fresh(requester=replace(party(OLA), address=""), response_due=None)
    machine = fresh(by_machine=True, response_due=None)
    for before in (caller, machine):
        assert "response_due" not in fields_set(after(("priority", "high"), before=before))


def machines(**changes: Any) -> Case:
    return fresh(**{"by_machine": True, "response_due": None, **changes})


def test_a_person_who_writes_on_a_machines_case_is_to_be_answered_from_then() -> None:
    asked = decide(mails.answer(), view(machines(), letters=(letter(),)), NOW)
    assert fields_set(asked)["asked_at"] == NOW
    assert fields_set(asked)["response_due"] == NOW + 4 * HOUR
    assert not {"resolution_due", "counted_at"} & fields_set(asked).keys()
    woken = machines(status=Status.WAITING, paused_at=OPENED)
    told = stood((OPENED, Status.WAITING))
    again = decide(mails.answer(), view(woken, letters=(letter(),), standings=told), NOW)
    assert fields_set(again)["response_due"] == NOW + 4 * HOUR


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (MailKind.NOTIFICATION, {}),
        (MailKind.HUMAN, {"responded_at": OPENED}),
        (MailKind.HUMAN, {"asked_at": OPENED, "response_due": OPENED + 4 * HOUR}),
        (MailKind.HUMAN, {"by_machine": False}),
        (MailKind.HUMAN, {"participants": (party(TURID), party(OLA, Role.SUPPLIER))}),
    ],
)
def test_another_mail_on_it_sets_no_target(kind: MailKind, changes: dict[str, Any]) -> None:
    decision = decide(mails.answer(kind), view(machines(**changes), letters=(letter(),)), NOW)
    assert not {"asked_at", "response_due"} & fields_set(decision).keys()


def test_another_priority_counts_the_answer_from_when_the_person_wrote_and_so_is_it_measured() -> None:
    asked_at = OPENED + HOUR
    before = machines(asked_at=asked_at, response_due=asked_at + 4 * HOUR)
    assert fields_set(after(("priority", "high"), before=before))["response_due"] == asked_at + HOUR
    told = stood((OPENED, Status.WAITING), (asked_at + HOUR / 2, Status.OPEN))
    paused = after(("priority", "high"), before=before, standings=told)
    assert fields_set(paused)["response_due"] == asked_at + 1.5 * HOUR
    (found,) = measured(decided(act(Reply(actor="kari", text="Hei"), view(before), NOW)))
    assert found.wall_seconds == int((NOW - asked_at).total_seconds())
    (found,) = measured(decided(act(Close(actor="kari"), view(replace(before, responded_at=NOW)), NOW)))
    assert found.wall_seconds == int((NOW - OPENED).total_seconds())


def test_a_case_knows_when_its_targets_were_last_counted() -> None:
    assert fields_set(after(("priority", "high"), before=fresh()))["counted_at"] == NOW
    for fields in ((("status", "closed"),), (("category", "it"),)):
        assert "counted_at" not in fields_set(after(*fields, before=fresh()))


# ---- What is measured.
def test_the_first_answer_is_measured_by_both_clocks() -> None:
    before = fresh(opened_at=oslo("2026-03-06 15:00"), response_due=oslo("2026-03-09 11:30"))
    decision = decided(act(Reply(actor="kari", text="Hei"), view(before), NOW))
    (found,) = measured(decision)
    assert (found.target, found.within, found.due) == ("response", True, before.response_due)
    assert found.office_seconds == 30 * 60 + 2 * 3600
    assert found.wall_seconds == int((NOW - before.opened_at).total_seconds())


def test_a_second_answer_and_a_note_are_no_response() -> None:
    again = decided(act(Reply(actor="kari", text="Hei"), view(fresh(responded_at=NOW - HOUR)), NOW))
    assert measured(again) == []


def test_time_outside_counts_in_neither_clock() -> None:
    before = fresh(responded_at=OPENED)
    told = stood((OPENED, Status.NEW), (OPENED + HOUR / 2, Status.WAITING), (OPENED + 1.5 * HOUR, Status.OPEN))
    (found,) = measured(decided(act(Close(actor="kari"), view(before, standings=told), NOW)))
    assert (found.target, found.office_seconds, found.wall_seconds) == ("resolution", 3600, 3600)


def test_each_end_of_work_is_measured_and_a_solved_case_that_is_closed_is_no_second_end() -> None:
    closed = decided(act(Close(actor="kari"), view(fresh(responded_at=OPENED)), NOW))
    assert [one.target for one in measured(closed)] == ["resolution"]
    rests = fresh(status=Status.SOLVED, paused_at=NOW - HOUR, responded_at=OPENED)
    assert measured(after(("status", "closed"), before=rests)) == []
    assert measured(after(("status", "merged"), before=fresh())) == []


def test_answer_and_close_in_one_are_measured_as_both() -> None:
    both = decided(act(Reply(actor="kari", text="Løst", status=Status.CLOSED), view(fresh()), NOW))
    assert [one.target for one in measured(both)] == ["response", "resolution"]


@pytest.mark.parametrize(
    ("due_at", "within"), [(NOW, True), (NOW + HOUR, True), (NOW - dt.timedelta(seconds=1), False), (None, True)]
)
def test_on_time_is_at_the_target_or_before_it_or_where_there_is_none(due_at: dt.datetime | None, within: bool) -> None:
    before = fresh(responded_at=OPENED, resolution_due=due_at)
    (found,) = measured(after(("status", "solved"), before=before))
    assert (found.within, found.due) == (within, due_at)


def test_closing_a_case_that_waits_is_judged_by_the_moment_at_which_its_clocks_stopped() -> None:
    before = fresh(status=Status.WAITING, paused_at=NOW - HOUR, resolution_due=NOW - HOUR / 2, responded_at=OPENED)
    (found,) = measured(after(("status", "closed"), before=before))
    assert found.within


def test_without_a_calendar_office_time_is_that_of_the_wall() -> None:
    (found,) = measured(after(("status", "closed"), before=fresh(priority="gone", responded_at=OPENED)))
    assert found.office_seconds == found.wall_seconds == 7200


def test_after_closing_and_opening_again_the_clocks_go_on_where_they_were() -> None:
    closed_at = OPENED + HOUR
    before = fresh(status=Status.CLOSED, paused_at=closed_at, closed_at=closed_at, responded_at=OPENED)
    later = oslo("2026-03-10 08:00")
    decision = decided(act(Reopen(actor="kari"), view(before), later))
    assert before.resolution_due is not None
    assert fields_set(decision)["resolution_due"] == oslo("2026-03-11 14:30")
    assert fields_set(decision)["paused_at"] is None


# ---- The timer of escalation.
WARNING = EscalationLevel(of="response", before=True, after=Target(days=0, minutes=30), to=("assignee",))
PASSED = EscalationLevel(of="resolution", before=False, after=Target(days=0, minutes=0), to=("manager",))


def escalating(*events: tuple[Any, Reaction], levels: tuple[EscalationLevel, ...] = (WARNING, PASSED)) -> Desk:
    normal, high = desk().priorities
    both: tuple[Priority, ...] = (replace(normal, escalation=levels, events=events), replace(high, escalation=levels))
    return desk(priorities=both)


def rings(decision: Decision) -> list[dt.datetime | None]:
    return [change.rings_at for change in changes_of(decision, SetTimer) if change.name == ESCALATION]


def test_where_no_priority_escalates_nothing_is_written_about_it() -> None:
    decision = after(("status", "closed"), ("priority", "high"), before=fresh())
    assert rings(decision) == []
    assert {"round", "escalates_from"}.isdisjoint(fields_set(decision))


NEXT_MORNING = oslo("2026-03-11 08:00")
"""The solution is due on Tuesday when the desk closes: that it passed is told when the desk opens again."""


def test_an_answer_leaves_the_target_of_the_solution() -> None:
    decision = decided(act(Reply(actor="kari", text="Hei"), view(fresh(), desk=escalating()), NOW))
    assert rings(decision) == [NEXT_MORNING]


def test_nothing_rings_while_the_clocks_stand_still_and_it_rings_again_when_they_go_on() -> None:
    waiting = after(("status", "waiting"), before=fresh(), desk=escalating())
    assert rings(waiting) == [None]
    paused = fresh(status=Status.WAITING, paused_at=NOW)
    going_on = after(("status", "open"), before=paused, now=NOW + HOUR, desk=escalating())
    assert rings(going_on) == [OPENED + ANSWER + HOUR - HOUR / 2]


def test_a_closed_case_is_quiet_and_one_that_is_opened_again_begins_a_new_round() -> None:
    closed = after(("status", "closed"), before=fresh(), desk=escalating())
    assert fields_set(closed)["escalates_from"] is None
    again = after(("status", "open"), before=fresh(status=Status.CLOSED, paused_at=NOW, round=2), desk=escalating())
    assert (fields_set(again)["round"], fields_set(again)["escalates_from"]) == (3, NOW)


def test_a_change_that_concerns_no_clock_sets_no_timer() -> None:
    assert rings(after(("subject", "Toner"), before=fresh(), desk=escalating())) == []


def test_new_words_of_a_party_begin_a_new_round_only_where_the_admin_wants_that() -> None:
    mail = AddEntry(case_id=1, kind="mail_in", actor="ola", from_requester=True)
    wanted = escalating(("answered_back", "restart"))
    for where, expected in ((escalating(), {}), (wanted, {"round": 1, "escalates_from": NOW})):
        heard = follow(Decision(kind="add_to_case", changes=(mail,)), view(fresh(), desk=where), NOW)
        assert fields_set(heard) == expected


def test_two_events_at_once_begin_one_round() -> None:
    both = escalating(("taken", "restart"), ("assigned", "restart"))
    before = fresh(status=Status.NEW, assignee=None)
    decision = after(("assignee", "kari"), ("status", "open"), before=before, desk=both)
    assert fields_set(decision)["round"] == 1


def test_a_level_that_was_reached_is_not_rung_for_again() -> None:
    reached = KnownEscalation(
        case_id=1, round=0, target="response", level=-1, at=NOW, to=(), why="", acknowledged_by=None
    )
    view_of_it: View = view(fresh(), desk=escalating(), escalations=(reached,))
    looked = follow(
        Decision(kind="add_to_case", changes=(SetTimer(case_id=1, name=ESCALATION, rings_at=None),)), view_of_it, NOW
    )
    assert rings(looked) == [None, NEXT_MORNING]


def test_levels_after_a_passed_target_do_not_count_the_time_of_waiting() -> None:
    where = escalating(
        levels=(EscalationLevel(of="resolution", before=False, after=Target(days=0, minutes=120), to=()),)
    )
    values = {"response_due": None, "resolution_due": NOW - HOUR, "escalates_from": OPENED}
    waits = fresh(status=Status.WAITING, paused_at=NOW, **values)
    decision = after(("status", "open"), before=waits, now=NOW + 24 * HOUR, desk=where)
    assert fields_set(decision)["escalates_from"] == NOW + 23 * HOUR
    assert rings(decision) == [NOW + 25 * HOUR]


@pytest.mark.parametrize(
    "changes",
    [
        {"resolution_due": NOW + HOUR},
        {"resolution_due": None, "response_due": NOW - HOUR, "responded_at": NOW},
        {"escalates_from": None},
        {"priority": "gone"},
    ],
)
def test_where_no_target_had_passed_a_round_counts_on_since_it_began(changes: dict[str, Any]) -> None:
    values = {"response_due": None, "escalates_from": OPENED, **changes}
    waits = fresh(status=Status.WAITING, paused_at=NOW, **values)
    decision = after(("status", "open"), before=waits, now=NOW + 24 * HOUR, desk=escalating())
    assert "escalates_from" not in fields_set(decision)

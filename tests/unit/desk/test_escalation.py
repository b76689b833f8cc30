"""When a level of escalation is reached, and what stops, leaves and restarts a round."""

import datetime as dt
from dataclasses import replace
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from inboxd.desk.clocks.escalation import (
    DEFAULTS,
    Counted,
    Run,
    after_event,
    first_run,
    is_used,
    next_ring,
    steps,
)
from inboxd.desk.clocks.service_levels import DeskEvent, EscalationLevel, Priority, Reaction, Target
from inboxd.desk.desk import Desk
from inboxd.desk.view import KnownEscalation
from tests.unit.desk.desks import HOUR, NOW, desk

OPENED = NOW - 2 * HOUR
RUN = Run(round=3, since=OPENED)


def oslo(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Oslo"))


def level(at: int, *, of: Any = "resolution", days: int = 0, **changes: Any) -> EscalationLevel:
    """Return a level so many minutes from its target: below 0 before it."""
    return EscalationLevel(
        of=of, before=at < 0, after=Target(days=days, minutes=abs(at)), **{"to": ("manager",), **changes}
    )


def priority(*levels: EscalationLevel, **changes: Any) -> Priority:
    return replace(desk().priorities[0], escalation=levels, **changes)


def with_levels(*levels: EscalationLevel, **changes: Any) -> Desk:
    return desk(priorities=(priority(*levels, **changes), *desk().priorities[1:]))


def counted(**changes: Any) -> Counted:
    values = {
        "priority": "normal",
        "category": "it",
        "response_due": oslo("2026-03-09 12:00"),
        "resolution_due": oslo("2026-03-10 12:00"),
        "run": Run(round=0, since=OPENED),
    }
    return Counted(**{**values, **changes})


def reached(number: int, *, round_: int = 0, target: str = "resolution", by: str | None = None) -> KnownEscalation:
    return KnownEscalation(
        case_id=1, round=round_, target=target, level=number, at=NOW, to=(), why="", acknowledged_by=by
    )


def moments(case: Counted, where: Desk, *known: KnownEscalation, now: dt.datetime = NOW) -> list[tuple[int, str]]:
    return [
        (step.number, step.moment.astimezone(ZoneInfo("Europe/Oslo")).strftime("%a %H:%M"))
        for step in steps(case, where, known, now)
    ]


# ---- What happens to the case (domain.md section 3): every event, every reaction.
@pytest.mark.parametrize(
    ("event", "reaction", "expected"),
    [
        (event, reaction, expected)
        for event in get_args(DeskEvent)
        for reaction, expected in (
            ("stop", Run(round=3, since=None)),
            ("continue", RUN),
            ("restart", Run(round=4, since=NOW)),
        )
    ],
)
def test_every_event_may_stop_a_round_leave_it_or_begin_a_new_one(
    event: DeskEvent, reaction: Reaction, expected: Run
) -> None:
    assert after_event(RUN, event, priority(events=((event, reaction),)), NOW) == expected


@pytest.mark.parametrize(
    ("event", "reaction"),
    [
        ("opened", "restart"),
        ("taken", "continue"),
        ("assigned", "continue"),
        ("answered_back", "continue"),
        ("priority", "restart"),
        ("closed", "stop"),
    ],
)
def test_unless_the_admin_says_otherwise(event: DeskEvent, reaction: Reaction) -> None:
    assert DEFAULTS[event] == reaction
    told = after_event(RUN, event, priority(events=((event, reaction),)), NOW)
    assert after_event(RUN, event, priority(), NOW) == told
    assert after_event(RUN, event, None, NOW) == told


def test_there_are_six_events_and_three_reactions() -> None:
    assert (len(get_args(DeskEvent)), len(get_args(Reaction)), set(DEFAULTS)) == (6, 3, set(get_args(DeskEvent)))


def test_a_stopped_round_is_stopped_until_one_restarts() -> None:
    stopped = Run(round=3, since=None)
    assert after_event(stopped, "assigned", priority(), NOW) == stopped
    assert after_event(stopped, "priority", priority(), NOW) == Run(round=4, since=NOW)


@pytest.mark.parametrize(("reaction", "since"), [("restart", OPENED), ("continue", OPENED), ("stop", None)])
def test_the_first_round_begins_with_the_case_unless_opening_stops_it(
    reaction: Reaction, since: dt.datetime | None
) -> None:
    assert first_run(priority(events=(("opened", reaction),)), OPENED) == Run(round=0, since=since)
    assert first_run(None, OPENED) == Run(round=0, since=OPENED)


# ---- When.
def test_levels_count_from_their_target_in_open_time_the_next_one_first() -> None:
    where = with_levels(level(240), level(-150), level(0, of="response"), level(0, days=1))
    assert moments(counted(), where) == [(1, "Mon 12:00"), (-1, "Tue 09:30"), (1, "Wed 08:30"), (2, "Wed 12:00")]


def test_a_warning_reaches_back_over_a_night() -> None:
    assert moments(counted(response_due=oslo("2026-03-10 08:10")), with_levels(level(-30, of="response"))) == [
        (-1, "Mon 15:10")
    ]


def test_a_warning_from_before_the_round_is_not_given() -> None:
    assert moments(counted(response_due=OPENED + HOUR / 4), with_levels(level(-30, of="response"))) == []


def test_a_warning_after_its_target_is_not_given() -> None:
    where = with_levels(level(-30, of="response"))
    assert moments(counted(), where, now=oslo("2026-03-09 11:59")) == [(-1, "Mon 11:30")]
    assert moments(counted(), where, now=oslo("2026-03-09 12:00")) == []


def test_where_the_target_has_passed_a_new_round_counts_from_its_beginning() -> None:
    case = counted(resolution_due=OPENED - 24 * HOUR, run=Run(round=1, since=NOW))
    assert moments(case, with_levels(level(0), level(120))) == [(1, "Mon 10:00"), (2, "Mon 12:00")]


@pytest.mark.parametrize(
    "changes",
    [
        {"paused_at": NOW},
        {"run": Run(round=0, since=None)},
        {"priority": "gone"},
        {"resolution_due": None},
        {"category": "it", "priority": "high"},
    ],
)
def test_nothing_is_reached_on_a_case_that_rests_is_stopped_or_has_no_such_target(changes: dict[str, Any]) -> None:
    assert moments(counted(**changes), with_levels(level(0))) == []


def test_an_answered_case_has_no_answer_to_escalate() -> None:
    where = with_levels(level(0, of="response"), level(0))
    assert moments(counted(responded_at=NOW), where) == [(1, "Tue 12:00")]


def test_each_level_is_reached_once_a_round() -> None:
    where = with_levels(level(0), level(120))
    assert [number for number, _ in moments(counted(), where, reached(1))] == [2]
    assert [number for number, _ in moments(counted(run=Run(round=1, since=NOW)), where, reached(1))] == [1, 2]


def test_what_somebody_has_acknowledged_goes_no_further_in_its_round() -> None:
    where = with_levels(level(0, of="response"), level(0), level(120))
    seen = reached(2, by="gro")
    assert [number for number, _ in moments(counted(), where, seen)] == [1]
    assert [number for number, _ in moments(counted(run=Run(round=1, since=NOW)), where, seen)] == [1, 1, 2]


def test_a_calendar_that_never_opens_reaches_nothing() -> None:
    shut = replace(desk().calendars[0], week=((),) * 7)
    where = replace(with_levels(level(0), level(-30)), calendars=(shut, *desk().calendars[1:]))
    assert moments(counted(), where) == []


# ---- When the clock looks again.
def test_it_rings_for_the_next_level_and_never_for_one_that_has_none() -> None:
    assert next_ring(counted(), with_levels(level(0)), (), NOW) == oslo("2026-03-10 12:00")
    assert next_ring(counted(), with_levels(), (), NOW) is None
    assert next_ring(counted(priority="gone"), with_levels(level(0)), (), NOW) is None


def test_what_came_due_meanwhile_rings_at_once_or_when_the_desk_opens() -> None:
    where, overdue = with_levels(level(0)), counted(resolution_due=OPENED)
    assert next_ring(overdue, where, (), NOW) == NOW
    assert next_ring(overdue, where, (), oslo("2026-03-13 22:00")) == oslo("2026-03-16 08:00")
    around = with_levels(level(0), clock="24x7")
    assert next_ring(overdue, around, (), oslo("2026-03-13 22:00")) == oslo("2026-03-13 22:00")


def test_a_target_that_passes_at_closing_time_is_told_when_the_desk_opens() -> None:
    friday = counted(resolution_due=oslo("2026-03-13 15:30"))
    assert next_ring(friday, with_levels(level(0)), (), NOW) == oslo("2026-03-16 08:00")


def test_a_desk_uses_escalation_where_a_priority_has_levels() -> None:
    assert (is_used(desk()), is_used(with_levels(level(0)))) == (False, True)

"""What the clock does: a case put off until a time comes back when it passes."""

import datetime as dt

import pytest

from inboxd.desk.case import Status
from inboxd.desk.tick import tick
from tests.unit.desk.desks import HOUR, NOW, case, fields_set, said_aloud, sent_to, view


@pytest.mark.parametrize("status", [Status.WAITING, Status.POSTPONED])
@pytest.mark.parametrize("until", [NOW, NOW - HOUR])
def test_a_case_whose_time_has_come_wakes_and_its_agent_is_told(status: Status, until: dt.datetime) -> None:
    decision = tick(view(due_to_wake=(case(status=status, until=until),)), NOW)
    assert fields_set(decision) == {"status": "open", "until": None}
    assert said_aloud(decision) == {"status"}
    assert sent_to(decision, "agent") == ["kari@desk.example"]
    assert decision.letters[0].template == "agent_woken"


@pytest.mark.parametrize("until", [NOW + HOUR, None])
def test_a_case_whose_time_has_not_come_sleeps_on(until: dt.datetime | None) -> None:
    decision = tick(view(due_to_wake=(case(status=Status.WAITING, until=until),)), NOW)
    assert (decision.changes, decision.letters) == ((), ())


def test_every_case_that_is_due_wakes_at_once() -> None:
    asleep = (case(until=NOW), case(id=2, until=NOW, assignee=None), case(id=3, until=NOW + HOUR))
    decision = tick(view(due_to_wake=asleep), NOW)
    assert {change.case_id for change in decision.changes} == {1, 2}  # type: ignore[union-attr]  # all are SetField
    assert sent_to(decision, "agent") == ["kari@desk.example", "kari@desk.example", "per@desk.example"]


def test_a_clock_with_nothing_due_changes_nothing() -> None:
    assert tick(view(), NOW).changes == ()

"""The morning letter: when an agent's office opens, what there is to tell, and when there is nothing."""

import datetime as dt
from typing import Any

import pytest

from inboxd.desk.desk import Calendar, Desk
from inboxd.desk.letters.morning import LATE, ListedCase, morning, opening
from tests.unit.desk.desks import AROUND_THE_CLOCK, HOUR, NOW, OFFICE, agent, category, desk

OPENING = NOW.replace(hour=7)
"""08:00 on a Monday at the desk."""

YESTERDAY = OPENING - 24 * HOUR
KARI = agent("kari")
EARLY = Calendar(name="early", week=(((420, 900),),) * 5 + ((), ()))


def listed(reference: str = "KS-10429", **changes: Any) -> ListedCase:
    values: dict[str, Any] = {
        "category": "it",
        "status": "open",
        "assignee": "kari",
        "requester": "Ola Nordmann",
        "subject": "Skriveren",
        "response_due": None,
        "resolution_due": None,
        "paused": False,
        "updated_at": YESTERDAY,
    }
    return ListedCase(**{"reference": reference, **values, **changes})


def lists(*cases: ListedCase, where: Desk | None = None) -> tuple[list[str], list[str], list[str]] | None:
    told = morning(KARI, cases, where or desk(), OPENING)
    if told is None:
        return None
    assert told.at == OPENING
    today, mine, unassigned = ([case.reference for case in of] for of in (told.due_today, told.mine, told.unassigned))
    return today, mine, unassigned


@pytest.mark.parametrize(
    ("after", "told"),
    [(-dt.timedelta(seconds=1), False), (0 * HOUR, True), (LATE - dt.timedelta(seconds=1), True), (LATE, False)],
)
def test_it_is_for_the_hours_after_the_opening(after: dt.timedelta, told: bool) -> None:
    assert opening(KARI, desk(), OPENING + after) == (OPENING if told else None)


def test_there_is_none_on_a_closed_day() -> None:
    assert opening(KARI, desk(), YESTERDAY) is None


def test_the_first_of_his_categories_to_open_counts() -> None:
    both = desk(calendars=(OFFICE, EARLY), categories=(category(), category("tidlig", calendar="early")))
    early = agent("kari", categories=("it", "tidlig", "nedlagt"))
    assert opening(early, both, OPENING - HOUR) == OPENING - HOUR
    assert opening(KARI, both, OPENING - HOUR) is None


def test_what_never_closes_and_who_serves_nothing_go_by_the_office() -> None:
    always = desk(categories=(category(calendar="24x7"),))
    for who in (KARI, agent("kari", categories=())):
        assert opening(who, always, OPENING) == OPENING
        assert opening(who, always, OPENING - 8 * HOUR) is None
    assert opening(KARI, desk(calendars=(AROUND_THE_CLOCK,)), OPENING) is None


def test_who_has_left_or_does_not_want_it_has_none() -> None:
    assert opening(agent("kari", active=False), desk(), OPENING) is None
    assert opening(agent("kari", notify=frozenset({"new"})), desk(), OPENING) is None


def test_his_cases_come_by_what_is_due_today_and_the_rest_most_urgent_first() -> None:
    assert lists(
        listed("later", resolution_due=OPENING + 24 * HOUR),
        listed("never"),
        listed("today", response_due=OPENING + HOUR, resolution_due=OPENING + 90 * HOUR),
        listed("midnight", resolution_due=OPENING + 16 * HOUR),
        listed("late", resolution_due=OPENING - HOUR),
        listed("another's", assignee="per", resolution_due=OPENING),
    ) == (["late", "today"], ["midnight", "later", "never"], [])


def test_what_waits_is_listed_only_where_it_is_due_all_the_same() -> None:
    assert lists(
        listed("waits", status="waiting", paused=True, resolution_due=OPENING + HOUR),
        listed("due", status="waiting", resolution_due=OPENING + HOUR),
        listed("unpaused", paused=True, resolution_due=OPENING + HOUR),
        listed("nobody's", status="postponed", assignee=None),
    ) == (["due"], ["unpaused"], [])


def test_nobodys_cases_are_told_to_those_whom_the_category_tells() -> None:
    where = desk(
        categories=(
            category(),
            category("drift", members=("gro",)),
            category("stille", notify="none"),
            category("lukket", members=("gro",), access="members"),
        )
    )
    nobodys = [listed(name, category=name, assignee=None) for name in ("it", "drift", "stille", "nedlagt")]
    hidden = listed("lukket", category="lukket")
    assert lists(*nobodys, hidden, where=where) == ([], [], ["it"])


def test_there_is_no_letter_where_there_is_nothing_to_say() -> None:
    assert lists() is None
    assert lists(listed(assignee="per")) is None
    assert morning(KARI, [listed()], desk(), OPENING - HOUR) is None


def test_what_came_after_the_opening_is_no_reason_for_a_letter_but_is_listed_in_one() -> None:
    new = listed("new", updated_at=OPENING)
    assert lists(new) is None
    assert lists(new, listed("old")) == ([], ["new", "old"], [])


def test_a_case_is_due_to_be_answered_first() -> None:
    both = listed(response_due=OPENING, resolution_due=NOW)
    assert (both.due, both.target) == (OPENING, "response")
    answered = listed(resolution_due=NOW)
    assert (answered.due, answered.target) == (NOW, "resolution")
    assert (listed().due, listed().target) == (None, "")

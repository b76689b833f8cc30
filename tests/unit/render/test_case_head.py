"""The head of a case as `show` prints it: its status by both names, what is known of it, and what is missing."""

from typing import Any

import pytest

from inboxd.render.terminal import case_timeline

CASE: dict[str, Any] = {
    "reference": "KS-10429",
    "subject": "PC-en starter ikke",
    "status": "waiting",
    "priority": "normal",
    "category": "it",
    "assignee": "kari",
    "requester": {"name": "Ola", "address": "ola@kommune.example", "phone": None, "verified": True},
    "opened_at": "2026-03-09T10:00:00+01:00",
    "channel": "mail",
}


def head(**changes: Any) -> list[str]:
    return case_timeline({**CASE, **changes}, width=80, colour=False, full=False, events=False).splitlines()


@pytest.mark.parametrize(
    ("status", "title", "said"),
    [
        ("waiting", "Venter på svar", "waiting (Venter på svar), "),
        ("open", "Open", "open, "),
        ("open", "Åpen", "open (Åpen), "),
        ("open", None, "open, "),
    ],
)
def test_a_status_is_shown_by_the_word_to_type_and_by_the_desks_own(status: str, title: str | None, said: str) -> None:
    assert head(status=status, status_title=title)[1].startswith(said)


def test_the_fields_that_are_known_and_those_that_are_missing_stand_apart() -> None:
    lines = head(fields={"PC-navn": "MOL-1"}, missing=["brukernavn", "rom"])
    assert "Fields:    PC-navn = MOL-1" in lines
    assert "Missing:   brukernavn, rom" in lines


def test_a_case_that_lacks_nothing_says_nothing_of_it() -> None:
    assert not [line for line in head(missing=[]) if line.startswith("Missing")]


TARGETS = {"response_due": "2026-03-09T14:00:00+01:00", "resolution_due": "2026-03-11T10:00:00+01:00"}


def targets(**changes: Any) -> list[str]:
    return [line for line in head(**TARGETS | changes) if line.startswith(("Due", "Answered", "Paused"))]


def test_a_case_that_was_answered_says_when_and_only_what_is_still_due() -> None:
    answered = {"responded_at": "2026-03-09T11:12:00+01:00"}
    assert targets() == ["Due:       answer by 2026-03-09 14:00, solve by 2026-03-11 10:00"]
    assert targets(**answered) == ["Answered:  2026-03-09 11:12", "Due:       solve by 2026-03-11 10:00"]
    assert targets(**answered, resolution_due=None) == ["Answered:  2026-03-09 11:12"]


@pytest.mark.parametrize("status", ["solved", "closed", "merged"])
def test_a_case_at_rest_has_no_targets(status: str) -> None:
    assert targets(status=status, paused_at="2026-03-09T12:00:00+01:00") == []
    answered = targets(status=status, responded_at="2026-03-09T11:12:00+01:00")
    assert answered == ["Answered:  2026-03-09 11:12"]

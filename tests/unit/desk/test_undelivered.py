"""A person's words that did not arrive: the case says so and the agent is told; in doubt only the agent is."""

import pytest

from inboxd.desk.case import Status
from inboxd.desk.decision import AddEntry
from inboxd.desk.undelivered import CARRIES_WORDS, not_delivered
from tests.unit.desk.desks import case, changes_of, fields_set, said_aloud, sent_to, view

WHY = "550 5.1.1 no such user"


@pytest.mark.parametrize("status", Status)
def test_a_refused_letter_marks_the_case_and_leaves_its_status(status: Status) -> None:
    decision = not_delivered(case(status=status), letter_id=7, failed=True, why=WHY, view=view())
    assert fields_set(decision) == {"undelivered": True}
    assert said_aloud(decision) == set()
    (event,) = changes_of(decision, AddEntry)
    assert (event.kind, event.actor, event.text) == ("event", "inboxd", f"letter 7 could not be delivered: {WHY}")


def test_a_letter_of_unknown_fate_marks_nothing_but_is_written_down() -> None:
    decision = not_delivered(case(), letter_id=7, failed=False, why=WHY, view=view())
    assert fields_set(decision) == {}
    assert changes_of(decision, AddEntry)[0].text == f"letter 7 may or may not have been delivered: {WHY}"


@pytest.mark.parametrize("failed", [True, False])
def test_the_assignee_is_told_and_nobody_else(failed: bool) -> None:
    decision = not_delivered(case(), letter_id=7, failed=failed, why=WHY, view=view())
    assert sent_to(decision, "agent") == ["kari@desk.example"]
    assert [draft.template for draft in decision.letters] == ["agent_undelivered"]
    assert decision.letters[0].about.endswith(WHY)


def test_receipts_and_letters_to_agents_carry_nobodys_words() -> None:
    assert {"answer", "forward", "notice", "escalation"} == CARRIES_WORDS

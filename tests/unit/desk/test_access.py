"""Who may know of a case: everybody, or only the members of its category, its manager and admins."""

import pytest

from inboxd.desk.access import is_open_to_all, may_see, seen_categories
from inboxd.desk.decision import CancelLetters
from inboxd.desk.desk import Agent, Desk
from inboxd.desk.order import Assign, SetFields
from inboxd.desk.orders import act
from tests.unit.desk.desks import NOW, agent, case, category, changes_of, decided, desk, letter, refused, sent_to, view


def closed_desk(**changes: object) -> Desk:
    """Return a desk with an open category `it` and a closed one `hr`, which kari serves and gro manages."""
    return desk(
        agents=(
            agent("kari", categories=("it", "hr")),
            agent("per"),
            agent("gro", role="lead"),
            agent("ada", role="admin"),
            agent("ole", role="lead"),
            agent("revi", role="auditor"),
        ),
        categories=(
            category(manager=None),
            category("hr", **{"access": "members", "members": ("kari",), "manager": "gro", **changes}),
        ),
    )


def who(name: str) -> Agent | None:
    return closed_desk().agent(name)


@pytest.mark.parametrize("name", ["kari", "gro", "ada"])
def test_members_the_manager_and_admins_see_the_cases_of_a_closed_category(name: str) -> None:
    assert may_see(closed_desk(), who(name), "hr")
    assert seen_categories(closed_desk(), who(name)) is None


@pytest.mark.parametrize("name", ["per", "ole", "revi"])
def test_nobody_else_does_no_lead_and_no_auditor_either(name: str) -> None:
    assert not may_see(closed_desk(), who(name), "hr")
    assert may_see(closed_desk(), who(name), "it")
    assert seen_categories(closed_desk(), who(name)) == ("it",)


def test_root_and_the_owner_see_everything() -> None:
    assert may_see(closed_desk(), None, "hr")


def test_a_category_that_was_taken_out_is_closed_to_whom_any_is_closed() -> None:
    assert not may_see(closed_desk(), who("per"), "nedlagt")
    assert may_see(closed_desk(), who("kari"), "nedlagt")
    assert may_see(desk(), agent("per"), "nedlagt")


def test_no_case_is_given_to_an_agent_who_may_not_know_of_it() -> None:
    facts = view(case(category="hr", assignee="kari"), desk=closed_desk())
    said = refused(act(Assign(actor="kari", to="per"), facts, NOW))
    assert (said.code, said.message) == ("not_allowed", "per does not serve hr, whose cases only its members see")
    assert decided(act(Assign(actor="kari", to="gro"), facts, NOW)).changes


def test_a_case_that_is_moved_into_a_closed_category_is_told_of_to_its_members_only() -> None:
    facts = view(case(assignee="per"), desk=closed_desk())
    moved = decided(act(SetFields(actor="per", category="hr"), facts, NOW))
    assert sent_to(moved, "agent") == ["kari@desk.example"]


def test_where_nobody_gets_a_moved_case_those_hear_of_it_who_may_take_it() -> None:
    facts = view(case(assignee="per"), desk=closed_desk(assignment="none", members=("kari", "ada")))
    moved = decided(act(SetFields(actor="per", category="hr"), facts, NOW))
    assert sent_to(moved, "agent") == ["kari@desk.example", "ada@desk.example"]
    assert {draft.template for draft in moved.letters} == {"agent_new_case"}


def test_letters_to_agents_who_may_no_longer_know_of_a_case_are_stopped_before_they_leave() -> None:
    def to(name: str, letter_id: int, **changes: object) -> object:
        whom = {"kind": "agent", "state": "queued", "recipients": (f"{name}@desk.example",)}
        return letter(**{"id": letter_id, **whom, **changes})

    unsent = (to("per", 1), to("kari", 2), to("ole", 3, state="deferred"), to("ole", 4, state="active"),
              to("per", 5, kind="receipt"))  # fmt: skip
    facts = view(case(assignee="per"), desk=closed_desk(), letters=unsent)
    moved = decided(act(SetFields(actor="ada", category="hr"), facts, NOW))
    assert changes_of(moved, CancelLetters) == [CancelLetters(case_id=1, letter_ids=(1, 3), actor="ada")]


def test_a_case_that_keeps_its_category_keeps_its_letters() -> None:
    unsent = (letter(kind="agent", state="queued", recipients=("per@desk.example",)),)
    facts = view(case(assignee="per"), desk=closed_desk(), letters=unsent)
    assert changes_of(decided(act(SetFields(actor="ada", priority="high"), facts, NOW)), CancelLetters) == []


def test_only_what_every_agent_may_see_is_open_to_all() -> None:
    assert [is_open_to_all(closed_desk(), name) for name in ("it", "hr", "gone")] == [True, False, False]

"""Handing over: every open case of an agent goes to one who is there, and each of these gets one letter."""

from typing import Any

from inboxd.desk.case import Status
from inboxd.desk.decision import SetField, TurnTaken
from inboxd.desk.desk import Desk
from inboxd.desk.reference import reference
from inboxd.desk.routing.handover import hand_over
from inboxd.desk.view import Load, View
from tests.unit.desk.desks import EVENING, HOUR, NOW, agent, case, category, changes_of, desk, sent_to, view

AWAY = frozenset({"kari"})


def ref(number: int) -> str:
    return reference("KS", number)


def three(**categories: Any) -> Desk:
    """Return a desk where kari, per and gro serve `it`; `hr` is kari's and gro's alone, `drift` is left to be taken."""
    return desk(
        agents=(agent("kari"), agent("per"), agent("gro"), agent("nils", active=False)),
        categories=(
            category(members=("kari", "per", "gro"), manager=None, **categories),
            category("hr", members=("kari", "gro"), manager=None, access="members"),
            category("drift", members=("kari", "per", "gro"), manager=None, assignment="none"),
        ),
    )


def held(*which: str, **facts: Any) -> View:
    cases = (case(id=n, number=1000 + n, category=name) for n, name in enumerate(which, 1))
    return view(*cases, **{"desk": three(), "absent": AWAY, **facts})


def handed(facts: View, *, to: str | None = None, actor: str = "kari") -> list[str | None]:
    _, told = hand_over("kari", facts, NOW, to=to, actor=actor)
    return [one.to for one in told]


def test_cases_go_by_each_categorys_assignment_which_counts_those_just_handed_over() -> None:
    facts = held("it", "it", "it", loads=(Load(agent="kari", open_cases=3), Load(agent="gro", open_cases=1)))
    assert handed(facts) == ["per", "per", "gro"]


def test_turns_are_taken_case_by_case() -> None:
    facts = held("it", "it", "it", desk=three(assignment="even"))
    decision, told = hand_over("kari", facts, NOW, to=None, actor="kari")
    assert [one.to for one in told] == ["per", "gro", "per"]
    assert [turn.agent for turn in changes_of(decision, TurnTaken)] == ["per", "gro", "per"]


def test_all_cases_may_go_to_one_colleague() -> None:
    facts = held("it", "drift")
    decision, told = hand_over("kari", facts, NOW, to="gro", actor="kari")
    assert [one.to for one in told] == ["gro", "gro"]
    assert changes_of(decision, SetField)[:2] == [
        SetField(case_id=1, field="assignee", value="gro", actor="kari"),
        SetField(case_id=2, field="assignee", value="gro", actor="kari"),
    ]


def test_a_colleague_who_may_not_know_of_a_case_does_not_get_it() -> None:
    assert handed(held("hr", "it"), to="per") == ["gro", "per"]


def test_where_nobody_is_there_or_cases_are_left_to_be_taken_nobody_has_them() -> None:
    assert handed(held("drift")) == [None]
    assert handed(held("hr", absent=frozenset({"kari", "gro"}))) == [None]
    assert handed(held("nedlagt")) == [None]


def test_each_who_gets_cases_is_told_of_all_of_them_in_one_letter() -> None:
    decision, _ = hand_over("kari", held("it", "it", "it", "hr"), NOW, to=None, actor="kari")
    assert sorted(sent_to(decision, "agent")) == ["gro@desk.example", "per@desk.example"]
    letters = {draft.to[0].name: draft for draft in decision.letters}
    assert letters["per"].about.splitlines() == [
        f"{ref(1001)}  Middels  -  Åpen  Skriveren i andre etasje",
        f"{ref(1003)}  Middels  -  Åpen  Skriveren i andre etasje",
    ]
    assert (letters["per"].author, letters["per"].template, letters["per"].text) == ("kari", "agent_handover", "")


def test_cases_that_nobody_has_are_told_to_those_who_may_take_them() -> None:
    decision, _ = hand_over("kari", held("drift", "hr"), NOW, to=None, actor="kari")
    letters = {draft.to[0].name: draft for draft in decision.letters}
    assert sorted(letters) == ["gro", "per"]
    assert (letters["per"].about, letters["per"].text) == (
        "",
        f"{ref(1001)}  Middels  -  Åpen  Skriveren i andre etasje",
    )
    assert letters["gro"].about.startswith("KS-1002")
    assert letters["gro"].text.startswith("KS-1001")


def test_the_letter_has_a_line_a_case_the_most_urgent_first() -> None:
    cases = (
        case(id=1, number=1001, resolution_due=NOW + 30 * HOUR),
        case(id=2, number=1002, status=Status.WAITING, priority="gone", subject="x" * 80),
        case(id=3, number=1003, priority="high", responded_at=None, response_due=NOW + HOUR, resolution_due=EVENING),
    )
    (letter,) = hand_over("kari", view(*cases, desk=three(), absent=AWAY), NOW, to="per", actor="kari")[0].letters
    assert letter.about.splitlines() == [
        f"{ref(1003)}  Høy      2026-03-09 11:00  Åpen    Skriveren i andre etasje",
        f"{ref(1001)}  Middels  2026-03-10 16:00  Åpen    Skriveren i andre etasje",
        f"{ref(1002)}  gone     -                 Venter  {'x' * 39}…",
    ]


def test_who_hands_over_is_not_told_of_what_he_did_and_who_wants_no_letters_gets_none() -> None:
    decision, _ = hand_over("kari", held("it"), NOW, to="per", actor="per")
    assert decision.letters == ()
    quiet = desk(agents=(agent("kari"), agent("per", notify=frozenset())), categories=(category(),))
    decision, _ = hand_over("kari", held("it", desk=quiet), NOW, to=None, actor="kari")
    assert decision.letters == ()


def test_nobody_is_told_of_cases_to_be_taken_where_the_category_wants_no_such_letters() -> None:
    silent = desk(agents=(agent("kari"), agent("per")), categories=(category(assignment="none", notify="none"),))
    assert hand_over("kari", held("it", desk=silent), NOW, to=None, actor="kari")[0].letters == ()
    assert hand_over("kari", held("nedlagt"), NOW, to=None, actor="kari")[0].letters == ()


def test_personal_numbers_in_subjects_are_masked_and_a_mailbox_that_is_gone_is_not_written_from() -> None:
    secret = case(subject="Tilgang for 10915596784 til NAV", mailbox="nedlagt")
    facts = view(secret, desk=three(), absent=AWAY)
    (letter,) = hand_over("kari", facts, NOW, to="per", actor="kari")[0].letters
    assert "10915596784" not in letter.about
    assert letter.mailbox == "kundeservice"

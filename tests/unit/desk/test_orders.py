"""What an agent's order changes on a case, whom it writes to, and when it is refused."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Case, Channel, Status
from inboxd.desk.clocks.deadline import due
from inboxd.desk.decision import AddEntry, Decision, SetCustomField, SetField, SetTag
from inboxd.desk.order import Assign, Close, Note, Order, Refusal, Register, Reopen, Reply, SetFields, Take
from inboxd.desk.orders import act
from inboxd.desk.view import Load
from inboxd.mail.address import Address
from tests.unit.desk.desks import (
    HOUR,
    NOW,
    agent,
    case,
    category,
    changes_of,
    decided,
    desk,
    fields_set,
    party,
    refused,
    said_aloud,
    sent_to,
    view,
)

CALLER = party(Address(name="Ring Ring", address=""))
SAME_PERSON = Address(name="", address="OLA@kommune.example")


def ordered(order: Order, known: Case | None = None, **facts: Any) -> Decision:
    return decided(act(order, view(known or case(), **facts), NOW))


def refusal(order: Order, known: Case | None = None, **facts: Any) -> Refusal:
    return refused(act(order, view(known or case(), **facts), NOW))


def reply(**changes: Any) -> Reply:
    return Reply(**{"actor": "kari", "text": "Prøv nå.", **changes})


ORDERS: tuple[Order, ...] = (
    Take(actor="kari"),
    Assign(actor="kari", to="per"),
    SetFields(actor="kari", priority="high"),
    Note(actor="kari", text="ringte"),
    reply(),
    Close(actor="kari"),
    Reopen(actor="kari"),
    Register(actor="kari", channel=Channel.PHONE, subject="PC", text="Starter ikke"),
)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: type(order).__name__)
@pytest.mark.parametrize(
    ("actor", "why"), [("nils", "nils is no longer active"), ("revi", "revi may read but not change")]
)
def test_only_an_active_agent_who_is_no_auditor_may_act(order: Order, actor: str, why: str) -> None:
    answer = refusal(replace(order, actor=actor), case(status=Status.CLOSED))
    assert (answer.code, answer.message) == ("not_allowed", why)


@pytest.mark.parametrize(
    "order", [o for o in ORDERS if not isinstance(o, Take)], ids=lambda order: type(order).__name__
)
def test_the_admin_who_is_no_agent_may_do_all_but_take(order: Order) -> None:
    closed = case(status=Status.CLOSED if isinstance(order, Reopen) else Status.OPEN)
    assert ordered(replace(order, actor="admin"), closed).kind == "agent_order"


# ---- a personal number in an answer
NUMBER = "Fødselsnummeret er 01010750160."


def test_an_answer_that_holds_a_personal_number_does_not_leave_even_if_one_is_sure() -> None:
    answer = refusal(reply(text=NUMBER, sure=True))
    assert (answer.code, "--override" in (answer.hint or "")) == ("not_allowed", True)


def test_with_a_reason_it_leaves_and_the_reason_is_on_record() -> None:
    decision = ordered(reply(text=NUMBER, override="sykehuset ba om det"))
    assert [draft.kind for draft in decision.letters] == ["answer"]
    said = [entry.text for entry in changes_of(decision, AddEntry)]
    assert said == ["answered with a personal number in it: sykehuset ba om det"]


def test_a_reason_that_was_not_needed_is_not_put_on_record() -> None:
    assert changes_of(ordered(reply(override="for sikkerhets skyld")), AddEntry) == []


# ---- take
def test_a_case_that_nobody_has_is_taken() -> None:
    assert fields_set(ordered(Take(actor="per"), case(assignee=None))) == {"assignee": "per"}


def test_taking_a_new_case_opens_it_without_another_event() -> None:
    decision = ordered(Take(actor="per"), case(assignee=None, status=Status.NEW))
    assert fields_set(decision) == {"assignee": "per", "status": "open"}
    assert [change.quiet for change in changes_of(decision, SetField)] == [False, True]


def test_taking_what_is_mine_already_changes_nothing() -> None:
    assert ordered(Take(actor="kari")).changes == ()
    assert fields_set(ordered(Take(actor="kari"), case(status=Status.NEW))) == {"status": "open"}


def test_a_colleagues_case_is_not_taken_unasked_and_the_loser_is_told_who_won() -> None:
    answer = refusal(Take(actor="per"))
    assert (answer.code, answer.message) == ("conflict", "KS-10429 is kari's")
    assert answer.hint == "`inboxd take KS-10429 --yes` takes it over"


def test_a_colleagues_case_is_taken_by_who_is_sure() -> None:
    assert fields_set(ordered(Take(actor="per", sure=True))) == {"assignee": "per"}


def test_who_is_no_agent_takes_no_case() -> None:
    assert refusal(Take(actor="admin", sure=True), case(assignee=None)).code == "not_allowed"


def test_taking_writes_to_nobody() -> None:
    assert ordered(Take(actor="per", sure=True)).letters == ()


# ---- assign
def test_who_is_given_a_case_is_told() -> None:
    decision = ordered(Assign(actor="kari", to="per"))
    assert fields_set(decision) == {"assignee": "per"}
    assert [(d.kind, d.template, d.to[0].address) for d in decision.letters] == [
        ("agent", "agent_assigned", "per@desk.example")
    ]


def test_who_gives_a_case_to_himself_is_not_told() -> None:
    decision = ordered(Assign(actor="per", to="per"))
    assert (fields_set(decision), decision.letters) == ({"assignee": "per"}, ())


def test_a_case_may_be_given_to_nobody() -> None:
    decision = ordered(Assign(actor="kari", to=None))
    assert (fields_set(decision), decision.letters) == ({"assignee": None}, ())


@pytest.mark.parametrize(("holder", "to"), [("kari", "kari"), (None, None)])
def test_assigning_to_who_has_it_changes_nothing(holder: str | None, to: str | None) -> None:
    decision = ordered(Assign(actor="per", to=to), case(assignee=holder))
    assert (decision.changes, decision.letters) == ((), ())


def test_a_case_is_given_to_no_unknown_agent_and_the_names_are_told() -> None:
    answer = refusal(Assign(actor="kari", to="pre"))
    assert (answer.code, answer.hint) == ("not_found", "there are: kari, per, gro, revi")


@pytest.mark.parametrize("to", ["nils", "revi"])
def test_a_case_is_given_to_nobody_who_takes_no_cases(to: str) -> None:
    answer = refusal(Assign(actor="kari", to=to))
    assert (answer.code, answer.message) == ("not_allowed", f"{to} takes no cases")


# ---- set
def test_status_and_subject_are_set() -> None:
    decision = ordered(SetFields(actor="kari", status=Status.SOLVED, subject="Toner"))
    assert fields_set(decision) == {"status": "solved", "subject": "Toner", "paused_at": NOW}
    assert {change.actor for change in changes_of(decision, SetField) if not change.quiet} == {"kari"}


def test_nothing_ordered_is_nothing_changed() -> None:
    assert ordered(SetFields(actor="kari")).changes == ()


def test_tags_and_own_fields_are_set_and_taken_off() -> None:
    decision = ordered(
        SetFields(actor="kari", tags=("toner",), untags=("papir",), fields=(("pc", "MOL-1"), ("rom", "")))
    )
    assert [(c.tag, c.present) for c in changes_of(decision, SetTag)] == [("toner", True), ("papir", False)]
    assert [(c.key, c.value) for c in changes_of(decision, SetCustomField)] == [("pc", "MOL-1"), ("rom", None)]


def test_a_case_never_becomes_merged_by_its_status() -> None:
    assert refusal(SetFields(actor="kari", status=Status.MERGED)).code == "usage"


def test_a_case_is_postponed_by_giving_it_a_time() -> None:
    later = NOW + 24 * HOUR
    assert fields_set(ordered(SetFields(actor="kari", until=later))) == {"status": "postponed", "until": later}


@pytest.mark.parametrize("status", [Status.WAITING, Status.POSTPONED])
def test_a_sleeping_case_keeps_its_status_with_another_time(status: Status) -> None:
    later = NOW + 24 * HOUR
    assert fields_set(ordered(SetFields(actor="kari", until=later), case(status=status, until=NOW))) == {"until": later}


def test_a_case_may_wait_with_or_without_a_time() -> None:
    later = NOW + 24 * HOUR
    assert fields_set(ordered(SetFields(actor="kari", status=Status.WAITING))) == {
        "status": "waiting",
        "paused_at": NOW,
    }
    waiting = ordered(SetFields(actor="kari", status=Status.WAITING, until=later))
    assert fields_set(waiting) == {"status": "waiting", "until": later, "paused_at": NOW}


def test_a_case_that_works_again_has_no_time_to_wake() -> None:
    decision = ordered(SetFields(actor="kari", status=Status.OPEN), case(status=Status.POSTPONED, until=NOW + HOUR))
    assert fields_set(decision) == {"status": "open", "until": None}
    assert said_aloud(decision) == {"status"}


@pytest.mark.parametrize("status", [Status.NEW, Status.OPEN, Status.SOLVED, Status.CLOSED])
def test_a_time_to_wake_is_refused_for_a_case_that_does_not_sleep(status: Status) -> None:
    assert refusal(SetFields(actor="kari", status=status, until=NOW + HOUR)).code == "usage"


@pytest.mark.parametrize(
    ("order", "hint"),
    [
        (SetFields(actor="kari", category="itt"), "there are: it, drift"),
        (SetFields(actor="kari", priority="hgh"), "there are: normal, high"),
    ],
)
def test_unknown_names_are_refused_with_the_known_ones(order: SetFields, hint: str) -> None:
    answer = refusal(order)
    assert (answer.code, answer.hint) == ("not_found", hint)


def test_another_priority_counts_the_targets_anew_from_the_opening() -> None:
    decision = ordered(SetFields(actor="kari", priority="high"))
    dues = due(desk(), "high", "it", case().opened_at)
    assert fields_set(decision) == {
        "priority": "high",
        "response_due": dues.response,
        "resolution_due": dues.resolution,
        "counted_at": NOW,
    }
    assert dues.response == case().opened_at + HOUR
    assert said_aloud(decision) == {"priority"}


def test_the_same_priority_and_category_move_nothing_but_the_targets() -> None:
    assert set(fields_set(ordered(SetFields(actor="kari", priority="normal", category="it")))) == {
        "priority",
        "category",
        "response_due",
        "resolution_due",
        "counted_at",
    }


def test_another_category_that_the_assignee_serves_leaves_the_case_with_him() -> None:
    both = desk(categories=(category(), category("drift")))
    decision = ordered(SetFields(actor="kari", category="drift"), desk=both)
    assert fields_set(decision)["category"] == "drift"
    assert "assignee" not in fields_set(decision)
    assert decision.letters == ()


def test_another_category_hands_the_case_on_and_who_gets_it_is_told() -> None:
    moved = desk(categories=(category(), category("drift", members=("per", "gro"))))
    decision = ordered(SetFields(actor="kari", category="drift"), desk=moved, loads=(Load(agent="per", open_cases=1),))
    assert fields_set(decision)["assignee"] == "gro"
    assert said_aloud(decision) == {"category", "assignee"}
    assert [(d.template, d.to[0].address) for d in decision.letters] == [("agent_assigned", "gro@desk.example")]


def test_who_moves_a_case_to_himself_is_not_told() -> None:
    moved = desk(categories=(category(), category("drift", members=("gro",))))
    decision = ordered(SetFields(actor="gro", category="drift"), desk=moved)
    assert (fields_set(decision)["assignee"], decision.letters) == ("gro", ())


def test_a_category_without_assignment_takes_the_case_from_its_agent() -> None:
    decision = ordered(SetFields(actor="kari", category="drift"))
    assert fields_set(decision)["assignee"] is None
    assert [(draft.template, draft.to[0].address) for draft in decision.letters] == [
        ("agent_new_case", "gro@desk.example")
    ]


def test_who_moves_a_case_to_where_nobody_gets_it_is_not_told_of_it() -> None:
    assert ordered(SetFields(actor="gro", category="drift")).letters == ()


def test_a_moved_case_is_not_given_to_its_own_requester() -> None:
    moved = desk(categories=(category(), category("drift", members=("per", "gro"))))
    pers = case(requester=party(Address(name="Per", address="per@desk.example")))
    assert fields_set(ordered(SetFields(actor="kari", category="drift"), pers, desk=moved))["assignee"] == "gro"


# ---- note
def test_a_note_is_written_down_and_leaves_the_desk_in_no_letter() -> None:
    decision = ordered(Note(actor="kari", text="Hun er sint"))
    assert decision.changes == (AddEntry(case_id=1, kind="note", actor="kari", text="Hun er sint"),)
    assert decision.letters == ()


def test_an_order_without_letters_leaves_nothing_for_the_requester() -> None:
    quiet = (Take(actor="per", sure=True), Assign(actor="kari", to="per"), SetFields(actor="kari", category="drift"),
             Note(actor="kari", text="x"), Close(actor="kari"))  # fmt: skip
    for order in quiet:
        assert sent_to(ordered(order), "answer") == []


def test_the_admins_agents_are_told_by_name() -> None:
    here = desk(agents=(*desk().agents, agent("ann", notify=frozenset())))
    decision = ordered(Assign(actor="kari", to="ann"), desk=here)
    assert (fields_set(decision), decision.letters) == ({"assignee": "ann"}, ())

"""What an agent's order changes on a case, whom it writes to, and when it is refused."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Case, Channel, Role, Status
from inboxd.desk.deadline import due
from inboxd.desk.decision import AddEntry, Decision, SetCustomField, SetField, SetTag
from inboxd.desk.order import Assign, Close, Note, Order, Refusal, Register, Reopen, Reply, SetFields, Take
from inboxd.desk.orders import act
from inboxd.desk.view import Load
from inboxd.mail.address import Address
from inboxd.mail.message import File
from tests.unit.desk.desks import (
    HOUR,
    NOW,
    OLA,
    STRANGER,
    TURID,
    added_people,
    agent,
    case,
    category,
    changes_of,
    decided,
    desk,
    fields_set,
    party,
    refused,
    sent_to,
    view,
    with_category,
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
    assert fields_set(decision) == {"status": "solved", "subject": "Toner"}
    assert {change.actor for change in changes_of(decision, SetField)} == {"kari"}


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
    assert fields_set(ordered(SetFields(actor="kari", status=Status.WAITING))) == {"status": "waiting"}
    waiting = ordered(SetFields(actor="kari", status=Status.WAITING, until=later))
    assert fields_set(waiting) == {"status": "waiting", "until": later}


def test_a_case_that_works_again_has_no_time_to_wake() -> None:
    decision = ordered(SetFields(actor="kari", status=Status.OPEN), case(status=Status.POSTPONED, until=NOW + HOUR))
    assert fields_set(decision) == {"status": "open", "until": None}


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
    }
    assert dues.response == case().opened_at + HOUR


def test_the_same_priority_and_category_move_nothing_but_the_targets() -> None:
    assert set(fields_set(ordered(SetFields(actor="kari", priority="normal", category="it")))) == {
        "response_due",
        "resolution_due",
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
    assert [(d.template, d.to[0].address) for d in decision.letters] == [("agent_assigned", "gro@desk.example")]


def test_who_moves_a_case_to_himself_is_not_told() -> None:
    moved = desk(categories=(category(), category("drift", members=("gro",))))
    decision = ordered(SetFields(actor="gro", category="drift"), desk=moved)
    assert (fields_set(decision)["assignee"], decision.letters) == ("gro", ())


def test_a_category_without_assignment_takes_the_case_from_its_agent() -> None:
    decision = ordered(SetFields(actor="kari", category="drift"))
    assert fields_set(decision)["assignee"] is None
    assert decision.letters == ()


def test_a_moved_case_is_not_given_to_its_own_requester() -> None:
    moved = desk(categories=(category(), category("drift", members=("per", "gro"))))
    pers = case(requester=party(Address(name="Per", address="per@desk.example")))
    assert fields_set(ordered(SetFields(actor="kari", category="drift"), pers, desk=moved))["assignee"] == "gro"


# ---- note
def test_a_note_is_written_down_and_leaves_the_desk_in_no_letter() -> None:
    decision = ordered(Note(actor="kari", text="Hun er sint"))
    assert decision.changes == (AddEntry(case_id=1, kind="note", actor="kari", text="Hun er sint"),)
    assert decision.letters == ()


# ---- reply
def test_an_answer_goes_to_the_requester_and_hangs_on_to_his_mail() -> None:
    (draft,) = ordered(reply(delay=dt.timedelta(seconds=10), files=(FILE,))).letters
    assert (draft.kind, draft.template, draft.case_id, draft.mailbox) == ("answer", "answer", 1, "kundeservice")
    assert (draft.to, draft.cc, draft.text, draft.actor) == ((OLA,), (), "Prøv nå.", "kari")
    assert (draft.in_reply_to, draft.language) == ("<last@kommune.example>", "nb")
    assert draft.references == ("<first@kommune.example>", "<last@kommune.example>")
    assert (draft.delay, draft.files, draft.closed) == (dt.timedelta(seconds=10), (FILE,), False)
    assert not draft.null_sender


FILE = File(filename="veiledning.pdf", content_type="application/pdf", content=b"%PDF")


def test_an_answer_on_a_case_that_no_mail_opened_hangs_on_to_nothing() -> None:
    (draft,) = ordered(reply(), case(last_message_id=None, last_references=())).letters
    assert (draft.in_reply_to, draft.references) == (None, ())


def test_an_answer_opens_a_new_case_and_a_sleeping_one() -> None:
    assert fields_set(ordered(reply(), case(status=Status.NEW))) == {"status": "open"}
    asleep = case(status=Status.WAITING, until=NOW + HOUR)
    assert fields_set(ordered(reply(), asleep)) == {"status": "open", "until": None}


def test_an_answer_on_an_open_case_changes_nothing_else() -> None:
    assert ordered(reply()).changes == ()


def test_one_letter_answers_and_closes() -> None:
    decision = ordered(reply(status=Status.CLOSED))
    assert fields_set(decision) == {"status": "closed"}
    assert [(d.kind, d.template, d.closed) for d in decision.letters] == [("answer", "answer", True)]


def test_an_answer_may_wait_for_the_requester() -> None:
    later = NOW + 72 * HOUR
    decision = ordered(reply(status=Status.WAITING, until=later))
    assert fields_set(decision) == {"status": "waiting", "until": later}
    assert len(decision.letters) == 1


def test_the_first_answer_of_a_person_is_the_response() -> None:
    assert fields_set(ordered(reply(), case(responded_at=None))) == {"responded_at": NOW}


def test_who_answers_a_case_that_nobody_has_has_it() -> None:
    assert fields_set(ordered(reply(actor="per"), case(assignee=None))) == {"assignee": "per"}
    assert fields_set(ordered(reply(actor="admin"), case(assignee=None))) == {}


def test_a_new_answer_clears_the_sign_that_the_last_one_was_not_delivered() -> None:
    assert fields_set(ordered(reply(), case(undelivered=True))) == {"undelivered": False}


def test_by_itself_an_answer_goes_to_nobody_but_the_requester() -> None:
    assert ordered(reply()).letters[0].cc == ()


def test_all_adds_cc_and_who_was_added_but_no_outsider_and_no_supplier() -> None:
    people = (
        party(OLA),
        party(TURID, Role.CC),
        party(Address(name="", address="sjef@kommune.example"), Role.ADDED),
        party(STRANGER, Role.OUTSIDER),
        party(Address(name="", address="firma@lev.example"), Role.SUPPLIER),
        party(Address(name="Uten", address=""), Role.CC),
    )
    (draft,) = ordered(reply(to_all=True), case(participants=people)).letters
    assert [a.address for a in draft.cc] == [TURID.address, "sjef@kommune.example"]
    assert draft.to == (OLA,)


def test_who_is_named_in_cc_gets_the_answer_and_stands_on_the_case() -> None:
    decision = ordered(reply(cc=(STRANGER,)))
    assert decision.letters[0].cc == (STRANGER,)
    assert added_people(decision) == {STRANGER.address: Role.ADDED}


def test_nobody_gets_the_same_answer_twice() -> None:
    shouting = Address(name="", address="TURID@kommune.example")
    (draft,) = ordered(reply(to_all=True, cc=(shouting, SAME_PERSON))).letters
    assert [a.key for a in (*draft.to, *draft.cc)] == [OLA.key, TURID.key]


def test_a_caller_without_an_address_cannot_be_answered() -> None:
    answer = refusal(reply(sure=True), case(requester=CALLER))
    assert (answer.code, answer.message) == ("conflict", "the requester of KS-10429 has no e-mail address")


def test_an_answer_written_while_the_case_changed_asks_first() -> None:
    answer = refusal(reply(seen=4))
    assert (answer.code, answer.message) == ("conflict", "KS-10429 changed while you wrote")


@pytest.mark.parametrize("fields", [{"seen": 5}, {"seen": None}, {"seen": 4, "sure": True}])
def test_an_answer_to_the_case_as_it_is_goes_out(fields: dict[str, Any]) -> None:
    assert len(ordered(reply(**fields)).letters) == 1


# ---- close and reopen
def test_closing_sends_nothing_by_itself() -> None:
    decision = ordered(Close(actor="kari"))
    assert (fields_set(decision), decision.letters) == ({"status": "closed"}, ())
    assert changes_of(decision, AddEntry) == []


def test_closing_with_words_sends_them_in_one_letter() -> None:
    decision = ordered(Close(actor="kari", text="Fikset.", delay=dt.timedelta(seconds=10)), case(responded_at=None))
    (draft,) = decision.letters
    assert (draft.kind, draft.template, draft.text, draft.closed) == ("answer", "closed", "Fikset.", True)
    assert (draft.to, draft.delay) == ((OLA,), dt.timedelta(seconds=10))
    assert fields_set(decision) == {"responded_at": NOW, "status": "closed"}


def test_closing_sends_a_letter_without_words_where_the_category_wants_one() -> None:
    decision = ordered(Close(actor="kari"), desk=with_category(closed_letter=True))
    assert [(d.template, d.text) for d in decision.letters] == [("closed", "")]


@pytest.mark.parametrize("order", [Close(actor="kari", silent=True), Close(actor="kari", text="Fikset.", silent=True)])
def test_closing_silently_sends_nothing_whatever_the_category_wants(order: Close) -> None:
    decision = ordered(order, desk=with_category(closed_letter=True))
    assert decision.letters == ()
    assert [entry.text for entry in changes_of(decision, AddEntry)] == ([order.text] if order.text else [])
    assert {entry.kind for entry in changes_of(decision, AddEntry)} <= {"note"}


def test_closing_a_callers_case_sends_nothing_and_keeps_the_words_as_a_note() -> None:
    decision = ordered(Close(actor="kari", text="Ringte tilbake."), case(requester=CALLER))
    assert decision.letters == ()
    assert [(entry.kind, entry.text) for entry in changes_of(decision, AddEntry)] == [("note", "Ringte tilbake.")]
    assert fields_set(decision) == {"status": "closed"}


def test_closing_a_sleeping_case_takes_its_time_away() -> None:
    asleep = case(status=Status.WAITING, until=NOW + HOUR)
    assert fields_set(ordered(Close(actor="kari"), asleep)) == {"status": "closed", "until": None}


def test_a_closed_case_is_not_closed_again() -> None:
    assert refusal(Close(actor="kari"), case(status=Status.CLOSED)).message == "KS-10429 is closed already"


def test_a_solved_case_may_be_closed() -> None:
    assert fields_set(ordered(Close(actor="kari"), case(status=Status.SOLVED))) == {"status": "closed"}


def test_a_case_of_a_category_that_is_gone_is_closed_without_a_letter() -> None:
    assert ordered(Close(actor="kari"), case(category="nedlagt")).letters == ()


@pytest.mark.parametrize("status", [Status.SOLVED, Status.CLOSED])
def test_a_case_at_rest_is_reopened_without_a_letter(status: Status) -> None:
    decision = ordered(Reopen(actor="kari"), case(status=status))
    assert (fields_set(decision), decision.letters) == ({"status": "open"}, ())


@pytest.mark.parametrize("status", [Status.NEW, Status.OPEN, Status.WAITING, Status.POSTPONED])
def test_a_case_that_is_not_at_rest_is_not_reopened(status: Status) -> None:
    answer = refusal(Reopen(actor="kari"), case(status=status))
    assert (answer.code, answer.message) == ("conflict", f"KS-10429 is {status.value}, not closed")


def test_an_order_without_letters_leaves_nothing_for_the_requester() -> None:
    quiet = (Take(actor="per", sure=True), Assign(actor="kari", to="per"), SetFields(actor="kari", category="drift"),
             Note(actor="kari", text="x"), Close(actor="kari"))  # fmt: skip
    for order in quiet:
        assert sent_to(ordered(order), "answer") == []


def test_the_admins_agents_are_told_by_name() -> None:
    here = desk(agents=(*desk().agents, agent("ann", notify=False)))
    decision = ordered(Assign(actor="kari", to="ann"), desk=here)
    assert (fields_set(decision), decision.letters) == ({"assignee": "ann"}, ())

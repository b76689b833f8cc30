"""Who writes while our answer still waits to leave holds it, and whoever wrote the answer hears of it."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Status
from inboxd.desk.decision import AddEntry, Draft, HoldAnswers
from inboxd.desk.desk import EVERY_LETTER, AgentLetter
from inboxd.desk.intake import decide
from inboxd.desk.undo import WRITTEN_BY_PEOPLE
from inboxd.desk.view import KnownLetter, View
from inboxd.mail.message import MailKind
from tests.unit.desk.desks import (
    EVENING,
    NOW,
    OLA,
    STRANGER,
    TURID,
    agent,
    case,
    changes_of,
    desk,
    letter,
    with_category,
)
from tests.unit.desk.mails import MACHINES_WORDS, answer, on


def waiting(**changes: Any) -> KnownLetter:
    return letter(**{"id": 9, "state": "queued", "actor": "per", **changes})


def facts(**changes: Any) -> View:
    return on(changes.pop("known", case()), **{"waiting": (waiting(),), **changes})


def to(draft: Draft) -> str:
    return draft.to[0].address


@pytest.mark.parametrize("writer", [OLA, TURID], ids=["requester", "cc"])
def test_a_party_s_mail_holds_the_answer_that_waits(writer: Any) -> None:
    decision = decide(answer(writer=writer), facts(), NOW)
    (held,) = changes_of(decision, HoldAnswers)
    assert (held.case_id, held.letter_ids) == (1, (9,))
    assert held.reason.startswith(f"{writer.name} wrote before it left")
    assert changes_of(decision, AddEntry)


def test_the_agent_who_wrote_it_is_told_beside_whoever_has_the_case() -> None:
    decision = decide(answer(), facts(), NOW)
    kari, per = decision.letters
    assert (to(kari), to(per)) == ("kari@desk.example", "per@desk.example")
    assert per.template == "agent_answer"
    assert (per.held_answers, per.held_of) == ((9,), "")
    assert kari.held_answers == ()


def test_whoever_is_told_of_the_mail_anyway_gets_one_letter() -> None:
    (kari,) = decide(answer(), facts(waiting=(waiting(actor="kari"),)), NOW).letters
    assert (kari.held_answers, kari.held_of) == ((9,), "")
    assert kari.about.endswith(answer().reply_text)


def quiet(*others: str) -> dict[str, Any]:
    """A desk where per, who wrote the answer, gets no letters; `others` neither."""
    kari = frozenset[AgentLetter]() if "kari" in others else EVERY_LETTER
    return {"desk": desk(agents=(agent("kari", notify=kari), agent("per", notify=frozenset())))}


def test_where_its_writer_gets_no_letters_whoever_is_told_of_the_mail_hears_of_it() -> None:
    (kari,) = decide(answer(), facts(**quiet()), NOW).letters
    assert to(kari) == "kari@desk.example"
    assert (kari.held_answers, kari.held_of) == ((9,), "per")
    assert kari.about.endswith(answer().reply_text)


def test_an_answer_of_the_admin_s_is_told_of_to_who_has_the_case() -> None:
    (kari,) = decide(answer(), facts(waiting=(waiting(actor="admin"),)), NOW).letters
    assert (kari.held_answers, kari.held_of) == ((9,), "admin")


def test_two_answers_of_one_agent_that_wait_are_both_told_of() -> None:
    both = (waiting(actor="kari"), waiting(actor="kari", id=10))
    (kari,) = decide(answer(), facts(waiting=both), NOW).letters
    assert (kari.held_answers, kari.held_of) == ((9, 10), "")


def test_where_nobody_gets_letters_the_answer_is_held_all_the_same() -> None:
    decision = decide(answer(), facts(**quiet("kari")), NOW)
    assert changes_of(decision, HoldAnswers)
    assert decision.letters == ()


@pytest.mark.parametrize("kind", [kind for kind in MailKind if kind not in WRITTEN_BY_PEOPLE])
def test_a_machine_s_mail_holds_nothing(kind: MailKind) -> None:
    assert not changes_of(decide(answer(kind), facts(), NOW), HoldAnswers)


def test_only_people_write_what_holds_an_answer() -> None:
    assert WRITTEN_BY_PEOPLE.isdisjoint(MACHINES_WORDS)


def test_an_outsider_s_mail_holds_nothing() -> None:
    assert not changes_of(decide(answer(writer=STRANGER), facts(), NOW), HoldAnswers)


def test_history_holds_nothing() -> None:
    assert not changes_of(decide(answer(), facts(silent=True), NOW), HoldAnswers)


def test_an_answer_of_another_case_goes() -> None:
    assert not changes_of(decide(answer(), facts(waiting=(waiting(case_id=2),)), NOW), HoldAnswers)


@pytest.mark.parametrize("closed_reply", ["reopen", "new", "reject"])
def test_so_it_is_on_a_case_that_the_waiting_answer_closed(closed_reply: str) -> None:
    closed = replace(case(), status=Status.CLOSED, closed_at=NOW)
    shown = facts(known=closed, desk=with_category(closed_reply=closed_reply))
    decision = decide(answer(), shown, EVENING)
    (held,) = changes_of(decision, HoldAnswers)
    assert held.case_id == 1
    assert any(draft.held_answers and to(draft) == "per@desk.example" for draft in decision.letters)


def test_a_mail_from_a_nameless_writer_names_the_address() -> None:
    (held,) = changes_of(decide(answer(writer=replace(OLA, name="")), facts(), NOW), HoldAnswers)
    assert held.reason.startswith("ola@kommune.example wrote")

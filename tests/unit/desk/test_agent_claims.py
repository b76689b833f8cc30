"""Mails that an agent may have written: which wait for his word, and what his word comes to."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.agent_mail.acting import once_confirmed
from inboxd.desk.agent_mail.changes import Claim, ClaimConfirmed, RevokeToken
from inboxd.desk.agent_mail.claims import says_yes
from inboxd.desk.arrived import Arrived
from inboxd.desk.case import Case
from inboxd.desk.classify import classify
from inboxd.desk.decision import AddEntry, Decision
from inboxd.desk.desk import Agent
from inboxd.desk.intake import decide
from inboxd.desk.thread import match_case
from inboxd.desk.view import KnownClaim, View
from inboxd.mail.message import ParsedMessage
from tests.unit.desk.desks import NOW, OLA, agent, case, category, changes_of, desk, fields_set, letter, party, view
from tests.unit.desk.test_agent_proof import KARI, mail, notice
from tests.unit.messages import headers

HOUR = dt.timedelta(hours=1)
ASKED = notice(id=8, kind="confirm", case_id=None)


def unproven(**changes: Any) -> ParsedMessage:
    return mail(in_reply_to=(letter().message_id,), text="#lukk", reply_text="#lukk", **changes)


def waits(parsed: ParsedMessage, **facts: Any) -> list[Claim]:
    there = {"desk": desk(agent_mail="token"), "letters": (letter(),), **facts}
    return changes_of(decide(parsed, view(case(), **there), NOW), Claim)


def test_a_persons_unproven_mail_on_a_case_waits_for_the_agents_word() -> None:
    assert waits(unproven()) == [Claim(case_id=1, agent="kari")]


@pytest.mark.parametrize(
    ("parsed", "facts"),
    [
        (unproven(headers=headers(("Auto-Submitted", "auto-generated"))), {}),
        (unproven(), {"silent": True}),
        (replace(unproven(), reply_text="x" * 2_001), {}),  # more than the letter that asks can show him
        (unproven(), {"desk": desk(agent_mail="off")}),
        (unproven(), {"desk": desk(agent_mail="token", agents=(agent("kari", active=False),))}),
        (unproven(), {"desk": desk(agent_mail="token", categories=(category(access="members", members=()),))}),
        (unproven(identity=OLA.__class__(name="", address="x@evil.example")), {}),
    ],
)
def test_nothing_else_waits(parsed: ParsedMessage, facts: dict[str, Any]) -> None:
    assert waits(parsed, **facts) == []


@pytest.mark.parametrize("text", ["#ja", "\n #JA. \n\nTakk", "#yes\n> sitat"])
def test_yes_stands_first(text: str) -> None:
    assert says_yes(text)


@pytest.mark.parametrize("text", ["", "ja", "# ja", "Hei\n#ja", "#ja takk", "> #ja"])
def test_nothing_else_is_a_yes(text: str) -> None:
    assert not says_yes(text)


def said(text: str, *claims: KnownClaim, **changes: Any) -> Decision:
    there = view(desk=desk(agent_mail="token"), letters=(ASKED,), claims=claims)
    return decide(mail(in_reply_to=(ASKED.message_id,), text=text, reply_text=text, **changes), there, NOW)


def waiting(**changes: Any) -> KnownClaim:
    return KnownClaim(**{"id": 3, "case_id": 1, "agent": "kari", "asked_at": NOW, **changes})


def test_a_yes_confirms_what_the_letter_listed_and_nothing_later_or_of_others() -> None:
    later, others = waiting(id=4, asked_at=NOW + HOUR), waiting(id=5, agent="per")
    decision = said("#ja", waiting(), later, others, waiting(id=6, asked_at=None))
    assert changes_of(decision, ClaimConfirmed) == [ClaimConfirmed(case_id=1, claim_id=3, agent="kari")]
    (entry,) = changes_of(decision, AddEntry)
    assert (decision.outcome, entry.case_id, entry.text) == ("command", 1, "by mail: #ja")


@pytest.mark.parametrize(("text", "claims"), [("Nei", (waiting(),)), ("#ja", ()), ("#ja", (waiting(agent="per"),))])
def test_without_a_yes_or_anything_that_waits_nothing_is_done(text: str, claims: tuple[KnownClaim, ...]) -> None:
    decision = said(text, *claims)
    assert (decision.kind, decision.changes) == ("ignore", ())


def test_a_yes_that_others_were_shown_revokes_its_letter() -> None:
    assert changes_of(said("#ja", waiting(), cc=(OLA,)), RevokeToken) == [RevokeToken(letter_id=8)]


def confirmed(parsed: ParsedMessage, by: Agent, known: Case, **facts: Any) -> Decision:
    there: View = view(known, **{"desk": desk(agent_mail="token"), "letters": (letter(),), **facts})
    arrived = Arrived(
        message=parsed, classification=classify(parsed), mailbox=there.desk.mailboxes[0],
        match=match_case(parsed, there), now=NOW,
    )  # fmt: skip
    return once_confirmed(arrived, by, known, there)


def test_a_confirmed_mail_is_carried_out_and_not_entered_a_second_time() -> None:
    decision = confirmed(unproven(), agent("kari"), case())
    assert fields_set(decision)["status"] == "closed"
    (entry,) = changes_of(decision, AddEntry)
    assert (entry.mail_key, entry.message_id, entry.text) == (None, None, "by mail: #lukk")


@pytest.mark.parametrize("by", [agent("kari", active=False), agent("kari", role="auditor")])
def test_who_may_not_act_any_longer_when_he_confirms_changes_nothing(by: Agent) -> None:
    assert confirmed(unproven(), by, case()) == Decision(kind="ignore")


def test_rights_count_at_the_moment_of_acting() -> None:
    hidden = desk(agent_mail="token", categories=(category(access="members", members=(), manager=None),))
    assert confirmed(unproven(), agent("kari"), case(), desk=hidden) == Decision(kind="ignore")


def test_words_on_his_own_case_are_its_requesters() -> None:
    own = case(requester=party(KARI), participants=(party(KARI),))
    assert confirmed(replace(unproven(), reply_text="Hei."), agent("kari"), own) == Decision(kind="ignore")

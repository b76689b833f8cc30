"""Whether a mail is an agent's own: what proves it, and each single thing whose lack proves nothing."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.agent_mail.proof import TOKEN_LASTS, Claimed, Proven, prove, writes_as_agent
from inboxd.desk.desk import Desk
from inboxd.desk.reference import reference
from inboxd.desk.view import KnownLetter, View
from inboxd.mail.address import Address
from inboxd.mail.message import ParsedMessage
from tests.unit.desk.desks import NOW, OLA, REF, agent, case, category, desk, letter, view
from tests.unit.messages import headers, message

KARI = Address(name="Kari Nes", address="kari@desk.example")
PASSED = headers(
    ("Authentication-Results", "mx.desk.example; dmarc=pass header.from=desk.example"), ("Received", "from x by y")
)


def notice(**changes: Any) -> KnownLetter:
    values: dict[str, Any] = {"kind": "agent", "recipients": ("kari@desk.example",), "written_at": NOW}
    return letter(**{**values, **changes})


def mail(**changes: Any) -> ParsedMessage:
    values: dict[str, Any] = {"from_": (KARI,), "identity": KARI, "in_reply_to": (notice().message_id,)}
    return message(**{**values, **changes})


def at_desk(known: KnownLetter | None = None, **changes: Any) -> View:
    there = desk(**{"agent_mail": "token", **changes})
    return view(case(), desk=there, letters=(known or notice(),))


def proved(parsed: ParsedMessage, facts: View) -> Proven:
    found = prove(parsed, facts, NOW)
    assert isinstance(found, Proven), found
    return found


def why(parsed: ParsedMessage, facts: View) -> str:
    found = prove(parsed, facts, NOW)
    assert isinstance(found, Claimed), found
    return found.why


def test_an_answer_to_our_letter_to_that_agent_alone_proves_itself() -> None:
    found = proved(mail(), at_desk())
    assert (found.agent.name, found.case.id, found.letter, found.shown) == ("kari", 1, notice(), False)


def test_it_lasts_thirty_days() -> None:
    at_the_end = notice(written_at=NOW - TOKEN_LASTS)
    assert proved(mail(), at_desk(at_the_end)).agent.name == "kari"
    assert why(mail(), at_desk(notice(written_at=NOW - TOKEN_LASTS - dt.timedelta(seconds=1)))) == "old"
    assert why(mail(), at_desk(notice(written_at=None))) == "old"


@pytest.mark.parametrize(
    ("parsed", "facts", "reason"),
    [
        (mail(in_reply_to=()), at_desk(), "no_token"),
        (mail(in_reply_to=(), references=(notice().message_id,)), at_desk(), "no_token"),
        (mail(in_reply_to=(notice().message_id, "<x@y.example>")), at_desk(), "no_token"),
        (mail(in_reply_to=("<7.b.aaaaaaaaaaaaaaaaaaaaaaaaaa@desk.example>",)), at_desk(), "no_token"),
        (mail(in_reply_to=(letter().message_id,)), at_desk(letter()), "no_token"),
        (mail(), at_desk(notice(recipients=("per@desk.example",))), "not_his"),
        (mail(), at_desk(notice(recipients=("kari@desk.example", "per@desk.example"))), "not_his"),
        (mail(), at_desk(notice(revoked=True)), "revoked"),
        (mail(), at_desk(notice(case_id=None)), "hidden"),
        (mail(), at_desk(categories=(category(access="members", members=("per",), manager=None),)), "hidden"),
        (mail(), at_desk(agents=(agent("kari", active=False),)), "inactive"),
        (mail(), at_desk(agents=(agent("kari", role="auditor"),)), "inactive"),
    ],
)
def test_without_one_of_these_a_mail_only_claims_to_be_the_agents(
    parsed: ParsedMessage, facts: View, reason: str
) -> None:
    assert why(parsed, facts) == reason


@pytest.mark.parametrize(
    ("parsed", "facts"),
    [
        (mail(identity=None), at_desk()),
        (mail(identity=OLA, from_=(OLA,)), at_desk()),
        (mail(), at_desk(agent_mail="off")),
        (mail(), at_desk(agents=(agent("kari"), agent("kari2", address="Kari@desk.example")))),
    ],
)
def test_who_is_no_agent_for_certain_claims_nothing(parsed: ParsedMessage, facts: View) -> None:
    assert prove(parsed, facts, NOW) is None


def test_an_agents_address_counts_whatever_its_letter_case() -> None:
    loud = replace(KARI, address="KARI@desk.example")
    assert proved(mail(identity=loud, from_=(loud,)), at_desk()).agent.name == "kari"
    assert writes_as_agent(mail(identity=loud), desk())


@pytest.mark.parametrize(
    "shown",
    [
        {"cc": (OLA,)},
        {"to": (Address(name="", address="kundeservice@desk.example"), OLA)},
        {"headers": headers(("Resent-Cc", "ola@kommune.example"))},
        {"headers": headers(("Bcc", "ola@kommune.example"))},
    ],
)
def test_a_mail_that_others_got_too_shows_the_token(shown: dict[str, Any]) -> None:
    assert proved(mail(**shown), at_desk()).shown


def test_our_own_addresses_are_nobody_else() -> None:
    ours = (Address(name="", address="hjelp@desk.example"), Address(name="", address="drift+7.b.x@desk.example"))
    assert not proved(mail(to=ours, cc=ours), at_desk()).shown


def dmarc(**changes: Any) -> Desk:
    return desk(agent_mail="token+dmarc", trusted_authserv_ids=("mx.desk.example",), **changes)


def test_where_dmarc_is_asked_for_the_token_alone_is_not_enough() -> None:
    facts = view(case(), desk=dmarc(), letters=(notice(),))
    assert why(mail(), facts) == "no_dmarc"
    assert proved(mail(headers=PASSED), facts).letter == notice()
    below = headers(("Received", "from x by y"), *((h.name, h.value) for h in PASSED[:1]))
    assert why(mail(headers=below), facts) == "no_dmarc"


def test_with_dmarc_a_new_mail_that_names_the_case_counts_too() -> None:
    new = mail(in_reply_to=(), headers=PASSED, subject=f"[{REF}] Skriver")
    found = proved(new, view(case(), desk=dmarc()))
    assert (found.case.id, found.letter, found.shown) == (1, None, False)


@pytest.mark.parametrize(
    ("subject", "reason"),
    [("Skriver", "no_token"), ("[KS-10428] x", "no_token"), (f"[{REF}] [{reference('KS', 1043)}] x", "no_token")],
)
def test_a_new_mail_must_name_one_case(subject: str, reason: str) -> None:
    other = case(id=2, number=1043)
    new = mail(in_reply_to=(), headers=PASSED, subject=subject)
    assert why(new, view(case(), other, desk=dmarc())) == reason


def test_a_new_mail_may_not_name_a_case_that_is_hidden_from_the_agent() -> None:
    closed = dmarc(categories=(category(access="members", members=("per",), manager=None),))
    new = mail(in_reply_to=(), headers=PASSED, subject=f"[{REF}] x")
    assert why(new, view(case(), desk=closed)) == "hidden"


def test_an_answer_to_something_else_is_no_new_mail() -> None:
    other = mail(in_reply_to=("<x@y.example>",), headers=PASSED, subject=f"[{REF}] x")
    assert why(other, view(case(), desk=dmarc())) == "no_token"

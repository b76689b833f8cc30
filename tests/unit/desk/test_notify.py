"""Who hears of what: agents of their cases, and the requester from a machine only where the gate allows."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.classify import classify
from inboxd.desk.decision import Draft, Suppressed
from inboxd.desk.letters.notify import ABOUT, closing, letters_to_agents, letters_to_named, machine_letter, news_of
from inboxd.mail.address import Address
from inboxd.mail.message import Attachment
from tests.unit.desk.desks import (
    EVENING,
    NOW,
    OFFICE,
    OLA,
    agent,
    case,
    category,
    desk,
    mailbox,
    view,
    with_category,
)
from tests.unit.messages import message

KARI = Address(name="Kari", address="KARI@desk.example")


def told(writer: Address | None = None, *, assignee: str | None = "kari", **facts: Any) -> list[str]:
    news = replace(news_of(case(assignee=assignee), "agent_answer", "Virker ikke"), writer=writer)
    return [draft.to[0].address for draft in letters_to_agents(news, view(**facts))]


def test_the_assignee_alone_is_told() -> None:
    assert told() == ["kari@desk.example"]


def test_the_members_are_told_each_in_a_letter_of_his_own_where_nobody_has_the_case() -> None:
    assert told(assignee=None) == ["kari@desk.example", "per@desk.example"]


def test_a_letter_to_an_agent_says_what_it_is_about() -> None:
    (draft,) = letters_to_agents(news_of(case(), "agent_answer", "Virker ikke"), view())
    assert draft == Draft(
        kind="agent",
        case_id=1,
        mailbox="kundeservice",
        template="agent_answer",
        language="nb",
        to=(Address(name="kari", address="kari@desk.example"),),
        about="Virker ikke",
    )


def test_a_letter_to_an_agent_names_who_wrote_what_hangs_on_it_and_who_did_not_get_it() -> None:
    for writer, author in ((OLA, "Ola Nordmann"), (Address(name="", address="x@y.example"), "x@y.example")):
        news = news_of(case(), "agent_answer", "")
        picture = Attachment(
            part=1, filename="bilde.png", content_type="image/png", size=1, sha256="0" * 64, inline=False
        )
        news = replace(news, writer=writer, attachments=(picture,), failed=("z@y.example",))
        (draft,) = letters_to_agents(news, view())
        assert (draft.author, draft.attachments, draft.failed) == (author, ("bilde.png",), ("z@y.example",))
        assert draft.enclosed == (picture,)


@pytest.mark.parametrize("assignee", ["kari", None])
def test_nobody_is_told_of_his_own_words(assignee: str | None) -> None:
    assert "kari@desk.example" not in told(KARI, assignee=assignee)


def test_who_is_away_is_not_told_and_of_his_cases_those_who_are_there() -> None:
    assert told(assignee=None, absent=frozenset({"kari"})) == ["per@desk.example"]
    assert told(absent=frozenset({"kari"})) == ["per@desk.example"]


def test_a_category_may_tell_nobody_or_one_address_of_cases_that_nobody_has() -> None:
    assert told(assignee=None, desk=with_category(notify="none")) == []
    assert told(assignee=None, desk=with_category(notify="vakt@desk.example")) == ["vakt@desk.example"]
    for notify in ("none", "vakt@desk.example"):
        assert told(assignee="kari", desk=with_category(notify=notify)) == ["kari@desk.example"]


def test_an_address_is_not_told_of_its_own_words() -> None:
    assert told(Address(name="", address="Vakt@desk.example"), assignee=None,
                desk=with_category(notify="vakt@desk.example")) == []  # fmt: skip


def test_what_went_wrong_is_told_even_where_nobody_wants_to_hear_of_new_cases() -> None:
    news = news_of(case(assignee=None), "agent_undelivered", "")
    letters = letters_to_agents(news, view(desk=with_category(notify="none")))
    assert [draft.to[0].address for draft in letters] == ["kari@desk.example", "per@desk.example"]


def test_nobody_is_told_of_a_case_that_he_may_not_know_of() -> None:
    closed = with_category(access="members", manager=None)
    news = news_of(case(), "agent_assigned", "")
    assert letters_to_named(("gro",), news, view()) != ()
    assert letters_to_named(("gro",), news, view(desk=closed)) == ()
    assert letters_to_named(("per",), news, view(desk=closed)) != ()


def test_who_wants_no_letters_gets_none() -> None:
    quiet = desk(agents=(agent("kari", notify=frozenset()), agent("per")))
    assert told(desk=quiet) == []
    assert told(assignee=None, desk=quiet) == ["per@desk.example"]


@pytest.mark.parametrize(
    ("kind", "templates"),
    [
        ("new", ["agent_new_case", "agent_unreadable"]),
        ("answer", ["agent_answer"]),
        ("assigned", ["agent_assigned", "agent_woken"]),
        ("undelivered", ["agent_undelivered"]),
        ("morning", []),
    ],
)
def test_an_agent_has_letters_of_the_kinds_that_he_chose(kind: str, templates: list[str]) -> None:
    choosy = desk(agents=(agent("kari", notify=frozenset({kind})),))
    told = [template for template in ABOUT if letters_to_agents(news_of(case(), template, ""), view(desk=choosy))]
    assert sorted(told) == templates


@pytest.mark.parametrize("assignee", ["nils", "ukjent"])
def test_the_members_are_told_where_the_assignee_has_left_the_desk(assignee: str) -> None:
    assert told(assignee=assignee) == ["kari@desk.example", "per@desk.example"]


def test_a_deactivated_or_unknown_member_is_not_told() -> None:
    assert told(assignee=None, desk=with_category(members=("nils", "ukjent", "per"))) == ["per@desk.example"]


def test_a_category_that_is_gone_has_nobody_to_tell() -> None:
    news = replace(news_of(case(assignee=None), "agent_answer", ""), category="nedlagt")
    assert letters_to_agents(news, view()) == ()


def test_history_is_told_to_nobody() -> None:
    assert told(silent=True) == []


@pytest.mark.parametrize("kind", ["receipt", "refusal"])
def test_the_gate_is_the_same_for_every_letter_that_a_machine_writes(kind: Any) -> None:
    robot = message(("Auto-Submitted", "auto-replied"))
    outcome = machine_letter(robot, classify(robot), mailbox(), view(), kind=kind)
    assert isinstance(outcome, Suppressed)
    assert (outcome.kind, outcome.reason.split(":")[0]) == (kind, "R01-auto-submitted")


def test_a_machines_letter_is_in_the_writers_language_where_it_is_known() -> None:
    for language, written_in in (("en", "en"), (None, "nb")):
        parsed = message(language=language)
        outcome = machine_letter(parsed, classify(parsed), mailbox(), view(), kind="receipt")
        assert isinstance(outcome, Draft)
        assert (outcome.language, outcome.to) == (written_in, (OLA,))


def test_an_open_desk_says_nothing_of_its_hours() -> None:
    assert closing(desk(), "it", NOW) == (False, None)


def test_a_closed_desk_says_when_it_opens() -> None:
    closed_now, opens_at = closing(desk(), "it", EVENING)
    assert closed_now
    assert opens_at is not None
    assert opens_at > EVENING


def test_a_desk_that_never_opens_names_no_time() -> None:
    never = desk(calendars=(replace(OFFICE, week=((),) * 7),))
    assert closing(never, "it", NOW) == (True, None)


def test_without_a_category_or_a_calendar_a_desk_is_never_called_closed() -> None:
    assert closing(desk(), "nedlagt", EVENING) == (False, None)
    assert closing(desk(categories=(category(calendar="nedlagt"),)), "it", EVENING) == (False, None)

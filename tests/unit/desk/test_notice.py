"""What a notice of downtime says of itself, whom it concerns and whom it is mailed to."""

import datetime as dt
from typing import Any

import pytest

from inboxd.desk.case import Status
from inboxd.desk.decision import AddEntry
from inboxd.desk.notices.announce import (
    announcement,
    notice_of_key,
    once_key,
    settled,
    update_to_case,
    update_to_receiver,
)
from inboxd.desk.notices.notice import (
    Notice,
    NoticeUpdate,
    Receiver,
    concerning,
    concerns,
    is_short_warning,
    is_short_when_moved,
    left_out,
    read_name,
    receivers,
)
from inboxd.desk.routing.customer import Contact, Customer
from inboxd.mail.address import Address
from tests.unit.desk.desks import HOUR, NOW, OLA, case, category, changes_of, desk, fields_set, party, view

DAY = dt.timedelta(days=1)
MOLDE = Receiver(address="IKT@molde.example", customer="molde")


def notice(**changes: Any) -> Notice:
    values: dict[str, Any] = {
        "id": 3,
        "kind": "unplanned",
        "starts_at": NOW - HOUR,
        "ends_at": NOW + HOUR,
        "affects": ("it",),
        "text": "Visma er nede. Vi arbeider med saken.",
        "made_at": NOW - HOUR,
        "made_by": "kari",
    }
    return Notice(**{**values, **changes})


def news(**changes: Any) -> NoticeUpdate:
    values: dict[str, Any] = {"id": 7, "notice_id": 3, "at": NOW, "actor": "kari", "text": "Visma virker igjen."}
    return NoticeUpdate(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "active"),
        ({"ends_at": None}, "active"),
        ({"starts_at": NOW}, "active"),
        ({"starts_at": NOW + HOUR / 60, "ends_at": None}, "planned"),
        ({"ends_at": NOW}, "expired"),
        ({"ends_at": NOW + HOUR / 3600}, "active"),
        ({"closed_at": NOW}, "closed"),
        ({"closed_at": NOW, "ends_at": NOW - HOUR}, "closed"),
    ],
)
def test_a_notice_is_active_from_its_beginning_until_it_is_closed_or_its_time_is_up(
    changes: dict[str, Any], state: str
) -> None:
    assert notice(**changes).state(NOW) == state


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Visma er nede. Vi arbeider med saken.", "Visma er nede"),
        ("Visma er nede\nVi arbeider med saken", "Visma er nede"),
        ("  Visma   er nede  ", "Visma er nede"),
        ("Visma.no er nede", "Visma.no er nede"),
        ("Ingen i Molde, Aukra, Rauma eller Vestnes kommer inn i noen av fagsystemene",
         "Ingen i Molde, Aukra, Rauma eller Vestnes kommer inn i noen…"),
        ("x" * 70, "x" * 60 + "…"),
    ],
)  # fmt: skip
def test_the_title_is_the_first_sentence_cut_at_a_word(text: str, title: str) -> None:
    assert notice(text=text).title == title


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), ("D-3", 3), (" d3 ", 3), ("KS-10429", None), ("D-", None), ("three", None), ("1234567890", None)],
)
def test_a_notice_goes_by_its_number(text: str, number: int | None) -> None:
    assert read_name(text) == number


@pytest.mark.parametrize(
    ("kind", "ahead", "short"),
    [
        ("planned", 7 * DAY, False),
        ("planned", 7 * DAY - HOUR / 60, True),
        ("planned", -HOUR, True),
        ("unplanned", HOUR, False),
    ],
)
def test_less_than_seven_days_of_planned_work_is_a_short_warning(kind: Any, ahead: dt.timedelta, short: bool) -> None:
    assert is_short_warning(kind, NOW + ahead, NOW) is short


PARTS = desk(categories=(category("it"), category("visma", parent="it"), category("drift")))


@pytest.mark.parametrize(
    ("told_short", "from_days", "to_days", "short"),
    [
        (False, 10, 1, True),
        (False, 10, 8, False),
        (False, 3, 3, False),
        (False, 3, 4, False),
        (True, 3, 3, True),
        (True, 3, 4, True),
        (True, 3, 9, False),
    ],
)
def test_work_that_is_moved_to_an_earlier_day_is_a_short_warning_and_what_is_put_off_a_week_none(
    told_short: bool, from_days: int, to_days: int, short: bool
) -> None:
    told = notice(kind="planned", starts_at=NOW + from_days * 24 * HOUR, short_warning=told_short)
    assert is_short_when_moved(told, NOW + to_days * 24 * HOUR, NOW) is short


@pytest.mark.parametrize(
    ("affects", "hit"),
    [
        ((), {"it", "visma", "drift"}),
        (("it",), {"it", "visma"}),
        (("visma",), {"visma"}),
        (("drift", "visma"), {"drift", "visma"}),
        (("gone",), set()),
    ],
)
def test_a_notice_concerns_its_categories_and_their_parts(affects: tuple[str, ...], hit: set[str]) -> None:
    assert {name for name in ("it", "visma", "drift") if concerns(affects, name, PARTS)} == hit


def test_of_several_notices_those_of_the_category_are_told_in_their_order() -> None:
    several = (notice(id=1, affects=()), notice(id=2, affects=("drift",)), notice(id=3))
    assert [one.id for one in concerning(several, "visma", PARTS)] == [1, 3]


def customer(name: str, **changes: Any) -> Customer:
    return Customer(**{"name": name, "title": name, "contact": f"ikt@{name}.example", **changes})


def test_a_notice_goes_once_to_every_subscriber_and_to_the_contacts_of_customers_that_it_hits() -> None:
    served = desk(
        categories=PARTS.categories,
        customers=(
            customer("molde", category="visma"),
            customer("aukra", category="drift"),
            customer("rauma"),
            customer("vestnes", contact=None),
        ),
        subscribers=("info@kommune.example", "IKT@molde.example", "kundeservice@desk.example"),
    )
    assert [(one.address, one.customer) for one in receivers(("it",), served)] == [
        ("ikt@molde.example", "molde"),
        ("ikt@rauma.example", "rauma"),
        ("info@kommune.example", None),
    ]
    assert {one.customer for one in receivers((), served)} == {"molde", "aukra", "rauma", None}


@pytest.mark.parametrize(
    ("affects", "open_cases", "hit"),
    [
        (("it",), [], True),
        (("visma",), [], True),
        (("print", "visma"), [], True),
        (("drift",), [], False),
        (("drift",), [("vik", "drift")], True),
        (("it",), [("vik", "visma")], True),
        (("drift",), [("vik", "print"), ("molde", "drift")], False),
    ],
)
def test_a_customer_with_a_category_of_its_own_hears_of_what_hits_it_a_part_of_it_or_a_case_of_its_own(
    affects: tuple[str, ...], open_cases: list[tuple[str, str]], hit: bool
) -> None:
    served = desk(categories=PARTS.categories, customers=(customer("vik", category="it"),))
    told = receivers(affects, served, open_cases)
    assert [one.customer for one in told] == (["vik"] if hit else [])
    assert left_out([one.address.upper() for one in told], served) == (() if hit else ("vik",))


def test_a_customer_without_a_contact_is_left_out() -> None:
    assert left_out([], desk(customers=(customer("vik", contact=None),))) == ("vik",)


def test_an_announcement_is_one_letter_to_one_person_from_the_mailbox_of_what_is_hit() -> None:
    letter = announcement(notice(affects=("drift",)), MOLDE, desk())
    assert (letter.kind, letter.case_id, letter.template, letter.mailbox) == ("notice", None, "notice", "drift")
    assert [to.address for to in letter.to] == ["IKT@molde.example"]
    assert (letter.once, letter.null_sender, letter.actor) == ("notice:3:0:ikt@molde.example", False, "kari")
    assert announcement(notice(affects=()), MOLDE, desk()).mailbox == "kundeservice"
    assert announcement(notice(affects=("gone",)), MOLDE, desk()).mailbox == "kundeservice"


def test_an_announcement_is_in_the_language_of_a_known_contact() -> None:
    known = desk(contacts=(Contact(address="ikt@molde.example", language="nn"), Contact(address="x@y.example")))
    assert announcement(notice(), MOLDE, known).language == "nn"
    assert announcement(notice(), Receiver(address="x@y.example"), known).language == "nb"


def test_an_update_goes_on_with_the_first_letter() -> None:
    told = update_to_receiver(notice(), news(), MOLDE, ("<first@desk.example>",), desk())
    assert (told.template, told.text, told.in_reply_to) == (
        "notice_update", "Visma virker igjen.", "<first@desk.example>",
    )  # fmt: skip
    assert told.references == ("<first@desk.example>",)
    lost = update_to_receiver(notice(), news(closing=True), MOLDE, (), desk())
    assert (lost.template, lost.in_reply_to, lost.references) == ("notice_over", None, ())


def test_what_makes_a_letter_go_once_also_tells_its_notice() -> None:
    assert notice_of_key(once_key(3, 7, "a@b.example")) == 3
    assert [notice_of_key(key) for key in (None, "", "receipt:3", "surge:3:0:x")] == [None] * 4


def test_an_update_reaches_the_requester_of_an_open_case_with_an_address() -> None:
    letter = update_to_case(notice(), news(), case())
    assert letter is not None
    assert (letter.template, letter.case_id, letter.in_reply_to) == ("notice_update", 1, "<last@kommune.example>")
    assert update_to_case(notice(), news(), case(status=Status.CLOSED)) is None
    assert update_to_case(notice(), news(), case(requester=party(OLA.__class__(name="Ola", address="")))) is None


def test_the_end_of_a_notice_answers_a_case_with_one_letter_and_solves_it_without_giving_it_to_anybody() -> None:
    waiting = case(status=Status.NEW, assignee=None, responded_at=None)
    decision = settled(notice(), news(closing=True), waiting, view(waiting), NOW)
    (letter,) = decision.letters
    assert (letter.kind, letter.template, letter.closed, letter.once) == (
        "notice", "notice_closed", True, "notice:3:7:case 1",
    )  # fmt: skip
    assert fields_set(decision)["status"] == "solved"
    assert fields_set(decision)["responded_at"] == NOW
    assert "assignee" not in fields_set(decision)


def test_a_case_at_rest_is_left_alone_by_the_end_of_its_notice() -> None:
    resting = case(status=Status.CLOSED)
    decision = settled(notice(), news(closing=True), resting, view(resting), NOW)
    assert (decision.changes, decision.letters) == ((), ())


@pytest.mark.parametrize(("said", "kept"), [("Visma virker.", "Visma virker."), ("", notice().text)])
def test_a_caller_without_an_address_gets_no_letter_but_the_words_stand_on_the_case(said: str, kept: str) -> None:
    called = case(requester=party(OLA.__class__(name="Ola", address="")), participants=())
    decision = settled(notice(), news(text=said, closing=True), called, view(called), NOW)
    assert decision.letters == ()
    assert [entry.text for entry in changes_of(decision, AddEntry)] == [kept]
    assert fields_set(decision)["status"] == "solved"


@pytest.mark.parametrize("odd", ["=?utf-8?b?w6bDuMOl?=@kommune.example", "ola", "ola@", '"ola n"@kommune.example'])
def test_an_address_that_no_letter_can_go_to_is_as_good_as_none(odd: str) -> None:
    here = case(requester=party(Address(name="Ola", address=odd)), participants=())
    decision = settled(notice(), news(closing=True), here, view(here), NOW)
    assert decision.letters == ()
    assert fields_set(decision)["status"] == "solved"
    assert update_to_case(notice(), news(), here) is None

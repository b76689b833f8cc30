"""Texts that an admin planned ahead for receipts: which of them stand at a moment, by the desk's own calendar."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inboxd.desk.desk import Calendar, Desk
from inboxd.desk.intake import decide
from inboxd.desk.letters.planned_text import next_days, planned_text
from inboxd.desk.letters.wording import PlannedText
from tests.unit.desk.desks import NOW, OFFICE, category, desk, view
from tests.unit.desk.mails import mail, receipt

OSLO = ZoneInfo("Europe/Oslo")
SUMMER = {"first": (6, 15), "last": (8, 15)}
YEAR_END = {"first": (12, 20), "last": (1, 2)}
JULY = {"first": dt.date(2026, 7, 1), "last": dt.date(2026, 7, 31)}


def at(text: str) -> dt.datetime:
    """A moment as the desk's own clock shows it."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=OSLO)


def texts(*planned: PlannedText, **changes: Any) -> Desk:
    calendar = Calendar(
        name="office", week=OFFICE.week, holidays="NO",
        days=((dt.date(2026, 12, 24), ()), (dt.date(2026, 4, 1), ((480, 720),)), (dt.date(2026, 4, 2), ((480, 720),))),
    )  # fmt: skip
    return desk(receipt_texts=planned, calendars=(calendar,), **changes)


def planned(**changes: Any) -> PlannedText:
    return PlannedText(**{"name": "sommer", "text": (("nb", "God sommer!"), ("en", "Summer!")), **changes})


def stands(text: PlannedText, when: str) -> bool:
    return planned_text(texts(text), "it", at(when), "nb") == "God sommer!"


@pytest.mark.parametrize(
    ("days", "when", "there"),
    [
        (SUMMER, "2026-06-14T23:59:59", False),
        (SUMMER, "2026-06-15T00:00:00", True),
        (SUMMER, "2026-08-15T23:59:59", True),
        (SUMMER, "2026-08-16T00:00:00", False),
        (SUMMER, "2031-07-01T12:00:00", True),
        (YEAR_END, "2026-12-19T23:59:59", False),
        (YEAR_END, "2026-12-20T00:00:00", True),
        (YEAR_END, "2027-01-02T23:59:59", True),
        (YEAR_END, "2027-01-03T00:00:00", False),
        (JULY, "2026-06-30T23:59:59", False),
        (JULY, "2026-07-01T00:00:00", True),
        (JULY, "2026-07-31T23:59:59", True),
        (JULY, "2026-08-01T00:00:00", False),
        (JULY, "2027-07-10T12:00:00", False),
        ({"first": dt.date(2026, 7, 1)}, "2026-06-30T12:00:00", False),
        ({"first": dt.date(2026, 7, 1)}, "2029-01-01T12:00:00", True),
        ({"last": dt.date(2026, 7, 1)}, "2020-01-01T12:00:00", True),
        ({"last": dt.date(2026, 7, 1)}, "2026-07-02T00:00:00", False),
        ({"first": (2, 29), "last": (3, 1)}, "2027-02-28T12:00:00", True),
        ({"first": (2, 29), "last": (3, 1)}, "2028-02-28T12:00:00", False),
    ],
)
def test_both_its_days_belong_to_it_by_the_desks_own_clock(days: dict[str, Any], when: str, there: bool) -> None:
    assert stands(planned(**days), when) is there


@pytest.mark.parametrize(
    ("when", "there"),
    [
        ("2026-05-17T23:59:59", True),  # a Sunday, and a holiday
        ("2026-05-18T00:00:00", False),
        ("2026-05-16T12:00:00", False),  # a Saturday is closed, and no holiday
        ("2026-12-24T12:00:00", True),  # closed by the desk itself
        ("2026-04-01T13:00:00", False),  # a short day is none
        ("2026-04-02T09:00:00", False),  # Maundy Thursday, on which this desk works
        ("2026-04-03T09:00:00", True),
    ],
)
def test_a_text_for_holidays_stands_on_public_ones_and_on_days_the_desk_closed_itself(when: str, there: bool) -> None:
    assert stands(planned(on="holidays"), when) is there


@pytest.mark.parametrize(
    ("when", "there"),
    [("2026-03-09T07:59:59", True), ("2026-03-09T08:00:00", False), ("2026-03-09T15:29:59", False),
     ("2026-03-09T15:30:00", True)],
)  # fmt: skip
def test_a_text_for_closed_hours_stands_while_the_desk_is_closed(when: str, there: bool) -> None:
    assert stands(planned(on="closed"), when) is there


def test_days_and_hours_must_both_hold() -> None:
    night = planned(on="closed", **YEAR_END)
    assert stands(night, "2026-12-21T22:00:00")
    assert not stands(night, "2026-12-21T10:00:00")
    assert not stands(night, "2026-11-21T22:00:00")


def test_without_a_calendar_no_hour_is_closed_and_no_day_a_holiday() -> None:
    elsewhere = texts(planned(on="closed"), categories=(category(calendar="gone"),))
    assert planned_text(elsewhere, "it", at("2026-05-17T12:00:00"), "nb") == ""
    assert planned_text(elsewhere, "gone", at("2026-05-17T12:00:00"), "nb") == ""


def test_it_stands_for_its_categories_and_those_below_them_only() -> None:
    summer = planned(categories=("it",), **SUMMER)
    known = texts(summer, categories=(category(), category("skriver", parent="it"), category("drift")))
    july = at("2026-07-01T12:00:00")
    assert [planned_text(known, name, july, "nb") for name in ("it", "skriver", "drift")] == [
        "God sommer!", "God sommer!", ""
    ]  # fmt: skip


def test_all_that_stand_at_once_are_said_in_the_order_of_the_config() -> None:
    both = texts(planned(**SUMMER), planned(name="kveld", text=(("", "Vi har stengt."),), on="closed"))
    assert planned_text(both, "it", at("2026-07-01T20:00:00"), "nb") == "God sommer!\n\nVi har stengt."


@pytest.mark.parametrize(
    ("language", "said"), [("nb", "God sommer!"), ("en", "Summer!"), ("nn", "God sommer!"), ("se", "God sommer!")]
)
def test_it_is_said_in_the_language_of_the_letter_or_the_nearest_it_has(language: str, said: str) -> None:
    assert planned_text(texts(planned(**SUMMER)), "it", at("2026-07-01T12:00:00"), language) == said


def test_a_receipt_carries_it_in_its_own_language() -> None:
    always = planned(first=dt.date(2026, 1, 1), text=(("nb", "Hei!"), ("en", "Hello!")))
    assert receipt(decide(mail(), view(desk=texts(always)), NOW)).planned == "Hei!"
    assert receipt(decide(mail(language="de"), view(desk=texts(always)), NOW)).planned == "Hello!"


@pytest.mark.parametrize(
    ("days", "today", "expected"),
    [
        (SUMMER, dt.date(2026, 3, 1), (dt.date(2026, 6, 15), dt.date(2026, 8, 15))),
        (SUMMER, dt.date(2026, 9, 1), (dt.date(2027, 6, 15), dt.date(2027, 8, 15))),
        (YEAR_END, dt.date(2027, 1, 1), (dt.date(2026, 12, 20), dt.date(2027, 1, 2))),
        (JULY, dt.date(2026, 3, 1), (dt.date(2026, 7, 1), dt.date(2026, 7, 31))),
        (JULY, dt.date(2026, 8, 1), None),
        ({"on": "closed"}, dt.date(2026, 8, 1), (None, None)),
    ],
)
def test_when_it_stands_next_is_known(days: dict[str, Any], today: dt.date, expected: object) -> None:
    assert next_days(planned(**days), today) == expected

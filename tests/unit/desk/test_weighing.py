"""Impact and urgency make a priority by the admin's matrix."""

from typing import Any

import pytest

from inboxd.desk.case import Channel
from inboxd.desk.clocks.service_levels import Matrix
from inboxd.desk.decision import OpenCase, SetCustomField
from inboxd.desk.desk import Desk
from inboxd.desk.order import Order, Register, SetFields
from inboxd.desk.orders import act
from tests.unit.desk.desks import NOW, case, changes_of, decided, desk, fields_set, refused, view

MATRIX = Matrix(impacts=("one", "many"), urgencies=("later", "now"), rows=(("normal", "normal"), ("normal", "high")))
WEIGHED = desk(matrix=MATRIX)
CALL: dict[str, Any] = {"actor": "kari", "channel": Channel.PHONE, "subject": "PC", "text": "Starter ikke"}


def set_on(where: Desk, **words: Any) -> tuple[dict[str, Any], list[tuple[str, str | None]]]:
    fields = words.pop("fields", ())
    decision = decided(act(SetFields(actor="kari", **words), view(case(fields=fields), desk=where), NOW))
    return fields_set(decision), [(c.key, c.value) for c in changes_of(decision, SetCustomField)]


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [("one", "later", "normal"), ("one", "now", "normal"), ("many", "later", "normal"), ("many", "now", "high")],
)
def test_both_words_together_make_the_priority_and_stay_on_the_case(impact: str, urgency: str, priority: str) -> None:
    fields, kept = set_on(WEIGHED, impact=impact, urgency=urgency)
    assert fields["priority"] == priority
    assert kept == [("impact", impact), ("urgency", urgency)]


def test_the_other_word_may_stand_on_the_case_already() -> None:
    fields, kept = set_on(WEIGHED, impact="many", fields=(("urgency", "now"), ("pc", "x")))
    assert (fields["priority"], kept) == ("high", [("impact", "many")])


@pytest.mark.parametrize("fields", [(), (("urgency", "no word of the matrix any more"),)])
def test_one_word_alone_is_only_kept(fields: tuple[tuple[str, str], ...]) -> None:
    assert set_on(WEIGHED, impact="many", fields=fields) == ({}, [("impact", "many")])


def test_a_priority_that_is_named_goes_first() -> None:
    assert set_on(WEIGHED, impact="many", urgency="now", priority="normal")[0]["priority"] == "normal"


@pytest.mark.parametrize("order", [SetFields(actor="kari", impact="all"), Register(**CALL, impact="all")])
def test_a_word_that_the_matrix_does_not_have_is_refused_with_those_it_has(order: Order) -> None:
    found = refused(act(order, view(case(), desk=WEIGHED), NOW))
    assert (found.code, found.message, found.hint) == ("not_found", "no impact all", "there are: one, many")


def test_without_a_matrix_they_mean_nothing() -> None:
    found = refused(act(SetFields(actor="kari", urgency="now"), view(case()), NOW))
    assert (found.code, found.message) == ("usage", "this desk has no matrix of impact and urgency")


def test_a_call_is_weighed_as_it_is_registered() -> None:
    decision = decided(act(Register(**CALL, impact="many", urgency="now"), view(desk=WEIGHED), NOW))
    (opened,) = changes_of(decision, OpenCase)
    assert (opened.priority, dict(opened.fields)) == ("high", {"impact": "many", "urgency": "now"})

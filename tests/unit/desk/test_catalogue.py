"""The catalogue: what can be ordered, what an order makes of a case, and what ends it."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Channel
from inboxd.desk.catalogue import CatalogueItem, item_title
from inboxd.desk.decision import AddEntry, OpenCase
from inboxd.desk.desk import Rule
from inboxd.desk.intake import decide
from inboxd.desk.order import Register, SetFields
from inboxd.desk.orders import act
from inboxd.desk.register import register
from tests.unit.desk.desks import NOW, OLA, case, changes_of, decided, desk, fields_set, mailbox, refused, view
from tests.unit.desk.mails import mail

PC = CatalogueItem(name="Ny PC", title=(("nn", "Ny datamaskin"), ("en", "New computer")), category="drift")
USER = CatalogueItem(name="Ny bruker")
HERE = desk(catalogue=(PC, USER))
CALL = Register(actor="kari", channel=Channel.PHONE, subject="PC", text="Trenger ny", address=OLA.address)


def opened(**changes: Any) -> OpenCase:
    (found,) = changes_of(decided(register(replace(CALL, **changes), view(desk=HERE), NOW)), OpenCase)
    return found


def set_on(of: Any, **changes: Any) -> dict[str, object]:
    return fields_set(decided(act(SetFields(actor="kari", **changes), view(of, desk=HERE), NOW)))


def by_mail(*rules: Rule, **box: Any) -> OpenCase:
    here = replace(HERE, rules=rules, mailboxes=(mailbox(**box), *HERE.mailboxes[1:]))
    (found,) = changes_of(decide(mail(subject="PC"), view(desk=here), NOW), OpenCase)
    return found


@pytest.mark.parametrize("said", ["Ny PC", "ny pc", "new computer", "NY DATAMASKIN"])
def test_an_item_goes_by_its_name_and_its_titles_and_makes_an_order_of_the_case(said: str) -> None:
    assert set_on(case(type="question"), item=said) == {"item": "Ny PC", "type": "callof"}


def test_a_call_that_orders_goes_to_the_items_category_unless_the_agent_says_another() -> None:
    found = opened(item="ny pc")
    assert (found.item, found.type, found.category, found.mailbox) == ("Ny PC", "callof", "drift", "drift")
    assert opened(item="ny pc", category="it").category == "it"
    assert opened(item="ny bruker").category == "it"
    assert (opened(item="").item, opened().item) == (None, None)


def test_the_journal_of_a_call_says_what_was_ordered_by_whom() -> None:
    (entry,) = changes_of(decided(register(replace(CALL, item="ny pc"), view(desk=HERE), NOW)), AddEntry)
    assert [(why.rule, why.detail) for why in entry.evidence] == [("item", "kari ordered Ny PC")]


def test_an_item_that_is_set_moves_no_case() -> None:
    assert "category" not in set_on(case(), item="Ny PC")


def test_an_unknown_item_is_refused_with_those_there_are() -> None:
    for answer in (
        refused(register(replace(CALL, item="Ny bil"), view(desk=HERE), NOW)),
        refused(act(SetFields(actor="kari", item="Ny bil"), view(case(), desk=HERE), NOW)),
    ):
        assert (answer.code, answer.message) == ("not_found", "no item Ny bil")
        assert answer.hint == "there are: Ny PC, Ny bruker"


def test_a_desk_without_a_catalogue_says_so() -> None:
    answer = refused(act(SetFields(actor="kari", item="Ny PC"), view(case()), NOW))
    assert answer.hint == "the desk has no item at all; [[item]] in config.toml makes one"


@pytest.mark.parametrize(("type_", "said"), [("fault", "fault"), ("", "none")])
def test_nothing_but_a_callof_orders(type_: str, said: str) -> None:
    answer = refused(act(SetFields(actor="kari", item="Ny PC", type=type_), view(case(), desk=HERE), NOW))
    assert (answer.code, answer.message) == ("usage", f"an item is ordered by a case of type callof, not {said}")
    assert set_on(case(), item="Ny PC", type="callof") == {"item": "Ny PC", "type": "callof"}


@pytest.mark.parametrize(
    ("changes", "became"),
    [
        ({"type": "fault"}, {"type": "fault", "item": None}),
        ({"type": ""}, {"type": None, "item": None}),
        ({"type": "callof"}, {"type": "callof"}),
        ({"item": ""}, {"item": None}),
        ({"item": "Ny bruker"}, {"type": "callof", "item": "Ny bruker"}),
    ],
)
def test_a_case_that_is_no_order_any_longer_loses_its_item(
    changes: dict[str, str], became: dict[str, str | None]
) -> None:
    assert set_on(case(type="callof", item="Ny PC"), **changes) == became


def test_a_rule_orders_by_mail_and_a_later_rule_may_say_that_it_is_no_order() -> None:
    orders = Rule(name="pc", mailbox=None, match=(("subject", "PC"),), type="callof", item="Ny PC")
    fault = Rule(name="feil", mailbox=None, match=(("subject", "PC"),), type="fault")
    found = by_mail(orders, type="question")
    assert (found.type, found.item) == ("callof", "Ny PC")
    assert (by_mail(orders, fault).type, by_mail(orders, fault).item) == ("fault", None)
    assert by_mail(fault, orders).item == "Ny PC"


@pytest.mark.parametrize(
    ("name", "language", "title"),
    [("Ny PC", "nn", "Ny datamaskin"), ("Ny PC", "en", "New computer"), ("Ny PC", "nb", "Ny PC"),
     ("Ny bruker", "en", "Ny bruker"), ("Nedlagt", "nb", "Nedlagt"), (None, "nb", "")],
)  # fmt: skip
def test_an_item_has_a_title_in_every_language_and_keeps_its_name_when_it_is_gone(
    name: str | None, language: str, title: str
) -> None:
    assert item_title(HERE.catalogue, name, language) == title

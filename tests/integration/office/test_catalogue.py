"""Items of the catalogue on a desk with a database: ordered, refused, on the case, in letters, counted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inboxd.desk.order import SetFields
from inboxd.mail.parse import parse
from inboxd.office.act import act
from inboxd.office.reports.months import channels
from inboxd.render.reports.written import report_text
from tests.integration.paper_desk import Console, PaperDesk, mail, write_config

ITEMS = """
[[item]]
name = "Ny PC"
title = { nn = "Ny datamaskin", en = "New computer" }
category = "print"
[[item]]
name = "Ny bruker"
[[rule]]
name = "bruker"
match = { subject = "(?i)ny bruker" }
set = { item = "Ny bruker" }
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PaperDesk]:
    config = write_config(tmp_path, more=ITEMS)
    monkeypatch.setenv("INBOXD_CONFIG", str(config))
    desk = PaperDesk(tmp_path, config=config)
    yield desk
    desk.close()


@pytest.fixture
def console(capsys: pytest.CaptureFixture[str], desk: PaperDesk) -> Console:
    return Console(capsys)


def test_an_item_of_the_catalogue_is_ordered_and_stands_on_the_case_and_its_journal(
    desk: PaperDesk, console: Console
) -> None:
    desk.arrive(mail("Maskinen er gammel"))
    done = console.ask("set", "KS-10008", "--item", "ny pc")
    assert (done["item"], done["type"], done["category"]) == ("Ny PC", "callof", "it")
    assert "Type:      callof\nItem:      Ny PC\n" in console("show", "KS-10008")
    console("set", "KS-10008", "--type", "fault")
    shown = console.ask("show", "KS-10008")
    events = [entry["text"] for entry in shown["journal"] if entry["kind"] == "event"]
    assert (shown["item"], shown["type"]) == (None, "fault")
    assert events[-4:] == ["type: – → callof", "item: – → Ny PC", "type: callof → fault", "item: Ny PC → –"]


def test_an_unknown_item_is_refused_with_the_list(desk: PaperDesk, console: Console) -> None:
    desk.arrive(mail())
    for words in (["set", "KS-10008"], ["new", "--subject", "PC", "-m", "x"]):
        error = console.error(*words, "--item", "Ny bil", code=4)
        assert (error["message"], error["hint"]) == ("no item Ny bil", "there are: Ny PC, Ny bruker")
    console.error("set", "KS-10008", "--item", "Ny PC", "--type", "fault", code=2)


def test_a_call_that_orders_is_where_such_orders_go_and_agents_read_what_is_ordered(
    desk: PaperDesk, console: Console
) -> None:
    console("new", "--subject", "Ny maskin", "-m", "Takk", "--item", "New Computer", "--as", "per")
    (case,) = console.ask("queue")
    assert (case["item"], case["type"], case["category"]) == ("Ny PC", "callof", "print")
    (letter,) = (letter for letter in desk.letters() if letter.kind == "agent")
    assert "Bestilt:    Ny PC\n" in parse(desk.octets(letter)).text


def test_a_rule_orders_what_a_mail_asks_for(desk: PaperDesk, console: Console) -> None:
    desk.arrive(mail("Ny bruker fra mandag"))
    shown = console.ask("show", "KS-10008")
    assert (shown["item"], shown["type"]) == ("Ny bruker", "callof")
    opening = next(entry for entry in shown["journal"] if entry["kind"] == "mail_in")
    assert {"rule": "rule bruker", "detail": "type = callof, item = Ny bruker"} in opening["evidence"]


def test_a_month_counts_faults_and_callofs_apart_and_what_was_ordered(desk: PaperDesk) -> None:
    desk.arrive(mail("Ny bruker", number=1), mail("Ny bruker", number=2), mail("Nede", number=3))
    act(SetFields(actor="kari", item="Ny PC"), 1000, desk.office)
    act(SetFields(actor="kari", type="fault"), 1002, desk.office)
    desk.clock.forward(days=30)
    act(SetFields(actor="kari", type="question"), 1000, desk.office)  # another month's doing
    counted = channels(desk.office, None)
    assert counted["types"] == {"fault": 1, "callof": 2, "question": 0, "none": 0}
    assert counted["items"] == [
        {"item": "Ny PC", "title": "Ny PC", "cases": 1}, {"item": "Ny bruker", "title": "Ny bruker", "cases": 1},
    ]  # fmt: skip
    written = report_text(counted, "text", language="nb", width=80, colour=False)
    assert "Bestilt fra tjenestekatalogen" in written
    assert "Ny bruker" in written

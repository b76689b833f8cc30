"""`report inactive --mail`: orderers are asked about agents who do nothing, once a day, and their answer is a case."""

import datetime as dt
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from inboxd.config.file import load
from inboxd.desk.order import Note
from inboxd.errors import ConfigError, NotAllowed
from inboxd.mail.parse import parse
from inboxd.office.act import act
from inboxd.office.documents import queue
from inboxd.office.queues import audit_list
from inboxd.office.reports.inactive_letters import ask_customers
from inboxd.office.taking.take import take_config
from inboxd.render.reports.written import FORMATS, report_text
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import Console, MovedClock, PaperDesk, mail, write_config

CUSTOMERS = """
[[customer]]
name = "molde"
title = "Molde kommune"
domains = ["molde.example"]
own_category = true
members = ["per", "ole"]
orderers = ["Innkjop@molde.example", "per@innkjop.example"]
contact = "ikt@molde.example"
[[customer]]
name = "aukra"
domains = ["aukra.example"]
category = "print"
contact = "ikt@aukra.example"
[[customer]]
name = "rauma"
domains = ["rauma.example"]
category = "print"
[[contact]]
address = "per@innkjop.example"
language = "nn"
[[agent]]
name = "ole"
address = "ole@agents.example"
[[agent]]
name = "ny"
address = "ny@agents.example"
categories = ["it"]
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PaperDesk]:
    """A desk whose agents have done nothing for 91 days, but `per`, who wrote a note yesterday."""
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=CUSTOMERS))
    take_config(desk.office)
    desk.arrive(mail())
    desk.clock.forward(days=91)
    yield desk
    desk.close()


def asked(desk: PaperDesk) -> list[LetterRow]:
    return [letter for letter in reversed(desk.letters()) if "aktivitet" in letter.subject]


def words(desk: PaperDesk, letter: LetterRow) -> str:
    return parse(desk.octets(letter)).text


def test_each_orderer_gets_one_letter_about_the_quiet_agents_of_his_customer(desk: PaperDesk) -> None:
    document = ask_customers(desk.office, 90, actor="kari")
    molde = {"customer": "molde", "title": "Molde kommune", "agents": ["ole", "per"]}
    aukra = {"customer": "aukra", "title": "aukra", "agents": ["kari"]}
    ids = [letter.id for letter in asked(desk)]
    assert document["mailed"] == [
        molde | {"to": "innkjop@molde.example", "outcome": "written", "letter": ids[0]},
        molde | {"to": "per@innkjop.example", "outcome": "written", "letter": ids[1]},
        aukra | {"to": "ikt@aukra.example", "outcome": "written", "letter": ids[2]},
        {"customer": "rauma", "title": "rauma", "agents": ["kari"], "to": None, "outcome": "nobody", "letter": None},
    ]
    assert document["no_customer"] == ["ny"]
    bokmal, nynorsk, _ = asked(desk)
    assert bokmal.subject == "Saksbehandlere uten aktivitet: Molde kommune"
    assert (
        "Registrert som saksbehandler for Molde kommune, men uten aktivitet på 90 dager eller mer:\n\n"
        "- ole (ole@agents.example), aldri aktiv, registrert 9. mars 2026\n"
        "- per (per@agents.example), aldri aktiv, registrert 9. mars 2026\n"
    ) in words(desk, bokmal)
    assert "kari" not in words(desk, bokmal)
    assert nynorsk.subject == "Sakshandsamarar utan aktivitet: Molde kommune"
    assert "utan aktivitet på 90 dagar eller meir:" in words(desk, nynorsk)
    first = message_from_bytes(desk.octets(bokmal))
    assert (first["To"], first["Auto-Submitted"]) == ("innkjop@molde.example", "auto-generated")


def test_who_did_something_is_not_asked_about_and_when_somebody_last_did_is_said(desk: PaperDesk) -> None:
    act(Note(actor="per", text="Ringte opp."), 1000, desk.office)
    ask_customers(desk.office, 90, actor="kari")
    assert "- per" not in words(desk, asked(desk)[0])
    desk.clock.forward(days=90, hours=1)
    ask_customers(desk.office, 90, actor="kari")
    assert "- per (per@agents.example), sist aktiv 8. juni 2026\n" in words(desk, asked(desk)[-3])


def test_the_same_list_goes_to_nobody_twice_on_one_day_and_the_audit_log_has_it(desk: PaperDesk) -> None:
    ask_customers(desk.office, 90, actor="kari")
    again = ask_customers(desk.office, 60, actor="kari")["mailed"]
    assert [one["outcome"] for one in again] == ["already", "already", "already", "nobody"]
    assert len(asked(desk)) == 3
    told = [(row["actor"], row["subject"], row["detail"]) for row in reversed(audit_list(desk.office))
            if row["action"] == "inactive agents mailed"]  # fmt: skip
    assert told == [
        ("kari", "molde", "ole, per (90 days) to innkjop@molde.example, per@innkjop.example"),
        ("kari", "aukra", "kari (90 days) to ikt@aukra.example"),
    ]
    desk.clock.forward(days=1)
    ask_customers(desk.office, 90, actor="kari")
    assert len(asked(desk)) == 6


def test_the_orderers_answer_is_a_case_of_the_customer(desk: PaperDesk) -> None:
    ask_customers(desk.office, 90, actor="kari")
    letters = [one for one in asked(desk) if one.to != ("ikt@aukra.example",)]
    for number, letter in enumerate(letters, 2):
        words = {"sender": letter.to[0], "text": "Ok.", "In_Reply_To": letter.message_id or ""}
        desk.arrive(mail(f"SV: {letter.subject}", number=number, **words))
    answers = [case for case in queue(desk.office) if "aktivitet" in case["subject"]]
    assert len(answers) == len(letters) == 2
    assert {(case["customer"], case["category"], case["status"]) for case in answers} == {("molde", "molde", "new")}


def test_only_leads_and_admins_ask_and_where_nobody_is_quiet_nobody_is_written_to(desk: PaperDesk) -> None:
    with pytest.raises(NotAllowed, match="only leads and admins"):
        ask_customers(desk.office, 90, actor="per")
    document = ask_customers(desk.office, 92, actor="admin")
    assert (document["mailed"], document["no_customer"], asked(desk)) == ([], [], [])
    assert report_text(document, "md", language="nb", width=80, colour=False).endswith("Ingen.")


def test_the_report_says_who_was_written_to_at_80_columns(desk: PaperDesk) -> None:
    document = ask_customers(desk.office, 90, actor="kari")
    said = report_text(document, "text", language="nb", width=80, colour=False)
    assert max(map(len, said.splitlines())) <= 80
    for word in ("Brev til kundene", "per@innkjop.example", "sendes nå", "ingen å spørre",
                 "Ikke registrert for noen kunde: ny."):  # fmt: skip
        assert word in " ".join(said.split())
    assert all(report_text(document, form, language="en", width=80, colour=False) for form in FORMATS)


def test_the_command_writes_only_where_it_is_asked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, console = MovedClock(), Console(capsys)
    clock.moment = dt.datetime.now(dt.UTC) - dt.timedelta(days=91)  # the command's own clock is the machine's
    config = write_config(tmp_path, more=CUSTOMERS)
    monkeypatch.setenv("INBOXD_CONFIG", str(config))
    desk = PaperDesk(tmp_path, config=config, clock=clock)
    take_config(desk.office)
    assert "mailed" not in console.ask("report", "inactive", "--as", "kari")
    assert desk.letters() == ()
    assert len(console.ask("report", "inactive", "--mail", "--as", "kari")["mailed"]) == 4
    assert "sendt før i dag" in console("report", "inactive", "--mail", "--as", "kari")
    assert console.error("report", "inactive", "--mail", "--as", "revi", code=77)["code"]
    assert len(desk.letters()) == 3
    desk.close()


def test_an_orderer_that_is_a_mailbox_of_the_desk_is_refused(tmp_path: Path) -> None:
    more = CUSTOMERS.replace("per@innkjop.example", "kundeservice@desk.example", 1)
    with pytest.raises(ConfigError, match="orderers: is a mailbox of the desk"):
        load(write_config(tmp_path, more=more), env={}, with_secrets=False)

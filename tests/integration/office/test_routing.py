"""Customers, senders and rules on a desk with a database: what becomes of mails and calls, and what is on record."""

import datetime as dt
import shutil
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from inboxd.mail.parse import parse
from inboxd.office.documents import queue
from inboxd.office.explain import Explainer
from inboxd.office.queues import incoming_list
from inboxd.office.reports.rule_hits import rule_hits
from inboxd.store.checks import check
from tests.integration.paper_desk import Console, PaperDesk, mail, write_config

CONFIG = """
[[customer]]
name = "Molde"
title = "Molde kommune"
domains = ["molde.example"]
own_category = true
manager = "kari"
members = ["per"]
priority = "high"
[[customer]]
name = "Aukra"
title = "Aukra kommune"
domains = ["aukra.example"]
[[contact]]
address = "ordforer@molde.example"
priority = "critical"
language = "nn"
[[sender_rule]]
match = "laerling@elev.molde.example"
action = "accept"
[[sender_rule]]
match = "*@elev.*"
action = "refuse"
[[sender_rule]]
match = "*@ukjent.example"
action = "hold"
[[rule]]
name = "skriver"
match = { subject = "(?i)skriver" }
set = { category = "print", type = "fault", tags = ["skriver"] }
[[rule]]
name = "alarm"
match = { from = "^alarm@" }
set = { receipt = false, priority = "low" }
[[rule]]
name = "ferie"
match = { subject = "Ferie" }
set = { template = "receipt_ferie" }
[[rule]]
name = "aldri"
match = { subject = "denne finnes ikke" }
set = { priority = "low" }
"""


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[PaperDesk]:
    """A desk that serves two municipalities, and no pupils."""
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    for language, words in (("nb", "God ferie"), ("en", "Happy holidays")):
        (tmp_path / "templates" / language).mkdir(parents=True)
        letter = tmp_path / "templates" / language / "receipt_ferie.txt.j2"
        letter.write_text(f"Subject: [{{{{ reference }}}}] {{{{ subject }}}}\n\n{words}!\n")
    paper = PaperDesk(tmp_path, config=write_config(tmp_path, more=CONFIG))
    yield paper
    paper.close()


def cases(desk: PaperDesk) -> list[dict[str, Any]]:
    return sorted(queue(desk.office), key=lambda case: case["number"])


def came(desk: PaperDesk, sender: str, subject: str = "PC", number: int = 1, **headers: str) -> None:
    desk.arrive(mail(subject, sender=sender, number=number, **headers))


def refusals(desk: PaperDesk) -> list[EmailMessage]:
    found = [desk.octets(letter) for letter in desk.letters() if letter.kind == "refusal"]
    return [message_from_bytes(octets, policy=default) for octets in reversed(found)]


def test_a_mail_of_a_known_domain_has_its_customer_and_any_other_none(desk: PaperDesk) -> None:
    came(desk, "x@it.molde.example")
    came(desk, "y@aukra.example", number=2)
    came(desk, "z@annen.example", number=3)
    found = [(case["customer"], case["category"], case["priority"]) for case in cases(desk)]
    assert found == [("Molde", "Molde", "high"), ("Aukra", "it", "normal"), (None, "it", "normal")]


def test_a_customer_starts_with_one_category_of_its_own_with_manager_members_and_routing(desk: PaperDesk) -> None:
    made = desk.office.desk.category("Molde")
    assert made is not None
    assert (made.title, made.manager, made.members) == ("Molde kommune", "kari", ("per",))
    came(desk, "x@molde.example")
    (case,) = cases(desk)
    assert (case["category"], case["assignee"]) == ("Molde", "per")


def test_one_persons_own_settings_go_before_the_customers(desk: PaperDesk) -> None:
    came(desk, "ordforer@molde.example")
    (case,) = cases(desk)
    assert (case["priority"], case["language"]) == ("critical", "nn")


def test_a_pupil_gets_one_polite_refusal_a_day_and_no_case(desk: PaperDesk) -> None:
    came(desk, "Elev <Per@elev.molde.example>", "Hjelp med iPad")
    came(desk, "per@elev.molde.example", "Hei igjen", number=2)
    came(desk, "kari@elev.aukra.example", "Passord", number=3)
    assert cases(desk) == []
    first, other = refusals(desk)
    assert (str(first["To"]), str(other["To"])) == ("Elev <Per@elev.molde.example>", "kari@elev.aukra.example")
    assert first["Subject"] == "Vi kan ikke ta imot henvendelsen din: Hjelp med iPad"
    assert first["In-Reply-To"] == "<m1@kommune.example>"
    assert first["Auto-Submitted"] == "auto-replied"
    words = first.get_content()
    assert "hjelper ansatte hos Molde kommune og Aukra kommune" in words
    assert "Ta kontakt med skolen" in words
    assert "Hei, hjelp." not in words
    desk.clock.forward(days=1)
    came(desk, "per@elev.molde.example", "Fremdeles", number=4)
    assert len(refusals(desk)) == 3


def test_whoever_forges_many_senders_does_not_make_us_write_to_all_of_them(
    tmp_path: Path, empty_database: Path
) -> None:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    more = "[receipts]\nunknown_senders = '3/1m'\n[[sender_rule]]\nmatch = '*@elev.*'\naction = 'refuse'"
    paper = PaperDesk(tmp_path, config=write_config(tmp_path, more=more))
    for number in range(5):
        came(paper, f"x{number}@elev.molde.example", f"Melding {number}", number=number)
    assert sorted(letter.state for letter in paper.letters()) == ["hold", "hold", "queued", "queued", "queued"]
    assert cases(paper) == []
    paper.close()


def test_what_was_refused_is_on_record_and_a_person_may_open_it(desk: PaperDesk, console: Console) -> None:
    came(desk, "per@elev.molde.example")
    (row,) = incoming_list(desk.office, ignored=True)
    assert (row["outcome"], row["reason"]) == ("ignored", "sender_rule *@elev.* refuses it")
    assert (row["mailbox"], row["received_at"]) == ("kundeservice", "2026-03-09T09:00:00+00:00")
    assert "sender_rule *@elev.*" in console("incoming", "list", "--ignored")
    console("incoming", "open", str(row["id"]))
    (case,) = cases(desk)
    assert case["customer"] == "Molde"
    assert {row["rule"]: row["hits"] for row in rule_hits(desk.office)}["sender_rule *@elev.*"] == 1


def test_without_the_sender_rule_the_same_mail_is_a_case(tmp_path: Path, empty_database: Path) -> None:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    paper = PaperDesk(tmp_path)
    came(paper, "per@elev.molde.example")
    assert len(cases(paper)) == 1
    assert refusals(paper) == []
    paper.close()


def test_an_exception_of_the_rule_gets_through(desk: PaperDesk) -> None:
    came(desk, "laerling@elev.molde.example")
    assert len(cases(desk)) == 1


def test_an_answer_to_a_known_case_gets_through_whatever_the_sender_rules_say(desk: PaperDesk) -> None:
    came(desk, "x@molde.example", "PC", Cc="per@elev.molde.example")
    (case,) = cases(desk)
    came(desk, "per@elev.molde.example", f"SV: [{case['reference']}] PC", number=2)
    assert cases(desk)[0]["last"]["who"] == "per@elev.molde.example"
    assert refusals(desk) == []


def test_a_machine_among_the_refused_is_told_nothing(desk: PaperDesk) -> None:
    came(desk, "per@elev.molde.example", Auto_Submitted="auto-generated")
    assert (cases(desk), refusals(desk)) == ([], [])


def test_a_mail_that_a_sender_rule_holds_waits_for_a_person(desk: PaperDesk) -> None:
    came(desk, "x@ukjent.example")
    (row,) = incoming_list(desk.office)
    assert (row["state"], row["reason"]) == ("hold", "sender_rule *@ukjent.example holds it")
    assert cases(desk) == []


def test_rules_set_type_and_tags_and_may_want_no_receipt_or_one_of_their_own(desk: PaperDesk) -> None:
    came(desk, "x@aukra.example", "Skriver")
    came(desk, "alarm@aukra.example", "Disk full", number=2)
    came(desk, "y@aukra.example", "Ferie", number=3)
    first, second, third = cases(desk)
    assert (first["category"], first["type"]) == ("print", "fault")
    assert (second["priority"], third["type"]) == ("low", None)
    receipts = {letter.to[0]: desk.octets(letter) for letter in desk.letters() if letter.kind == "receipt"}
    assert set(receipts) == {"x@aukra.example", "y@aukra.example"}
    assert b"God ferie!" in receipts["y@aukra.example"]


def test_a_receipt_of_the_admins_own_that_is_broken_gives_way_to_the_packages(desk: PaperDesk) -> None:
    for language in ("nb", "en"):
        (desk.folder / "templates" / language / "receipt_ferie.txt.j2").write_text("Subject: x\n\n{{ finnes_ikke }}")
    came(desk, "y@aukra.example", "Ferie")
    (receipt,) = [letter for letter in desk.letters() if letter.kind == "receipt"]
    assert b"Saksnummer: KS-10008" in desk.octets(receipt)


def test_every_rule_of_the_config_is_counted_those_that_never_hit_too(desk: PaperDesk) -> None:
    came(desk, "x@aukra.example", "Skriver")
    desk.clock.forward(hours=1)
    came(desk, "y@aukra.example", "Skriver og ferie: Ferie", number=2)
    came(desk, "per@elev.molde.example", number=3)
    rows = rule_hits(desk.office)
    assert [(row["rule"], row["hits"]) for row in rows] == [
        ("sender_rule laerling@elev.molde.example", 0), ("sender_rule *@elev.*", 1),
        ("sender_rule *@ukjent.example", 0), ("skriver", 2), ("alarm", 0), ("ferie", 1), ("aldri", 0),
    ]  # fmt: skip
    assert rows[3]["last_at"] == "2026-03-09T11:00:00+01:00"
    assert rows[4]["last_at"] is None
    hour = dt.timedelta(hours=1)
    first = rule_hits(desk.office, since=desk.clock.now() - hour, until=desk.clock.now())
    assert {row["rule"]: row["hits"] for row in first}["skriver"] == 1


def test_a_rule_that_is_no_longer_there_keeps_its_hits(tmp_path: Path, desk: PaperDesk) -> None:
    came(desk, "x@aukra.example", "Skriver")
    later = PaperDesk(tmp_path, config=write_config(tmp_path))
    assert [(row["rule"], row["hits"]) for row in rule_hits(later.office)] == [("skriver", 1)]
    assert check(later.office.store) == ()
    later.close()


def test_a_mail_that_is_decided_on_again_is_one_hit(desk: PaperDesk, console: Console) -> None:
    came(desk, "x@ukjent.example")
    (row,) = incoming_list(desk.office)
    console("incoming", "retry", str(row["id"]))
    while desk.intake():
        continue
    assert {row["rule"]: row["hits"] for row in rule_hits(desk.office)}["sender_rule *@ukjent.example"] == 1


def test_a_call_has_the_callers_customer_and_an_agent_may_say_another(desk: PaperDesk, console: Console) -> None:
    words = ("new", "--channel", "phone", "--subject", "PC", "-m", "Død")
    console.ask(*words, "--from", "x@molde.example")
    console.ask(*words, "--from", "x@molde.example", "--customer", "Aukra", "--type", "callof")
    console.ask(*words, "--customer", "none")
    found = [(case["customer"], case["category"], case["type"]) for case in cases(desk)]
    assert found == [("Molde", "Molde", None), ("Aukra", "it", "callof"), (None, "it", None)]
    assert console.error(*words, "--customer", "Rauma", code=4)["hint"] == "there are: Molde, Aukra"


def test_customer_and_type_are_set_and_taken_off_and_the_journal_says_so(desk: PaperDesk, console: Console) -> None:
    came(desk, "z@annen.example")
    set_ = console.ask("set", "KS-10008", "--customer", "Molde", "--type", "question")
    assert (set_["customer"], set_["type"]) == ("Molde", "question")
    assert "Customer:  Molde\nType:      question\n" in console("show", "KS-10008")
    console("set", "KS-10008", "--customer", "none", "--type", "none")
    shown = console.ask("show", "KS-10008")
    assert (shown["customer"], shown["type"]) == (None, None)
    events = [entry["text"] for entry in shown["journal"] if entry["kind"] == "event"]
    assert events[-4:] == ["customer: – → Molde", "type: – → question", "customer: Molde → –", "type: question → –"]


def explained(desk: PaperDesk, octets: bytes) -> dict[str, Any]:
    explainer = Explainer(desk=desk.office.desk, office=desk.office, parser=parse, clock=desk.clock)
    return explainer.explain("a.eml", octets)


def test_explain_says_who_set_every_value_and_what_every_rule_would_set(desk: PaperDesk) -> None:
    routing = explained(desk, mail("Skriver", sender="ordforer@molde.example"))["routing"]
    assert (routing["customer"], routing["type"], routing["tags"]) == ("Molde", "fault", ["skriver"])
    assert routing["fired"] == [
        {"rule": "skriver", "sets": {"category": "print", "type": "fault", "tags": ["skriver"]}}
    ]
    assert routing["set_by"] == {
        "category": "rule skriver", "priority": "contact ordforer@molde.example", "type": "rule skriver",
        "assignee": "category print", "language": "contact ordforer@molde.example",
    }  # fmt: skip
    assert routing["offers"]["category"] == [
        {"by": "rule skriver", "value": "print"}, {"by": "customer Molde", "value": "Molde"},
        {"by": "mailbox kundeservice", "value": "it"},
    ]  # fmt: skip


def test_explain_shows_the_rule_that_refuses_and_writes_nothing(desk: PaperDesk) -> None:
    document = explained(desk, mail("iPad", sender="per@elev.molde.example"))
    assert (document["decision"], document["reason"]) == ("ignore", "sender_rule *@elev.* refuses it")
    assert document["routing"]["fired"] == [{"rule": "sender_rule *@elev.*", "sets": {"action": "refuse"}}]
    assert document["letters"] == [{"kind": "refusal", "to": ["per@elev.molde.example"], "subject": "iPad"}]
    assert all(row["hits"] == 0 for row in rule_hits(desk.office))
    assert desk.letters() == ()


def test_explain_says_where_a_refusal_was_written_already_that_day(desk: PaperDesk) -> None:
    desk.arrive(mail("iPad", number=1, sender="per@elev.molde.example"))
    again = mail("Fortsatt iPad", number=2, text="Hei igjen\n", sender="Per@Elev.molde.example")
    document = explained(desk, again)
    assert document["letters"] == []
    assert document["suppressed"] == [{"kind": "refusal", "reason": "written already: a sender gets one a day"}]
    desk.clock.forward(days=1)
    assert [letter["kind"] for letter in explained(desk, again)["letters"]] == ["refusal"]
    desk.arrive(again)
    assert [letter.kind for letter in desk.letters()] == ["refusal", "refusal"]


def test_explain_reads_as_a_story(desk: PaperDesk, console: Console) -> None:
    path = desk.folder / "m.eml"
    path.write_bytes(mail("Skriver", sender="ordforer@molde.example"))
    told = console("explain", str(path))
    assert "Category    print, by rule skriver (over customer Molde: Molde, mailbox" in told
    assert "Fired       rule skriver: category = print, type = fault, tags = skriver" in told
    assert "Customer    Molde" in told

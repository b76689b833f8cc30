"""`forward`: what leaves the desk, and where the supplier's answer comes in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inboxd.mail.parse import attachment_content, parse
from tests.integration.paper_desk import OLA, Console, PaperDesk, mail, write_config

SUPPLIER = "support@supplier.example"
GROUP = "faggruppe@kommune.example"
POINTS = f"""
[[point]]
name = "faggruppe"
title = "Faggruppe oppvekst"
address = "{GROUP}"
for = ["referral"]
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PaperDesk]:
    paper = PaperDesk(tmp_path, config=write_config(tmp_path, more=POINTS))
    yield paper
    paper.close()


def opened(desk: PaperDesk, console: Console, octets: bytes) -> str:
    desk.arrive(octets)
    reference: str = console.ask("queue")[-1]["reference"]
    return reference


def letter_to(desk: PaperDesk, address: str) -> bytes:
    (letter,) = [row for row in desk.letters() if address in row.to and row.kind != "receipt"]
    return desk.octets(letter)


@pytest.mark.parametrize("text", ["Den star.\n", "Den står på gløtt.\n"])
def test_the_supplier_gets_the_mail_octet_for_octet(desk: PaperDesk, console: Console, text: str) -> None:
    octets = mail(text=text).replace(b"\n", b"\r\n")
    case = opened(desk, console, octets)
    document = console.ask("forward", case, "--to", f"Leverandøren <{SUPPLIER}>", "-m", "Se vedlegget.", "--as", "kari")
    assert set(document) == {"reference", "letter"}
    assert set(document["letter"]) == {"id", "state", "to", "cc", "message_id", "not_before"}
    assert (document["letter"]["to"], document["letter"]["cc"]) == ([SUPPLIER], [])
    letter = letter_to(desk, SUPPLIER)
    (attached,) = parse(letter).attachments
    assert attached.filename == "Skriveren virker ikke.eml"
    assert attachment_content(letter, attached.part) == octets
    assert "Se vedlegget." in parse(letter).text
    assert {"address": SUPPLIER, "name": "Leverandøren", "role": "supplier"} in console.ask("show", case)[
        "participants"
    ]


def test_the_suppliers_answer_comes_to_the_case_and_not_to_the_requester(desk: PaperDesk, console: Console) -> None:
    case = opened(desk, console, mail())
    sent = console.ask("forward", case, "--to", SUPPLIER, "-m", "Kan dere se på den?", "--as", "kari")
    before = len(desk.letters())
    ours = sent["letter"]["message_id"]
    desk.arrive(mail("Re: saken", sender=SUPPLIER, number=2, text="Bytt fikseren.\n", In_Reply_To=ours))
    entries = console.ask("show", case)["journal"]
    assert [entry["reply_text"] for entry in entries if entry["kind"] == "mail_in"][-1].strip() == "Bytt fikseren."
    assert [letter.to for letter in desk.letters()[: len(desk.letters()) - before]] == [("kari@agents.example",)]
    console.ask("reply", case, "--all", "-m", "Fikseren er byttet.", "--as", "kari")
    newest = desk.letters()[0]
    assert (newest.to, newest.cc) == ((OLA,), ())


def test_a_call_is_sent_on_in_words(desk: PaperDesk, console: Console) -> None:
    new = console("new", "--name", "Liv Berg", "--subject", "Telefonen er stum", "-m", "Siden ni.", "--as", "kari")
    console("forward", new.split()[0], "--to", SUPPLIER, "--as", "kari")
    letter = parse(letter_to(desk, SUPPLIER))
    assert letter.attachments == ()
    assert "> Siden ni." in letter.text
    assert "Vi sender denne saken videre" in letter.text


def test_a_note_is_no_part_of_what_is_sent_on(desk: PaperDesk, console: Console) -> None:
    new = console("new", "--channel", "web", "--subject", "Ønske", "-m", "hemmelig notat", "--as", "kari")
    console("forward", new.split()[0], "--to", SUPPLIER, "--as", "kari")
    assert "hemmelig" not in parse(letter_to(desk, SUPPLIER)).text


def test_a_referred_case_is_with_the_point_and_its_requester_knows(desk: PaperDesk, console: Console) -> None:
    case = opened(desk, console, mail("Nytt fagsystem"))
    why = "Gjelder alle barnehagene."
    said = console("forward", case, "--refer", "faggruppe", "-m", why, "--as", "kari")
    assert said == f"{case}: it goes to {GROUP} now.\n"
    shown = console.ask("show", case)
    assert (shown["status"], shown["fields"], shown["assignee"]) == ("waiting", {"referred": "faggruppe"}, "kari")
    told, sent = parse(letter_to(desk, OLA)).text, parse(letter_to(desk, GROUP))
    assert "Dette er det Faggruppe oppvekst som avgjør" in told
    assert why in told
    assert why in sent.text
    assert [attached.filename for attached in sent.attachments] == ["Nytt fagsystem.eml"]
    error = console.error("forward", case, "--refer", "faggruppe", code=5)
    assert GROUP in error["hint"]


@pytest.mark.parametrize("words", [(), ("--to", SUPPLIER, "--refer", "faggruppe"), ("--to", "ingen adresse")])
def test_a_case_goes_to_one_place(desk: PaperDesk, console: Console, words: tuple[str, ...]) -> None:
    case = opened(desk, console, mail())
    assert console.error("forward", case, *words, code=2)["code"] == "usage"


def test_the_month_counts_what_was_referred_and_to_whom(desk: PaperDesk, console: Console) -> None:
    for number, subject in ((1, "Nytt fagsystem"), (2, "Et system til"), (3, "Skriveren")):
        desk.arrive(mail(subject, number=number))
    cases = {row["subject"]: row["reference"] for row in console.ask("queue")}
    for subject in ("Nytt fagsystem", "Et system til"):
        console("forward", cases[subject], "--refer", "faggruppe", "--as", "kari")
    referred = {"point": "faggruppe", "title": "Faggruppe oppvekst", "cases": 2}
    month = console.ask("show", cases["Nytt fagsystem"])["journal"][-1]["at"][:7]
    assert console.ask("report", "channels", "--month", month)["referred"] == [referred]
    assert "Faggruppe oppvekst" in console("report", "channels", "--month", month)
    assert console.ask("report", "channels", "--month", "2026-02")["referred"] == []

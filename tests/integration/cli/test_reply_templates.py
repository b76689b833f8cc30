"""`reply --template`: words that agents send again and again, filled in for the case, checked before they are sent."""

import email
import email.policy
from pathlib import Path
from typing import Any

import pytest

from inboxd.cli.app import run
from tests.integration.cli.test_process import Terminal, editor
from tests.integration.paper_desk import Console, PaperDesk, mail, write_config

FIELDS = """
[[category]]
name = "pc"
fields = [{ name = "PC-navn", ask = true }, { name = "rom", ask = true }]

[[rule]]
name = "all"
mailbox = "kundeservice"
set = { category = "pc" }
"""


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    own = tmp_path / "templates" / "nb" / "replies"
    own.mkdir(parents=True)
    (own / "skriver.txt.j2").write_text("Hei {{ requester_name }}! Sak {{ reference }}: slå skriveren av og på.\n")
    (own / "odelagt.txt.j2").write_text("Hei {{ kundenavn }}!\n")
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=FIELDS))
    desk.arrive(mail(text="PC-navn: MOL-1\n"))
    yield desk
    desk.close()


@pytest.fixture
def ask(desk: PaperDesk, capsys: pytest.CaptureFixture[str]) -> Any:
    console = Console(capsys)

    def asked(*words: str, code: int = 0) -> str:
        return console("--config", str(desk.config), "reply", "10008", *words, "--as", "kari", "--yes", code=code)

    return asked


def answers(desk: PaperDesk) -> list[str]:
    """Return the words of the answers that were written, above the signature; newest first."""
    letters = [letter for letter in desk.letters() if letter.kind == "answer"]
    parsed = [email.message_from_bytes(desk.octets(letter), policy=email.policy.default) for letter in letters]
    words = [str(message.get_content()).replace("\r\n", "\n") for message in parsed]  # type: ignore[attr-defined]
    return [text.partition("\n\nVennlig hilsen")[0] for text in words]


def test_the_words_of_a_template_are_sent_filled_in_for_the_case(desk: PaperDesk, ask: Any) -> None:
    ask("--template", "skriver")
    assert answers(desk) == ["Hei Ola Nordmann! Sak KS-10008: slå skriveren av og på."]


def test_an_agents_own_words_stand_beneath_them(desk: PaperDesk, ask: Any) -> None:
    ask("--template", "skriver", "-m", "Ring gjerne.")
    assert answers(desk)[0].endswith("slå skriveren av og på.\n\nRing gjerne.")


def test_a_word_that_nobody_knows_is_an_error_before_anything_is_sent(desk: PaperDesk, ask: Any) -> None:
    said = ask("--template", "odelagt", code=78)
    assert "nb/replies/odelagt.txt.j2: line 1: 'kundenavn' is undefined" in said
    assert answers(desk) == []


def test_an_unknown_template_names_those_there_are(desk: PaperDesk, ask: Any) -> None:
    assert "there are: innlogging, odelagt, opplysninger, skriver" in ask("--template", "skrive", code=4)
    assert answers(desk) == []


def test_the_packages_template_asks_for_what_is_missing(desk: PaperDesk, ask: Any) -> None:
    ask("--template", "opplysninger", "--wait", "3d")
    assert "trenger vi å vite:\n- rom\n" in answers(desk)[0]


@pytest.mark.parametrize(("language", "begins"), [("nb", "Hei, Ola"), ("nn", "Hei, Ola"), ("en", "Hello, Ola")])
@pytest.mark.parametrize("name", ["innlogging", "opplysninger"])
def test_the_packages_templates_are_there_in_every_language(
    desk: PaperDesk, ask: Any, capsys: pytest.CaptureFixture[str], language: str, begins: str, name: str
) -> None:
    Console(capsys)("--config", str(desk.config), "set", "10008", "--language", language, "--as", "kari")
    ask("--template", name)
    assert answers(desk)[0].startswith(begins)


def test_words_in_another_language_than_the_requesters_are_told_of(
    desk: PaperDesk, ask: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "in nb" not in ask("--template", "skriver")
    Console(capsys)("--config", str(desk.config), "set", "10008", "--language", "nn", "--as", "kari")
    run(["--config", str(desk.config), "reply", "10008", "--template", "skriver", "--as", "kari", "--yes"])
    said = capsys.readouterr().err
    assert "inboxd: the reply template skriver is in nb, and the case's language is nn" in said
    assert len(answers(desk)) == 2


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "sent"), [("n\n", 0), ("y\n", 1)])
def test_on_a_terminal_words_in_another_language_are_sent_when_a_person_says_so(
    desk: PaperDesk, capsys: pytest.CaptureFixture[str], typed: str, sent: int
) -> None:
    Console(capsys)("--config", str(desk.config), "set", "10008", "--language", "en", "--as", "kari")
    words = ("reply", "10008", "--template", "skriver", "-m", "Ring.", "--as", "kari")
    asked = Terminal(desk)(*words, typed=typed, code=0 if sent else 2)
    assert "The reply template skriver is in nb, and the case's language is en. Go on" in asked.stdout + asked.stderr
    assert len(answers(desk)) == sent


def test_check_names_the_languages_that_lack_a_reply_template(
    desk: PaperDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    document = Console(capsys).ask("--config", str(desk.config), "check", code=78)
    lacking = [warning for warning in document["warnings"] if "reply template" in warning]
    assert lacking == [f'reply template "{name}" is not there in nn, en' for name in ("odelagt", "skriver")]


def test_health_says_that_a_broken_reply_template_fails(desk: PaperDesk, capsys: pytest.CaptureFixture[str]) -> None:
    document = Console(capsys).ask("--config", str(desk.config), "health", code=2)
    (told,) = [problem["what"] for problem in document["problems"] if problem["code"] == "template_broken"]
    assert "until it is mended `reply --template odelagt` fails" in told


def test_check_finds_a_broken_reply_template_beforehand(desk: PaperDesk, capsys: pytest.CaptureFixture[str]) -> None:
    document = Console(capsys).ask("--config", str(desk.config), "check", code=78)
    (error,) = document["errors"]
    assert error.endswith("nb/replies/odelagt.txt.j2: line 1: 'kundenavn' is undefined")


@pytest.mark.slow
def test_on_a_terminal_the_words_stand_in_the_editor_to_be_changed(desk: PaperDesk) -> None:
    script = "sed -i 's/av og på/på igjen/' $1"
    Terminal(desk)("reply", "10008", "--template", "skriver", "--as", "kari", EDITOR=editor(desk, script))
    assert answers(desk) == ["Hei Ola Nordmann! Sak KS-10008: slå skriveren på igjen."]


@pytest.mark.slow
def test_what_a_caller_says_at_the_prompt_fills_the_fields(desk: PaperDesk, capsys: pytest.CaptureFixture[str]) -> None:
    done = Terminal(desk)("new", "--category", "pc", "--as", "kari", typed="Treg PC\nPC-navn: MOL-7, rom: 12\n")
    reference = done.stdout.split()[0]
    shown = Console(capsys).ask("--config", str(desk.config), "show", reference, "--as", "kari")
    assert (shown["subject"], shown["fields"]) == ("Treg PC", {"PC-navn": "MOL-7", "rom": "12"})
    assert shown["complete"] is True

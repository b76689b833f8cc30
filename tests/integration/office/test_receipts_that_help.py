"""What a requester gets by itself, from the mail to the letter's octets: fields asked for, language, planned texts."""

import datetime as dt
import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import NOW, OLA, Console, PaperDesk, mail, write_config

FIELDS = """
[[category]]
name = "pc"
calendar = "office"
fields = [
  { name = "brukernavn", ask = true, pattern = "(?i)brukernavn: *(\\\\S+)", title = { nb = "Brukernavn", nn = "Brukarnamn", en = "Username" } },
  { name = "PC-navn", ask = true, pattern = "(?i)PC: *(\\\\S+)" },
]

[[rule]]
name = "all"
mailbox = "kundeservice"
set = { category = "pc" }

[[contact]]
address = "ordforer@kommune.example"
language = "nn"

[[receipt_text]]
name = "paske"
from = "2026-03-30"
to = "2026-04-06"
text = { nb = "God påske!", en = "Happy Easter!" }
"""  # noqa: E501 - an inline table of TOML is one line


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=FIELDS))
    yield desk
    desk.close()


def written(desk: PaperDesk, kind: str = "receipt") -> EmailMessage:
    """Return the newest letter of a kind as its reader's program reads it."""
    letter = next(letter for letter in desk.letters() if letter.kind == kind)
    return read(desk, letter)


def read(desk: PaperDesk, letter: LetterRow) -> EmailMessage:
    parsed = email.message_from_bytes(desk.octets(letter), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def words(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


def test_a_receipt_asks_for_what_the_mail_did_not_tell(desk: PaperDesk) -> None:
    desk.arrive(mail(text="Hei, den starter ikke.\n"))
    receipt = words(written(desk))
    assert "For å kunne hjelpe deg raskt trenger vi å vite:\n- Brukernavn\n- PC-navn\n" in receipt
    assert "starter ikke" not in receipt


def test_a_receipt_asks_for_nothing_where_the_mail_told_all(desk: PaperDesk) -> None:
    desk.arrive(mail(text="Hei.\nBrukernavn: kno01\nPC: MOL-12345\nDen starter ikke.\n"))
    receipt = words(written(desk))
    assert "trenger vi å vite" not in receipt
    assert "kno01" not in receipt


def test_what_the_mail_told_never_comes_back_in_a_receipt_whatever_the_admins_template_says(tmp_path: Path) -> None:
    own = tmp_path / "templates" / "nb"
    own.mkdir(parents=True)
    (own / "receipt.txt.j2").write_text(
        "Subject: {{ reference }}\n\nTakk. {{ fields|join(', ') }}{{ about }}{{ text }}"
    )
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=FIELDS))
    desk.arrive(mail(text="Brukernavn: https://lur.example/\n"))
    assert words(written(desk)) == "Takk. \n"
    desk.close()


def test_an_answer_fills_what_was_missing_and_the_case_shows_it(
    desk: PaperDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    console = Console(capsys)
    desk.arrive(mail(text="Den starter ikke. PC: MOL-1\n"))
    (case,) = console.ask("--config", str(desk.config), "queue", "--as", "kari")
    assert case["complete"] is False
    receipt = written(desk)
    desk.arrive(mail(text="Brukernavn: kno01\n", number=2, In_Reply_To=str(receipt["Message-ID"])))
    shown = console.ask("--config", str(desk.config), "show", case["reference"], "--as", "kari")
    assert (shown["fields"], shown["missing"], shown["complete"]) == (
        {"PC-navn": "MOL-1", "brukernavn": "kno01"}, [], True,
    )  # fmt: skip
    assert [e["text"] for e in shown["journal"] if e["kind"] == "event"] == ["brukernavn: – → kno01"]


def test_complete_cases_go_first_among_those_due_at_the_same_moment(
    desk: PaperDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    console = Console(capsys)
    desk.arrive(
        mail("Uten", number=1),
        mail("Med", number=2, sender="Turid <turid@kommune.example>", text="Brukernavn: t1, PC: MOL-2\n"),
    )
    queue = console.ask("--config", str(desk.config), "queue", "--as", "kari")
    assert [case["subject"] for case in queue] == ["Med", "Uten"]
    whole = console.ask("--config", str(desk.config), "queue", "--complete", "--as", "kari")
    assert [case["subject"] for case in whole] == ["Med"]


def test_a_contacts_language_goes_before_the_mails_own(desk: PaperDesk) -> None:
    english = "Hello, I cannot log in to my computer. Could you please help me?\n"
    desk.arrive(mail(sender="Ordføraren <ordforer@kommune.example>", text=english))
    assert "Vi har fått henvendinga di." in words(written(desk))
    desk.arrive(mail(text=english, number=2))
    receipt = written(desk)
    assert "We have received your enquiry." in words(receipt)
    assert "- Username\n" in words(receipt)
    assert receipt["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Hej, jag kan inte logga in på min dator. Vad ska jag göra?\n", "Vi har mottatt"),
        ("Hej, jeg kan ikke logge ind på min computer. Hvad skal jeg gøre?\n", "Vi har mottatt"),
        ("Guten Tag, ich kann mich nicht anmelden. Was soll ich tun?\n", "We have received"),
        ("Buorre beaivi, mun in beasa sisa dihtorii. Sáhttibehtet go veahkehit?\n", "Vi har mottatt"),
    ],
)
def test_who_writes_a_neighbours_language_is_answered_in_bokmal_and_others_in_english(
    desk: PaperDesk, text: str, begins: str
) -> None:
    desk.arrive(mail(text=text))
    assert words(written(desk)).startswith(begins)


def test_the_language_of_a_case_stays_and_an_agent_may_change_it(
    desk: PaperDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    console = Console(capsys)
    desk.arrive(mail(text="Hei, eg får ikkje logga på maskina mi. Kva gjer eg?\n"))
    receipt = written(desk)
    english = "Hello again, I would like to have an answer, please. Thank you.\n"
    desk.arrive(mail(text=english, number=2, In_Reply_To=str(receipt["Message-ID"])))
    console("--config", str(desk.config), "reply", "10008", "-m", "Prøv no.", "--as", "kari")
    assert "Venleg helsing" in words(written(desk, "answer"))
    changed = console.ask("--config", str(desk.config), "set", "10008", "--language", "en", "--as", "kari")
    assert changed["language"] == "en"
    console("--config", str(desk.config), "reply", "10008", "-m", "Try now.", "--as", "kari", "--yes")
    assert "Kind regards" in words(written(desk, "answer"))
    assert "one of nb, nn, se, en" in console(
        "--config", str(desk.config), "set", "10008", "--language", "sv", "--as", "kari", code=2
    )


def test_a_planned_text_stands_on_top_from_its_first_moment_to_its_last(desk: PaperDesk) -> None:
    before = dt.datetime(2026, 3, 29, 21, 59, tzinfo=dt.UTC)  # a minute to midnight at the desk
    for number, (moment, there) in enumerate(
        [
            (before, False),
            (before + dt.timedelta(minutes=1), True),
            (dt.datetime(2026, 4, 6, 21, 59, tzinfo=dt.UTC), True),
            (dt.datetime(2026, 4, 6, 22, 0, tzinfo=dt.UTC), False),
        ]
    ):
        desk.clock.moment = moment
        desk.arrive(mail(f"Sak {number}", number=number, text=f"Hei, jeg trenger hjelp med noe annet, {number}.\n"))
        assert words(written(desk)).startswith("God påske!\n\n") is there, moment


def test_check_tells_which_text_comes_next_and_which_language_falls_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_config(tmp_path, more=FIELDS + '\n[[contact]]\naddress = "aslak@kommune.example"\nlanguage = "se"\n')
    document = Console(capsys).ask("--config", str(config), "check")
    (coming,) = document["receipt_texts_coming"]
    assert coming.startswith("paske: ")
    assert 'language "se": all letters fall back to nb' in document["warnings"]
    whole = dict.fromkeys(("nb", "nn", "en"), "every letter is there")
    assert document["letters"] == whole | {"se": "all letters fall back to nb"}


def test_a_receipt_promises_an_answer_only_where_the_desk_wants_to(tmp_path: Path) -> None:
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more="\n[receipts]\npromise_response = true\n"))
    desk.arrive(mail())
    assert "Du får svar senest mandag 9. mars kl. 14.00." in words(written(desk))
    desk.close()


def test_a_receipt_promises_nothing_by_itself(desk: PaperDesk) -> None:
    desk.arrive(mail())
    assert "Du får svar" not in words(written(desk))


def test_at_a_critical_case_the_receipt_asks_to_be_rung(tmp_path: Path) -> None:
    rule = '\n[[rule]]\nname = "k"\nmatch = { subject = "(?i)kritisk" }\nset = { priority = "critical" }\n'
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=rule))
    desk.arrive(mail("Kritisk: alt er nede"))
    assert "Ring oss på 71 11 11 66 med en gang." in words(written(desk))
    desk.arrive(mail("Tastatur", number=2))
    assert "Er det kritisk? Ring 71 11 11 66." in words(written(desk))
    desk.close()


def test_a_call_is_confirmed_with_what_is_missing(desk: PaperDesk, capsys: pytest.CaptureFixture[str]) -> None:
    Console(capsys)(
        "--config", str(desk.config), "new", "--from", OLA, "--subject", "PC-en", "--category", "pc",
        "-m", "Brukernavn: kno01", "--as", "kari",
    )  # fmt: skip
    receipt = words(written(desk))
    assert "- PC-navn\n" in receipt
    assert "- Brukernavn" not in receipt
    assert desk.clock.moment == NOW

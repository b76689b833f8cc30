"""Machines in words alone: announcements, labelled lines, templates, cases, proofs; and people near them."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.mail.machine import announcements, answers, received, reports, senders, words
from tests.unit.mail.test_automatic import leaf
from tests.unit.mail.test_automatic_answers import says
from tests.unit.mail.test_machine_senders import by

ANNOUNCED = [
    ("Spam Quarantine Summary", "You have 12 new quarantined messages."),
    ("Karantenerapport", "Følgende meldinger er satt i karantene:\nFra: x@y.example"),
    ("Quarantänebericht", "Folgende Nachrichten wurden zurückgehalten:\nVon: x@y.example"),
    ("You have messages in quarantine", "1 messages are being held for you to review"),
    ("eFax message from 4722000000", "You have received a 2 page fax."),
    ("A fax has arrived from 22000000", "A fax has arrived from remote ID 22000000."),
    ("Ny talepost fra 90000000", "Du har fått en ny talemelding fra 90000000, varighet 0:21."),
    ("New message 3 in mailbox 441", "You were just left a 0:21 long message in mailbox 441 from 90000000"),
    ("Verpasster Anruf von 030000000", "Verpasster Anruf am 16.11.2026 von 030000000"),
    ("Scanned from a Xerox device", "It was scanned and sent to you using a Xerox multifunction printer."),
    ("Skanning fra BRW0080", "Filformat: PDF"),
]


@pytest.mark.parametrize(("subject", "text"), ANNOUNCED)
def test_what_a_machine_announces_it_says_again(subject: str, text: str) -> None:
    assert announcements.announcement(says(text, subject=subject))


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Quarantine report", "My quarantine report lists these messages as held."),
        ("Fax from 22 00 00 00", "We never got page 2 of these 3 pages."),
        ("Fax til 22 00 00 00", "Faksen svarer ikke. 4 sider ble aldri sendt."),
        ("Tapt anrop fra dere", "Ring igjen på 90 00 00 00."),
        ("Scan to email", "It stopped working. Device name: MFP4."),
        ("Voicemail from 90000000", "Can you delete the message from 90000000?"),
        ("Missed call from 90000000", ""),
    ],
)
def test_a_person_who_writes_about_such_a_thing_announces_nothing(subject: str, text: str) -> None:
    assert announcements.announcement(says(text, subject=subject)) is None


def test_an_announcement_answers_no_mail() -> None:
    subject, text = ANNOUNCED[0]
    assert announcements.announcement(says(text, subject=subject, in_reply_to=("a@b.example",))) is None


LINES = "Device: sw12\nSeverity: critical\nTimestamp: 10:00\n"


def test_lines_of_nothing_but_a_monitors_labels_are_a_machines() -> None:
    assert announcements.labelled_lines(says(LINES)) == "device, severity, timestamp"


@pytest.mark.parametrize(
    "text",
    [
        LINES + "Kan dere se på denne?",
        LINES + "Denne kom i natt.\nOg så en til.",
        "Device: sw12\nSeverity: critical\n",
        "Name: Eva Lind\nLocation: Bergen\nMessage: Ny bruker\n",
    ],
)
def test_lines_with_labels_among_a_persons_words_or_of_a_form_are_a_persons(text: str) -> None:
    assert announcements.labelled_lines(says(text)) is None


def test_a_file_alone_under_a_scanners_subject_is_a_scan() -> None:
    silent = says("", subject="Attached Image", attachments=(leaf("application/pdf"),))
    assert reports.alarm(silent) == "Subject: Attached Image; no text, only a file"


def test_another_address_is_whom_to_ask_and_his_own_is_a_signature() -> None:
    text = "Jeg er sykmeldt. Saker tas av Nils, {}."
    kari = by("kari@firma.example")
    for address, hit in (("nils@firma.example", True), ("kari@firma.example", False)):
        words_of = text.format(address)
        mail = replace(kari, text=words_of, reply_text=words_of, subject="Sykefravær", **IN_ANSWER)
        assert (answers.absence_in_words(mail) is not None) is hit
    nobody = replace(kari, identity=None, from_=(), text=text, reply_text=text.format("nils@firma.example"))
    assert words.tells_of_absence(nobody, signs=1) == "Jeg er sykmeldt"


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("Takk for din melding. Vi svarer på henvendelser innen 24 timer.", True),
        ("Takk for din melding. Vi svarer innen 24 timer. Jeg ringer deg da.", False),
        ("Takk for din melding. Vi svarer innen 24 timer, og da trenger vi nøkkelen.", False),
        ("Takk for din melding. Vi svarer innen 24 timer. Kan dere sende nøkkelen?", False),
    ],
)
def test_thanks_and_a_promise_are_an_acknowledgement_where_nobody_speaks(text: str, hit: bool) -> None:
    assert (answers.acknowledgement_in_words(says(text)) is not None) is hit


IN_ANSWER: dict[str, Any] = {"in_reply_to": ("417@desk.example",)}
TEMPLATES = [
    ("På reisefot", "Hei, og takk for mail. Alt som haster: ring Turid 91 00 00 00."),
    ("God jul!", "Nordlys Bygg holder stengt. Vi svarer på e-post når dagene er lengre."),
    ("Uw vraag", "We hebben uw vraag gezien en reageren binnen 2 dagen."),
    ("Meldingen din", "Meldingen din er mottatt."),
    ("My new address", "My address has changed. This mailbox is no longer monitored."),
]


@pytest.mark.parametrize(("subject", "text"), TEMPLATES)
def test_an_answer_under_its_own_subject_in_words_of_a_template_bars_a_receipt(subject: str, text: str) -> None:
    assert answers.template_in_answer(says(text, subject=subject, **IN_ANSWER))
    assert answers.template_in_answer(says(text, subject=f"SV: {subject}", **IN_ANSWER)) is None
    assert answers.template_in_answer(says(text, subject=subject)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Takk for e-posten. Nå trenger jeg en skjerm til, det haster.",
        "Takk for e-posten. Hva nå?",
        "Takk for e-posten. Jeg byttet kabel.",
        "Takk for e-posten. Skjermen min er ny.",
        "Skjermen på rom 12 er svart.",
    ],
)
def test_who_asks_wants_or_did_something_under_his_own_subject_is_a_person(text: str) -> None:
    assert answers.template_in_answer(says(text, subject="Skjerm", **IN_ANSWER)) is None


def test_an_answer_that_quotes_is_no_template() -> None:
    thanks = says("Takk for e-posten.", subject="Skjerm", **IN_ANSWER)
    assert words.reads_like_a_template(thanks) == "Takk for e-post"
    quoting = replace(thanks, text="Takk for e-posten.\n> Hei på deg")
    assert words.reads_like_a_template(quoting) is None


def test_an_absence_under_its_own_subject_in_an_answer_needs_one_word_more_only() -> None:
    text = "Jag är tjänstledig till 1 mars."
    assert answers.absence_in_words(says(text, subject="Tjänstledig", **IN_ANSWER))
    assert answers.absence_in_words(says(text, subject="Tjänstledig")) is None


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("[8812] Printer", "Your ticket has been marked as resolved."),
        ("Zgłoszenie", "Państwa zgłoszenie nr 8812 zostało zarejestrowane."),
        ("Sak", "Sak 44121 er lukket."),
        ("Survey", "Please rate the support you received: https://c.example/1"),
    ],
)
def test_what_became_of_the_readers_case_bars_a_receipt(subject: str, text: str) -> None:
    assert received.tells_of_a_case(says(text, subject=subject))
    assert answers.acknowledgement_in_words(says(text, subject=subject))


@pytest.mark.parametrize(
    "text",
    [
        "Saken min 44121 er lukket.",
        "Your ticket 44121 was closed, but why?",
        "Jeg byttet disken, så saken deres 44121 er løst.",
        "Your ticket was closed.",
        "I would rate your support with five stars.",
    ],
)
def test_a_person_who_writes_of_a_case_or_of_help_is_a_person(text: str) -> None:
    assert received.tells_of_a_case(says(text)) is None


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Accusé de réception", "Nous accusons réception de votre message."),
        ("Bekreftelse på mottatt e-post", "Kommunen bekrefter å ha mottatt din e-post."),
        ("Conferma di ricezione", "Abbiamo ricevuto la sua richiesta."),
    ],
)
def test_a_receipt_said_in_subject_and_text_needs_no_promise(subject: str, text: str) -> None:
    assert received.says_so_twice(says(text, subject=subject))
    assert not received.says_so_twice(says(text, subject="Skriveren"))
    assert not received.says_so_twice(says(f"{text} Hvordan går det?", subject=subject))


PROOF = "To complete the verification, click the link."


def test_a_filters_wish_for_proof_bars_a_receipt_and_in_a_thread_is_an_automatic_answer() -> None:
    assert answers.challenge(says(PROOF, **IN_ANSWER)) == "“complete the verification”; In-Reply-To"
    assert answers.challenge(says(PROOF)) is None
    assert answers.challenge_in_words(says(PROOF)) == "“complete the verification”"
    assert answers.challenge_in_words(says(f"{PROOF} What does this mean?")) is None


def test_an_absence_with_precedence_bulk_in_an_answer_is_automatic_under_any_subject() -> None:
    text, bulk = "I am away until Monday.", ("Precedence", "bulk")
    assert answers.absence_from_nobody(says(text, bulk, **IN_ANSWER)) == "Precedence: bulk; “I am away”"
    assert answers.absence_from_nobody(says(text, bulk)) is None
    assert answers.absence_from_nobody(says(text, **IN_ANSWER)) is None


@pytest.mark.parametrize("name", ["Nagios", "The HylaFAX Receive Agent", "Spam Quarantine", "HP Scanner", "iLO5-web1"])
def test_a_program_is_known_by_the_name_it_gives_itself(name: str) -> None:
    assert senders.robot_sender(by("kontor@firma.example", name)) == f"From: {name}"


@pytest.mark.parametrize("name", ["Xerox Norge", "Per Scanner Olsen", "Zabbix-gruppa", "Karantene Hansen"])
def test_a_name_with_more_beside_it_is_a_persons(name: str) -> None:
    assert senders.robot_sender(by("kontor@firma.example", name)) is None

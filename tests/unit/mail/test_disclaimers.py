"""What machines say of themselves without any field: where to answer, how to be rid of them; and people near them."""

import pytest

from inboxd.mail.machine import announcements, answers, disclaimers, people, received, senders
from tests.unit.mail.test_automatic import leaf
from tests.unit.mail.test_automatic_answers import says
from tests.unit.mail.test_machine_senders import by

IGNORED = [
    "If you did not request this code, please ignore this mail.",
    "Hvis du ikke har bedt om denne e-posten, kan du se bort fra den.",
    "Om du inte har begärt detta kan du bortse från mejlet.",
    "Wenn Sie das nicht veranlasst haben, ignorieren Sie diese Nachricht.",
    "You cannot reply to this message.",
    "Du kan ikkje svare på denne meldinga.",
    "Denne postkassen blir ikke lest.",
    "This mailbox is not monitored.",
    "Auf diese E-Mail können Sie nicht antworten.",
    "Dette er en automatisk utsendt e-post.",
    "Detta är ett automatiskt genererat meddelande.",
]


@pytest.mark.parametrize("sentence", IGNORED)
def test_a_sentence_that_wants_no_answer_or_may_be_ignored_is_a_machines(sentence: str) -> None:
    assert disclaimers.says_message(says(f"Koden er 123456.\n{sentence}"))


@pytest.mark.parametrize(
    "sentence",
    [
        "Hvis dere ikke har begynt, kan dere se bort fra dette.",
        "Hvis du ikke har bestilt enda, så se bort fra denne, jeg ringer.",
        "If you have not seen it, ignore the first one.",
    ],
)
def test_a_person_takes_back_an_earlier_mail(sentence: str) -> None:
    assert disclaimers.says_message(says(f"Hei.\n{sentence}")) is None


@pytest.mark.parametrize(
    "line",
    [
        "##- Please type your reply above this line -##",
        "## Svar over denne linjen ##",
        "-=-=- Reply above this line to add a note -=-=-",
        "Skriv svaret ditt ovenfor denne streken",
        "## Besvara ovanför den här raden ##",
        "--- Bitte antworten Sie oberhalb dieser Zeile ---",
        "=-=-= Pour répondre par courriel, écrivez au-dessus de cette ligne =-=-=",
        "## Vastaa tämän rivin yläpuolelle ##",
    ],
)
def test_a_first_line_that_wants_answers_above_it_is_of_a_desks_system(line: str) -> None:
    assert disclaimers.wants_answers_above(says(f"\n{line}\n\nVi ser på det."))
    assert disclaimers.wants_answers_above(says(f"Se under.\n{line}\nVi ser på det.")) is None


LAST = "Konsert torsdag, film fredag og teater lørdag i uke 47.\n{}"


@pytest.mark.parametrize(
    "line",
    [
        "Meld deg av: https://post.example/av",
        "[Unsubscribe](https://post.example/u) | [Preferences](https://post.example/p)",
        "Avregistrer (https://post.example/a)",
        "Newsletter abbestellen <https://post.example/b>",
        "Personvern | Slutt å abonnere",
    ],
)
def test_a_last_line_with_a_link_to_leave_by_is_a_newsletters(line: str) -> None:
    assert disclaimers.offers_to_unsubscribe(says(LAST.format(line)))


@pytest.mark.parametrize(
    "line",
    [
        "Vi vil gjerne avmelde Per fra kurset.",
        "Hvordan kan vi avslutte abonnementet? Se https://post.example/av",
        "Jeg ville avslutte abonnementet på https://post.example/av i går.",
        "Se https://post.example/program",
    ],
)
def test_a_person_who_wants_to_leave_one_says_so_himself(line: str) -> None:
    assert disclaimers.offers_to_unsubscribe(says(LAST.format(line))) is None


def test_one_word_or_an_answer_offers_nothing() -> None:
    assert disclaimers.offers_to_unsubscribe(says("Unsubscribe https://post.example/u")) is None
    text = LAST.format("Meld deg av: https://post.example/av")
    assert disclaimers.offers_to_unsubscribe(says(text, in_reply_to=("a@b.example",))) is None


@pytest.mark.parametrize(
    "text",
    [
        "Et brev ligger klart. Logg inn på portalen for å lese det.",
        "There is a new invoice. Sign in to your account to view it.",
        "Der er post. Log på for at læse den.",
        "Det finns ett brev. Logga in med kod för att läsa det.",
        "Undersøkelsen er åpen. Din personlige lenke: https://svar.example/7",
        "Vi så en ny pålogging på kontoen din kl. 9. Var det ikke deg? Bytt passord straks.",
        "There was a new sign-in. If this wasn’t you, change the password.",
    ],
)
def test_a_letter_that_only_sends_to_a_page_is_a_machines(text: str) -> None:
    assert disclaimers.sends_to_a_page(says(text))


@pytest.mark.parametrize(
    "text",
    [
        "Jeg må logge inn to ganger. Man skal logge på for å lese.",
        "Vi har lagt ut rapporten. Logg inn for å lese den.",
        "Logg inn for å se feilen. Kan dere rette den?",
        "Brukeren trenger hjelp. Sign in to see it.",
        "Rapporten er lagt ut.",
        "Ny pålogging fra Polen, det var ikke meg. Kan dere sperre kontoen?",
    ],
)
def test_a_person_who_sends_to_a_page_speaks_for_himself(text: str) -> None:
    assert disclaimers.sends_to_a_page(says(text)) is None


def test_an_answer_that_sends_to_a_page_is_no_such_letter() -> None:
    answer = says("Logg inn for å lese det.", in_reply_to=("a@b.example",))
    assert disclaimers.sends_to_a_page(answer) is None


ANNOUNCED = [
    ("[nas1] Backup job Natt completed", "Backup job: Natt\nStart time: 02:00\nDuration: 12 min"),
    ("Sikkerhetskopiering fullført", "Oppgaven er ferdig.\n\nOppgave: Natt\nVarighet: 12 minutter"),
    ("Your mailbox is almost full", "Your mailbox post@desk.example has reached 95 %."),
    ("Postkassen er nesten full", "Postkassen din har nådd grensen på 2 GB."),
    ("Quota warning", "Your inbox has used 97 percent of its space."),
    ("Samrom: koden er 482-913", "Bekreftelseskoden din er 482-913."),
    ("123456 is your code", "Your sign-in code is 123456."),
]


@pytest.mark.parametrize(("subject", "text"), ANNOUNCED)
def test_jobs_full_mailboxes_and_codes_are_announced_twice(subject: str, text: str) -> None:
    assert announcements.announcement(says(text, subject=subject))


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Backup feilet i natt", "Backupen feilet kl. 02. Loggen sier at disken er full."),
        ("Postkassen full", "Postkassen er full, 50 GB er brukt. Ønsker mer plass."),
        ("Mailbox full", 'It says "your mailbox is full". What now?'),
        ("Kode 482913 virker ikke", "Siden sier feil kode: 482913."),
    ],
)
def test_a_person_with_such_a_trouble_announces_nothing(subject: str, text: str) -> None:
    assert announcements.announcement(says(text, subject=subject)) is None


def test_a_recording_says_again_what_a_subject_announces() -> None:
    heard = says("Se vedlegg.", subject="Ny talepost fra 91234567", attachments=(leaf("audio/wav"),))
    assert announcements.announcement(heard) == "Subject: Ny talepost fra 91234567; “audio/wav”"
    assert announcements.announcement(says("Se vedlegg.", subject="Ny talepost fra 91234567")) is None
    assert announcements.announcement(says("Se vedlegg.", subject="Sangen", attachments=(leaf("audio/wav"),))) is None


def test_a_question_mark_in_a_link_asks_nothing() -> None:
    text = "I am protecting myself from spam. Click the link: https://slipp.example/a?x=1"
    assert received.asks_for_proof(says(text))
    assert received.asks_for_proof(says(text + "\nIs this real?")) is None


def test_a_challenge_from_a_sender_that_nobody_reads_needs_no_thread() -> None:
    text = "Your message was put on the waiting list. Follow the link."
    assert answers.challenge(by("noreply@vente.example", text=text, reply_text=text))
    assert answers.challenge(by("rolf@ness.example", text=text, reply_text=text)) is None


@pytest.mark.parametrize(
    ("words", "begs"),
    [
        ("Hvis det ikke virker, kan du åpne saken igjen.", False),
        ("Hvis du har tid, kan du ringe meg.", True),
        ("Hvis det er mulig, kan dere se på det?", True),
        ("Hei, kan du se på det.", True),
        ("Saken er løst.", False),
    ],
)
def test_what_one_may_do_in_some_case_is_no_plea(words: str, begs: bool) -> None:
    assert people.pleads(words) is begs


@pytest.mark.parametrize(
    "text", ["JEG ER PÅ FERIE TIL 3. AUGUST. TAKK FOR E-POSTEN.", "Jeg er på FERIE til İ. Takk for e-posten."]
)
def test_words_are_known_in_any_letters_and_told_as_written(text: str) -> None:
    seen = answers.out_of_office(says(text, subject="Ute av kontoret"))
    assert seen is not None
    assert "ferie" in seen.casefold()
    assert seen.split("“")[1].startswith(text[:3]) or "İ" in text


def test_a_text_whose_small_letters_are_more_is_searched_all_the_same() -> None:
    assert people.search(people.WANT, "İ TRENGER hjelp") == "trenger"
    assert people.search(people.WANT, "Vi TRENGER hjelp") == "TRENGER"


@pytest.mark.parametrize("name", ["HP LaserJet M507", "HP Color LaserJet Pro M454", "Xerox VersaLink C405"])
def test_a_sender_under_a_devices_name_is_the_device(name: str) -> None:
    assert senders.robot_sender(by("resepsjonen@vann.example", name))
    assert senders.robot_sender(by("resepsjonen@vann.example", f"Kari om {name}")) is None

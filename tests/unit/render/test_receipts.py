"""The letters that a desk sends by itself to who wrote to it, read as people read them: whole, in three languages."""

import dataclasses

import pytest

from inboxd.render.letters import LetterContext, Templates
from inboxd.render.samples import FULL, LANGUAGES

DAY = LetterContext(
    reference="KS-10429",
    subject="Skriveren virker ikke",
    desk_name="Kundeservice",
    mailbox_address="kundeservice@desk.example",
    phone="71 11 11 66",
)
"""A mail in office hours that tells everything."""

NIGHT = dataclasses.replace(
    DAY,
    closed_now=True,
    opens_at="mandag 23. november kl. 08.00",
    missing=("Brukernavn", "PC-navn"),
    planned="I juli har vi færre på jobb.",
    answer_by="mandag 23. november kl. 12.00",
)

WHOLE = {
    "nb": """\
I juli har vi færre på jobb.

Vi har mottatt henvendelsen din. Saksnummer: KS-10429.

Vi har stengt nå, og begynner på saken din når vi åpner mandag 23. november kl. 08.00.

Du får svar senest mandag 23. november kl. 12.00.

For å kunne hjelpe deg raskt trenger vi å vite:
- Brukernavn
- PC-navn

Svar på denne e-posten og skriv det som mangler.

Er det kritisk? Ring 71 11 11 66.

-- \n\
Kundeservice
Telefon: 71 11 11 66
E-post: kundeservice@desk.example
""",
    "nn": """\
I juli har vi færre på jobb.

Vi har fått henvendinga di. Saksnummer: KS-10429.

Vi har stengt no, og tek til med saka di når vi opnar mandag 23. november kl. 08.00.

Du får svar seinast mandag 23. november kl. 12.00.

For at vi skal kunne hjelpe deg raskt, treng vi å vite:
- Brukernavn
- PC-navn

Svar på denne e-posten og skriv det som manglar.

Er det kritisk? Ring 71 11 11 66.

-- \n\
Kundeservice
Telefon: 71 11 11 66
E-post: kundeservice@desk.example
""",
    "en": """\
I juli har vi færre på jobb.

We have received your enquiry. Case number: KS-10429.

We are closed now and will start on your case when we open on mandag 23. november kl. 08.00.

You will have an answer by mandag 23. november kl. 12.00.

To help you quickly, we need to know:
- Brukernavn
- PC-navn

Please reply to this e-mail with what is missing.

Is it critical? Call 71 11 11 66.

-- \n\
Kundeservice
Phone: 71 11 11 66
E-mail: kundeservice@desk.example
""",
}


def text(name: str, language: str, context: LetterContext) -> str:
    return Templates().render(name, language, context).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_of_the_night_says_all_there_is_to_say_in_that_order(language: str) -> None:
    assert text("receipt", language, NIGHT) == WHOLE[language]


@pytest.mark.parametrize(
    ("language", "open_now", "anything"),
    [
        ("nb", "Vi har åpent nå, og ser på saken din så snart vi kan.", "Svar på denne e-posten hvis du vil legge til"),
        ("nn", "Vi har ope no, og ser på saka di så snart vi kan.", "Svar på denne e-posten dersom du vil leggje til"),
        ("en", "We are open now and will look at your case as soon as we can.", "Reply to this e-mail if you would"),
    ],
)
def test_in_office_hours_it_says_so_and_asks_for_nothing_that_is_there(
    language: str, open_now: str, anything: str
) -> None:
    receipt = text("receipt", language, DAY)
    assert f"\n\n{open_now}\n\n{anything}" in receipt
    assert "\n- " not in receipt


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nb", "Saken er registrert som kritisk. Ring oss på 71 11 11 66 med en gang."),
        ("nn", "Saka er registrert som kritisk. Ring oss på 71 11 11 66 med ein gong."),
        ("en", "Your case is registered as critical. Please call us on 71 11 11 66 straight away."),
    ],
)
def test_at_a_critical_case_it_asks_to_be_rung(language: str, sentence: str) -> None:
    critical = dataclasses.replace(DAY, critical=True)
    assert sentence in text("receipt", language, critical)
    assert "71" not in text("receipt", language, dataclasses.replace(critical, phone=""))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["receipt", "receipt_encrypted", "status_letter", "preliminary"])
def test_no_letter_by_itself_names_an_agent_a_priority_or_anything_the_writer_said(name: str, language: str) -> None:
    letter = text(name, language, FULL)
    for canary in (FULL.about, FULL.text, FULL.assignee, FULL.agent_name, FULL.priority_title, *FULL.fields):
        assert canary not in letter
    assert len(letter.encode()) < 4000


STATUS = {
    "nb": """\
Saken din, KS-10429, som vi mottok mandag 9. mars, er ikke løst ennå.
Status nå: Åpen.

Du trenger ikke å gjøre noe.
Du hører fra oss igjen senest mandag 23. mars.

Er problemet borte, eller vil du legge til noe? Svar på denne e-posten.

Har det blitt kritisk? Ring 71 11 11 66.
""",
    "nn": """\
Saka di, KS-10429, som vi fekk mandag 9. mars, er ikkje løyst enno.
Status no: Åpen.

Du treng ikkje gjere noko.
Du høyrer frå oss igjen seinast mandag 23. mars.

Er problemet borte, eller vil du leggje til noko? Svar på denne e-posten.

Har det blitt kritisk? Ring 71 11 11 66.
""",
    "en": """\
Your case, KS-10429, which we received on mandag 9. mars, has not been solved yet.
Status now: Åpen.

There is nothing you need to do.
You will hear from us again by mandag 23. mars.

Has the problem gone away, or would you like to add anything? Reply to this e-mail.

Has it become critical? Call 71 11 11 66.
""",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_status_letter_says_that_the_case_lives_and_when_the_next_word_comes(language: str) -> None:
    context = dataclasses.replace(DAY, opened="mandag 9. mars", status_title="Åpen", next_letter="mandag 23. mars")
    assert text("status_letter", language, context).partition("\n-- ")[0] == STATUS[language]


PRELIMINARY = {
    "nb": """\
Dette er et foreløpig svar på henvendelsen din, som vi mottok mandag 9. mars. Saksnummer: KS-10429.

Saken tar lengre tid enn vi regnet med. Vi beklager at du må vente.
Vi regner med at du får svar senest fredag 20. mars kl. 12.00.

Vil du legge til noe? Svar på denne e-posten.
""",
    "nn": """\
Dette er eit førebels svar på henvendinga di, som vi fekk mandag 9. mars. Saksnummer: KS-10429.

Saka tek lengre tid enn vi rekna med. Vi beklagar at du må vente.
Vi reknar med at du får svar seinast fredag 20. mars kl. 12.00.

Vil du leggje til noko? Svar på denne e-posten.
""",
    "en": """\
This is an interim reply to your enquiry, which we received on mandag 9. mars. Case number: KS-10429.

Your case is taking longer than we expected. We are sorry that you have to wait.
We expect to answer you by fredag 20. mars kl. 12.00.

Would you like to add anything? Reply to this e-mail.
""",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_preliminary_answer_says_that_it_is_one_why_and_when_the_answer_may_come(language: str) -> None:
    context = dataclasses.replace(DAY, opened="mandag 9. mars", answer_by="fredag 20. mars kl. 12.00", phone="")
    assert text("preliminary", language, context).partition("\n-- ")[0] == PRELIMINARY[language]


def test_a_preliminary_answer_gives_the_desks_own_reason_and_promises_no_time_that_nobody_knows() -> None:
    reasoned = dataclasses.replace(DAY, reason="Vi har fått svært mange henvendelser.")
    letter = text("preliminary", "nb", reasoned)
    assert "Vi har fått svært mange henvendelser. Vi beklager at du må vente.\nVi kan ikke si nøyaktig når" in letter
    assert "Saken tar lengre tid" not in letter
    later = dataclasses.replace(reasoned, next_letter="fredag 20. mars")
    assert "beskjed om hvordan det går, senest fredag 20. mars." in text("preliminary", "nb", later)


@pytest.mark.parametrize(
    ("language", "days", "within"),
    [
        ("nb", 14, "innen 14 dager, så åpner vi saken igjen."),
        ("nb", 1, "innen én dag, så åpner vi saken igjen."),
        ("nb", 0, "Svar på denne e-posten, så åpner vi saken igjen."),
        ("nn", 14, "innan 14 dagar, så opnar vi saka igjen."),
        ("nn", 1, "innan éin dag, så opnar vi saka igjen."),
        ("en", 14, "within 14 days and we will reopen the case."),
        ("en", 1, "within one day and we will reopen the case."),
    ],
)
def test_a_closing_letter_says_how_long_an_answer_reopens_the_case(language: str, days: int, within: str) -> None:
    closing = dataclasses.replace(DAY, text="Ferdig.", closed=True, reopen_days=days)
    for name in ("answer", "closed"):
        assert within in text(name, language, closing)


@pytest.mark.parametrize(("language", "lacking"), [("nb", "Mangler:"), ("nn", "Manglar:"), ("en", "Missing:")])
def test_a_letter_to_agents_shows_the_fields_and_what_is_missing(language: str, lacking: str) -> None:
    known = dataclasses.replace(DAY, fields=("Brukernavn: kno01",), missing=("PC-navn", "Rom"))
    letter = text("agent_new_case", language, known)
    assert [line.split(":")[1].strip() for line in letter.splitlines() if line.startswith("Brukernavn:")] == ["kno01"]
    assert [line.split(":")[1].strip() for line in letter.splitlines() if line.startswith(lacking)] == ["PC-navn, Rom"]

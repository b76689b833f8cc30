"""Automatic answers and machines' reports in words: two signs, in many languages, and people near them."""

from typing import Any

import pytest

from inboxd.mail.machine import answers, disclaimers, invitations, reports
from inboxd.mail.message import ParsedMessage
from tests.unit.mail.test_automatic import leaf
from tests.unit.messages import message


def says(text: str, *fields: tuple[str, str], **changes: Any) -> ParsedMessage:
    return message(*fields, **{"text": text, "reply_text": text, **changes})


ABSENCES = [
    ("Ute av kontoret", "Jeg er på sommerferie til 3. august. Ved hast: ring sentralbordet."),
    ("Autosvar: x", "Kontoret holder feriestengt."),
    ("Ikkje til stades", "Eg er bortreist. Takk for e-posten din."),
    ("Frånvaromeddelande", "Jag är föräldraledig till maj. Vid brådskande ärenden, ring växeln."),
    ("Fraværende", "Jeg er på barsel. Tak for din mail. Kontakt reception@firma.example."),
    ("Poissaoloviesti", "Olen lomalla 10.8. saakka. Kiireellisissä asioissa soita."),
    ("Out of Office", "I'm on annual leave until Monday. I will reply when I return."),
    ("Abwesenheitsnotiz", "Ich bin bis zum 7. August im Urlaub. Vielen Dank für Ihre Nachricht."),
    ("Réponse automatique : x", "Je suis en congés."),
    ("Fuera de la oficina", "Estoy de vacaciones. Gracias por su mensaje."),
    ("Fuori sede", "Sono in ferie. Grazie per il messaggio."),
    ("Afwezigheidsbericht", "Ik ben op vakantie. Bedankt voor uw bericht."),
    ("Fora do escritório", "Estou de férias. Obrigado pela mensagem."),
    ("Poza biurem", "Jestem na urlopie. W sprawach pilnych proszę dzwonić."),
    ("Вне офиса", "Я в отпуске. Спасибо за письмо."),
    ("Mimo kancelář", "Jsem na dovolené. Děkuji za zprávu."),
    ("自動応答: x", "ただいま出張中です。"),
    ("外出", "我正在休假。紧急事务请联系同事。"),
]


@pytest.mark.parametrize(("subject", "text"), ABSENCES)
def test_an_absence_without_one_field_is_told_by_subject_and_words(subject: str, text: str) -> None:
    assert answers.out_of_office(says(text, subject=subject))


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Fravær", "Jeg er syk i dag og tilbake i morgen."),
        ("Ferie", "Jeg er på ferie i uke 30. Ved hast tar Kari telefonen."),
        ("Ute av kontoret uke 12", "Jeg er på reise. Ved hast ring Kari. Kan dere sette over telefonen?"),
        ("Out of office", "How do I switch it on? I am away from Friday, it is urgent."),
        ("Automatisk svar på telefonen", "Det virker ikke."),
        ("Skriveren", "Jeg er på ferie. Ved hast ring Kari."),
    ],
)
def test_a_person_who_tells_of_an_absence_is_a_person(subject: str, text: str) -> None:
    assert answers.out_of_office(says(text, subject=subject)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Jeg er sykmeldt til fredag og får ikke logget på hjemmefra. Ved hast, ring meg. Takk for at du hjelper.",
        "Jeg er på ferie til 3. august. Ved hast ring Kari. Hvilket skjema bruker jeg?",
        "I am on leave until Monday. It is urgent: the printer does not work.",
    ],
)
def test_who_is_away_and_tells_of_trouble_is_a_person(text: str) -> None:
    assert answers.out_of_office(says(text, subject="Sykmeldt")) is None
    assert answers.absence_in_words(says(text, subject="Sykmeldt")) is None


@pytest.mark.parametrize(
    "text",
    [
        "Jeg er på ferie til 3. august og får ikke lest e-post. Ved hast kan du ringe Kari.",
        "Jeg er på ferie til 3. august. Haster det? Ring sentralbordet.",
        "I am on leave until Monday. Do you need help? Contact us at help@firma.example.",
    ],
)
def test_a_machines_own_questions_and_advice_ask_for_nothing(text: str) -> None:
    assert answers.out_of_office(says(text, subject="Ferie"))


def test_a_report_of_absence_from_the_office_alone_bars_a_receipt_and_is_a_persons() -> None:
    text = "Jeg er ikke på kontoret til mandag."
    report = says(text, subject="Fravær")
    assert answers.out_of_office(report) is None
    assert answers.absence_in_words(report)
    assert answers.out_of_office(says(text, subject="Fravær", in_reply_to=("<1@desk.example>",)))
    assert answers.out_of_office(says(text, subject="Fravær: Skriveren"))


def test_the_field_of_a_rule_tells_an_absence_only_beside_words() -> None:
    rule = ("X-MS-Exchange-Inbox-Rules-Loop", "felles@desk.example")
    assert answers.out_of_office(says("Jeg er bortreist til mandag.", rule, subject="Ferie"))
    assert answers.out_of_office(says("Jeg søker fri.", rule, subject="Ferie i uke 30")) is None
    assert answers.out_of_office(says("Ring Kari.", rule, subject="Ute av kontoret"))
    assert answers.out_of_office(says("Kan dere ringe?", rule, subject="Ute av kontoret")) is None


def test_an_absence_from_the_null_path_needs_no_subject() -> None:
    text = "Jeg er på ferie."
    assert answers.absence_from_nobody(says(text, subject="Re: Skriveren", return_path=""))
    assert answers.absence_from_nobody(says("Skriveren er tom.", subject="Re: Skriveren", return_path="")) is None
    assert answers.absence_from_nobody(says(text, subject="Re: Skriveren")) is None
    assert answers.absence_from_nobody(says(text, subject="Autosvar: x", return_path="")) is None


def test_a_subject_that_is_nothing_but_automatic_bars_a_receipt() -> None:
    assert answers.automatic_subject(says("Jeg har permisjon.", subject="Autosvar"))
    assert answers.automatic_subject(says("Det virker ikke.", subject="Automatisk svar på telefonen")) is None


def test_words_of_absence_under_any_subject_bar_a_receipt() -> None:
    assert answers.absence_in_words(says("Takk for e-posten. Jeg er på ferie og svarer når jeg er tilbake."))
    assert answers.absence_in_words(says("Jeg er på ferie.")) is None


def test_what_is_forwarded_is_anothers_words() -> None:
    text = "Til info.\n\nFra: Per\nJeg er ute av kontoret. Takk for e-posten. Ved hast ring Kari."
    assert answers.absence_in_words(says(text)) is None
    assert answers.absence_in_words(says(text.replace("Fra:", ""), subject="VS: Ferie")) is None
    assert reports.alarm(says("Host: a\nState: DOWN", subject="VS: x")) is None


def test_thread_topic_is_a_thread_where_something_stands_before_it() -> None:
    answered = message(("Thread-Topic", "Skriveren"), subject="Automatisk svar: Skriveren")
    written = message(("Thread-Topic", "Automatisk svar: Skriveren"), subject="Automatisk svar: Skriveren")
    assert answers.automatic_subject_in_a_thread(answered)
    assert answers.automatic_subject_in_a_thread(written) is None


def test_a_mail_that_calls_itself_an_answer_must_be_one() -> None:
    text = "Dette er et automatisk svar."
    assert answers.says_answer(says(text, in_reply_to=("<1@desk.example>",)))
    assert answers.says_answer(says(f"{text} Vi har mottatt din henvendelse."))
    assert answers.says_answer(says(f"{text} Jeg er bortreist."))
    assert answers.says_answer(says(text)) is None
    assert reports.says_message(says(text))
    assert reports.says_message(says("Hei, skriveren er tom.")) is None


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Vi har mottatt din henvendelse.", ("X-Zammad-Ticket", "7")),
        ("Saken din er registrert.", ("X-ServiceNow-Generated", "true")),
        ("Thank you for contacting us. We will get back to you.", ("X-Mailgun-Sid", "7f3")),
        ("Tack för att du kontaktat oss.", ("Precedence", "bulk")),
        ("Vielen Dank für Ihre Anfrage.", ("Auto-Submitted", "auto-generated")),
        ("Kiitos yhteydenotostasi. Vastaamme pian.", ("X-Mailer", "Znuny Mail Service")),
        ("Takk for din henvendelse.\n\nVennligst ikke svar på denne e-posten.", ("X-Priority", "3")),
        ("Takk for din henvendelse.\n\nDette er et automatisk svar.", ("X-Priority", "3")),
    ],
)
def test_an_acknowledgement_is_told_by_its_words_and_a_sign_of_a_machine(text: str, field: tuple[str, str]) -> None:
    assert answers.acknowledgement(says(text, field))
    assert answers.acknowledgement(says(text, field, ("List-Id", "<x.y>"))) is None
    assert answers.acknowledgement(says("Har dere mottatt søknaden min?", field)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Takk for din henvendelse. Jeg har sett på saken, og vi svarer leverandøren innen to dager.",
        "Thank you for reaching out. I renewed it. We will get back to you if it stops again.",
        "Thank you for contacting us. We've replaced the cable. It is now registered on you.",
        "Tack för att du kontaktat oss. Kan du prova igen så återkommer vi.",
        "Takk for din henvendelse. Hvilken skriver gjelder det? Da svarer vi snarest.",
    ],
)
@pytest.mark.parametrize("field", [("X-Zendesk-Id", "7"), ("Precedence", "bulk"), ("X-SES-Outgoing", "2026.11.22")])
def test_a_person_who_thanks_through_a_desks_system_is_a_person(text: str, field: tuple[str, str]) -> None:
    assert answers.acknowledgement(says(text, field)) is None


def test_thanks_through_a_service_without_a_promise_are_no_acknowledgement() -> None:
    text = "Thank you for contacting us about the room. The key is at the desk."
    assert answers.acknowledgement(says(text, ("X-SES-Outgoing", "2026.11.22"))) is None
    assert answers.acknowledgement(says(f"{text} Your case number is 12.", ("X-SES-Outgoing", "2026.11.22")))


def test_an_absence_with_thanks_is_told_by_its_field() -> None:
    text = "Takk for din henvendelse. Jeg har permisjon til mai."
    assert answers.acknowledgement(says(text, ("Precedence", "bulk")))


def test_an_acknowledgement_from_nobody_needs_no_field() -> None:
    nobody = message().author.__class__(name="", address="ikke-svar@kommune.example")  # type: ignore[union-attr]
    text = "Vi har mottatt din henvendelse."
    assert answers.acknowledgement(says(text, from_=(nobody,), identity=nobody))
    assert answers.acknowledgement(says(text, from_=(), identity=None)) is None


def test_words_of_acknowledgement_with_a_number_bar_a_receipt() -> None:
    assert answers.acknowledgement_in_words(says("Vi har mottatt din henvendelse. Saksnummer: 12."))
    assert answers.acknowledgement_in_words(says("Vi har mottatt din henvendelse.")) is None
    assert answers.acknowledgement_in_words(says("Saksnummer: 12.")) is None


def test_a_challenge_wants_a_second_sign() -> None:
    subject = "Please confirm your message"
    assert answers.challenge(message(subject=subject, in_reply_to=("<1@desk.example>",)))
    assert answers.challenge(message(subject=subject, return_path=""))
    assert answers.challenge(message(subject=subject)) is None
    assert answers.challenge(message()) is None


def test_a_read_receipt_in_words_says_when() -> None:
    assert answers.read_in_words(says("Meldingen ble lest 4. september.", subject="Lest: Skriveren"))
    assert answers.read_in_words(says("Her er et spørsmål.", subject="Lest: rutinen")) is None
    assert answers.read_in_words(message()) is None


@pytest.mark.parametrize(
    "text",
    [
        "Den er lest. Men skriveren virker fortsatt ikke, hva gjør jeg?",
        "Den er lest. Skriveren virker fortsatt ikke.",
        "Rutinen er lest, og vi følger den.",
        f"Heftet ble lest {'høyt for alle ' * 10} i går.",
    ],
)
def test_a_person_who_tells_of_reading_is_a_person(text: str) -> None:
    assert answers.read_in_words(says(text, subject="Lest: Skriver")) is None


def test_the_lines_about_the_mail_and_the_time_zone_are_not_counted() -> None:
    zone = "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"
    text = (
        f"Your message\n\n   To: Kundeservice\n   Subject: Hva nå?\n   Sent: 09:00 {zone}\n\nwas read on 10:00 {zone}."
    )
    assert answers.read_in_words(says(text, subject="Read: Hva nå?"))


def test_an_answer_to_an_invitation_without_its_part_is_told_by_what_is_left() -> None:
    subject = "Avslått: Møte"
    packed = (leaf("application/ms-tnef", filename="winmail.dat"),)
    assert invitations.calendar(message(subject=subject, text="\n"))
    assert invitations.calendar(message(subject=subject, attachments=packed))
    assert invitations.calendar(message(("X-Microsoft-CDO-Busystatus", "BUSY"), subject=subject))
    assert invitations.calendar(message(subject=subject)) is None
    assert invitations.calendar(message(text="")) is None


def test_an_alarm_is_told_by_its_subject_and_two_lines_of_a_report() -> None:
    subject = "** PROBLEM Service Alert: web1/HTTP is CRITICAL **"
    assert reports.alarm(says("Service: HTTP\nHost: web1", subject=subject))
    assert reports.alarm(says("Host: web1", subject=subject)) is None
    lines = "Service på skriveren trengs.\nLocation er 2. etasje.\nWarning nå"
    assert reports.alarm(says(lines, subject="Alert: skriveren")) is None
    assert reports.alarm(says("x", subject="Cron <root@web1> run"))
    assert reports.alarm(says("", subject="Message from KM_C364e", attachments=(leaf("application/pdf"),)))
    assert reports.alarm(says("", subject="Message from KM_C364e")) is None


def test_statistics_of_mail_are_told_by_type_or_by_subject_and_packed_file() -> None:
    subject, packed = "Report domain: desk.example Submitter: x", (leaf("application/gzip"),)
    assert reports.mail_statistics(message(content_type="multipart/report", report_type="tlsrpt"))
    assert reports.mail_statistics(message(subject=subject, attachments=packed))
    assert reports.mail_statistics(message(subject=subject, content_type="application/zip"))
    assert reports.mail_statistics(message(subject=subject)) is None
    assert reports.mail_statistics(message(attachments=packed)) is None


def test_a_complaint_of_microsofts_loop_is_told_by_its_field_or_by_subject_and_mail() -> None:
    subject, mail = "complaint about message from 192.0.2.7", (leaf("message/rfc822"),)
    assert reports.complaint(message(("X-HmXmrOriginalRecipient", "ola@post.example")))
    assert reports.complaint(message(subject=subject, attachments=mail))
    assert reports.complaint(message(subject=subject)) is None


def test_an_invitation_that_a_calendar_sends_for_a_person_is_no_notification() -> None:
    field = ("Auto-Submitted", "auto-generated")
    assert reports.auto_generated(message(field))
    assert reports.auto_generated(message(field, content_type="text/calendar")) is None
    assert reports.auto_generated(message()) is None


def test_only_a_sentence_of_its_own_at_an_end_says_that_a_mail_is_automatic() -> None:
    middle = [*(["Hei"] * 5), "Dette er en automatisk melding.", *(["Takk"] * 5)]
    assert disclaimers.says_message(says("\n".join(middle))) is None
    assert disclaimers.says_message(says("Hei.\nDette er en automatisk melding.\nHilsen")) is not None
    assert disclaimers.says_message(says("Jeg fikk “dette er en automatisk melding” igjen.")) is None


@pytest.mark.parametrize(
    "text",
    [
        "Skriveren er tom.\nIkke svar på denne mailen, ring meg.",
        "Please do not reply to this address, I read the other one.",
        "Hei.\nIkke svar på denne e-posten.\nDu når meg på 71 00 00 00.",
        "The printer is empty.\nThis message is automatically scanned for viruses.",
        "Kan dere ringe?\nThis message was sent from my phone.",
        "Drucker leer.\nDiese E-Mail wurde automatisch auf Viren geprüft.",
        "Skrivaren är tom.\nDetta mail är skickat från min mobil.",
    ],
)
def test_who_wants_no_answer_there_or_has_a_footer_is_no_machine(text: str) -> None:
    assert disclaimers.says_message(says(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Fakturaen er klar.\nVennligst ikke svar på denne e-posten.",
        "Slik betaler jeg:\n" + "Gå til banken og velg.\n" * 200 + "Vennligst ikke svar på denne e-posten.",
        "Do not reply to this message, this mailbox is not monitored.\nYour parcel is here.",
        "This message was sent automatically.",
        "Detta mail har skickats automatiskt. Det är klart.",
    ],
)
def test_a_machines_sentence_is_known_where_nobody_speaks_for_himself(text: str) -> None:
    assert disclaimers.says_message(says(text))

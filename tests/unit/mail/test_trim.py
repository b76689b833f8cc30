from pathlib import Path

import pytest

from inboxd.mail.reply.trim import is_finnish_reply, trim_reply

REPLIES = Path(__file__).parents[2] / "fixtures" / "mail" / "replies"

ANSWER = "Takk, nå virker det.\n\nHilsen Ola"

QUOTES = {
    "outlook_nb": (
        "Fra: Kundeservice <ks@desk.example>\nSendt: tirsdag 3. mars 2026 10:12\nTil: Ola\nKopi: Kari\n"
        "Emne: SV: Skriver\n\nHei Ola"
    ),
    "outlook_nn": "Frå: Kundeservice\nSendt: tysdag 3. mars 2026 10:12\nTil: Ola\nEmne: SV: Skrivar\n\nHei Ola",
    "outlook_bold": (
        "*Fra:* Kundeservice\n*Sendt:* tirsdag 3. mars 2026 10:12\n*Til:* Ola\n*Emne:* SV: Skriver\n\nHei Ola"
    ),
    "outlook_mac_dato": (
        "Fra: Kundeservice\nDato: torsdag, 28. oktober 2021 kl. 12:46\nTil: Ola\nEmne: Skriver\nHei Ola"
    ),
    "outlook_sv": "Från: Kundtjänst\nSkickat: den 3 mars 2026 10:12\nTill: Ola\nÄmne: Skrivare\n\nHej",
    "outlook_da": "Fra: Service\nSendt: 3. marts 2026 10:12\nTil: Ola\nEmne: Printer\n\nHej",
    "outlook_fi": (
        "Lähettäjä: Palvelu\nLähetetty: tiistai 3. maaliskuuta 2026 10.12\nVastaanottaja: Ola\nAihe: Tulostin\n\nHei"
    ),
    "outlook_de": "Von: Dienst\nGesendet: Dienstag, 3. März 2026 10:12\nAn: Ola\nBetreff: Drucker\n\nHallo",
    "outlook_en": (
        "From: Service <s@desk.example>\nSent: Tuesday, March 3, 2026 10:12 AM\nTo: Ola\nSubject: Printer\n\nHi"
    ),
    "outlook_many_recipients": (
        "Fra: K <k@desk.example>\nSendt: tirsdag 3. mars 2026\nTil: A <a@x.example>;\nB <b@x.example>;\n"
        "C <c@x.example>;\nD <d@x.example>\nEmne: x\n\nHei"
    ),
    "outlook_web": (
        "________________________________\nFra: Kundeservice\nSendt: tirsdag 3. mars 2026 10:12\nTil: Ola\n"
        "Emne: Skriver\n\nHei"
    ),
    "outlook_web_unknown": (
        "________________________________\nOd: Kari\nWysłano: wtorek\nDo: Ola\nTemat: Drukarka\n\nHei"
    ),
    "outlook_mac_line": (
        "Kari Nordmann <kari@desk.example> skrev følgende den 28/10/2021, 12:46:\n\ufeff\n    Hei Ola"
    ),
    "gmail_nb": "tir. 18. apr. 2017 kl. 13:09 skrev Kari Nordmann <kari@desk.example>:\n\n> Hei Ola\n> To",
    "gmail_nb_wrapped": "tir. 18. apr. 2017 kl. 13:09 skrev Kari Nordmann <kari@desk.example\n>:\n\n> Hei Ola",
    "gmail_nb_address_below": (
        "Den tir. 3. mars 2026 kl. 10:12 skrev Kari Nordmann <\nkari@desk.example>:\n\n> Hei Ola"
    ),
    "gmail_html": (
        "tir. 18. apr. 2017 kl. 13:09 skrev Kari Nordmann <kari@desk.example>:\n\nHei Ola\nDette er gammelt"
    ),
    "gmail_sv": "Den ons 27 okt. 2021 kl 09:31 skrev Kari Nordmann <kari@desk.example>:\n\n> Hej",
    "gmail_fi": "pe 20. lokakuuta 2017 klo 17.50 Kari Nordmann <kari@desk.example> kirjoitti:\n\n> Hei",
    "gmail_de": "Am Di., 3. März 2026 um 10:12 Uhr schrieb Kari Nordmann <kari@desk.example>:\n\n> Hallo",
    "gmail_en": "On Tue, Mar 3, 2026 at 10:12 AM Kari Nordmann <kari@desk.example>\nwrote:\n\n> Hi",
    "gmail_en_three_lines": "On Tue, 3 Mar 2026 at 10:12, Kari Nordmann\n<\nkari@desk.example> wrote:\n\n> Hi",
    "apple_nb": "Den 15. jun. 2016 kl. 20.42 skrev Kari Nordmann <kari@desk.example>:\n\n> Hei",
    "apple_date_above": "3. mars 2026 kl. 10:12\nskrev Kari Nordmann <kari@desk.example>:\n\n> Hei",
    "thunderbird_nb": "Den 03.03.2026 10:12, skrev Kari Nordmann:\n> Hei",
    "thunderbird_unquoted": "Den 03.03.2026 10:12, skrev Kari Nordmann:\n\nHei",
    "k9_nn": "Den 3. mars 2026 10:12:31, skreiv Kari Nordmann <kari@desk.example>:\n>Hei",
    "name_and_date": "Kari Nordmann skrev den 03.03.2026 10:12:\n> Hei",
    "weak_before_quote": "Kari Nordmann skrev:\n> Hei\n> To",
    "bare_quote": "> Hei\n> To\n\n> Tre",
    "original_nb": "-----Opprinnelig melding-----\nFra: Kundeservice\nHei",
    "original_k9_nb": "-------- Original Melding --------\nHei",
    "original_nn": "-------- Opphavleg melding --------\nHei",
    "original_sv": "-----Ursprungligt meddelande-----\nHej",
    "original_fi": "-----Alkuperäinen viesti-----\nHei",
    "original_de": "-----Ursprüngliche Nachricht-----\nHallo",
    "original_en": "-----Original Message-----\nHi",
    "original_on_the_left_alone": "-----Original Message\nFrom: Kari\n\nHi",
    "reply_above_this_line": "##- Please type your reply above this line -##\n\nHi",
    "groupwise": ">>> Kari Nordmann <kari@desk.example> 03.03.2026 10:12 >>>\nHei",
    "labels_in_one_line": "From: Kari <k@desk.example> Sent: Tuesday, March 3, 2026 To: Ola Subject: Printer\n\nHi",
    "date_and_to": "Date: Tue, 3 Mar 2026 10:12:00 +0100\nTo: ola@kommune.example\n\nHi",
    "date_first": "Date: Tue, 3 Mar 2026 10:12:00 +0100\nFrom: Kari\nSubject: x\nTo: o@x.example\n\nHi",
    "subject_first": "Subject: Printer\nFrom: Kari\nDate: 3 Mar 2026\nTo: Ola\n\nHi",
    "from_and_moment": "From: kari@desk.example\nDate: Tue, 3 Mar 2026 10:12:00 +0100\n\nHi",
    "zoho": "---- On Tue, 03 Mar 2026 10:12:00 +0100 Kari <k@desk.example> wrote ----\n\nHi",
    "inotes": "-----Kari Nordmann/IT wrote: -----\nTo: Ola\n\nHi",
    "horde": "Siterer Kari Nordmann <kari@desk.example>:\n\n> Hei",
    "iso_with_zone": "2026-03-03 10:12 GMT+01:00 Kari Nordmann\n> Hei",
    "address_without_verb": "вт, 3 мар. 2026 г. в 10:12, Kari <kari@desk.example>:\n\nHei",
    "date_and_address_above_quote": "2026/3/3 Kari Nordmann <kari@desk.example>\n\n> Hei",
    "name_above_address": "Kari Nordmann\n<kari@desk.example> kirjoitti 3. maaliskuuta 2026 10.12.14:\n> Hei",
    "broken_before_wrote": "On Tue, Mar 3, 2026 at 10:12 AM Kari Nordmann\n\n<\nkari@desk.example\n> wrote:\nHi",
    "name_that_is_a_login": "Am 03.03.2026 um 10:12 schrieb Test user:\n\nHallo",
    "bars": "Kari skrev den 03.03.2026 10:12:\n| Hei\n| To",
    "values_below_their_labels": "Fra:\nKari\nSendt:\n3. mars 2026\nTil:\nOla\nEmne:\nx\n\nHei",
    "hard_blanks": "Fra:\u00a0Kari\nSendt:\u00a03. mars 2026\nTil:\u00a0Ola\nEmne:\u00a0x\n\nHei",
}

OWN_TEXTS = {
    "from_here_to_there": "Fra: start til slutt er alt feil.\nDet gjelder begge kontorene.",
    "from_in_a_sentence": "Fra: hva jeg ser er dette feil.\nSe loggen.",
    "a_journey": "Jeg vil reise.\nFra: Molde\nTil: Oslo\nDato: 3. mars 2026\nRing meg.",
    "own_words_quoted": "Den 3. mars skrev jeg:\nat skriveren er borte.",
    "own_words_with_time": "Den 3. mars 2026 kl. 10:12 skrev jeg til dere:\nat skriveren er borte.",
    "somebody_wrote_to": "Han skrev til ola@kommune.example i går\nHer er listen:\nen\nto",
    "a_mail_that_said": "Jeg fikk mail fra ola@kommune.example som skrev:\nSkriveren er borte.",
    "a_list_with_colon": "Jeg trenger:\nen skjerm\net tastatur",
    "underscores": "Navn:\n________________________________\nSignatur",
    "dashes": "En\n--\n" + "linje\n" * 20 + "slutt",
    "a_matter_with_from_and_to": "Vi trenger:\n\nFra: 1. januar\nTil: 31. mars\nEmne: Matematikk\nAntall: 30",
    "a_date_for_all": "Datum: 14 oktober 2026 10:12\nTill: alla\n\nVi har möte.",
    "a_date_without_an_hour": "Dato: 3. mars 2026\nTil: ola@kommune.example\n\nVi har møte.",
    "a_subject_first": "Emne: Ny PC\nFra: Molde\nTil: Oslo",
    "a_table": "Tall:\n| a | b |\n| 1 | 2 |",
    "bars_at_the_end": "Valg:\n| en\n| to",
    "a_long_sentence_that_ends_in_a_colon": f"{'ord ' * 120}kari skrev:\nHei",
    "two_sentences_before_wrote": "Det er feil.\n\nskrev:\nHei",
    "a_rule_above_a_page": "Først.\n\n" + "_" * 40 + "\n\nSå se https://x.example og svar.",
    "a_fence_of_dashes": "Her er oppsettet:\n\n--\nhost = a\n--\n\nSer det riktig ut?",
    "sent_from_sentence": "Det går ikke.\n\nSent from my desk, is much easier than my phone.",
    "a_memo": "Til: Byggesak\nFra: Per Lie\nDato: 19.11.2026\nEmne: Garasje\n\nJeg søker om garasje.",
    "a_form_with_a_day": "Navn: Per Lie\nFra: Storgata\nTil: Lillegata\nDato: 01.12.2026\nEmne: flytting\n\nPer",
    "a_copied_header": "Ekte?\n\nReceived: from a.example\nFrom: b@b.example\nTo: c@c.example\nSubject: S\n\nPer",
    "a_meeting": "Ansvarlig: Kari <k@x.example>\nTid: 19.11.2026 10:14\nSted: Rådhuset\nTema: Tall\n\nHar dere rom?",
    "labels_below_underscores": f"Navn\n{'_' * 32}\nFra: dato\nTil: dato\nSignatur: Per",
    "a_fence_of_exact_marks": "Feilen er:\n-- \nTraceback\n-- \nHva nå? Det haster.",
    "what_a_system_wrote": "Hei, dette skrev systemet:\n\n> ERROR 17\n> disk\n\nKan dere se på det?",
    "a_fence_of_dashes_without_a_question": "Kjør dette:\n\n--\nSELECT 1;\n--\n\nså ser dere feilen.",
    "a_citation_at_the_end": "Dette fikk jeg fra dere:\n\n> Fakturaen er forfalt.",
    "an_english_sentence_that_wrote": "On 3 March 2026 at 10:12 Kari <k@x.example> wrote to me and\n\nsaid yes.",
    "a_prompt_of_three_marks": "Dette feiler.\n\n>>> import kai\n>>> kai.ledig()",
    "a_page_with_dates_and_addresses": "Pakket av Per <p@x.example>\non Thu, 17 Aug 2000 16:10:54, siden endret\n"
    "av Kari <k@x.example>.\nAndre som har bidratt:\nOla",
    "a_day_before_a_comma": "Den 3. mars passer for meg,\nsier Ola\nhan skrev jo:\nsom avtalt",
    "from_my_phone_to_you": "Jeg ringer\nFra min mobil til sentralbordet deres, nummer 900 00 000.",
    "sent_in_the_middle": "Sendt fra min iPhone virker ikke\nmen fra PC går det.",
}


@pytest.mark.parametrize("name", QUOTES)
def test_the_quoted_tail_is_cut(name: str) -> None:
    assert trim_reply(f"{ANSWER}\n\n{QUOTES[name]}\n") == ANSWER


@pytest.mark.parametrize("name", OWN_TEXTS)
def test_a_persons_own_words_stay(name: str) -> None:
    assert trim_reply(OWN_TEXTS[name]) == OWN_TEXTS[name]


@pytest.mark.parametrize("name", QUOTES)
def test_where_nothing_would_be_left_everything_stays(name: str) -> None:
    assert trim_reply(QUOTES[name]) == QUOTES[name]


def test_a_label_above_a_real_block_does_not_move_the_cut() -> None:
    text = f"Fra: start til slutt er alt feil.\n\n{QUOTES['outlook_nb']}"
    assert trim_reply(text) == "Fra: start til slutt er alt feil."


@pytest.mark.parametrize(
    "marker",
    [
        "---------- Forwarded message ---------",
        "-------- Videresendt melding --------",
        "Begin forwarded message:",
        "Videresendt melding:",
        "-------- Weitergeleitete Nachricht --------",
        "> Videresendt melding:",
    ],
)
def test_a_forwarded_mail_is_kept_whole(marker: str) -> None:
    text = f"Se her.\n\n{marker}\n{QUOTES['outlook_nb']}\n"
    assert trim_reply(text) == text


def test_answers_inside_quoted_lines_stay_and_the_rest_of_the_quotation_goes() -> None:
    text = "Kari skrev:\n> Hvilket rom?\nRom 12.\n> Hvilken skriver?\nDen grå.\n> Hilsen Kari\n> IKT"
    assert trim_reply(text) == "Kari skrev:\n> Hvilket rom?\nRom 12.\n> Hvilken skriver?\nDen grå."


def test_an_answer_below_the_one_quotation_stays_alone() -> None:
    quotation = "Den 03.03.2026 10:12, skrev Kari Nordmann:\n> Hvilket rom?"
    assert trim_reply(f"{quotation}\n\nRom 12.") == "Rom 12."
    assert trim_reply(f"Hei Kari.\n\n{quotation}\n\nRom 12.\nOla") == "Hei Kari.\n\nRom 12.\nOla"
    assert trim_reply(f"{quotation}\n\nRom 12.\n\n{QUOTES['outlook_nb']}") == "Rom 12."


def test_what_somebody_quoted_without_saying_whom_stays_with_the_answer() -> None:
    text = "> Hvilket rom?\n\nRom 12."
    assert trim_reply(text) == text


def test_marked_lines_that_the_writer_leads_up_to_stay() -> None:
    text = "Jeg skriver dette i vinduet:\n> ping server1"
    assert trim_reply(text) == text


def test_the_rest_of_a_long_marked_line_is_marked_too() -> None:
    long = f"> {'langt ord ' * 8}\nresten av linjen\n> Hilsen Kari"
    assert trim_reply(f"{ANSWER}\n\nKari skrev:\n{long}") == ANSWER


@pytest.mark.parametrize("rest", ["_nonce=3dd518)", "(https://x.example/c/YzOT) >"])
def test_the_rest_of_a_link_in_marked_lines_is_marked_too(rest: str) -> None:
    quotation = f"Kari skrev:\n> Se saken (https://x.example/action\n{rest}\n> Hilsen Kari"
    assert trim_reply(f"{ANSWER}\n\n{quotation}") == ANSWER


def test_a_word_between_marked_lines_with_links_is_an_answer() -> None:
    text = "Kari skrev:\n> Er det https://x.example/a du ser?\nJa\n> Og hva står der?\nIngenting"
    assert trim_reply(text) == text


def test_words_below_marked_lines_with_their_own_introduction_stay_without_them() -> None:
    quotation = "> 3. mars 2026 kl. 10:12 skrev Kari\n> <kari@desk.example>:\n>\n> Hvilket rom?"
    assert trim_reply(f"{ANSWER}\n\n{quotation}\n\nOla") == f"{ANSWER}\n\nOla"


def test_only_a_greeting_above_an_unmarked_quotation_means_that_the_answers_stand_in_it() -> None:
    text = f"Hei Kari,\n\n{QUOTES['outlook_nb']}\n\nRom 12"
    assert trim_reply(text) == text


def test_answers_announced_inside_an_unmarked_quotation_stay() -> None:
    text = f"Hei, se svar under, i rødt.\n\n{QUOTES['outlook_nb']}\nRom 12."
    assert trim_reply(text) == text


def test_the_line_that_introduces_a_trailing_quotation_goes_with_it() -> None:
    text = "> Hvilket rom?\nRom 12.\nKari skrev:\n> mer\n> enda mer"
    assert trim_reply(text) == "> Hvilket rom?\nRom 12."


def test_own_words_above_a_trailing_quotation_stay() -> None:
    assert trim_reply("Hei.\nDen 3. mars skrev jeg:\n> gammelt") == "Hei.\nDen 3. mars skrev jeg:"


@pytest.mark.parametrize(
    "line",
    [
        "Sendt fra min iPhone",
        "Fra min Xiaomi-telefon",
        "Lähetetty Windowsin Sähköpostista",
        "أُرسلت من الـ iPhone",
        "Sent from my iPhone",
        "Sendt fra Outlook for iOS",
        "Få Outlook for Android<https://aka.ms/ghei36>",
        "Hent Outlook for iOS",
        "Get Outlook for iOS",
        "Skickat från min iPhone",
        "Lähetetty iPhonesta",
        "Von meinem iPhone gesendet",
        "Sendt frå min iPad",
    ],
)
def test_the_line_of_a_phone_goes(line: str) -> None:
    assert trim_reply(f"{ANSWER}\n\n{line}\n\n{QUOTES['gmail_nb']}") == ANSWER


def test_a_signature_goes_also_below_the_quotation() -> None:
    assert trim_reply(f"{ANSWER}\n-- \nOla Nordmann\nMolde") == ANSWER
    assert trim_reply(f"{ANSWER}\n\nKari skrev:\n> Hei\n\n-- \nOla Nordmann") == ANSWER
    assert trim_reply("-- \nOla") == "-- \nOla"


def test_a_very_long_mail_is_cut_where_its_tail_begins_early_and_shown_whole_otherwise() -> None:
    long = "linje\n" * 6_000
    assert trim_reply(f"{ANSWER}\n\n{QUOTES['outlook_nb']}\n{long}") == ANSWER
    for far_down in (
        f"{long}{QUOTES['outlook_nb']}",
        f"{'> x' * 4_990}\n-- \n{long}",
        f"{QUOTES['outlook_nb']}\n{long}",
    ):
        assert trim_reply(far_down) == far_down


def test_an_empty_text_stays_empty() -> None:
    assert trim_reply("") == ""


def test_a_mailing_lists_footer_goes() -> None:
    footer = "_______________________________________________\nadmins mailing list\nadmins@lists.example"
    assert trim_reply(f"{ANSWER}\n\n{QUOTES['thunderbird_nb']}\n\n{footer}") == ANSWER


def test_a_long_signature_goes_behind_the_exact_mark_alone() -> None:
    address = "\n".join(f"linje {n}" for n in range(20))
    assert trim_reply(f"{ANSWER}\n-- \n{address}") == ANSWER
    assert trim_reply(f"{ANSWER}\n--\n{address}") == f"{ANSWER}\n--\n{address}"


@pytest.mark.parametrize(
    ("subject", "text", "answers"),
    [
        ("VS: Tulostin", "Kiitos, toimii nyt.\n\nLähettäjä: Tuki\nAihe: Tulostin", True),
        ("[EKSTERN] VS: Tulostin", "Kiitos, toimii nyt.", True),
        ("VS: Skriver", "Kan dere se på denne?\n\nFra: Kari\nSendt: i dag\nEmne: Skriver", False),
        ("VS: 12", "12", False),
        ("VL: Tulostin", "Kiitos, toimii nyt.", False),
    ],
)
def test_vs_is_an_answer_in_finnish_and_a_forward_in_norwegian(subject: str, text: str, answers: bool) -> None:
    assert is_finnish_reply(subject, text) is answers


CLIENTS = (
    "outlook", "outlook-mac", "outlook-mac-line", "outlook-web", "gmail", "gmail-forward", "apple", "thunderbird", "k9",
    "yahoo",
)  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("language", ["nb", "nn", "sv", "da", "fi", "de", "en"])
def test_every_client_has_a_mail_in_every_language(client: str, language: str) -> None:
    assert (REPLIES / f"{client}-{language}.eml").exists()
    assert (REPLIES / f"{client}-{language}.toml").exists()

import sys

import pytest

from inboxd.mail.trim import trim_reply

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
    ],
)
def test_a_forwarded_mail_is_kept_whole(marker: str) -> None:
    text = f"Se her.\n\n{marker}\n{QUOTES['outlook_nb']}\n"
    assert trim_reply(text) == text


def test_answers_inside_quoted_lines_stay_and_the_rest_of_the_quotation_goes() -> None:
    text = "Kari skrev:\n> Hvilket rom?\nRom 12.\n> Hvilken skriver?\nDen grå.\n> Hilsen Kari\n> IKT"
    assert trim_reply(text) == "Kari skrev:\n> Hvilket rom?\nRom 12.\n> Hvilken skriver?\nDen grå."


def test_an_answer_below_the_quotation_stays() -> None:
    text = "Den 03.03.2026 10:12, skrev Kari Nordmann:\n> Hvilket rom?\n\nRom 12."
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


def test_an_empty_text_stays_empty() -> None:
    assert trim_reply("") == ""


def calls(text: str) -> int:
    """Count the function calls that trimming a text takes: what time would say, without the noise."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        trim_reply(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "piece",
    ["\n", "On ", "On On On\n", "> x\n", "x:\n", "Fra: x\n", "skrev a@b.no:\n", "________________________________\n",
     "Til:\n", "-- \n", ">\nx\n", "On x wrote:\n\n", "a@b.no:\n", "skrev <a@b.no\n>:\n", "Fra: a@b.no\nTil: x\n"],
)  # fmt: skip
def test_the_work_grows_with_the_lines_and_no_faster(piece: str) -> None:
    small, large = (calls(piece * (size // len(piece))) for size in (10_000, 40_000))
    assert large < 5 * small + 1000
    assert isinstance(trim_reply(piece * (200_000 // len(piece))), str)

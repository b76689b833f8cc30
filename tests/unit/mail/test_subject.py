import pytest

from inboxd.mail.subject import is_forward, one_line, receipt_subject, strip_prefixes


@pytest.mark.parametrize(
    "prefix",
    ["SV: ", "Sv:", "VS: ", "Re: ", "RE:", "Fwd: ", "Fw: ", "AW: ", "WG: ", "VB: ", "VL: ", "Antw: ", "Ang: ", "Vedr: ",
     "Svar: ", "[EKSTERN] ", "[EXTERNAL]", "[SPAM] ", "Re[2]: ", "Re(3): ", "Re^2: ", "SV : ", "SV：", "SV: Re: VS: ",
     "[EKSTERN] SV: [EXTERNAL] Re[4]: ", "Videresend: ", "\u00a0SV:\u00a0", "R: ", "Ref: ", "Vidaresend: ", "回复：",
     "***SPAM*** ", "SV: *** EKSTERN *** ", "ADVARSEL: ", "EXTERNAL: Re: ", "[External Email] ", "{Spam?} ",
     "(ekstern) SV: ", "[Ekstern e-post]: "],
)  # fmt: skip
def test_prefixes_are_taken_off(prefix: str) -> None:
    assert strip_prefixes(f"{prefix}Skriveren virker ikke") == "Skriveren virker ikke"


@pytest.mark.parametrize(
    "subject",
    [
        "Skriver",
        "Returen: hvor?",
        "SVar på alt",
        "Resultat: bra",
        "[KS-10429] Skriver",
        "Re",
        "Re-innkalling: møte",
        "Svar på søknad: avslag",
        "Ref 2026/17: klage",
        "Advarsel: glatt",
        "R2: rommet",
        "*** Viktig ***",
        "SPAM i innboksen",
        "[Ekstern revisjon] møte",
        "Vedrørende: lån",
        "Vs. fjoråret: mer",
    ],
)
def test_what_is_no_prefix_stays(subject: str) -> None:
    assert strip_prefixes(subject) == subject


def test_a_reply_about_nothing_is_about_nothing() -> None:
    assert strip_prefixes("SV: ") == ""


@pytest.mark.parametrize(
    ("subject", "forwarded"),
    [
        ("VS: Skriver", True),
        ("Fwd: x", True),
        ("[EKSTERN] VS: x", True),
        ("Videresend: x", True),
        ("***SPAM*** Fwd: x", True),
        ("转发: x", True),
        ("SV: VS: x", False),
        ("Skriver", False),
        ("", False),
    ],
)
def test_the_outermost_prefix_says_whether_a_mail_was_forwarded(subject: str, forwarded: bool) -> None:
    assert is_forward(subject) is forwarded


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        ("Skriveren\n virker\tikke", 60, "Skriveren virker ikke"),
        ("Skriveren virker ikke", 21, "Skriveren virker ikke"),
        ("Skriveren virker ikke", 18, "Skriveren virker…"),
        ("Skriveren virker, ikke", 18, "Skriveren virker…"),
        ("Skriveren virker ikke", 17, "Skriveren virker…"),
        ("Superlangtordutenmellomrom", 10, "Superlang…"),
        ("Ja superlangtordutenmellomrom", 20, "Ja superlangtordute…"),
        ("abc", 1, "…"),
        ("", 10, ""),
    ],
)
def test_a_line_is_cut_at_a_word(text: str, limit: int, line: str) -> None:
    assert one_line(text, limit) == line
    assert len(line) <= limit


@pytest.mark.parametrize(
    ("subject", "repeated"),
    [
        ("SV: [KS-10429] Re: Skriver", "Skriver"),
        ("[KS-10429] [ks 10429] Skriver", "Skriver"),
        ("Vinn på https://evil.example/x nå", "Vinn på nå"),
        ("Se www.evil.example", "Se"),
        ("Se evil.com nå", "Se nå"),
        ("Se EVIL。COM nå", "Se nå"),
        ("Se ｅｖｉｌ．ｃｏｍ nå", "Se nå"),
        ("Se bit.ly/abc nå", "Se nå"),
        ("Se (evil.com)", "Se"),
        ("Åpne rapport.pdf versjon 2.0", "Åpne rapport.pdf versjon 2.0"),
        ("Passord for 10915596784", "Passord for 109155*****"),
        ("Passord for 109155 96784.", "Passord for 109155*****."),
        ("Passord for 10.91.55 967 84", "Passord for 109155*****"),
        ("Passord for １０９１５５９６７８４", "Passord for 109155*****"),
        ("Ny konto 8601.11.17947", "Ny konto 8601.**.*****"),
        ("Konto 123456789012", "Konto 123456789012"),
        ("a\r\nBcc: v@x", "a Bcc: v@x"),
        ("a\u202eb\u200bc\u2028d\x07e", "abc d e"),
        ("", ""),
    ],
)
def test_a_receipt_repeats_only_what_harms_nobody(subject: str, repeated: str) -> None:
    assert receipt_subject(subject) == repeated


def test_a_receipt_repeats_sixty_characters() -> None:
    assert len(receipt_subject("skriver " * 50)) <= 60
    assert receipt_subject("skriver " * 50).endswith("skriver…")

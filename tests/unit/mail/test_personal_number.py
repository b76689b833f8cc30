"""Personal numbers in running text: of test persons (month + 80), or of people born in 2039, whom nobody is yet."""

import random
from collections.abc import Iterator

import pytest

from inboxd.desk.reference import reference
from inboxd.mail.message_id import Key, Keyring, mint
from inboxd.mail.personal_number import find_personal_numbers, holds_personal_number, mask_personal_numbers

KEYRING = Keyring(keys=(Key(kid="0", secret=b"for tests only, sixteen octets"),))


def check_digits(nine: str, rest: int = 0) -> str | None:
    """Return k1 and k2 as Skatteetaten defines them; None where one of them would be 10."""
    k1 = (11 + rest - sum(int(d) * w for d, w in zip(nine, (3, 7, 6, 1, 8, 9, 4, 5, 2), strict=True)) % 11) % 11
    k2 = -sum(int(d) * w for d, w in zip(f"{nine}{k1 % 10}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return None if 10 in {k1, k2} else f"{k1}{k2}"


def number(date: str = "018190", *, individual: int = 100, rest: int = 0) -> str:
    """Return the first number of a date from that individual number on; `date` as written, with all that is added."""
    tried = ((f"{date}{at:03}", check_digits(f"{date}{at:03}", rest)) for at in range(individual, 1000))
    return next(nine + checks for nine, checks in tried if checks)


NUMBER = number()
DATE, REST = NUMBER[:6], NUMBER[6:]


def test_the_check_digits_are_those_of_a_published_test_number() -> None:
    """10915596784 is a test person of Skatteetaten's, printed in NAV's documentation."""
    assert check_digits("109155967") == "84"
    assert holds_personal_number("10915596784")


@pytest.mark.parametrize(
    "written",
    [
        NUMBER,
        f"{DATE} {REST}",
        f"{DATE}-{REST}",
        f"{DATE} - {REST}",
        f"{DATE}\u2013{REST}",
        f"{DATE}/{REST}",
        f"{DATE}\u00a0{REST}",
        f"{DATE}\u202f{REST}",
        f"{DATE}\u200b{REST}",
        f"{DATE} {REST[:3]} {REST[3:]}",
        f"{DATE[:2]} {DATE[2:4]} {DATE[4:]} {REST}",
        f"{DATE[:2]} {DATE[2:4]} {DATE[4:]} {REST[:3]} {REST[3:]}",
        f"{DATE[:2]}.{DATE[2:4]}.{DATE[4:]} {REST}",
        f"{DATE[:2]}.{DATE[2:4]}.{DATE[4:]}{REST}",
        f"{DATE[:2]}/{DATE[2:4]}/{DATE[4:]}-{REST}",
        f"{DATE}\n{REST}",
        f"{DATE}\r\n{REST}",
        f"{DATE} \n> {REST}",
        f"{DATE}-\n> > {REST}",
        "".join(chr(0xFF10 + int(digit)) for digit in NUMBER),
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "Hei, {} er hennes.", "({})", "Det gjelder {}.", "Ola/{}", "x_{}_y", "a\n{}\nb"]
)
def test_however_it_is_written_only_the_date_is_left(written: str, around: str) -> None:
    assert mask_personal_numbers(around.format(written)) == around.format(f"{DATE}*****")


@pytest.mark.parametrize(
    ("what", "date"),
    [
        ("born so", "010139"),
        ("D-number", "410139"),
        ("H-number or NAV's test person", "014139"),
        ("Skatteetaten's test person", "018139"),
        ("test person with a D-number", "418139"),
        ("leap day", "290236"),
    ],
)
def test_every_series_is_known(what: str, date: str) -> None:
    assert mask_personal_numbers(number(date, individual=600)) == f"{date}*****", what


@pytest.mark.parametrize(
    "date", ["000139", "320139", "720139", "011339", "015339", "019339", "310439", "300239", "290239"]
)
def test_what_is_no_date_is_no_personal_number(date: str) -> None:
    assert mask_personal_numbers(number(date, individual=600)) == number(date, individual=600)


@pytest.mark.parametrize("place", [9, 10])
def test_both_check_digits_must_fit(place: int) -> None:
    wrong = NUMBER[:place] + str((int(NUMBER[place]) + 1) % 10) + NUMBER[place + 1 :]
    assert not find_personal_numbers(f"{wrong} {wrong[:6]} {wrong[6:]}")


@pytest.mark.parametrize(
    ("date", "individual", "living"),
    [("010160", 600, False), ("010145", 800, False), ("014160", 910, True), ("014145", 100, True)],
)
def test_the_individual_number_must_be_one_that_somebody_living_may_have(
    date: str, individual: int, living: bool
) -> None:
    assert holds_personal_number(number(date, individual=individual)) is living


@pytest.mark.parametrize("rest", [1, 2, 3])
def test_the_rule_of_2032_is_read_where_something_speaks_for_it(rest: int) -> None:
    test_person, future = number(rest=rest), number("010139", individual=600, rest=rest)
    assert holds_personal_number(test_person)
    assert holds_personal_number(f"{future[:6]} {future[6:]}")
    assert holds_personal_number(f"fødselsnummer {future}")
    assert not holds_personal_number(future)


def test_a_rest_of_four_is_of_no_rule() -> None:
    assert not holds_personal_number(number(rest=4))


@pytest.mark.parametrize(
    "before",
    [
        "fnr ", "Fnr.: ", "f.nr. ", "fnr", "FØDSELSNUMMER: ", "fødselsnummeret mitt er ", "foedselsnr ", "personnr. ",
        "Personnummer (11 siffer): ", "pers.nr ", "D-nummer ", "d-nr. ", "national identity number is ", "SSN: ",
        "Fødselsnummer:\n", "riegádannummar: ", "> Fødselsnummer:\n> ",
    ],
)  # fmt: skip
def test_after_a_word_that_says_so_a_mistyped_number_is_one_too(before: str) -> None:
    mistyped = NUMBER[:9] + str((int(NUMBER[9]) + 1) % 10) + NUMBER[10]
    assert mask_personal_numbers(f"{before}{mistyped}") == f"{before}{DATE}*****"
    assert mask_personal_numbers(f"{before}{mistyped[:6]} {mistyped[6:]}") == f"{before}{DATE}*****"


def test_after_such_a_word_other_digits_are_still_none() -> None:
    assert not find_personal_numbers("fnr 99999999999, fødselsnummer 12345")


@pytest.mark.parametrize(
    "text",
    [
        "KID {}", "kid: {}", "KID-nummer {}", "KID\n{}", "Ordre {}", "Ordrenr. {}", "Ordrenummeret er {}",
        "Order no: {}", "bestilling nr {}", "tinging {}", "Fakturanr: {}", "faktura #{}", "saksnr. {}", "Ref: {}",
        "referanse {}", "sporingsnummer {}", "serienr {}", "s/n {}", "telefon {}", "Ordre {0}, {0} og {0}",
        "KS-{}", "[KS-{}]", "#{}", "+{}", "x{}", "{}x", "1{}", "{}1", "ab12-{}", "{}-12", "2026/{}", "{}/2", "1.{}",
        "{}@post.example", "<{}@post.example>", "<a.{}.b@post.example>", "to@{}.example", "https://x.example/?id={}",
        "https://x.example/{}/sak", "www.x.example/{}", "x.example/{}", "/sak/{}", "a/b/{}", "NO93{}",
    ],
)  # fmt: skip
def test_what_says_that_it_is_something_else_is_believed(text: str) -> None:
    assert mask_personal_numbers(text.format(NUMBER)) == text.format(NUMBER)


@pytest.mark.parametrize(
    "text",
    [
        "Ring 22 {} {} {} {}", "{} {} {} {} 12", "01 02 {}.{}.{}-{}",
    ],
)  # fmt: skip
def test_small_groups_in_a_longer_row_are_none(text: str) -> None:
    row = text.format(DATE[:2], DATE[2:4], DATE[4:], REST)
    assert mask_personal_numbers(row) == row


@pytest.mark.parametrize("text", ["{}", "Kontonummer: {}", "Til konto {} i dag"])
@pytest.mark.parametrize("written", ["8601.11.17947", "8601 11 17947", "8601\u00a011\u00a017947", "8601.1117947"])
def test_an_account_keeps_its_bank(text: str, written: str) -> None:
    assert mask_personal_numbers(text.format(written)) == text.format("8601.**.*****")
    assert not holds_personal_number(text.format(written))


def test_an_account_written_together_is_told_by_the_word_before() -> None:
    assert mask_personal_numbers("Kontonr. 86011117947") == "Kontonr. 8601.**.*****"
    assert mask_personal_numbers("Tallet 86011117947") == "Tallet 86011117947"
    assert mask_personal_numbers(f"account number {NUMBER}") == f"account number {NUMBER[:4]}.**.*****"
    assert mask_personal_numbers(f"brukerkonto {NUMBER}") == f"brukerkonto {DATE}*****"


@pytest.mark.parametrize(
    "text", ["8601.11.17946", "8601 11 17946", "konto 86011117946", "2026 11 17947", "NO9386011117947"]
)
def test_what_only_looks_like_an_account_is_none(text: str) -> None:
    assert mask_personal_numbers(text) == text


def test_an_account_may_begin_like_a_year_where_dots_say_so() -> None:
    begun = next(f"2026.11.{at}" for at in range(10000, 99999) if find_personal_numbers(f"konto 2026.11.{at}"))
    assert mask_personal_numbers(begun) == "2026.**.*****"
    assert not find_personal_numbers(begun.replace(".", " "))


def test_several_are_found_in_order_with_their_places() -> None:
    other = number("158275")
    text = f"Fra {NUMBER} til {other[:6]} {other[6:]}, konto 8601.11.17947"
    found = find_personal_numbers(text)
    assert [(text[f.start : f.end], f.kind, f.masked) for f in found] == [
        (NUMBER, "personal", f"{DATE}*****"),
        (f"{other[:6]} {other[6:]}", "personal", f"{other[:6]}*****"),
        ("8601.11.17947", "account", "8601.**.*****"),
    ]


def test_a_number_is_found_after_digits_that_are_none() -> None:
    assert mask_personal_numbers(f"12 {NUMBER}") == f"12 {DATE}*****"
    assert mask_personal_numbers(f"99 88 77 66, {DATE} {REST} 99887766") == f"99 88 77 66, {DATE}***** 99887766"


def test_a_very_long_word_hides_nothing_before_it() -> None:
    assert not find_personal_numbers(f"https://x.example/{'a' * 1000}/{NUMBER}")


def harmless() -> Iterator[str]:
    """A thousand case numbers, Message-IDs, links, KID and order numbers as they stand in mail, always the same."""
    digits = random.Random(20260309)  # the same ones at every run

    def some(least: int, most: int) -> str:
        return "".join(digits.choice("0123456789") for _ in range(digits.randint(least, most)))

    for at in range(200):
        message_id = mint(digits.randint(1, 10**10), "receipt", "desk.example", KEYRING)
        yield f"[{reference('KS', digits.randint(1000, 10**9))}] sak {reference('IT', 10**9 + at)}"
        yield f"Message-ID: {message_id} <{some(11, 11)}@x.example>"
        yield f"Se https://desk.example/{some(11, 11)}/{some(6, 6)}-{some(5, 5)}?id={some(11, 11)}&s={some(11, 11)}"
        yield f"KID {some(11, 11)}, KID-nr.: {some(2, 25)} betalt, melding {some(7, 25)}"
        yield f"Ordrenr {some(11, 11)}, bestilling: {some(11, 11)}, ordre {some(6, 6)} {some(5, 5)}, {some(6, 14)}"


def test_a_thousand_harmless_numbers_are_none() -> None:
    lines = list(harmless())
    assert len(lines) == 1000
    assert [line for line in lines if find_personal_numbers(line)] == []


def test_of_bare_eleven_digits_hardly_any_is_taken_for_one() -> None:
    """Where nothing says what they are, one in 290 arbitrary ones is."""
    digits = random.Random(1)  # the same ones at every run
    hits = sum(holds_personal_number(f"Tallet {digits.randrange(10**11):011} står der.") for _ in range(20_000))
    assert 0 < hits < 20_000 * 0.005

import pytest

from inboxd.mail.language import guess


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hei, jeg får ikke logget inn på skriveren. Hva skal jeg gjøre?", "nb"),
        ("Hei, eg får ikkje logga inn på skrivaren. Kva skal eg gjere?", "nn"),
        ("Bures! Mun in sáhte logget sisa, mii lea boastut? Giitu veahki ovddas.", "se"),
        ("Hello, I cannot log in to the printer. What is wrong with my account?", "en"),
        ("Hej, jag kan inte logga in och det är bråttom. Tack!", None),
        ("Guten Tag, ich kann mich nicht anmelden und der Drucker ist weg.", None),
        ("Hei", None),
        ("Hei der du", None),
        ("Skriver 4 etasje kaputt totalt", None),
        ("", None),
    ],
)
def test_a_language_is_told_where_it_is_clear(text: str, language: str | None) -> None:
    assert guess(text) == language


def test_a_tie_is_not_clear() -> None:
    assert guess("blir fått etter også") is None

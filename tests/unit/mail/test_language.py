"""Which language a mail is in: 226 short mails to a service desk, and what may not lead astray."""

import tomllib
from pathlib import Path

import pytest

from inboxd.mail.language import guess, language_of

CHECK_SET: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parents[2] / "fixtures" / "language.toml").read_text(encoding="utf-8")
)
"""By half (seen while the word lists were made, held out) and language ("other": the mailbox's, nothing is guessed)."""


def wrong(half: str) -> list[tuple[str, str | None, str]]:
    """Return (language, what was guessed, text) of every text of a half that was guessed wrong."""
    texts = ((language, guess(text), text) for language, texts in CHECK_SET[half].items() for text in texts)
    return [(language, found, text) for language, found, text in texts if (found or "other") != language]


def size(half: str) -> int:
    return sum(map(len, CHECK_SET[half].values()))


def test_there_are_two_hundred_short_mails_all_different() -> None:
    texts = [text for half in CHECK_SET.values() for texts in half.values() for text in texts]
    assert len(texts) == len(set(texts)) >= 200


@pytest.mark.parametrize("half", ["seen", "held_out"])
def test_nineteen_of_twenty_short_mails_are_guessed_right(half: str) -> None:
    assert len(wrong(half)) <= 0.05 * size(half), wrong(half)


def test_no_mail_in_another_language_is_answered_in_sami_or_english() -> None:
    ours = {"nb", "nn", "se", "en"}
    found = {guess(text) for half in CHECK_SET.values() for code in half.keys() - ours for text in half[code]}
    assert not found & {"se", "en"}


@pytest.mark.parametrize(
    "text", ["Danke schön", "Kiitos paljon!", "Merci beaucoup", "Dziękuję za pomoc", "Tere päevast"]
)
def test_a_few_words_in_a_foreign_language_take_the_mailboxs(text: str) -> None:
    assert guess(text) is None


def test_sami_that_is_not_northern_is_not_answered_in_a_third_language() -> None:
    assert guess("Buaregh! Manne im maehtieh datovrem nuhtjedh. Mij dle båajhtode?") is None
    assert guess("Mån iv besa sisi dáhtámasjijnnaj. Máhtte gus viehkedit muv?") is None


@pytest.mark.parametrize(
    "text", ["", "Hei", "Hei der", "Skriver 4", "Kari Nordmann, Åse Øverby, Bjørn Sæther", "12 34 56 78"]
)
def test_too_little_says_nothing(text: str) -> None:
    assert guess(text) is None


def test_what_bokmal_and_nynorsk_share_tells_neither() -> None:
    assert guess("Kan du sende passordet til Per? Takk for det") is None


def test_the_opening_counts_more_than_what_is_pasted_below() -> None:
    error = "The operation could not be completed because the server is not available. Please try again later.\n"
    assert guess("Hei, jeg får ikke sendt e-post lenger. Hva er galt?\n\n" + error * 10) == "nb"
    assert guess("Hei, eg får ikkje sendt e-post lenger. Kva er gale?\n\n" + error * 10) == "nn"


def test_an_english_message_pasted_first_is_a_programs() -> None:
    error = "The page cannot be displayed because an internal server error has occurred.\n\n"
    assert guess(error + "Dette får jeg opp når jeg logger inn. Kan dere hjelpe?") == "nb"
    assert guess(error + "This is what I get. Please help.") == "en"


def test_letters_that_are_spoken_of_are_no_words() -> None:
    assert guess("Jeg vil gjerne ha samisk tastatur (á, č, đ, ŋ, š, ŧ, ž) på PC-en min.") == "nb"


@pytest.mark.parametrize("quotation", ["«{}»", '"{}"', "“{}”"])
def test_quoted_words_are_not_the_writers(quotation: str) -> None:
    error = quotation.format("You do not have permission to open this file. Contact the owner of it.")
    assert guess(f"{error} Dette får jeg opp. Hva gjør jeg?") == "nb"


def test_addresses_and_links_are_no_words() -> None:
    assert guess("https://the.example/you/are/not/the/one the@you.example 4711") is None


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert guess("Zq xw vk. " * 5_000 + "Jeg får ikke logget inn, hva gjør jeg?") is None


def test_a_subject_tells_where_the_text_does_not() -> None:
    assert language_of("Korleis får eg logga på?", "Sjå vedlegg.") == "nn"
    assert language_of("SV: Hvordan får jeg logget på?", "") == "nb"
    assert language_of("Password reset for my account", "Jag kan inte logga in, vad ska jag göra?") == "sv"
    assert language_of("Korleis får eg logga på?", "Здравствуйте, не работает принтер.") is None
    assert language_of("Password reset for my account", "Hei, jeg får ikke logget inn. Hva gjør jeg?") == "nb"

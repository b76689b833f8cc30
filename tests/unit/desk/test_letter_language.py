"""In which language a requester is written to."""

import pytest

from inboxd.desk.letters.language import letter_language


@pytest.mark.parametrize("language", ["nb", "nn", "se", "en"])
def test_a_language_of_our_letters_is_answered_in_itself(language: str) -> None:
    assert letter_language(language, default="nb") == language


@pytest.mark.parametrize("neighbour", ["sv", "da"])
def test_swedes_and_danes_read_bokmal(neighbour: str) -> None:
    assert letter_language(neighbour, default="en") == "nb"


@pytest.mark.parametrize("foreign", ["de", "fi", "pl", "fr", "is"])
def test_another_language_that_is_known_is_answered_in_english(foreign: str) -> None:
    assert letter_language(foreign, default="nb") == "en"


@pytest.mark.parametrize("mailbox", ["nb", "nn", "en"])
def test_where_nothing_is_known_it_is_the_mailboxs(mailbox: str) -> None:
    assert letter_language(None, None, default=mailbox) == mailbox


def test_the_first_who_says_something_is_heard() -> None:
    assert letter_language("nn", "en", "nb", default="nb") == "nn"
    assert letter_language(None, "en", "nb", default="nb") == "en"
    assert letter_language(None, None, "de", default="nb") == "en"

"""Words that an admin gave in several languages, or in one for all."""

import pytest

from inboxd.desk.letters.wording import Wording, worded

ALL: Wording = (("", "a"),)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((("nb", "b"), ("nn", "c"), ("en", "d")), "c"),
        ((("nb", "b"), ("en", "d")), "b"),
        ((("en", "d"), ("se", "e")), "own"),
        (ALL, "a"),
        ((), "own"),
    ],
)
def test_words_are_in_the_language_or_for_everybody_or_in_bokmaal_or_what_there_is_besides(
    words: Wording, said: str
) -> None:
    assert worded(words, "nn", "own") == said


def test_without_anything_besides_they_are_the_english_ones_or_the_first() -> None:
    assert worded((("se", "e"), ("en", "d")), "nn") == "d"
    assert worded((("se", "e"),), "nn") == "e"
    assert worded((), "nn") == ""

"""A number is found however it was typed."""

import pytest

from inboxd.desk.phone import phone_words


@pytest.mark.parametrize("typed", ["91 22 33 44", "91223344", "912 23 344", "+47 91 22 33 44", "0047 91223344"])
def test_a_norwegian_number_is_known_in_one_in_parts_and_with_its_country(typed: str) -> None:
    assert set(phone_words(typed)) == {typed, "91223344", "4791223344", "91 22 33 44", "912 23 344"}


def test_any_other_number_is_known_as_typed_and_in_one() -> None:
    assert phone_words("+46 8-123 45") == ("+46 8-123 45", "46812345")
    assert phone_words("1166") == ("1166",)


def test_what_is_no_number_is_known_as_typed() -> None:
    assert phone_words("sentralbordet") == ("sentralbordet",)
    assert phone_words("") == ()

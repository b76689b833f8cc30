"""The case reference in every spelling that people and mail programs give it."""

import pytest

from inboxd.desk.reference import FIRST_NUMBER, FoundReference, check_digit, find_references, read_reference, reference

PREFIXES = ("KS", "DR")
FOUND = FoundReference(reference="KS-10429", number=1042, valid=True)


def test_reference_is_prefix_number_and_check_digit() -> None:
    assert reference("KS", 1042) == "KS-10429"


def test_the_check_digit_is_that_of_damms_own_example() -> None:
    assert check_digit(572) == 4


def test_the_first_reference_ever_has_five_digits() -> None:
    assert len(reference("KS", FIRST_NUMBER)) == len("KS-10429")


@pytest.mark.parametrize(
    "subject",
    [
        "[KS-10429] Skriveren",
        "SV: [KS-10429] Skriveren",
        "VS: SV: Re: [EKSTERN] [KS-10429] Skriveren",
        "Skriveren (KS-10429)",
        "ks-10429",
        "Ks10429",
        "KS 10429",
        "KS - 10429",
        "[ KS-10429 ]",
        "KS\u00a010429",  # no-break space
        "KS\u202f10429",  # narrow no-break space
        "KS\u200910429",  # thin space
        "KS\u201010429",  # hyphen
        "KS\u201110429",  # non-breaking hyphen
        "KS\u201210429",  # figure dash
        "KS\u201310429",  # en dash
        "KS\u201410429",  # em dash
        "KS\u221210429",  # minus
        "KS\uff0d10429",  # full-width hyphen
        "KS\u00ad10429",  # soft hyphen
        "KS-\u200b10429",  # zero-width space
        "KS-\u200e10429",  # left-to-right mark
        "KS-\t10429",
        "\uff2b\uff33-\uff11\uff10\uff14\uff12\uff19",  # full-width letters and digits
        "KS-10429: skriveren",
        "KS-10429, KS-10429 og ks 10429",
        "om KS-10429.",
    ],
)
def test_a_reference_is_found_however_it_is_spelt(subject: str) -> None:
    assert find_references(subject, PREFIXES) == (FOUND,)


@pytest.mark.parametrize(
    "subject",
    [
        "KS 2024",  # the association of municipalities, in that year
        "KS-1042",
        "KS-10429/3",
        "KS-10429-3",
        "KS-10429\u20133",
        "KS-1042912345678",
        "10429",
        "sak 10429",
        "KSX-10429",
        "AKS-10429",
        "ÅKS-10429",
        "7KS-10429",
        "KS--10429",
        "KS-010429",
        "KS_10429",
        "KS:10429",
        "XX-10429",
        "",
    ],
)
def test_what_only_looks_like_a_reference_is_none(subject: str) -> None:
    assert find_references(subject, PREFIXES) == ()


@pytest.mark.parametrize("subject", ["KS-10428", "[KS 10428]", "[KS10428]", "KS\u201310428"])
def test_a_wrong_check_digit_is_told_where_a_reference_was_meant(subject: str) -> None:
    assert find_references(subject, PREFIXES) == (FoundReference(reference="KS-10428", number=1042, valid=False),)


@pytest.mark.parametrize("subject", ["KS 10428", "ks10428"])
def test_a_wrong_check_digit_without_dash_or_brackets_was_no_reference_at_all(subject: str) -> None:
    assert find_references(subject, PREFIXES) == ()


def test_several_prefixes_are_found_in_the_order_of_the_subject() -> None:
    found = find_references("DR-10429 og KS-10003", PREFIXES)
    assert [f.reference for f in found] == ["DR-10429", "KS-10003"]


def test_a_prefix_is_plain_text_and_may_be_in_small_letters_in_the_config() -> None:
    assert [f.reference for f in find_references("a.b-10429 axb-10429", ("a.b",))] == ["A.B-10429"]


@pytest.mark.parametrize(
    "text", ["KS-10429", "ks10429", "10429", " KS 10429 ", "[KS-10429]", "KS\u201310429", "ks - 10429"]
)
def test_a_command_takes_a_reference_as_people_type_it(text: str) -> None:
    assert read_reference(text, PREFIXES) == FOUND


def test_a_command_takes_a_reference_of_another_prefix() -> None:
    found = read_reference("dr-10429", PREFIXES)
    assert found is not None
    assert found.reference == "DR-10429"


def test_a_command_is_told_of_a_wrong_check_digit() -> None:
    found = read_reference("10428", PREFIXES)
    assert found is not None
    assert not found.valid


@pytest.mark.parametrize("text", ["", "KS", "1042", "01042", "XX-10429", "KS-10429 og mer", "KS-10429x"])
def test_a_command_refuses_what_is_no_reference(text: str) -> None:
    assert read_reference(text, PREFIXES) is None

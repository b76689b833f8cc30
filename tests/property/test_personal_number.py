"""Masking changes nothing but what it finds, and leaves nothing to be found."""

import string

from hypothesis import given
from hypothesis import strategies as st

from inboxd.mail.personal_number import find_personal_numbers, mask_personal_numbers

NUMBERS = st.sampled_from(["10915596784", "109155 96784", "10.91.55-96784", "109155\n> 96784", "8601.11.17947"])
PIECES = st.one_of(
    NUMBERS,
    st.text(string.digits + " .-/\n>", max_size=20),
    st.text(max_size=12),
    st.sampled_from(["fnr ", "KID ", "konto ", "https://x.example/", "@x.example", "KS-10429", "født ", "\u00a0"]),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(TEXTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    masked = mask_personal_numbers(text)
    assert mask_personal_numbers(masked) == masked


@given(TEXTS)
def test_only_what_was_found_is_changed(text: str) -> None:
    found = find_personal_numbers(text)
    edges = [0, *(edge for one in found for edge in (one.start, one.end)), len(text)]
    assert edges == sorted(edges)
    kept = [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
    assert mask_personal_numbers(text) == "".join(
        part for pair in zip(kept, [*(one.masked for one in found), ""], strict=True) for part in pair
    )
    assert all(sum(ch.isdecimal() for ch in text[one.start : one.end]) == 11 for one in found)


@given(st.text(st.characters(exclude_categories=["Nd"])))
def test_a_text_without_digits_stays_as_it_is(text: str) -> None:
    assert mask_personal_numbers(text) == text


@given(TEXTS, NUMBERS, TEXTS)
def test_a_number_between_empty_lines_is_found_whatever_else_the_text_says(before: str, one: str, after: str) -> None:
    assert find_personal_numbers(f"{before}\n\nDet er hennes: ({one}).\n\n{after}")

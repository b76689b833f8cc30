"""Whatever stands around a reference, it is found; and every single slip of the fingers is found out."""

import unicodedata

from hypothesis import assume, given
from hypothesis import strategies as st

from inboxd.desk.reference import FIRST_NUMBER, check_digit, find_references, read_reference, reference

NUMBERS = st.integers(min_value=FIRST_NUMBER, max_value=10**10)
DASHES = st.sampled_from([chr(c) for c in range(0x2000, 0x2100) if unicodedata.category(chr(c)) == "Pd"] + ["-"])
SPACES = st.sampled_from(["", " ", "\u00a0", "\u202f", "\u3000"])
STACKS = st.lists(st.sampled_from(["SV: ", "VS: ", "Re: ", "[EKSTERN] ", "Fwd: ", "AW: "]), max_size=6).map("".join)


@given(number=NUMBERS)
def test_what_is_written_is_read_back(number: int) -> None:
    found = read_reference(reference("KS", number), ("KS",))
    assert found is not None
    assert (found.number, found.valid, found.reference) == (number, True, reference("KS", number))


@given(number=NUMBERS, stack=STACKS, dash=DASHES, before=SPACES, after=SPACES)
def test_a_reference_is_found_behind_any_prefixes_with_any_dash(
    number: int, stack: str, dash: str, before: str, after: str
) -> None:
    subject = f"{stack}[ks{before}{dash}{after}{number}{check_digit(number)}] skriveren"
    assert [(f.number, f.valid) for f in find_references(subject, ("KS",))] == [(number, True)]


@given(number=NUMBERS, at=st.integers(min_value=0, max_value=10), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_found_out(number: int, at: int, digit: str) -> None:
    right = f"{number}{check_digit(number)}"
    assume(at < len(right) and right[at] != digit and (at > 0 or digit != "0"))
    found = read_reference(f"{right[:at]}{digit}{right[at + 1 :]}", ("KS",))
    assert found is not None
    assert not found.valid


@given(number=NUMBERS, at=st.integers(min_value=0, max_value=9))
def test_two_digits_swapped_are_always_found_out(number: int, at: int) -> None:
    right = f"{number}{check_digit(number)}"
    assume(at + 1 < len(right) and right[at] != right[at + 1] and (at > 0 or right[1] != "0"))
    found = read_reference(f"{right[:at]}{right[at + 1]}{right[at]}{right[at + 2 :]}", ("KS",))
    assert found is not None
    assert not found.valid


@given(subject=st.text())
def test_no_subject_is_too_odd_to_be_searched(subject: str) -> None:
    for found in find_references(subject, ("KS", "DR")):
        assert found.number >= FIRST_NUMBER
        assert found.valid == (found.reference.split("-")[1] == f"{found.number}{check_digit(found.number)}")

"""What is cut off a header block, and what never is."""

import pytest

from inboxd.mail.structure.limits import (
    MAX_BLOCK_READ,
    MAX_HEADER_BLOCK,
    MAX_HEADERS,
    MAX_LONG_FIELD,
    MAX_PARAMETER_FIELD,
    MAX_PARAMETERS,
    Field,
    with_bounded_parameters,
    within_limits,
)

ADDRESSED: list[Field] = [("From", "ola@kommune.example"), ("Subject", "hei")]


def octets(fields: list[Field]) -> int:
    return sum(len(f"{name}: {value}\r\n") for name, value in fields)


def names(fields: list[Field]) -> list[str]:
    return [name for name, _ in fields]


def test_an_ordinary_header_is_left_as_it_is() -> None:
    fields = [*ADDRESSED, ("X", "y" * 60_000)]
    assert within_limits(fields, octets(fields)) == (fields, ())


def test_long_fields_are_shortened_before_any_is_dropped() -> None:
    newest = f"<{'n' * 200}@kommune.example>"
    fields = [
        *ADDRESSED,
        ("To", "a@b.example, " * 4_000),
        ("X-Report", "x" * 60_000),
        ("References", "<a@b> " * 9_000 + newest),
    ]
    kept, met = within_limits(fields, octets(fields))
    assert (met, names(kept), len(kept[2][1])) == ((), names(fields), 52_000)
    assert len(kept[3][1]) == len(kept[4][1]) == MAX_LONG_FIELD
    assert kept[4][1].endswith(newest)


def test_among_too_many_octets_the_fields_that_matter_are_kept() -> None:
    fields = [*((f"X-{n}", "x" * 900) for n in range(200)), *ADDRESSED]
    kept, met = within_limits(fields, octets(fields))
    assert met == (f"limit: the header block has more than {MAX_HEADER_BLOCK} octets",)
    assert octets(kept) <= MAX_HEADER_BLOCK
    assert names(kept)[-2:] == ["From", "Subject"]
    assert names(kept)[:2] == ["X-0", "X-1"]


def test_a_block_that_was_not_read_to_its_end_is_over_the_limit_whatever_is_left_of_it() -> None:
    assert within_limits(ADDRESSED, MAX_BLOCK_READ + 1)[1] != ()


@pytest.mark.parametrize(
    ("number", "met"), [(MAX_HEADERS, ()), (MAX_HEADERS + 1, ("limit: more than 1000 header fields",))]
)
def test_among_too_many_fields_those_that_matter_are_kept(number: int, met: tuple[str, ...]) -> None:
    fields = [*[("Received", "x")] * (number - 2), *ADDRESSED]
    kept, found = within_limits(fields, octets(fields))
    assert (found, len(kept), kept[-2:]) == (met, MAX_HEADERS, ADDRESSED)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("text/plain; charset=utf-8", "text/plain; charset=utf-8"),
        ("a/b" + ";c=d" * 5_000, "a/b" + ";c=d" * (MAX_PARAMETERS - 1)),
        ("a/b; name=" + "x" * 9_000, ("a/b; name=" + "x" * 9_000)[:MAX_PARAMETER_FIELD]),
    ],
)
def test_parameters_are_bounded_in_number_and_length(value: str, kept: str) -> None:
    assert with_bounded_parameters(("Content-Type", value)) == ("Content-Type", kept)

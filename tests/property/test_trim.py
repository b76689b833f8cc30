"""Trimming takes work that grows with the lines and no faster, whatever they are, and keeps its promises on any text.

Three things together bound the work, and none is a clock: the calls that a text takes, the characters that a pattern
is ever given, and that no pattern repeats without end inside a repetition.
"""

import re
import re._parser as sre  # the parse tree of a pattern is nowhere public
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxd.mail.reply import patterns as quote_patterns
from inboxd.mail.reply.patterns import MAX_LINE, plain
from inboxd.mail.reply.trim import trim_reply

PATTERNS = {name: value for name, value in vars(quote_patterns).items() if isinstance(value, re.Pattern)}
PIECES = (
    "\n", "On ", "On On On\n", "> x\n", "x:\n", "Fra: x\n", "skrev a@b.no:\n", "________________________________\n",
    "Til:\n", "-- \n", ">\nx\n", "On x wrote:\n\n", "a@b.no:\n", "skrev <a@b.no\n>:\n", "Fra: a@b.no\nTil: x\n",
    "skrev:\n> x\n\n", "Dato: 3.3.2026 10:12\n", "Sendt fra min iPhone\n", "| x\n", "3. mars 2026 10:12\n\n",
    "-----\n", "<\n", "kirjoitti <", "wrote ----\n> x\ny\n", "Emne: x\nFra: y\n", ">>> x 1 >>>\n",
    "skrev:\n\n\n\n\n\n\n\n\n\n\n\n", " ",
    "> 3. mars 2026 skrev K <k@x.example>:\n\n", "> https://x.example/(\n_a)\n", "(https://x.example/a)\n",
    "Label: K <a@b.example>\nTid: 3.3.2026 10:12\n", "2013/1/3 N <\na@b.example>\n> x\n", "--\n",
    "_______________________________________________\nmailing list\n",
)  # fmt: skip
CALLS_A_LINE = 300
"""A line that ends in a colon is read with the four above it, a From with the 14 below it; each call counts twice."""

CALLS_AT_THE_END = 5_000
"""The last 55 lines, in which signatures stand, are each looked at beside those below them."""

lines = st.sampled_from([*(piece.strip("\n") for piece in PIECES), "Hei", "", "-- ", "Hei Kari,", "Rom 12."])


def calls(text: str) -> int:
    """Count the function calls that trimming a text takes: what time would say, without the noise."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        trim_reply(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", PIECES)
def test_the_calls_grow_with_the_lines_and_no_faster(piece: str) -> None:
    small, large = (calls(piece * (size // len(piece))) for size in (5_000, 20_000))
    assert large < 4.5 * small + 1000


@given(st.lists(lines, max_size=40))
def test_the_calls_that_a_line_takes_are_bounded_whatever_the_lines_are(some: list[str]) -> None:
    text = "\n".join([*some, ""]) * 20
    assert calls(text) < CALLS_A_LINE * text.count("\n") + CALLS_AT_THE_END


def test_a_pattern_is_given_no_more_than_the_beginning_of_a_line() -> None:
    assert len(plain("x" * 1_000_000)) == MAX_LINE


def repetitions(tree: Any, above: int = 1) -> Iterator[int]:
    """Yield for each repetition how often the innermost piece may come: its bounds multiplied with those around it."""
    for operation, value in tree:
        if operation in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
            most = above * (MAX_LINE if value[1] is sre.MAXREPEAT else int(value[1]))
            yield most
            yield from repetitions(value[2], most)
        elif operation is sre.BRANCH:
            for branch in value[1]:
                yield from repetitions(branch, above)
        elif operation in {sre.SUBPATTERN, sre.ASSERT, sre.ASSERT_NOT}:
            yield from repetitions(value[-1], above)


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_repeats_without_end_inside_a_repetition(name: str) -> None:
    pattern = PATTERNS[name]
    assert all(most <= MAX_LINE for most in repetitions(sre.parse(pattern.pattern, pattern.flags)))


@given(st.lists(lines, max_size=40))
def test_every_line_that_is_shown_was_in_the_mail_and_something_always_is(some: list[str]) -> None:
    text = "\n".join(some)
    trimmed = trim_reply(text)
    assert bool(trimmed.strip()) == bool(text.strip())
    rest = iter(text.split("\n"))
    assert all(line.rstrip() in (other.rstrip() for other in rest) for line in trimmed.strip("\n").split("\n") if line)


@given(st.text(alphabet="aå :<>@.|*_-\n\u00a0\ufeff1", max_size=300))
def test_what_is_one_writers_alone_above_a_certain_mark_is_what_is_shown(words: str) -> None:
    tail = "-----Opprinnelig melding-----\nFra: Kari\n\nHei"
    shown = trim_reply(f"Svaret er ja.\n{words}\n\n{tail}")
    assert shown.startswith("Svaret er ja.")
    assert "Opprinnelig" not in shown

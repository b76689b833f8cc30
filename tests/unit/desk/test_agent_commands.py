"""Commands in an agent's mail: what counts, what is left without them, and what stops a mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxd.desk.agent_mail.commands import (
    BY_WORD,
    COMMANDS,
    LONGEST_LINE,
    Given,
    Problem,
    commands_in_words,
    read_commands,
    visible,
)

PREFIXES = ("KS", "DR")


def names(text: str, **more: str) -> list[tuple[str, str]]:
    said = read_commands(text, prefixes=PREFIXES, **more)
    assert said.problems == ()
    return [(one.name, one.argument) for one in said.commands]


def problem(text: str) -> Problem:
    said = read_commands(text)
    (found,) = said.problems
    return found


@pytest.mark.parametrize("word", BY_WORD)
def test_every_word_counts_in_any_letter_case_and_with_a_full_stop(word: str) -> None:
    command = BY_WORD[word]
    line = f"#{word} {command.example}".rstrip()
    for written in (line, line.upper(), f"  {line} . ", f"\u200b{line}.", line.replace(" ", "\u00a0")):
        said = read_commands(f"{written}\n\nHei.\n")
        assert ([one.name for one in said.commands], said.problems, said.text) == ([command.name], (), "Hei.")


def test_commands_stand_on_lines_of_their_own_with_blank_lines_between() -> None:
    text = "\n#ta\n\n#vent 12.1.\n\n\nHei,\n\nprøv nå.\n"
    assert names(text) == [("take", ""), ("wait", "12.1")]
    assert read_commands(text).text == "Hei,\n\nprøv nå."


def test_a_command_given_twice_alike_is_one() -> None:
    assert names("#ta\n#take\n#ta") == [("take", ""), ("take", "")]
    assert names("#ta\n#ta") == [("take", "")]


@pytest.mark.parametrize(
    ("line", "why", "right"),
    [
        ("# lukk", "damaged", "#lukk"),
        ("##lukk", "damaged", "#lukk"),
        ("- #lukk", "damaged", "#lukk"),
        ("*#lukk*", "damaged", "#lukk"),
        ("\uff03lukk", "damaged", "#lukk"),
        ("#lukk!", "damaged", "#lukk"),
        ("# vent fredag", "damaged", "#vent fredag"),
        ("# til", "damaged", "#til kari"),
        ("#lukkk", "unknown", "#lukk"),
        ("#1 Prøv dette", "unknown", ""),
        ("#", "unknown", ""),
        ("#ta saken", "extra", "#ta"),
        ("#notat han er sur", "extra", "#notat"),
        ("#vent " + "x" * (LONGEST_LINE + 1), "extra", "#vent fredag"),
        ("#til", "missing", "#til kari"),
    ],
)
def test_what_looks_like_a_command_and_is_none_is_a_problem(line: str, why: str, right: str) -> None:
    found = problem(f"{line}\nHei.")
    assert (found.line, found.why, found.right) == (line[:LONGEST_LINE], why, right)


@pytest.mark.parametrize(
    ("line", "right"),
    [("#lukk", "#lukk"), ("# lukk.", "#lukk"), ("#vent fredag", "#vent fredag"), ("#til", "#til kari")],
)
def test_a_command_below_the_text_is_a_problem(line: str, right: str) -> None:
    found = problem(f"Hei.\n{line}\n")
    assert (found.why, found.right) == ("below", right)


@pytest.mark.parametrize("line", ["#notatt", "#Notaat.", "# notatt", "#lukkk"])
def test_a_misspelt_command_alone_on_a_line_below_stops_the_mail(line: str) -> None:
    assert [problem.why for problem in read_commands(f"Hei.\n{line}\nHan er sur.").problems] == ["below"]


@pytest.mark.parametrize("line", ["#1 Slå den av", "#skriver", "#lukk døra etter deg", "Se #lukk", "# Overskrift"])
def test_a_line_below_that_is_no_command_is_text(line: str) -> None:
    said = read_commands(f"Hei.\n{line}\n")
    assert (said.problems, said.text) == ((), f"Hei.\n{line}")


@pytest.mark.parametrize(
    "subject",
    ["[KS-10429 lukk] Skriver", "SV: [ks 10429 #LUKK] x", "Re: SV: [DR\u201310429 lukk.] x", "[KS10429  lukk ] x"],
)
def test_a_command_in_the_case_tag_counts(subject: str) -> None:
    assert names("Hei.", subject=subject) == [("close", "")]


def test_several_commands_of_a_tag_are_parted_by_commas() -> None:
    assert names("", subject="[KS-10429 ta, vent 3d;]") == [("take", ""), ("wait", "3d")]


def test_an_unknown_word_in_the_tag_is_a_problem() -> None:
    said = read_commands("Hei.", subject="[KS-10429 lukkk] x", prefixes=PREFIXES)
    assert said.problems == (Problem(line="#lukkk", why="unknown", right="#lukk"),)


@pytest.mark.parametrize(
    "subject",
    [
        "[KS-10429] Ny sak: Hei [KS-10429 lukk]",
        "Hei [KS-10429 lukk]",
        "[KS-10429] lukk",
        "[NB-10429 lukk]",
        "KS-10429 lukk",
        "lukk",
    ],
)
def test_a_command_outside_the_tag_is_none(subject: str) -> None:
    assert names("Hei.", subject=subject) == []


@pytest.mark.parametrize("subject", ["hjelp", "SV: Hjelp.", "#help"])
def test_a_subject_that_asks_for_help_is_a_command(subject: str) -> None:
    assert [name for name, _ in names("Hei.", subject=subject)] == ["help"]


def test_commands_are_told_with_all_their_words_and_what_follows_them() -> None:
    assert commands_in_words()[:1] == (("take", "#ta, #take"),)
    assert ("assign", "#til, #tildel, #assign kari") in commands_in_words()


def test_no_two_commands_share_a_word() -> None:
    assert len(BY_WORD) == sum(len(command.words) for command in COMMANDS)


LINES = st.lists(st.one_of(st.sampled_from(["#ta", "#lukk.", "# lukk", "", "Hei", "#til", "> x"]), st.text()))


@given(LINES)
def test_whatever_is_written_no_line_that_leaves_is_a_known_command_and_none_is_made_up(lines: list[str]) -> None:
    text = "\n".join(lines)
    said = read_commands(text)
    assert said.text in text
    if not said.problems:
        left = {visible(line).lower().rstrip(" .") for line in said.text.split("\n")}
        assert left.isdisjoint({f"#{word}" for word in BY_WORD})


@given(st.lists(st.sampled_from(COMMANDS)), st.text(alphabet="abcæøå \n", max_size=40))
def test_the_text_is_the_same_whatever_commands_stand_above_it(commands: list[object], text: str) -> None:
    lines = [f"#{command.words[0]} {command.example}".rstrip() for command in commands]  # type: ignore[attr-defined]
    said = read_commands("\n".join([*lines, text]))
    assert said.text == read_commands(text).text
    assert all(isinstance(one, Given) for one in said.commands)
    assert len(said.commands) == len(set(lines))

"""`merge` and `split` as typed: what is printed, and what is wrong with the words."""

import pytest

from inboxd.office.documents import queue
from tests.integration.paper_desk import Console, PaperDesk, mail


@pytest.fixture
def two(desk: PaperDesk) -> tuple[str, str]:
    desk.arrive(mail(number=1), mail("Skriver", sender="turid@kommune.example", text="Papirstopp.\n", number=2))
    first, second = sorted(str(row["reference"]) for row in queue(desk.office))
    return first, second


def test_a_merge_and_its_undoing_are_said(console: Console, two: tuple[str, str]) -> None:
    first, second = two
    assert console("merge", second, first, "--as", "kari") == f"{second} is merged into {first}.\n"
    assert f"Merged into {first}" in console("show", second, "--as", "kari")
    assert "Papirstopp." in console("show", first, "--as", "kari")
    assert console("merge", second, "--undo", "--as", "kari") == f"{second} is a case of its own again.\n"


def test_a_merge_answers_with_the_case_that_was_merged(console: Console, two: tuple[str, str]) -> None:
    first, second = two
    document = console.ask("merge", second, first, "--as", "kari")
    assert (document["reference"], document["status"], document["merged_into"]) == (second, "merged", first)


def test_a_split_and_its_undoing_are_said(console: Console, two: tuple[str, str]) -> None:
    first, second = two
    console("merge", second, first, "--as", "kari")
    console("merge", second, "--undo", "--as", "kari")
    console("note", first, "-m", "Skjermen er svart", "--as", "kari")
    entry = console.ask("show", first, "--as", "kari")["journal"][-1]["id"]
    made = console.ask("split", first, str(entry), "--as", "kari")["reference"]
    assert console("split", first, "--undo", "--as", "kari") == f"{made} is merged back into {first}.\n"


@pytest.mark.parametrize("words", [("merge",), ("split",), ("split", "3", "--undo"), ("merge", "KS-10429", "--undo")])
def test_a_call_that_says_too_little_or_too_much_is_refused(
    console: Console, two: tuple[str, str], words: tuple[str, ...]
) -> None:
    command, *more = words
    assert console.error(command, two[0], *more, "--as", "kari", code=2)["hint"]


def test_a_conflict_is_exit_5(console: Console, two: tuple[str, str]) -> None:
    assert console.error("merge", two[0], two[0], "--as", "kari", code=5)["code"] == "conflict"

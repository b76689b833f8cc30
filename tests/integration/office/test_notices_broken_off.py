"""`notice new` whose database fails at the n-th call: done, or not done, and never half told."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from inboxd.errors import InboxdError
from inboxd.office import documents
from inboxd.office.notices import documents as notice_documents
from inboxd.office.notices import notices
from inboxd.office.notices.notices import NewNotice
from inboxd.runners.tick import TickRunner
from tests.faults.once import Countdown, failing_database
from tests.integration.paper_desk import PaperDesk, mail, write_config

SUBSCRIBERS = '\n[notices]\nsubscribers = ["a@sub.example", "b@sub.example"]\n'
STEP = 8
MOST = 600


@pytest.fixture(scope="module")
def two_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk with two cases, to be copied."""
    folder = tmp_path_factory.mktemp("two")
    desk = PaperDesk(folder, config=write_config(folder, more=SUBSCRIBERS))
    desk.arrive(*(mail(number=n, sender=f"p{n}@molde.example", text=f"Visma {n}\n") for n in (1, 2)))
    desk.close()
    return folder


@contextmanager
def failing(two_cases: Path, folder: Path, nth: int) -> Iterator[tuple[PaperDesk, Countdown]]:
    """The desk anew, of whose calls to the database from now on the n-th fails."""
    shutil.copytree(two_cases, folder)
    countdown = Countdown(0)
    with failing_database(countdown):
        desk = PaperDesk(folder, config=write_config(folder, more=SUBSCRIBERS))
        countdown.calls, countdown.nth = 0, nth
        yield desk, countdown
        desk.close()


def make(desk: PaperDesk) -> dict[str, Any]:
    new = NewNotice(
        actor="kari", kind="unplanned", starts_at=desk.clock.now(), ends_at=None, affects=("it",), text="Nede",
        references=tuple(case["reference"] for case in documents.queue(desk.office)),
    )  # fmt: skip
    return notices.make(desk.office, new)


def told(desk: PaperDesk) -> list[str]:
    """Let the clock go on with what was left over; returns who has a letter about a notice."""
    while TickRunner(desk.office).run_once():
        continue
    return sorted(letter.to[0] for letter in desk.letters() if letter.kind == "notice")


def test_a_notice_that_is_made_has_its_cases_and_whose_making_failed_is_not_there(
    two_cases: Path, tmp_path: Path
) -> None:
    """Who is told that it failed makes it again: then everybody would be written to twice."""
    for nth in range(1, MOST, STEP):
        with failing(two_cases, tmp_path / str(nth), nth) as (desk, countdown):
            try:
                make(desk)
            except InboxdError as error:
                there = "is on record" in error.message
            else:
                there = True
            over, countdown.nth = not countdown.happened, 0
            assert told(desk) == (["a@sub.example", "b@sub.example"] if there else []), nth
            assert [len(one["linked"]) for one in notice_documents.listed(desk.office)] == ([2] if there else []), nth
        if over:
            break
    assert over, "the loop never ended"
    assert nth > 10 * STEP, "the loop looked at too little"

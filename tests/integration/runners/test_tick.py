"""The clock's steps do not stand in each other's way, and one that fails is heard of."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from inboxd.desk.case import Channel, Status
from inboxd.desk.order import Register, SetFields
from inboxd.errors import StoreBusy, Temporary
from inboxd.office.act import act, case_id_of
from inboxd.office.alerts import tell_admin
from inboxd.office.documents import show
from inboxd.office.health import health
from inboxd.office.office import Office
from inboxd.runners.tick import EVERY_MINUTE, OFTEN, TickRunner
from inboxd.store import audit
from tests.integration.paper_desk import NOW, OLA, PaperDesk, write_config

ADMIN = "drift@agents.example"


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[PaperDesk]:
    """A desk with an admin who is told of trouble."""
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    paper = PaperDesk(tmp_path, config=write_config(tmp_path, phone=f'admin = "{ADMIN}"'))
    yield paper
    paper.close()


class Step:
    """A step that raises as long as it has an error, and counts how often it was taken."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.taken = error, 0

    def __call__(self, _: Office) -> int:
        self.taken += 1
        if self.error is not None:
            raise self.error
        return 1


def clock_problems(desk: PaperDesk) -> list[str]:
    return [one["what"] for one in health(desk.office)["problems"] if one["code"] == "clock_failing"]


def runner(desk: PaperDesk, *often: Step, every_minute: Callable[[Office], int] | None = None) -> TickRunner:
    steps = [(f"step{n}", step) for n, step in enumerate(often, start=1)]
    return TickRunner(desk.office, often=steps, every_minute=[("alerts", every_minute)] if every_minute else [])


def test_every_step_of_the_clock_has_a_fence_of_its_own() -> None:
    assert [name for name, _ in OFTEN] == ["cases", "confirm_letters", "run_out", "notice_letters", "surge", "feeds"]
    assert [name for name, _ in EVERY_MINUTE] == ["alerts", "weekly_letter", "morning_letter"]


@pytest.mark.parametrize("broken", range(3))
def test_where_one_step_meets_a_bug_the_others_are_taken(desk: PaperDesk, broken: int) -> None:
    steps = [Step(KeyError("a bug") if n == broken else None) for n in range(3)]
    assert runner(desk, *steps).run_once() == 2
    assert [step.taken for step in steps] == [1, 1, 1]


def test_health_names_the_step_that_fails_until_it_works_again(
    desk: PaperDesk, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = Step(), Step(KeyError("private words"))
    clock = runner(desk, good, bad)
    for _ in range(3):
        clock.run_once()
    (what,) = clock_problems(desk)
    assert "step2 (KeyError)" in what
    assert caplog.messages == ["runner.surprised"] * 3
    good.error = ValueError("another bug")
    clock.run_once()
    assert "step1 (ValueError), step2 (KeyError)" in clock_problems(desk)[0]
    good.error = bad.error = None
    clock.run_once()
    assert clock_problems(desk) == []
    with desk.office.store.reading() as session:
        told = [one.action for one in audit.listed(session) if one.action.startswith("clock")]
    assert told == ["clock works", "clock failed", "clock failed"]


def test_what_a_daemon_noted_is_over_when_the_next_one_does_it(desk: PaperDesk) -> None:
    runner(desk, Step(KeyError("a bug"))).run_once()
    assert clock_problems(desk) != []
    runner(desk, Step()).run_once()
    assert clock_problems(desk) == []


def test_the_admin_is_told_once_of_a_step_that_goes_on_failing(desk: PaperDesk) -> None:
    clock = runner(desk, Step(KeyError("a bug")), every_minute=tell_admin)
    for _ in range(10):
        clock.run_once()
        desk.clock.forward(minutes=1)
    told = [one for one in desk.letters() if one.to == (ADMIN,) and b"step1 (KeyError)" in desk.octets(one)]
    assert len(told) == 1


def test_a_step_that_found_the_database_busy_is_told_after_the_others_are_taken(desk: PaperDesk) -> None:
    busy, last = Step(StoreBusy("busy")), Step()
    with pytest.raises(StoreBusy):
        runner(desk, busy, last).run_once()
    assert last.taken == 1
    assert clock_problems(desk) == []


def test_a_database_that_is_away_ends_the_round(desk: PaperDesk) -> None:
    away, last = Step(Temporary("away")), Step()
    with pytest.raises(Temporary):
        runner(desk, away, last).run_once()
    assert last.taken == 0


def write_references(desk: PaperDesk, number: int, json: str) -> None:
    with desk.office.store.begin() as session:
        session.connection().execute(
            text("UPDATE cases SET last_references = :json WHERE number = :number"), {"json": json, "number": number}
        )


def status_of(desk: PaperDesk, number: int) -> str:
    return str(show(desk.office, case_id_of(number, desk.office))["status"])


def test_a_case_that_meets_a_bug_stops_no_other_case_s_clock(desk: PaperDesk) -> None:
    """Its row is damaged: nobody can tell what to do with it until somebody has looked."""
    numbers = [
        act(
            Register(actor="kari", channel=Channel.PHONE, subject=subject, text="x", address=OLA), None, desk.office
        ).number
        for subject in ("a", "b")
    ]
    for number in numbers:
        act(SetFields(actor="kari", status=Status.WAITING, until=NOW + dt.timedelta(hours=1)), number, desk.office)
    write_references(desk, numbers[0], "[")
    desk.clock.forward(hours=2)
    clock = TickRunner(desk.office)
    clock.run_once()
    assert status_of(desk, numbers[1]) == "open"
    assert "cases (CaseFailed)" in clock_problems(desk)[0]
    write_references(desk, numbers[0], "[]")
    clock.run_once()
    assert status_of(desk, numbers[0]) == "open"
    assert clock_problems(desk) == []

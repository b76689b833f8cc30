"""The notices in a folder: written whole whenever they change, never in the way of anything else."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inboxd.office.health import health
from inboxd.office.notices import documents as notice_documents
from inboxd.office.notices import feeds, notices
from inboxd.office.notices.notices import NewNotice
from inboxd.runners.tick import TickRunner
from tests.integration.paper_desk import PaperDesk, write_config

NAMES = ["notices.atom", "notices.json", "notices.txt"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an intranet."""
    there = tmp_path / "intranet"
    there.mkdir()
    return there


@pytest.fixture
def desk(tmp_path: Path, folder: Path, empty_database: Path) -> Iterator[PaperDesk]:
    """A desk that writes its notices to the folder."""
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    paper = PaperDesk(tmp_path, config=write_config(tmp_path, more='\n[notices]\nfolder = "intranet"\n'))
    yield paper
    paper.close()


def make(desk: PaperDesk, *, starts: float = 0, hours: float = 2) -> None:
    at = desk.clock.now() + dt.timedelta(hours=starts)
    new = NewNotice(
        actor="kari", kind="unplanned", starts_at=at, ends_at=at + dt.timedelta(hours=hours), affects=(), text="Nede."
    )
    notices.make(desk.office, new)


def states(folder: Path) -> list[str]:
    document = json.loads((folder / "notices.json").read_text(encoding="utf-8"))
    return [one["state"] for one in document["notices"]]


def problems(desk: PaperDesk) -> list[str]:
    return [one["what"] for one in health(desk.office)["problems"] if one["code"] == "notices_folder"]


def test_the_files_follow_every_change_and_the_clock(desk: PaperDesk, folder: Path) -> None:
    make(desk, starts=1)
    assert sorted(path.name for path in folder.iterdir()) == NAMES
    assert states(folder) == ["planned"]
    tick = TickRunner(desk.office)
    for hours, state in ((1, "active"), (2, "expired")):
        desk.clock.forward(hours=hours)
        tick.run_once()
        assert states(folder) == [state]
    desk.clock.forward(days=8)
    tick.run_once()
    assert states(folder) == []


def test_a_desk_without_notices_publishes_that_there_are_none(desk: PaperDesk, folder: Path) -> None:
    TickRunner(desk.office).run_once()
    assert "Det er ingen driftsmeldinger." in (folder / "notices.txt").read_text(encoding="utf-8")


def test_files_that_say_the_same_are_left_alone(desk: PaperDesk, folder: Path) -> None:
    make(desk)
    before = {path.name: path.stat().st_ino for path in folder.iterdir()}
    assert feeds.publish(desk.office) == 0
    assert {path.name: path.stat().st_ino for path in folder.iterdir()} == before


def test_readers_of_another_user_may_read_them_and_a_file_that_was_lost_comes_back(
    desk: PaperDesk, folder: Path
) -> None:
    make(desk)
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {"0o644"}
    (folder / "notices.txt").unlink()
    (folder / "notices.json").write_bytes(b"\xff")
    TickRunner(desk.office).run_once()
    assert states(folder) == ["active"]
    assert (folder / "notices.txt").exists()


def test_who_has_a_file_open_sees_the_old_one_whole(desk: PaperDesk, folder: Path) -> None:
    TickRunner(desk.office).run_once()
    with (folder / "notices.json").open(encoding="utf-8") as reader:
        make(desk)
        assert json.load(reader)["notices"] == []
    assert states(folder) == ["active"]


def test_a_folder_that_is_not_there_stops_nothing_and_is_a_problem_of_health(desk: PaperDesk, folder: Path) -> None:
    folder.rmdir()
    make(desk)
    assert notice_documents.listed(desk.office)[0]["state"] == "active"
    assert problems(desk) == []
    desk.clock.forward(minutes=6)
    assert problems(desk) == [f"there is no folder {folder}, so no notices are written to it"]
    folder.mkdir()
    TickRunner(desk.office).run_once()
    assert problems(desk) == []


def test_a_file_that_cannot_be_replaced_is_named_and_leaves_no_rest(desk: PaperDesk, folder: Path) -> None:
    TickRunner(desk.office).run_once()
    for name in NAMES:
        (folder / name).unlink()
        (folder / name).mkdir()
    make(desk)
    desk.clock.forward(minutes=6)
    assert "cannot be read" in problems(desk)[0]
    assert sorted(path.name for path in folder.iterdir()) == NAMES


def test_a_personal_number_does_not_go_out_to_everybody(desk: PaperDesk, folder: Path) -> None:
    new = NewNotice(
        actor="kari",
        kind="unplanned",
        starts_at=desk.clock.now(),
        ends_at=None,
        affects=(),
        text="Gjelder 10915596784 og alle andre.",
        still_works="ikke 10915596784",
    )
    notices.make(desk.office, new)
    for path in folder.iterdir():
        assert "10915596784" not in path.read_text(encoding="utf-8")


def test_what_was_pasted_with_control_characters_goes_out_without_them(desk: PaperDesk, folder: Path) -> None:
    hostile = "Visma \x1b[31mer\x07 \u202enede\u2069 <b>nå</b>\x00"
    new = NewNotice(
        actor="kari", kind="unplanned", starts_at=desk.clock.now(), ends_at=None, affects=(), text=hostile,
        still_works=hostile,
    )  # fmt: skip
    made = notices.make(desk.office, new)
    notices.change(desk.office, made["id"], notices.NoticeChange(actor="kari", text=hostile))
    for path in folder.iterdir():
        text = json.dumps(json.loads(path.read_text())) if path.suffix == ".json" else path.read_text(encoding="utf-8")
        assert "[31mer" in text
        assert not {"\x1b", "\x07", "\x00", "\u202e", "\u2069"} & set(text)
        assert not any(escaped in text for escaped in ("\\u001b", "\\u0007", "\\u0000", "\\u202e", "\\u2069"))


def test_files_behind_the_times_are_a_problem(desk: PaperDesk, folder: Path) -> None:
    make(desk)
    (folder / "notices.txt").write_text("old", encoding="utf-8")
    desk.clock.forward(minutes=6)
    assert problems(desk) == [f"notices.txt in {folder} could not be brought up to date"]


def test_without_a_folder_nothing_is_written_and_nothing_is_wrong(tmp_path: Path, empty_database: Path) -> None:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    paper = PaperDesk(tmp_path)
    assert (feeds.publish(paper.office), feeds.behind(paper.office)) == (0, None)
    paper.close()

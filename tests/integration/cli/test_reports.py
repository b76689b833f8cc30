"""`report`: each command in each format, on the screen and in a file."""

import csv
import io
from pathlib import Path

import pytest

from tests.integration.paper_desk import Console, PaperDesk, mail

ALL = (
    ("now",),
    ("sla",),
    ("channels",),
    ("time",),
    ("rules",),
    ("rules", "--month", "2026-03"),
    ("inactive", "--days", "30"),
)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_report_is_a_document_and_a_page_in_every_format(words: tuple[str, ...], console: Console) -> None:
    document = console.ask("report", *words)
    assert (document["report"], document["desk"]) == (words[0], "Kundeservice")
    assert "Kundeservice" in console("report", *words)
    assert console("report", *words, "--format", "md").startswith("# ")
    assert console("report", *words, "--format", "html").startswith("<!DOCTYPE html>")
    assert list(csv.reader(io.StringIO(console("report", *words, "--format", "csv"))))


def test_cases_of_the_desk_are_counted(console: Console, desk: PaperDesk) -> None:
    desk.arrive(mail(number=1), mail(number=2, sender="b@kommune.example"))
    assert console.ask("report", "now")["all"]["open"] == 2
    document = console.ask("report", "channels", "--month", "2026-03")
    assert (document["opened"], document["complete"]) == (2, True)
    assert "E-post              2" in console("report", "channels", "--month", "2026-03")


@pytest.mark.parametrize(
    ("name", "begins"), [("r.html", "<!DOCTYPE"), ("r.MD", "# "), ("r.csv", "at,by,"), ("r.txt", "Slik"), ("r", "Slik")]
)
def test_a_file_is_written_in_the_format_of_its_name(console: Console, tmp_path: Path, name: str, begins: str) -> None:
    assert console("report", "now", "--output", str(tmp_path / name)) == ""
    text = (tmp_path / name).read_bytes().decode("utf-8")
    assert text.startswith(begins)
    assert text.endswith("\n")


def test_a_format_that_is_said_goes_before_a_files_name(console: Console, tmp_path: Path) -> None:
    console("report", "now", "--format", "md", "--output", str(tmp_path / "r.html"))
    assert (tmp_path / "r.html").read_text("utf-8").startswith("# Slik")


def test_json_can_go_to_a_file_too(console: Console, tmp_path: Path) -> None:
    assert console("report", "now", "--json", "--output", str(tmp_path / "r.json")) == ""
    assert '"report": "now"' in (tmp_path / "r.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sla", "--month", "oktober"), '"oktober" is no month'),
        (("sla", "--month", "2999-01"), "2999-01 has not begun"),
        (("now", "--format", "pdf"), "no format pdf"),
        (("now", "--format", "md"), "--json and --format say two things"),
        (("now", "--output", "/nowhere/r.html"), "cannot write /nowhere/r.html: No such file or directory"),
    ],
)
def test_what_cannot_be_is_said(console: Console, words: tuple[str, ...], said: str) -> None:
    assert console.error("report", *words, code=2)["message"] == said


def test_a_file_that_no_report_is_written_as_is_refused_with_those_there_are(console: Console, tmp_path: Path) -> None:
    said = console("report", "now", "--output", str(tmp_path / "r.pdf"), code=2)
    assert "no report is written as .pdf" in said
    assert ".txt, .md, .csv, .html" in said
    assert not (tmp_path / "r.pdf").exists()
    console("report", "now", "--format", "text", "--output", str(tmp_path / "r.pdf"))
    assert (tmp_path / "r.pdf").read_text("utf-8").startswith("Slik")


def test_the_report_of_time_says_that_new_cases_are_in_the_queue(console: Console) -> None:
    assert "I kø: saken var ny, eller ingen hadde den." in console("report", "time", "--month", "2026-01")


def test_a_customer_that_there_is_not_is_not_found(console: Console) -> None:
    error = console.error("report", "sla", "--customer", "Vestnes", code=4)
    assert (error["message"], error["hint"]) == ("no customer Vestnes", "there are: none")


def test_an_auditor_may_read_reports(console: Console) -> None:
    assert console.ask("report", "now", "--as", "revi")["report"] == "now"

"""`escalate`, and the words that weigh a case: what they print, refuse, and leave in the documents."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inboxd.cli.app import run
from tests.integration.paper_desk import Console, PaperDesk, mail, write_config

REF = "KS-10008"
MORE = """
[matrix]
impact = ["one", "many"]
urgency = ["later", "now"]
priority = [["low", "normal"], ["normal", "critical"]]
[[point]]
name = "leder"
title = "Daglig leder"
person = "Anne Berg"
phone = "71 11 11 00"
address = "anne@leder.example"
[[point]]
name = "vakt"
title = "Vakttelefon"
phone = "71 11 11 99"
"""
ESCALATION_KEYS = {"level", "target", "at", "why", "acknowledged_by"}


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[PaperDesk]:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    path = write_config(tmp_path, more=MORE)
    path.write_text(path.read_text().replace('name = "it"\n', 'name = "it"\nmanager = "kari"\n', 1))
    paper = PaperDesk(tmp_path, config=path)
    paper.arrive(mail())
    yield paper
    paper.close()


def test_a_complaint_says_who_gets_a_letter_and_whom_to_ring(desk: PaperDesk, console: Console) -> None:
    assert console("escalate", REF, "-m", "Ingen har ringt", "--as", "per") == (
        f"{REF} is escalated: a letter goes to anne@leder.example.\nRing Anne Berg: 71 11 11 00\n"
    )
    assert console("escalate", REF, "-m", "Ingen har ringt", "--to", "vakt") == (
        f"{REF} is escalated: a letter goes to kari@agents.example.\nRing Vakttelefon: 71 11 11 99\n"
    )


def test_a_complaint_that_reaches_nobody_is_on_record_and_fails(
    desk: PaperDesk, tmp_path: Path, console: Console
) -> None:
    write_config(tmp_path)
    failed = console.error("escalate", REF, "-m", "Ingen har ringt", "--as", "per", code=1)
    assert failed["code"] == "failed"
    assert failed["message"].startswith(f"nobody was reached: it is on record on {REF}")
    assert "tell somebody yourself" in failed["hint"]
    assert console.ask("show", REF)["journal"][-1]["text"] == (
        "escalated (the customer asks) to nobody: Ingen har ringt"
    )
    write_config(tmp_path, more=MORE.replace('address = "anne@leder.example"\n', ""))
    assert console.error("escalate", REF, "-m", "Ingen har ringt", code=1)["hint"] == "Ring Anne Berg: 71 11 11 00"


def test_an_escalated_case_says_so_in_the_queue_and_on_itself_until_it_is_acknowledged(
    desk: PaperDesk, console: Console
) -> None:
    assert console.ask("queue")[0]["escalated"] is None
    document = console.ask("escalate", REF, "-m", "Ingen har ringt")
    assert set(document["escalated"]) == ESCALATION_KEYS
    assert console.ask("queue")[0]["escalated"] == console.ask("show", REF)["escalated"] == document["escalated"]
    assert "^ escalated, acknowledged by nobody" in console("queue")
    assert "seen by nobody yet: Ingen har ringt" in " ".join(console("show", REF).split())
    assert "what was escalated of it goes no further" in console("escalate", REF, "--acknowledge", "--as", "kari")
    assert console.ask("show", REF)["escalated"]["acknowledged_by"] == "kari"
    assert "^" not in console("queue")


def test_the_words_of_a_complaint_stand_on_the_case_with_who_noted_them(desk: PaperDesk, console: Console) -> None:
    console("escalate", REF, "-m", "Ingen har ringt", "--as", "per")
    event, letter = console.ask("show", REF)["journal"][-2:]
    assert (event["kind"], event["actor"]) == ("event", "per")
    assert event["text"] == "escalated (the customer asks) to anne@leder.example: Ingen har ringt"
    assert (letter["kind"], letter["to"][0]["address"]) == ("mail_out", "anne@leder.example")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "an escalation needs a reason"),
        (("-m", "  "), 2, "an escalation needs a reason"),
        (("--acknowledge", "-m", "x"), 2, "--acknowledge says nothing more"),
        (("--acknowledge", "--to", "leder"), 2, "--acknowledge says nothing more"),
        (("-m", "x", "--to", "raad"), 4, "no escalation point raad"),
        (("--acknowledge",), 5, f"nothing of {REF} is escalated that nobody has acknowledged"),
        (("--acknowledge", "--as", "per"), 77, "per cannot acknowledge an escalation"),
        (("-m", "x", "--as", "revi"), 77, "revi may read but not change"),
    ],
)
def test_what_cannot_be_escalated_is_refused(
    desk: PaperDesk, console: Console, words: tuple[str, ...], code: int, said: str
) -> None:
    assert console.error("escalate", REF, *words, code=code)["message"] == said


def test_a_case_is_weighed_by_impact_and_urgency(desk: PaperDesk, console: Console) -> None:
    weighed = console.ask("set", REF, "--impact", "many", "--urgency", "now")
    assert (weighed["priority"], weighed["fields"]) == ("critical", {"impact": "many", "urgency": "now"})
    assert console.ask("set", REF, "--urgency", "later")["priority"] == "normal"
    assert console.error("set", REF, "--impact", "all", code=4)["hint"] == "there are: one, many"
    console("new", "--subject", "Alt er nede", "-m", "x", "--impact", "many", "--urgency", "now", "--as", "kari")
    assert "critical" in [case["priority"] for case in console.ask("queue")]


def test_who_raises_a_priority_is_told_that_its_target_has_passed(
    desk: PaperDesk, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["set", REF, "--priority", "critical"]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"{REF} is changed.\n"
    said = "Note: its new target for an answer has passed already: 2026-03-09 10:15. Nobody outside is told of it.\n"
    assert printed.err.splitlines(keepends=True)[0] == said


def test_the_points_stand_in_about(desk: PaperDesk, console: Console) -> None:
    told = console("about")
    assert "Anne Berg" in told
    assert "71 11 11 99" in told

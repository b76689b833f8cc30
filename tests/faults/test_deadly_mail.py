"""A mail that kills or hangs the real parsing child among good ones: it is held, a person is told, the rest goes on."""

import sys
from pathlib import Path

import pytest

from inboxd.office.documents import queue
from inboxd.office.queues import incoming_list, incoming_raw
from inboxd.parsing import ParsingChild
from tests.integration.paper_desk import PaperDesk, mail

GOOD = 20
WALL_SECONDS = 3.0
"""Enough to start a child anew on a busy machine."""

CODE = """
import os, time
from inboxd.parsing import child
reading = child.parse

def parse(octets, *, headers_only=False):
    if b"DEADLY" in octets:
        {dies}
    return reading(octets, headers_only=headers_only)

child.parse, child.CPU_SECONDS = parse, 1
child.main()
"""


@pytest.mark.parametrize(
    ("dies", "said"),
    [
        ("os.kill(os.getpid(), 11)", "signal 11"),
        ("bytearray(2 * child.MEMORY)", "exit 1"),
        ("while True: pass", "signal 24"),
        ("time.sleep(600)", "not read within 3 seconds"),
    ],
)
@pytest.mark.slow
def test_a_deadly_mail_among_good_ones_costs_three_tries_and_one_case(tmp_path: Path, dies: str, said: str) -> None:
    desk = PaperDesk(tmp_path)
    child = ParsingChild(command=(sys.executable, "-c", CODE.format(dies=dies)), wall_seconds=WALL_SECONDS)
    desk.parser = child.parse
    deadly = mail("DEADLY", number=0)
    desk.arrive(
        *(mail(f"Før {n}", number=n) for n in range(1, 11)),
        deadly,
        *(mail(f"Etter {n}", number=n) for n in range(11, 21)),
    )
    [held] = incoming_list(desk.office, state="hold")
    assert held["attempts"] == 3
    assert said in held["reason"]
    assert incoming_raw(desk.office, held["id"]) == deadly
    assert len(incoming_list(desk.office, state="done")) == GOOD
    subjects = [case["subject"] for case in queue(desk.office)]
    assert len(subjects) == GOOD + 1
    assert subjects.count("Uleselig e-post") == 1
    assert len([letter for letter in desk.letters() if letter.kind == "receipt"]) == GOOD
    child.close()
    desk.close()

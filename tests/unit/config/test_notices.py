"""[notices] and [desk] surge: who is mailed, where the feeds go, and when several cases are an alarm."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from inboxd.config.report import describe, warnings
from inboxd.config.settings import Settings
from inboxd.desk.desk import Cap

Load = Callable[[str], Settings]
Said = Callable[[str], list[str]]


def test_a_desk_without_notices_mails_nobody_and_writes_nowhere(load_text: Load, small: str) -> None:
    settings = load_text(small)
    assert (settings.desk.subscribers, settings.notices_folder) == ((), None)
    assert settings.desk.surge == Cap(count=4, period=dt.timedelta(minutes=30))
    assert describe(settings)["notices"] == {"subscribers": [], "folder": None}


def test_subscribers_and_a_folder_beside_the_file(load_text: Load, small: str, tmp_path: Path) -> None:
    more = '[notices]\nsubscribers = ["ikt@molde.example"]\nfolder = "intranet"\n'
    settings = load_text(small + more)
    assert settings.desk.subscribers == ("ikt@molde.example",)
    assert settings.notices_folder == tmp_path / "intranet"
    assert any("there is no folder" in one for one in warnings(settings))
    (tmp_path / "intranet").mkdir()
    assert not any("there is no folder" in one for one in warnings(load_text(small + more)))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ('["post+tag@desk.example"]', "is a mailbox of the desk; notices go to those who are served by it"),
        ('["Post@desk.example"]', "is a mailbox of the desk; notices go to those who are served by it"),
        ('["a@b.example", "A@b.example"]', '"A@b.example" is given twice; one letter each'),
    ],
)
def test_a_subscriber_that_is_ourselves_or_there_already_is_an_error(
    said_of: Said, small: str, given: str, said: str
) -> None:
    (line,) = said_of(f"{small}[notices]\nsubscribers = {given}\n")
    assert line.endswith(said)
    assert line.startswith("17: [notices] subscribers")


@pytest.mark.parametrize(("written", "cap"), [("off", None), ("6/1h", Cap(count=6, period=dt.timedelta(hours=1)))])
def test_how_many_cases_are_a_surge_is_the_desks_own_choice(
    load_text: Load, small: str, written: str, cap: Cap | None
) -> None:
    settings = load_text(small.replace("[desk]\n", f'[desk]\nsurge = "{written}"\n'))
    assert settings.desk.surge == cap

"""How people read a status."""

import pytest

from inboxd.desk.case import Status
from inboxd.desk.letters.status_title import status_title
from tests.unit.desk.desks import desk


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("nb", ["Ny", "Åpen", "Venter", "Utsatt", "Løst", "Lukket"]),
        ("nn", ["Ny", "Open", "Ventar", "Utsett", "Løyst", "Lukka"]),
        ("en", ["New", "Open", "Waiting", "Postponed", "Solved", "Closed"]),
        ("se", ["Ny", "Åpen", "Venter", "Utsatt", "Løst", "Lukket"]),
    ],
)
def test_every_status_has_a_title_in_every_language(language: str, titles: list[str]) -> None:
    life = ["new", "open", "waiting", "postponed", "solved", "closed"]
    assert [status_title(desk(), status, language) for status in life] == titles


def test_a_desks_own_word_goes_before_ours() -> None:
    own = desk(statuses=(("waiting", (("", "Venter på svar"),)),))
    assert status_title(own, Status.WAITING, "nn") == "Venter på svar"
    assert status_title(own, Status.OPEN, "nn") == "Open"


def test_a_desks_own_word_may_be_one_for_each_language_and_ours_stand_where_it_has_none() -> None:
    own = desk(statuses=(("open", (("nb", "I arbeid"), ("en", "At work"))),))
    assert [status_title(own, Status.OPEN, language) for language in ("nb", "en", "nn")] == [
        "I arbeid",
        "At work",
        "Open",
    ]

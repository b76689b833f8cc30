"""A working week through config.toml, against the story in a_week.md: every cell of its tables, and the letters."""

import re
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import pytest

from inboxd.mail.parse import parse
from inboxd.store import tables as t
from inboxd.store.checks import check
from inboxd.store.octets import octets_of
from tests.e2e.week.begins import MONDAY, TUESDAY
from tests.e2e.week.goes_on import FRIDAY, THURSDAY, WEDNESDAY
from tests.e2e.week.world import NAMES, Event, Row, Week

STORY = (Path(__file__).parent / "a_week.md").read_text(encoding="utf-8")
DAYS = {"Mon": MONDAY, "Tue": TUESDAY, "Wed": WEDNESDAY, "Thu": THURSDAY, "Fri": FRIDAY}
HEADINGS = {"Monday": "Mon", "Tuesday": "Tue", "Wednesday": "Wed", "Thursday": "Thu", "Friday": "Fri"}
AT_THE_DESK = {"kari", "ola", "nina", "per", "siv", "the clock"}


def cells(heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading of the story."""
    section = STORY.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[1:]]


def told() -> list[Row]:
    """Return the rows of all days, as the story has them."""
    return [Row.of(f"{day} {row[0]}", *row[1:]) for heading, day in HEADINGS.items() for row in cells(heading)]


def everything() -> list[Event]:
    return [event for day in DAYS.values() for event in day]


class Lived:
    """What came of the week."""

    def __init__(self, week: Week) -> None:
        self.week = week
        self.rows: list[Row] = []
        self.read: dict[tuple[str, str], str] = {}
        for event in everything():
            letters = len(week.letters())
            self.rows.append(week.live(event))
            for letter in week.letters()[letters:]:
                with week.office.store.reading() as db:
                    text = parse(octets_of(db, letter.octets_id or 0)).text
                for address in letter.to:
                    known = self.read.get((event.at, NAMES[address]), "")
                    self.read[event.at, NAMES[address]] = known + text


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """The week as it went: its rows, and who read what at which time."""
    week = Week(tmp_path_factory.mktemp("week"))
    yield Lived(week)
    week.close()


def test_sixty_mails_and_calls_come_in() -> None:
    outside = [event for event in everything() if event.who not in AT_THE_DESK or "own address" in event.what]
    assert len(outside) == 60


@pytest.mark.parametrize("day", DAYS)
def test_the_day_goes_as_the_story_tells_it(lived: Lived, day: str) -> None:
    happened = [" | ".join(astuple(row)) for row in lived.rows if row.time.startswith(day)]
    assert happened == [" | ".join(astuple(row)) for row in told() if row.time.startswith(day)]


@pytest.mark.parametrize(("when", "who", "words"), cells("What people read"))
def test_people_read_what_the_story_says(lived: Lived, when: str, who: str, words: str) -> None:
    assert words in lived.read[when, who]


def test_at_the_end_the_accounts_are_as_the_story_sums_them_up(lived: Lived) -> None:
    counted = {
        "cases": lived.week.count(t.Case.status),
        "mails": lived.week.count(t.Incoming.outcome),
        "letters": lived.week.count(t.Letter.kind),
    }
    for what, number in cells("By Friday night"):
        thing, word = what.split(": ")
        assert counted[thing][word] == int(number), what
    named = sum(row.letters.count("→") for row in lived.rows)
    assert named == sum(counted["letters"].values())
    assert lived.week.count(t.Letter.state) == {"queued": named}
    assert check(lived.week.office.store) == ()


def test_what_a_mail_says_of_user_and_pc_is_on_its_case(lived: Lived) -> None:
    assert lived.week.show("login")["fields"] == {"brukernavn": "anli01", "pc-navn": "SUN-1001"}


def test_a_referred_case_says_where_it_went(lived: Lived) -> None:
    assert lived.week.show("booking")["fields"]["referred"] == "faggruppe"


def test_the_story_is_told_in_words_not_only_in_tables() -> None:
    for heading in HEADINGS:
        section = STORY.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        prose = re.sub(r"^\|.*$", "", section, flags=re.MULTILINE)
        assert len(prose.split()) > 50, heading

"""The weekly letter: to the leads, once a week, by day, with the numbers that the commands tell."""

import email
import email.policy
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inboxd.desk.order import Close, Reply
from inboxd.office.act import act
from inboxd.office.reports.now import now_report
from inboxd.office.reports.weekly import tell_leads, week_before, weekly
from inboxd.runners.tick import TickRunner
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import NOW, MovedClock, PaperDesk, mail, write_config

LEADS = """
[[agent]]
name = "gro"
address = "gro@agents.example"
role = "lead"
categories = ["it"]

[[agent]]
name = "liv"
address = "liv@agents.example"
role = "lead"

[[agent]]
name = "tove"
address = "tove@agents.example"
role = "lead"
active = false

[[agent]]
name = "unn"
address = "unn@agents.example"
role = "lead"
notify = false

[[category]]
name = "lukket"
access = "members"
members = ["gro"]
"""


def write(folder: Path, *, language: str = "nb") -> Path:
    path = write_config(folder, more=LEADS)
    path.write_text(path.read_text().replace("[desk]\n", f'[desk]\nweekly_letter = true\nlanguage = "{language}"\n'))
    return path


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[PaperDesk]:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    paper = PaperDesk(tmp_path, config=write(tmp_path))
    yield paper
    paper.close()


def told(desk: PaperDesk) -> list[LetterRow]:
    return [letter for letter in desk.letters() if letter.case_id is None]


def text(desk: PaperDesk, letter: LetterRow) -> str:
    parsed = email.message_from_bytes(desk.octets(letter), policy=email.policy.default)
    return str(parsed.get_content()).replace("\r\n", "\n")  # type: ignore[attr-defined]  # the default policy's message


def a_week(desk: PaperDesk) -> None:
    """Two mails of the week before: one answered and closed; and one of this Monday."""
    desk.clock.forward(days=-4)
    desk.arrive(mail(number=1), mail(number=2, sender="b@kommune.example"))
    act(Reply(actor="kari", text="Hei."), 1000, desk.office)
    act(Close(actor="kari"), 1000, desk.office)
    desk.clock.forward(days=4)
    desk.arrive(mail(number=3, sender="c@kommune.example"))


def test_every_lead_who_is_active_and_wants_letters_gets_one(desk: PaperDesk) -> None:
    assert tell_leads(desk.office) == 2
    assert sorted(letter.to for letter in told(desk)) == [("gro@agents.example",), ("liv@agents.example",)]
    assert {letter.kind for letter in told(desk)} == {"agent"}


def test_it_is_written_once_a_week_whatever_restarts(desk: PaperDesk) -> None:
    assert tell_leads(desk.office) == 2
    assert tell_leads(replace(desk.office)) == 0
    desk.clock.forward(days=3)
    assert tell_leads(desk.office) == 0
    desk.clock.forward(days=4)
    assert tell_leads(desk.office) == 2


@pytest.mark.parametrize(
    ("hours", "letters"), [(-2.1, 0), (-2.0, 2), (5.4, 2), (5.5, 0), (14, 0), (24, 2), (-24, 2)]
)  # fmt: skip
def test_it_goes_out_in_opening_hours_only(desk: PaperDesk, hours: float, letters: int) -> None:
    desk.clock.forward(hours=hours)
    if hours == -24:  # a Sunday: nothing until the desk opens
        assert tell_leads(desk.office) == 0
        desk.clock.forward(hours=24)
    assert tell_leads(desk.office) == letters


def test_on_easter_monday_it_waits_for_the_day_on_which_the_desk_opens(desk: PaperDesk) -> None:
    desk.clock.moment = NOW.replace(month=4, day=6)
    assert tell_leads(desk.office) == 0
    desk.clock.forward(days=1)
    assert tell_leads(desk.office) == 2


def test_it_is_off_unless_switched_on(tmp_path: Path) -> None:
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=LEADS))
    assert tell_leads(desk.office) == 0
    desk.close()


def test_the_clock_brings_it(desk: PaperDesk) -> None:
    runner = TickRunner(desk.office)
    runner.run_once()
    assert len(told(desk)) == 2


def test_a_letter_has_the_numbers_that_the_commands_tell(desk: PaperDesk) -> None:
    a_week(desk)
    document = weekly(desk.office, week_before(desk.clock.now(), desk.office.desk.timezone))
    assert document["now"] == now_report(desk.office)
    assert (document["week"], document["from"], document["to"]) == ("2026-W10", "2026-03-02", "2026-03-08")
    assert (document["opened"], document["response"]["n"], document["resolution"]["n"]) == (2, 1, 1)


def test_a_lead_reads_how_the_desk_stands(desk: PaperDesk) -> None:
    a_week(desk)
    tell_leads(desk.office)
    letter = next(one for one in told(desk) if one.to == ("gro@agents.example",))
    assert letter.subject == "[inboxd] Kundeservice: uke 10, 2.–8. mars"
    assert (
        text(desk, letter)
        == """\
Hei!

Slik står det til ved Kundeservice ved starten av uken.

Slik står det nå:
  Åpne saker: 2
  Uten saksbehandler: 2
  Over frist: 1
  Frist i dag: 1
  Venter på svar: 0
  Eldste sak: KS-10019 (4 d)

Uke 10, 2.–8. mars:
  Nye saker: 2
  Fikk sitt første svar: 1, 1 innen frist (100 %)
  Løst: 1, 1 innen frist (100 %)

Etter kategori:
  it: 2 åpne, 2 uten saksbehandler, 1 over frist, 1 frist i dag
  print: 0 åpne
  lukket: 0 åpne

Etter saksbehandler:
  kari: 0 åpne
  per: 0 åpne
  gro: 0 åpne
  ingen: 2 åpne, 1 over frist, 1 frist i dag

Tallene nå: inboxd report now
Forrige måned: inboxd report sla

Brevet går til dem som har rollen «lead», én gang i uken. Det slås av med weekly_letter = false i config.toml.
"""
    )


def test_a_lead_who_may_not_see_a_category_hears_nothing_of_it(desk: PaperDesk) -> None:
    tell_leads(desk.office)
    bodies = {letter.to[0]: text(desk, letter) for letter in told(desk)}
    assert "lukket: 0 åpne" in bodies["gro@agents.example"]
    assert "lukket" not in bodies["liv@agents.example"]
    assert "Kategorier som du ikke har innsyn i, er ikke med." in bodies["liv@agents.example"]


@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        ("nn", "[inboxd] Kundeservice: veke 10, 2.–8. mars", "Slik står det til ved Kundeservice ved starten av veka."),
        (
            "en",
            "[inboxd] Kundeservice: week 10, 2–8 March",
            "This is how Kundeservice stands at the start of the week.",
        ),
    ],
)
def test_it_is_written_in_the_desks_language(tmp_path: Path, language: str, subject: str, line: str) -> None:
    desk = PaperDesk(tmp_path, config=write(tmp_path, language=language))
    tell_leads(desk.office)
    letter = told(desk)[0]
    assert letter.subject == subject
    assert line in text(desk, letter)
    desk.close()


def test_a_week_over_the_turn_of_the_year_is_numbered_as_the_calendar_does() -> None:
    clock = MovedClock()
    clock.moment = NOW.replace(year=2027, month=1, day=4)
    week = week_before(clock.now(), "Europe/Oslo")
    assert (week.year, week.number) == (2026, 53)

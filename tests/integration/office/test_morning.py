"""The morning letter as it lies in the outbox: once a day, as the office opens, to who is there and has something."""

import email
import email.policy
import shutil
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from inboxd.desk.order import Take
from inboxd.office.act import act
from inboxd.office.people.agents import agent_away
from inboxd.office.reports.morning import tell_agents
from inboxd.runners.tick import TickRunner
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import NOW, PaperDesk, mail, write_config

FRIDAY = NOW.replace(day=6)


def write(folder: Path, *, language: str = "nb") -> Path:
    path = write_config(folder)
    path.write_text(path.read_text().replace("[desk]\n", f'[desk]\nmorning_letter = true\nlanguage = "{language}"\n'))
    return path


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[PaperDesk]:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    paper = PaperDesk(tmp_path, config=write(tmp_path))
    yield paper
    paper.close()


def told(desk: PaperDesk) -> list[LetterRow]:
    return sorted((letter for letter in desk.letters() if letter.case_id is None), key=lambda letter: letter.id)


def text(desk: PaperDesk, letter: LetterRow) -> str:
    message = email.message_from_bytes(desk.octets(letter), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return str(message.get_content()).replace("\r\n", "\n")


def over_the_weekend(desk: PaperDesk) -> None:
    """Kari has a case since Friday, and nobody has the other two; it is Monday, 08:00."""
    desk.clock.moment = FRIDAY
    desk.arrive(mail(number=1), mail("PC til 01019012480", sender="Turid <b@kommune.example>", number=2))
    act(Take(actor="kari"), 1000, desk.office)
    desk.clock.forward(hours=9)
    desk.arrive(mail("Passord", sender="c@kommune.example", number=3))
    desk.clock.moment = NOW.replace(hour=7)


def test_every_agent_who_has_something_gets_his_own(desk: PaperDesk) -> None:
    over_the_weekend(desk)
    assert tell_agents(desk.office) == 2
    kari, per = told(desk)
    assert (kari.to, per.to) == (("kari@agents.example",), ("per@agents.example",))
    assert kari.subject == "[inboxd] Kundeservice: sakene dine mandag 9. mars"
    assert text(desk, kari) == (
        "Dine saker med frist i dag, eller over fristen:\n"
        "- KS-10008, svarfristen gikk ut fredag 6. mars kl. 14.00: Skriveren virker ikke (Ola Nordmann)\n"
        "\n"
        "Saker som ingen har tatt:\n"
        "- KS-10019, svarfristen gikk ut fredag 6. mars kl. 14.00: PC til 010190***** (Turid)\n"
        "- KS-10024, svar innen kl. 12.00: Passord (c@kommune.example)\n"
        "\n"
        "Se dine saker: inboxd queue --mine\n"
        "\n"
        "Brevet kommer når kontoret åpner, de dagene det er noe å si. Svarer du på det, havner svaret ikke på noen av "
        "sakene.\n"
    )
    assert "Skriveren" not in text(desk, per)
    assert "Passord" in text(desk, per)


def test_it_is_written_once_a_day_whatever_restarts(desk: PaperDesk) -> None:
    over_the_weekend(desk)
    assert tell_agents(desk.office) == 2
    desk.clock.forward(minutes=10)
    assert tell_agents(replace(desk.office)) == 0
    desk.clock.forward(days=1)
    assert tell_agents(desk.office) == 2


@pytest.mark.parametrize(("hours", "letters"), [(-0.1, 0), (0, 2), (1.9, 2), (2, 0), (-24, 0)])
def test_it_comes_as_the_office_opens(desk: PaperDesk, hours: float, letters: int) -> None:
    over_the_weekend(desk)
    desk.clock.forward(hours=hours)
    assert tell_agents(desk.office) == letters


def test_who_is_away_gets_none_and_nobody_gets_an_empty_one(desk: PaperDesk) -> None:
    over_the_weekend(desk)
    agent_away(desk.office, "per", until=None, to=None, actor="kari")
    before = len(told(desk))
    assert tell_agents(desk.office) == 1
    assert told(desk)[before].to == ("kari@agents.example",)


def test_a_desk_without_cases_has_quiet_mornings(desk: PaperDesk) -> None:
    desk.clock.moment = NOW.replace(hour=7)
    assert tell_agents(desk.office) == 0


def test_many_cases_are_counted_not_listed(desk: PaperDesk) -> None:
    desk.clock.moment = FRIDAY
    desk.arrive(*(mail(f"Sak {n}", sender=f"u{n}@kommune.example", number=n) for n in range(23)))
    desk.clock.moment = NOW.replace(hour=7)
    assert tell_agents(desk.office) == 2
    lines = [line for line in text(desk, told(desk)[0]).splitlines() if line.startswith("- ")]
    assert (len(lines), lines[-1]) == (21, "- og 3 til")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("nn", "- KS-10024, svar innan kl. 12.00: Passord (c@kommune.example)"),
        ("en", "- KS-10024, answer by 12:00: Passord (c@kommune.example)"),
    ],
)
def test_it_is_in_the_desks_language(tmp_path: Path, language: str, line: str) -> None:
    desk = PaperDesk(tmp_path, config=write(tmp_path, language=language))
    over_the_weekend(desk)
    assert TickRunner(desk.office).run_once() >= 2
    assert line in text(desk, next(letter for letter in told(desk) if "Kundeservice" in letter.subject))
    desk.close()


def test_it_is_off_unless_switched_on(tmp_path: Path) -> None:
    desk = PaperDesk(tmp_path)
    over_the_weekend(desk)
    assert tell_agents(desk.office) == 0
    desk.close()

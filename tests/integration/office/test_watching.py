"""What `watch` tells, to whom, and that it tells it once."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from inboxd.desk.order import Merge, Note, Reply, SetFields
from inboxd.office.act import act
from inboxd.office.documents import queue
from inboxd.office.watching import Watch
from inboxd.render.watching import watch_line
from tests.integration.paper_desk import OLA, PaperDesk, mail, write_config


def told(watch: Watch) -> list[tuple[str, Any]]:
    return [(line["what"], line["who"]) for line in watch.look()]


def test_what_was_there_before_is_not_news(desk: PaperDesk) -> None:
    desk.arrive(mail())
    assert told(Watch(desk.office)) == []


def test_new_cases_mails_answers_and_notes_are_told_once_and_our_own_machinery_is_not(desk: PaperDesk) -> None:
    watch = Watch(desk.office)
    desk.arrive(mail())
    assert told(watch) == [("new", "Ola Nordmann")]
    number = queue(desk.office)[0]["number"]
    desk.clock.forward(minutes=1)
    reference = queue(desk.office)[0]["reference"]
    desk.arrive(mail(f"SV: [{reference}] Skriver", text="Og toneren.\n", number=2))
    desk.clock.forward(minutes=1)
    act(Reply(actor="kari", text="Kommer."), number, desk.office)
    desk.clock.forward(minutes=1)
    act(Note(actor="per", text="var der"), number, desk.office)
    assert told(watch) == [("mail", "Ola Nordmann"), ("answer", "kari"), ("note", "per")]
    assert told(watch) == []


def test_a_target_is_told_of_when_it_passes(desk: PaperDesk) -> None:
    desk.arrive(mail())
    watch = Watch(desk.office)
    desk.clock.forward(hours=1)
    assert told(watch) == []
    desk.clock.forward(days=7)
    assert told(watch) == [("overdue", None)]
    assert told(watch) == []


def test_a_closed_category_is_not_told_of_to_others(tmp_path: Path) -> None:
    hr = '[[category]]\nname = "hr"\naccess = "members"\nassignment = "none"\n'
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=hr))
    desk.arrive(mail())
    number = queue(desk.office)[0]["number"]
    act(SetFields(actor="kari", category="hr"), number, desk.office)
    mine, his = Watch(desk.office), Watch(replace(desk.office, reader=desk.office.desk.agent("per")))
    act(Note(actor="kari", text="lukket"), number, desk.office)
    assert (told(mine), told(his)) == ([("note", "kari")], [])
    desk.close()


def test_what_comes_to_a_merged_case_is_told_of_the_survivor(desk: PaperDesk) -> None:
    desk.arrive(mail(), mail("Samme", text="Igjen.\n", number=2))
    first, second = sorted(row["number"] for row in queue(desk.office))
    watch = Watch(desk.office)
    act(Note(actor="kari", text="er det samme"), second, desk.office)
    act(Merge(actor="kari", number=second, into=first), second, desk.office)
    assert [line["reference"] for line in watch.look()] == [queue(desk.office)[0]["reference"]]


def test_a_line_is_short_and_hides_personal_numbers_and_controls(desk: PaperDesk) -> None:
    watch = Watch(desk.office)
    desk.arrive(mail("Passord 01010750160", sender=f"Ola\x1b[2J <{OLA}>"))
    (document,) = watch.look()
    assert "01010750160" not in document["subject"]
    line = watch_line(document, width=60, colour=False, tz=desk.clock.now().tzinfo)  # type: ignore[arg-type]
    assert line.startswith("09:00  KS-")
    assert len(line) <= 60
    assert "\x1b" not in line
    late = watch_line(document | {"what": "overdue", "who": None}, width=60, colour=True, tz=desk.clock.now().tzinfo)  # type: ignore[arg-type]
    assert "PAST ITS TARGET, nobody has it" in late

"""A morning on which Visma is down, on a desk with a database: one alert to the leads, and none on other mornings."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from inboxd.mail.parse import parse
from inboxd.office import documents
from inboxd.office.notices import notices
from inboxd.office.notices.notices import NewNotice
from inboxd.office.people.agents import agent_away
from inboxd.runners.tick import TickRunner
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import PaperDesk, mail, write_config
from tests.unit.desk.mondays import MONDAY, VISMA_DOWN

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
categories = ["print"]
"""


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[PaperDesk]:
    """A desk with two leads."""
    yield from a_desk(tmp_path, empty_database, more=LEADS)


def a_desk(folder: Path, empty_database: Path, *, more: str, **replaced: str) -> Iterator[PaperDesk]:
    shutil.copy(empty_database, folder / "inboxd.db")
    paper = PaperDesk(folder, config=write_config(folder, more=more, **replaced))
    yield paper
    paper.close()


class Morning:
    """Mails that come in over some minutes while the clock's runner looks."""

    def __init__(self, desk: PaperDesk) -> None:
        self.desk, self.number, self.tick = desk, 0, TickRunner(desk.office)

    def brings(self, mails: Sequence[tuple[str, str]], *, minutes: int, **headers: str) -> None:
        for subject, text in mails:
            self.number += 1
            sender = f"person{self.number}@kommune{self.number % 4}.example"
            self.desk.arrive(mail(subject, text=text + "\n", number=self.number, sender=sender, **headers))
            self.desk.clock.forward(seconds=minutes * 60 / len(mails))
            self.tick.run_once()


def alerts(desk: PaperDesk) -> list[LetterRow]:
    return [one for one in reversed(desk.letters()) if one.kind == "alert"]


def visma_morning() -> list[tuple[str, str]]:
    """Forty mails of which six are about Visma, mixed."""
    others = [one for one in MONDAY if "visma" not in f"{one[0]}{one[1]}".lower()][:34]
    return [
        one for n in range(34) for one in ((others[n], VISMA_DOWN[n // 5]) if n % 5 == 0 and n < 30 else (others[n],))
    ]


def test_six_of_forty_mails_about_visma_in_twenty_minutes_are_one_alert_with_the_word_and_the_six(
    desk: PaperDesk,
) -> None:
    morning = Morning(desk)
    morning.brings(visma_morning()[:36], minutes=20)
    told = alerts(desk)
    assert [one.to for one in told] == [("gro@agents.example",), ("liv@agents.example",)]
    assert told[0].subject == "[inboxd] Kundeservice: flere nye saker om visma"
    text = parse(desk.octets(told[0])).text
    listed = [case["reference"] for case in documents.queue(desk.office) if "isma" in case["subject"]]
    assert any(reference in text for reference in listed)
    assert "inboxd notice new --unplanned --from now --affects it --link KS-" in text
    morning.brings(visma_morning()[36:], minutes=5)
    assert len(alerts(desk)) == 2


def test_all_six_are_named_where_they_come_at_once(desk: PaperDesk) -> None:
    Morning(desk).brings(visma_morning()[:5], minutes=5)
    morning = [mail(s, text=t + "\n", number=100 + n, sender=f"v{n}@x.example") for n, (s, t) in enumerate(VISMA_DOWN)]
    desk.arrive(*morning)
    TickRunner(desk.office).run_once()
    text = parse(desk.octets(alerts(desk)[0])).text
    cases = documents.queue(desk.office)
    six = [c["reference"] for c in cases if c["requester"]["address"].startswith("v")]
    assert len(six) == 6
    assert all(reference in text for reference in six)


def test_an_ordinary_monday_of_sixty_mails_raises_none(desk: PaperDesk) -> None:
    Morning(desk).brings(MONDAY, minutes=120)
    assert alerts(desk) == []


def test_copies_of_one_web_form_on_a_new_desk_raise_none(desk: PaperDesk) -> None:
    form = "Innsendt via Kundeportalen.\n\nNavn: {0}\nTjenestested: {0}sted\nBeskrivelse av hendelsen: {0} {0}ting"
    people = ("Anne", "Bjarne", "Cecilie", "David", "Erlend")
    Morning(desk).brings([("Melding fra Kundeportalen", form.format(name)) for name in people], minutes=5)
    assert alerts(desk) == []


def test_an_hour_between_them_is_no_surge(desk: PaperDesk) -> None:
    Morning(desk).brings(VISMA_DOWN, minutes=120)
    assert alerts(desk) == []


def test_mail_of_machines_and_history_raise_none(desk: PaperDesk) -> None:
    Morning(desk).brings(VISMA_DOWN, minutes=5, Auto_Submitted="auto-generated")
    desk.arrive(
        *(mail(s, text=t + "\n", number=200 + n, sender=f"h{n}@x.example") for n, (s, t) in enumerate(VISMA_DOWN)),
        silent=True,
    )
    TickRunner(desk.office).run_once()
    assert len(documents.queue(desk.office)) == 12
    assert alerts(desk) == []


def test_cases_under_a_notice_already_raise_none(desk: PaperDesk) -> None:
    desk.arrive(
        *(mail(s, text=t + "\n", number=300 + n, sender=f"p{n}@x.example") for n, (s, t) in enumerate(VISMA_DOWN))
    )
    refs = tuple(case["reference"] for case in documents.queue(desk.office))
    now = desk.clock.now()
    notices.make(
        desk.office,
        NewNotice(
            actor="kari", kind="unplanned", starts_at=now, ends_at=None, affects=(), text="Visma er nede.",
            references=refs,
        ),
    )  # fmt: skip
    TickRunner(desk.office).run_once()
    assert alerts(desk) == []


def test_where_a_notice_is_active_the_alert_says_to_put_the_cases_under_it(desk: PaperDesk) -> None:
    now = desk.clock.now()
    new = NewNotice(actor="kari", kind="unplanned", starts_at=now, ends_at=None, affects=(), text="Visma er nede.")
    notices.make(desk.office, new)
    Morning(desk).brings(VISMA_DOWN, minutes=5)
    text = parse(desk.octets(alerts(desk)[0])).text
    assert "Driftsmeldingen D-1 ser ut til å gjelde det samme." in text
    assert "inboxd notice link D-1 KS-" in text


def test_a_surge_is_not_told_twice_by_a_daemon_that_starts_anew(desk: PaperDesk) -> None:
    Morning(desk).brings(VISMA_DOWN, minutes=5)
    before = len(alerts(desk))
    TickRunner(desk.office).run_once()
    assert len(alerts(desk)) == before == 2


def test_a_lead_is_not_told_of_cases_that_are_closed_to_him(tmp_path: Path, empty_database: Path) -> None:
    closed = 'assignment = "none"\naccess = "members"'
    for desk in a_desk(tmp_path, empty_database, more=LEADS, assignment=closed):
        Morning(desk).brings(VISMA_DOWN, minutes=5)
        assert [one.to for one in alerts(desk)] == [("gro@agents.example",)]


def test_a_surge_in_a_category_that_is_closed_to_every_lead_reaches_its_manager(
    tmp_path: Path, empty_database: Path
) -> None:
    closed = 'assignment = "none"\naccess = "members"\nmanager = "per"'
    lead = LEADS[LEADS.index("[[agent]]", 2) :]  # serves print only
    for desk in a_desk(tmp_path, empty_database, more=lead, assignment=closed):
        Morning(desk).brings(VISMA_DOWN, minutes=5)
        assert [one.to for one in alerts(desk)] == [("per@agents.example",)]


@pytest.mark.parametrize(
    ("phone", "told"),
    [('admin = "drift@agents.example"', "drift@agents.example"), ("", "gro@agents.example liv@agents.example")],
)
def test_while_the_leads_are_away_the_admin_is_told_and_they_where_there_is_nobody_else(
    tmp_path: Path, empty_database: Path, phone: str, told: str
) -> None:
    for desk in a_desk(tmp_path, empty_database, more=LEADS, phone=phone):
        for name in ("gro", "liv", "kari"):
            agent_away(desk.office, name, until=None, to=None, actor=name)
        Morning(desk).brings(VISMA_DOWN, minutes=5)
        assert [one.to[0] for one in alerts(desk)] == told.split()


def test_a_lead_who_is_away_is_stood_in_for_by_the_other(desk: PaperDesk) -> None:
    agent_away(desk.office, "gro", until=None, to=None, actor="gro")
    Morning(desk).brings(VISMA_DOWN, minutes=5)
    assert [one.to for one in alerts(desk)] == [("liv@agents.example",)]


def test_surge_off_means_none(tmp_path: Path, empty_database: Path) -> None:
    for desk in a_desk(tmp_path, empty_database, more=LEADS, send_delay='surge = "off"'):
        Morning(desk).brings(VISMA_DOWN, minutes=5)
        assert alerts(desk) == []


def test_where_there_is_no_lead_the_admin_is_told(tmp_path: Path, empty_database: Path) -> None:
    for desk in a_desk(tmp_path, empty_database, more="", role="", phone='admin = "drift@agents.example"'):
        Morning(desk).brings(VISMA_DOWN, minutes=5)
        assert [one.to for one in alerts(desk)] == [("drift@agents.example",)]


def test_of_what_only_members_see_they_are_told_and_not_the_admins_address(
    tmp_path: Path, empty_database: Path
) -> None:
    closed = 'assignment = "none"\naccess = "members"'
    admin = 'admin = "drift@agents.example"'
    for desk in a_desk(tmp_path, empty_database, more="", role="", phone=admin, assignment=closed):
        Morning(desk).brings(VISMA_DOWN, minutes=5)
        assert {one.to[0] for one in alerts(desk)} == {"kari@agents.example", "per@agents.example"}

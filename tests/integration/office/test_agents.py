"""Agents go away and come back, come new and leave: what is handed over, who hears of it, and what is kept."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inboxd.config.file import load
from inboxd.desk.case import Channel, Status
from inboxd.desk.order import Assign, Escalate, Note, Register, SetFields, Take
from inboxd.errors import Conflict, NotAllowed, NotFound
from inboxd.mail.parse import parse
from inboxd.office import documents, queues
from inboxd.office.act import act, case_id_of
from inboxd.office.office import Office
from inboxd.office.people import agents
from inboxd.office.reports.inactive import inactive
from inboxd.office.taking.take import take_config
from inboxd.render.people import agents_table
from tests.integration.paper_desk import NOW, OLA, PaperDesk, mail

CONFIG = """
[desk]
name = "Kundeservice"
agent_mail = "off"
send_delay = "0s"

{agents}

[[category]]
name = "it"
{it}

[[category]]
name = "hr"
access = "members"

[[customer]]
name = "Molde"
domains = ["molde.example"]
category = "it"

[[customer]]
name = "Aukra"
domains = ["aukra.example"]
category = "it"

[[mailbox]]
name = "kundeservice"
address = "kundeservice@desk.example"
category = "it"
  [mailbox.imap]
  host = "127.0.0.1"
  port = 1
  tls = "none"
  username = "ks"
  password_env = "KS_PASSWORD"
  [mailbox.smtp]
  host = "127.0.0.1"
  port = 1
  tls = "none"
"""

KARI = {"categories": ["it", "hr"], "role": "lead"}
PER = {"categories": ["it"]}
OLE = {"categories": ["it"]}
ALL = {"kari": KARI, "per": PER, "ole": OLE}


def config(folder: Path, people: dict[str, dict[str, Any]], it: str = "") -> Path:
    tables = (
        "\n".join(
            [
                "[[agent]]",
                f'name = "{name}"',
                f'address = "{name}@agents.example"',
                *(
                    f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}"
                    for key, value in keys.items()
                ),
            ]
        )
        for name, keys in people.items()
    )
    path = folder / "config.toml"
    path.write_text(CONFIG.format(agents="\n".join(tables), it=it))
    return path


class Desk(PaperDesk):
    """A desk of three whose config changes while it works."""

    def __init__(self, folder: Path, it: str) -> None:
        super().__init__(folder, config=config(folder, ALL, it))
        self.it = it
        take_config(self.office)

    def take(self, people: dict[str, dict[str, Any]], it: str | None = None) -> None:
        """Let the daemon take a changed config, as SIGHUP does."""
        settings = load(config(self.folder, people, self.it if it is None else it), env={}, with_secrets=False)
        self.office = replace(self.office, settings=settings)
        take_config(self.office)

    def case(self, *, category: str = "it", to: str | None = None, subject: str = "Ringte") -> int:
        """Register a call; returns its number."""
        order = Register(actor="kari", channel=Channel.PHONE, subject=subject, text="x", category=category)
        number = act(order, None, self.office).number
        if to is not None:
            act(Assign(actor="kari", to=to), number, self.office)
        return number

    def who_has(self, *numbers: int) -> list[str | None]:
        listed = {case["number"]: case["assignee"] for case in documents.queue(self.office, include_closed=True)}
        return [listed[number] for number in numbers]

    def told(self) -> dict[str, list[str]]:
        """Return the texts of the letters of handing over, by who got them."""
        found: dict[str, list[str]] = {}
        for letter in reversed(self.letters()):
            text = parse(self.octets(letter)).text
            if "etter " in letter.subject:
                found.setdefault(letter.to[0].partition("@")[0], []).append(f"{letter.subject}\n{text}")
        return found

    def history(self) -> list[tuple[str, str, str]]:
        """Return (actor, what, to whom), oldest first, of what was done to the desk itself."""
        return [(one["actor"], one["action"], one["detail"]) for one in reversed(queues.audit_list(self.office))]


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Make a desk; `it` are keys of its category."""
    made: list[Desk] = []

    def make(it: str = "") -> Desk:
        made.append(Desk(tmp_path, it))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def desk(desks: Callable[..., Desk]) -> Desk:
    return desks()


def away(desk: Desk, name: str, *, actor: str | None = None, to: str | None = None, days: int | None = None) -> Any:
    until = None if days is None else desk.clock.now() + dt.timedelta(days=days)
    return agents.agent_away(desk.office, name, until=until, to=to, actor=actor or name)


# Going away.
def test_open_cases_are_handed_over_as_their_categories_say_and_keep_their_numbers(desk: Desk) -> None:
    numbers = [desk.case(to="kari") for _ in range(4)]
    document = away(desk, "kari")
    assert desk.who_has(*numbers) == ["per", "ole", "per", "ole"]
    assert [one["to"] for one in document["handed_over"]] == ["per", "ole", "per", "ole"]
    assert (document["open_cases"], document["away"]["since"]) == (0, NOW.isoformat())


def test_each_who_receives_cases_gets_one_letter_that_lists_them(desk: Desk) -> None:
    for subject in ("Første", "Andre", "Tredje"):
        desk.case(to="kari", subject=subject)
    away(desk, "kari")
    told = desk.told()
    assert {name: len(letters) for name, letters in told.items()} == {"per": 1, "ole": 1}
    (letter,) = told["per"]
    assert letter.startswith("Saker overført til deg etter kari\n")
    assert re.search(r"KS-10008  .*  Første\nKS-10024  .*  Tredje", letter)
    assert "Andre" not in letter


def test_all_of_them_may_go_to_one_colleague_but_not_what_he_may_not_know_of(desk: Desk) -> None:
    numbers = [desk.case(to="kari"), desk.case(category="hr", to="kari")]
    away(desk, "kari", to="ole")
    assert desk.who_has(*numbers) == ["ole", None]
    assert len(desk.told()["ole"]) == 1


def test_waiting_cases_go_too_and_closed_ones_stay(desk: Desk) -> None:
    waiting, closed = desk.case(to="kari"), desk.case(to="kari")
    act(SetFields(actor="kari", until=NOW + dt.timedelta(days=3)), waiting, desk.office)
    act(SetFields(actor="kari", status=Status.CLOSED), closed, desk.office)
    away(desk, "kari")
    assert desk.who_has(waiting, closed) == ["per", "kari"]


def test_the_journal_of_every_case_and_the_desks_own_record_say_what_was_done(desk: Desk) -> None:
    number = desk.case(to="kari")
    away(desk, "kari", days=3)
    journal = documents.show(desk.office, case_id_of(number, desk.office))["journal"]
    assert ("kari", "assignee: kari → per") in {(one["actor"], one["text"]) for one in journal}
    assert desk.history() == [("kari", "agent away", "until 2026-03-12 10:00; 1 open case handed over: per 1")]


def test_who_is_away_gets_no_new_case_and_no_letter_of_one(desks: Callable[..., Desk]) -> None:
    desk = desks('assignment = "none"')
    away(desk, "per")
    desk.arrive(mail())
    addresses = {letter.to[0] for letter in desk.letters() if letter.kind == "agent"}
    assert addresses == {"kari@agents.example", "ole@agents.example"}


def test_an_absence_with_an_end_ends_by_itself(desk: Desk) -> None:
    away(desk, "kari", days=2)
    away(desk, "per")
    away(desk, "ole")
    assert desk.who_has(desk.case()) == [None]
    desk.clock.forward(days=2)
    assert desk.who_has(desk.case()) == ["kari"]
    assert [one["away"] is None for one in agents.agent_list(desk.office)] == [True, False, False]


def test_who_is_back_gets_new_cases_and_not_the_old_ones(desk: Desk) -> None:
    number = desk.case(to="kari")
    away(desk, "kari")
    document = agents.agent_back(desk.office, "kari", actor="kari")
    assert (document["away"], document["handed_over"]) == (None, [])
    assert desk.who_has(number, desk.case()) == ["per", "kari"]
    agents.agent_back(desk.office, "kari", actor="kari")
    assert [what for _, what, _ in desk.history()] == ["agent away", "agent back"]


def test_saying_it_again_changes_until_when(desk: Desk) -> None:
    away(desk, "kari", days=1)
    document = away(desk, "kari", days=9)
    assert document["away"]["until"] == (NOW + dt.timedelta(days=9)).isoformat()
    agents.agent_back(desk.office, "kari", actor="kari")
    assert agents.agent_list(desk.office)[0]["away"] is None


def test_a_mail_on_a_case_whose_agent_is_away_goes_to_one_who_is_there(desk: Desk) -> None:
    desk.arrive(mail(number=1))
    away(desk, "per")
    away(desk, "ole")
    act(Assign(actor="kari", to="per"), 1000, desk.office)
    desk.arrive(mail("SV: Skriver", number=2, In_Reply_To="<m1@kommune.example>"))
    assert desk.who_has(1000) == ["kari"]
    newest = next(letter.to for letter in desk.letters() if letter.kind == "agent")
    assert newest == ("kari@agents.example",)


# Who may.
def test_everybody_speaks_for_himself_and_leads_for_all(desk: Desk) -> None:
    away(desk, "per", actor="per")
    away(desk, "ole", actor="kari")
    agents.agent_back(desk.office, "ole", actor="admin")
    for order in (agents.agent_back, agents.agent_away):
        more: dict[str, Any] = {"until": None, "to": None} if order is agents.agent_away else {}
        with pytest.raises(NotAllowed, match="only leads and admins"):
            order(desk.office, "kari", actor="per", **more)


def test_an_order_that_makes_no_sense_changes_nothing(desk: Desk) -> None:
    number = desk.case(to="kari")
    away(desk, "ole")
    for to, error in (("kari", Conflict), ("ole", Conflict), ("ukjent", NotFound)):
        with pytest.raises(error):
            away(desk, "kari", to=to)
    with pytest.raises(NotFound, match="no agent ukjent"):
        away(desk, "ukjent", actor="kari")
    assert desk.who_has(number) == ["kari"]
    assert agents.agent_list(desk.office)[0]["away"] is None


def test_what_was_handed_over_is_told_as_far_as_one_may(desk: Desk) -> None:
    desk.case(category="hr", to="kari")
    desk.case(to="kari")
    office: Office = replace(desk.office, reader=desk.office.desk.agent("per"))
    document = agents.agent_away(office, "kari", until=None, to=None, actor="admin")
    assert [one["category"] for one in document["handed_over"]] == ["it"]


def test_the_list_says_who_is_on_duty_this_week(desks: Callable[..., Desk]) -> None:
    desk = desks('duty = ["per", "ole"]\nduty_from = "2026-03-02"')
    assert [agent["on_duty"] for agent in agents.agent_list(desk.office)] == [[], [], ["it"]]
    assert "it (on duty)" in agents_table(agents.agent_list(desk.office), width=80, colour=False)
    assert desk.who_has(desk.case(), desk.case()) == ["ole", "ole"]


# Leaving.
@pytest.mark.parametrize("gone", [{"kari": {**KARI, "active": False}}, {}])
def test_who_leaves_the_desk_hands_over_his_open_cases_at_that_moment(
    desk: Desk, gone: dict[str, dict[str, Any]]
) -> None:
    numbers = [desk.case(to="kari"), desk.case(category="hr", to="kari")]
    desk.take({**gone, "per": PER, "ole": OLE})
    assert desk.who_has(*numbers) == ["per", None]
    assert desk.history() == [("inboxd", "agent left", "2 open cases handed over: nobody 1, per 1")]
    assert [name for name, _ in desk.told().items()] == ["per"]
    actors = [entry["actor"] for entry in documents.show(desk.office, 1)["journal"]]
    assert "kari" in actors  # the name stays


def test_who_has_left_has_no_rights_at_once(desk: Desk) -> None:
    number = desk.case()
    desk.take({"kari": {**KARI, "active": False}, "per": PER, "ole": OLE})
    with pytest.raises(NotAllowed, match="kari is no longer active"):
        act(Take(actor="kari"), number, desk.office)
    with pytest.raises(Conflict, match="no longer an active agent"):
        away(desk, "kari", actor="admin")
    before = len(desk.letters())
    desk.arrive(mail())
    assert {letter.to[0] for letter in desk.letters()[: len(desk.letters()) - before]} == {OLA, "ole@agents.example"}


def test_letters_to_who_has_left_or_may_no_longer_know_never_leave(desks: Callable[..., Desk]) -> None:
    desk = desks('assignment = "none"\nnotify = "vakt@agents.example"')
    desk.arrive(mail())
    desk.case(to="per")
    desk.case(category="hr", to="kari", subject="Andre")
    act(Assign(actor="admin", to="kari"), 1001, desk.office)
    desk.take({"kari": {**KARI, "categories": ["it"]}, "per": {**PER, "active": False}, "ole": OLE})
    told = [(letter.to[0], letter.subject.split(": ")[-1], letter.state) for letter in desk.letters()]
    assert ("per@agents.example", "Ringte", "cancelled") in told
    assert ("kari@agents.example", "Ringte", "queued") in told
    assert ("vakt@agents.example", "Skriveren virker ikke", "queued") in told
    assert {state for name, _, state in told if name == "ola@kommune.example"} == {"queued"}


def test_escalations_to_who_has_left_or_may_no_longer_know_never_leave_either(desk: Desk) -> None:
    lead = {"role": "lead"}
    people = {**ALL, "per": {**PER, **lead}, "ida": {**OLE, **lead}}
    desk.take(people)
    numbers = [desk.case(), desk.case(category="hr")]
    for number in numbers:
        act(Escalate(actor="kari", why="Melder klager."), number, desk.office)

    def told() -> dict[tuple[str, int | None], str]:
        letters = (letter for letter in desk.letters() if letter.kind == "escalation")
        return {(letter.to[0].partition("@")[0], letter.number): letter.state for letter in letters}

    before = told()
    assert set(before) == {("kari", 1000), ("per", 1000), ("ida", 1000), ("kari", 1001)}
    assert set(before.values()) == {"queued"}
    desk.take({**people, "kari": {**KARI, "categories": ["it"]}, "per": {**people["per"], "active": False}})
    cancelled = {whom for whom, state in told().items() if state == "cancelled"}
    assert cancelled == {("per", 1000), ("kari", 1001)}


def test_an_escalation_to_who_was_taken_out_of_the_config_never_leaves_and_its_case_says_so(desk: Desk) -> None:
    people = {**ALL, "ida": {**OLE, "role": "lead"}}
    desk.take(people)
    act(Escalate(actor="kari", why="Melder klager."), desk.case(), desk.office)
    (letter,) = (one for one in desk.letters() if one.to == ("ida@agents.example",))
    assert letter.kind == "escalation"
    desk.take(people, it='[[point]]\nname = "ida"\nperson = "Ida"\naddress = "ida@agents.example"')
    desk.take(ALL)
    (stopped,) = (one for one in desk.letters() if one.id == letter.id)
    assert stopped.state == "cancelled"
    last = documents.show(desk.office, 1)["journal"][-1]
    assert last["text"] == f"letter {letter.id} to ida@agents.example cancelled: its reader has left or lost access"


def test_whom_the_config_still_names_is_told_though_he_is_no_agent_any_more(desk: Desk) -> None:
    people = {**ALL, "ida": {**OLE, "role": "lead"}}
    desk.take(people)
    act(Escalate(actor="kari", why="Melder klager."), desk.case(), desk.office)
    desk.take(ALL, it='[[point]]\nname = "ida"\nperson = "Ida"\naddress = "ida@agents.example"')
    assert {one.state for one in desk.letters() if one.to == ("ida@agents.example",)} == {"queued"}


def test_an_escalation_to_who_is_no_agent_is_never_stopped(desks: Callable[..., Desk]) -> None:
    desk = desks('[[point]]\nname = "leder"\nperson = "Ann"\naddress = "leder@kommune.example"')
    act(Escalate(actor="kari", why="Melder klager."), desk.case(), desk.office)
    desk.take({**ALL, "per": {**PER, "active": False}})
    told = [(letter.to, letter.state) for letter in desk.letters() if letter.kind == "escalation"]
    assert told == [(("leder@kommune.example",), "queued")]


def test_who_may_no_longer_know_of_a_category_hands_over_its_cases_only(desk: Desk) -> None:
    numbers = [desk.case(to="kari"), desk.case(category="hr", to="kari")]
    desk.take({"kari": {**KARI, "categories": ["it"]}, "per": {"categories": ["it", "hr"]}, "ole": OLE})
    assert desk.who_has(*numbers) == ["kari", "per"]
    assert desk.history() == [("inboxd", "agent lost access", "1 open case handed over: per 1")]


def test_a_config_that_changes_nothing_about_people_hands_nothing_over(desk: Desk) -> None:
    desk.case(to="kari")
    desk.take(ALL, it='title = "IT"')
    assert desk.history() == []


# What is kept.
def registered(desk: Desk, day: str) -> list[tuple[str, str, str | None]]:
    rows = agents.registered_on(desk.office, dt.date.fromisoformat(day))
    return [(row["agent"], row["category"], row["customer"]) for row in rows]


def test_who_was_registered_for_which_customer_and_category_on_which_day_is_kept(desk: Desk) -> None:
    desk.clock.forward(days=2)  # the 11th
    desk.take({"kari": KARI, "per": {**PER, "active": False}, "ole": {"categories": ["hr"]}})
    desk.clock.forward(days=2)  # the 13th
    desk.take({"kari": {**KARI, "categories": ["it"]}, "ole": {"categories": ["hr"]}})
    it = [("kari", "it", "Molde"), ("kari", "it", "Aukra")]
    first = [("kari", "hr", None), *it, ("ole", "it", "Molde"), ("ole", "it", "Aukra"),
             ("per", "it", "Molde"), ("per", "it", "Aukra")]  # fmt: skip
    assert registered(desk, "2026-03-08") == []
    assert sorted(registered(desk, "2026-03-10"), key=str) == sorted(first, key=str)
    assert sorted(registered(desk, "2026-03-11"), key=str) == sorted([*first, ("ole", "hr", None)], key=str)
    assert sorted(registered(desk, "2026-03-12"), key=str) == sorted(
        [("kari", "hr", None), *it, ("ole", "hr", None)], key=str
    )
    assert sorted(registered(desk, "2026-03-20"), key=str) == sorted([*it, ("ole", "hr", None)], key=str)


def test_a_start_with_the_same_config_opens_nothing_twice(desk: Desk) -> None:
    before = agents.registered_on(desk.office, NOW.date())
    desk.clock.forward(hours=1)
    desk.take(ALL)
    assert agents.registered_on(desk.office, NOW.date()) == before


# Who does nothing.
def test_agents_by_whom_nothing_was_done_for_so_many_days_are_listed(desk: Desk) -> None:
    number = desk.case()
    desk.clock.forward(days=60)
    act(Note(actor="per", text="Ringte opp."), number, desk.office)
    desk.take({**ALL, "ny": OLE, "revi": {"role": "auditor"}})
    desk.clock.forward(days=40)
    assert [one["name"] for one in inactive(desk.office, 90)] == ["kari", "ole"]
    assert [one["name"] for one in inactive(desk.office, 30)] == ["kari", "ole", "ny", "per"]
    assert inactive(desk.office, 101) == []
    kari, ole = inactive(desk.office, 90)
    assert (kari["last_at"], ole["last_at"], ole["registered_since"]) == (NOW.isoformat(), None, NOW.isoformat())


# Assignment, by mail.
def test_two_mails_in_a_row_from_one_sender_go_to_the_same_agent(desk: Desk) -> None:
    desk.arrive(mail(number=1), mail(number=2, sender="Eva <eva@kommune.example>"), mail("Ny sak", number=3))
    assert desk.who_has(1000, 1001, 1002) == ["kari", "per", "kari"]
    desk.clock.forward(days=8)
    desk.arrive(mail("Enda en", number=4))
    assert desk.who_has(1003) == ["ole"]


def test_so_they_do_though_the_second_one_names_a_case_of_somebody_else(desk: Desk) -> None:
    eva = "Eva <eva@kommune.example>"
    desk.arrive(mail(number=1), mail(number=2, sender=eva), mail("[KS-10008] Samme her", sender=eva, number=3))
    assert desk.who_has(1000, 1001, 1002) == ["kari", "per", "per"]


def test_weights_share_out_the_mail_that_comes_in(desks: Callable[..., Desk]) -> None:
    desk = desks('assignment = "weighted"\nweights = { ole = 2 }')
    desk.arrive(*(mail(number=n, sender=f"bruker{n}@kommune.example") for n in range(1, 9)))
    names = desk.who_has(*range(1000, 1008))
    assert {name: names.count(name) for name in ("kari", "per", "ole")} == {"kari": 2, "per": 2, "ole": 4}


def test_a_new_case_has_the_status_that_its_category_gives(desks: Callable[..., Desk]) -> None:
    desk = desks('status = "open"')
    desk.arrive(mail())
    desk.case()
    assert [case["status"] for case in documents.queue(desk.office)] == ["open", "open"]

"""Many letters about targets to one reader at one time are one list."""

import datetime as dt
from dataclasses import replace
from typing import Any

from inboxd.desk.case import Case
from inboxd.desk.clocks.digest import SINGLE_LETTERS, gathered
from inboxd.desk.clocks.escalation import ESCALATION
from inboxd.desk.decision import Decision, Draft, Escalated
from inboxd.desk.tick import tick
from inboxd.desk.view import Timer, View
from tests.unit.desk.desks import HOUR, NOW, OLA, case, changes_of, desk, view
from tests.unit.desk.test_escalating import level, with_levels

MANAGER, PER = "gro@desk.example", "per@desk.example"


def late(number: int, **changes: Any) -> Case:
    """Return the case of that id whose solution was due so many minutes after eight."""
    due = NOW - 2 * HOUR + dt.timedelta(minutes=number)
    values = {"id": number, "number": 1000 + number, "resolution_due": due, "escalates_from": NOW - 24 * HOUR}
    return case(**{**values, "subject": f"Sak {number}", **changes})


def rung(*cases: Case, **changes: Any) -> Decision:
    timers = tuple(Timer(case_id=one.id, name=ESCALATION, rings_at=NOW) for one in cases)
    seen: View = view(*cases, ringing=timers, greeted=frozenset((one.id, OLA.address) for one in cases), **changes)
    return tick(seen, NOW)


def many(count: int, **changes: Any) -> tuple[Case, ...]:
    return tuple(late(number, **changes) for number in range(1, count + 1))


def to(decision: Decision, address: str) -> list[Draft]:
    return [letter for letter in decision.letters if letter.to[0].address == address]


def test_a_few_cases_are_a_letter_each() -> None:
    letters = to(rung(*many(SINGLE_LETTERS), desk=with_levels(level("manager"))), MANAGER)
    assert [letter.template for letter in letters] == ["escalation"] * SINGLE_LETTERS


def test_one_more_is_one_list_about_no_single_case_and_every_case_says_who_was_told() -> None:
    cases = many(SINGLE_LETTERS + 1)
    decision = rung(*reversed(cases), desk=with_levels(level("manager", "requester")))
    (letter,) = to(decision, MANAGER)
    assert (letter.template, letter.kind, letter.case_id, letter.about) == ("escalation_digest", "escalation", None, "")
    lines = letter.text.splitlines()
    assert [line.split("  ")[1:] for line in lines] == [
        ["Middels", f"2026-03-09 08:0{one.id}", "løsning", "kari", one.subject] for one in cases
    ]
    assert {change.to for change in changes_of(decision, Escalated)} == {(MANAGER, OLA.address)}
    assert len(to(decision, OLA.address)) == len(cases)  # to the outside each case is a letter of its own


def test_what_comes_near_stands_apart_from_what_has_passed() -> None:
    cases = (*many(5), late(6, resolution_due=NOW + HOUR))
    (letter,) = to(rung(*cases, desk=with_levels(level("manager"), level("manager", at=-120))), MANAGER)
    assert (len(letter.text.splitlines()), letter.about.split("  ")[-1]) == (5, "Sak 6")


def test_who_is_given_them_reads_so_once_a_case() -> None:
    where = with_levels(level("manager", reassign="per"))
    (letter,) = to(rung(*many(6, priority="normal"), desk=where), PER)
    assert letter.template == "escalation_digest"
    assert {line.split("  ")[4].strip() for line in letter.text.splitlines()} == {"per"}
    (both,) = to(rung(*many(6), desk=with_levels(level("per", reassign="per"))), PER)
    assert len(both.text.splitlines()) == 6


def test_a_case_whose_priority_the_desk_has_no_more_is_listed_all_the_same() -> None:
    about = Draft(
        kind="escalation", case_id=1, mailbox="kundeservice", template="agent_assigned", language="nb", to=(OLA,)
    )
    letters = (*(replace(about, case_id=number) for number in range(1, 7)), replace(about, case_id=99))
    nobody = many(6, priority="gone", resolution_due=None, assignee=None)
    (letter,) = gathered(Decision(kind="ignore", letters=letters), view(*nobody, desk=desk()), NOW)
    assert [line.split()[1:5] for line in letter.text.splitlines()] == [["gone", "-", "løsning", "-"]] * 6

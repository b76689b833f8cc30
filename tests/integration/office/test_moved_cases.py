"""A case that moves to another category keeps its number: nobody need write again, and answers land in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inboxd.desk.case import Status
from inboxd.desk.order import Assign, SetFields, Take
from inboxd.office import documents
from inboxd.office.act import act
from tests.integration.office.test_access import HR
from tests.integration.paper_desk import PaperDesk, mail, write_config


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PaperDesk]:
    paper = PaperDesk(tmp_path, config=write_config(tmp_path, more=HR))
    yield paper
    paper.close()


def readers(desk: PaperDesk, subject: str, *states: str) -> set[str]:
    """Return to which agents letters of a subject go that are in one of these states."""
    return {
        address.partition("@")[0]
        for letter in desk.letters()
        if letter.kind == "agent" and letter.state in states and letter.subject.endswith(subject)
        for address in letter.to
    }


def test_the_requesters_next_answer_lands_in_the_moved_case_under_its_old_number(desk: PaperDesk) -> None:
    desk.arrive(mail(number=1))
    (receipt,) = [letter for letter in desk.letters() if letter.kind == "receipt"]
    act(Take(actor="kari"), 1000, desk.office)
    act(SetFields(actor="kari", category="print"), 1000, desk.office)
    answer = mail("SV: [KS-10008] Skriveren", number=2, In_Reply_To=receipt.message_id or "")
    desk.arrive(answer)
    (case,) = documents.queue(desk.office)
    assert (case["reference"], case["category"], case["assignee"]) == ("KS-10008", "print", "kari")
    kinds = [entry["kind"] for entry in documents.show(desk.office, 1)["journal"]]
    assert kinds.count("mail_in") == 2
    assert [letter.kind for letter in desk.letters()].count("receipt") == 1


def test_once_it_is_in_a_closed_category_only_those_hear_of_it_who_may(desk: PaperDesk) -> None:
    desk.arrive(mail(number=1))
    assert readers(desk, "Skriveren virker ikke", "queued") == {"kari", "per"}
    act(Assign(actor="kari", to="per"), 1000, desk.office)
    act(SetFields(actor="kari", category="hr"), 1000, desk.office)
    assert readers(desk, "Skriveren virker ikke", "cancelled") == {"per"}
    assert readers(desk, "Skriveren virker ikke", "queued") == {"kari", "ada"}
    (receipt,) = [letter for letter in desk.letters() if letter.kind == "receipt"]
    desk.arrive(mail("SV: svar", number=2, In_Reply_To=receipt.message_id or ""))
    assert documents.show(desk.office, 1)["assignee"] == "ada"
    assert readers(desk, "Skriveren virker ikke", "queued", "cancelled") == {"kari", "per", "ada"}
    newest = next(letter for letter in desk.letters() if letter.kind == "agent")
    assert newest.to == ("ada@agents.example",)


def test_an_answer_to_it_once_it_is_closed_opens_a_case_that_only_they_see(desk: PaperDesk) -> None:
    desk.arrive(mail(number=1))
    act(SetFields(actor="kari", category="hr"), 1000, desk.office)
    act(SetFields(actor="ada", status=Status.CLOSED), 1000, desk.office)
    (receipt,) = [letter for letter in desk.letters() if letter.kind == "receipt"]
    before = len(desk.letters())
    desk.clock.forward(days=15)
    desk.arrive(mail("SV: svar", number=2, text="Noe mer om sykdommen.\n", In_Reply_To=receipt.message_id or ""))
    (case,) = documents.queue(desk.office)
    assert (case["reference"], case["category"], case["assignee"]) == ("KS-10019", "hr", "ada")
    told = desk.letters()[: len(desk.letters()) - before]
    assert {letter.to[0] for letter in told if letter.kind == "agent"} == {"ada@agents.example"}

"""Agents' orders on a real store: carried out, refused, raced, and what they send."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Channel, Status
from inboxd.desk.order import Assign, Close, Note, Register, Reply, SetFields, Take
from inboxd.errors import Conflict, InboxdError, NotAllowed, NotFound, StoreBusy, UsageError
from inboxd.office.act import Acted, act, case_id_of, number_of
from inboxd.office.documents import found, queue, sent_document, show
from inboxd.office.finding import find
from inboxd.office.office import Office
from inboxd.store.engine import Store
from tests.integration.paper_desk import OLA, PaperDesk, mail


class BusyStore:
    """A store that says so often that somebody else was faster, then works."""

    def __init__(self, store: Store, *, times: int) -> None:
        self._store, self.times = store, times

    def begin(self) -> Any:
        if self.times:
            self.times -= 1
            raise StoreBusy("somebody else was faster")
        return self._store.begin()

    def reading(self) -> Any:
        return self._store.reading()


def busy(office: Office, times: int) -> Office:
    return replace(office, store=BusyStore(office.store, times=times))  # type: ignore[arg-type]  # a fake of it


def open_one(desk: PaperDesk) -> int:
    desk.arrive(mail())
    return int(queue(desk.office)[0]["number"])


def shown(desk: PaperDesk, number: int) -> dict[str, Any]:
    return show(desk.office, case_id_of(number, desk.office))


def test_an_order_stands_on_the_case(desk: PaperDesk) -> None:
    number = open_one(desk)
    acted = act(Take(actor="kari"), number, desk.office)
    assert isinstance(acted, Acted)
    assert (acted.number, acted.reference) == (number, queue(desk.office)[0]["reference"])
    assert shown(desk, number)["assignee"] == "kari"
    assert shown(desk, number)["status"] == "open"


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (Take(actor="per"), Conflict),
        (Take(actor="admin"), NotAllowed),
        (Take(actor="revi"), NotAllowed),
        (Take(actor="nils"), NotAllowed),
        (Assign(actor="kari", to="ingen"), NotFound),
        (SetFields(actor="kari", status=Status.MERGED), UsageError),
    ],
)
def test_a_refused_order_changes_nothing(desk: PaperDesk, order: Any, error: type[InboxdError]) -> None:
    number = open_one(desk)
    act(Take(actor="kari"), number, desk.office)
    before = shown(desk, number)
    with pytest.raises(error):
        act(order, number, desk.office)
    assert shown(desk, number) == before


def test_an_order_on_no_case_is_not_found(desk: PaperDesk) -> None:
    with pytest.raises(NotFound, match="no case KS-10429"):
        act(Take(actor="kari"), 1042, desk.office)
    with pytest.raises(NotFound, match="no case KS-10429"):
        case_id_of(1042, desk.office)


def test_an_order_is_decided_again_when_somebody_was_faster(desk: PaperDesk) -> None:
    number = open_one(desk)
    act(Take(actor="kari"), number, busy(desk.office, 2))
    assert shown(desk, number)["assignee"] == "kari"


def test_an_order_gives_up_after_three_tries(desk: PaperDesk) -> None:
    number = open_one(desk)
    with pytest.raises(StoreBusy):
        act(Take(actor="kari"), number, busy(desk.office, 3))


@pytest.mark.parametrize("typed", ["KS-10008", "ks10008", "10008", "[KS-10008]", "KS 10008"])
def test_a_reference_is_read_however_it_is_typed(desk: PaperDesk, typed: str) -> None:
    assert number_of(typed, desk.office.desk) == 1000


@pytest.mark.parametrize(("typed", "says"), [("KS-10009", "last digit"), ("hei", "no case reference"), ("", "no case")])
def test_what_is_no_reference_says_why(desk: PaperDesk, typed: str, says: str) -> None:
    with pytest.raises(NotFound, match=says):
        number_of(typed, desk.office.desk)


def test_an_answer_is_frozen_into_the_outbox_and_its_document_says_where_it_goes(desk: PaperDesk) -> None:
    number = open_one(desk)
    acted = act(Reply(actor="kari", text="Vi ser på det."), number, desk.office)
    document = sent_document(desk.office, acted.reference, acted.letters)
    letter = document["letter"]
    assert (letter["state"], letter["to"], letter["cc"]) == ("queued", [OLA], [])
    row = next(row for row in desk.letters() if row.id == letter["id"])
    assert b"Vi ser p" in desk.octets(row)
    assert f"[{acted.reference}]".encode() in desk.octets(row)
    assert letter["message_id"].encode() in desk.octets(row)


def test_an_order_that_writes_to_nobody_outside_has_no_letter_in_its_document(desk: PaperDesk) -> None:
    number = open_one(desk)
    acted = act(Close(actor="kari"), number, desk.office)
    assert sent_document(desk.office, acted.reference, acted.letters) == {"reference": acted.reference, "letter": None}


def test_closed_cases_leave_the_queue_but_are_found(desk: PaperDesk) -> None:
    number = open_one(desk)
    act(Close(actor="kari"), number, desk.office)
    assert queue(desk.office) == []
    assert [case["number"] for case in queue(desk.office, include_closed=True)] == [number]
    assert [case["number"] for case in found(desk.office, find(desk.office, "skriver", limit=5))] == [number]
    assert found(desk.office, (999,)) == []


def test_a_reference_is_found_before_the_words(desk: PaperDesk) -> None:
    first = open_one(desk)
    desk.arrive(mail("Som KS-10008", number=2, sender="Liv <liv@kommune.example>"))
    references = [case["reference"] for case in found(desk.office, find(desk.office, "ks10008", limit=5))]
    assert references[0] == "KS-10008"
    assert case_id_of(first, desk.office)
    assert find(desk.office, "KS-10009", limit=5) == ()


def test_the_queue_is_sorted_by_what_is_due_first(desk: PaperDesk) -> None:
    desk.arrive(mail(number=1), mail("Andre", number=2), mail("Tredje", number=3))
    first, second, third = (case["number"] for case in queue(desk.office))
    act(SetFields(actor="kari", priority="critical"), third, desk.office)
    act(SetFields(actor="kari", priority="low"), first, desk.office)
    assert [case["number"] for case in queue(desk.office)] == [third, second, first]
    act(Close(actor="kari"), third, desk.office)
    assert [case["number"] for case in queue(desk.office, include_closed=True)] == [second, first, third]


def test_a_case_is_overdue_until_somebody_answered(desk: PaperDesk) -> None:
    number = open_one(desk)
    assert not shown(desk, number)["overdue"]
    desk.clock.forward(hours=6)
    assert shown(desk, number)["overdue"]
    act(Reply(actor="kari", text="Straks."), number, desk.office)
    assert not shown(desk, number)["overdue"]
    assert shown(desk, number)["due"] == shown(desk, number)["resolution_due"]
    desk.clock.forward(days=9)
    assert shown(desk, number)["overdue"]
    act(Close(actor="kari"), number, desk.office)
    assert not shown(desk, number)["overdue"]
    assert shown(desk, number)["due"] is None


def test_a_linked_case_is_named_on_both(desk: PaperDesk) -> None:
    number = open_one(desk)
    reference = shown(desk, number)["reference"]
    desk.arrive(mail(f"SV: [{reference}] gjelder meg også", number=2, sender="Liv <liv@annen.example>"))
    other = next(case for case in queue(desk.office) if case["number"] != number)
    assert shown(desk, other["number"])["links"] == [{"reference": reference, "kind": "claims"}]


def test_a_call_without_an_address_is_registered(desk: PaperDesk) -> None:
    order = Register(actor="kari", channel=Channel.PHONE, subject="Ringte", text="Ingen nett", phone="71 00 00 00")
    acted = act(order, None, desk.office)
    case = shown(desk, acted.number)
    assert case["requester"] == {"name": "", "address": None, "phone": "71 00 00 00", "verified": False}
    assert [entry["kind"] for entry in case["journal"]] == ["call"]
    assert {letter.kind for letter in desk.letters()} == {"agent"}


def test_a_note_is_on_the_journal(desk: PaperDesk) -> None:
    number = open_one(desk)
    act(Note(actor="kari", text="Ring leverandøren"), number, desk.office)
    note = shown(desk, number)["journal"][-1]
    assert (note["kind"], note["actor"], note["text"]) == ("note", "kari", "Ring leverandøren")
    assert note["delivery"] is None

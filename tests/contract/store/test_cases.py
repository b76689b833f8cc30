import pytest

from inboxd.desk.case import Status
from inboxd.desk.decision import AddEntry
from inboxd.errors import NotFound
from inboxd.store import tables as t
from inboxd.store.apply import apply
from inboxd.store.cases import add_octets, case_by_number, case_row_of, get_case, journal, links, queue, raw
from inboxd.store.engine import Store
from tests.contract.store.values import HOUR, NOW, case_of, decision, letter_of, open_case, person


def test_the_queue_shows_what_is_not_at_rest_oldest_first(store: Store) -> None:
    with store.begin() as session:
        ids = [case_of(session, number, status=status) for number, status in enumerate(Status)]
        assert [row.id for row in queue(session)] == ids[:4]
        assert [row.id for row in queue(session, include_closed=True)] == ids
        assert [row.status for row in queue(session, status=("closed", "waiting"))] == ["waiting", "closed"]
        assert [row.id for row in queue(session, limit=2)] == ids[:2]


def test_the_queue_is_filtered_by_every_field_that_agents_ask_for(store: Store) -> None:
    with store.begin() as session:
        mine = case_of(session, 1, assignee="kari")
        printing = case_of(session, 2, category="print", assignee="ola")
        other = case_of(session, 3, mailbox="skole")
        assert [row.id for row in queue(session, assignee="kari")] == [mine]
        assert [row.id for row in queue(session, unassigned=True)] == [other]
        assert [row.id for row in queue(session, category=("print", "none"))] == [printing]
        assert [row.id for row in queue(session, mailbox="skole")] == [other]
        assert [row.id for row in queue(session, ids=(other, mine))] == [mine, other]
        assert queue(session, category=()) == ()


def test_the_queue_can_be_of_one_customer_of_one_type_and_of_what_happened_since(store: Store) -> None:
    with store.begin() as session:
        old, fresh = case_of(session, 1, customer="Molde"), case_of(session, 2, type="fault")
        apply(session, decision(AddEntry(case_id=fresh, kind="note", actor="kari", text="2")), now=NOW + HOUR)
        assert [row.id for row in queue(session, customer="Molde")] == [old]
        assert [row.id for row in queue(session, type_="fault")] == [fresh]
        assert [row.id for row in queue(session, since=NOW + HOUR)] == [fresh]
        assert [row.id for row in queue(session, since=NOW)] == [old, fresh]


def test_what_was_closed_last_is_first_where_that_is_asked_for(store: Store) -> None:
    with store.begin() as session:
        ids = [case_of(session, number, status=Status.CLOSED) for number in range(3)]
        session.get_one(t.Case, ids[0]).closed_at = NOW + HOUR
        for later in ids[1:]:
            session.get_one(t.Case, later).closed_at = NOW
        listed = queue(session, status=("closed",), last_closed_first=True, limit=2)
        assert [row.id for row in listed] == [ids[0], ids[2]]


def test_a_row_of_the_queue_names_the_requester(store: Store) -> None:
    with store.begin() as session:
        row = case_row_of(session, case_of(session, 1, requester=person("", "Ola"), phone="71111166", verified=True))
    assert (row.requester, row.phone, row.verified) == (person("", "Ola"), "71111166", True)


def test_a_case_is_found_by_its_number(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        assert case_by_number(session, 1000) == get_case(session, case_id)
        assert case_by_number(session, 1001) is None
        assert case_by_number(session, 10**12) is None


def test_what_is_not_there_is_not_found(store: Store) -> None:
    with store.begin() as session:
        with pytest.raises(NotFound):
            get_case(session, 99)
        with pytest.raises(NotFound):
            case_row_of(session, 99)
        assert journal(session, 99) == ()
        assert links(session, 99) == ()


def test_the_journal_is_oldest_first_and_shows_delivery(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        apply(session, decision(AddEntry(case_id=case_id, kind="note", actor="kari", text="2")), now=NOW + HOUR)
        letter_id = letter_of(session, "answer", case_id, now=NOW + 2 * HOUR)
        session.get_one(t.Letter, letter_id).state = "deferred"
        entries = journal(session, case_id)
    assert [entry.kind for entry in entries] == ["mail_in", "note", "mail_out"]
    delivery = entries[2].delivery
    assert delivery is not None
    assert delivery.state == "deferred"
    assert [recipient.address for recipient in delivery.recipients] == ["Ola@Firma.example"]


def test_raw_octets_are_handed_out_to_their_own_case_only(store: Store) -> None:
    with store.begin() as session:
        octets_id = add_octets(session, b"raw")
        first, second = open_case(session, 1), open_case(session, 2)
        assert first.case_id is not None
        assert second.case_id is not None
        assert first.entry_id is not None
        session.get_one(t.Entry, first.entry_id).octets_id = octets_id
        assert raw(session, first.case_id, first.entry_id) == b"raw"
        assert raw(session, second.case_id, first.entry_id) is None
        note = apply(session, decision(AddEntry(case_id=first.case_id, kind="note", actor="kari")), now=NOW)
        assert note.entry_id is not None
        assert raw(session, first.case_id, note.entry_id) is None

import datetime as dt
from dataclasses import replace

import pytest
from sqlmodel import Session

from inboxd.desk.case import Role, Status
from inboxd.desk.decision import AddEntry, RecordDelivery, SetField
from inboxd.desk.desk import Cap
from inboxd.desk.view import KnownMessageId, Load, Lookup, ReceiptCounts, View
from inboxd.mail.message import ReportedRecipient
from inboxd.store import incoming, outbox
from inboxd.store import tables as t
from inboxd.store.apply import apply
from inboxd.store.engine import Store
from inboxd.store.views import load_case_view, load_tick_view, load_view
from tests.contract.store.values import (
    DESK,
    HOUR,
    KEYRING,
    MINUTE,
    NOTHING,
    NOW,
    case_of,
    decision,
    frozen,
    inbox,
    letter_of,
    open_case,
    person,
    raw,
)

LATER = NOW + HOUR


def view_of(session: Session, lookup: Lookup = NOTHING, now: dt.datetime = NOW) -> View:
    return load_view(session, lookup, desk=DESK, keyring=KEYRING, now=now)


def merge(session: Session, case_id: int, into: int) -> None:
    case = session.get_one(t.Case, case_id)
    case.status, case.merged_into = Status.MERGED.value, into


def test_an_empty_database_knows_nothing(store: Store) -> None:
    with store.begin() as session:
        assert view_of(session) == View(desk=DESK, keyring=KEYRING)


def test_a_case_is_found_by_its_number_a_message_id_and_a_letter(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        letter_id = letter_of(session, "answer", case_id)
        for lookup in (
            replace(NOTHING, numbers=(1000,)),
            replace(NOTHING, message_ids=("<1@firma.example>",)),
            replace(NOTHING, letter_ids=(letter_id,)),
            replace(NOTHING, message_ids=(frozen(letter_id).message_id,)),
        ):
            view = view_of(session, lookup)
            assert [case.id for case in view.cases] == [case_id]
        assert view.letter_of_message_id(frozen(letter_id).message_id) == view.letter(letter_id)
        assert view.message_ids[0].source == "ours"


def test_ids_that_are_only_cited_are_known_as_such(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        later = AddEntry(case_id=case_id, kind="mail_in", actor="x", cited=("<lost@x>",), message_id="<2@x>")
        apply(session, decision(later), now=NOW)
        view = view_of(session, replace(NOTHING, message_ids=("<lost@x>",)))
    assert view.message_ids == (KnownMessageId(message_id="<lost@x>", case_id=case_id, source="cited"),)


def test_numbers_and_letters_no_database_could_hold_are_simply_unknown(store: Store) -> None:
    huge = replace(NOTHING, numbers=(99_999_999_999,), letter_ids=(10**17, -1), message_ids=("<" + "å" * 2000 + "@x>",))
    with store.begin() as session:
        assert view_of(session, huge) == View(desk=DESK, keyring=KEYRING)
        assert load_case_view(session, 10**15, desk=DESK, keyring=KEYRING, now=NOW).cases == ()


def test_a_merged_case_is_replaced_by_its_last_survivor_everywhere(store: Store) -> None:
    with store.begin() as session:
        first, second, third = (case_of(session, n) for n in (1, 2, 3))
        letter_id = letter_of(session, "answer", first)
        merge(session, first, second)
        merge(session, second, third)
        lookup = replace(NOTHING, numbers=(1000,), message_ids=("<2@firma.example>",), letter_ids=(letter_id,))
        view = view_of(session, lookup)
        assert [case.id for case in view.cases] == [third]
        survivor = view.case(third)
        assert view.case_of_number(1000) == survivor
        assert [known.case_id for known in view.message_ids] == [third]
        assert [known.case_id for known in view.letters] == [third]
        assert load_case_view(session, 1001, desk=DESK, keyring=KEYRING, now=NOW).cases == (survivor,)


def test_answers_that_wait_are_found_on_both_sides_of_a_merge(store: Store) -> None:
    with store.begin() as session:
        gone, survivor, other = (case_of(session, n) for n in (1, 2, 3))
        before, after = (letter_of(session, "answer", case_id, delay=HOUR) for case_id in (gone, survivor))
        letter_of(session, "answer", other, delay=HOUR)
        merge(session, gone, survivor)
        view = view_of(session, replace(NOTHING, message_ids=("<1@firma.example>",)))
    assert [(letter.id, letter.case_id) for letter in view.waiting] == [(before, survivor), (after, survivor)]


def test_a_mail_filed_before_is_a_duplicate_whatever_became_of_it(store: Store) -> None:
    with store.begin() as session:
        folder = inbox(session)
        incoming.save(session, folder, (raw(1), raw(2), raw(3)), now=NOW, silent=False)
        ignored, copied, opened = incoming.claim(session, limit=3)
        nothing = {"reason": "", "case_id": None, "entry_id": None, "now": NOW}
        incoming.finish(session, ignored.id, outcome="ignored", mail_key="gone", **nothing)  # type: ignore[arg-type]
        incoming.finish(session, copied.id, outcome="duplicate", mail_key="copy", **nothing)  # type: ignore[arg-type]
        case_of(session, 7)  # so that no id of an entry is by chance that of a mail
        filed = open_case(session, 1)
        incoming.finish(
            session, opened.id, outcome="opened", reason="", mail_key="key-1", now=NOW, case_id=filed.case_id,
            entry_id=filed.entry_id,
        )  # fmt: skip
        assert view_of(session, replace(NOTHING, mail_key="key-1")).duplicate_of == opened.id
        assert opened.id != filed.entry_id
        assert view_of(session, replace(NOTHING, mail_key="gone")).duplicate_of == ignored.id
        assert view_of(session, replace(NOTHING, mail_key="copy")).duplicate_of is None
        assert view_of(session, replace(NOTHING, mail_key="new")).duplicate_of is None


def test_loads_count_what_an_agent_has_in_hand(store: Store) -> None:
    with store.begin() as session:
        hands = [("kari", "new"), ("kari", "waiting"), ("kari", "closed"), ("ola", "solved"), ("per", "open")]
        for number, (agent, status) in enumerate([*hands, (None, "new")]):
            case_of(session, number, assignee=agent, status=Status(status))
        assert sorted(view_of(session).loads, key=lambda load: load.agent) == [
            Load(agent="kari", open_cases=2),
            Load(agent="per", open_cases=1),
        ]


def test_receipts_are_counted_inside_the_period_of_each_cap(store: Store) -> None:
    with store.begin() as session:
        for number, (to, ago, unknown) in enumerate(
            [
                ("ola@firma.example", dt.timedelta(minutes=59), True),
                ("OLA@firma.example", dt.timedelta(seconds=59), True),
                ("ola@firma.example", dt.timedelta(minutes=60), True),
                ("per@firma.example", dt.timedelta(seconds=10), False),
            ]
        ):
            case_id = case_of(session, number)
            letter_of(session, "receipt", case_id, to, now=NOW - ago, unknown_sender=unknown)
            letter_of(session, "answer", case_id, to)
        held = letter_of(session, "receipt", case_of(session, 9), "ola@firma.example", held="above the cap")
        view = view_of(session, replace(NOTHING, addresses=("Ola@firma.example",)))
        assert view.receipts == ReceiptCounts(to_address=2, to_unknown=1, by_desk=3)
        outbox.release(session, held, NOW)
        assert view_of(session, replace(NOTHING, addresses=("ola@firma.example",))).receipts.to_address == 3


def test_receipts_to_a_return_path_count_whoever_the_mail_says_it_is_from(store: Store) -> None:
    policy = replace(DESK.receipts, per_address=Cap(count=1, period=HOUR))
    counted = []
    for number in range(3):
        with store.begin() as session:
            lookup = replace(NOTHING, addresses=(f"ola{number}@firma.example", "", "Path@firma.example"))
            view = load_view(session, lookup, desk=replace(DESK, receipts=policy), keyring=KEYRING, now=NOW)
            counted.append(view.receipts.to_address)
            if view.receipts.to_address < 1:
                letter_of(session, "receipt", case_of(session, number), "path@firma.example")
    assert counted == [0, 1, 1]


def test_without_a_cap_nothing_is_counted(store: Store) -> None:
    policy = replace(DESK.receipts, per_address=None, unknown_senders=None, desk=None)
    with store.begin() as session:
        letter_of(session, "receipt", case_of(session, 1))
        lookup = replace(NOTHING, addresses=("ola@firma.example",))
        view = load_view(session, lookup, desk=replace(DESK, receipts=policy), keyring=KEYRING, now=NOW)
    assert view.receipts == ReceiptCounts()


@pytest.mark.parametrize(
    ("role", "known"), [(Role.REQUESTER, True), (Role.CC, True), (Role.OUTSIDER, False), (Role.SUPPLIER, False)]
)
def test_a_sender_is_known_from_an_earlier_case_of_their_own(store: Store, role: Role, *, known: bool) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        if role is not Role.REQUESTER:
            session.add(t.Participant(case_id=case_id, address="p@x", address_key="p@x", name="", role=role.value))
        author = "ola@firma.example" if role is Role.REQUESTER else "p@x"
        assert view_of(session, replace(NOTHING, addresses=(author,))).known_sender is known
        assert not view_of(session, replace(NOTHING, addresses=("new@x", author))).known_sender


def test_an_address_that_bounced_is_remembered_for_sixty_days(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session, "receipt", case_of(session, 1))
        told = ReportedRecipient(address="ola@firma.example", action="failed", status="5.1.1", diagnostic="")
        apply(session, decision(RecordDelivery(letter_id=letter_id, recipients=(told,))), now=NOW)
        lookup = replace(NOTHING, addresses=("Ola@firma.example", "per@x"))
        assert view_of(session, lookup, NOW + dt.timedelta(days=59)).bounced == {"Ola@firma.example"}
        assert view_of(session, lookup, NOW + dt.timedelta(days=60)).bounced == frozenset()


def test_an_order_sees_the_case_the_letters_that_wait_and_the_newest_word(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        waiting = letter_of(session, "answer", case_id, delay=HOUR)
        held = letter_of(session, "receipt", case_id, held="above the cap")
        gone = letter_of(session, "answer", case_id)
        session.get_one(t.Letter, gone).state = "sent"
        apply(session, decision(AddEntry(case_id=case_id, kind="note", actor="kari")), now=NOW + MINUTE)
        apply(session, decision(SetField(case_id=case_id, field="priority", value="low", actor="kari")), now=LATER)
        view = load_case_view(session, 1000, desk=DESK, keyring=KEYRING, now=NOW)
    assert view.case_of_number(1000) == view.cases[0]
    assert [letter.id for letter in view.letters] == [waiting, held]
    assert view.newest_entry_at == NOW + MINUTE


def test_an_order_that_opens_a_case_sees_the_loads(store: Store) -> None:
    with store.begin() as session:
        case_of(session, 1, assignee="kari")
        view = load_case_view(session, None, desk=DESK, keyring=KEYRING, now=NOW)
    assert (view.cases, view.letters, view.newest_entry_at) == ((), (), None)
    assert view.loads == (Load(agent="kari", open_cases=1),)


def test_the_clock_wakes_cases_whose_time_has_come(store: Store) -> None:
    with store.begin() as session:
        ids = [case_of(session, n, status=Status.WAITING) for n in range(4)]
        for case_id, until in zip(ids, (LATER, NOW, LATER + MINUTE, None), strict=True):
            session.get_one(t.Case, case_id).until = until
        session.get_one(t.Case, ids[3]).status = "open"
        view = load_tick_view(session, desk=DESK, keyring=KEYRING, now=LATER)
    assert {case.id for case in view.due_to_wake} == {ids[0], ids[1]}


def test_one_requester_is_known_under_any_letter_case(store: Store) -> None:
    with store.begin() as session:
        case_of(session, 1, requester=person("ÅSE@Firma.example"))
        assert view_of(session, replace(NOTHING, addresses=("åse@firma.example",))).known_sender

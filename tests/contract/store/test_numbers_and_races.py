"""Several writers at once: on SQLite they queue up, on PostgreSQL they run side by side."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlmodel import col, func, select

from inboxd.desk.decision import SetField, SetTimer
from inboxd.errors import StoreBusy
from inboxd.store import incoming, outbox, views
from inboxd.store import tables as t
from inboxd.store.apply import apply
from inboxd.store.cases import get_case, queue
from inboxd.store.clockwork import add_timers, set_timer
from inboxd.store.engine import Store
from tests.contract.conftest import OpenStore
from tests.contract.store.values import (
    DESK,
    KEYRING,
    MINUTE,
    NOTHING,
    NOW,
    case_of,
    decision,
    draft,
    inbox,
    letter_of,
    open_case,
    raw,
)

WRITERS = 10


def together(work: Callable[[int], object], number: int = WRITERS) -> list[object]:
    """Do the same thing in several threads that start at one moment."""
    gate = threading.Barrier(number)

    def at_once(n: int) -> object:
        gate.wait(timeout=30)
        return work(n)

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(at_once, range(number)))


def test_the_first_case_is_1000_and_numbers_go_up_by_one(store: Store) -> None:
    with store.begin() as session:
        ids = [case_of(session, n) for n in range(3)]
        assert [get_case(session, i).number for i in ids] == [1000, 1001, 1002]


def test_ten_writers_at_once_never_get_the_same_number(store: Store) -> None:
    def five(n: int) -> None:
        for k in range(5):
            with store.begin() as session:
                open_case(session, 10 * n + k)

    together(five)
    with store.reading() as session:
        assert sorted(row.number for row in queue(session)) == list(range(1000, 1000 + 5 * WRITERS))


def test_a_rollback_leaves_nothing_and_gives_its_number_to_the_next(store: Store) -> None:
    class Stop(Exception):
        pass

    def stopped_half_way() -> None:
        with store.begin() as session:
            letter_of(session, "receipt", case_of(session, 1))
            raise Stop

    with pytest.raises(Stop):
        stopped_half_way()
    with store.begin() as session:
        for table in (t.Case, t.Entry, t.Letter, t.MessageId, t.Octets, t.Participant):
            assert session.exec(select(func.count()).select_from(table)).one() == 0
        assert get_case(session, case_of(session, 1)).number == 1000


def test_numbers_go_on_after_the_database_was_closed(another: OpenStore) -> None:
    first = another()
    with first.begin() as session:
        case_of(session, 1)
    first.close()
    with another().begin() as session:
        assert get_case(session, case_of(session, 2)).number == 1001


def test_two_daemons_that_file_the_same_mail_make_one_case(store: Store) -> None:
    lookup = replace(NOTHING, mail_key="key-1", message_ids=("<0@firma.example>",), addresses=("ola@firma.example",))
    with store.begin() as session:
        incoming.save(session, inbox(session), [raw(n) for n in range(1, 11)], now=NOW, silent=False)
        copies = [mail.id for mail in incoming.claim(session, limit=10)]

    def file_it(n: int) -> bool:
        with store.begin() as session:
            view = views.load_view(session, lookup, desk=DESK, keyring=KEYRING, now=NOW)
            applied = open_case(session, 1) if view.duplicate_of is None else None
            incoming.finish(
                session, copies[n], outcome="opened" if applied else "duplicate", reason="", mail_key="key-1", now=NOW,
                case_id=applied.case_id if applied else None, entry_id=applied.entry_id if applied else None,
            )  # fmt: skip
            return applied is not None

    assert sum(bool(opened) for opened in together(file_it)) == 1
    with store.reading() as session:
        assert len(queue(session)) == 1


def test_a_mail_key_written_twice_is_a_conflict_that_asks_for_a_fresh_decision(store: Store) -> None:
    with store.begin() as session:
        case_of(session, 1)
    with pytest.raises(StoreBusy), store.begin() as session:
        case_of(session, 1)
    with store.reading() as session:
        assert len(queue(session)) == 1


def test_caps_hold_when_ten_daemons_open_cases_at_once(store: Store) -> None:
    def file_it(n: int) -> bool:
        with store.begin() as session:
            lookup = replace(NOTHING, mail_key=f"key-{n}", addresses=("ola@firma.example",))
            view = views.load_view(session, lookup, desk=DESK, keyring=KEYRING, now=NOW)
            case_id = case_of(session, n)
            below = view.receipts.to_address < 5
            if below:
                letter_of(session, "receipt", case_id)
            return below

    assert sum(bool(sent) for sent in together(file_it)) == 5


def test_of_two_agents_who_take_a_case_at_once_one_wins_and_the_other_sees_who(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)

    def take(n: int) -> str | None:
        with store.begin() as session:
            view = views.load_case_view(session, 1000, desk=DESK, keyring=KEYRING, now=NOW)
            if view.cases[0].assignee is None:
                change = SetField(case_id=case_id, field="assignee", value=f"agent{n}", actor=f"agent{n}")
                apply(session, decision(change), now=NOW)
            return view.cases[0].assignee

    saw = together(take, 4)
    with store.reading() as session:
        winner = get_case(session, case_id).assignee
    assert sorted(saw, key=str) == [None, winner, winner, winner]


def test_two_claims_of_the_outbox_never_overlap(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        letters = {letter_of(session, "answer", case_id) for _ in range(20)}

    def claim(n: int) -> list[int]:
        taken: list[int] = []
        for _ in range(6):
            with store.begin() as session:
                mine = outbox.claim(session, owner=f"daemon{n}", lease=MINUTE, now=NOW, limit=3)
            taken += [letter.id for letter in mine]
        return taken

    claimed = [i for mine in together(claim, 4) if isinstance(mine, list) for i in mine]
    assert sorted(claimed) == sorted(letters)


def test_two_daemons_never_claim_the_same_incoming_mail(store: Store) -> None:
    if store.dialect == "sqlite":
        # one daemon alone decides on SQLite: what is active there was left by a crash, and is claimed again
        return
    with store.begin() as session:
        incoming.save(session, inbox(session), tuple(raw(uid) for uid in range(1, 21)), now=NOW, silent=False)

    def claim(_: int) -> list[int]:
        taken: list[int] = []
        for _ in range(6):
            with store.begin() as session:
                taken += [one.uid for one in incoming.claim(session, limit=3)]
        return taken

    claimed = [i for mine in together(claim, 4) if isinstance(mine, list) for i in mine]
    assert sorted(claimed) == list(range(1, 21))


def test_ten_daemons_reserve_one_receipt_for_a_case(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)

    def reserve(_: int) -> bool:
        try:
            with store.begin() as session:
                return outbox.reserve(session, draft("receipt", case_id), case_id=case_id, now=NOW) is not None
        except StoreBusy:
            return False

    assert sum(bool(won) for won in together(reserve)) == 1
    with store.reading() as session:
        receipts = select(func.count()).select_from(t.Letter).where(col(t.Letter.kind) == "receipt")
        assert session.exec(receipts).one() == 1


def test_the_clocks_of_several_daemons_ring_once_for_each_case(store: Store) -> None:
    with store.begin() as session:
        cases = [case_of(session, n) for n in range(1, 25)]
        add_timers(session, "x", [(case_id, NOW) for case_id in cases])

    def tick(_: int) -> list[int]:
        rung: list[int] = []
        for _ in range(16):
            with store.begin() as session:
                timers = views.load_tick_view(session, desk=DESK, keyring=KEYRING, now=NOW, limit=2).ringing
                for timer in timers:
                    set_timer(session, timer.case_id, SetTimer(case_id=timer.case_id, name="x", rings_at=None))
                rung += [timer.case_id for timer in timers]
        return rung

    rung = [case_id for mine in together(tick, 4) if isinstance(mine, list) for case_id in mine]
    assert sorted(rung) == cases

"""What letters may say of a case, and to whom machines may write: fields, what is missing, who had a receipt."""

import pytest
from sqlmodel import col, update

from inboxd.desk.case import Status
from inboxd.desk.clocks.lifecycle import CLOSE_SOLVED, PRELIMINARY, STATUS_LETTER
from inboxd.desk.decision import SetCustomField, SetMissing, SetTimer
from inboxd.store import tables as t
from inboxd.store.apply import apply
from inboxd.store.cases import case_row_of, get_case
from inboxd.store.clockwork import add_timers, timers_of, without_timer
from inboxd.store.engine import Store
from inboxd.store.letters import greeted
from inboxd.store.views import load_tick_view
from tests.contract.store.values import DESK, HOUR, KEYRING, NOW, OLA, case_of, decision, letter_of


def test_a_case_opens_with_its_fields_and_what_is_missing(store: Store) -> None:
    with store.begin() as session:
        known = case_of(session, 1, fields=(("brukernavn", "kno01"),), missing=("PC-navn",))
        assert get_case(session, known).fields == (("brukernavn", "kno01"),)
        assert get_case(session, known).missing == ("PC-navn",)
        assert case_row_of(session, known).missing == ("PC-navn",)


def test_what_is_missing_shrinks_and_is_there_for_the_next_reader(store: Store) -> None:
    with store.begin() as session:
        known = case_of(session, 1, missing=("brukernavn", "PC-navn"))
    with store.begin() as session:
        filled = SetCustomField(case_id=known, key="brukernavn", value="kno01", actor="ola@firma.example")
        apply(session, decision(filled, SetMissing(case_id=known, missing=("PC-navn",))), now=NOW + HOUR)
    with store.reading() as session:
        assert get_case(session, known).missing == ("PC-navn",)
        assert case_row_of(session, known).missing == ("PC-navn",)


@pytest.mark.parametrize(
    ("state", "there"),
    [("queued", True), ("sent", True), ("unknown", True), ("hold", False), ("cancelled", False), ("failed", False),
     ("bounced", False)],
)  # fmt: skip
def test_who_had_a_receipt_is_known_by_its_address(store: Store, state: str, there: bool) -> None:
    with store.begin() as session:
        mine, other = case_of(session, 1), case_of(session, 2)
        letter_id = letter_of(session, "receipt", mine)
        letter_of(session, "answer", mine)
        letter_of(session, "receipt", other)
        session.exec(update(t.Letter).where(col(t.Letter.id) == letter_id).values(state=state))
        assert greeted(session, (mine,)) == ({(mine, OLA.address)} if there else frozenset())


@pytest.mark.parametrize("name", [STATUS_LETTER, PRELIMINARY])
def test_the_clock_sees_who_had_a_receipt_where_it_is_to_write(store: Store, name: str) -> None:
    with store.begin() as session:
        mine, other = case_of(session, 1), case_of(session, 2)
        for case_id, timer in ((mine, name), (other, CLOSE_SOLVED)):
            letter_of(session, "receipt", case_id)
            apply(session, decision(SetTimer(case_id=case_id, name=timer, rings_at=NOW)), now=NOW)
        view = load_tick_view(session, desk=DESK, keyring=KEYRING, now=NOW)
        assert view.greeted == {(mine, OLA.address)}
        assert {timer.case_id for timer in view.ringing} == {mine, other}


def test_cases_without_a_timer_get_one_and_keep_the_one_they_have(store: Store) -> None:
    with store.begin() as session:
        mine, had, other = case_of(session, 1), case_of(session, 2), case_of(session, 3, category="print")
        case_of(session, 4, status=Status.SOLVED)
        apply(session, decision(SetTimer(case_id=had, name=STATUS_LETTER, rings_at=NOW)), now=NOW)
        apply(session, decision(SetTimer(case_id=mine, name=CLOSE_SOLVED, rings_at=NOW)), now=NOW)
        found = without_timer(session, STATUS_LETTER, "it", (Status.NEW, Status.OPEN))
        assert found == ((mine, None),)
        add_timers(session, STATUS_LETTER, [(case_id, NOW + HOUR) for case_id, _ in found])
        assert without_timer(session, STATUS_LETTER, "it", (Status.NEW, Status.OPEN)) == ()
        rings = {(timer.case_id, timer.rings_at) for timer in timers_of(session, (mine, had, other))}
        assert rings == {(mine, NOW), (mine, NOW + HOUR), (had, NOW)}

"""What splitting entries off a case makes of them, what it refuses, and how it is undone."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Channel, Status
from inboxd.desk.decision import AddEntry, Decision, Link, OpenCase
from inboxd.desk.joined import KnownEntry, MergeCase, MoveEntries
from inboxd.desk.order import Split, Unsplit
from inboxd.desk.orders import act
from tests.unit.desk.desks import HOUR, NOW, OLA, TURID, agent, case, category, changes_of, decided, desk, refused, view

FIRST = KnownEntry(id=11, case_id=1, at=NOW - 3 * HOUR, kind="mail_in", from_=OLA, subject="Skriver")
ANSWER = KnownEntry(id=12, case_id=1, at=NOW - 2 * HOUR, kind="mail_out", letter=("answer", "sent"))
OTHER = KnownEntry(id=13, case_id=1, at=NOW - HOUR, kind="mail_in", from_=TURID, subject="SV: [KS-10429] Nytt passord")
NOTE = KnownEntry(id=14, case_id=1, at=NOW, kind="note")
ENTRIES = (FIRST, ANSWER, OTHER, NOTE)


def order(*ids: int) -> Split:
    return Split(actor="kari", number=1042, entry_ids=ids)


def split(*ids: int, entries: tuple[KnownEntry, ...] = ENTRIES, **changes: Any) -> Decision:
    return decided(act(order(*ids), view(case(**changes), entries=entries), NOW))


def opened(decision: Decision) -> OpenCase:
    (change,) = changes_of(decision, OpenCase)
    return change


def test_a_mail_becomes_a_case_of_its_writers_and_nobody_is_written_to() -> None:
    decision = split(13)
    made = opened(decision)
    assert (made.requester.address, made.subject, made.channel) == (TURID.address, "Nytt passord", Channel.MAIL)
    assert (made.status, made.assignee, made.category, made.opened_at) == (Status.OPEN, "kari", "it", NOW)
    assert [(move.from_id, move.entry_ids) for move in changes_of(decision, MoveEntries)] == [(1, (13,))]
    assert [(link.other_id, link.kind) for link in changes_of(decision, Link)] == [(1, "split")]
    said = [entry.text for entry in changes_of(decision, AddEntry)]
    assert said == ["split from KS-10429: entry 13", "split off: entry 13"]
    assert decision.letters == ()


def test_a_note_becomes_a_case_of_the_same_requester() -> None:
    made = opened(split(14, phone="71 11 11 66", assignee=None, channel=Channel.PHONE))
    assert (made.requester.address, made.phone, made.subject) == (OLA.address, "71 11 11 66", case().subject)
    assert (made.status, made.channel) == (Status.NEW, Channel.PHONE)


def test_several_go_together_in_their_order_each_once() -> None:
    (move,) = changes_of(split(14, 13, 14), MoveEntries)
    assert move.entry_ids == (13, 14)


def test_what_was_answered_already_asks_for_no_first_answer() -> None:
    assert opened(split(12, 13)).response_due is None
    assert opened(split(13)).response_due is not None


@pytest.mark.parametrize(
    ("ids", "code", "says"),
    [
        ((99,), "not_found", "no mail or note 99"),
        ((12,), "usage", "needs a mail, a call or a note"),
        ((11, 13, 14), "conflict", "nothing would be left"),
    ],
)
def test_what_makes_no_case_is_refused(ids: tuple[int, ...], code: str, says: str) -> None:
    answer = refused(act(order(*ids), view(case(), entries=ENTRIES), NOW))
    assert (answer.code, says in answer.message) == (code, True)


def test_what_came_with_a_merged_case_is_not_split_off() -> None:
    foreign = replace(OTHER, case_id=2)
    answer = refused(act(order(13), view(case(), entries=(FIRST, foreign, NOTE)), NOW))
    assert (answer.code, "merge --undo" in (answer.hint or "")) == ("not_found", True)


def test_a_letter_that_has_not_left_stays() -> None:
    waiting = replace(ANSWER, letter=("answer", "queued"))
    answer = refused(act(order(12, 13), view(case(), entries=(FIRST, waiting, OTHER)), NOW))
    assert answer.message == "one of the letters has not left yet"


def test_a_merged_case_is_not_split() -> None:
    gone = case(status=Status.MERGED, merged_into=2)
    assert refused(act(order(13), view(gone, entries=ENTRIES), NOW)).code == "conflict"


# ---- undone
CHILD = case(id=5, number=1060)


def undo(number: int = 1042, **more: Any) -> Any:
    return act(Unsplit(actor="kari", number=number), view(case(), CHILD, **{"splits": ((5, 1),), **more}), NOW)


@pytest.mark.parametrize("number", [1042, 1060])
def test_what_was_split_off_is_merged_back_whichever_of_the_two_is_named(number: int) -> None:
    (change,) = changes_of(decided(undo(number)), MergeCase)
    assert (change.merge.case_id, change.merge.into_id) == (5, 1)


def test_of_several_the_last_one_is_merged_back() -> None:
    later = case(id=6, number=1070)
    order = Unsplit(actor="kari", number=1042)
    decision = decided(act(order, view(case(), CHILD, later, splits=((5, 1), (6, 1))), NOW))
    assert changes_of(decision, MergeCase)[0].merge.case_id == 6


def test_where_nothing_was_split_or_all_is_merged_back_there_is_nothing_to_undo() -> None:
    assert refused(undo(splits=())).code == "conflict"
    gone = case(id=5, number=1060, status=Status.MERGED, merged_into=1)
    assert (
        refused(act(Unsplit(actor="kari", number=1042), view(case(), gone, splits=((5, 1),)), NOW)).code == "conflict"
    )


def test_a_case_that_went_where_the_agent_may_not_look_is_not_merged_back() -> None:
    closed = desk(agents=(agent("kari"),), categories=(category("it"), category("hr", access="members", members=())))
    hidden = case(id=5, number=1060, category="hr")
    facts = view(case(), hidden, splits=((5, 1),), desk=closed)
    assert refused(act(Unsplit(actor="kari", number=1042), facts, NOW)).code == "conflict"

"""What merging one case into another changes, what it refuses, and how it is undone."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Case, Participant, Role, Status
from inboxd.desk.decision import AddEntry, Decision, Link, SetField
from inboxd.desk.joined import KnownEntry, KnownMerge, MergeCase, UnmergeCase
from inboxd.desk.notices.changes import OffNotice, UnderNotice
from inboxd.desk.order import Merge, Refusal, Unmerge
from inboxd.desk.orders import act
from inboxd.desk.view import View
from inboxd.mail.address import Address
from tests.unit.desk.desks import (
    HOUR,
    NOW,
    OLA,
    STRANGER,
    TURID,
    added_people,
    agent,
    case,
    category,
    changes_of,
    decided,
    desk,
    party,
    refused,
    view,
)

LATE = NOW - HOUR
SOON, LATER = NOW + HOUR, NOW + 3 * HOUR
ORDER = Merge(actor="kari", number=1050, into=1042)
UNDO = Unmerge(actor="kari", number=1050)


def double(**changes: Any) -> Case:
    """The case that is merged: Turid's own about the same printer."""
    values = {"id": 2, "number": 1050, "requester": party(TURID), "participants": (party(TURID),), "assignee": None}
    return case(**{**values, "responded_at": None, **changes})


def facts(merged: Case, into: Case | None = None, **more: Any) -> View:
    return view(into or case(), merged, **more)


def merged(one: Case, into: Case | None = None, **more: Any) -> Decision:
    return decided(act(ORDER, facts(one, into, **more), NOW))


def refusal(one: Case, into: Case | None = None, **more: Any) -> Refusal:
    return refused(act(ORDER, facts(one, into, **more), NOW))


def on(decision: Decision, case_id: int) -> dict[str, Any]:
    return {c.field: c.value for c in changes_of(decision, SetField) if c.case_id == case_id}


def record(decision: Decision) -> KnownMerge:
    (change,) = changes_of(decision, MergeCase)
    return change.merge


def test_a_merge_stands_on_both_journals_links_them_and_writes_to_nobody() -> None:
    decision = merged(double())
    said = [(entry.case_id, entry.kind, entry.text) for entry in changes_of(decision, AddEntry)]
    assert said == [(2, "event", "merged into KS-10429"), (1, "event", "KS-10503 was merged into this case")]
    assert [(link.case_id, link.other_id, link.kind) for link in changes_of(decision, Link)] == [(1, 2, "merged")]
    assert on(decision, 2)["status"] == "merged"
    assert decision.letters == ()


def test_its_people_come_along_and_its_requester_has_copies_from_then_on() -> None:
    supplier = Participant(address=STRANGER.address, name="", role=Role.SUPPLIER)
    caller = Participant(address="", name="Ring", role=Role.CC)
    one = double(participants=(party(TURID), supplier, caller))
    decision = merged(one, case(participants=(party(OLA),)))
    assert added_people(decision) == {TURID.address: Role.CC, STRANGER.address: Role.SUPPLIER}
    assert record(decision).brought == ((TURID.address, Role.CC), (STRANGER.address, Role.SUPPLIER))
    assert "Turid asked in KS-10503" in decision.reason


def test_the_same_requester_misses_nothing_and_nothing_is_said() -> None:
    decision = merged(double(requester=party(OLA), participants=(party(OLA),)))
    assert (added_people(decision), decision.reason) == ({}, "")


def test_a_caller_without_an_address_is_not_missed() -> None:
    caller = party(Address(name="Ring", address=""))
    assert merged(double(requester=caller, participants=(caller,))).reason == ""


def test_somebody_without_a_name_is_named_by_the_address() -> None:
    assert STRANGER.address in merged(double(requester=party(STRANGER), participants=(party(STRANGER),))).reason


@pytest.mark.parametrize("status", [Status.WAITING, Status.POSTPONED])
def test_a_case_that_sleeps_is_taken_up_by_new_work(status: Status) -> None:
    into = case(status=status, until=LATER, paused_at=LATE if status is Status.WAITING else None)
    assert on(merged(double(status=Status.NEW), into), 1)["status"] == "open"


def test_a_case_that_sleeps_sleeps_on_where_the_other_one_slept_too() -> None:
    into = case(status=Status.WAITING, paused_at=LATE)
    assert "status" not in on(merged(double(status=Status.WAITING, paused_at=LATE), into), 1)


@pytest.mark.parametrize(("status", "becomes"), [(Status.OPEN, "open"), (Status.NEW, None), (Status.CLOSED, None)])
def test_a_new_case_is_as_far_as_the_one_that_comes(status: Status, becomes: str | None) -> None:
    assert on(merged(double(status=status), case(status=Status.NEW)), 1).get("status") == becomes


@pytest.mark.parametrize(("assignee", "gets"), [("per", "per"), ("nils", None), ("gone", None), (None, None)])
def test_a_case_that_nobody_has_gets_the_other_ones_agent_if_he_works(assignee: str | None, gets: str | None) -> None:
    assert on(merged(double(assignee=assignee), case(assignee=None)), 1).get("assignee") == gets


def test_a_case_that_somebody_has_stays_his() -> None:
    assert "assignee" not in on(merged(double(assignee="per")), 1)


def test_nobody_waits_longer_for_being_merged() -> None:
    one = double(response_due=SOON, resolution_due=SOON)
    decision = merged(one, case(response_due=LATER, resolution_due=LATER, responded_at=None))
    assert (on(decision, 1)["response_due"], on(decision, 1)["resolution_due"]) == (SOON, SOON)
    assert record(decision).targets


def test_the_sooner_target_stays_where_it_is() -> None:
    decision = merged(double(resolution_due=LATER), case(resolution_due=SOON))
    assert "resolution_due" not in on(decision, 1)
    assert not record(decision).targets


def test_a_target_is_compared_with_the_one_that_goes_on_after_a_pause() -> None:
    into = case(status=Status.WAITING, paused_at=NOW - 2 * HOUR, resolution_due=NOW - HOUR, opened_at=NOW - 8 * HOUR)
    decision = merged(double(resolution_due=LATER), into)
    assert on(decision, 1)["resolution_due"] > NOW - HOUR
    assert on(decision, 1)["resolution_due"] <= LATER


def test_where_a_case_had_no_target_it_takes_the_other_ones() -> None:
    assert on(merged(double(resolution_due=LATER), case(resolution_due=None)), 1)["resolution_due"] == LATER


@pytest.mark.parametrize("changes", [{"status": Status.CLOSED}, {"status": Status.WAITING, "paused_at": LATE}])
def test_a_case_whose_clocks_stand_still_brings_no_target(changes: dict[str, Any]) -> None:
    assert "resolution_due" not in on(merged(double(resolution_due=SOON, **changes), case(resolution_due=LATER)), 1)


def test_a_notice_that_it_stands_under_holds_for_the_survivor_too() -> None:
    decision = merged(double(), under=((2, 3), (2, 4), (1, 4)))
    assert [(put.case_id, put.notice_id) for put in changes_of(decision, UnderNotice)] == [(1, 3)]
    assert record(decision).notices == (3,)


# ---- refused
def test_a_case_is_not_merged_into_itself_nor_into_what_lives_on_in_it() -> None:
    round_trip = view(double(), numbers=((1050, 2), (1042, 2)))
    assert refused(act(ORDER, round_trip, NOW)).code == "conflict"


def test_a_merged_case_is_not_merged_again() -> None:
    answer = refusal(double(status=Status.MERGED, merged_into=7))
    assert (answer.code, answer.hint) == ("conflict", "`inboxd merge KS-10503 --undo` first")


def test_open_work_is_not_buried_in_a_case_at_rest() -> None:
    assert "is closed" in refusal(double(), case(status=Status.CLOSED)).message
    assert decided(act(ORDER, facts(double(status=Status.CLOSED), case(status=Status.CLOSED)), NOW))


def test_what_only_members_may_know_is_not_shown_to_others_by_a_merge() -> None:
    closed = desk(
        agents=(agent("kari", role="admin"), agent("per")),
        categories=(category("it"), category("hr", access="members", members=("kari",), manager=None)),
    )
    answer = refused(act(ORDER, facts(double(category="hr"), desk=closed), NOW))
    assert (answer.code, answer.hint) == ("not_allowed", "`inboxd set KS-10503 --category it` first, if they may")
    assert merged(double(), case(category="hr"), desk=closed)


# ---- undone
def held(**changes: Any) -> KnownMerge:
    values: dict[str, Any] = {
        "case_id": 2, "into_id": 1, "at": LATE, "status": Status.WAITING, "until": LATER, "category": "it",
        "into_category": "it", "brought": ((TURID.address, Role.CC),),
    }  # fmt: skip
    return KnownMerge(**{**values, **changes})


GONE = double(status=Status.MERGED, merged_into=1)
WITH_TURID = case(participants=(party(OLA), party(TURID, Role.CC)))


def undone(known: KnownMerge, *others: Case, into: Case = WITH_TURID, **more: Any) -> Decision:
    more.setdefault("merges", (known,))
    return decided(act(UNDO, view(into, GONE, *others, **more), NOW))


def left(decision: Decision) -> tuple[str, ...]:
    (change,) = changes_of(decision, UnmergeCase)
    return change.leaving


def test_an_undone_case_stands_as_it_stood_and_who_came_by_it_leaves() -> None:
    decision = undone(held())
    assert on(decision, 2)["status"] == "waiting"
    assert on(decision, 2)["until"] == LATER
    assert left(decision) == (TURID.address,)
    assert decision.letters == ()


def test_a_time_to_wake_that_has_passed_meanwhile_is_not_set_again() -> None:
    assert "until" not in on(undone(held(until=LATE)), 2)


def test_who_has_written_there_or_got_another_role_or_came_by_another_merge_stays() -> None:
    wrote = KnownEntry(id=9, case_id=1, at=NOW, kind="mail_in", from_=TURID)
    assert left(undone(held(), entries=(wrote,))) == ()
    assert left(undone(held(), into=case(participants=(party(OLA), party(TURID, Role.ADDED))))) == ()
    third = double(id=3, number=1060, status=Status.MERGED, merged_into=1)
    assert left(undone(held(), third, merges=(held(), held(case_id=3)))) == ()


def test_its_notice_leaves_with_it_unless_another_merged_case_stands_under_it() -> None:
    assert [off.notice_id for off in changes_of(undone(held(notices=(3,))), OffNotice)] == [3]
    third = double(id=3, number=1060, status=Status.MERGED, merged_into=1)
    both = undone(held(notices=(3,)), third, merges=(held(notices=(3,)), held(case_id=3)), under=((3, 3),))
    assert changes_of(both, OffNotice) == []


def test_the_survivor_counts_its_own_targets_again() -> None:
    sooner = replace(WITH_TURID, resolution_due=SOON)
    decision = undone(held(targets=True), into=sooner)
    assert on(decision, 1)["resolution_due"] > SOON
    assert "resolution_due" not in on(undone(held(), into=sooner), 1)


@pytest.mark.parametrize(("into_category", "own"), [("it", "print"), ("drift", "it")])
def test_it_goes_back_to_its_own_category_unless_the_survivor_was_moved_since(into_category: str, own: str) -> None:
    (change,) = changes_of(undone(held(category="print", into_category=into_category)), UnmergeCase)
    assert change.category == own


def test_mail_that_came_since_stays_and_the_agent_learns_how_to_take_it_out() -> None:
    entries = (
        KnownEntry(id=8, case_id=1, at=LATE - HOUR, kind="mail_in"),
        KnownEntry(id=9, case_id=1, at=NOW, kind="mail_in"),
        KnownEntry(id=10, case_id=1, at=NOW, kind="note"),
        KnownEntry(id=11, case_id=2, at=NOW, kind="mail_in"),
    )
    assert undone(held(), entries=entries).reason.endswith("`inboxd split KS-10429 9` takes it out")
    assert undone(held()).reason == ""


def test_what_is_not_merged_cannot_be_undone() -> None:
    assert refused(act(UNDO, facts(double()), NOW)).message == "KS-10503 is not merged into another case"


def test_of_two_merges_in_a_row_the_later_one_is_undone_first() -> None:
    onward = replace(WITH_TURID, status=Status.MERGED, merged_into=7)
    answer = refused(act(UNDO, view(onward, GONE, merges=(held(),)), NOW))
    assert (answer.code, answer.hint) == ("conflict", "`inboxd merge KS-10429 --undo` first")


def test_a_merge_is_kept_with_how_the_case_stood() -> None:
    known = record(merged(double(status=Status.WAITING, until=LATER, paused_at=LATE)))
    assert (known.status, known.until, known.at) == (Status.WAITING, LATER, NOW)
    assert isinstance(known.at, dt.datetime)

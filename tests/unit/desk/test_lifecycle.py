"""What the clock does to a case besides its targets: it closes a solved one, and tells of a quiet or a late one."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Case, Status
from inboxd.desk.clocks.lifecycle import (
    CLOSE_SOLVED,
    PRELIMINARY,
    STATUS_LETTER,
    first_explaining,
    first_telling,
    kept_alive,
)
from inboxd.desk.decision import NEW_CASE, Decision, Draft, SetTimer
from inboxd.desk.desk import Desk
from inboxd.desk.intake import decide
from inboxd.desk.order import Close, Reopen, Reply, SetFields
from inboxd.desk.orders import act
from inboxd.desk.tick import tick
from inboxd.desk.view import Timer, View
from inboxd.mail.address import Address
from inboxd.mail.message import MailKind
from tests.unit.desk.desks import (
    NOW,
    OLA,
    case,
    category,
    changes_of,
    decided,
    desk,
    fields_set,
    party,
    said_aloud,
    view,
    with_category,
)
from tests.unit.desk.mails import answer, mail, on

DAY = dt.timedelta(days=1)
MONDAY = NOW
TELLING = with_category(status_letter_days=14, preliminary_days=5)
SOLVED = case(status=Status.SOLVED, closed_at=NOW)
UNANSWERED = case(status=Status.NEW, responded_at=None)


def timers(decision: Decision, *names: str) -> list[tuple[str, dt.datetime | None]]:
    """Return the timers of these names that a decision sets, in order."""
    return [(c.name, c.rings_at) for c in changes_of(decision, SetTimer) if c.name in (names or OURS)]


OURS = (CLOSE_SOLVED, STATUS_LETTER, PRELIMINARY)


def ring(known: Case, name: str, now: dt.datetime = NOW, *also: str, desk: Desk = TELLING, **changes: Any) -> Decision:
    """Let a case's timer ring, and others of it at the same moment; the requester had a receipt."""
    rings = tuple(Timer(case_id=known.id, name=each, rings_at=now) for each in (name, *also))
    facts = {"ringing": rings, "greeted": frozenset({(known.id, OLA.address)}), "desk": desk}
    return tick(view(known, **{**facts, **changes}), now)


def notices(decision: Decision) -> list[Draft]:
    return [draft for draft in decision.letters if draft.kind == "notice"]


def ordered(order: Any, facts: View, now: dt.datetime = NOW) -> Decision:
    return decided(act(order, facts, now))


# solved, then closed


def test_a_case_that_is_solved_will_be_closed_once_an_answer_no_longer_reopens_it() -> None:
    solved = ordered(SetFields(actor="kari", status=Status.SOLVED), view(case(), desk=with_category(reopen_days=14)))
    assert timers(solved) == [(CLOSE_SOLVED, NOW + 14 * DAY)]


def test_without_a_limit_a_solved_case_stays_solved() -> None:
    solved = ordered(SetFields(actor="kari", status=Status.SOLVED), view(case(), desk=with_category(reopen_days=None)))
    assert timers(solved) == [(CLOSE_SOLVED, None)]


@pytest.mark.parametrize("order", [Reopen(actor="kari"), Close(actor="kari")])
def test_whoever_takes_a_solved_case_elsewhere_takes_the_timer_off(order: Any) -> None:
    assert timers(ordered(order, view(SOLVED, desk=with_category(reopen_days=14)))) == [(CLOSE_SOLVED, None)]


def test_an_answer_in_time_reopens_a_solved_case_and_takes_the_timer_off() -> None:
    facts = on(SOLVED, desk=with_category(reopen_days=14))
    reopened = decide(answer(), facts, NOW + 14 * DAY)
    assert fields_set(reopened)["status"] == "open"
    assert timers(reopened) == [(CLOSE_SOLVED, None)]


def test_the_clock_closes_it_silently_and_it_rests_since_it_was_solved() -> None:
    closed = ring(SOLVED, CLOSE_SOLVED, NOW + 14 * DAY, desk=with_category(reopen_days=14))
    assert fields_set(closed)["status"] == "closed"
    assert fields_set(closed)["closed_at"] == NOW
    assert said_aloud(closed) == {"status"}
    assert closed.letters == ()


def test_an_answer_after_that_opens_a_linked_case() -> None:
    closed = case(status=Status.CLOSED, closed_at=NOW)
    late = decide(answer(), on(closed, desk=with_category(reopen_days=14)), NOW + 14 * DAY + dt.timedelta(minutes=1))
    assert late.kind == "open_case"


@pytest.mark.parametrize("status", [Status.OPEN, Status.CLOSED])
def test_a_timer_that_is_late_does_nothing_to_a_case_that_is_no_longer_solved(status: Status) -> None:
    rung = ring(case(status=status), CLOSE_SOLVED, desk=with_category(reopen_days=14))
    assert "status" not in fields_set(rung)
    assert timers(rung) == [(CLOSE_SOLVED, None)]


def test_more_days_given_meanwhile_are_waited_for() -> None:
    rung = ring(SOLVED, CLOSE_SOLVED, NOW + 14 * DAY, desk=with_category(reopen_days=30))
    assert timers(rung) == [(CLOSE_SOLVED, None), (CLOSE_SOLVED, NOW + 30 * DAY)]
    assert "status" not in fields_set(rung)


def test_a_limit_taken_away_meanwhile_closes_nothing() -> None:
    rung = ring(SOLVED, CLOSE_SOLVED, NOW + 99 * DAY, desk=with_category(reopen_days=None))
    assert "status" not in fields_set(rung)


def test_a_solved_case_that_moves_is_closed_when_its_new_category_says_so() -> None:
    for days, at in ((7, NOW + 7 * DAY), (None, None)):
        known = desk(categories=(category(reopen_days=14), category("drift", reopen_days=days)))
        moved = ordered(SetFields(actor="kari", category="drift"), view(SOLVED, desk=known), NOW + DAY)
        assert timers(moved, CLOSE_SOLVED) == [(CLOSE_SOLVED, at)]


# status letters


def test_a_case_with_a_receipt_will_be_told_of() -> None:
    opened = decide(mail(), view(desk=TELLING), NOW)
    fortnight = NOW + 14 * DAY
    assert timers(opened) == [(STATUS_LETTER, fortnight), (PRELIMINARY, dt.datetime(2026, 3, 16, 7, 0, tzinfo=dt.UTC))]
    assert {change.case_id for change in changes_of(opened, SetTimer) if change.name in OURS} == {NEW_CASE}


@pytest.mark.parametrize("kind", [MailKind.NOTIFICATION, MailKind.LIST, MailKind.CALENDAR, MailKind.MALFORMED])
def test_a_case_whose_writer_gets_no_receipt_is_never_told_of(kind: MailKind) -> None:
    assert timers(decide(mail(kind), view(desk=TELLING), NOW)) == []


def test_history_is_never_told_of() -> None:
    assert timers(decide(mail(), view(desk=TELLING, silent=True), NOW)) == []


def test_a_category_that_does_not_tell_sets_no_timer() -> None:
    assert timers(decide(mail(), view(), NOW)) == []
    assert timers(ordered(Reply(actor="kari", text="Hei"), view(case()))) == []


@pytest.mark.parametrize("status", [Status.NEW, Status.OPEN, Status.POSTPONED])
def test_a_requester_who_waits_for_the_desk_hears_that_the_case_lives(status: Status) -> None:
    told = ring(case(status=status), STATUS_LETTER)
    (letter,) = notices(told)
    assert (letter.template, letter.to, letter.null_sender) == ("status_letter", (OLA,), True)
    assert letter.once == f"status_letter:1:{NOW.isoformat()}"
    assert letter.next_letter_at == NOW + 14 * DAY
    assert timers(told, STATUS_LETTER) == [(STATUS_LETTER, None), (STATUS_LETTER, NOW + 14 * DAY)]


def test_whoever_the_desk_waits_for_hears_nothing_and_is_looked_at_again_later() -> None:
    waiting = ring(case(status=Status.WAITING), STATUS_LETTER)
    assert notices(waiting) == []
    assert timers(waiting, STATUS_LETTER)[-1] == (STATUS_LETTER, NOW + 14 * DAY)


@pytest.mark.parametrize("status", [Status.SOLVED, Status.CLOSED, Status.MERGED])
def test_of_a_case_at_rest_nobody_hears_and_nobody_looks_again(status: Status) -> None:
    rung = ring(case(status=status), STATUS_LETTER)
    assert notices(rung) == []
    assert timers(rung, STATUS_LETTER) == [(STATUS_LETTER, None)]


@pytest.mark.parametrize(
    "facts",
    [
        {"greeted": frozenset()},
        {"greeted": frozenset({(2, OLA.address)})},
        {"greeted": frozenset({(1, "return-path@annen.example")})},
        {"bounced": frozenset({OLA.address})},
    ],
)
def test_who_had_no_receipt_at_this_very_address_or_whose_mail_came_back_hears_nothing(facts: dict[str, Any]) -> None:
    for name in (STATUS_LETTER, PRELIMINARY):
        assert notices(ring(UNANSWERED, name, **facts)) == []


def test_a_caller_without_an_address_hears_nothing() -> None:
    caller = case(requester=party(Address(name="Ola", address="")))
    assert notices(ring(caller, STATUS_LETTER)) == []


def test_in_a_closed_hour_the_letter_waits_for_the_next_opening() -> None:
    saturday = dt.datetime(2026, 3, 14, 12, 0, tzinfo=dt.UTC)
    rung = ring(case(), STATUS_LETTER, saturday)
    assert notices(rung) == []
    assert timers(rung, STATUS_LETTER)[-1] == (STATUS_LETTER, dt.datetime(2026, 3, 16, 7, 0, tzinfo=dt.UTC))


def test_the_days_end_at_the_next_opening() -> None:
    saturday = dt.datetime(2026, 3, 14, 12, 0, tzinfo=dt.UTC)
    opened = decide(mail(), view(desk=with_category(status_letter_days=7)), saturday)
    assert timers(opened) == [(STATUS_LETTER, dt.datetime(2026, 3, 23, 7, 0, tzinfo=dt.UTC))]


def test_a_desk_without_hours_tells_at_any_hour() -> None:
    known = desk(categories=(category(status_letter_days=7, calendar="gone"),))
    assert len(notices(ring(case(), STATUS_LETTER, dt.datetime(2026, 3, 14, 1, 0, tzinfo=dt.UTC), desk=known))) == 1


def test_an_answer_begins_the_days_anew() -> None:
    replied = ordered(Reply(actor="kari", text="Vi ser på det."), view(case(), desk=TELLING), NOW + DAY)
    assert timers(replied) == [(STATUS_LETTER, NOW + 15 * DAY)]


def test_what_is_only_changed_begins_nothing_anew() -> None:
    assert timers(ordered(SetFields(actor="kari", priority="high"), view(case(), desk=TELLING))) == []


def test_a_case_at_rest_is_no_longer_told_of() -> None:
    closed = ordered(Close(actor="kari", text="Ferdig."), view(case(), desk=TELLING))
    assert timers(closed) == [(STATUS_LETTER, None)]
    assert timers(ordered(Reply(actor="kari", text="PS"), view(case(status=Status.CLOSED), desk=TELLING))) == []


def test_a_case_that_comes_back_is_told_of_again() -> None:
    back = decide(answer(), on(case(status=Status.CLOSED, closed_at=NOW), desk=TELLING), NOW)
    assert timers(back) == [(STATUS_LETTER, NOW + 14 * DAY)]


def test_a_case_that_moves_to_a_category_that_tells_is_told_of() -> None:
    known = desk(categories=(category(), category("drift", status_letter_days=7)))
    moved = ordered(SetFields(actor="kari", category="drift"), view(case(), desk=known))
    assert timers(moved) == [(STATUS_LETTER, NOW + 7 * DAY)]


@pytest.mark.parametrize(("promised", "told"), [(NOW + 2 * DAY, NOW + 2 * DAY), (NOW + 9 * DAY, NOW + 7 * DAY)])
def test_a_move_does_not_put_off_what_the_requester_was_promised(promised: dt.datetime, told: dt.datetime) -> None:
    known = desk(categories=(category(), category("drift", status_letter_days=7)))
    rings = (
        Timer(case_id=2, name=STATUS_LETTER, rings_at=NOW),
        Timer(case_id=1, name=STATUS_LETTER, rings_at=promised),
    )
    moved = ordered(SetFields(actor="kari", category="drift"), view(case(), desk=known, timers=rings))
    assert timers(moved) == [(STATUS_LETTER, told)]


def test_a_category_that_is_gone_or_tells_no_more_ends_it() -> None:
    for known in (with_category(), desk(categories=())):
        rung = ring(UNANSWERED, STATUS_LETTER, NOW, PRELIMINARY, desk=known)
        assert notices(rung) == []
        assert timers(rung) == [(STATUS_LETTER, None), (PRELIMINARY, None)]


def test_a_category_that_is_gone_sets_no_timer() -> None:
    nowhere = desk(categories=())
    assert timers(ordered(Reply(actor="kari", text="Hei"), view(case(), desk=nowhere))) == []
    assert timers(decide(mail(), view(desk=nowhere), NOW)) == []


# preliminary answers


def test_where_nobody_answered_the_requester_hears_why_once() -> None:
    told = ring(UNANSWERED, PRELIMINARY)
    (letter,) = notices(told)
    assert (letter.template, letter.to) == ("preliminary", (OLA,))
    assert timers(told) == [(PRELIMINARY, None), (STATUS_LETTER, NOW + 14 * DAY)]
    assert letter.next_letter_at == NOW + 14 * DAY


def test_where_somebody_answered_or_the_desk_waits_nothing_is_explained() -> None:
    for known in (case(), case(status=Status.WAITING, responded_at=None), case(status=Status.CLOSED)):
        assert notices(ring(known, PRELIMINARY)) == []


def test_a_case_that_moves_to_a_category_that_explains_counts_from_when_it_was_opened() -> None:
    known = desk(categories=(category(), category("drift", preliminary_days=5), category("post")))
    for age, at in ((DAY, NOW + 4 * DAY), (9 * DAY, NOW)):
        waiting = replace(UNANSWERED, opened_at=NOW - age)
        moved = ordered(SetFields(actor="kari", category="drift"), view(waiting, desk=known))
        assert timers(moved) == [(PRELIMINARY, at)]
    for other, name in ((case(), "drift"), (replace(UNANSWERED, status=Status.CLOSED), "drift"), (UNANSWERED, "post")):
        assert timers(ordered(SetFields(actor="kari", category=name), view(other, desk=known))) == []


def test_a_case_that_was_explained_before_it_moved_is_not_explained_again() -> None:
    known = desk(categories=(category(preliminary_days=5), category("drift", preliminary_days=6)))
    order, pending = SetFields(actor="kari", category="drift"), Timer(case_id=1, name=PRELIMINARY, rings_at=NOW + DAY)
    waiting = replace(UNANSWERED, opened_at=NOW - 4 * DAY)
    assert timers(ordered(order, view(waiting, desk=known))) == []
    assert timers(ordered(order, view(waiting, desk=known, timers=(pending,)))) == [(PRELIMINARY, NOW + 2 * DAY)]


def test_a_case_is_explained_once_however_often_it_moves() -> None:
    (first,), (second,) = notices(ring(UNANSWERED, PRELIMINARY)), notices(ring(UNANSWERED, PRELIMINARY, NOW + DAY))
    assert first.once == second.once
    (first,), (second,) = notices(ring(case(), STATUS_LETTER)), notices(ring(case(), STATUS_LETTER, NOW + DAY))
    assert first.once != second.once


def test_without_status_letters_no_later_letter_is_promised() -> None:
    (letter,) = notices(ring(UNANSWERED, PRELIMINARY, desk=with_category(preliminary_days=5)))
    assert letter.next_letter_at is None


@pytest.mark.parametrize("order", [(STATUS_LETTER, PRELIMINARY), (PRELIMINARY, STATUS_LETTER)])
def test_both_at_once_are_one_letter(order: tuple[str, str]) -> None:
    told = ring(UNANSWERED, order[0], NOW, order[1])
    assert [letter.template for letter in notices(told)] == ["preliminary"]
    assert timers(told, STATUS_LETTER)[-1] == (STATUS_LETTER, NOW + 14 * DAY)


def test_a_status_letter_goes_out_where_there_is_nothing_left_to_explain() -> None:
    told = ring(case(), STATUS_LETTER, NOW, PRELIMINARY)
    assert [letter.template for letter in notices(told)] == ["status_letter"]


def test_any_letter_to_the_requester_begins_the_days_anew_and_one_to_others_does_not() -> None:
    to_ola = Draft(kind="notice", case_id=1, mailbox="kundeservice", template="x", language="nb", to=(OLA,))
    to_kari = replace(to_ola, to=(Address(name="", address="kari@desk.example"),))
    facts = view(case(), desk=TELLING)
    assert timers(kept_alive(Decision(kind="agent_order", letters=(to_ola,)), facts, NOW)) == [
        (STATUS_LETTER, NOW + 14 * DAY)
    ]
    assert timers(kept_alive(Decision(kind="agent_order", letters=(to_kari,)), facts, NOW)) == []


def test_cases_that_are_there_when_telling_is_switched_on_count_from_then() -> None:
    telling, silent = category(status_letter_days=14), category()
    assert first_telling(desk(), telling, NOW) == NOW + 14 * DAY
    assert first_telling(desk(), silent, NOW) is None
    on, off = TELLING.categories[0], TELLING.categories[1]
    assert first_explaining(TELLING, on, NOW) == NOW + 7 * DAY - dt.timedelta(hours=2)  # no Saturday: Monday at eight
    assert first_explaining(TELLING, off, NOW) is None

"""Timers, standings, measurements and escalations, on both databases."""

import datetime as dt
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from inboxd.desk.case import Status
from inboxd.desk.decision import Acknowledged, CaseField, Change, Decision, Escalated, Measured, SetField, SetTimer
from inboxd.desk.view import KnownStanding, Timer, View
from inboxd.errors import StoreBusy
from inboxd.store import desk_tables as d
from inboxd.store.apply import apply
from inboxd.store.cases import case_row_of, get_case
from inboxd.store.clockwork import ring_again
from inboxd.store.engine import Store
from inboxd.store.escalations import last_escalations
from inboxd.store.views import load_case_view, load_tick_view
from tests.contract.store.values import DESK, HOUR, KEYRING, NOW, case_of


def change(session: Session, *changes: Change, now: dt.datetime = NOW) -> None:
    apply(session, Decision(kind="agent_order", changes=changes), now=now)


def seen(session: Session, number: int = 1000, now: dt.datetime = NOW) -> View:
    return load_case_view(session, number, desk=DESK, keyring=KEYRING, now=now)


def ticking(session: Session, now: dt.datetime) -> View:
    return load_tick_view(session, desk=DESK, keyring=KEYRING, now=now)


@pytest.fixture
def case_id(store: Store) -> int:
    with store.begin() as session:
        return case_of(session, escalates_from=NOW)


def level(
    case_id: int, number: int, *, round_: int = 0, why: str = "", to: Sequence[str] = ("a@b.example",)
) -> Escalated:
    return Escalated(case_id=case_id, round=round_, target="resolution", level=number, to=tuple(to), why=why)


def test_a_timer_is_set_anew_rings_at_its_moment_and_is_taken_off(store: Store, case_id: int) -> None:
    with store.begin() as session:
        change(session, SetTimer(case_id=case_id, name="escalation", rings_at=NOW + HOUR))
        change(session, SetTimer(case_id=case_id, name="escalation", rings_at=NOW + 2 * HOUR))
        change(session, SetTimer(case_id=case_id, name="other", rings_at=NOW + 3 * HOUR))
    with store.begin() as session:
        assert ticking(session, NOW + HOUR).ringing == ()
        rung = ticking(session, NOW + 2 * HOUR)
        assert rung.ringing == (Timer(case_id=case_id, name="escalation", rings_at=NOW + 2 * HOUR),)
        assert [case.id for case in rung.cases] == [case_id]
        change(session, SetTimer(case_id=case_id, name="escalation", rings_at=None))
        assert [timer.name for timer in seen(session).timers] == ["other"]


def test_how_a_case_stood_is_known_from_its_opening_on(store: Store, case_id: int) -> None:
    with store.begin() as session:
        waiting = SetField(case_id=case_id, field="status", value=Status.WAITING.value, actor="kari")
        change(session, waiting, now=NOW + HOUR)
        change(session, SetField(case_id=case_id, field="subject", value="x", actor="kari"), now=NOW + 2 * HOUR)
    with store.begin() as session:
        opened = get_case(session, case_id)
        assert seen(session).standings == (
            KnownStanding(case_id=case_id, at=NOW, status="new", assignee=opened.assignee),
            KnownStanding(case_id=case_id, at=NOW + HOUR, status="waiting", assignee=opened.assignee),
        )


def test_the_clocks_of_a_case_are_kept_with_it(store: Store, case_id: int) -> None:
    with store.begin() as session:
        assert get_case(session, case_id).escalates_from == NOW
        change(
            session,
            SetField(case_id=case_id, field="paused_at", value=NOW, actor="inboxd", quiet=True),
            SetField(case_id=case_id, field="round", value=2, actor="inboxd", quiet=True),
            SetField(case_id=case_id, field="escalates_from", value=None, actor="inboxd", quiet=True),
        )
    with store.begin() as session:
        case, row = get_case(session, case_id), case_row_of(session, case_id)
        assert (case.paused_at, case.round, case.escalates_from) == (NOW, 2, None)
        assert (row.paused_at, row.round) == (NOW, 2)


def test_a_measurement_is_kept_with_how_the_case_stands_then(store: Store, case_id: int) -> None:
    met = Measured(case_id=case_id, target="response", due=NOW + HOUR, within=True, office_seconds=60, wall_seconds=90)
    with store.begin() as session:
        change(session, SetField(case_id=case_id, field="priority", value="high", actor="kari"), met, now=NOW + HOUR)
        (row,) = session.exec(select(d.Measurement)).all()
        assert (row.target, row.priority, row.within, row.at) == ("response", "high", True, NOW + HOUR)
        assert (row.office_seconds, row.wall_seconds, row.due) == (60, 90, NOW + HOUR)


def test_an_answer_that_never_left_is_forgotten_as_a_response_but_not_what_the_end_came_to(
    store: Store, case_id: int
) -> None:
    values = {"case_id": case_id, "due": None, "within": True, "office_seconds": 1, "wall_seconds": 1}
    with store.begin() as session:
        change(session, SetField(case_id=case_id, field="responded_at", value=NOW, actor="kari"))
        change(session, Measured(target="response", **values), Measured(target="resolution", **values))  # type: ignore[arg-type]
        change(session, SetField(case_id=case_id, field="responded_at", value=None, actor="kari"))
        assert [row.target for row in session.exec(select(d.Measurement)).all()] == ["resolution"]


def test_a_level_is_on_record_once_a_round_whoever_comes_second(store: Store, case_id: int) -> None:
    with store.begin() as session:
        change(session, level(case_id, 1))
        change(session, level(case_id, 1, round_=1), level(case_id, 2))
    with pytest.raises((StoreBusy, IntegrityError)), store.begin() as session:
        change(session, level(case_id, 1))
    with store.begin() as session:
        assert [(known.round, known.level) for known in seen(session).escalations] == [(0, 1), (1, 1), (0, 2)]


def test_the_last_escalation_of_a_case_is_that_of_its_round_and_no_warning(store: Store, case_id: int) -> None:
    with store.begin() as session:
        assert last_escalations(session) == {}
        change(session, level(case_id, 1), level(case_id, 2), level(case_id, 3, why="warning"))
        assert last_escalations(session)[case_id].level == 2
        assert last_escalations(session, (case_id,))[case_id].to == ("a@b.example",)
        assert last_escalations(session, ()) == {}
        change(session, SetField(case_id=case_id, field="round", value=1, actor="inboxd", quiet=True))
        assert last_escalations(session) == {}


def test_who_acknowledges_has_seen_all_that_was_escalated_so_far(store: Store, case_id: int) -> None:
    with store.begin() as session:
        change(session, level(case_id, 1), level(case_id, 2))
        change(session, Acknowledged(case_id=case_id, actor="gro"))
        change(session, level(case_id, 3))
        assert [known.acknowledged_by for known in seen(session).escalations] == ["gro", "gro", None]


def test_another_config_lets_the_clock_look_at_what_escalates_but_not_at_a_backlog(store: Store) -> None:
    with store.begin() as session:
        running, met, late, answered, paused, resting, history = (
            case_of(session, n, escalates_from=None if n == 7 else NOW, resolution_due=NOW + HOUR if n > 3 else None)
            for n in range(1, 8)
        )
        values: dict[int, dict[CaseField, object]] = {
            running: {"resolution_due": NOW - HOUR},
            met: {"response_due": NOW + HOUR},
            late: {"response_due": NOW - HOUR, "resolution_due": NOW - HOUR},
            answered: {"response_due": NOW + HOUR, "responded_at": NOW, "resolution_due": NOW - HOUR},
            paused: {"paused_at": NOW},
            resting: {"status": Status.CLOSED.value},
            history: {},
        }
        for case_id, fields in values.items():
            for field, value in fields.items():
                change(session, SetField(case_id=case_id, field=field, value=value, actor="x"))  # type: ignore[arg-type]
        change(session, SetTimer(case_id=running, name="escalation", rings_at=NOW + 9 * HOUR))
        ring_again(session, "escalation", NOW)
        assert {timer.case_id for timer in ticking(session, NOW).ringing} == {running, met}

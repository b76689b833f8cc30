"""What reports read: the same rows on both databases, each case counted as often as it must be."""

import datetime as dt

from inboxd.desk.case import Channel, Status
from inboxd.desk.decision import Decision, Measured, SetField
from inboxd.store import configs, reports
from inboxd.store.apply import apply
from inboxd.store.engine import Session, Store
from inboxd.store.letters import written_once
from tests.contract.store.values import HOUR, NOW, case_of, letter_of

APRIL = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
MARCH = (dt.datetime(2026, 3, 1, tzinfo=dt.UTC), APRIL)


def measure(session: Session, case_id: int, at: dt.datetime, target: str = "resolution", seconds: int = 60) -> None:
    change = Measured(
        case_id=case_id, target=target, due=None, within=True, office_seconds=seconds, wall_seconds=2 * seconds,  # type: ignore[arg-type]
    )  # fmt: skip
    apply(session, Decision(kind="add_to_case", changes=(change,)), now=at)


def put(session: Session, case_id: int, field: str, value: str, at: dt.datetime) -> None:
    change = SetField(case_id=case_id, field=field, value=value, actor="kari")  # type: ignore[arg-type]
    apply(session, Decision(kind="add_to_case", changes=(change,)), now=at)


def found(session: Session, **asked: object) -> list[tuple[str, str, int]]:
    rows = reports.measured_cases(session, *MARCH, **asked)  # type: ignore[arg-type]
    return sorted((one.target, one.priority, one.measured.office_seconds) for one in rows)


def test_a_target_that_a_case_reached_twice_in_a_month_counts_its_last(store: Store) -> None:
    with store.begin() as db:
        case_id = case_of(db)
        measure(db, case_id, NOW, seconds=60)
        measure(db, case_id, NOW + HOUR, seconds=90)
        measure(db, case_id, NOW, "response", seconds=30)
        measure(db, case_id, APRIL, seconds=120)
    with store.reading() as db:
        assert found(db) == [("resolution", "normal", 90), ("response", "normal", 30)]


def test_a_measurement_at_midnight_is_of_the_month_that_begins(store: Store) -> None:
    with store.begin() as db:
        measure(db, case_of(db), MARCH[0], seconds=1)
        measure(db, case_of(db, 2), MARCH[0] - dt.timedelta(microseconds=1), seconds=2)
        measure(db, case_of(db, 3), APRIL - dt.timedelta(microseconds=1), seconds=3)
        measure(db, case_of(db, 4), APRIL, seconds=4)
    with store.reading() as db:
        assert [seconds for *_, seconds in found(db)] == [1, 3]


def test_measurements_keep_customer_category_and_priority_of_then(store: Store) -> None:
    with store.begin() as db:
        case_id = case_of(db, customer="Molde")
        measure(db, case_id, NOW)
        for field, value in (("priority", "high"), ("category", "drift"), ("customer", "Aukra")):
            put(db, case_id, field, value, NOW + HOUR)
    with store.reading() as db:
        assert found(db, customer="Molde", seen=("it",)) == [("resolution", "normal", 60)]
        assert found(db, customer="Aukra") == found(db, seen=("drift",)) == []


def test_open_cases_are_those_that_are_not_at_rest(store: Store) -> None:
    with store.begin() as db:
        for number, status in enumerate(Status, start=1):
            if status is not Status.MERGED:
                put(db, case_of(db, number), "status", status.value, NOW)
        case_of(db, 9, category="drift", assignee="per")
    with store.reading() as db:
        standing = [(one.status, one.category, one.assignee) for one in reports.open_cases(db)]
        assert standing == [
            *((status, "it", None) for status in ("new", "open", "waiting", "postponed")), ("new", "drift", "per"),
        ]  # fmt: skip
        assert [one.category for one in reports.open_cases(db, seen=("drift",))] == ["drift"]


def test_opened_cases_count_from_when_they_were_opened_whatever_became_of_them(store: Store) -> None:
    with store.begin() as db:
        closed = case_of(db, opened_at=MARCH[0], channel=Channel.PHONE, type="callof", item="Ny PC")
        put(db, closed, "status", "closed", APRIL)
        case_of(db, 2, opened_at=APRIL)
        case_of(db, 3, category="drift")
        put(db, closed, "type", "question", APRIL)
        put(db, closed, "item", None, APRIL)
    with store.reading() as db:
        rows = [(one.at, one.channel, one.type, one.item) for one in reports.opened_cases(db, *MARCH)]
        assert sorted(rows) == [(MARCH[0], "phone", "callof", "Ny PC"), (NOW, "mail", None, None)]
        assert len(list(reports.opened_cases(db, *MARCH, seen=("it",)))) == 1


def test_stands_are_those_of_every_case_that_was_at_work_in_the_time(store: Store) -> None:
    before = MARCH[0] - HOUR
    with store.begin() as db:
        long_ago = case_of(db, now=before)
        put(db, long_ago, "status", "closed", before)
        still_open = case_of(db, 2, now=before)
        reopened = case_of(db, 3, now=before)
        put(db, reopened, "status", "closed", before)
        put(db, reopened, "status", "open", APRIL)
    with store.reading() as db:
        rows = [(one.case_id, one.at, one.status) for one in reports.stands(db, *MARCH)]
    assert rows == [(still_open, before, "new"), (reopened, before, "new"), (reopened, before, "closed")]


def test_the_config_in_force_is_the_last_one_that_was_taken_by_then(store: Store) -> None:
    with store.begin() as db:
        assert configs.config_at(db, NOW) is None
        for hours, text in ((0, "first"), (2, "second")):
            configs.remember_config(db, text, NOW + hours * HOUR)
    with store.reading() as db:
        at = [configs.config_at(db, NOW + hours * HOUR) for hours in (-1, 0, 1, 2, 3)]
    assert at == ["first", "first", "first", "second", "second"]


def test_what_was_written_once_is_known_by_its_key(store: Store) -> None:
    with store.begin() as db:
        letter_of(db, "agent", None, once="weekly:2026-W10:kari")
        assert written_once(db, ("weekly:2026-W10:kari", "weekly:2026-W10:per")) == {"weekly:2026-W10:kari"}
        assert written_once(db, ()) == frozenset()

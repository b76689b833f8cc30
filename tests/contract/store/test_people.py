"""What is kept of agents: who is away, whose turn it is, who was registered for what, who had a sender's last case."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, func, select

from inboxd.desk.case import Status
from inboxd.desk.decision import OpenCase, SetField, TurnTaken
from inboxd.store.absences import absences, absent, begin_absence, end_absence
from inboxd.store.apply import apply
from inboxd.store.engine import Store
from inboxd.store.locks import is_postgresql
from inboxd.store.registrations import first_registered, keep_registrations, registered_between
from inboxd.store.routing import turns
from inboxd.store.rows import AbsenceRow
from inboxd.store.senders import holdings, last_agents
from inboxd.store.views import load_agent_view
from tests.contract.store.values import DESK, KEYRING, NOW, OPEN, decision, mail

DAY = dt.timedelta(days=1)


def away(store: Store, at: dt.datetime) -> frozenset[str]:
    with store.reading() as session:
        return absent(session, at)


def begin(store: Store, agent: str, at: dt.datetime, until: dt.datetime | None = None, to: str | None = None) -> None:
    with store.begin() as session:
        begin_absence(session, agent, since=at, until=until, to=to, made_by="gro")


def end(store: Store, agent: str, at: dt.datetime) -> bool:
    with store.begin() as session:
        return end_absence(session, agent, at)


def test_an_agent_is_away_from_when_it_is_said_until_it_ends(store: Store) -> None:
    begin(store, "kari", NOW, NOW + 2 * DAY)
    begin(store, "per", NOW)
    assert [away(store, NOW + n * DAY) for n in (-1, 0, 1, 2, 300)] == [
        frozenset(), {"kari", "per"}, {"kari", "per"}, {"per"}, {"per"},
    ]  # fmt: skip


def test_who_is_back_is_there_and_was_away_only_once(store: Store) -> None:
    begin(store, "kari", NOW)
    assert end(store, "kari", NOW + DAY)
    assert not end(store, "kari", NOW + DAY)
    assert away(store, NOW + DAY) == frozenset()


def test_an_absence_that_ended_by_itself_is_not_ended_again(store: Store) -> None:
    begin(store, "kari", NOW, NOW + DAY)
    assert not end(store, "kari", NOW + 2 * DAY)


def test_what_is_said_later_of_an_absence_counts(store: Store) -> None:
    begin(store, "kari", NOW, to="per")
    begin(store, "kari", NOW + DAY, NOW + 2 * DAY)
    with store.reading() as session:
        assert absences(session, NOW + DAY) == (
            AbsenceRow(agent="kari", since=NOW + DAY, until=NOW + 2 * DAY, to=None),
        )
    assert away(store, NOW + 2 * DAY) == frozenset()


def test_turns_are_counted_for_each_category_and_agent(store: Store) -> None:
    taken = (TurnTaken(category="it", agent="kari"), TurnTaken(category="it", agent="kari", missed=4),
             TurnTaken(category="drift", agent="kari"))  # fmt: skip
    with store.begin() as session:
        apply(session, decision(OPEN, mail(1), *taken), now=NOW)
    with store.reading() as session:
        assert set(turns(session)) == {("it", "kari", 6), ("drift", "kari", 1)}


def opened(store: Store, number: int, at: dt.datetime, **changes: object) -> int:
    case: OpenCase = replace(OPEN, **{"opened_at": at, **changes})  # type: ignore[arg-type]  # fields by their names
    with store.begin() as session:
        case_id = apply(session, decision(case, mail(number)), now=at).case_id
    assert case_id is not None
    return case_id


def had_last(store: Store, at: dt.datetime, *addresses: str) -> dict[str, str]:
    with store.reading() as session:
        return dict(last_agents(session, addresses, at))


def test_the_senders_newest_case_of_the_last_seven_days_in_each_category_counts(store: Store) -> None:
    writer = OPEN.requester.address
    opened(store, 1, NOW, assignee="kari", category="it")
    opened(store, 2, NOW + DAY, assignee="per", category="it")
    opened(store, 3, NOW + DAY, assignee="gro", category="drift")
    assert had_last(store, NOW + 2 * DAY, writer.upper()) == {"it": "per", "drift": "gro"}
    assert had_last(store, NOW + 8 * DAY, writer) == {}
    assert had_last(store, NOW + 2 * DAY, "annen@kommune.example", writer) == {}
    assert had_last(store, NOW + 2 * DAY, "") == {}
    assert had_last(store, NOW + 2 * DAY) == {}


def test_where_nobody_has_the_newest_case_nobody_counts(store: Store) -> None:
    opened(store, 1, NOW, assignee="kari", category="it")
    opened(store, 2, NOW, assignee=None, category="it")
    assert had_last(store, NOW + DAY, OPEN.requester.address) == {}


def test_who_has_cases_that_are_not_at_rest_is_known_with_their_categories(store: Store) -> None:
    opened(store, 1, NOW, assignee="kari", category="it")
    opened(store, 2, NOW, assignee="kari", category="it")
    opened(store, 3, NOW, assignee="per", category="drift")
    closed = opened(store, 4, NOW, assignee="gro", category="drift")
    opened(store, 5, NOW, assignee=None)
    done = SetField(case_id=closed, field="status", value=Status.CLOSED.value, actor="gro")
    with store.begin() as session:
        apply(session, decision(done), now=NOW)
    with store.reading() as session:
        assert holdings(session) == (("kari", "it"), ("per", "drift"))


def test_what_is_handed_over_is_all_that_an_agent_has_in_hand_and_he_counts_as_away(store: Store) -> None:
    first, second = opened(store, 1, NOW, assignee="kari"), opened(store, 2, NOW, assignee="kari", category="drift")
    opened(store, 3, NOW, assignee="per")
    begin(store, "gro", NOW)
    with store.begin() as session:
        facts = load_agent_view(session, "kari", desk=DESK, keyring=KEYRING, now=NOW)
        some = load_agent_view(session, "kari", desk=DESK, keyring=KEYRING, now=NOW, categories=["drift"])
        none = load_agent_view(session, "nils", desk=DESK, keyring=KEYRING, now=NOW)
    assert ([case.id for case in facts.cases], facts.absent) == ([first, second], {"kari", "gro"})
    assert {load.agent: load.open_cases for load in facts.loads} == {"kari": 2, "per": 1}
    assert ([case.id for case in some.cases], none.cases) == ([second], ())


def keep(store: Store, at: dt.datetime, *wanted: tuple[str, str, str | None]) -> None:
    with store.begin() as session:
        keep_registrations(session, wanted, at)


def registered(store: Store, first: dt.datetime, last: dt.datetime) -> list[tuple[str, str, str | None]]:
    with store.reading() as session:
        return [(row.agent, row.category, row.customer) for row in registered_between(session, first, last)]


def test_registrations_are_opened_and_closed_and_what_was_is_kept(store: Store) -> None:
    kari, per = ("kari", "it", None), ("per", "it", "Molde")
    keep(store, NOW, kari)
    keep(store, NOW + DAY, kari, per)
    keep(store, NOW + 2 * DAY, per)
    keep(store, NOW + 3 * DAY, kari, per)
    spans = {n: registered(store, NOW + n * DAY, NOW + (n + 1) * DAY) for n in range(-1, 4)}
    assert spans == {-1: [], 0: [kari], 1: [kari, per], 2: [per], 3: [kari, per]}
    with store.reading() as session:
        assert len(registered_between(session, NOW, NOW + 9 * DAY)) == 3
        assert first_registered(session) == {"kari": NOW, "per": NOW + DAY}


@pytest.mark.parametrize("times", [1, 3])
def test_keeping_the_same_again_changes_nothing(store: Store, times: int) -> None:
    for n in range(times):
        keep(store, NOW + n * DAY, ("kari", "it", None))
    with store.reading() as session:
        (row,) = registered_between(session, NOW, NOW + 9 * DAY)
    assert (row.since, row.until) == (NOW, None)


class HandedMeanwhile:
    """A session in whose second answer an agent has a case more: somebody gave it to him while we waited for a lock."""

    def __init__(self, session: Session, case_id: int) -> None:
        self._session, self._case_id, self._asked = session, case_id, 0

    def exec(self, query: Any, **how: Any) -> Any:
        if "FROM cases" in str(query) and "assignee = " in str(query):
            self._asked += 1
            if self._asked == 2:
                given = SetField(case_id=self._case_id, field="assignee", value="kari", actor="per")
                apply(self._session, decision(given), now=NOW)
        return self._session.exec(query, **how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


def test_a_case_that_somebody_is_handed_meanwhile_goes_with_the_rest_under_its_own_lock(store: Store) -> None:
    first, second = opened(store, 1, NOW, assignee="kari"), opened(store, 2, NOW, assignee="per")
    with store.begin() as session:
        asking: Any = HandedMeanwhile(session, second)
        facts = load_agent_view(asking, "kari", desk=DESK, keyring=KEYRING, now=NOW)
        locks = (
            select(func.count())
            .select_from(text("pg_locks"))
            .where(text("locktype = 'advisory' AND pid = pg_backend_pid()"))
        )
        held = session.exec(locks).one() if is_postgresql(session) else 3
    assert [case.id for case in facts.cases] == [first, second]
    assert held == 3  # the one for opening, and one for each case

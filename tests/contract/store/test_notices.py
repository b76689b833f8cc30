"""Notices of downtime and surges as stored, on both databases."""

import datetime as dt
import threading
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from inboxd.desk.decision import Decision
from inboxd.desk.notices.announce import once_key
from inboxd.desk.notices.changes import NoticeRead, UnderNotice
from inboxd.desk.notices.notice import Notice, NoticeUpdate, Receiver
from inboxd.desk.notices.surge import KnownSurge
from inboxd.store import notice_post, notices, surges, views
from inboxd.store.apply import apply
from inboxd.store.engine import Store
from inboxd.store.locks import lock
from tests.contract.conftest import OpenStore
from tests.contract.store.values import DESK, HOUR, KEYRING, NOTHING, NOW, OPEN, case_of, decision, letter_of, mail

IKT = Receiver(address="IKT@molde.example", customer="molde")
INFO = Receiver(address="info@kommune.example")


def notice(**changes: Any) -> Notice:
    values: dict[str, Any] = {
        "id": 0,
        "kind": "unplanned",
        "starts_at": NOW - HOUR,
        "ends_at": NOW + HOUR,
        "affects": ("it", "print"),
        "text": "Visma er nede.",
        "still_works": "e-post",
        "made_at": NOW - HOUR,
        "made_by": "kari",
        "short_warning": False,
    }
    return Notice(**{**values, **changes})


def news(notice_id: int, **changes: Any) -> NoticeUpdate:
    values: dict[str, Any] = {"id": 0, "notice_id": notice_id, "at": NOW, "actor": "kari", "text": "Straks."}
    return NoticeUpdate(**{**values, **changes})


def put_under(session: Session, case_id: int, notice_id: int) -> None:
    put = UnderNotice(case_id=case_id, notice_id=notice_id, actor="kari")
    apply(session, Decision(kind="agent_order", changes=(put,)), now=NOW)


def test_a_notice_comes_back_as_it_was_written(store: Store) -> None:
    with store.begin() as session:
        number = notices.add(session, notice(short_warning=True), (IKT, INFO))
        assert notices.get(session, number) == notice(id=number, short_warning=True)
        assert notices.get(session, number + 1) is None
        (people,) = notices.receivers_of(session, [number]).values()
        assert [(one.address, one.customer, one.state) for one in people] == [
            ("IKT@molde.example", "molde", None), ("info@kommune.example", None, None),
        ]  # fmt: skip


def test_every_mail_sees_the_notices_in_force_and_no_other(store: Store) -> None:
    with store.begin() as session:
        active = notices.add(session, notice(), ())
        notices.add(session, notice(starts_at=NOW + HOUR, ends_at=None), ())
        notices.add(session, notice(ends_at=NOW), ())
        closed = notices.add(session, notice(ends_at=None), ())
        notices.change(session, notice(id=closed, closed_at=NOW), over_at=NOW)
        unending = notices.add(session, notice(ends_at=None, starts_at=NOW), ())
        view = views.load_view(session, NOTHING, desk=DESK, keyring=KEYRING, now=NOW)
        assert [one.id for one in view.notices] == [active, unending]


def test_what_runs_out_is_put_on_record_once(store: Store) -> None:
    with store.begin() as session:
        number = notices.add(session, notice(), ())
        assert not notices.any_running_out(session, NOW)
        assert notices.any_running_out(session, NOW + HOUR)
        assert [one.id for one in notices.run_out(session, NOW + HOUR)] == [number]
        assert notices.run_out(session, NOW + HOUR) == ()
        assert notices.listed(session, NOW + 2 * HOUR) == ()
        assert [one.id for one in notices.listed(session, NOW)] == [number]
        assert [one.id for one in notices.listed(session)] == [number]


def test_the_post_of_a_notice_is_marked_step_by_step(store: Store) -> None:
    with store.begin() as session:
        number = notices.add(session, notice(), (IKT, INFO))
        assert [person for _, person in notice_post.unannounced(session, 5)] == [IKT, INFO]
        letter = letter_of(session, "notice")
        notice_post.announced(session, number, IKT.address, letter)
        assert [person for _, person in notice_post.unannounced(session, 5)] == [INFO]
        told = notices.add_update(session, news(number))
        ((about, update, person, message_id),) = notice_post.behind(session, NOW, 5)
        assert (about.id, update.id, person) == (number, told, IKT)
        assert message_id is not None
        notice_post.told_receiver(session, number, IKT.address, told)
        assert notice_post.behind(session, NOW, 5) == ()


def test_long_after_the_end_nobody_is_written_to(store: Store) -> None:
    with store.begin() as session:
        number = notices.add(session, notice(), (IKT, INFO))
        notice_post.announced(session, number, IKT.address, letter_of(session, "notice"))
        notices.add_update(session, news(number, closing=True))
        notices.change(session, notice(id=number, closed_at=NOW), over_at=NOW)
        assert notice_post.unannounced(session, 5) == ()
        assert len(notice_post.behind(session, NOW + dt.timedelta(days=1), 5)) == 1
        assert notice_post.behind(session, NOW + dt.timedelta(days=3), 5) == ()


def test_cases_under_a_notice_are_told_settled_and_never_twice(store: Store) -> None:
    with store.begin() as session:
        number = notices.add(session, notice(), ())
        early = notices.add_update(session, news(number, to_cases=True))
        case_id = case_of(session)
        put_under(session, case_id, number)
        put_under(session, case_id, number)
        assert notices.notices_of(session, case_id) == (number,)
        assert notice_post.cases_behind(session, 5) == ()
        late = notices.add_update(session, news(number, to_cases=True))
        assert [(one.id, case) for _, one, case in notice_post.cases_behind(session, 5)] == [(late, case_id)]
        assert late > early
        notice_post.told_case(session, number, case_id, late)
        assert notice_post.cases_behind(session, 5) == ()
        assert notice_post.unsettled(session, 5) == ()
        notices.add_update(session, news(number, closing=True))
        notices.change(session, notice(id=number, closed_at=NOW), over_at=NOW)
        assert [case for _, _, case in notice_post.unsettled(session, 5, notice_id=number)] == [case_id]
        assert notice_post.unsettled(session, 5, case_id=case_id + 1) == ()
        notice_post.settle(session, number, case_id, NOW)
        assert notice_post.unsettled(session, 5) == ()
        (under,) = notices.cases_under(session, [number])[number]
        assert (under.case_id, under.status, under.settled_at) == (case_id, "new", NOW)


def test_a_confirmation_is_the_receivers_own(store: Store) -> None:
    with store.begin() as session:
        number = notices.add(session, notice(), (IKT, INFO))
        key = once_key(number, 0, IKT.address.casefold())
        letter = letter_of(session, "notice", None, IKT.address.lower(), once=key)
        for moment in (NOW, NOW + HOUR):
            apply(session, Decision(kind="ignore", changes=(NoticeRead(letter_id=letter),)), now=moment)
        people = notices.receivers_of(session, [number])[number]
        assert {one.address: one.acknowledged_at for one in people} == {IKT.address: NOW, INFO.address: None}
        other = letter_of(session, "alert")
        apply(session, Decision(kind="ignore", changes=(NoticeRead(letter_id=other),)), now=NOW)


def test_two_daemons_write_the_post_in_turn(store: Store, another: OpenStore) -> None:
    with store.begin() as session:
        number = notices.add(session, notice(), (IKT,))
    second = another()
    seen: list[int] = []

    def write(database: Store) -> None:
        with database.begin() as session:
            lock(session, ("notices",))
            for _, person in notice_post.unannounced(session, 5):
                seen.append(1)
                notice_post.announced(session, number, person.address, letter_of(session, "notice"))

    threads = [threading.Thread(target=write, args=(database,)) for database in (store, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1]


def test_a_surge_is_remembered_with_its_words_and_cases(store: Store) -> None:
    with store.begin() as session:
        surges.remember(session, KnownSurge(words=("visma",), case_ids=(1, 2)), NOW)
        assert surges.known_surges(session, NOW) == (KnownSurge(words=("visma",), case_ids=(1, 2)),)
        assert surges.known_surges(session, NOW + HOUR) == ()


def test_the_cases_of_a_window_come_with_their_words(store: Store) -> None:
    with store.begin() as session:
        early = replace(OPEN, subject="Gerica henger")
        apply(session, decision(early, mail(1, text="Treg")), now=NOW - HOUR)
        late = apply(session, decision(replace(OPEN, subject="Visma nede"), mail(2, text="Hvit side")), now=NOW)
        new = late.case_id or 0
        assert surges.enough_opened(session, NOW, 1)
        assert not surges.enough_opened(session, NOW, 2)
        (case,) = surges.opened_since(session, NOW)
        assert (case.case_id, case.words) == (new, {"visma", "hvit", "side"})
        assert "firma.example" in case.who
        assert surges.words_before(session, new, ["gerica", "visma"]) == ({"gerica": 1}, 1)
        put_under(session, new, notices.add(session, notice(), ()))
        assert surges.opened_since(session, NOW) == ()

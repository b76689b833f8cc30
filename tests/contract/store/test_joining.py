"""Merging, splitting and following on both databases: what is read for them, and what is written."""

from typing import Any

from sqlmodel import Session, select

from inboxd.desk.decision import AddEntry, Change, Decision, SetField
from inboxd.desk.order import Merge, Order, Split, Unmerge, Unsplit
from inboxd.desk.orders import act
from inboxd.store import tables as t
from inboxd.store import watching
from inboxd.store.apply import apply
from inboxd.store.cases import get_case, journal, survivors
from inboxd.store.engine import Store
from inboxd.store.joining import load_joining_view
from inboxd.store.rows import Applied
from tests.contract.store.values import DESK, HOUR, KEYRING, NOW, case_of


def order(db: Session, wanted: Order, number: int, into: int | None = None) -> Applied:
    view = load_joining_view(db, number, into, desk=DESK, keyring=KEYRING, now=NOW)
    decision = act(wanted, view, NOW)
    assert isinstance(decision, Decision), decision
    return apply(db, decision, now=NOW)


def put(db: Session, *changes: Change) -> Applied:
    return apply(db, Decision(kind="agent_order", changes=changes), now=NOW)


def two(db: Session) -> tuple[Any, Any]:
    return get_case(db, case_of(db, 1)), get_case(db, case_of(db, 2))


def test_a_merge_and_its_undoing(store: Store) -> None:
    with store.begin() as db:
        first, second = two(db)
        order(db, Merge(actor="admin", number=second.number, into=first.number), second.number, first.number)
    with store.begin() as db:
        assert survivors(db, (second.id,)) == {second.id: first.id}
        assert {entry.case_id for entry in journal(db, first.id)} == {first.id, second.id}
        put(db, SetField(case_id=first.id, field="category", value="hr", actor="admin"))
        assert db.exec(select(t.Case.category).where(t.Case.id == second.id)).one() == "hr"
        order(db, Unmerge(actor="admin", number=second.number), second.number)
    with store.reading() as db:
        assert survivors(db, (second.id,)) == {second.id: second.id}
        assert get_case(db, second.id).status == second.status
        assert db.exec(select(t.Link)).all() == []


def test_a_split_and_its_undoing(store: Store) -> None:
    with store.begin() as db:
        case_id, number = (case := get_case(db, case_of(db))).id, case.number
        entry = db.exec(select(t.Entry.id).where(t.Entry.case_id == case_id, t.Entry.kind == "mail_in")).one()
        note = put(db, AddEntry(case_id=case_id, kind="note", actor="kari", text="egen sak")).entry_id
        assert note is not None
        made = order(db, Split(actor="admin", number=number, entry_ids=(note,)), number).case_id
        assert made is not None
        kinds = [row.kind for row in journal(db, made) if row.kind != "event"]
        assert (kinds, [row.id for row in journal(db, case_id) if row.kind != "event"]) == (["note"], [entry])
    with store.begin() as db:
        order(db, Unsplit(actor="admin", number=number), number)
        assert survivors(db, (made,)) == {made: case_id}


def test_what_is_new_and_what_has_passed_is_found(store: Store) -> None:
    with store.begin() as db:
        case_id = case_of(db)
        put(db, SetField(case_id=case_id, field="resolution_due", value=NOW + HOUR, actor="inboxd"))
    with store.reading() as db:
        entry, case = watching.newest(db)
        assert (case, watching.cases_after(db, case)) == (case_id, (case_id,))
        assert [row.kind for row in watching.entries_after(db, entry)] == ["mail_in"]
        assert watching.passed_between(db, NOW, NOW + 2 * HOUR) == (case_id,)
        assert watching.passed_between(db, NOW + 2 * HOUR, NOW + 3 * HOUR) == ()

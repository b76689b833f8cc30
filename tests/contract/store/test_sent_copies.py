"""Which letters want a copy in the Sent folder, on both databases: each is taken by one at a time."""

from concurrent.futures import ThreadPoolExecutor

from sqlmodel import col, update

from inboxd.errors import StoreBusy
from inboxd.store import sent_copies
from inboxd.store import tables as t
from inboxd.store.engine import Store
from tests.contract.store.values import MINUTE, NOW, case_of, letter_of

FIVE = 5 * MINUTE


def take(store: Store, after: int = 0) -> int | None:
    """Take what left by then, so many minutes after the start."""
    now = NOW + after * MINUTE
    try:
        with store.begin() as session:
            due = sent_copies.take(session, "kundeservice", now=now, sent_before=now)
    except StoreBusy:
        return None
    return due.letter_id if due else None


def left(store: Store, *kinds: str, state: str = "sent") -> list[int]:
    """Let letters about one case leave; returns their ids."""
    with store.begin() as session:
        case_id = case_of(session)
        letters = [letter_of(session, kind, case_id) for kind in kinds]  # type: ignore[arg-type]  # words of the tests
        session.exec(update(t.Letter).where(col(t.Letter.id).in_(letters)).values(state=state))
    return letters


def test_a_letter_is_taken_by_one_at_a_time_and_again_only_after_a_while(store: Store) -> None:
    (answer,) = left(store, "answer")
    assert [take(store), take(store), take(store, 4), take(store, 5), take(store, 6)] == [
        answer,
        None,
        None,
        answer,
        None,
    ]


def test_of_several_daemons_one_gets_it(store: Store) -> None:
    (answer,) = left(store, "answer")
    with ThreadPoolExecutor(max_workers=4) as daemons:
        got = list(daemons.map(lambda _: take(store), range(8)))
    assert sorted(got, key=str) == [answer, *[None] * 7]


def test_a_letter_that_has_its_copy_is_never_taken_again(store: Store) -> None:
    answer, forward = left(store, "answer", "forward")
    assert [take(store), take(store)] == [answer, forward]
    with store.begin() as session:
        sent_copies.saved(session, answer, by_us=True)
        sent_copies.saved(session, forward, by_us=False)
        sent_copies.failed(session, answer, "too late", NOW)
        assert sent_copies.unsaved(session, NOW) == ()
    assert take(store, 60) is None


def test_what_a_machine_wrote_and_what_went_to_agents_is_never_taken(store: Store) -> None:
    left(store, "receipt", "agent", "notice", "refusal", "alert")
    assert take(store) is None


def test_what_did_not_leave_for_certain_is_not_taken(store: Store) -> None:
    left(store, "answer", state="unknown")
    assert take(store) is None


def test_one_that_its_server_refuses_holds_up_no_other_and_is_counted(store: Store) -> None:
    first, second = left(store, "answer", "answer")
    assert take(store) == first
    with store.begin() as session:
        sent_copies.failed(session, first, "full", NOW + FIVE)
        (told,) = sent_copies.unsaved(session, NOW)
        assert (told.mailbox, told.count, told.since, told.why) == ("kundeservice", 1, NOW, "full")
    assert [take(store, 5), take(store, 5)] == [second, first]

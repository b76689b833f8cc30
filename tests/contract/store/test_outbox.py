import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session

from inboxd.errors import Conflict, NotFound
from inboxd.mail.address import Address
from inboxd.mail.envelope import OutgoingLetter
from inboxd.mail.smtp_reply import Outcome, RecipientOutcome, SmtpReply
from inboxd.store import outbox, relays
from inboxd.store import tables as t
from inboxd.store.cases import case_row_of, journal
from inboxd.store.delivery import recipients_of
from inboxd.store.engine import Store, open_store
from inboxd.store.letters import next_undo_end, standing_since
from tests.contract.store.values import HOUR, MINUTE, NOW, case_of, draft, frozen, letter_of
from tests.servers.ports import wait_until

LATER = NOW + HOUR
LEASE = dt.timedelta(seconds=30)
OVER_AT_ONCE = dt.timedelta(0)


def claim(
    session: Session, now: dt.datetime = NOW, owner: str = "me", limit: int = 9, lease: dt.timedelta = LEASE
) -> tuple[OutgoingLetter, ...]:
    return outbox.claim(session, owner=owner, lease=lease, now=now, limit=limit)


def outcome(address: str, result: Outcome, code: int = 250) -> RecipientOutcome:
    return RecipientOutcome(address=address, outcome=result, reply=SmtpReply(code=code, enhanced_status="", text="so"))


def record(session: Session, letter_id: int, state: str, *results: RecipientOutcome, owner: str = "me") -> bool:
    next_attempt = LATER if state == "deferred" else None
    return outbox.record(
        session, letter_id, owner=owner, recipients=results, state=state, next_attempt_at=next_attempt, now=NOW,
        last_reply="250 so",
    )  # fmt: skip


def state(session: Session, letter_id: int) -> str:
    return outbox.get_letter(session, letter_id).state


def test_a_letter_leaves_as_it_was_frozen(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        cc = (Address(name="", address="per@firma.example"), Address(name="", address="ola@firma.example"))
        letter_id = letter_of(session, "answer", case_id, "ola@firma.example", cc=cc)
        (letter,) = claim(session)
        shown = outbox.get_letter(session, letter_id)
    written = frozen(letter_id)
    assert (letter.id, letter.octets, letter.message_id) == (letter_id, written.octets, written.message_id)
    assert (letter.mail_from, letter.fallback_from) == (written.mail_from, written.fallback_from)
    assert letter.rcpt_tos == ("ola@firma.example", "per@firma.example")
    assert (letter.attempts, letter.created_at, letter.resent) == (0, NOW, False)
    assert (shown.to, shown.cc, shown.state) == (("ola@firma.example",), ("per@firma.example",), "active")
    assert (shown.prefix, shown.number, shown.subject) == ("KS", 1000, written.subject)


def test_a_case_gets_one_receipt_and_no_second(store: Store) -> None:
    with store.begin() as session:
        first, second = case_of(session, 1), case_of(session, 2)
        letter_of(session, "receipt", first)
        assert outbox.reserve(session, draft("receipt", first), case_id=first, now=LATER) is None
        assert outbox.reserve(session, draft("receipt", second), case_id=second, now=LATER) is not None
        assert outbox.reserve(session, draft("answer", first), case_id=first, now=LATER) is not None


def test_letters_to_people_outside_stand_on_the_journal_and_letters_to_agents_do_not(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        answer = letter_of(session, "answer", case_id)
        letter_of(session, "agent", case_id, "kari@desk.example")
        letter_of(session, "alert", None, "drift@desk.example")
        _, entry = journal(session, case_id)
        row = case_row_of(session, case_id)
    assert (entry.kind, entry.actor, entry.text) == ("mail_out", "kari", "Hei")
    assert entry.message_id == frozen(answer).message_id
    assert entry.delivery is not None
    assert (entry.delivery.id, entry.delivery.state) == (answer, "queued")
    assert row.last_actor == "kari"


def test_a_receipt_is_not_the_last_word_on_a_case(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        before = case_row_of(session, case_id)
        letter_of(session, "receipt", case_id, actor="inboxd")
        after = case_row_of(session, case_id)
    assert after.last_actor == before.last_actor
    assert after.version == before.version + 1


def test_only_letters_that_are_due_are_claimed(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        now = letter_of(session, "answer", case_id)
        soon = letter_of(session, "answer", case_id, delay=dt.timedelta(seconds=10))
        letter_of(session, "receipt", case_id, held="above the cap")
        outbox.reserve(session, draft("answer", case_id), case_id=case_id, now=NOW)
        assert [letter.id for letter in claim(session)] == [now]
        assert outbox.next_due(session, NOW) == NOW + dt.timedelta(seconds=10)
        assert [letter.id for letter in claim(session, NOW + dt.timedelta(seconds=10))] == [soon]
        assert outbox.next_due(session, NOW) is None


def test_a_claim_is_limited_and_takes_the_oldest_first(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        ids = [letter_of(session, "answer", case_id) for _ in range(3)]
        assert [letter.id for letter in claim(session, limit=2)] == ids[:2]


def test_a_claim_can_be_for_one_mailbox(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        letter_of(session, "answer", case_id)
        other = letter_of(session, "answer", case_id, mailbox="it")
        claimed = outbox.claim(session, owner="me", lease=LEASE, now=NOW, limit=9, mailbox="it")
    assert [letter.id for letter in claimed] == [other]


def test_a_letter_with_one_recipient_refused_for_now_serves_only_that_one_again(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session, "answer", case_of(session, 1), "a@x", "b@x", "c@x")
        claim(session)
        results = (
            outcome("A@x", Outcome.DELIVERED),
            outcome("b@x", Outcome.TRANSIENT, 450),
            outcome("c@x", Outcome.PERMANENT, 550),
        )
        assert record(session, letter_id, "deferred", *results)
        assert claim(session) == ()
        assert outbox.next_due(session, NOW) == LATER
        (again,) = claim(session, LATER)
        assert (again.rcpt_tos, again.attempts) == (("b@x",), 1)
        record(session, letter_id, "sent", outcome("b@x", Outcome.DELIVERED))
        letter = outbox.get_letter(session, letter_id)
    assert [(r.state, r.reply) for r in letter.recipients] == [
        ("sent", "250 so"), ("sent", "250 so"), ("failed", "550 so"),
    ]  # fmt: skip
    assert (letter.state, letter.attempts, letter.next_attempt_at) == ("sent", 2, None)


def test_giving_up_fails_everybody_who_was_not_served(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session, "answer", case_of(session, 1), "a@x", "b@x")
        claim(session)
        record(session, letter_id, "failed", outcome("a@x", Outcome.DELIVERED), outcome("b@x", Outcome.TRANSIENT, 450))
        assert [r.state for r in outbox.get_letter(session, letter_id).recipients] == ["sent", "failed"]


def test_a_result_of_somebody_who_lost_the_letter_is_not_recorded(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session, "answer", case_of(session, 1))
        claim(session, lease=OVER_AT_ONCE)
        assert not record(session, letter_id, "sent", owner="somebody else")
        assert state(session, letter_id) == "active"
        outbox.recover(session, now=NOW)
        assert not record(session, letter_id, "sent")
        assert state(session, letter_id) == "unknown"


def test_a_letter_given_back_counts_no_attempt(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session, "answer", case_of(session, 1))
        claim(session)
        outbox.unclaim(session, (letter_id,), "somebody else")
        assert state(session, letter_id) == "active"
        outbox.unclaim(session, (letter_id,), "me")
        (letter,) = claim(session)
    assert letter.attempts == 0


def test_a_deferred_relay_keeps_its_whole_queue_waiting(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        letter_of(session, "answer", case_id)
        other = letter_of(session, "answer", case_id, mailbox="it")
        outbox.defer_relay(session, "kundeservice", LATER, "no connection", NOW)
        outbox.defer_relay(session, "kundeservice", LATER, "still none", NOW + MINUTE)
        assert [letter.id for letter in claim(session)] == [other]
        assert outbox.next_due(session, NOW) == LATER
        (relay,) = outbox.list_relays(session)
        assert (relay.failing_since, relay.last_error) == (NOW, "still none")
        outbox.relay_ok(session, "kundeservice")
        outbox.relay_ok(session, "never heard of")
        assert len(claim(session)) == 1
        (relay,) = outbox.list_relays(session)
        assert (relay.failing_since, relay.last_error, relay.deferred_until) == (None, None, None)


@pytest.mark.parametrize("order", ["retry", "release"])
def test_a_relay_that_rests_is_tried_at_once_when_a_person_says_so(store: Store, order: str) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        letter_id = letter_of(session, "answer", case_id, held="for a person" if order == "release" else None)
        outbox.defer_relay(session, "kundeservice", LATER, "connection refused", NOW)
        assert claim(session) == ()
        getattr(outbox, order)(session, letter_id, NOW)
        assert [letter.id for letter in claim(session)] == [letter_id]
        (relay,) = outbox.list_relays(session)
    assert (relay.deferred_until, relay.failing_since, relay.last_error) == (None, NOW, "connection refused")


def test_a_refused_null_sender_is_remembered_for_a_day(store: Store) -> None:
    with store.begin() as session:
        assert not outbox.null_sender_known_refused(session, "it", NOW)
        outbox.null_sender_refused(session, "it", NOW)
        assert outbox.null_sender_known_refused(session, "it", NOW + 23 * HOUR)
        assert not outbox.null_sender_known_refused(session, "it", NOW + 24 * HOUR)
        outbox.relay_ok(session, "it")
        assert outbox.null_sender_known_refused(session, "it", NOW)


def test_what_a_killed_daemon_had_in_hand_is_unknown_afterwards(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session, "answer", case_of(session, 1))
    with store.begin() as session:
        claim(session, owner="dead", lease=OVER_AT_ONCE)
    with store.begin() as session:
        (lost,) = outbox.recover(session, now=NOW + LEASE)
        assert (lost.id, lost.kind, lost.state) == (letter_id, "answer", "unknown")
        assert outbox.recover(session, now=NOW + LEASE) == ()
        assert claim(session, LATER) == ()


def test_the_letters_of_a_living_daemon_are_left_alone(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session, "answer", case_of(session, 1))
        claim(session, owner="alive", lease=OVER_AT_ONCE)
        assert outbox.recover(session, living="alive", now=LATER) == ()
        if store.dialect == "postgresql":
            assert outbox.renew(session, letter_id, owner="alive", lease=LEASE)
            assert outbox.recover(session, now=LATER) == ()  # whatever the host's clock says


def test_a_lease_is_renewed_by_its_owner_only_and_while_the_letter_is_in_hand(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session, "receipt", case_of(session, 1))
        claim(session, owner="slept", lease=OVER_AT_ONCE)
        assert not outbox.renew(session, letter_id, owner="another", lease=LEASE)
        outbox.recover(session, living="another", now=LATER)
        assert not outbox.renew(session, letter_id, owner="slept", lease=LEASE)
        assert not record(session, letter_id, "sent", owner="slept")
        assert state(session, letter_id) == "unknown"


def test_a_claim_that_its_owner_does_not_know_of_is_given_back_uncounted(store: Store) -> None:
    with store.begin() as session:
        ids = [letter_of(session, "answer", case_of(session, n), mailbox=box) for n, box in ((1, "it"), (2, "print"))]
        claim(session)
        outbox.forget_claims(session, "another", "it")
        assert [state(session, letter_id) for letter_id in ids] == ["active", "active"]
        outbox.forget_claims(session, "me", "it")
        assert [state(session, letter_id) for letter_id in ids] == ["queued", "active"]
        assert [(letter.id, letter.attempts) for letter in claim(session)] == [(ids[0], 0)]


def test_an_answer_of_unknown_outcome_is_sent_once_more_and_not_twice(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session, "answer", case_of(session, 1), "a@x", "b@x")
        claim(session)
        record(session, letter_id, "unknown", outcome("a@x", Outcome.DELIVERED), outcome("b@x", Outcome.UNKNOWN, 0))
        outbox.resend_once(session, letter_id, NOW)
        (again,) = claim(session)
        assert (again.rcpt_tos, again.resent, again.message_id) == (("b@x",), True, frozen(letter_id).message_id)
        record(session, letter_id, "unknown", outcome("b@x", Outcome.UNKNOWN, 0))
        with pytest.raises(Conflict):
            outbox.resend_once(session, letter_id, NOW)
        outbox.retry(session, letter_id, NOW)
        assert [letter.rcpt_tos for letter in claim(session)] == [("b@x",)]


def test_a_bounce_that_comes_before_the_last_recipient_is_served_is_not_forgotten(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session, "answer", case_of(session, 1), "a@x", "b@x")
        claim(session)
        row = recipients_of(session, letter_id)[0]
        row.state = "bounced"
        record(session, letter_id, "sent", outcome("b@x", Outcome.DELIVERED))
        assert state(session, letter_id) == "bounced"


def test_a_held_letter_waits_until_it_is_released(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session, "answer", case_of(session, 1))
        outbox.hold(session, letter_id, "let me think")
        assert outbox.get_letter(session, letter_id).hold_reason == "let me think"
        assert claim(session) == ()
        outbox.release(session, letter_id, NOW)
        assert [letter.id for letter in claim(session)] == [letter_id]


def test_a_letter_that_was_never_written_is_not_released(store: Store) -> None:
    with store.begin() as session:
        letter_id = outbox.reserve(session, draft("alert"), case_id=None, now=NOW)
        assert letter_id is not None
        with pytest.raises(Conflict):
            outbox.release(session, letter_id, NOW)
        outbox.cancel(session, letter_id)
        assert state(session, letter_id) == "cancelled"


@pytest.mark.parametrize(
    ("given", "order"),
    [
        ("sent", lambda s, i: outbox.retry(s, i, NOW)),
        ("active", lambda s, i: outbox.retry(s, i, NOW)),
        ("sent", lambda s, i: outbox.hold(s, i, "")),
        ("queued", lambda s, i: outbox.release(s, i, NOW)),
        ("sent", outbox.cancel),
        ("active", outbox.cancel),
        ("sent", lambda s, i: outbox.resend_once(s, i, NOW)),
    ],
)
def test_an_order_that_comes_too_late_is_a_conflict(
    store: Store, given: str, order: Callable[[Session, int], None]
) -> None:
    with store.begin() as session:
        letter_id = letter_of(session, "answer", case_of(session, 1))
        session.get_one(t.Letter, letter_id).state = given
        with pytest.raises(Conflict):
            order(session, letter_id)


def test_a_letter_nobody_wrote_is_not_found(store: Store) -> None:
    with store.begin() as session:
        for order in (outbox.get_letter, outbox.cancel, outbox.octets_of):
            with pytest.raises(NotFound):
                order(session, 99)


def test_the_list_is_newest_first_and_the_counts_add_up(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        answer = letter_of(session, "answer", case_id)
        receipt = letter_of(session, "receipt", case_id, held="cap")
        alert = letter_of(session, "alert", None, "drift@desk.example", delay=HOUR)
        assert [row.id for row in outbox.list_letters(session)] == [alert, receipt, answer]
        assert [row.id for row in outbox.list_letters(session, case_id=case_id, limit=1)] == [receipt]
        assert [row.id for row in outbox.list_letters(session, state=("queued",), kind=("answer",))] == [answer]
        counted = outbox.counts(session)
        assert (counted.of("queued"), counted.of("hold"), counted.of("sent")) == (2, 1, 0)
        assert counted.oldest_waiting == NOW
        assert outbox.held_receipts(session) == 1
        assert outbox.get_letter(session, alert).number is None


def test_where_sending_is_stopped_nothing_is_claimed(store: Store) -> None:
    with store.begin() as session:
        letter_of(session)
        letter_of(session, mailbox="drift")
        assert relays.hold_sending(session, "drift", "kari", NOW)
        assert not relays.hold_sending(session, "drift", "per", LATER)
    with store.begin() as session:
        assert outbox.next_due(session, NOW, "drift") is None
        assert [letter.mailbox for letter in claim(session)] == ["kundeservice"]
    with store.begin() as session:
        relays.hold_sending(session, relays.WHOLE_DESK, "per", LATER)
        letter_of(session, delay=HOUR)
    with store.begin() as session:
        assert claim(session, LATER) == ()
        assert outbox.next_due(session, NOW) is None
        assert next_undo_end(session, NOW) is None
        assert [(held.mailbox, held.at, held.by) for held in relays.held_sending(session)] == [
            ("", LATER, "per"), ("drift", NOW, "kari"),
        ]  # fmt: skip
        assert len(relays.release_sending(session, relays.WHOLE_DESK)) == 2
        assert relays.release_sending(session, "drift") == ()
    with store.begin() as session:
        assert next_undo_end(session, NOW) == LATER
        assert len(claim(session, LATER)) == 2


def test_since_when_letters_are_in_trouble_is_known(store: Store) -> None:
    with store.begin() as session:
        first, second = letter_of(session), letter_of(session)
        assert standing_since(session, "unknown") is None
    for letter_id, at in ((first, NOW), (second, LATER)):
        with store.begin() as session:
            assert [letter.id for letter in claim(session, limit=1, lease=OVER_AT_ONCE)] == [letter_id]
            outbox.recover(session, now=at)
    with store.reading() as session:
        assert standing_since(session, "unknown") == NOW


@pytest.mark.servers("postgres")
def test_on_postgresql_who_stops_the_sending_waits_for_the_claims_under_way(postgres_url: str) -> None:
    """Nothing is taken in hand after the commit of the hold: not by a claim either that had read before it."""
    store = open_store(postgres_url)
    with store.begin() as session:
        letter_of(session)
        letter_of(session)
    with ThreadPoolExecutor(1) as pool:
        with store.begin() as session:
            assert len(claim(session, limit=1)) == 1
            stopped = pool.submit(stop_sending, store)
            wait_until(lambda: stopped.done() or waits(store), what="whoever stops the sending")
            assert not stopped.done()
        stopped.result(timeout=20)
    with store.begin() as session:
        assert claim(session) == ()
    store.close()


def stop_sending(store: Store) -> None:
    with store.begin() as session:
        assert relays.hold_sending(session, relays.WHOLE_DESK, "kari", NOW)


def waits(store: Store) -> bool:
    """Say whether anybody waits for one of our locks in this database."""
    with store.reading() as session:
        ungranted = "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
        ungranted += "WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
        return bool(session.connection().exec_driver_sql(ungranted).scalar_one())

"""What is kept of the admin's rules and of who was refused, alike on both databases."""

import datetime as dt

from inboxd.desk.decision import RulesHit
from inboxd.desk.desk import Cap, ReceiptPolicy
from inboxd.store import incoming, outbox
from inboxd.store.apply import apply
from inboxd.store.engine import Session, Store
from inboxd.store.routing import hits_by_rule
from inboxd.store.senders import receipt_counts
from tests.contract.store.values import HOUR, NOW, decision, draft, inbox, letter_of, raw


def hit(session: Session, *rules: str, mail: int | None = None, now: dt.datetime = NOW) -> None:
    apply(session, decision(RulesHit(rules=rules)), now=now, incoming_id=mail)


def two_mails(session: Session) -> tuple[int, ...]:
    folder = inbox(session)
    incoming.save(session, folder, [raw(1), raw(2)], now=NOW, silent=False)
    return tuple(sorted(row.id for row in incoming.list_incoming(session)))


def test_a_rule_is_counted_once_a_mail_however_often_it_was_decided_on(store: Store) -> None:
    with store.begin() as db:
        first, second = two_mails(db)
        hit(db, "skriver", "alle", mail=first)
        hit(db, "skriver", mail=first, now=NOW + HOUR)
        hit(db, "skriver", mail=second)
    with store.reading() as db:
        assert hits_by_rule(db, None, None) == {"skriver": (2, NOW + HOUR), "alle": (1, NOW)}


def test_hits_without_a_mail_of_the_ledger_are_counted_each(store: Store) -> None:
    with store.begin() as db:
        hit(db, "skriver")
        hit(db, "skriver")
        (mail, _) = two_mails(db)
        hit(db, "skriver", mail=mail)
    with store.reading() as db:
        assert hits_by_rule(db, None, None) == {"skriver": (3, NOW)}


def test_a_time_has_its_first_moment_and_not_its_last(store: Store) -> None:
    with store.begin() as db:
        for hours in (0, 1, 2):
            hit(db, f"rule {hours}", now=NOW + hours * HOUR)
    with store.reading() as db:
        assert set(hits_by_rule(db, NOW + HOUR, NOW + 2 * HOUR)) == {"rule 1"}
        assert set(hits_by_rule(db, NOW + HOUR, None)) == {"rule 1", "rule 2"}
        assert set(hits_by_rule(db, None, NOW + HOUR)) == {"rule 0"}


def test_a_refusal_of_the_same_sender_and_day_is_written_once(store: Store) -> None:
    with store.begin() as db:
        letter_of(db, "refusal", None, "per@elev.example", once="refusal:per@elev.example:2026-03-09")
        again = draft("refusal", None, "per@elev.example", once="refusal:per@elev.example:2026-03-09")
        assert outbox.reserve(db, again, case_id=None, now=NOW) is None
        tomorrow = draft("refusal", None, "per@elev.example", once="refusal:per@elev.example:2026-03-10")
        assert outbox.reserve(db, tomorrow, case_id=None, now=NOW) is not None


def test_refusals_use_up_the_caps_as_receipts_do(store: Store) -> None:
    cap = Cap(count=5, period=dt.timedelta(hours=1))
    policy = ReceiptPolicy(per_address=cap, unknown_senders=cap, desk=cap, return_path_required=False)
    with store.begin() as db:
        letter_of(db, "refusal", None, "per@elev.example", unknown_sender=True)
        letter_of(db, "answer", None, "per@elev.example")
        counts = receipt_counts(db, ("per@elev.example",), policy, NOW)
    assert (counts.to_address, counts.to_unknown, counts.by_desk) == (1, 1, 1)

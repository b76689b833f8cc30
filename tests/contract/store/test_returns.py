"""What a mail may have brought back is found by the numbers and words in it, on both databases."""

import datetime as dt
from dataclasses import replace

from sqlmodel import Session

from inboxd.desk.evidence import Evidence
from inboxd.desk.letters.loop import CIRCLES
from inboxd.desk.view import KnownReceipt, Lookup
from inboxd.store import outbox
from inboxd.store.apply import apply
from inboxd.store.engine import Store
from inboxd.store.returns import NEWEST_RECEIPTS, known_receipts, receipts_going_round, same_words
from tests.contract.store.values import HOUR, NOTHING, NOW, OPEN, case_of, decision, letter_of, mail, person

DAY = dt.timedelta(days=1)
WORDS = ("Takk", "Vi har lest det.")


def opened_by(session: Session, number: int, *, rule: str = "assign", words: tuple[str, str] = WORDS) -> int:
    """Open a case by a mail of these words with this evidence, and write its receipt."""
    entry = mail(number, subject=words[0], text=words[1], evidence=(Evidence(rule=rule, detail="x"),))
    opening = replace(OPEN, requester=person(f"p{number}@kommune.example"))
    applied = apply(session, decision(opening, entry), now=NOW)
    assert applied.case_id is not None
    return letter_of(session, "receipt", applied.case_id, now=NOW)


def asked(words: tuple[str, str] | None = WORDS, writer: str = "x@firma.example") -> Lookup:
    return replace(NOTHING, words=words, addresses=(writer,))


def test_a_case_of_the_day_is_known_with_its_receipt_and_what_opened_it(store: Store) -> None:
    with store.begin() as session:
        opened_by(session, 1)
        opened_by(session, 2, rule="our_words")
        opened_by(session, 3, rule="reference_stranger")
        case_of(session, 4)
    with store.reading() as session:
        found = known_receipts(session, (1000, 1001, 1002, 1003, 1099), NOW)
        assert known_receipts(session, (1000,), NOW + DAY) == ()
    assert sorted(found, key=lambda one: one.number) == [
        KnownReceipt(number=1000, prefix="KS", text="Hei", brought_back=False),
        KnownReceipt(number=1001, prefix="KS", text="Hei", brought_back=True),
        KnownReceipt(number=1002, prefix="KS", text="Hei", brought_back=True),
        KnownReceipt(number=1003, prefix="KS", text="", brought_back=False),
    ]


def test_the_same_words_are_counted_among_the_newest_receipts_of_the_hour(store: Store) -> None:
    with store.begin() as session:
        for number in (1, 2):
            opened_by(session, number)
        opened_by(session, 3, words=("Takk", "Noe annet."))
    with store.reading() as session:
        assert same_words(session, asked(), NOW) == (2, 0)
        assert same_words(session, asked(writer="P1@kommune.example"), NOW) == (2, 1)
        assert same_words(session, asked(("Hei", WORDS[1])), NOW) == (0, 0)
        assert same_words(session, asked(None), NOW) == (0, 0)
        assert same_words(session, replace(asked(), addresses=()), NOW) == (2, 0)
        assert same_words(session, asked(), NOW + HOUR) == (0, 0)
    with store.begin() as session:
        for number in range(10, 10 + NEWEST_RECEIPTS):
            letter_of(session, "receipt", case_of(session, number), now=NOW + dt.timedelta(minutes=1))
        assert same_words(session, asked(), NOW) == (0, 0)


def test_receipts_held_for_going_round_are_counted_since_the_oldest(store: Store) -> None:
    with store.begin() as session:
        assert receipts_going_round(session) == (0, None)
        for number, rule in enumerate((*CIRCLES, "R12-cap-desk")):
            letter_of(session, "receipt", case_of(session, number), now=NOW + number * HOUR, held=f"{rule}: so")
        assert receipts_going_round(session) == (len(CIRCLES), NOW)
        outbox.cancel(session, 1)
        assert receipts_going_round(session) == (len(CIRCLES) - 1, NOW + HOUR)

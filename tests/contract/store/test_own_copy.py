"""What our own copy of a letter proves, whenever it comes, on both databases."""

import pytest
from sqlmodel import Session

from inboxd.desk.decision import CopyCame, Decision, HoldAnswers, RecordDelivery
from inboxd.desk.view import KnownLetter
from inboxd.errors import StoreBusy
from inboxd.mail.address import Address
from inboxd.mail.message import ReportedRecipient
from inboxd.mail.smtp_reply import Outcome, RecipientOutcome, SmtpReply
from inboxd.store import outbox
from inboxd.store.apply import apply
from inboxd.store.cases import journal
from inboxd.store.delivery import record_report
from inboxd.store.engine import Store
from inboxd.store.letters import in_undo_window
from tests.contract.store.values import HOUR, MINUTE, NOW, OLA, case_of, letter_of

PER = "per@firma.example"
KARI = "kari@firma.example"


def attempt(session: Session, letter_id: int, state: str, **outcomes: Outcome) -> None:
    """Claim a letter and record one attempt; `outcomes` by the name before the @, the requester's is `ola`."""
    addresses = {"ola": OLA.address, "per": PER, "kari": KARI}
    (letter,) = outbox.claim(session, owner="me", lease=HOUR, now=NOW, limit=1)
    assert letter.id == letter_id
    said = [
        RecipientOutcome(
            address=addresses[who], outcome=outcome, reply=SmtpReply(code=451, enhanced_status="", text="so")
        )
        for who, outcome in outcomes.items()
    ]
    again = NOW if state == "deferred" else None
    assert outbox.record(
        session, letter_id, owner="me", recipients=said, state=state, next_attempt_at=again, now=NOW, last_reply="451",
    )  # fmt: skip


def copy_comes(session: Session, letter_id: int, case_id: int | None) -> None:
    change = CopyCame(letter_id=letter_id, case_id=case_id)
    apply(session, Decision(kind="ignore", outcome="ignored", changes=(change,)), now=NOW)


def state(session: Session, letter_id: int) -> str:
    return outbox.get_letter(session, letter_id).state


def states(session: Session, letter_id: int) -> list[str]:
    return [r.state for r in outbox.get_letter(session, letter_id).recipients]


def events(session: Session, case_id: int) -> list[str]:
    return [entry.text for entry in journal(session, case_id) if entry.kind == "event"]


def to_three(session: Session, case_id: int) -> int:
    return letter_of(session, "answer", case_id, cc=(Address(name="", address=PER), Address(name="", address=KARI)))


def test_a_copy_makes_an_unknown_letter_sent_and_its_case_says_so(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session)
        letter_id = letter_of(session, "answer", case_id)
        attempt(session, letter_id, "unknown", ola=Outcome.UNKNOWN)
        copy_comes(session, letter_id, case_id)
        copy_comes(session, letter_id, case_id)
        assert (state(session, letter_id), states(session, letter_id)) == ("sent", ["sent"])
        assert events(session, case_id) == [f"letter {letter_id} was sent: our own copy came back"]


def test_a_copy_ends_the_one_re_send_that_waits(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session)
        attempt(session, letter_id, "unknown", ola=Outcome.UNKNOWN)
        outbox.resend_once(session, letter_id, NOW + MINUTE)
        copy_comes(session, letter_id, None)
        assert state(session, letter_id) == "sent"
        assert outbox.claim(session, owner="me", lease=HOUR, now=NOW + HOUR, limit=1) == ()


def test_a_copy_that_is_quicker_than_the_relay_s_answer_counts_when_the_attempt_is_recorded(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session)
        outbox.claim(session, owner="me", lease=HOUR, now=NOW, limit=1)
        copy_comes(session, letter_id, None)
        assert state(session, letter_id) == "active"
        unknown = RecipientOutcome(
            address=OLA.address, outcome=Outcome.UNKNOWN, reply=SmtpReply(code=0, enhanced_status="", text="gone")
        )
        assert outbox.record(
            session, letter_id, owner="me", recipients=[unknown], state="unknown", next_attempt_at=None, now=NOW,
            last_reply="gone",
        )  # fmt: skip
        outbox.resend_once(session, letter_id, NOW)
        assert state(session, letter_id) == "sent"


def test_a_copy_of_a_letter_never_tried_proves_nothing(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session)
        copy_comes(session, letter_id, None)
        copy_comes(session, 99, None)
        assert state(session, letter_id) == "queued"


def test_of_several_recipients_a_copy_proves_those_of_unknown_outcome(store: Store) -> None:
    with store.begin() as session:
        letter_id = to_three(session, case_of(session))
        attempt(session, letter_id, "unknown", ola=Outcome.UNKNOWN, per=Outcome.PERMANENT, kari=Outcome.UNKNOWN)
        copy_comes(session, letter_id, None)
        assert (state(session, letter_id), states(session, letter_id)) == ("failed", ["sent", "failed", "sent"])


def test_whoever_was_put_off_is_still_written_to(store: Store) -> None:
    with store.begin() as session:
        letter_id = to_three(session, case_of(session))
        attempt(session, letter_id, "deferred", ola=Outcome.UNKNOWN, per=Outcome.TRANSIENT, kari=Outcome.DELIVERED)
        copy_comes(session, letter_id, None)
        assert (state(session, letter_id), states(session, letter_id)) == ("deferred", ["sent", "deferred", "sent"])
        attempt(session, letter_id, "unknown", per=Outcome.UNKNOWN)
        assert state(session, letter_id) == "unknown"


def test_of_a_letter_held_while_it_leaves_the_decision_is_taken_again(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session)
        early, late = (letter_of(session, "answer", case_id, delay=MINUTE) for _ in range(2))
        other = letter_of(session, "answer", case_of(session, 2), delay=MINUTE)
        waiting = in_undo_window(session, [case_id], NOW)
        assert [(letter.id, letter.actor) for letter in waiting] == [(early, "kari"), (late, "kari")]
        assert in_undo_window(session, [case_id], NOW + MINUTE) == ()
        hold(session, case_id, waiting[:1])
        assert outbox.get_letter(session, early).hold_reason == "Ola wrote"
        assert events(session, case_id) == [f"letter {early} held: Ola wrote"]
        claimed = outbox.claim(session, owner="me", lease=HOUR, now=NOW + MINUTE, limit=9)
        assert [letter.id for letter in claimed] == [late, other]
    with pytest.raises(StoreBusy), store.begin() as session:
        hold(session, case_id, waiting[1:])
    with store.reading() as session:
        assert state(session, late) == "active"
        assert len(events(session, case_id)) == 1


def hold(session: Session, case_id: int, letters: tuple[KnownLetter, ...]) -> None:
    ids = tuple(letter.id for letter in letters)
    held = HoldAnswers(case_id=case_id, letter_ids=ids, reason="Ola wrote")
    apply(session, Decision(kind="add_to_case", outcome="added", changes=(held,)), now=NOW)


def test_a_copy_of_an_earlier_attempt_proves_nothing_of_one_that_a_person_asked_for(store: Store) -> None:
    with store.begin() as session:
        letter_id = letter_of(session)
        attempt(session, letter_id, "sent", ola=Outcome.DELIVERED)
        copy_comes(session, letter_id, None)
        bounced = ReportedRecipient(address=OLA.address, action="failed", status="5.2.2", diagnostic="full")
        record_report(session, RecordDelivery(letter_id=letter_id, recipients=(bounced,)), NOW)
        outbox.retry(session, letter_id, NOW)
        attempt(session, letter_id, "deferred", ola=Outcome.TRANSIENT)
        assert (state(session, letter_id), states(session, letter_id)) == ("deferred", ["deferred"])


def test_a_letter_on_hold_whose_copy_came_meanwhile_is_not_sent_again_when_it_is_released(store: Store) -> None:
    with store.begin() as session:
        letter_id, other = letter_of(session), letter_of(session)
        attempt(session, letter_id, "unknown", ola=Outcome.UNKNOWN)
        outbox.resend_once(session, letter_id, NOW + MINUTE)
        for one in (letter_id, other):
            outbox.hold(session, one, "wait")
            copy_comes(session, one, None)
        assert (state(session, letter_id), state(session, other)) == ("hold", "hold")
        assert not outbox.release(session, letter_id, NOW)
        assert outbox.release(session, other, NOW)
        assert (state(session, letter_id), state(session, other)) == ("sent", "queued")


def test_a_copy_that_came_while_one_was_refused_and_one_in_doubt_keeps_no_letter_in_hand(store: Store) -> None:
    with store.begin() as session:
        letter_id = to_three(session, case_of(session))
        outbox.claim(session, owner="me", lease=HOUR, now=NOW, limit=1)
        copy_comes(session, letter_id, None)
        gone = SmtpReply(code=0, enhanced_status="", text="gone")
        said = [
            RecipientOutcome(address=OLA.address, outcome=Outcome.UNKNOWN, reply=gone),
            RecipientOutcome(address=PER, outcome=Outcome.PERMANENT, reply=gone),
            RecipientOutcome(address=KARI, outcome=Outcome.UNKNOWN, reply=gone),
        ]
        assert outbox.record(
            session, letter_id, owner="me", recipients=said, state="unknown", next_attempt_at=None, now=NOW,
            last_reply="gone",
        )  # fmt: skip
        outbox.resend_once(session, letter_id, NOW)
        assert (state(session, letter_id), states(session, letter_id)) == ("failed", ["sent", "failed", "sent"])

import datetime as dt
from dataclasses import replace

import pytest

from inboxd.desk.backoff import Verdict, next_state, relay_backoff
from inboxd.mail.envelope import OutgoingLetter
from inboxd.mail.smtp_reply import Attempt, Outcome, RecipientOutcome, SmtpReply

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
MIDDLE = 0.5
D, T, P, U = Outcome.DELIVERED, Outcome.TRANSIENT, Outcome.PERMANENT, Outcome.UNKNOWN


def seconds(number: float) -> dt.timedelta:
    return dt.timedelta(seconds=number)


def a_letter(
    kind: str = "receipt", *, attempts: int = 0, age: dt.timedelta = dt.timedelta(0), resent: bool = False
) -> OutgoingLetter:
    return OutgoingLetter(
        id=7, mailbox="ks", kind=kind, message_id="<7@desk.example>", mail_from="", fallback_from="ks@desk.example",
        rcpt_tos=("per@x.example",), octets=b"", attempts=attempts, created_at=NOW - age, resent=resent,
    )  # fmt: skip


def an_attempt(*outcomes: Outcome) -> Attempt:
    answer = SmtpReply(code=0, enhanced_status="", text="")
    return Attempt(
        recipients=tuple(
            RecipientOutcome(address=f"{number}@x.example", outcome=outcome, reply=answer)
            for number, outcome in enumerate(outcomes)
        )
    )


def after(*outcomes: Outcome, letter: OutgoingLetter | None = None, jitter: float = MIDDLE) -> Verdict:
    return next_state(an_attempt(*outcomes), letter or a_letter(), now=NOW, jitter=jitter)


def test_a_letter_that_all_have_got_is_sent() -> None:
    assert after(D, D) == Verdict(state="sent")


def test_a_letter_refused_for_good_by_all_has_failed() -> None:
    assert after(P, P) == Verdict(state="failed")


def test_a_letter_that_one_recipient_will_never_get_has_failed() -> None:
    assert after(D, P) == Verdict(state="failed")


def test_a_letter_to_nobody_has_failed() -> None:
    assert after() == Verdict(state="failed")


@pytest.mark.parametrize("others", [(), (D,), (P,), (D, P)])
def test_a_transient_refusal_defers_the_rest(others: tuple[Outcome, ...]) -> None:
    assert after(T, *others) == Verdict(state="deferred", next_attempt_at=NOW + seconds(300))


@pytest.mark.parametrize(
    ("attempts", "wait"), [(0, 300), (1, 600), (2, 1200), (3, 2400), (4, 4000), (5, 4000), (10_000, 4000)]
)
def test_the_wait_doubles_from_five_minutes_to_4000_seconds(attempts: int, wait: int) -> None:
    assert after(T, letter=a_letter(attempts=attempts)).next_attempt_at == NOW + seconds(wait)


@pytest.mark.parametrize(("jitter", "wait"), [(0.0, 270), (1.0, 330)])
def test_jitter_spreads_the_wait_by_ten_per_cent(jitter: float, wait: int) -> None:
    assert after(T, jitter=jitter).next_attempt_at == NOW + seconds(wait)


def test_after_five_days_a_transient_refusal_is_final() -> None:
    just_before = a_letter(attempts=100, age=dt.timedelta(days=5) - seconds(1))
    assert after(T, letter=just_before).state == "deferred"
    assert after(T, letter=a_letter(attempts=100, age=dt.timedelta(days=5))) == Verdict(state="failed")


@pytest.mark.parametrize(("attempts", "state"), [(0, "deferred"), (10, "deferred"), (11, "failed")])
def test_a_letter_that_only_the_clock_made_old_is_tried_some_more(attempts: int, state: str) -> None:
    assert after(T, letter=a_letter(attempts=attempts, age=dt.timedelta(days=40))).state == state


@pytest.mark.parametrize("kind", ["receipt", "agent", "forward", "alert"])
def test_a_letter_of_unknown_outcome_stays_unknown_and_is_not_sent_again(kind: str) -> None:
    assert after(U, letter=a_letter(kind)) == Verdict(state="unknown")


def test_an_answer_of_unknown_outcome_is_sent_once_more_soon() -> None:
    assert after(U, D, letter=a_letter("answer")) == Verdict(
        state="queued", next_attempt_at=NOW + seconds(30), resend=True
    )


def test_an_answer_unknown_for_the_second_time_stays_unknown() -> None:
    assert after(U, letter=a_letter("answer", resent=True)) == Verdict(state="unknown")


def test_an_unknown_outcome_for_one_does_not_keep_the_letter_from_the_others() -> None:
    assert after(U, T).state == "deferred"
    assert after(U, T, letter=a_letter(attempts=100, age=dt.timedelta(days=6))).state == "failed"


@pytest.mark.parametrize(
    ("settled", "state"), [({D}, "sent"), ({D, P}, "failed"), ({U}, "unknown"), ({U, P}, "failed"), (set(), "sent")]
)
def test_a_letter_ends_as_it_ended_for_its_worst_served_recipient(settled: set[Outcome], state: str) -> None:
    letter = replace(a_letter("agent"), settled=frozenset(settled))
    assert after(D, letter=letter).state == state


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, 30), (1, 30), (2, 60), (5, 480), (8, 3840), (9, 4000), (10**6, 4000)]
)
def test_a_dead_relay_rests_from_30_to_4000_seconds(failures: int, wait: int) -> None:
    assert relay_backoff(failures, NOW, MIDDLE) == NOW + seconds(wait)


@pytest.mark.parametrize(
    ("failures", "refused", "wait"), [(1, 1, 30), (2, 2, 60), (3, 3, 3600), (100, 100, 3600), (3, 1, 120), (5, 2, 480)]
)
def test_a_refused_login_is_tried_three_times_and_then_once_an_hour(failures: int, refused: int, wait: int) -> None:
    assert relay_backoff(failures, NOW, MIDDLE, refused=refused) == NOW + seconds(wait)

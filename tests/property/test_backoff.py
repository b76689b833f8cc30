import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from inboxd.desk.backoff import GIVE_UP_AFTER, GIVE_UP_TRIES, LONGEST_RETRY, next_state, relay_backoff
from inboxd.mail.envelope import OutgoingLetter
from inboxd.mail.smtp_reply import Attempt, Outcome, RecipientOutcome, SmtpReply

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
JITTER = st.floats(0, 1)
KINDS = st.sampled_from(
    ["receipt", "answer", "forward", "agent", "escalation", "notice", "refusal", "confirm", "alert"]
)


@st.composite
def letters(draw: st.DrawFn) -> OutgoingLetter:
    return OutgoingLetter(
        id=draw(st.integers(1, 10**12)), mailbox="ks", kind=draw(KINDS), message_id="<7@desk.example>", mail_from="",
        fallback_from="", rcpt_tos=("per@x.example",), octets=b"", attempts=draw(st.integers(0, 10**9)),
        created_at=NOW - draw(st.timedeltas(min_value=dt.timedelta(0), max_value=dt.timedelta(days=4000))),
        resent=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def attempts(draw: st.DrawFn) -> Attempt:
    answer = SmtpReply(code=0, enhanced_status="", text="")
    outcomes = draw(st.lists(st.sampled_from(list(Outcome)), min_size=1, max_size=5))
    return Attempt(
        recipients=tuple(
            RecipientOutcome(address=f"{number}@x.example", outcome=outcome, reply=answer)
            for number, outcome in enumerate(outcomes)
        )
    )


@given(attempts(), letters(), JITTER)
def test_a_letter_either_waits_for_a_moment_to_come_or_is_at_rest(
    attempt: Attempt, letter: OutgoingLetter, jitter: float
) -> None:
    verdict = next_state(attempt, letter, now=NOW, jitter=jitter)
    if verdict.state in {"queued", "deferred"}:
        assert verdict.next_attempt_at is not None
        assert NOW < verdict.next_attempt_at <= NOW + LONGEST_RETRY * 1.1
    else:
        assert verdict.next_attempt_at is None


@given(attempts(), letters(), JITTER)
def test_only_an_answer_that_was_not_resent_is_ever_sent_again_after_an_unknown_outcome(
    attempt: Attempt, letter: OutgoingLetter, jitter: float
) -> None:
    verdict = next_state(attempt, letter, now=NOW, jitter=jitter)
    assert verdict.resend == (verdict.state == "queued")
    if verdict.resend:
        assert letter.kind == "answer"
        assert not letter.resent


@given(attempts(), letters(), JITTER)
def test_nothing_is_deferred_after_five_days_of_tries_and_nothing_is_sent_that_somebody_lacks(
    attempt: Attempt, letter: OutgoingLetter, jitter: float
) -> None:
    verdict = next_state(attempt, letter, now=NOW, jitter=jitter)
    young = NOW - letter.created_at < GIVE_UP_AFTER or letter.attempts < GIVE_UP_TRIES
    assert verdict.state != "deferred" or young
    assert (verdict.state == "sent") == all(r.outcome is Outcome.DELIVERED for r in attempt.recipients)


@given(st.integers(1, 10**9), JITTER)
def test_a_dead_relay_is_tried_again_within_an_hour_and_a_quarter(failures: int, jitter: float) -> None:
    rest = relay_backoff(failures, NOW, jitter) - NOW
    assert dt.timedelta(seconds=27) <= rest <= dt.timedelta(seconds=4400)

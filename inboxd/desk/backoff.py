"""What becomes of a letter after an attempt, and how long a dead relay's queue rests: arithmetic on outcomes and times.

Transient refusals wait 300 s, doubling to 4,000 s, for five days (RFC 5321 4.5.4.1); `jitter` in 0..1 spreads every
wait by ten per cent either way, so that a queue does not come back as one crowd. Five days count only together with a
number of tries, so that a clock that jumps ahead makes no letter fail.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, TypeAlias

from inboxd.mail.envelope import OutgoingLetter
from inboxd.mail.smtp_reply import Attempt, Outcome

FIRST_RETRY = dt.timedelta(seconds=300)
LONGEST_RETRY = dt.timedelta(seconds=4000)
GIVE_UP_AFTER = dt.timedelta(days=5)
GIVE_UP_TRIES = 12
"""Tries that a letter has had at least before it is given up: half a day of them says more than a clock that jumped."""

FIRST_REST = dt.timedelta(seconds=30)
LONGEST_REST = dt.timedelta(seconds=4000)
LOGIN_TRIES = 3
LOGIN_REST = dt.timedelta(hours=1)
RESEND_AFTER = dt.timedelta(seconds=30)
SPREAD = 0.1
MAX_DOUBLINGS = 30
"""Doublings beyond which every wait has long met its ceiling; keeps the arithmetic inside a timedelta."""

LetterState: TypeAlias = Literal["queued", "deferred", "sent", "failed", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A letter's next state. `next_attempt_at` is None where nothing more happens by itself.

    `resend` says that an answer of unknown outcome is to be sent once more: this time only.
    """

    state: LetterState
    next_attempt_at: dt.datetime | None = None
    resend: bool = False


def next_state(attempt: Attempt, letter: OutgoingLetter, *, now: dt.datetime, jitter: float) -> Verdict:
    """Return what becomes of a letter after an attempt; recipients that were served are done in any case.

    While somebody is left to try it is `deferred`; then it is what it is to the worst-served recipient of all attempts.
    An outcome that nobody knows stays so, but for an agent's answer, which is sent once more (design.md promise 4).
    """
    outcomes = {r.outcome for r in attempt.recipients}
    if Outcome.UNKNOWN in outcomes and letter.kind == "answer" and not letter.resent:
        return Verdict(state="queued", next_attempt_at=now + _spread(RESEND_AFTER, jitter), resend=True)
    if Outcome.TRANSIENT in outcomes and _worth_another_try(letter, now):
        wait = _doubled(FIRST_RETRY, letter.attempts, LONGEST_RETRY)
        return Verdict(state="deferred", next_attempt_at=now + _spread(wait, jitter))
    everybody = outcomes | letter.settled
    if not everybody or everybody & {Outcome.TRANSIENT, Outcome.PERMANENT}:
        return Verdict(state="failed")
    return Verdict(state="unknown" if Outcome.UNKNOWN in everybody else "sent")


def _worth_another_try(letter: OutgoingLetter, now: dt.datetime) -> bool:
    return now - letter.created_at < GIVE_UP_AFTER or letter.attempts + 1 < GIVE_UP_TRIES


def relay_backoff(failures: int, now: dt.datetime, jitter: float, *, refused: int = 0) -> dt.datetime:
    """Return when to try a dead relay again after so many failures in a row, this one included (1 or more).

    Where it refused the login, `refused` counts the logins refused in a row; outages do not add to them. A login is
    tried three times, then once an hour: every try may count towards a lock-out.
    """
    if refused >= LOGIN_TRIES:
        return now + LOGIN_REST
    return now + _spread(_doubled(FIRST_REST, failures - 1, LONGEST_REST), jitter)


def _doubled(first: dt.timedelta, times: int, longest: dt.timedelta) -> dt.timedelta:
    return min(first * (1 << min(max(times, 0), MAX_DOUBLINGS)), longest)


def _spread(wait: dt.timedelta, jitter: float) -> dt.timedelta:
    return wait * (1 - SPREAD + 2 * SPREAD * jitter)

"""What people do to letters in the outbox: retry, hold, release, cancel. NotFound, or Conflict if it is too late."""

import datetime as dt

from sqlmodel import Session

from inboxd.errors import Conflict, NotFound
from inboxd.store import tables as t
from inboxd.store.delivery import recipients_of, set_state
from inboxd.store.own_copy import settle_by_copy
from inboxd.store.relays import look_again

UNSERVED = frozenset({"failed", "bounced", "deferred", "unknown"})


def retry(session: Session, letter_id: int, now: dt.datetime) -> None:
    """Send a letter again, with the same octets, to everybody who did not get it or may not have got it.

    A relay that rests is tried again at once, with all that waits for it: somebody may have mended it. A copy of ours
    that was seen is forgotten: it was of an earlier attempt, and proves nothing of the one that is asked for.
    """
    letter = _letter(session, letter_id, allowed={"queued", "deferred", "failed", "bounced", "unknown"}, verb="retried")
    for row in recipients_of(session, letter_id):
        if row.state in UNSERVED:
            set_state(row, "queued", None, now)
    letter.copy_seen = False
    _queue(letter, now)
    look_again(session, letter.mailbox)


def resend_once(session: Session, letter_id: int, now: dt.datetime) -> None:
    """Queue an answer of unknown outcome for the one time that it is sent again by itself (design.md promise 4)."""
    letter = _known(session, letter_id)
    if letter.copy_seen and letter.state != "unknown":  # our own copy was here before anybody knew of the need for it
        return
    _allow(letter, {"unknown"}, verb="sent again")
    if letter.resent:
        raise Conflict(f"Letter {letter_id} was already sent once more.", hint=f"inboxd outbox retry {letter_id}")
    for row in recipients_of(session, letter_id):
        if row.state == "unknown":
            set_state(row, "queued", None, now)
    letter.resent = True
    _queue(letter, now)


def hold(session: Session, letter_id: int, reason: str) -> None:
    """Park a letter that waits."""
    letter = _letter(session, letter_id, allowed={"queued", "deferred", "hold"}, verb="held")
    letter.state, letter.hold_reason = "hold", reason


def release(session: Session, letter_id: int, now: dt.datetime) -> bool:
    """Let a parked letter go, at once also where its relay rests.

    False where it does not go: our own copy, which came meanwhile, proves that an earlier attempt arrived.
    """
    letter = _letter(session, letter_id, allowed={"hold"}, verb="released")
    if letter.octets_id is None:
        raise Conflict(f"Letter {letter_id} was never written.", hint=f"inboxd outbox cancel {letter_id}")
    _queue(letter, now)
    look_again(session, letter.mailbox)
    return not settle_by_copy(session, letter, now)


def cancel(session: Session, letter_id: int) -> None:
    """Make sure that a letter never leaves any more."""
    letter = _letter(
        session, letter_id, allowed={"queued", "deferred", "hold", "failed", "unknown", "cancelled"}, verb="cancelled"
    )
    letter.state = "cancelled"


def _letter(session: Session, letter_id: int, *, allowed: set[str], verb: str) -> t.Letter:
    letter = _known(session, letter_id)
    _allow(letter, allowed, verb)
    return letter


def _known(session: Session, letter_id: int) -> t.Letter:
    letter = session.get(t.Letter, letter_id, with_for_update=True)
    if letter is None:
        raise NotFound(f"There is no letter {letter_id}.")
    return letter


def _allow(letter: t.Letter, allowed: set[str], verb: str) -> None:
    if letter.state not in allowed:
        raise Conflict(f"Letter {letter.id} is {letter.state}: it cannot be {verb}.")


def _queue(letter: t.Letter, now: dt.datetime) -> None:
    letter.state, letter.not_before = "queued", now
    letter.next_attempt_at = letter.hold_reason = None

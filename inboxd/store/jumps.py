"""What a clock that went back left waiting in the outbox: it waits no longer than it was meant to.

A moment to come is right only as long as the clock that it was read from is. When that one is put back by two hours an
undo window of ten seconds would last two hours more. The stores remember no clock, but three things tell: a letter that
was written in the future, a retry further away than the longest wait, and a relay that rests longer than any does.
"""

import datetime as dt

from sqlmodel import Session, col, select, update

from inboxd.desk.backoff import LONGEST_REST, LONGEST_RETRY, SPREAD
from inboxd.store import tables as t

LONGEST_WAIT = max(LONGEST_REST, LONGEST_RETRY) * (1 + SPREAD)


def mend_times(session: Session, mailbox: str, now: dt.datetime) -> int:
    """Let a mailbox's letters wait by the present clock; return how many that was.

    An undo window begins again, so that it ends in its own length at most. A retry too far away is due.
    """
    mine = col(t.Letter.mailbox) == mailbox
    written_later = (mine, col(t.Letter.state) == "queued", col(t.Letter.created_at) > now)
    letters = session.exec(select(t.Letter).where(*written_later)).all()
    for letter in letters:
        letter.not_before = now + max(letter.not_before - letter.created_at, dt.timedelta(0))
        letter.created_at = now
    session.flush()
    too_far = (mine, col(t.Letter.state) == "deferred", col(t.Letter.next_attempt_at) > now + LONGEST_WAIT)
    due = session.exec(update(t.Letter).where(*too_far).values(next_attempt_at=now)).rowcount
    tried = (mine, col(t.Letter.state) == "queued", col(t.Letter.attempts) > 0)
    later = col(t.Letter.not_before) > now + LONGEST_WAIT
    due += session.exec(update(t.Letter).where(*tried, later).values(not_before=now)).rowcount
    rests = (col(t.Relay.mailbox) == mailbox, col(t.Relay.deferred_until) > now + LONGEST_WAIT)
    session.exec(update(t.Relay).where(*rests).values(deferred_until=None))
    return len(letters) + due

"""Our own copy of a letter that came back: it proves that the relay took the letter, where nobody could know."""

import datetime as dt

from sqlmodel import Session

from inboxd.store import tables as t
from inboxd.store.delivery import recipients_of, set_state

REPLY = "our own copy came back"

SETTLED_BY_COPY = frozenset({"unknown", "queued", "deferred"})
"""States of which a copy may say that they are past; a letter in hand (`active`) is asked again when it is recorded."""


def copy_came(session: Session, letter_id: int, now: dt.datetime) -> bool:
    """Note that the copy of a letter is here; return whether the letter, not known to be sent, is so by this."""
    letter = session.get(t.Letter, letter_id, with_for_update=True)
    if letter is None or letter.copy_seen:
        return False
    letter.copy_seen = True
    return settle_by_copy(session, letter, now)


def settle_by_copy(session: Session, letter: t.Letter, now: dt.datetime) -> bool:
    """Make a letter `sent` whose copy was seen; False, and nothing changed, where the copy does not prove it.

    A copy goes only with a transaction in which a recipient was accepted: of a letter to one person any copy proves
    that he has it. Of one to several it proves that for those of unknown outcome alone, after a single attempt whose
    replies are on record: a process that died in the dialogue could not say who was refused.
    """
    if not letter.copy_seen or letter.state not in SETTLED_BY_COPY or not letter.attempts:
        return False
    rows = recipients_of(session, letter.id)
    if len(rows) > 1 and (letter.attempts > 1 or letter.last_reply is None):
        return False
    proven = {"unknown", "queued"} if len(rows) > 1 else {"unknown", "queued", "deferred"}
    for row in rows:
        if row.state in proven:
            set_state(row, "sent", REPLY, now)
    states = {row.state for row in rows}
    if "deferred" in states:
        return False
    letter.state = next((state for state in ("bounced", "failed") if state in states), "sent")
    letter.next_attempt_at, letter.last_reply = None, REPLY
    session.flush()
    return True

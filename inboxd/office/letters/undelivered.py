"""What the outbox could not deliver is written on its case, and the agent hears of it."""

import logging

from inboxd.desk.undelivered import CARRIES_WORDS, not_delivered
from inboxd.logs import event
from inboxd.office.letters.freezing import write_letters
from inboxd.office.letters.responses import take_back_response
from inboxd.office.office import Office
from inboxd.store import views
from inboxd.store.apply import apply
from inboxd.store.engine import Session
from inboxd.store.letters import get_letter

log = logging.getLogger(__name__)


def tell_undelivered(office: Office, session: Session, letter_id: int, state: str) -> None:
    """Tell, in the transaction that records it, of a letter that ended as failed or unknown.

    So nobody can be killed between the outcome and the telling. Letters that carry nobody's words are only logged.
    """
    now = office.clock.now()
    letter = get_letter(session, letter_id)
    event(log, logging.WARNING, "letter.undelivered", letter=letter_id, kind=letter.kind, state=state)
    known_by_now = state == "unknown" and letter.state == "sent"  # our own copy came back meanwhile
    if letter.kind not in CARRIES_WORDS or letter.number is None or known_by_now:
        return
    view = views.load_case_view(session, letter.number, desk=office.desk, keyring=office.keyring, now=now)
    decision = not_delivered(
        view.cases[0],
        letter_id=letter_id,
        failed=state != "unknown",
        why=letter.last_reply or "the connection broke while the relay had it",
        view=view,
    )
    apply(session, decision, now=now)
    write_letters(session, decision, case_id=letter.case_id, office=office)
    if state != "unknown":
        take_back_response(office, session, letter_id, actor="inboxd")

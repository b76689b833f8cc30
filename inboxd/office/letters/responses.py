"""An answer that arrived nowhere was no response: the case waits for a person's answer again, and is measured anew."""

from inboxd.desk.case import Status
from inboxd.desk.clocks.escalation import ESCALATION
from inboxd.desk.clocks.running import follow
from inboxd.desk.decision import AddEntry, Decision, SetField, SetTimer
from inboxd.desk.report import month_of
from inboxd.office.office import Office
from inboxd.store import views
from inboxd.store.apply import apply
from inboxd.store.cases import get_case
from inboxd.store.engine import Session
from inboxd.store.letters import get_letter, list_letters
from inboxd.store.rows import LetterRow

NOWHERE = frozenset({"bounced", "failed"})
"""States of recipients who certainly do not have a letter."""


def take_back_response(office: Office, session: Session, letter_id: int, *, actor: str) -> None:
    """Take the response of a letter's case back, where the letter gave it and no answer arrived or may still arrive.

    The response of a month that is over stays: its report has been read.
    """
    letter, now = get_letter(session, letter_id), office.clock.now()
    if letter.case_id is None or letter.kind != "answer":
        return
    case = get_case(session, letter.case_id)
    if case.status is Status.MERGED or case.responded_at is None or case.responded_at < letter.created_at:
        return
    if not all(arrived_nowhere(other) for other in list_letters(session, kind=["answer"], case_id=case.id)):
        return
    if month_of(case.responded_at, office.desk.timezone) != month_of(now, office.desk.timezone):
        return
    said = f"letter {letter_id} reached nobody: the case waits for its first answer again"
    changes = (
        AddEntry(case_id=case.id, kind="event", actor=actor, text=said),
        SetField(case_id=case.id, field="responded_at", value=None, actor=actor, quiet=True),
        SetTimer(case_id=case.id, name=ESCALATION, rings_at=now),  # its first answer is due again
    )
    apply(session, Decision(kind="agent_order", changes=changes), now=now)


def respond_again(office: Office, session: Session, letter_id: int, *, actor: str) -> None:
    """Count an answer that is sent again as the response, from now on, where it was taken back."""
    letter, now = get_letter(session, letter_id), office.clock.now()
    if letter.number is None or letter.kind != "answer":
        return
    view = views.load_case_view(session, letter.number, desk=office.desk, keyring=office.keyring, now=now)
    case = view.cases[0]
    if case.responded_at is None:
        answered = SetField(case_id=case.id, field="responded_at", value=now, actor=actor, quiet=True)
        apply(session, follow(Decision(kind="agent_order", changes=(answered,)), view, now), now=now)


def arrived_nowhere(letter: LetterRow) -> bool:
    """Say whether nobody has a letter nor will: every recipient's server refused it, or it was cancelled in time."""
    states = {recipient.state for recipient in letter.recipients}
    refused = states <= NOWHERE and not (letter.resent and "failed" in states)
    return refused or (letter.state == "cancelled" and never_left(letter))


def never_left(letter: LetterRow) -> bool:
    """Say whether the relay certainly has nothing of a letter: it was not tried, or its only try was refused whole."""
    states = {recipient.state for recipient in letter.recipients}
    if not letter.attempts:
        return states <= {"queued"}
    return letter.attempts == 1 and not letter.resent and states <= {"deferred", "failed"}

"""What answering, taking and waiting do to a case, whichever order it is: the letter, the response, the status."""

import datetime as dt

from inboxd.desk.case import Case, Status
from inboxd.desk.decision import Change, Draft, SetField
from inboxd.desk.view import View
from inboxd.mail.address import Address


def answer(case: Case, actor: str, text: str, *, delay: dt.timedelta) -> Draft:
    """Return the bare draft of an agent's letter to the requester, on the thread of the requester's own mail."""
    parent = (case.last_message_id,) if case.last_message_id else ()
    return Draft(
        kind="answer",
        case_id=case.id,
        mailbox=case.mailbox,
        template="answer",
        language=case.language,
        to=(Address(name=case.requester.name, address=case.requester.address),),
        text=text,
        actor=actor,
        in_reply_to=case.last_message_id,
        references=tuple(dict.fromkeys((*case.last_references, *parent))),
        delay=delay,
    )


def answered(case: Case, actor: str, view: View, now: dt.datetime) -> tuple[Change, ...]:
    """The first answer of a person is the response that the target asks for; who answers has the case."""
    changes: tuple[Change, ...] = ()
    if case.responded_at is None:
        changes = (SetField(case_id=case.id, field="responded_at", value=now, actor=actor, quiet=True),)
    if case.undelivered:
        changes = (*changes, SetField(case_id=case.id, field="undelivered", value=False, actor=actor, quiet=True))
    return (*changes, *taken(case, actor, view))


def taken(case: Case, actor: str, view: View) -> tuple[Change, ...]:
    """Who works on a case that nobody has, has it."""
    if case.assignee is not None or view.desk.agent(actor) is None:
        return ()
    return (SetField(case_id=case.id, field="assignee", value=actor, actor=actor),)


def begun(case: Case) -> tuple[Change, ...]:
    """A new case that somebody takes is an open one; said by the taking itself."""
    return new_status(case, Status.OPEN, None, "inboxd", quiet=True) if case.status is Status.NEW else ()


def new_status(
    case: Case, status: Status, until: dt.datetime | None, actor: str, *, quiet: bool = False
) -> tuple[Change, ...]:
    """Return what another status changes, with the time when the case wakes; nothing where it stands so already."""
    changes: tuple[Change, ...] = ()
    if case.status is not status:
        changes = (SetField(case_id=case.id, field="status", value=status.value, actor=actor, quiet=quiet),)
    if case.until != until:
        changes = (*changes, SetField(case_id=case.id, field="until", value=until, actor=actor, quiet=True))
    return changes

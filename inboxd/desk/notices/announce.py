"""What is written about a notice of downtime, and to whom: the receivers, and those whose cases stand under it. Pure.

Every letter goes to one person, so that an answer tells who has read it, and nobody sees who else was written to.
"""

import datetime as dt
from dataclasses import replace

from inboxd.desk.answering import answer, answered, new_status
from inboxd.desk.case import Case, Status
from inboxd.desk.clocks.lifecycle import kept_alive
from inboxd.desk.clocks.running import follow
from inboxd.desk.decision import AddEntry, Decision, Draft, SetField
from inboxd.desk.desk import Desk
from inboxd.desk.notices.notice import Notice, NoticeUpdate, Receiver, concerns
from inboxd.desk.routing.customer import contact_of
from inboxd.desk.view import View
from inboxd.mail.address import Address, writable_address

AT_ONCE = dt.timedelta(0)


def once_key(notice_id: int, update_id: int, whom: str) -> str:
    """Return what makes a letter about a notice go to somebody once; update 0 is the notice itself."""
    return f"notice:{notice_id}:{update_id}:{whom}"


def notice_of_key(key: str | None) -> int | None:
    """Return the notice that a letter is about, by what made it go once."""
    kind, _, rest = (key or "").partition(":")
    return int(rest.partition(":")[0]) if kind == "notice" else None


def announcement(notice: Notice, receiver: Receiver, desk: Desk) -> Draft:
    """Return the first letter about a notice: what, when, what still works, and words to send on to others."""
    return Draft(
        kind="notice",
        case_id=None,
        mailbox=_mailbox(notice, desk),
        template="notice",
        language=_language(receiver.address, desk),
        to=(Address(name="", address=receiver.address),),
        about=notice.text,
        actor=notice.made_by,
        notices=(notice,),
        once=once_key(notice.id, 0, receiver.address.casefold()),
    )


def update_to_receiver(
    notice: Notice, update: NoticeUpdate, receiver: Receiver, first: tuple[str, ...], desk: Desk
) -> Draft:
    """Return a letter that goes on with the first one: `first` is its Message-ID, if it is known."""
    return Draft(
        kind="notice",
        case_id=None,
        mailbox=_mailbox(notice, desk),
        template="notice_over" if update.closing else "notice_update",
        language=_language(receiver.address, desk),
        to=(Address(name="", address=receiver.address),),
        text=update.text,
        about=notice.text,
        actor=update.actor,
        in_reply_to=next(iter(first), None),
        references=first,
        notices=(_as_of(notice, update),),
        once=once_key(notice.id, update.id, receiver.address.casefold()),
    )


def update_to_case(notice: Notice, update: NoticeUpdate, case: Case) -> Draft | None:
    """Return a letter on a case about what is new of its notice; None where nobody can be written to or all is done."""
    if not _reachable(case) or case.status.at_rest:
        return None
    return _on_case(notice, update, case, "notice_update")


def settled(notice: Notice, update: NoticeUpdate, case: Case, view: View, now: dt.datetime) -> Decision:
    """Decide what the end of a notice does to a case under it: one letter, and it is solved.

    Who has the case stays so: the end of a notice is nobody's own work. A case at rest is left alone, and a requester
    without an address that a letter can go to is told by nobody: the words stand on the case.
    """
    if case.status.at_rest:
        return Decision(kind="agent_order")
    status = new_status(case, Status.SOLVED, None, update.actor)
    if not _reachable(case):
        said = AddEntry(case_id=case.id, kind="note", actor=update.actor, text=update.text or notice.text)
        decision = Decision(kind="agent_order", changes=(said, *status))
    else:
        told = (c for c in answered(case, update.actor, view, now) if not _is_assignment(c))
        letter = _on_case(notice, update, case, "notice_closed")
        decision = Decision(kind="agent_order", changes=(*told, *status), letters=(letter,))
    return follow(kept_alive(decision, view, now), view, now)


def _reachable(case: Case) -> bool:
    """Say whether a letter can go to the requester: one that cannot be written must not stop those to all others."""
    return writable_address(case.requester.address) is not None


def _is_assignment(change: object) -> bool:
    return isinstance(change, SetField) and change.field == "assignee"


def _on_case(notice: Notice, update: NoticeUpdate, case: Case, template: str) -> Draft:
    bare = answer(case, update.actor, update.text, delay=AT_ONCE)
    return Draft(
        kind="notice",
        case_id=case.id,
        mailbox=bare.mailbox,
        template=template,
        language=bare.language,
        to=bare.to,
        text=update.text,
        about=notice.text,
        actor=update.actor,
        in_reply_to=bare.in_reply_to,
        references=bare.references,
        closed=update.closing,
        notices=(_as_of(notice, update),),
        once=once_key(notice.id, update.id, f"case {case.id}"),
    )


def _as_of(notice: Notice, update: NoticeUpdate) -> Notice:
    """Of a short warning is told as long as the work is still to come: after that nobody can prepare for it."""
    return replace(notice, short_warning=notice.short_warning and update.at < notice.starts_at)


def _mailbox(notice: Notice, desk: Desk) -> str:
    """The mailbox that serves what is hit; the first one where none does."""
    hit = (m.name for m in desk.mailboxes if notice.affects and concerns(notice.affects, m.category, desk))
    return next(hit, desk.mailboxes[0].name)


def _language(address: str, desk: Desk) -> str:
    known = contact_of(address, desk)
    return known.language if known is not None and known.language else desk.language

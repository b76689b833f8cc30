"""Splitting mails and notes off a case into one of their own, and undoing that by merging it back."""

import datetime as dt
from dataclasses import replace

from inboxd.desk.access import may_see
from inboxd.desk.case import Case, Channel, Participant, Role, Status
from inboxd.desk.clocks.deadline import due
from inboxd.desk.decision import NEW_CASE, AddEntry, Decision, Link, OpenCase
from inboxd.desk.joined import KnownEntry, MoveEntries
from inboxd.desk.merging import merge, name
from inboxd.desk.order import Merge, Refusal, Split, Unsplit
from inboxd.desk.view import View
from inboxd.mail.subject import strip_prefixes

SAID = frozenset({"mail_in", "note", "call"})
"""What somebody said: the entries that a case can be made of."""

NOT_GONE = frozenset({"queued", "deferred", "hold", "active"})
"""States of letters that are still on their way."""


def split(order: Split, view: View, now: dt.datetime) -> Decision | Refusal:
    """Decide what splitting entries off changes: a case with them, whose targets count from now. Nobody is written to.

    Opened now and not when the first of them came: what was reported of past months stays true.
    """
    case = next(case for case in view.cases if case.number == order.number)
    theirs = {entry.id: entry for entry in view.entries if entry.case_id == case.id}
    chosen = tuple(theirs[one] for one in sorted(set(order.entry_ids)) if one in theirs)
    refusal = _may_split(order, case, chosen, tuple(theirs.values()))
    if refusal is not None:
        return refusal
    ids = tuple(entry.id for entry in chosen)
    words = f"{'entry' if len(ids) == 1 else 'entries'} {', '.join(map(str, ids))}"
    changes = (
        _opened(case, chosen, view, now),
        AddEntry(case_id=NEW_CASE, kind="event", actor=order.actor, text=f"split from {name(case)}: {words}"),
        AddEntry(case_id=case.id, kind="event", actor=order.actor, text=f"split off: {words}"),
        MoveEntries(case_id=NEW_CASE, from_id=case.id, entry_ids=ids),
        Link(case_id=NEW_CASE, other_id=case.id, kind="split"),
    )
    return Decision(kind="agent_order", changes=changes)


def unsplit(order: Unsplit, view: View, now: dt.datetime) -> Decision | Refusal:
    """Decide what undoing a split changes: the case that was split off last lives on in the one it came of.

    The order names either of the two.
    """
    named = dict(view.numbers)[order.number]
    alive = {case.id for case in view.cases if case.merged_into is None}
    pairs = [(child, origin) for child, origin in view.splits if {child, origin} <= alive]
    pair = next((p for p in reversed(pairs) if p[1] == named), None) or next((p for p in pairs if p[0] == named), None)
    agent = view.desk.agent(order.actor)
    if pair is None or not all(may_see(view.desk, agent, case.category) for case in view.cases if case.id in pair):
        this = next(case for case in view.cases if case.id == named)
        return Refusal(code="conflict", message=f"nothing is split off {name(this)}, nor was it split off a case")
    child, origin = (next(case for case in view.cases if case.id == one) for one in pair)
    both = replace(view, numbers=((child.number, child.id), (origin.number, origin.id)))
    return merge(Merge(actor=order.actor, number=child.number, into=origin.number), both, now)


def _may_split(
    order: Split, case: Case, chosen: tuple[KnownEntry, ...], theirs: tuple[KnownEntry, ...]
) -> Refusal | None:
    if case.merged_into is not None:
        hint = f"`inboxd merge {name(case)} --undo` first"
        return Refusal(code="conflict", message=f"{name(case)} is merged into another case", hint=hint)
    unknown = [str(one) for one in order.entry_ids if one not in {entry.id for entry in chosen}]
    if unknown:
        hint = "`inboxd show` has the numbers (#); what came with a merged case leaves with it (merge --undo)"
        return Refusal(code="not_found", message=f"{name(case)} has no mail or note {', '.join(unknown)}", hint=hint)
    if not any(entry.kind in SAID for entry in chosen):
        return Refusal(code="usage", message="a case needs a mail, a call or a note to begin with")
    if not any(entry.kind in SAID for entry in theirs if entry not in chosen):
        return Refusal(code="conflict", message=f"nothing would be left on {name(case)}")
    if any(entry.letter is not None and entry.letter[1] in NOT_GONE for entry in chosen):
        return Refusal(code="conflict", message="one of the letters has not left yet", hint="wait, or cancel it")
    return None


def _opened(case: Case, chosen: tuple[KnownEntry, ...], view: View, now: dt.datetime) -> OpenCase:
    first = next(entry for entry in chosen if entry.kind in SAID)
    writer = next((entry.from_ for entry in chosen if entry.kind == "mail_in" and entry.from_ is not None), None)
    same = writer is None or writer.key == case.requester.address.casefold()
    requester = case.requester
    if writer is not None and not same:
        requester = Participant(address=writer.address, name=writer.name, role=Role.REQUESTER)
    dues = due(view.desk, case.priority, case.category, now)
    is_answered = any(entry.letter is not None and entry.letter[0] == "answer" for entry in chosen)
    subject = strip_prefixes(strip_prefixes(first.subject or "").replace(f"[{name(case)}]", "")).strip() or case.subject
    return OpenCase(
        mailbox=case.mailbox,
        prefix=case.prefix,
        category=case.category,
        priority=case.priority,
        assignee=case.assignee,
        subject=subject,
        channel=Channel.MAIL if first.kind == "mail_in" else case.channel,
        language=case.language,
        requester=requester,
        phone=case.phone if same else None,
        verified=False,
        response_due=None if is_answered else dues.response,
        resolution_due=dues.resolution,
        status=Status.OPEN if case.assignee else Status.NEW,
        opened_at=now,
        customer=case.customer,
        type=case.type,
    )

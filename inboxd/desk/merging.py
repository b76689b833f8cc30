"""Merging a case into another one, and undoing that.

Nothing is moved: the merged case points at the one it lives on in. So mail to the old number and
answers to old letters reach the survivor, and undoing brings back the very case.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from inboxd.desk.access import may_see
from inboxd.desk.answering import begun, new_status
from inboxd.desk.case import Case, Participant, Role, Status
from inboxd.desk.decision import AddEntry, AddParticipant, CaseField, Change, Decision, Link, SetField
from inboxd.desk.joined import KnownMerge, MergeCase, UnmergeCase
from inboxd.desk.notices.changes import OffNotice, UnderNotice
from inboxd.desk.order import Merge, Refusal, Unmerge
from inboxd.desk.reference import reference
from inboxd.desk.view import View

SLEEPING = frozenset({Status.WAITING, Status.POSTPONED})
IN_WORK = frozenset({Status.NEW, Status.OPEN})


def merge(order: Merge, view: View, now: dt.datetime) -> Decision | Refusal:
    """Decide what merging one case into another changes. Nobody is written to."""
    case, into = _numbered(view, order.number), _numbered(view, order.into)
    refusal = _may_merge(case, into, view)
    if refusal is not None:
        return refusal
    brought = tuple(_brought(case, into))
    notices = tuple(n for of, n in view.under if of == case.id and (into.id, n) not in view.under)
    targets = tuple(_sooner_targets(case, into))
    merge = KnownMerge(
        case_id=case.id, into_id=into.id, at=now, status=case.status, until=case.until, category=case.category,
        into_category=into.category, brought=tuple((p.address, p.role) for p in brought), notices=notices,
        targets=bool(targets),
    )  # fmt: skip
    changes: tuple[Change, ...] = (
        _said(case, f"merged into {name(into)}", order.actor),
        MergeCase(case_id=case.id, merge=merge, actor=order.actor),
        *new_status(case, Status.MERGED, None, order.actor, quiet=True),
        _said(into, f"{name(case)} was merged into this case", order.actor),
        Link(case_id=into.id, other_id=case.id, kind="merged"),
        *(AddParticipant(case_id=into.id, participant=person) for person in brought),
        *(UnderNotice(case_id=into.id, notice_id=n, actor=order.actor) for n in notices),
        *_taken_up(case, into, order.actor, view),
        *(replace(change, actor=order.actor) for change in targets),
    )
    return Decision(kind="agent_order", changes=changes, reason=_unheard(case, into))


def unmerge(order: Unmerge, view: View, now: dt.datetime) -> Decision | Refusal:
    """Decide what undoing a merge changes; what came since stays where it came."""
    case = _numbered(view, order.number)
    known = next((one for one in view.merges if one.case_id == case.id), None)
    if known is None:
        return Refusal(code="conflict", message=f"{name(case)} is not merged into another case")
    into = next(one for one in view.cases if one.id == known.into_id)
    if into.merged_into is not None:
        hint = f"`inboxd merge {name(into)} --undo` first"
        return Refusal(code="conflict", message=f"{name(into)} was merged itself since", hint=hint)
    category = known.category if into.category == known.into_category else into.category
    leaving = tuple(_leaving(known, into, view))
    others = {n for of, n in view.under if of in {one.case_id for one in _siblings(known, view)}}
    until = known.until if known.until is not None and known.until > now else None
    changes: tuple[Change, ...] = (
        _said(case, f"no longer merged into {name(into)}", order.actor),
        UnmergeCase(case_id=case.id, into_id=into.id, category=category, leaving=leaving, actor=order.actor),
        *new_status(case, known.status, until, order.actor, quiet=True),
        _said(into, f"{name(case)} is a case of its own again", order.actor),
        *(OffNotice(case_id=into.id, notice_id=n, actor=order.actor) for n in known.notices if n not in others),
        *_own_targets(known, into, order.actor),
    )
    return Decision(kind="agent_order", changes=changes, reason=_stays(known, case, into, view))


def name(case: Case) -> str:
    """Return a case's reference."""
    return reference(case.prefix, case.number)


def _numbered(view: View, number: int) -> Case:
    """Return the case of a number itself, merged or not: the view has it."""
    case_id = dict(view.numbers)[number]
    return next(case for case in view.cases if case.id == case_id)


def _may_merge(case: Case, into: Case, view: View) -> Refusal | None:
    if case.id == into.id:
        return Refusal(code="conflict", message=f"{name(case)} cannot be merged into itself, or what lives on in it")
    if case.merged_into is not None:
        hint = f"`inboxd merge {name(case)} --undo` first"
        return Refusal(code="conflict", message=f"{name(case)} is merged already", hint=hint)
    if into.status.at_rest and not case.status.at_rest:
        hint = f"`inboxd reopen {name(into)}` first, or `inboxd merge {name(into)} {name(case)}`"
        return Refusal(code="conflict", message=f"{name(into)} is {into.status.value}, {name(case)} is not", hint=hint)
    if any(may_see(view.desk, a, into.category) and not may_see(view.desk, a, case.category) for a in view.desk.agents):
        hint = f"`inboxd set {name(case)} --category {into.category}` first, if they may"
        why = f"some who see {into.category} may not know of what is in {case.category}"
        return Refusal(code="not_allowed", message=why, hint=hint)
    return None


def _brought(case: Case, into: Case) -> Iterator[Participant]:
    """Yield who comes to a case with another one; its requester has a copy from then on, if asked for."""
    there = {person.address.casefold() for person in into.participants}
    for person in case.participants:
        if person.address and person.address.casefold() not in there:
            yield replace(person, role=Role.CC) if person.role is Role.REQUESTER else person


def _taken_up(case: Case, into: Case, actor: str, view: View) -> Iterator[Change]:
    """Work goes on: a case that slept or was new is as open as the one that came, and not nobody's if that had one."""
    if into.status in SLEEPING and case.status in IN_WORK:
        yield from new_status(into, Status.OPEN, None, actor)
    elif not case.status.at_rest and case.status is not Status.NEW:
        yield from begun(into)
    agent = view.desk.agent(case.assignee or "")
    if into.assignee is None and agent is not None and agent.active and may_see(view.desk, agent, into.category):
        yield SetField(case_id=into.id, field="assignee", value=agent.name, actor=actor)


def _sooner_targets(case: Case, into: Case) -> Iterator[SetField]:
    """Yield the targets that the merged case had sooner, so that nobody waits longer for its being merged."""
    if case.paused_at is not None or case.status.at_rest:
        return
    pairs: list[tuple[CaseField, dt.datetime | None, dt.datetime | None]] = [
        ("resolution_due", case.resolution_due, into.resolution_due)
    ]
    if case.responded_at is None and into.responded_at is None:
        pairs.append(("response_due", case.response_due, into.response_due))
    for field, its, there in pairs:
        if its is not None and (there is None or its < there or into.paused_at is not None):
            yield SetField(case_id=into.id, field=field, value=its, actor="inboxd")


def _own_targets(known: KnownMerge, into: Case, actor: str) -> tuple[Change, ...]:
    """Let a case that took over a target count its own again: saying its priority anew does that."""
    if not known.targets:
        return ()
    return (SetField(case_id=into.id, field="priority", value=into.priority, actor=actor, quiet=True),)


def _siblings(known: KnownMerge, view: View) -> tuple[KnownMerge, ...]:
    return tuple(one for one in view.merges if one.into_id == known.into_id and one.case_id != known.case_id)


def _leaving(known: KnownMerge, into: Case, view: View) -> Iterator[str]:
    """Yield who takes no part any more: came by this merge alone, kept that role, and has written nothing there."""
    roles = {person.address.casefold(): person.role for person in into.participants}
    others = {one.case_id for one in _siblings(known, view)}
    kept = {p.address.casefold() for case in view.cases if case.id in others for p in case.participants}
    kept |= {entry.from_.key for entry in view.entries if entry.case_id == into.id and entry.from_ is not None}
    for address, role in known.brought:
        if roles.get(address.casefold()) is role and address.casefold() not in kept:
            yield address


def _unheard(case: Case, into: Case) -> str:
    """Say who gets no answer by itself any more: the other case has a requester of its own."""
    person = case.requester
    if not person.address or person.address.casefold() == into.requester.address.casefold():
        return ""
    return f"{person.name or person.address} asked in {name(case)}, and has copies of answers only with reply --all"


def _stays(known: KnownMerge, case: Case, into: Case, view: View) -> str:
    since = [str(e.id) for e in view.entries if e.case_id == into.id and e.kind == "mail_in" and e.at >= known.at]
    if not since:
        return ""
    split = f"`inboxd split {name(into)} {' '.join(since)}` takes it out"
    return f"mail that came since {name(case)} was merged stays on {name(into)}; {split}"


def _said(case: Case, text: str, actor: str) -> AddEntry:
    return AddEntry(case_id=case.id, kind="event", actor=actor, text=text)

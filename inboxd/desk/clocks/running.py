"""What a decision means to the clocks of its cases: they pause, go on and stop, targets move and are measured.

Time counts by a case's status and agent: queue (new, or nobody has it), internal (open or postponed), external (waiting
for somebody outside). The clocks stand still in external time and at rest. A case that the desk itself put off goes
on counting: nobody meets a target by postponing.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from inboxd.desk.case import Case, Status
from inboxd.desk.clocks.deadline import Dues, Pause, clock_of, due, moved
from inboxd.desk.clocks.escalation import (
    ASKED,
    ESCALATION,
    Counted,
    Run,
    after_event,
    counted,
    first_run,
    is_used,
    next_ring,
)
from inboxd.desk.clocks.hours import open_time_between, subtract_time
from inboxd.desk.clocks.service_levels import AimedAt, DeskEvent
from inboxd.desk.decision import (
    NEW_CASE,
    Acknowledged,
    AddEntry,
    CaseField,
    Change,
    Decision,
    Escalated,
    Measured,
    OpenCase,
    SetField,
    SetTimer,
)
from inboxd.desk.desk import Calendar, Desk
from inboxd.desk.view import KnownEscalation, KnownStanding, View

DERIVED: tuple[CaseField, ...] = (
    "paused_at", "response_due", "resolution_due", "counted_at", "round", "escalates_from",
)  # fmt: skip
"""The fields of a case that its clocks write."""

TARGETS = frozenset({"response_due", "resolution_due"})

FOLLOWED = frozenset({"status", "assignee", "priority", "category", "responded_at", "asked_at"})
"""The fields of a case that its clocks heed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A case before a decision, and after it as far as the decision itself says, with what happened to it.

    `brought` are targets of a case that was merged into this one, where they are sooner.
    `recounted_by` had the targets counted anew where neither priority nor category changed, which would say it.
    """

    before: Case
    after: Case
    events: tuple[DeskEvent, ...]
    reached: tuple[KnownEscalation, ...]
    retargeted: bool
    recounted_by: str | None
    looked_at: bool
    brought: Dues


def kind_of_time(status: str, assignee: str | None) -> Literal["queue", "internal", "external"] | None:
    """Return to whom the time of a case counts that stands so; None at rest."""
    stands = Status(status)
    if stands.at_rest:
        return None
    if stands is Status.WAITING:
        return "external"
    return "queue" if stands is Status.NEW or assignee is None else "internal"


def stands_still(status: str) -> bool:
    """Say whether the clocks of a case of that status stand still."""
    return Status(status) is Status.WAITING or Status(status).at_rest


def pauses(standings: Iterable[KnownStanding], now: dt.datetime) -> tuple[Pause, ...]:
    """Return from when to when the clocks of one case stood still, by how it stood, oldest first."""
    found: list[Pause] = []
    since: dt.datetime | None = None
    for standing in standings:
        still = stands_still(standing.status)
        if still and since is None:
            since = standing.at
        elif not still and since is not None:
            found.append((since, standing.at))
            since = None
    return (*found, (since, now)) if since is not None else tuple(found)


def follow(decision: Decision, view: View, now: dt.datetime) -> Decision:
    """Return a decision with what it means to the clocks of the cases that it opens and changes."""
    changes = tuple(_started(c, view, now) if isinstance(c, OpenCase) else c for c in decision.changes)
    opened = next((change for change in changes if isinstance(change, OpenCase)), None)
    more: list[Change] = []
    if opened is not None and is_used(view.desk):
        more.extend(_first_timer(opened, view.desk, now))
    for case in view.cases:
        mine = [change for change in changes if getattr(change, "case_id", None) == case.id]
        if mine:
            more.extend(_followed(_turn(case, mine, view, now), view, now))
    return replace(decision, changes=(*changes, *more)) if more or changes != decision.changes else decision


def _started(opened: OpenCase, view: View, now: dt.datetime) -> OpenCase:
    """Escalation begins with a new case, but not with history. Who left no address cannot be answered by a letter."""
    run = first_run(view.desk.priority(opened.priority), opened.opened_at or now)
    return replace(
        opened,
        response_due=opened.response_due if opened.requester.address else None,
        escalates_from=None if view.silent else run.since,
        counted_at=now,
    )


def _first_timer(opened: OpenCase, desk: Desk, now: dt.datetime) -> list[Change]:
    facts = Counted(
        priority=opened.priority,
        category=opened.category,
        response_due=opened.response_due,
        resolution_due=opened.resolution_due,
        run=Run(round=0, since=opened.escalates_from),
    )
    rings_at = next_ring(facts, desk, (), now)
    return [] if rings_at is None else [SetTimer(case_id=NEW_CASE, name=ESCALATION, rings_at=rings_at)]


def _turn(case: Case, changes: Sequence[Change], view: View, now: dt.datetime) -> Turn:
    sets = {change.field: change.value for change in changes if isinstance(change, SetField)}
    given = {field: sets[field] for field in sets.keys() & FOLLOWED}
    if "status" in given:
        given["status"] = Status(str(given["status"]))
    after = replace(case, **given)  # type: ignore[arg-type]  # fields of the case by their names
    escalated = [change for change in changes if isinstance(change, Escalated)]
    acknowledged = any(isinstance(change, Acknowledged) for change in changes)
    by_clock = any(change.target != ASKED for change in escalated)
    rung = any(isinstance(change, SetTimer) and change.name == ESCALATION for change in changes)
    asked = [c.actor for c in changes if isinstance(c, SetField) and c.field in {"priority", "category"}]
    stays = (after.priority, after.category) == (case.priority, case.category)
    return Turn(
        before=case,
        after=after,
        events=tuple(_events(case, after, changes, by_clock=by_clock)),
        reached=tuple(_reached(case, escalated, view, now, acknowledged=acknowledged)),
        retargeted=bool(asked),
        recounted_by=asked[0] if asked and stays else None,
        looked_at=rung or by_clock or acknowledged,
        brought=Dues(response=_moment(sets.get("response_due")), resolution=_moment(sets.get("resolution_due"))),
    )


def _events(before: Case, after: Case, changes: Iterable[Change], *, by_clock: bool) -> Iterator[DeskEvent]:
    """Yield what happened to a case, in the order in which escalation heeds it; its own doings are no event."""
    if before.status is Status.NEW and after.status is Status.OPEN and after.assignee is not None:
        yield "taken"
    if before.assignee != after.assignee and not by_clock:
        yield "assigned"
    if any(isinstance(change, AddEntry) and change.kind == "mail_in" and change.from_requester for change in changes):
        yield "answered_back"
    if before.priority != after.priority:
        yield "priority"
    if before.status.at_rest and not after.status.at_rest:
        yield "opened"
    if after.status.at_rest and not before.status.at_rest:
        yield "closed"


def _reached(
    case: Case, escalated: Iterable[Escalated], view: View, now: dt.datetime, *, acknowledged: bool
) -> Iterator[KnownEscalation]:
    """Yield which levels the case has reached, with this decision too."""
    just = (
        KnownEscalation(
            case_id=case.id, round=one.round, target=one.target, level=one.level, at=now, to=one.to, why=one.why,
            acknowledged_by=None,
        )
        for one in escalated
    )  # fmt: skip
    for known in (*(known for known in view.escalations if known.case_id == case.id), *just):
        yield replace(known, acknowledged_by=known.acknowledged_by or "somebody") if acknowledged else known


def _followed(turn: Turn, view: View, now: dt.datetime) -> Iterator[Change]:
    """Yield what one case's clocks make of a decision."""
    case = _clocked(turn, view, now)
    for field in DERIVED:
        value = getattr(case, field)
        if value != getattr(turn.before, field):
            by = turn.recounted_by if field in TARGETS else None
            yield SetField(case_id=case.id, field=field, value=value, actor=by or "inboxd", quiet=by is None)
    yield from _measured(turn, case, view, now)
    if is_used(view.desk) and (turn.looked_at or counted(case) != counted(turn.before)):
        rings_at = next_ring(counted(case), view.desk, turn.reached, now)
        yield SetTimer(case_id=case.id, name=ESCALATION, rings_at=rings_at)


def _clocked(turn: Turn, view: View, now: dt.datetime) -> Case:
    """Return the case with its pause, its target times and its round of escalation as they are after the decision."""
    before, after = turn.before, turn.after
    still = stands_still(after.status)
    dues = _dues(turn, view, now, still=still)
    if after.asked_at != before.asked_at:
        dues = replace(dues, response=_response_due(after, view))
    dues = Dues(
        response=_sooner(dues.response, turn.brought.response),
        resolution=_sooner(dues.resolution, turn.brought.resolution),
    )
    anew = turn.retargeted and dues != Dues(response=before.response_due, resolution=before.resolution_due)
    run = Run(round=before.round, since=before.escalates_from)
    if is_used(view.desk):
        for event in turn.events:
            run = after_event(run, event, view.desk.priority(after.priority), now)
        if not still:
            run = replace(run, since=_past_the_pause(run.since, before, after, dues, view, now))
    return replace(
        after,
        paused_at=_paused_at(before, now) if still else None,
        response_due=dues.response,
        resolution_due=dues.resolution,
        counted_at=now if anew else before.counted_at,
        round=min(run.round, before.round + 1),
        escalates_from=run.since,
    )


def _moment(value: object) -> dt.datetime | None:
    return value if isinstance(value, dt.datetime) else None


def _sooner(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _past_the_pause(
    since: dt.datetime | None, before: Case, after: Case, dues: Dues, view: View, now: dt.datetime
) -> dt.datetime | None:
    """Return since when levels count where the clocks go on: not in the pause, if a target had passed before it."""
    stood_since, calendar = before.paused_at, clock_of(view.desk, after.priority, after.category)
    if since is None or stood_since is None or since >= stood_since or calendar is None:
        return since
    due_times = (dues.response if after.responded_at is None else None, dues.resolution)
    passed = [due_at for due_at in due_times if due_at is not None and due_at <= stood_since]
    if not passed:
        return since
    counted_so_far = open_time_between(calendar, view.desk.timezone, max(since, *passed), stood_since)
    return subtract_time(calendar, view.desk.timezone, now, counted_so_far)


def _paused_at(before: Case, now: dt.datetime) -> dt.datetime | None:
    """Return since when the clocks stand still: since before the decision, where they did so already."""
    return before.paused_at if stands_still(before.status) else now


def _dues(turn: Turn, view: View, now: dt.datetime, *, still: bool) -> Dues:
    before, after, desk = turn.before, turn.after, view.desk
    known = Dues(response=before.response_due, resolution=before.resolution_due)
    if turn.retargeted:
        gone = pauses(_standings(before, view), now)
        counted_out = gone[:-1] if still and before.paused_at is not None else gone
        anew = due(desk, after.priority, after.category, before.opened_at, counted_out)
        return replace(anew, response=_response_due(after, view, counted_out))
    calendar = clock_of(desk, after.priority, after.category)
    if still or before.paused_at is None or calendar is None:
        return known
    pause = (before.paused_at, now)
    response, resolution = (
        None if target is None else moved(calendar, desk.timezone, target, pause)
        for target in (known.response, known.resolution)
    )
    return Dues(response=response, resolution=resolution)


def _response_due(case: Case, view: View, stood: Sequence[Pause] = ()) -> dt.datetime | None:
    """Return when a person should have answered: whoever opened the case, or else who wrote first on a machine's.

    None where nobody asked, and where there is no address to answer to.
    """
    asked_at = case.asked_at if case.by_machine else case.opened_at
    if asked_at is None or not case.requester.address:
        return None
    since = [(max(first, asked_at), last) for first, last in stood if last > asked_at]
    return due(view.desk, case.priority, case.category, asked_at, since).response


def _measured(turn: Turn, case: Case, view: View, now: dt.datetime) -> Iterator[Measured]:
    """Yield what the targets came to that this decision meets: the first answer of a person, and each end of work."""
    before = turn.before
    answered = before.responded_at is None and case.responded_at is not None
    ended = not before.status.at_rest and case.status in {Status.SOLVED, Status.CLOSED}
    if answered:
        yield _measurement("response", case.response_due, turn, case, view, now)
    if ended:
        yield _measurement("resolution", case.resolution_due, turn, case, view, now)


def _measurement(
    target: AimedAt, due_at: dt.datetime | None, turn: Turn, case: Case, view: View, now: dt.datetime
) -> Measured:
    before, desk = turn.before, view.desk
    stood_since = before.paused_at if case.paused_at is not None else None
    calendar = clock_of(desk, case.priority, case.category)
    begun = before.asked_at if target == "response" and before.asked_at is not None else before.opened_at
    spent = [(begun, now)]
    stood = [(max(since, begun), until) for since, until in pauses(_standings(before, view), now) if until > begun]
    wall = _sum(spent) - _sum(stood)
    office = wall if calendar is None else _open(calendar, desk, spent) - _open(calendar, desk, stood)
    return Measured(
        case_id=case.id,
        target=target,
        due=due_at,
        within=due_at is None or (stood_since or now) <= due_at,
        office_seconds=max(0, int(office.total_seconds())),
        wall_seconds=max(0, int(wall.total_seconds())),
    )


def _standings(case: Case, view: View) -> tuple[KnownStanding, ...]:
    return tuple(standing for standing in view.standings if standing.case_id == case.id)


def _sum(spans: Iterable[Pause]) -> dt.timedelta:
    return sum((until - since for since, until in spans), dt.timedelta())


def _open(calendar: Calendar, desk: Desk, spans: Iterable[Pause]) -> dt.timedelta:
    return sum((open_time_between(calendar, desk.timezone, *span) for span in spans), dt.timedelta())

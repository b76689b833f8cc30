"""Carrying out a decision: every change of desk.decision, in order, inside the caller's transaction."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, assert_never

from sqlmodel import Session, col, delete, select, update

from inboxd.desk.agent_mail.changes import AgentMailChange, Claim, ClaimConfirmed, RevokeToken
from inboxd.desk.case import Status
from inboxd.desk.decision import (
    NEW_CASE,
    Acknowledged,
    AddEntry,
    AddParticipant,
    CancelLetters,
    Change,
    CopyCame,
    Decision,
    Escalated,
    Hold,
    HoldAnswers,
    Link,
    Measured,
    OpenCase,
    RecordDelivery,
    RulesHit,
    SetCustomField,
    SetField,
    SetMissing,
    SetTag,
    SetTimer,
    TurnTaken,
)
from inboxd.desk.joined import Joining, MergeCase, MoveEntries, UnmergeCase
from inboxd.desk.notices.changes import NoticeRead, OffNotice, UnderNotice
from inboxd.errors import Conflict, StoreBusy
from inboxd.store import tables as t
from inboxd.store.claims import add_claim, confirm
from inboxd.store.clockwork import acknowledge, add_escalation, add_measurement, forget_response, set_timer
from inboxd.store.delivery import record_report
from inboxd.store.held import Columns, HeldCase, columns_of, hold_case, write
from inboxd.store.insert import insert_row, insert_rows
from inboxd.store.joining import follow_category, merge_case, move_entries, unmerge_case
from inboxd.store.journal import add_entry, add_event
from inboxd.store.letters import NOT_IN_HAND, revoke_token
from inboxd.store.notice_changes import acknowledge as acknowledge_notice
from inboxd.store.notice_changes import put_under, take_off
from inboxd.store.own_copy import copy_came
from inboxd.store.people import add_first, add_participant
from inboxd.store.prepared import Prepared
from inboxd.store.routing import count_hits, take_turn
from inboxd.store.rows import Applied
from inboxd.store.standings import Stand, note_standings, stand_of

AT_REST = frozenset({Status.SOLVED.value, Status.CLOSED.value})
ASLEEP = frozenset({Status.WAITING.value, Status.POSTPONED.value})
COUNT_UP = Prepared(
    update(t.Counter)
    .where(col(t.Counter.id) == 1)
    .values(next_number=t.Counter.next_number + 1)
    .returning(col(t.Counter.next_number))
)


@dataclass(slots=True)
class _Work:
    """One decision being carried out."""

    session: Session
    now: dt.datetime
    octets_id: int | None
    incoming_id: int | None = None
    opened: int | None = None
    touched: int | None = None
    entry_id: int | None = None
    held: str | None = None
    cases: dict[int, HeldCase] = field(default_factory=dict)
    before: dict[int, Columns] = field(default_factory=dict)
    stood: dict[int, Stand | None] = field(default_factory=dict)

    def case(self, case_id: int) -> HeldCase:
        """Return the row of a case, NEW_CASE being the one just opened."""
        case = self.other(case_id)
        self.touched = self.touched or case.id
        return case

    def other(self, case_id: int) -> HeldCase:
        """Return a case that the decision is not mainly about."""
        wanted = self.id_of(case_id)
        return self.cases.get(wanted) or self.hold(hold_case(self.session, wanted))

    def hold(self, case: HeldCase) -> HeldCase:
        """Keep a case until the end of the decision."""
        self.cases[case.id], self.before[case.id] = case, columns_of(case)
        self.stood[case.id] = None if case.id == self.opened else stand_of(case)
        return case

    def write(self) -> None:
        """Write what became of the cases."""
        for case in self.cases.values():
            write(self.session, case, self.before[case.id])
        note_standings(self.session, [c for c in self.cases.values() if stand_of(c) != self.stood[c.id]], self.now)

    def id_of(self, case_id: int) -> int:
        """Return the id of a case, NEW_CASE being the one just opened."""
        if case_id != NEW_CASE:
            return case_id
        if self.opened is None:
            raise ValueError("a change names the new case, but none was opened before it")
        return self.opened


def apply(
    session: Session,
    decision: Decision,
    *,
    now: dt.datetime,
    octets_id: int | None = None,
    incoming_id: int | None = None,
) -> Applied:
    """Carry out a decision's changes. `octets_id` and `incoming_id` are the mail decided on, for what it becomes.

    Of the letters nothing is done: they need a number to be written, see `outbox.reserve`.
    Raises Conflict where a letter to cancel has left, NotFound for an unknown case.
    """
    work = _Work(session=session, now=now, octets_id=octets_id, incoming_id=incoming_id)
    for change in decision.changes:
        _apply(work, change)
    work.write()
    session.flush()
    opened = work.opened is not None
    return Applied(case_id=work.opened or work.touched, entry_id=work.entry_id, opened=opened, held=work.held)


def _apply(work: _Work, change: Change) -> None:  # noqa: C901, PLR0912, PLR0915 - one arm for every change, none does more than call
    match change:
        case OpenCase():
            _open(work, change)
        case AddEntry():
            _add_entry(work, change)
        case SetField():
            _set_field(work, change)
        case SetTag():
            _set_tag(work, change)
        case SetCustomField():
            _set_custom_field(work, change)
        case SetMissing():
            work.case(change.case_id).missing = list(change.missing)
        case AddParticipant():
            add_participant(work.session, work.case(change.case_id).id, change.participant)
        case Link():
            _link(work, change)
        case RecordDelivery():
            record_report(work.session, change, work.now)
        case Hold():
            work.held = change.reason
        case CancelLetters() | HoldAnswers() | CopyCame():
            _heed_letters(work, change)
        case RevokeToken() | Claim() | ClaimConfirmed():
            _heed_agent_mail(work, change)
        case SetTimer() | Measured() | Escalated() | Acknowledged():
            _heed_clock(work, change)
        case RulesHit():
            count_hits(work.session, change.rules, incoming_id=work.incoming_id, now=work.now)
        case TurnTaken():
            take_turn(work.session, change)
        case UnderNotice() | OffNotice() | NoticeRead():
            _heed_notice(work, change)
        case MergeCase() | UnmergeCase() | MoveEntries():
            _join(work, change)
        case _:
            assert_never(change)


def _heed_letters(work: _Work, change: CancelLetters | HoldAnswers | CopyCame) -> None:
    match change:
        case CancelLetters():
            _cancel(work, change)
        case HoldAnswers():
            _hold_answers(work, change)
        case CopyCame():
            _copy_came(work, change)


def _join(work: _Work, change: Joining) -> None:
    match change:
        case MergeCase():
            merge_case(work.session, work.case(change.case_id), work.other(change.merge.into_id), change, work.now)
        case UnmergeCase():
            unmerge_case(work.session, work.case(change.case_id), change, work.now)
        case MoveEntries():
            move_entries(work.session, work.case(change.case_id), work.other(change.from_id), change, work.now)


def _heed_notice(work: _Work, change: UnderNotice | OffNotice | NoticeRead) -> None:
    match change:
        case UnderNotice():
            put_under(work.session, work.case(change.case_id), change, work.now)
        case OffNotice():
            take_off(work.session, work.case(change.case_id), change, work.now)
        case NoticeRead():
            acknowledge_notice(work.session, change, work.now)


def _heed_agent_mail(work: _Work, change: AgentMailChange) -> None:
    match change:
        case RevokeToken():
            revoke_token(work.session, change.letter_id)
        case Claim():
            case_id = work.id_of(change.case_id)
            add_claim(work.session, case_id, change.agent, octets_id=work.octets_id, now=work.now)
        case ClaimConfirmed():
            confirm(work.session, change.claim_id, work.now)
        case _:
            assert_never(change)


def _heed_clock(work: _Work, change: SetTimer | Measured | Escalated | Acknowledged) -> None:
    case = work.case(change.case_id)
    match change:
        case SetTimer():
            set_timer(work.session, case.id, change)
        case Measured():
            add_measurement(work.session, case, change, now=work.now)
        case Escalated():
            add_escalation(work.session, case, change, now=work.now)
        case Acknowledged():
            acknowledge(work.session, case, change, now=work.now)
        case _:
            assert_never(change)


def _open(work: _Work, change: OpenCase) -> None:
    number = COUNT_UP.rows(work.session)[0][0] - 1
    held: dict[str, Any] = {
        "category": change.category,
        "priority": change.priority,
        "status": change.status.value,
        "subject": change.subject,
        "assignee": change.assignee,
        "updated_at": work.now,
        "closed_at": work.now if change.status in AT_REST else None,
        "response_due": change.response_due,
        "resolution_due": change.resolution_due,
        "language": change.language,
        "customer": change.customer,
        "type": change.type,
        "item": change.item,
        "escalates_from": change.escalates_from,
        "counted_at": change.counted_at,
        "missing": list(change.missing),
    }
    work.opened = insert_row(
        work.session,
        t.Case,
        number=number,
        prefix=change.prefix,
        mailbox=change.mailbox,
        channel=change.channel.value,
        phone=change.phone,
        verified=change.verified,
        by_machine=change.by_machine,
        opened_at=change.opened_at or work.now,
        **held,
    )
    work.hold(HeldCase(id=work.opened, **held))
    add_first(work.session, work.opened, change.requester)
    insert_rows(work.session, t.Tag, [{"case_id": work.opened, "tag": tag} for tag in dict.fromkeys(change.tags)])
    fields = [{"case_id": work.opened, "key": key, "value": value} for key, value in change.fields]
    insert_rows(work.session, t.CaseField, fields)


def _add_entry(work: _Work, change: AddEntry) -> None:
    case = work.case(change.case_id)
    entry_id = add_entry(work.session, case, change, now=work.now, octets_id=work.octets_id)
    work.entry_id = work.entry_id or entry_id


def _set_field(work: _Work, change: SetField) -> None:
    case = work.case(change.case_id)
    before = getattr(case, change.field)
    after = change.value.value if isinstance(change.value, Status) else change.value
    if before == after:
        return
    setattr(case, change.field, after)
    if change.field == "status":
        _new_status(case, work.now)
    if change.field == "responded_at" and after is None:
        forget_response(work.session, case.id)
    if change.field == "category":
        follow_category(work.session, case.id, case.category)
    case.touch(work.now)
    if not change.quiet:
        add_event(work.session, case, change.actor, f"{change.field}: {_shown(before)} → {_shown(after)}", work.now)


def _new_status(case: HeldCase, now: dt.datetime) -> None:
    case.closed_at = now if case.status in AT_REST else None
    if case.status not in ASLEEP:
        case.until = None


def _set_tag(work: _Work, change: SetTag) -> None:
    case = work.case(change.case_id)
    row = work.session.get(t.Tag, (case.id, change.tag))
    if (row is not None) == change.present:
        return
    if row is None:
        work.session.add(t.Tag(case_id=case.id, tag=change.tag))
    else:
        work.session.delete(row)
    case.touch(work.now)
    add_event(work.session, case, change.actor, f"{'tag' if change.present else 'untag'}: {change.tag}", work.now)


def _set_custom_field(work: _Work, change: SetCustomField) -> None:
    case = work.case(change.case_id)
    row = work.session.get(t.CaseField, (case.id, change.key))
    before = None if row is None else row.value
    if before == change.value:
        return
    gone = delete(t.CaseField).where(col(t.CaseField.case_id) == case.id, col(t.CaseField.key) == change.key)
    if row is not None:
        work.session.expunge(row)
        work.session.exec(gone)
    if change.value is not None:
        work.session.add(t.CaseField(case_id=case.id, key=change.key, value=change.value))
    case.touch(work.now)
    add_event(work.session, case, change.actor, f"{change.key}: {_shown(before)} → {_shown(change.value)}", work.now)


def _link(work: _Work, change: Link) -> None:
    one, other = work.case(change.case_id), work.other(change.other_id)
    for case, far in ((one, other), (other, one)):
        if work.session.get(t.Link, (case.id, far.id, change.kind)) is None:
            work.session.add(t.Link(case_id=case.id, other_id=far.id, kind=change.kind))
            case.touch(work.now)


def _cancel(work: _Work, change: CancelLetters) -> None:
    case = work.case(change.case_id)
    ids = list(dict.fromkeys(change.letter_ids))
    theirs = (col(t.Letter.case_id) == case.id, col(t.Letter.id).in_(ids), col(t.Letter.state).in_(NOT_IN_HAND))
    unsent = select(t.Letter).where(*theirs).with_for_update()
    letters = work.session.exec(unsent).all()
    if len(letters) < len(ids):
        raise Conflict("The letter has already left.", hint="Send another one that puts it right.")
    for letter in letters:
        letter.state = "cancelled"
    case.touch(work.now)
    add_event(work.session, case, change.actor, f"cancelled: {', '.join(str(i) for i in ids)}", work.now)


def _hold_answers(work: _Work, change: HoldAnswers) -> None:
    """Hold what still waits; whichever of it has left since the decision makes the decision be taken again."""
    ids = list(dict.fromkeys(change.letter_ids))
    waiting = (col(t.Letter.id).in_(ids), col(t.Letter.state) == "queued")
    letters = work.session.exec(select(t.Letter).where(*waiting).with_for_update()).all()
    if len(letters) < len(ids):
        raise StoreBusy("An answer left while it was to be held.")
    case = work.other(change.case_id)
    for letter in letters:
        letter.state, letter.hold_reason = "hold", change.reason
        add_event(work.session, case, "inboxd", f"letter {letter.id} held: {change.reason}", work.now)
    case.touch(work.now)


def _copy_came(work: _Work, change: CopyCame) -> None:
    if copy_came(work.session, change.letter_id, work.now) and change.case_id is not None:
        case = work.other(change.case_id)
        add_event(work.session, case, "inboxd", f"letter {change.letter_id} was sent: our own copy came back", work.now)
        case.touch(work.now)


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat(timespec="minutes") if isinstance(value, dt.datetime) else str(value)

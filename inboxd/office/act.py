"""Agents' orders: found, decided, carried out, and their letters written, in one transaction."""

import datetime as dt
import logging
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from inboxd.desk.access import may_see
from inboxd.desk.case import Case
from inboxd.desk.decision import Decision, SetField
from inboxd.desk.desk import Desk
from inboxd.desk.order import Assign, Merge, Order, Refusal, Split, Unmerge, Unsplit
from inboxd.desk.orders import act as decide_order
from inboxd.desk.reference import reference
from inboxd.desk.view import View
from inboxd.errors import Conflict, InboxdError, NotAllowed, NotFound, StoreBusy, UsageError
from inboxd.logs import event
from inboxd.office.letters.freezing import write_letters
from inboxd.office.letters.written import Written
from inboxd.office.naming import case_id_of, number_of
from inboxd.office.office import Office
from inboxd.store import absences, views
from inboxd.store.apply import apply
from inboxd.store.cases import get_case
from inboxd.store.engine import Session
from inboxd.store.joining import load_joining_view

__all__ = ["Acted", "act", "case_id_of", "number_of"]  # who orders names the case first

log = logging.getLogger(__name__)

TRIES_ON_FRESH_FACTS = 3

REFUSED: dict[str, type[InboxdError]] = {
    "conflict": Conflict,
    "not_allowed": NotAllowed,
    "not_found": NotFound,
    "usage": UsageError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What an order came to: the case it is about now, the letters that it wrote, and what its actor should know."""

    case_id: int
    number: int
    reference: str
    letters: tuple[Written, ...]
    warnings: tuple[str, ...] = ()


def act(order: Order, number: int | None, office: Office) -> Acted:
    """Carry out an order on the case of that number (None: one that opens a case).

    Raises what the refusal says: NotFound, Conflict, NotAllowed, UsageError; StoreBusy after three tries.
    """
    for _ in range(TRIES_ON_FRESH_FACTS - 1):
        try:
            return _act_once(order, number, office)
        except StoreBusy:
            event(log, logging.INFO, "order.decided_again", order=type(order).__name__)
    return _act_once(order, number, office)


def _act_once(order: Order, number: int | None, office: Office) -> Acted:
    now = office.clock.now()
    with office.store.begin() as session:
        view = _facts(session, order, number, office)
        decision = decide_order(order, view, now)
        if isinstance(decision, Refusal):
            raise REFUSED[decision.code](decision.message, hint=decision.hint)
        applied = apply(session, decision, now=now)
        case_id = applied.case_id if applied.case_id is not None else view.cases[0].id
        letters = write_letters(session, decision, case_id=case_id, office=office)
        case = get_case(session, case_id)
        away = _away(order, session, office.desk, now)
    _log(order, decision, case_id)
    return Acted(
        case_id=case_id,
        number=case.number,
        reference=reference(case.prefix, case.number),
        letters=letters,
        warnings=(*away, *_passed(decision, case, office.desk, now), *filter(None, (decision.reason,))),
    )


def _facts(session: Session, order: Order, number: int | None, office: Office) -> View:
    """Load what an order is decided on. Raises NotFound for a case that is not there, or not for its actor to know."""
    now, desk = office.clock.now(), office.desk
    named = () if number is None else (number,)
    if isinstance(order, Merge | Unmerge | Split | Unsplit):
        into = order.into if isinstance(order, Merge) else None
        named = (order.number, *(() if into is None else (into,)))
        view = load_joining_view(session, order.number, into, desk=desk, keyring=office.keyring, now=now)
    else:
        view = views.load_case_view(session, number, desk=desk, keyring=office.keyring, now=now)
    actor = desk.agent(order.actor)
    for one in named:
        case = view.case_of_number(one)
        if case is None or not may_see(desk, actor, case.category):
            raise NotFound(f"no case {reference(desk.prefixes[0], one)}")
    return view


def _away(order: Order, session: Session, desk: Desk, now: dt.datetime) -> tuple[str, ...]:
    """Say of an agent who is given a case, and is away, until when, and who was given his cases meanwhile."""
    named = order.to if isinstance(order, Assign) else None
    away = next((row for row in absences.absences(session, now) if row.agent == named), None)
    if away is None:
        return ()
    until = f" until {_clock(away.until, desk)}" if away.until else ""
    whom = away.to or "others, as each category assigns them"
    return (f"{away.agent} is away{until}; his cases went to {whom}",)


def _clock(at: dt.datetime, desk: Desk) -> str:
    return f"{at.astimezone(ZoneInfo(desk.timezone)):%Y-%m-%d %H:%M}"


def _passed(decision: Decision, case: Case, desk: Desk, now: dt.datetime) -> tuple[str, ...]:
    """Return which targets of the case had passed when the order counted them, in words."""
    dues = {"response_due": case.response_due if case.responded_at is None else None,
            "resolution_due": case.resolution_due}  # fmt: skip
    counted = [dues[c.field] for c in decision.changes if isinstance(c, SetField) and c.field in dues]
    return tuple(
        f"its new target for {what} has passed already: {_clock(due, desk)}. Nobody outside is told of it"
        for what, due in (("an answer", dues["response_due"]), ("the solution", dues["resolution_due"]))
        if due is not None and due in counted and due <= (case.paused_at or now) and not case.status.at_rest
    )


def _log(order: Order, decision: Decision, case_id: int) -> None:
    event(
        log, logging.INFO, "order.done", order=type(order).__name__.lower(), actor=order.actor, case=case_id,
        changes=len(decision.changes), letters=len(decision.letters),
    )  # fmt: skip

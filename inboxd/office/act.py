"""Agents' orders: found, decided, carried out, and their letters written, in one transaction."""

import logging
from dataclasses import dataclass

from inboxd.desk.decision import Decision
from inboxd.desk.desk import Desk
from inboxd.desk.order import Order, Refusal
from inboxd.desk.orders import act as decide_order
from inboxd.desk.reference import read_reference, reference
from inboxd.errors import Conflict, InboxdError, NotAllowed, NotFound, StoreBusy, UsageError
from inboxd.logs import event
from inboxd.office.letters import Written, write_letters
from inboxd.office.office import Office
from inboxd.store import views
from inboxd.store.apply import apply
from inboxd.store.cases import case_by_number, get_case

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
    """What an order came to: the case it is about now, and the letters that it wrote."""

    case_id: int
    number: int
    reference: str
    letters: tuple[Written, ...]


def number_of(text: str, desk: Desk) -> int:
    """Read a reference as typed. Raises NotFound where it is none, or its check digit is wrong."""
    found = read_reference(text, desk.prefixes)
    if found is None:
        raise NotFound(f"{text!r} is no case reference", hint=f"one looks like {desk.prefixes[0]}-10429")
    if not found.valid:
        raise NotFound(
            f"{found.reference} is no case: its last digit does not fit the others", hint="look at the number again"
        )
    return found.number


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
        view = views.load_case_view(session, number, desk=office.desk, keyring=office.keyring, now=now)
        if number is not None and not view.cases:
            raise NotFound(f"no case {reference(office.desk.prefixes[0], number)}")
        decision = decide_order(order, view, now)
        if isinstance(decision, Refusal):
            raise REFUSED[decision.code](decision.message, hint=decision.hint)
        applied = apply(session, decision, now=now)
        case_id = applied.case_id if applied.case_id is not None else view.cases[0].id
        letters = write_letters(session, decision, case_id=case_id, office=office)
        case = get_case(session, case_id)
    _log(order, decision, case_id)
    return Acted(case_id=case_id, number=case.number, reference=reference(case.prefix, case.number), letters=letters)


def _log(order: Order, decision: Decision, case_id: int) -> None:
    event(
        log, logging.INFO, "order.done", order=type(order).__name__.lower(), actor=order.actor, case=case_id,
        changes=len(decision.changes), letters=len(decision.letters),
    )  # fmt: skip


def case_id_of(number: int, office: Office) -> int:
    """Return the store's id of the case of that number. Raises NotFound."""
    with office.store.reading() as session:
        case = case_by_number(session, number)
    if case is None:
        raise NotFound(f"no case {reference(office.desk.prefixes[0], number)}")
    return case.id

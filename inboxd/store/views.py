"""Loading the facts for one decision: just those its look-up names, by index, under the locks of what they touch."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from inboxd.desk.case import Status
from inboxd.desk.clocks.escalation import ESCALATION
from inboxd.desk.clocks.lifecycle import TELLING
from inboxd.desk.desk import Desk
from inboxd.desk.routing.assign import SHARED_OUT
from inboxd.desk.view import KnownLetter, KnownMessageId, Lookup, Timer, View
from inboxd.mail.message_id import Keyring
from inboxd.store import tables as t
from inboxd.store.absences import absent
from inboxd.store.cases import AT_REST, load_cases, survivors
from inboxd.store.clockwork import ringing, timers_of
from inboxd.store.columns import fitting, indexable
from inboxd.store.escalations import escalations_of
from inboxd.store.letters import UNSENT, greeted, in_undo_window, known_letters, letters_named
from inboxd.store.locks import OPENING, is_postgresql, lock, lock_cases
from inboxd.store.notices import in_force
from inboxd.store.prepared import Prepared, among
from inboxd.store.returns import known_receipts, same_words
from inboxd.store.routing import turns
from inboxd.store.senders import bounced, known_sender, last_agents, loads, receipt_counts
from inboxd.store.standings import standings_of

TICK_LIMIT = 100
"""Cases woken in one transaction; the next tick takes the next ones."""

ESCALATION_LIMIT = 1000
"""Cases whose levels are looked at in one transaction: what is late on one morning is one letter to its reader."""

# as an expression the state offers SQLite no index, so that it begins with the key's one or two mails
DONE = Prepared(
    select(t.Incoming.id, t.Incoming.sent)
    .where(t.Incoming.mail_key == bindparam("mail_key"), col(t.Incoming.state).concat("") == "done")
    .where(col(t.Incoming.outcome).is_distinct_from("duplicate"))
    .order_by(col(t.Incoming.id))
    .limit(1)
)
"""What became of a mail is written in the transaction of its case, so whatever was entered is also done."""

M = t.MessageId
BY_ID = Prepared(
    select(M.message_id, M.case_id, M.source).where(among(M.message_id, "ids")).order_by(col(M.case_id).desc())
)
BY_NUMBER = Prepared(select(t.Case.number, t.Case.id).where(among(t.Case.number, "numbers")))

ASLEEP = (Status.WAITING.value, Status.POSTPONED.value)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look-up points at, before merged cases are followed."""

    message_ids: tuple[tuple[str, int, str], ...]
    letters: tuple[KnownLetter, ...]
    numbers: tuple[tuple[int, int], ...]

    @property
    def case_ids(self) -> frozenset[int]:
        by_letter = (letter.case_id for letter in self.letters if letter.case_id is not None)
        return frozenset((*(i for _, i, _ in self.message_ids), *by_letter, *(i for _, i in self.numbers)))


def load_view(session: Session, lookup: Lookup, *, desk: Desk, keyring: Keyring, now: dt.datetime) -> View:
    """Return the facts about one mail; inside `begin()` they stay true to its end. `addresses[0]` is the author."""
    lock(session, _names(lookup))
    found = _find(session, lookup)
    survivor = _lock_survivors(session, found)
    cases = load_cases(session, survivor.values())
    author = lookup.addresses[0] if lookup.addresses else ""
    # a case at rest may have its answer opened as a new one, and so may what a stranger writes about any case
    known = any(case.is_participant(author) for case in cases)
    opens = not known or any(case.status.at_rest for case in cases)
    if opens:
        lock(session, (OPENING,))
    duplicate_of, duplicate_sent = _duplicate_of(session, lookup.mail_key)
    alike, of_writer = same_words(session, lookup, now) if desk.receipts.unknown_senders else (0, 0)
    return View(
        desk=desk,
        keyring=keyring,
        duplicate_of=duplicate_of,
        duplicate_sent=duplicate_sent,
        cases=cases,
        numbers=tuple((number, survivor[i]) for number, i in found.numbers),
        message_ids=tuple(
            KnownMessageId(message_id=message_id, case_id=survivor[i], source=source)
            for message_id, i, source in found.message_ids
        ),
        letters=_at_survivors(found.letters, survivor),
        waiting=_waiting(session, survivor, now) if cases else (),
        loads=loads(session),
        absent=absent(session, now),
        turns=_turns(session, desk),
        last_agents=last_agents(session, lookup.addresses, now) if opens and _keeps_senders(desk) else (),
        known_sender=known_sender(session, lookup.addresses),
        bounced=bounced(session, lookup.addresses, now),
        receipts=receipt_counts(session, lookup.addresses, desk.receipts, now),
        known_receipts=known_receipts(session, fitting(lookup.quoted), now) if lookup.quoted else (),
        same_words=alike,
        same_words_by_writer=of_writer,
        notices=in_force(session, now),
    )


def load_case_view(session: Session, number: int | None, *, desk: Desk, keyring: Keyring, now: dt.datetime) -> View:
    """Return the facts for an agent's order on a case, or (None) for one that opens a case.

    `letters` are those that have not left yet. `cases` is empty where no case has that number.
    """
    numbers = fitting(() if number is None else (number,))
    found = _Found(message_ids=(), letters=(), numbers=_by_number(session, numbers))
    survivor = _lock_survivors(session, found)
    case_ids = set(survivor.values())
    if number is None:
        lock(session, (OPENING,))
    named = tuple((n, survivor[i]) for n, i in found.numbers)
    view = view_of_cases(session, case_ids, named, desk=desk, keyring=keyring, now=now)
    return replace(view, notices=in_force(session, now)) if number is None else view


def view_of_cases(
    session: Session,
    case_ids: Collection[int],
    numbers: tuple[tuple[int, int], ...],
    *,
    desk: Desk,
    keyring: Keyring,
    now: dt.datetime,
) -> View:
    """Return the facts for an order about cases that are locked already; `numbers` are (number, case)."""
    cases = load_cases(session, case_ids)
    addresses = tuple(person.address for case in cases for person in case.participants)
    return View(
        desk=desk,
        keyring=keyring,
        cases=cases,
        numbers=numbers,
        letters=_unsent(session, case_ids),
        loads=loads(session),
        absent=absent(session, now),
        turns=_turns(session, desk),
        bounced=bounced(session, addresses, now),
        newest_entry_at=_newest_entry_at(session, case_ids),
        timers=timers_of(session, case_ids),
        escalations=escalations_of(session, case_ids),
        standings=standings_of(session, case_ids),
    )


def with_order_facts(session: Session, view: View) -> View:
    """Return a mail's facts with those that an order on one of its cases needs besides."""
    case_ids = {case.id for case in view.cases}
    return replace(
        view,
        letters=(*view.letters, *_unsent(session, case_ids, view.letters)),
        timers=timers_of(session, case_ids),
        escalations=escalations_of(session, case_ids),
        standings=standings_of(session, case_ids),
    )


def load_agent_view(
    session: Session,
    agent: str,
    *,
    desk: Desk,
    keyring: Keyring,
    now: dt.datetime,
    categories: Collection[str] | None = None,
) -> View:
    """Return the facts for handing over the cases not at rest that an agent has, oldest first; he counts as away.

    `categories` are those that are handed over, None for all.
    """
    query = select(t.Case.id).where(col(t.Case.assignee) == agent, col(t.Case.status).not_in(AT_REST))
    if categories is not None:
        query = query.where(col(t.Case.category).in_(categories))
    lock(session, (OPENING,))
    locked: set[int] = set()
    # asked again under the locks: what somebody gave him meanwhile goes with the rest, once it has its lock
    while not locked.issuperset(case_ids := session.exec(query).all()):
        lock_cases(session, case_ids)
        locked.update(case_ids)
    return View(
        desk=desk,
        keyring=keyring,
        cases=load_cases(session, case_ids),
        timers=timers_of(session, case_ids),
        escalations=escalations_of(session, case_ids),
        standings=standings_of(session, case_ids),
        loads=loads(session),
        absent=absent(session, now) | {agent},
        turns=_turns(session, desk),
    )


def load_tick_view(
    session: Session,
    *,
    desk: Desk,
    keyring: Keyring,
    now: dt.datetime,
    limit: int = TICK_LIMIT,
    only: int | None = None,
) -> View:
    """Return the facts for the clock: the cases whose time to wake has come, and those whose timers ring.

    `only` is the store's id of the one case that is looked at.
    """
    locked = {case_id for case_id in due_cases(session, now, limit) if only in {None, case_id}}
    lock_cases(session, locked)
    # asked again under the locks: somebody else may have done these meanwhile, and the next ones have no lock yet
    waking = [case_id for case_id in session.exec(_asleep(now, limit)).all() if case_id in locked]
    rings = tuple(timer for timer in _ringing(session, now, limit) if timer.case_id in locked)
    case_ids = {*waking, *(timer.case_id for timer in rings)}
    cases = load_cases(session, case_ids)
    told = {timer.case_id for timer in rings if timer.name in {*TELLING, ESCALATION}}
    return View(
        desk=desk,
        keyring=keyring,
        cases=cases,
        greeted=greeted(session, told) if told else frozenset(),
        bounced=bounced(session, tuple(case.requester.address for case in cases if case.id in told), now),
        due_to_wake=tuple(case for case in cases if case.id in set(waking)),
        ringing=rings,
        timers=timers_of(session, case_ids),
        escalations=escalations_of(session, case_ids),
        standings=standings_of(session, case_ids),
        loads=loads(session),
        absent=absent(session, now),
    )


def due_cases(session: Session, now: dt.datetime, limit: int = TICK_LIMIT) -> tuple[int, ...]:
    """Return the store's ids of the cases for which the clock has something to do, the next `limit` of each sort."""
    asleep = session.exec(_asleep(now, limit)).all()
    return tuple(dict.fromkeys((*asleep, *(timer.case_id for timer in _ringing(session, now, limit)))))


def _asleep(now: dt.datetime, limit: int) -> SelectOfScalar[int]:
    due = (col(t.Case.status).in_(ASLEEP), col(t.Case.until) <= now)
    return select(t.Case.id).where(*due).order_by(col(t.Case.until), col(t.Case.id)).limit(limit)


def _ringing(session: Session, now: dt.datetime, limit: int) -> tuple[Timer, ...]:
    escalations = ringing(session, now, ESCALATION_LIMIT, name=ESCALATION)
    return tuple(dict.fromkeys((*ringing(session, now, limit), *escalations)))


def _turns(session: Session, desk: Desk) -> tuple[tuple[str, str, int], ...]:
    """Return whose turn it is, where a category counts that."""
    return turns(session) if any(category.assignment in SHARED_OUT for category in desk.categories) else ()


def _keeps_senders(desk: Desk) -> bool:
    """Say whether it matters who had a sender's last case: where cases are given out among several."""
    return any(
        len(category.members) > 1 and (category.assignment != "none" or category.duty) for category in desk.categories
    )


def _names(lookup: Lookup) -> Iterable[str]:
    addresses = (f"address:{address.casefold()}" for address in lookup.addresses if address)
    return (f"mail:{lookup.mail_key}", *addresses, *(f"id:{message_id}" for message_id in lookup.message_ids))


def _find(session: Session, lookup: Lookup) -> _Found:
    ids = indexable(lookup.message_ids)
    letter_ids = fitting(lookup.letter_ids)
    return _Found(
        message_ids=tuple((m, i, source) for m, i, source in BY_ID.rows(session, ids=list(ids))) if ids else (),
        letters=letters_named(session, letter_ids, ids) if ids or letter_ids else (),
        numbers=_by_number(session, fitting(lookup.numbers)),
    )


def _by_number(session: Session, numbers: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    if not numbers:
        return ()
    return tuple((number, case_id) for number, case_id in BY_NUMBER.rows(session, numbers=list(numbers)))


def _lock_survivors(session: Session, found: _Found) -> dict[int, int]:
    """Return where each found case lives on, locked; a merge that was under way is waited for."""
    survivor = survivors(session, found.case_ids)
    while is_postgresql(session):
        lock_cases(session, {*survivor, *survivor.values()})
        again = survivors(session, found.case_ids)
        if again == survivor:
            break
        survivor = again
    return survivor


def _at_survivors(letters: tuple[KnownLetter, ...], survivor: dict[int, int]) -> tuple[KnownLetter, ...]:
    return tuple(
        letter if letter.case_id is None else replace(letter, case_id=survivor[letter.case_id]) for letter in letters
    )


def _unsent(
    session: Session, case_ids: Collection[int], besides: tuple[KnownLetter, ...] = ()
) -> tuple[KnownLetter, ...]:
    """Return the letters of these cases that have not left yet, but for those known already."""
    if not case_ids:
        return ()
    found = known_letters(session, col(t.Letter.case_id).in_(case_ids), col(t.Letter.state).in_(UNSENT))
    known = {letter.id for letter in besides}
    return tuple(letter for letter in found if letter.id not in known)


def _waiting(session: Session, survivor: dict[int, int], now: dt.datetime) -> tuple[KnownLetter, ...]:
    """Return the answers in their undo window, written on a case before it was merged or on the one it lives on in."""
    home = survivor | {case_id: case_id for case_id in survivor.values()}
    return _at_survivors(in_undo_window(session, home, now), home)


def _duplicate_of(session: Session, mail_key: str) -> tuple[int | None, bool]:
    """Return the mail of the ledger that was this very mail, and whether it lay in a Sent folder."""
    found = DONE.one(session, mail_key=mail_key) if mail_key else None
    return (None, False) if found is None else (int(found[0]), bool(found[1]))


def _newest_entry_at(session: Session, case_ids: Iterable[int]) -> dt.datetime | None:
    words = select(func.max(t.Entry.at)).where(col(t.Entry.case_id).in_(list(case_ids)), t.Entry.kind != "event")
    return session.exec(words).one()

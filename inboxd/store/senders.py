"""What is known of people at large: who wrote before, who bounced, what they were sent, who has how much in hand."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ScalarSelect, bindparam
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from inboxd.desk.case import Role
from inboxd.desk.desk import ReceiptPolicy
from inboxd.desk.view import Load, ReceiptCounts
from inboxd.store import tables as t
from inboxd.store.cases import AT_REST
from inboxd.store.columns import address_key
from inboxd.store.prepared import Prepared, among, words

BOUNCE_MEMORY = dt.timedelta(days=60)
SENDER_MEMORY = dt.timedelta(days=7)
"""So long a sender's next case goes to who had the last one."""

BOUNCED = ("bounced", "failed")

UNCOUNTED = ("hold", "cancelled", "failed")
"""Receipts that reached nobody use up no cap."""


LOADS = Prepared(
    select(t.Case.assignee, func.count())
    .where(col(t.Case.assignee).is_not(None), col(t.Case.status).not_in(words(AT_REST)))
    .group_by(col(t.Case.assignee))
)

KNOWN = Prepared(
    select(t.Participant.id)
    .where(t.Participant.address_key == bindparam("author"))
    .where(col(t.Participant.role).in_(words((Role.REQUESTER.value, Role.CC.value))))
    .limit(1)
)

NEWEST = (
    # the newest few first: a machine that writes may be the requester of very many cases
    select(t.Participant.case_id)
    .where(t.Participant.address_key == bindparam("author"))
    .where(col(t.Participant.role).in_(words((Role.REQUESTER.value,))))
    .order_by(col(t.Participant.id).desc())
    .limit(20)
)
LAST_AGENTS = Prepared(
    select(t.Case.category, t.Case.assignee)
    .where(col(t.Case.id).in_(NEWEST), col(t.Case.opened_at) > bindparam("since"))
    .order_by(col(t.Case.id).desc())
)

FAILED_TO = Prepared(
    select(t.LetterRecipient.address_key).where(
        among(t.LetterRecipient.address_key, "keys"),
        col(t.LetterRecipient.state).in_(words(BOUNCED)),
        col(t.LetterRecipient.changed_at) > bindparam("since"),
    )
)


def _up_to_cap(cap: str, query: SelectOfScalar[int]) -> ScalarSelect[int]:
    """Count a cap's receipts, and no further than the cap: a busy desk's history is not counted with every mail."""
    recent = query.where(
        col(t.Letter.created_at) > bindparam(f"since_{cap}"), col(t.Letter.state).not_in(words(UNCOUNTED))
    ).limit(bindparam(f"most_{cap}"))
    return select(func.count()).select_from(recent.subquery()).scalar_subquery()


ANSWERS_OF_MACHINES = ("receipt", "refusal")
"""Kinds that use up the caps: whoever forges many senders must not make us write to all of them."""

ANY_RECEIPT = select(t.Letter.id).where(col(t.Letter.kind).in_(words(ANSWERS_OF_MACHINES)))
TO_ADDRESS = (
    select(t.Letter.id)
    .join(t.LetterRecipient, col(t.LetterRecipient.letter_id) == col(t.Letter.id))
    # as an expression the kind offers SQLite no index, so that it begins with the address's few letters
    .where(
        t.LetterRecipient.address_key == bindparam("address"),
        col(t.Letter.kind).concat("").in_(words(ANSWERS_OF_MACHINES)),
    )
)
TO_ONE = Prepared(select(_up_to_cap("to_address", TO_ADDRESS)))
RECEIPTS = Prepared(
    select(
        _up_to_cap("to_address", TO_ADDRESS),
        _up_to_cap("to_unknown", ANY_RECEIPT.where(col(t.Letter.unknown_sender).is_(True))),
        _up_to_cap("by_desk", ANY_RECEIPT),
    )
)


def loads(session: Session) -> tuple[Load, ...]:
    """Return how many cases not at rest each agent has in hand; agents without any are left out."""
    return tuple(Load(agent=agent or "", open_cases=number) for agent, number in LOADS.rows(session))


def in_hand(session: Session, categories: Collection[str] | None = None) -> dict[str, int]:
    """Return how many cases not at rest each agent has in hand, of these categories; None: of all."""
    query = select(t.Case.assignee, func.count()).where(col(t.Case.assignee).is_not(None))
    query = query.where(col(t.Case.status).not_in(AT_REST)).group_by(col(t.Case.assignee))
    if categories is not None:
        query = query.where(col(t.Case.category).in_(categories))
    return {agent: number for agent, number in session.exec(query) if agent}


def holdings(session: Session) -> tuple[tuple[str, str], ...]:
    """Return (agent, category) for all who have cases not at rest in hand, and where."""
    query = select(t.Case.assignee, t.Case.category).where(col(t.Case.assignee).is_not(None))
    rows = session.exec(query.where(col(t.Case.status).not_in(AT_REST)).distinct()).all()
    return tuple(sorted((agent, category) for agent, category in rows if agent))


def known_sender(session: Session, addresses: tuple[str, ...]) -> bool:
    """Say whether the author (the first address) is requester or cc of any case so far."""
    author = address_key(addresses[0]) if addresses else ""
    return bool(author) and KNOWN.one(session, author=author) is not None


def last_agents(session: Session, addresses: tuple[str, ...], now: dt.datetime) -> tuple[tuple[str, str], ...]:
    """Return (category, agent) of the author's newest case of the last days in each category, if somebody has it."""
    author = address_key(addresses[0]) if addresses else ""
    if not author:
        return ()
    newest: dict[str, str | None] = {}
    for category, assignee in LAST_AGENTS.rows(session, author=author, since=now - SENDER_MEMORY):
        newest.setdefault(category, assignee)
    return tuple((category, agent) for category, agent in newest.items() if agent)


def bounced(session: Session, addresses: tuple[str, ...], now: dt.datetime) -> frozenset[str]:
    """Return those of the addresses, as given, to which a letter failed for good within 60 days."""
    by_key = {address_key(a): a for a in addresses if a}
    if not by_key:
        return frozenset()
    failed = FAILED_TO.rows(session, keys=list(by_key), since=now - BOUNCE_MEMORY)
    return frozenset(by_key[key] for (key,) in failed)


def receipt_counts(
    session: Session, addresses: tuple[str, ...], policy: ReceiptPolicy, now: dt.datetime
) -> ReceiptCounts:
    """Return the receipts queued or sent inside each cap's period: to one address, to unknown senders, by the desk.

    A receipt may go to any address of the look-up (RFC 3834 4), so `to_address` is the count of the one that got most.
    None is counted further than its cap, and none where there is no cap.
    """
    caps = {"to_address": policy.per_address, "to_unknown": policy.unknown_senders, "by_desk": policy.desk}
    if not any(caps.values()):
        return ReceiptCounts()
    first, *others = dict.fromkeys(address_key(address) for address in addresses if address) or ("",)
    since = {f"since_{name}": now - cap.period if cap else now for name, cap in caps.items()}
    most = {f"most_{name}": cap.count if cap else 0 for name, cap in caps.items()}
    limits: dict[str, object] = {**since, **most}
    to_first, to_unknown, by_desk = RECEIPTS.rows(session, address=first, **limits)[0]
    to_others = [TO_ONE.rows(session, address=other, **limits)[0][0] for other in others]
    to_address = max([to_first, *to_others])
    return ReceiptCounts(to_address=to_address, to_unknown=to_unknown, by_desk=by_desk)

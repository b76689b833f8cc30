"""What a config that is taken means for people: who is registered for what from now on, who has left, what stops."""

import datetime as dt
import logging
from functools import partial

from inboxd.desk.access import may_see
from inboxd.desk.decision import AddEntry, Decision
from inboxd.desk.desk import Desk
from inboxd.desk.orders import TO_AGENTS
from inboxd.logs import event
from inboxd.office.office import Office
from inboxd.office.people.agents import hand_over_lost
from inboxd.office.taking.earlier import desk_of
from inboxd.office.taking.renaming import rename_mailboxes
from inboxd.office.taking.timers import begin_timers, look_at_levels
from inboxd.office.tries import on_fresh_facts
from inboxd.store import audit
from inboxd.store.access import categories_of
from inboxd.store.apply import apply
from inboxd.store.audit import CONFIG_REFUSED, CONFIG_TAKEN
from inboxd.store.configs import last_config, remember_config
from inboxd.store.engine import Session
from inboxd.store.letters import NOT_IN_HAND, list_letters
from inboxd.store.parking import cancel
from inboxd.store.registrations import Registered, keep_registrations

log = logging.getLogger(__name__)

ESCALATION = "escalation"
"""The kind of letters that levels of escalation and complaints send."""


def take_config(office: Office) -> None:
    """Keep a config that is taken now in the history of what admins own, with who serves what from now on.

    Whoever has left the desk hands over his open cases, in the same transaction. Raises StoreBusy after three tries.
    """
    on_fresh_facts(partial(_take_once, office), "config")


def refuse_config(office: Office, why: str) -> None:
    """Put on record that a changed config was not taken, and its first error; `health` says so until one is taken."""
    with office.store.begin() as session:
        audit.note(session, at=office.clock.now(), actor="inboxd", action=CONFIG_REFUSED, detail=why.partition("\n")[0])


def _take_once(office: Office) -> None:
    now: dt.datetime = office.clock.now()
    with office.store.begin() as session:
        if audit.standing(session, CONFIG_REFUSED, until=CONFIG_TAKEN):
            audit.note(session, at=now, actor="inboxd", action=CONFIG_TAKEN)
        rename_mailboxes(office, session, last_config(session))
        former = _removed(office, session)
        another = remember_config(session, office.settings.text, now)
        keep_registrations(session, registered(office.desk), now)
        hand_over_lost(office, session, now)
        begin_timers(office, session, now)
        if another:
            look_at_levels(office, session, now)
        _stop_letters(office, session, former, now)


def _removed(office: Office, session: Session) -> frozenset[str]:
    """Return the addresses that were agents' by the config taken before, and that nothing in this one names."""
    before, desk = desk_of(office, last_config(session)), office.desk
    if before is None:
        return frozenset()
    levels = {word.casefold() for priority in desk.priorities for level in priority.escalation for word in level.to}
    named = levels | {point.address.casefold() for point in desk.points if point.address}
    named |= {agent.address.casefold() for agent in desk.agents} | {(desk.admin or "").casefold()}
    return frozenset(agent.address.casefold() for agent in before.agents) - named


def _stop_letters(office: Office, session: Session, removed: frozenset[str], now: dt.datetime) -> None:
    """Cancel letters to agents that have not left, where their reader has left the desk or may not know of the case.

    The case of an escalation that was stopped says so: that somebody was told stands there.
    """
    waiting = list_letters(session, state=NOT_IN_HAND, kind=sorted(TO_AGENTS))
    categories = categories_of(session, {row.case_id for row in waiting if row.case_id is not None})
    for row in waiting:
        category = categories.get(row.case_id or 0)
        if not any(_may_read(office.desk, address, category, row.kind, removed) for address in row.to):
            cancel(session, row.id)
            if row.kind == ESCALATION and row.case_id is not None:
                said = f"letter {row.id} to {', '.join(row.to)} cancelled: its reader has left or lost access"
                entry = AddEntry(case_id=row.case_id, kind="event", actor="inboxd", text=said)
                apply(session, Decision(kind="agent_order", changes=(entry,)), now=now)
            event(log, logging.WARNING, "letter.cancelled", letter=row.id, why="its reader has left or lost access")


def _may_read(desk: Desk, address: str, category: str | None, kind: str, removed: frozenset[str]) -> bool:
    """Say whether an address may be told of a case of a category; None where a letter is about none.

    Escalations also go to people who are no agents at all, but not to whom the config no longer has (`removed`).
    """
    key = address.casefold()
    agents = [agent for agent in desk.agents if agent.address == key]
    if any(agent.active for agent in agents):
        return category is None or any(agent.active and may_see(desk, agent, category) for agent in agents)
    if kind == ESCALATION:
        return not agents and key not in removed
    return any(known.notify.casefold() == key for known in desk.categories if category in {None, known.name})


def registered(desk: Desk) -> frozenset[Registered]:
    """Return who serves which category, and by it which customers: one of each whose own category it is, else none."""
    whose: dict[str, list[str]] = {}
    for customer in desk.customers:
        if customer.category is not None:
            whose.setdefault(customer.category, []).append(customer.name)
    return frozenset(
        (agent.name, category, customer)
        for agent in desk.agents
        if agent.active
        for category in agent.categories
        for customer in whose.get(category, [None])
    )

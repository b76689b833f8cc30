"""The agents of the desk: who serves what and is there, going away and coming back, handing over what was in hand."""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from inboxd.desk.access import may_see
from inboxd.desk.desk import Agent
from inboxd.desk.reference import reference
from inboxd.desk.routing.assign import on_duty
from inboxd.desk.routing.handover import Handed, hand_over
from inboxd.desk.view import View
from inboxd.errors import Conflict, NotAllowed, NotFound
from inboxd.logs import event
from inboxd.office.documents import Document
from inboxd.office.letters.freezing import write_letters
from inboxd.office.office import Office
from inboxd.office.people.access import categories_seen, sees_category
from inboxd.office.tries import on_fresh_facts
from inboxd.store import absences, audit, registrations
from inboxd.store.apply import apply
from inboxd.store.engine import Session
from inboxd.store.rows import AbsenceRow
from inboxd.store.senders import holdings, in_hand
from inboxd.store.views import load_agent_view

log = logging.getLogger(__name__)

LEADING = frozenset({"lead", "admin"})
"""Roles that may say of others that they are away or back."""


def agent_list(office: Office) -> list[Document]:
    """Return the `agent list` document: every agent of the config in its order, the former ones too.

    `on_duty` are the categories whose roster names him this week, there or not. Cases that are not for the reader to
    know of are not counted.
    """
    now = office.clock.now()
    with office.store.reading() as session:
        open_cases = in_hand(session, categories_seen(office))
        away = {row.agent: row for row in absences.absences(session, now)}
    duty = [(on_duty(category, office.desk, now), category.name) for category in office.desk.categories]
    return [
        _agent(agent, open_cases.get(agent.name, 0), away.get(agent.name))
        | {"on_duty": [category for name, category in duty if name == agent.name]}
        for agent in office.desk.agents
    ]


def registered_on(office: Office, day: dt.date) -> list[Document]:
    """Return who was registered for which category and customer on a day of the desk's time zone."""
    zone = ZoneInfo(office.desk.timezone)
    midnights = (dt.datetime.combine(one, dt.time(), tzinfo=zone) for one in (day, day + dt.timedelta(days=1)))
    with office.store.reading() as session:
        rows = registrations.registered_between(session, *midnights)
    return [
        {
            "agent": row.agent,
            "category": row.category,
            "customer": row.customer,
            "since": row.since.isoformat(timespec="seconds"),
            "until": row.until.isoformat(timespec="seconds") if row.until else None,
        }
        for row in rows
    ]


def agent_away(office: Office, name: str, *, until: dt.datetime | None, to: str | None, actor: str) -> Document:
    """Note that an agent is away, and hand over his open cases in one step: to another, else as each category does.

    Raises NotFound, NotAllowed (77) for whom this is no business of, Conflict where one of them takes no cases.
    """
    now = office.clock.now()
    agent = _known(office, name)
    _may_speak_for(office, actor, agent)
    if not agent.active:
        raise Conflict(f"{agent.name} is no longer an active agent", hint="his open cases were handed over then")

    def leave() -> list[Handed]:
        with office.store.begin() as session:
            _check_receiver(office, session, agent, to, now)
            absences.begin_absence(session, agent.name, since=now, until=until, to=to, made_by=actor)
            view = load_agent_view(session, agent.name, desk=office.desk, keyring=office.keyring, now=now)
            handed = _hand_over(office, session, agent.name, view, to=to, actor=actor)
            told = _told(office, handed, until)
            audit.note(session, at=now, actor=actor, action="agent away", subject=agent.name, detail=told)
        return handed

    handed = on_fresh_facts(leave, "agent away")
    event(log, logging.INFO, "agent.away", agent=agent.name, actor=actor, cases=len(handed))
    return _document(office, agent, handed)


def agent_back(office: Office, name: str, *, actor: str) -> Document:
    """Note that an agent is back; his cases stay with those who have them now. Raises NotFound, NotAllowed (77)."""
    now = office.clock.now()
    agent = _known(office, name)
    _may_speak_for(office, actor, agent)
    with office.store.begin() as session:
        if absences.end_absence(session, agent.name, now):
            audit.note(session, at=now, actor=actor, action="agent back", subject=agent.name)
    return _document(office, agent, ())


def hand_over_lost(office: Office, session: Session, now: dt.datetime) -> None:
    """Hand over the cases of those who have left the desk, and those of which their agent may no longer know."""
    held: dict[str, list[str]] = {}
    for name, category in holdings(session):
        agent = office.desk.agent(name)
        works = agent is not None and agent.active and agent.role != "auditor"
        if not works or not may_see(office.desk, agent, category):
            held.setdefault(name, []).append(category)
    for name, categories in held.items():
        view = load_agent_view(session, name, desk=office.desk, keyring=office.keyring, now=now, categories=categories)
        handed = _hand_over(office, session, name, view, to=None, actor="inboxd")
        agent = office.desk.agent(name)
        left = agent is None or not agent.active
        what = "agent left" if left else "agent lost access"
        audit.note(session, at=now, actor="inboxd", action=what, subject=name, detail=_told(office, handed))
        event(log, logging.WARNING, "agent.cases_handed_over", agent=name, cases=len(handed))


def _hand_over(office: Office, session: Session, name: str, view: View, *, to: str | None, actor: str) -> list[Handed]:
    now = office.clock.now()
    decision, handed = hand_over(name, view, now, to=to, actor=actor)
    apply(session, decision, now=now)
    write_letters(session, decision, case_id=None, office=office)
    return handed


def _known(office: Office, name: str) -> Agent:
    agent = office.desk.agent(name)
    if agent is None:
        raise NotFound(f"no agent {name}", hint=f"there are: {', '.join(a.name for a in office.desk.agents)}")
    return agent


def _may_speak_for(office: Office, actor: str, agent: Agent) -> None:
    speaker = office.desk.agent(actor)
    if speaker is not None and speaker.name != agent.name and speaker.role not in LEADING:
        raise NotAllowed(f"only leads and admins say of others that they are away or back, not {actor}")


def _check_receiver(office: Office, session: Session, agent: Agent, to: str | None, now: dt.datetime) -> None:
    if to is None:
        return
    receiver = _known(office, to)
    if receiver.name == agent.name:
        raise Conflict(f"{to} cannot hand over to himself", hint="leave --to out: each category's assignment decides")
    if not receiver.active or receiver.role == "auditor":
        raise Conflict(f"{to} takes no cases")
    if to in absences.absent(session, now):
        raise Conflict(f"{to} is away, too", hint="leave --to out: each category's assignment decides")


def _told(office: Office, handed: Sequence[Handed], until: dt.datetime | None = None) -> str:
    """Say in a line how many cases went to whom; which ones stands on their journals."""
    counts = Counter(one.to or "nobody" for one in handed)
    whom = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    cases = f"{len(handed)} open case{'s' * (len(handed) != 1)} handed over" + (f": {whom}" if whom else "")
    if until is None:
        return cases
    return f"until {until.astimezone(ZoneInfo(office.desk.timezone)):%Y-%m-%d %H:%M}; {cases}"


def _document(office: Office, agent: Agent, handed: Sequence[Handed]) -> Document:
    """Return the agent as `agent list` does, with the cases that went from him, as far as the reader may know them."""
    listed = next(one for one in agent_list(office) if one["name"] == agent.name)
    return listed | {
        "handed_over": [
            {
                "reference": reference(one.case.prefix, one.case.number),
                "category": one.case.category,
                "to": one.to,
            }
            for one in handed
            if sees_category(office, one.case.category)
        ]
    }


def _agent(agent: Agent, open_cases: int, away: AbsenceRow | None) -> Document:
    return {
        "name": agent.name,
        "address": agent.address,
        "role": agent.role,
        "active": agent.active,
        "categories": list(agent.categories),
        "open_cases": open_cases,
        "away": None
        if away is None
        else {
            "since": away.since.isoformat(timespec="seconds"),
            "until": away.until.isoformat(timespec="seconds") if away.until else None,
            "to": away.to,
        },
    }

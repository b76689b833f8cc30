"""Agents who have done nothing for so many days: a list for whoever orders users to confirm or to take away."""

import datetime as dt

from inboxd.office.documents import Document
from inboxd.office.office import Office
from inboxd.office.people.access import categories_seen
from inboxd.store.registrations import first_registered, last_words
from inboxd.store.senders import in_hand


def inactive(office: Office, days: int) -> list[Document]:
    """Return the active agents by whom there was no order, note or answer on any case for so many days, longest first.

    One who never did anything counts from the day on which he was first registered. Auditors only read: they are left
    out.
    """
    before = office.clock.now() - dt.timedelta(days=days)
    with office.store.reading() as session:
        last, since = last_words(session), first_registered(session)
        open_cases = in_hand(session, categories_seen(office))
    found = [
        (last.get(agent.name) or since.get(agent.name), agent)
        for agent in office.desk.agents
        if agent.active and agent.role != "auditor"
    ]
    listed = [(quiet_since, agent) for quiet_since, agent in found if quiet_since is not None and quiet_since < before]
    return [
        {
            "name": agent.name,
            "address": agent.address,
            "categories": list(agent.categories),
            "registered_since": _time(since.get(agent.name)),
            "last_at": _time(last.get(agent.name)),
            "open_cases": open_cases.get(agent.name, 0),
        }
        for _, agent in sorted(listed, key=lambda pair: (pair[0], pair[1].name))
    ]


def _time(when: dt.datetime | None) -> str | None:
    return None if when is None else when.isoformat(timespec="seconds")

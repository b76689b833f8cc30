"""The list of agents who do nothing, as it stands in a letter to their customer."""

import datetime as dt
from collections.abc import Iterable

from inboxd.render.reports.words import Words
from inboxd.render.screen import Document


def inactive_text(agents: Iterable[Document], days: int, whose: str, language: str, zone: dt.tzinfo) -> str:
    """Return what is asked about, and a line for each of the agents of `report inactive`."""
    words = Words(language)
    head = words("quiet_of").format(customer=whose, days=days)
    lines = (f"- {agent['name']} ({agent['address']}), {_when(agent, words, zone)}" for agent in agents)
    return "\n".join((head, "", *lines))


def _when(agent: Document, words: Words, zone: dt.tzinfo) -> str:
    if agent["last_at"]:
        return f"{words('last_active')} {_day(agent['last_at'], words, zone)}"
    if not agent["registered_since"]:
        return words("never_active")
    return f"{words('never_active')}, {words('registered')} {_day(agent['registered_since'], words, zone)}"


def _day(moment: str, words: Words, zone: dt.tzinfo) -> str:
    return words.date(dt.datetime.fromisoformat(moment).astimezone(zone).isoformat())

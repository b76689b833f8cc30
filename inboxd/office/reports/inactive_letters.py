"""`report inactive --mail`: who orders users for a customer is asked about those of its agents who do nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from inboxd.desk.decision import Decision, Draft
from inboxd.desk.letters.inactivity import asks, language_for, once_key, whom_to_ask
from inboxd.desk.routing.customer import Customer
from inboxd.errors import NotAllowed
from inboxd.office.documents import Document
from inboxd.office.letters.freezing import write_letters
from inboxd.office.office import Office
from inboxd.office.people.agents import LEADING
from inboxd.office.reports.months import inactive_agents
from inboxd.office.taking.take import registered
from inboxd.office.tries import on_fresh_facts
from inboxd.render.reports.inactive import inactive_text
from inboxd.store import audit
from inboxd.store.engine import Session

MAILED = "inactive agents mailed"
"""The action on the audit log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A customer with the agents registered for it who do nothing, as `report inactive` lists them."""

    customer: Customer
    agents: tuple[Document, ...]

    @property
    def names(self) -> list[str]:
        """The agents' names."""
        return [agent["name"] for agent in self.agents]


def ask_customers(office: Office, days: int, *, actor: str) -> Document:
    """Write one letter to each orderer of a customer, else to its contact, and return the `report inactive` document.

    Its `mailed` says who was written to about whom, `no_customer` names the agents of whom nobody is asked. The same
    list goes to nobody twice on one day. Raises NotAllowed for all but leads and admins.
    """
    agent = office.desk.agent(actor)
    if agent is not None and agent.role not in LEADING:
        raise NotAllowed(f"only leads and admins ask customers about agents, not {actor}")
    document = inactive_agents(office, days)
    asked = tuple(_asked(office, document["agents"]))
    theirs = {name for one in asked for name in one.names}
    return document | {
        "mailed": on_fresh_facts(partial(_mail, office, asked, days, actor), "inactive"),
        "no_customer": [agent["name"] for agent in document["agents"] if agent["name"] not in theirs],
    }


def _asked(office: Office, quiet: list[Document]) -> Iterator[_Asked]:
    serving = {(agent, customer) for agent, _, customer in registered(office.desk)}
    for customer in office.desk.customers:
        agents = tuple(agent for agent in quiet if (agent["name"], customer.name) in serving)
        if agents:
            yield _Asked(customer=customer, agents=agents)


def _mail(office: Office, asked: tuple[_Asked, ...], days: int, actor: str) -> list[Document]:
    with office.store.begin() as session:
        return [row for one in asked for row in _mail_one(session, office, one, days, actor)]


def _mail_one(session: Session, office: Office, one: _Asked, days: int, actor: str) -> list[Document]:
    """Write the letters about one customer's agents, and put on record to whom."""
    whose: Document = {"customer": one.customer.name, "title": one.customer.title, "agents": one.names}
    rows, told = [], []
    for address in whom_to_ask(one.customer):
        draft = _draft(office, one, address, days, actor)
        written = write_letters(session, Decision(kind="ignore", letters=(draft,)), case_id=None, office=office)
        told += [address] if written else []
        letter = written[0].letter_id if written else None
        rows.append(whose | {"to": address, "outcome": "written" if written else "already", "letter": letter})
    if told:
        detail = f"{', '.join(one.names)} ({days} days) to {', '.join(told)}"
        now = office.clock.now()
        audit.note(session, at=now, actor=actor, action=MAILED, subject=one.customer.name, detail=detail)
    return rows or [whose | {"to": None, "outcome": "nobody", "letter": None}]


def _draft(office: Office, one: _Asked, address: str, days: int, actor: str) -> Draft:
    zone = ZoneInfo(office.desk.timezone)
    language = office.templates.language_for("inactive", language_for(address, office.desk))
    text = inactive_text(one.agents, days, one.customer.title, language, zone)
    today = office.clock.now().astimezone(zone).date().isoformat()
    once = once_key(today, one.customer.name, address, one.names)
    return asks(one.customer, address, office.desk, text=text, once=once, actor=actor)

"""Letters in agents' own mail clients: whose words they bring, and whether an answer goes on to the requester."""

from inboxd.desk.access import may_see
from inboxd.desk.case import Case
from inboxd.desk.decision import Draft
from inboxd.desk.desk import Agent, Desk
from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.mail.subject import one_line, receipt_subject

TO_AGENTS = frozenset({"agent", "escalation"})
"""Kinds of letters that bring a case to an agent."""

WRITERS = frozenset({"agent_answer"})
"""Letters that bring the words of whoever wrote, a supplier perhaps; the others bring the requester's case."""

LONGEST_NAME = 60


def reading_agent(draft: Draft, desk: Desk) -> Agent | None:
    """Return the agent whom a letter goes to, and nobody else; None for any other letter."""
    if draft.kind not in TO_AGENTS or len(draft.to) != 1 or draft.cc:
        return None
    return next((agent for agent in desk.agents if agent.address.casefold() == draft.to[0].key), None)


def may_answer(draft: Draft, case: Case, desk: Desk) -> bool:
    """Say whether the agent who reads this letter about a case may answer its requester by answering the letter."""
    agent = reading_agent(draft, desk)
    if agent is None or desk.agent_mail == "off" or draft.null_sender:
        return False
    acts = agent.active and agent.role != "auditor" and may_see(desk, agent, case.category)
    requester = case.requester.address
    return acts and bool(requester) and not desk.is_ours(requester) and requester.casefold() != agent.address.casefold()


def sender_name(draft: Draft, case: Case | None, desk: Desk) -> str:
    """Return the name in a letter's From: the desk's; to an agent "Ola Nordmann via Kundeservice"."""
    if case is None or reading_agent(draft, desk) is None:
        return desk.name
    writer = draft.author if draft.template in WRITERS else ""
    person = _person(writer or case.requester.name or case.requester.address)
    return f"{person} via {desk.name}" if person else desk.name


def _person(written: str) -> str:
    """Return what to call somebody: a name without links and numbers; of an address "ola (kommune.example)".

    No address may stand there: mail programs take it for the sender's own, and filters for a forgery (rules.md T12).
    """
    name = receipt_subject(" ".join(word for word in written.split() if "@" not in word))
    if name:
        return name
    local, _, domain = written.strip().strip("<>").rpartition("@")
    return one_line(mask_personal_numbers(f"{local} ({domain})"), LONGEST_NAME) if local and "@" not in local else ""

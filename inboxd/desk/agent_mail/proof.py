"""Whether a mail is an agent's own (design.md, promise 6): nothing leaves the desk by mail without proof. Pure."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, TypeAlias

from inboxd.desk.access import may_see
from inboxd.desk.case import Case
from inboxd.desk.desk import Agent, Desk
from inboxd.desk.thread import proven_letter, references_in
from inboxd.desk.view import KnownLetter, View
from inboxd.mail.authentication import dmarc_passed
from inboxd.mail.message import ParsedMessage
from inboxd.mail.structured import find_addresses

TOKEN_LASTS = dt.timedelta(days=30)
"""So long a letter to an agent lets him act by answering it."""

LETTERS_THAT_PROVE = frozenset({"agent", "escalation", "confirm"})
"""Kinds of letters that go to agents alone."""

WhyNot: TypeAlias = Literal["inactive", "no_token", "not_his", "old", "revoked", "hidden", "no_dmarc"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A mail that is proven to be an agent's. `letter` is the one it answers, None for a new mail with a case tag.

    `shown` says that others got the mail, too, so that the letter's token proves nothing any more.
    """

    agent: Agent
    case: Case
    letter: KnownLetter | None
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A mail under an agent's address that proves nothing, and why not."""

    agent: Agent
    why: WhyNot


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A mail that is proven to be an agent's answer to a letter which asked him what he wrote."""

    agent: Agent
    letter: KnownLetter
    shown: bool


def prove(message: ParsedMessage, view: View, now: dt.datetime) -> Proven | Confirmed | Claimed | None:
    """Say whether a mail is an agent's own; None where it claims to be nobody's, or agents do not act by mail."""
    desk = view.desk
    agent = _agent(message, desk)
    if agent is None or desk.agent_mail == "off":
        return None
    if not agent.active or agent.role == "auditor":
        return Claimed(agent=agent, why="inactive")
    if desk.agent_mail == "token+dmarc" and not dmarc_passed(message, desk.trusted_authserv_ids):
        return Claimed(agent=agent, why="no_dmarc")
    if desk.agent_mail == "token+dmarc" and not message.in_reply_to and not message.references:
        return _by_tag(message, agent, view)
    return _by_token(message, agent, view, now)


def writes_as_agent(message: ParsedMessage, desk: Desk) -> bool:
    """Say whether a mail claims to be an agent's, so that a decision may need what an order does."""
    return _agent(message, desk) is not None


def shown_to_others(message: ParsedMessage, desk: Desk) -> bool:
    """Say whether a mail was addressed to anyone but us, as far as it tells."""
    fields = (value for name in ("resent-to", "resent-cc", "bcc") for value in message.all_headers(name))
    again = (address for value in fields for address in find_addresses(value))
    to = (person.address for person in (*message.to, *message.cc))
    return any(not desk.is_ours(address) for address in (*to, *again))


def _agent(message: ParsedMessage, desk: Desk) -> Agent | None:
    """Return whose one unambiguous address the mail comes from."""
    key = message.identity.key if message.identity else None
    found = [agent for agent in desk.agents if agent.address.casefold() == key]
    return found[0] if len(found) == 1 else None


def _by_token(message: ParsedMessage, agent: Agent, view: View, now: dt.datetime) -> Proven | Confirmed | Claimed:
    """The direct parent, and no other, is a letter of ours to that agent alone."""
    letter = proven_letter(message.in_reply_to[0], view) if len(message.in_reply_to) == 1 else None
    if letter is None or letter.kind not in LETTERS_THAT_PROVE:
        return Claimed(agent=agent, why="no_token")
    if tuple(address.casefold() for address in letter.recipients) != (agent.address.casefold(),):
        return Claimed(agent=agent, why="not_his")
    if letter.written_at is None or now - letter.written_at > TOKEN_LASTS:
        return Claimed(agent=agent, why="old")
    if letter.revoked:
        return Claimed(agent=agent, why="revoked")
    shown = shown_to_others(message, view.desk)
    if letter.kind == "confirm":
        return Confirmed(agent=agent, letter=letter, shown=shown)
    case = None if letter.case_id is None else view.case(letter.case_id)
    if case is None or not may_see(view.desk, agent, case.category):
        return Claimed(agent=agent, why="hidden")
    return Proven(agent=agent, case=case, letter=letter, shown=shown)


def _by_tag(message: ParsedMessage, agent: Agent, view: View) -> Proven | Claimed:
    """A new mail, vouched for by a server of ours, names the case in its subject."""
    cases = {case.id: case for ref in references_in(message, view.desk.prefixes)
             if ref.valid and (case := view.case_of_number(ref.number))}  # fmt: skip
    if len(cases) != 1:
        return Claimed(agent=agent, why="no_token")
    (case,) = cases.values()
    if not may_see(view.desk, agent, case.category):
        return Claimed(agent=agent, why="hidden")
    return Proven(agent=agent, case=case, letter=None, shown=False)

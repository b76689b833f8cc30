"""Where a new case goes: the mailbox's category, the admin's rules in order, and an agent who is there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import re2

from inboxd.desk.decision import Evidence, Routing
from inboxd.desk.desk import Agent, Desk, Mailbox, Rule
from inboxd.desk.view import View
from inboxd.mail.address import Address
from inboxd.mail.message import ParsedMessage

TEXT_LOOKED_AT = 200_000
"""Characters of a body that rules search: more is no help to an admin and only costs time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The routing of a mail, with what rules add to it."""

    routing: Routing
    tags: tuple[str, ...] = ()
    action: str | None = None
    evidence: tuple[Evidence, ...] = ()


def choose_mailbox(message: ParsedMessage, desk: Desk, arrived_in: str) -> Mailbox:
    """Return the mailbox a mail belongs to: the one first named in To, then Cc, whichever copy came first.

    A mail that names none of ours (Bcc, a list) stays with the mailbox it lay in; where the config has lost that one
    since the mail was fetched, the first takes it.
    """
    for address in (*message.to, *message.cc):
        for mailbox in desk.mailboxes:
            if _is_address_of(address, mailbox):
                return mailbox
    return desk.mailbox(arrived_in) or desk.mailboxes[0]


def route(message: ParsedMessage, mailbox: Mailbox, view: View) -> Route:
    """Route a new mail: later rules override earlier ones, `stop` ends the search."""
    routing = Routing(category=mailbox.category, priority="normal", assignee=None, rule=f"mailbox {mailbox.name}")
    found = Route(routing=routing)
    for rule in view.desk.rules:
        if rule.mailbox in {None, mailbox.name} and _rule_hits(rule, message):
            found = _with_rule(found, rule)
            if rule.stop:
                break
    assignee, why = assign(found.routing, view, exclude=message.author)
    return replace(found, routing=replace(found.routing, assignee=assignee), evidence=(*found.evidence, why))


def assign(routing: Routing, view: View, *, exclude: Address | None = None) -> tuple[str | None, Evidence]:
    """Choose the agent for a new case: the rule's, else by the category's assignment; never one who is not there.

    `exclude` is the requester: an agent's own enquiry is for a colleague.
    """
    category = view.desk.category(routing.category)
    present = {a.name for a in _candidates(view, exclude)}
    if routing.assignee in present:
        return routing.assignee, Evidence(rule="assign", detail=f"{routing.rule} names {routing.assignee}")
    if category is None or category.assignment == "none":
        return None, Evidence(rule="assign", detail=f"category {routing.category} leaves its cases to be taken")
    candidates = [name for name in category.members if name in present]
    if not candidates and category.manager in present:
        return category.manager, Evidence(rule="assign", detail="nobody of the category is there: its manager")
    if not candidates:
        return None, Evidence(rule="assign", detail=f"nobody of category {routing.category} is there")
    loads = {load.agent: load.open_cases for load in view.loads}
    chosen = min(candidates, key=lambda name: (loads.get(name, 0), category.members.index(name)))
    return chosen, Evidence(rule="assign", detail=f"{chosen} has fewest open cases ({loads.get(chosen, 0)})")


def _candidates(view: View, exclude: Address | None) -> tuple[Agent, ...]:
    return tuple(
        agent
        for agent in view.desk.agents
        if agent.active
        and agent.role != "auditor"
        and agent.name not in view.absent
        and (exclude is None or agent.address.casefold() != exclude.key)
    )


def _is_address_of(address: Address, mailbox: Mailbox) -> bool:
    local, at, domain = address.key.rpartition("@")
    return address.key in mailbox.addresses or f"{local.split('+', 1)[0]}{at}{domain}" in mailbox.addresses


def _with_rule(found: Route, rule: Rule) -> Route:
    routing = Routing(
        category=rule.category or found.routing.category,
        priority=rule.priority or found.routing.priority,
        assignee=rule.assignee or found.routing.assignee,
        rule=rule.name,
    )
    return Route(
        routing=routing,
        tags=tuple(dict.fromkeys((*found.tags, *rule.tags))),
        action=rule.action or found.action,
        evidence=(*found.evidence, Evidence(rule=f"rule {rule.name}", detail=_what_it_sets(rule))),
    )


def _what_it_sets(rule: Rule) -> str:
    fields = (("category", rule.category), ("priority", rule.priority), ("assignee", rule.assignee),
              ("tags", ", ".join(rule.tags)), ("action", rule.action))  # fmt: skip
    return ", ".join(f"{name} = {value}" for name, value in fields if value) or "nothing"


def _rule_hits(rule: Rule, message: ParsedMessage) -> bool:
    return all(any(_found(pattern, text) for text in _texts(field, message)) for field, pattern in rule.match)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> "re2._Regexp[str]":
    return re2.compile(pattern)


def _found(pattern: str, text: str) -> bool:
    """Search in linear time (google-re2), whatever pattern an admin wrote; config has proven that it compiles."""
    return _compiled(pattern).search(text) is not None


def _texts(field: str, message: ParsedMessage) -> tuple[str, ...]:
    if field.startswith("header."):
        return message.all_headers(field.removeprefix("header.").lower())
    return FIELDS[field](message)


def _spelt(addresses: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(f"{a.name} <{a.address}>" if a.name else a.address for a in addresses)


FIELDS: dict[str, Callable[[ParsedMessage], tuple[str, ...]]] = {
    "from": lambda message: _spelt(message.from_),
    "to": lambda message: (*_spelt((*message.to, *message.cc)), *message.recipients),
    "subject": lambda message: (message.subject,),
    "body": lambda message: (message.text[:TEXT_LOOKED_AT],),
}

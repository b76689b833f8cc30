"""Where a new case goes: who may write, the admin's rules in order, and what is known of the writer and the mailbox."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from inboxd.desk.arrived import Arrived
from inboxd.desk.case import Case
from inboxd.desk.decision import RulesHit, TurnTaken
from inboxd.desk.desk import Desk, Mailbox, Rule
from inboxd.desk.evidence import Evidence
from inboxd.desk.letters.language import letter_language
from inboxd.desk.reference import reference
from inboxd.desk.routing.assign import assign
from inboxd.desk.routing.customer import contact_of, customer_of, sender_rule_of
from inboxd.desk.routing.destination import Fired, Routing
from inboxd.desk.routing.matching import Facts, matches
from inboxd.desk.routing.overrides import (
    DEFAULT_PRIORITY,
    VALUES,
    Offer,
    Settled,
    Voice,
    settle,
    voice_of_rule,
    voices_about,
)
from inboxd.desk.view import View
from inboxd.mail.address import Address
from inboxd.mail.message import MailKind, ParsedMessage

MACHINES = frozenset({MailKind.NOTIFICATION, MailKind.LIST})
"""Mail that no person sent to us alone: it need not all be one agent's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The routing of a mail, with what rules add to it; `language` is that of letters to its writer.

    `by` names the rule that says what is done with the mail (`action`). `template` is an admin's own in place of the
    receipt's; `no_receipt` names the rule that wants none. `turns` count who was given the case.
    """

    routing: Routing
    language: str
    action: Literal["accept", "refuse", "ignore", "hold", "open"] | None = None
    by: str = ""
    template: str | None = None
    no_receipt: str | None = None
    turns: tuple[TurnTaken, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def hits(self) -> tuple[RulesHit, ...]:
        """The change that counts the rules that hit, if any did."""
        names = tuple(fired.rule for fired in self.routing.fired)
        return (RulesHit(rules=names),) if names else ()


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


def route_stranger(arrived: Arrived, view: View) -> Route:
    """Route a mail that answers no case: whoever may not write is stopped before the admin's rules are looked at."""
    met = sender_rule_of(_writer(arrived), arrived.mailbox, view.desk)
    if met is None:
        return route(arrived, view)
    fired = Fired(rule=met.name, sets=(("action", (met.action,)),))
    if met.action == "accept":
        return _admitted(route(arrived, view), fired)
    stopped = replace(_routed(arrived, (), view), action=met.action, by=met.name, evidence=())
    return _admitted(stopped, fired)


def route(arrived: Arrived, view: View, follows: Case | None = None) -> Route:
    """Route a mail by the rules of the admin: later ones override earlier ones, `stop` ends the search.

    `follows` is the case at rest that it answers: where only members see that one, they alone see what follows it.
    """
    rules = tuple(_rules_that_hit(arrived, view))
    found = _routed(arrived, rules, view, *_kept_among_members(follows, view.desk))
    for rule in rules:
        found = replace(
            found,
            action=rule.action or found.action,
            by=f"rule {rule.name}" if rule.action else found.by,
            template=rule.template or found.template,
            no_receipt=found.no_receipt if rule.receipt is None else None if rule.receipt else rule.name,
        )
    return _assigned(found, arrived, view)


def _rules_that_hit(arrived: Arrived, view: View) -> Iterator[Rule]:
    if not view.desk.rules:
        return
    customer = customer_of(_writer(arrived), view.desk)
    facts = Facts(
        message=arrived.message,
        kind=arrived.kind,
        mailbox=arrived.mailbox,
        customer=customer.name if customer else None,
        came_at=arrived.came_at(view),
        desk=view.desk,
    )
    for rule in view.desk.rules:
        if matches(rule, facts):
            yield rule
            if rule.stop:
                break


def _kept_among_members(follows: Case | None, desk: Desk) -> tuple[Voice, ...]:
    category = desk.category(follows.category) if follows else None
    if follows is None or category is None or category.access == "all":
        return ()
    return (Voice(level="case", name=reference(follows.prefix, follows.number), sets={"category": category.name}),)


def _routed(arrived: Arrived, rules: tuple[Rule, ...], view: View, *before: Voice) -> Route:
    """Settle what rules, writer and mailbox say of a new case; nobody has it yet."""
    writer, mailbox = _writer(arrived), arrived.mailbox
    contact, customer = contact_of(writer, view.desk), customer_of(writer, view.desk)
    writes = letter_language(arrived.message.language, default="")
    about = voices_about(mailbox, contact=contact, customer=customer, writes=writes)
    settled = settle((*before, *map(voice_of_rule, reversed(rules)), *about))
    routing = Routing(
        category=settled.value("category") or mailbox.category,
        priority=settled.value("priority") or DEFAULT_PRIORITY,
        assignee=settled.value("assignee"),
        rule=rules[-1].name if rules else settled.by("category") or f"mailbox {mailbox.name}",
        type=settled.value("type"),
        item=settled.item,
        customer=customer.name if customer else None,
        tags=tuple(dict.fromkeys(tag for rule in rules for tag in rule.tags)),
        fired=tuple(Fired(rule=rule.name, sets=_sets(rule)) for rule in rules),
        offers=settled.offers,
    )
    told = (Evidence(rule=f"rule {fired.rule}", detail=_in_words(fired)) for fired in routing.fired)
    return Route(
        routing=routing,
        language=settled.value("language") or mailbox.language,
        evidence=(*told, *_by_case(settled), *_by_writer(settled)),
    )


def _by_case(settled: Settled) -> Iterator[Evidence]:
    """Tell that a case which only members see keeps to them what follows it."""
    held = settled.first("category")
    if held is not None and held.level == "case":
        yield Evidence(rule="follows", detail=f"{held.by} is of {held.value}, and only its members may know of it")


def _by_writer(settled: Settled) -> Iterator[Evidence]:
    """Tell what holds because of who wrote."""
    held = {of: offer for of in VALUES if (offer := settled.first(of)) and offer.level in {"contact", "customer"}}
    for by in dict.fromkeys(offer.by for offer in held.values()):
        says = ", ".join(f"{of} = {offer.value}" for of, offer in held.items() if offer.by == by)
        yield Evidence(rule=by, detail=says)


def _admitted(found: Route, fired: Fired) -> Route:
    """Put a sender rule on record, before all others."""
    routing = replace(found.routing, fired=(fired, *found.routing.fired))
    met = Evidence(rule=fired.rule, detail=_in_words(fired))
    return replace(found, routing=routing, evidence=(met, *found.evidence))


def _assigned(found: Route, arrived: Arrived, view: View) -> Route:
    routing = found.routing
    named = next((offer for offer in routing.offers if offer.of == "assignee"), None)
    given = assign(
        replace(routing, rule=named.by if named else routing.rule),
        view,
        arrived.now,
        exclude=arrived.message.author,
        by_machine=arrived.kind in MACHINES,
    )
    offers = routing.offers
    if given.agent is not None and (named is None or given.agent != named.value):
        by_category = Offer(of="assignee", level="default", by=f"category {routing.category}", value=given.agent)
        offers = (by_category, *offers)
    return replace(
        found,
        routing=replace(routing, assignee=given.agent, offers=offers),
        turns=given.turns,
        evidence=(*found.evidence, given.why),
    )


def _writer(arrived: Arrived) -> str:
    return arrived.message.author.address if arrived.message.author else ""


def _is_address_of(address: Address, mailbox: Mailbox) -> bool:
    local, at, domain = address.key.rpartition("@")
    return address.key in mailbox.addresses or f"{local.split('+', 1)[0]}{at}{domain}" in mailbox.addresses


def _sets(rule: Rule) -> tuple[tuple[str, tuple[str, ...]], ...]:
    receipt = None if rule.receipt is None else str(rule.receipt).lower()
    one = (
        ("category", rule.category), ("priority", rule.priority), ("type", rule.type), ("item", rule.item),
        ("assignee", rule.assignee), ("action", rule.action), ("template", rule.template), ("receipt", receipt),
    )  # fmt: skip
    single = tuple((key, (value,)) for key, value in one if value)
    return (*single, ("tags", rule.tags)) if rule.tags else single


def _in_words(fired: Fired) -> str:
    return ", ".join(f"{key} = {', '.join(words)}" for key, words in fired.sets) or "nothing"

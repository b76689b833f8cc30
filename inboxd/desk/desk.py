"""The desk as its admin describes it: mailboxes, categories, agents, customers, rules, priorities, opening hours."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal, get_args

from inboxd.desk.catalogue import CatalogueItem, find_item
from inboxd.desk.clocks.service_levels import Matrix, Point, Priority, TargetSet
from inboxd.desk.letters.wording import AskedField, PlannedText, Wording
from inboxd.desk.routing.customer import Contact, Customer, Directory, SenderRule, directory
from inboxd.mail.address import Address

Minutes = tuple[int, int]
"""A span within a day, in minutes after midnight: (480, 930) is 08:00-15:30."""

Week = tuple[tuple[Minutes, ...], ...]
"""Seven days from Monday, each with its spans in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Other hours for a part of every year; a day whose entry is None keeps its usual hours."""

    first: tuple[int, int]
    last: tuple[int, int]
    hours: tuple[tuple[Minutes, ...] | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Opening hours. `holidays` is a country code of the holidays library, or None; `days` are single dates."""

    name: str
    week: Week
    holidays: str | None = None
    days: tuple[tuple[dt.date, tuple[Minutes, ...]], ...] = ()
    seasons: tuple[Season, ...] = ()


AgentLetter = Literal["new", "answer", "assigned", "undelivered", "morning", "weekly"]
"""What an agent may have letters about; that of an escalation goes to whomever the level names."""

EVERY_LETTER: frozenset[AgentLetter] = frozenset(get_args(AgentLetter))


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person who works at the desk. `notify` are the kinds of letters wanted; none: no letters."""

    name: str
    address: str
    login: str | None
    categories: tuple[str, ...]
    role: Literal["agent", "lead", "admin", "auditor"]
    active: bool = True
    notify: frozenset[AgentLetter] = EVERY_LETTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What a case is about. `members` are the names of the agents who serve it, from both sides of the config.

    `access` "members": nobody else but its manager and admins sees its cases. `notify` is who hears of a case that
    nobody has: "members", "none" or an address. `status` is that of a new case. `parent` is the category whose keys it
    takes where it gives none itself; they stand here already. `weights` are shares of its cases (1 where none is
    given). `duty` takes turns by ISO week: the first of it had the week of `duty_from`; `duty_weeks` are (year, week,
    agent) that differ. `fields` are what it wants to know of its cases. After `status_letter_days` without a letter the
    requester hears that the case lives; after `preliminary_days` without an answer why there is none yet.
    """

    name: str
    title: str
    members: tuple[str, ...]
    assignment: Literal["fewest_open", "even", "weighted", "none"]
    manager: str | None
    closed_reply: Literal["reopen", "new", "reject"]
    closed_letter: bool
    calendar: str
    reopen_days: int | None
    targets: str | None = None
    owner: str | None = None
    service_manager: str | None = None
    operations: str | None = None
    access: Literal["all", "members"] = "all"
    notify: str = "members"
    status: Literal["new", "open"] = "new"
    parent: str | None = None
    weights: tuple[tuple[str, int], ...] = ()
    duty: tuple[str, ...] = ()
    duty_from: dt.date | None = None
    duty_weeks: tuple[tuple[int, int, str], ...] = ()
    fields: tuple[AskedField, ...] = ()
    status_letter_days: int | None = None
    preliminary_days: int | None = None
    preliminary_reason: Wording = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A shared address of the desk. `addresses` are its address and aliases, lower-cased: all ours (R04).

    `owner`, `service_manager` and `operations` are as for a category; a category's own go first.
    """

    name: str
    address: str
    addresses: tuple[str, ...]
    category: str
    prefix: str
    language: str
    subaddress: bool
    owner: str | None = None
    service_manager: str | None = None
    operations: str | None = None
    priority: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the admin's: where every pattern of `match` is found and the rest holds, it sets what it names.

    `match` are pairs of field (from, to, recipient, subject, body, attachment, header.NAME) and regular expression
    (google-re2); `among` pairs of field (customer, language, kind) and the words of which it must have one, "none" for
    no customer. `hour` is a span of the day, past midnight where it ends before it begins, or says whether the
    mailbox's category is open. `template` stands in for the receipt's; `receipt` False means none, True one in spite
    of an earlier rule.
    """

    name: str
    mailbox: str | None
    match: tuple[tuple[str, str], ...] = ()
    among: tuple[tuple[str, tuple[str, ...]], ...] = ()
    hour: Minutes | Literal["open", "closed"] | None = None
    category: str | None = None
    priority: str | None = None
    type: str | None = None
    item: str | None = None
    assignee: str | None = None
    tags: tuple[str, ...] = ()
    action: Literal["ignore", "hold", "open"] | None = None
    template: str | None = None
    receipt: bool | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """So many letters in so long."""

    count: int
    period: dt.timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPolicy:
    """The caps on receipts, None for off, and whether a Return-Path must be there.

    `promise_response`: receipts say by when there will be an answer.
    """

    per_address: Cap | None
    unknown_senders: Cap | None
    desk: Cap | None
    return_path_required: bool
    promise_response: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The whole desk. `prefixes` are all reference prefixes ever configured, upper-cased, the desk's own first.

    `subscribers` are mailed every notice. So many new cases in so long as `surge` says that share rare words make an
    alert, none where it is None.
    """

    name: str
    prefixes: tuple[str, ...]
    language: str
    timezone: str
    phone: str
    web: str
    admin: str | None
    agent_mail: Literal["token", "token+dmarc", "off"]
    trusted_authserv_ids: tuple[str, ...]
    send_delay: dt.timedelta
    max_message_size: int
    receipts: ReceiptPolicy
    agents: tuple[Agent, ...]
    categories: tuple[Category, ...]
    mailboxes: tuple[Mailbox, ...]
    rules: tuple[Rule, ...]
    priorities: tuple[Priority, ...]
    calendars: tuple[Calendar, ...]
    own_addresses: frozenset[str] = field(default_factory=frozenset)
    weekly_letter: bool = False
    morning_letter: bool = False
    target_sets: tuple[TargetSet, ...] = ()
    matrix: Matrix | None = None
    points: tuple[Point, ...] = ()
    customers: tuple[Customer, ...] = ()
    contacts: tuple[Contact, ...] = ()
    sender_rules: tuple[SenderRule, ...] = ()
    receipt_texts: tuple[PlannedText, ...] = ()
    statuses: tuple[tuple[str, Wording], ...] = ()
    catalogue: tuple[CatalogueItem, ...] = ()
    subscribers: tuple[str, ...] = ()
    surge: Cap | None = None
    directory: Directory = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the directory of the customers and contacts once."""
        object.__setattr__(self, "directory", directory(self.customers, self.contacts))

    def agent(self, name: str) -> Agent | None:
        """Return the agent of that name, active or not."""
        return next((a for a in self.agents if a.name == name), None)

    def category(self, name: str) -> Category | None:
        """Return the category of that name."""
        return next((c for c in self.categories if c.name == name), None)

    def lineage(self, name: str) -> tuple[str, ...]:
        """Return a category's name, its parent's, and so on; a name that the desk does not know stands alone."""
        names = [name]
        while (found := self.category(names[-1])) is not None and found.parent and found.parent not in names:
            names.append(found.parent)
        return tuple(names)

    def mailbox(self, name: str) -> Mailbox | None:
        """Return the mailbox of that name."""
        return next((m for m in self.mailboxes if m.name == name), None)

    def customer(self, name: str) -> Customer | None:
        """Return the customer of that name."""
        return next((c for c in self.customers if c.name == name), None)

    def item(self, name: str) -> CatalogueItem | None:
        """Return the item of the catalogue that is called so."""
        return find_item(self.catalogue, name)

    def priority(self, name: str) -> Priority | None:
        """Return the priority of that name."""
        return next((p for p in self.priorities if p.name == name), None)

    def calendar(self, name: str) -> Calendar | None:
        """Return the calendar of that name."""
        return next((c for c in self.calendars if c.name == name), None)

    def target_set(self, name: str) -> TargetSet | None:
        """Return the target set of that name."""
        return next((s for s in self.target_sets if s.name == name), None)

    def point(self, name: str) -> Point | None:
        """Return the escalation point, or the one that decides, of that name."""
        return next((p for p in self.points if p.name == name), None)

    def is_ours(self, address: Address | str) -> bool:
        """Say whether an address is one of the desk's own mailboxes or aliases, with or without a +part."""
        key = (address if isinstance(address, str) else address.address).casefold()
        local, at, domain = key.rpartition("@")
        return key in self.own_addresses or f"{local.split('+', 1)[0]}{at}{domain}" in self.own_addresses

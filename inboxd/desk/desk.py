"""The desk as its admin describes it: mailboxes, categories, agents, rules, priorities, opening hours."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target time: so many days of office time and so much time besides; both 0 is never used."""

    days: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """A priority: its title, targets (None: no target) and the name of the calendar its clock follows."""

    name: str
    title: str
    response: Target | None
    resolution: Target | None
    clock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person who works at the desk."""

    name: str
    address: str
    login: str | None
    categories: tuple[str, ...]
    role: Literal["agent", "lead", "admin", "auditor"]
    active: bool = True
    notify: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What a case is about. `members` are the names of the agents who serve it, from both sides of the config."""

    name: str
    title: str
    members: tuple[str, ...]
    assignment: Literal["fewest_open", "none"]
    manager: str | None
    closed_reply: Literal["reopen", "new", "reject"]
    closed_letter: bool
    calendar: str
    reopen_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A shared address of the desk. `addresses` are its address and aliases, lower-cased: all ours (R04)."""

    name: str
    address: str
    addresses: tuple[str, ...]
    category: str
    prefix: str
    language: str
    subaddress: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the admin's: where every pattern of `match` is found, `set` applies.

    `match` are pairs of field (from, to, subject, body, header.NAME) and regular expression (google-re2).
    """

    name: str
    mailbox: str | None
    match: tuple[tuple[str, str], ...]
    category: str | None = None
    priority: str | None = None
    assignee: str | None = None
    tags: tuple[str, ...] = ()
    action: Literal["ignore", "hold", "open"] | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """So many letters in so long."""

    count: int
    period: dt.timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPolicy:
    """The caps on receipts, None for off, and whether a Return-Path must be there."""

    per_address: Cap | None
    unknown_senders: Cap | None
    desk: Cap | None
    return_path_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The whole desk. `prefixes` are all reference prefixes ever configured, upper-cased, the desk's own first."""

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

    def agent(self, name: str) -> Agent | None:
        """Return the agent of that name, active or not."""
        return next((a for a in self.agents if a.name == name), None)

    def category(self, name: str) -> Category | None:
        """Return the category of that name."""
        return next((c for c in self.categories if c.name == name), None)

    def mailbox(self, name: str) -> Mailbox | None:
        """Return the mailbox of that name."""
        return next((m for m in self.mailboxes if m.name == name), None)

    def priority(self, name: str) -> Priority | None:
        """Return the priority of that name."""
        return next((p for p in self.priorities if p.name == name), None)

    def calendar(self, name: str) -> Calendar | None:
        """Return the calendar of that name."""
        return next((c for c in self.calendars if c.name == name), None)

    def is_ours(self, address: Address | str) -> bool:
        """Say whether an address is one of the desk's own mailboxes or aliases, with or without a +part."""
        key = (address if isinstance(address, str) else address.address).casefold()
        local, at, domain = key.rpartition("@")
        return key in self.own_addresses or f"{local.split('+', 1)[0]}{at}{domain}" in self.own_addresses

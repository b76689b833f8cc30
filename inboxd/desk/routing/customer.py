"""Whom the desk serves: customers, people with settings of their own, and whom it turns away."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import re2

from inboxd.mail.address import MAX_DOMAIN

if TYPE_CHECKING:
    from inboxd.desk.desk import Desk, Mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer: `domains` with all below them, single `addresses`, and what its cases are unless more is known.

    `contact` speaks for the customer; `orderers` are the addresses of those who may order for it. `price`: whether the
    desk is among its basic services or is paid by the user. Addresses and domains are lower-cased.
    """

    name: str
    title: str
    domains: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    contact: str | None = None
    category: str | None = None
    priority: str | None = None
    price: Literal["basis", "per_user"] = "basis"
    orderers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One person's own settings; `customer` is the customer's name, where the address does not tell it."""

    address: str
    name: str = ""
    priority: str | None = None
    language: str | None = None
    customer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderRule:
    """What becomes of a new enquiry by who writes: `match` is an address or a domain, `*` and `?` standing for any.

    A domain means all below it, too. `mailbox` None is all of them.
    """

    match: str
    action: Literal["accept", "refuse", "hold"]
    mailbox: str | None = None

    @property
    def name(self) -> str:
        """The name under which it stands on record."""
        return f"sender_rule {self.match}" + (f" to {self.mailbox}" if self.mailbox else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The customers and contacts of a desk by what an address tells, so that a look-up does not go through them."""

    by_address: Mapping[str, Customer]
    by_domain: Mapping[str, Customer]
    by_spokesman: Mapping[str, Customer]
    contacts: Mapping[str, Contact]


def directory(customers: Iterable[Customer], contacts: Iterable[Contact]) -> Directory:
    """Return the directory of customers and contacts; config has proven that no two say the same address or domain."""
    by_name = {customer.name: customer for customer in customers}
    people = {contact.address: contact for contact in contacts}
    told = {key: by_name[c.customer] for key, c in people.items() if c.customer is not None and c.customer in by_name}
    return Directory(
        by_address=told | {address: customer for customer in by_name.values() for address in customer.addresses},
        by_domain={domain: customer for customer in by_name.values() for domain in customer.domains},
        by_spokesman=_by_spokesman(by_name.values()),
        contacts=people,
    )


def _by_spokesman(customers: Iterable[Customer]) -> dict[str, Customer]:
    """Return who orders or speaks for one customer only, though he may write from a house that is nobody's."""
    found: dict[str, dict[str, Customer]] = {}
    for customer in customers:
        for address in (*customer.orderers, *((customer.contact,) if customer.contact else ())):
            found.setdefault(address.casefold(), {})[customer.name] = customer
    return {address: next(iter(served.values())) for address, served in found.items() if len(served) == 1}


def customer_of(address: str, desk: "Desk") -> Customer | None:
    """Return the customer that an address belongs to: by the address itself, else by its longest known domain.

    An orderer or contact whom neither tells belongs to the one customer that names him.
    """
    if not desk.customers:
        return None
    key = address.casefold()
    known = desk.directory
    found = known.by_address.get(key)
    found = found or next((known.by_domain[d] for d in _domains_of(key) if d in known.by_domain), None)
    return found or known.by_spokesman.get(key)


def contact_of(address: str, desk: "Desk") -> Contact | None:
    """Return the settings of the person with that address."""
    return desk.directory.contacts.get(address.casefold())


def sender_rule_of(address: str, mailbox: "Mailbox", desk: "Desk") -> SenderRule | None:
    """Return the first sender rule that an address meets in a mailbox; None also where nobody is known to have written.

    Whoever calls asks it for new enquiries only: an answer to a known case always gets through.
    """
    if not address:
        return None
    mine = (rule for rule in desk.sender_rules if rule.mailbox in {None, mailbox.name})
    return next((rule for rule in mine if meets(rule.match, address)), None)


def meets(match: str, address: str) -> bool:
    """Say whether an address is meant by a sender rule's `match`."""
    key = address.casefold()
    if "@" in match:
        return _glob(match).fullmatch(key) is not None
    return any(_glob(match).fullmatch(domain) for domain in _domains_of(key))


def _domains_of(address: str) -> Iterator[str]:
    """Yield the domain of an address and those above it, the longest first; of one that cannot be only its end."""
    domain = address.rpartition("@")[2][-MAX_DOMAIN:]
    while domain:
        yield domain
        domain = domain.partition(".")[2]


@lru_cache(maxsize=512)
def _glob(pattern: str) -> "re2._Regexp[str]":
    """Return a pattern with `*` and `?` as a regular expression that is searched in linear time."""
    parts = {"*": ".*", "?": "."}
    return re2.compile("".join(parts.get(letter) or re2.escape(letter) for letter in pattern.casefold()))

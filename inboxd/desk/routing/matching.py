"""Whether a rule of the admin's is about a mail: its patterns, its words, and the hour."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import re2

from inboxd.desk.clocks.hours import is_open
from inboxd.desk.desk import Desk, Mailbox, Rule
from inboxd.mail.address import Address
from inboxd.mail.message import MailKind, ParsedMessage
from inboxd.mail.structured import find_addresses

TEXT_LOOKED_AT = 200_000
"""Characters of a body that rules search: more is no help to an admin and only costs time."""

DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
"""Where mail servers write to whom they delivered a mail."""

NO_CUSTOMER = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rules may look at. `customer` is the name of the writer's; `came_at` is when the mail came."""

    message: ParsedMessage
    kind: MailKind
    mailbox: Mailbox
    customer: str | None
    came_at: dt.datetime
    desk: Desk


def matches(rule: Rule, facts: Facts) -> bool:
    """Say whether everything that a rule asks for holds; what is quickly told is looked at first."""
    return (
        rule.mailbox in {None, facts.mailbox.name}
        and all(CHOICES[field](facts) in words for field, words in rule.among)
        and _at_that_hour(rule, facts)
        and all(any(_found(pattern, text) for text in _texts(field, facts)) for field, pattern in rule.match)
    )


def _at_that_hour(rule: Rule, facts: Facts) -> bool:
    if rule.hour is None:
        return True
    desk = facts.desk
    if isinstance(rule.hour, str):
        category = desk.category(facts.mailbox.category)
        calendar = desk.calendar(category.calendar) if category else None
        return calendar is not None and is_open(calendar, desk.timezone, facts.came_at) == (rule.hour == "open")
    first, last = rule.hour
    local = facts.came_at.astimezone(ZoneInfo(desk.timezone))
    minute = local.hour * 60 + local.minute
    return first <= minute < last if first < last else minute >= first or minute < last


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> "re2._Regexp[str]":
    return re2.compile(pattern)


def _found(pattern: str, text: str) -> bool:
    """Search in linear time (google-re2), whatever pattern an admin wrote; config has proven that it compiles."""
    return _compiled(pattern).search(text) is not None


def _texts(field: str, facts: Facts) -> tuple[str, ...]:
    if field.startswith("header."):
        return facts.message.all_headers(field.removeprefix("header.").lower())
    return FIELDS[field](facts)


def _spelt(addresses: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(f"{a.name} <{a.address}>" if a.name else a.address for a in addresses)


def _recipients(facts: Facts) -> tuple[str, ...]:
    """Return to which addresses of ours a mail came: as the servers tell, and as it names them, with any +part."""
    message = facts.message
    told = (found for name in DELIVERED_TO for value in message.all_headers(name) for found in find_addresses(value))
    ours = (address for address in message.recipients if facts.desk.is_ours(address))
    return tuple(dict.fromkeys((*(address.casefold() for address in told), *ours)))


FIELDS: Mapping[str, Callable[[Facts], tuple[str, ...]]] = {
    "from": lambda facts: _spelt(facts.message.from_),
    "to": lambda facts: (*_spelt((*facts.message.to, *facts.message.cc)), *facts.message.recipients),
    "recipient": _recipients,
    "subject": lambda facts: (facts.message.subject,),
    "body": lambda facts: (facts.message.text[:TEXT_LOOKED_AT],),
    "attachment": lambda facts: tuple(a.filename for a in facts.message.attachments if a.filename),
}
"""What a pattern is looked for in."""

CHOICES: Mapping[str, Callable[[Facts], str]] = {
    "customer": lambda facts: facts.customer or NO_CUSTOMER,
    "language": lambda facts: facts.message.language or "",
    "kind": lambda facts: facts.kind.value,
}
"""What is one of a few words."""

"""The values of config.toml that say who writes, and when: domains, patterns of senders, hours of a rule."""

import re
from typing import Literal

from inboxd.config.values import DAY, SPAN, text
from inboxd.desk.desk import Minutes
from inboxd.mail.address import strict_address

SENDER = re.compile(r"[^\s@<>,;:\"()\[\]\\]+(?:@[^\s@<>,;:\"()\[\]\\]+)?")


def domain(value: object) -> str:
    """Return a domain in lower case and ASCII."""
    written = text(value)
    found = None if "@" in written else strict_address(f"x@{written}")
    if found is None:
        raise ValueError(f'"{written}" is no domain; for example "molde.kommune.no", which means all below it, too')
    return found.address.removeprefix("x@").lower()


def sender(value: object) -> str:
    """Return the pattern of a sender rule in lower case: an address or a domain, with `*` and `?` for any letters."""
    written = text(value)
    if written.startswith("@") or not SENDER.fullmatch(written):
        raise ValueError(f'"{written}" is no address or domain; for example "*@elev.*", "per@firma.no" or "firma.no"')
    local, at, host = written.rpartition("@")
    try:
        labels = [label if label.isascii() else label.lower().encode("idna").decode() for label in host.split(".")]
    except UnicodeError as exc:
        raise ValueError(f'"{written}" has a domain that cannot be; for example "*@elev.*"') from exc
    return f"{local}{at}{'.'.join(labels)}".casefold()


def hour(value: object) -> Minutes | Literal["open", "closed"]:
    """Return the hours of a rule: a span of the day, which may reach over midnight, or "open" or "closed"."""
    written = text(value)
    if written == "open":
        return "open"
    if written == "closed":
        return "closed"
    match = SPAN.fullmatch(written)
    first, last = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (0, 0)
    if first == last or max(first, last) > DAY:
        raise ValueError(f'"{written}" is no time of the day; for example "15:30-08:00", "open" or "closed"')
    return first, last

"""Who vouches for a sender: Authentication-Results of our own servers (RFC 8601), and organisations (RFC 7489 3.2)."""

import re
from itertools import takewhile

from inboxd.mail.message import ParsedMessage
from inboxd.mail.structured import domain_part, strip_comments

RESULT = re.compile(r"\s*dmarc\s*(?:/\s*[0-9]+\s*)?=\s*([a-z]+)", re.IGNORECASE)
HEADER_FROM = re.compile(r"\bheader\.from\s*=\s*\"?@?([a-z0-9.-]+)", re.IGNORECASE)

QUOTED = re.compile(r"\"([^\"]*)\"")
PARTING = re.compile(r"[;()]")
"""What parts a field: within quotes it is the sender's own, as in a Return-Path of `";dmarc=pass"@evil.example`."""

SHARED = re.compile(
    r"(?:co|com|org|net|gov|edu|ac|or|ne|gob|govt)\.[a-z]{2}"
    r"|(?:kommune|herad|stat|dep|mil|vgs|fhs|priv|idrett|museum|folkebibl|fylkesbibl)\.no"
)
"""Domains that many organisations share: molde.kommune.no and oslo.kommune.no are two, as under co.uk."""


def organisation(address: str) -> str:
    """Return the domain that an organisation registered: the last two labels, three where the last two are shared.

    A plain approximation: the full list of shared domains (publicsuffix.org) changes weekly.
    """
    labels = domain_part(address).split(".")
    last_two = ".".join(labels[-2:])
    return ".".join(labels[-3:]) if SHARED.fullmatch(last_two) else last_two


def dmarc_passed(message: ParsedMessage, trusted_authserv_ids: tuple[str, ...]) -> bool:
    """Say whether a server that the admin trusts vouches for the domain of the mail's one From address.

    Only fields above the first Received count, for the sender may have written anything below (RFC 8601 5), and among
    them the topmost of a trusted server. Without trusted servers, or without one strict From, nothing ever passes.
    """
    identity, field = message.identity, _newest_field(message, trusted_authserv_ids)
    if any(PARTING.search(quoted) for quoted in QUOTED.findall(field)):
        return False
    return identity is not None and _vouches_for(field, domain_part(identity.address))


def dmarc_failed(message: ParsedMessage, trusted_authserv_ids: tuple[str, ...]) -> bool:
    """Say whether a server that the admin trusts says that the mail is not from where its From claims."""
    field = _newest_field(message, trusted_authserv_ids)
    return any(verdict == "fail" for verdict, _ in _verdicts(field))


def _newest_field(message: ParsedMessage, trusted_authserv_ids: tuple[str, ...]) -> str:
    """Return the topmost field of a trusted server above the first Received, "" where there is none."""
    trusted = {server.casefold() for server in trusted_authserv_ids}
    above = takewhile(lambda header: header.name != "received", message.headers)
    fields = (header.value for header in above if header.name == "authentication-results")
    return next((field for field in fields if _server(strip_comments(field)) in trusted), "")


def _server(field: str) -> str:
    words = field.partition(";")[0].split()
    return words[0].strip('"').casefold() if words else ""


def _verdicts(field: str) -> list[tuple[str, str]]:
    """Return the DMARC verdicts of a field, each with all that stands of it."""
    parts = strip_comments(field).split(";")[1:]
    return [(match[1].casefold(), part) for part in parts if (match := RESULT.match(part))]


def _vouches_for(field: str, domain: str) -> bool:
    verdicts = _verdicts(field)
    return bool(verdicts) and all(verdict == "pass" and _is_about(part, domain) for verdict, part in verdicts)


def _is_about(result: str, domain: str) -> bool:
    author = HEADER_FROM.search(result)
    return author is None or author[1].casefold().rstrip(".") == domain

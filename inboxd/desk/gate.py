"""The receipt gate: may a machine answer this mail, and where to? One ordered table of named rules.

The first rule that objects settles it. `Refused` is final; `Held` is above a cap: the letter is parked for a person.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from inboxd.desk.classify import Classification
from inboxd.desk.desk import Cap, Mailbox
from inboxd.desk.view import View
from inboxd.mail.address import Address, strict_address
from inboxd.mail.authentication import dmarc_passed, organisation
from inboxd.mail.automatic import auto_submitted, is_daemon, is_no_reply
from inboxd.mail.message import MailKind, ParsedMessage
from inboxd.mail.structured import bare_path, domain_part, find_addresses, is_null_path, local_part

MAX_RECEIVED = 100
"""So many relays a mail never sees but in a loop (RFC 5321 6.3)."""

NOBODY = Address(name="", address="")
"""Stands for the destination where there is none."""

LIST_SERVERS = re.compile(
    r"listserv|listproc|majordomo|mailman|postmaster|abuse|root|owner-.*|.*-(?:owner|request|bounces?)"
)
BOUNCE_HANDLER = re.compile(r"bounces?(?:[-+=._].*)?")
SIGNS_OF_LISTS = ("list-field", "precedence-list", "precedence-bulk", "auto-response-suppress", "loop-field")

KINDS = {
    MailKind.ABUSE_REPORT: "a report of abuse",
    MailKind.BOUNCE: "a report of a failed delivery",
    MailKind.DELAY: "a report of a late delivery",
    MailKind.READ_RECEIPT: "a receipt itself",
    MailKind.AUTO_REPLY: "an automatic reply",
    MailKind.LIST: "from a mailing list",
    MailKind.NOTIFICATION: "a message from a machine",
    MailKind.CALENDAR: "an invitation",
    MailKind.MALFORMED: "unreadable or too large",
}
"""The kinds that get no receipt, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The letter may go, to this address only; `rules` say why there."""

    to: Address
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No machine may answer this mail."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The letter may go to this address once a person releases it: a cap is reached."""

    to: Address
    rule: str
    reason: str


Verdict: TypeAlias = Allowed | Refused | Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the rules look at. `to` is the one address that a letter could go to, NOBODY where there is none."""

    message: ParsedMessage
    classification: Classification
    mailbox: Mailbox
    view: View
    to: Address

    @property
    def writers(self) -> tuple[str, ...]:
        """Every address that the mail names as where it came from, lower-cased."""
        author = self.message.author.key if self.message.author else ""
        path = bare_path(self.message.return_path or "").casefold()
        return tuple(dict.fromkeys(address for address in (author, path) if address))


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    """A named objection: `test` returns the reason in one sentence, or None. `holds`: a person may still let it go."""

    name: str
    test: Callable[[Facts], str | None]
    holds: bool = False


def receipt_gate(message: ParsedMessage, classification: Classification, mailbox: Mailbox, view: View) -> Verdict:
    """Say whether a letter that a machine writes in answer to this mail may go out, and to which one address."""
    to, why = _destination(message, view)
    facts = Facts(message=message, classification=classification, mailbox=mailbox, view=view, to=to)
    for rule in GATE:
        reason = rule.test(facts)
        if reason is not None:
            return Held(to=to, rule=rule.name, reason=reason) if rule.holds else Refused(rule=rule.name, reason=reason)
    return Allowed(to=to, rules=(why,))


def _destination(message: ParsedMessage, view: View) -> tuple[Address, str]:
    """Return where an answer may go (RFC 3834 4), and why there: From where Return-Path or DMARC vouches for it."""
    author = message.identity
    path = None if message.return_path is None else strict_address(bare_path(message.return_path))
    if message.return_path is None:
        return author or NOBODY, "R03-from-alone"
    if author is not None and path is not None and organisation(author.address) == organisation(path.address):
        return author, "R03-from-and-return-path-agree"
    if author is not None and dmarc_passed(message, view.desk.trusted_authserv_ids):
        return author, "R03-dmarc"
    return path or NOBODY, "R03-return-path-only"


def _error_mail(facts: Facts) -> str | None:
    if facts.classification.kind in {MailKind.BOUNCE, MailKind.DELAY}:
        return f"The mail is {KINDS[facts.classification.kind]}, and an error mail is never answered."
    return None


def _null_path(facts: Facts) -> str | None:
    if is_null_path(facts.message.return_path):
        return "The mail came from the null path (Return-Path: <>), which asks for no answer."
    return None


def _path_required(facts: Facts) -> str | None:
    if facts.message.return_path is None and facts.view.desk.receipts.return_path_required:
        return "The mail has no Return-Path, and this desk requires one."
    return None


def _auto_submitted(facts: Facts) -> str | None:
    words = auto_submitted(facts.message)
    return f"The mail says that a machine sent it (Auto-Submitted: {words[0]})." if words else None


def _list_or_bulk(facts: Facts) -> str | None:
    for name in SIGNS_OF_LISTS:
        detail = facts.classification.detail(name)
        if detail is not None:
            return f"The mail asks for no automatic answer ({detail})."
    return None


def _kind(facts: Facts) -> str | None:
    words = KINDS.get(facts.classification.kind)
    return f"The mail is {words}, and those get no receipt." if words else None


def _loop(facts: Facts) -> str | None:
    count = len(facts.message.all_headers("received"))
    return f"The mail went through {count} servers, so it is going in circles." if count >= MAX_RECEIVED else None


def _not_to_us(facts: Facts) -> str | None:
    """Only fields that the writer filled in count: what a server adds when it delivers is true for every mail (R04)."""
    message = facts.message
    resent = (a for name in ("resent-to", "resent-cc") for v in message.all_headers(name) for a in find_addresses(v))
    named = {*(a.key for a in (*message.to, *message.cc)), *resent}
    ours = set(facts.mailbox.addresses)
    if ours.isdisjoint(named | {_without_tag(address) for address in named}):
        return "None of this mailbox's addresses stands in To or Cc."
    return None


def _without_tag(address: str) -> str:
    return f"{local_part(address).partition('+')[0]}@{domain_part(address)}"


def _nobody(facts: Facts) -> str | None:
    if facts.to == NOBODY:
        return "The mail names no single plain address to answer to."
    return None


def _robot(facts: Facts) -> str | None:
    for address in facts.writers:
        if is_no_reply(address) or is_daemon(address) or LIST_SERVERS.fullmatch(local_part(address)):
            return f"Nobody reads mail to {address}."
    if BOUNCE_HANDLER.fullmatch(local_part(facts.to.address)):
        return f"Nobody reads mail to {facts.to.address}."
    return None


def _ourselves(facts: Facts) -> str | None:
    ours = next((address for address in facts.writers if facts.view.desk.is_ours(address)), None)
    return f"The mail comes from {ours}, which is the desk itself." if ours else None


def _bounced(facts: Facts) -> str | None:
    bad = next((address for address in facts.writers if address in facts.view.bounced), None)
    return f"Mail to {bad} has come back lately." if bad else None


def _cap_per_address(facts: Facts) -> str | None:
    return _over(facts.view.desk.receipts.per_address, facts.view.receipts.to_address, "to this address")


def _cap_unknown(facts: Facts) -> str | None:
    if facts.view.known_sender or dmarc_passed(facts.message, facts.view.desk.trusted_authserv_ids):
        return None
    return _over(facts.view.desk.receipts.unknown_senders, facts.view.receipts.to_unknown, "to first-time senders")


def _cap_desk(facts: Facts) -> str | None:
    return _over(facts.view.desk.receipts.desk, facts.view.receipts.by_desk, "from this desk")


def _over(cap: Cap | None, count: int, whom: str) -> str | None:
    if cap is None or count < cap.count:
        return None
    return f"{count} receipts went {whom} within {cap.period.total_seconds() / 60:g} minutes; the cap is {cap.count}."


GATE: tuple[GateRule, ...] = (
    GateRule(name="R13-error-mail", test=_error_mail),
    GateRule(name="R02-null-return-path", test=_null_path),
    GateRule(name="R02-return-path-required", test=_path_required),
    GateRule(name="R01-auto-submitted", test=_auto_submitted),
    GateRule(name="R05-list-or-bulk", test=_list_or_bulk),
    GateRule(name="R06-robot", test=_robot),
    GateRule(name="R13-kind", test=_kind),
    GateRule(name="R18-loop", test=_loop),
    GateRule(name="R06-ourselves", test=_ourselves),
    GateRule(name="R04-not-addressed-to-us", test=_not_to_us),
    GateRule(name="R03-no-destination", test=_nobody),
    GateRule(name="R06-bounced", test=_bounced),
    GateRule(name="R12-cap-per-address", test=_cap_per_address, holds=True),
    GateRule(name="R12-cap-unknown-senders", test=_cap_unknown, holds=True),
    GateRule(name="R12-cap-desk", test=_cap_desk, holds=True),
)
"""Every objection to an automatic letter, in the order in which they are tried."""

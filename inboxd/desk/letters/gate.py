"""The receipt gate: may a machine answer this mail, and where to? One ordered table of named rules.

The first rule that objects settles it. `Refused` is final; `Held` is above a cap: the letter is parked for a person.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from inboxd.desk.classify import Classification
from inboxd.desk.desk import Cap, Mailbox
from inboxd.desk.letters.loop import (
    ANSWERED_TO_ALL,
    ANSWERED_TO_ONE,
    CHOSEN_WORDS,
    GOING_ROUND,
    SAME_WORDS,
    going_round,
    same_words,
)
from inboxd.desk.reference import reference
from inboxd.desk.view import View
from inboxd.mail.address import Address, strict_address
from inboxd.mail.authentication import dmarc_passed, organisation
from inboxd.mail.automatic import RULES
from inboxd.mail.bounce.mail_servers import is_daemon
from inboxd.mail.machine.fields import auto_submitted
from inboxd.mail.machine.senders import is_no_reply, is_robot, is_unread
from inboxd.mail.message import MailKind, ParsedMessage
from inboxd.mail.structured import bare_path, domain_part, find_addresses, is_null_path, local_part

MAX_RECEIVED = 100
"""So many relays a mail never sees but in a loop (RFC 5321 6.3)."""

NOBODY = Address(name="", address="")
"""Stands for the destination where there is none."""

BOUNCE_HANDLER = re.compile(r"bounces?(?:[-+=._].*)?")
BOUNCE_DOMAINS = re.compile(r"(?:.{1,200}\.)?amazonses\..{2,200}")
"""Where every address is one for mail that came back, made for one mail."""

SIGNS_OF_LISTS = (
    "list-field", "precedence-list", "precedence-bulk", "auto-response-suppress", "loop-field", "bulk-sender",
)  # fmt: skip
SIGNS_OF_MACHINES = tuple(rule.name for rule in RULES if rule.kind is None and rule.name not in SIGNS_OF_LISTS)
"""Signs that bar a receipt whatever kind of mail it is."""

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
    """A named objection: `test` returns the reason in one sentence, or None. `holds`: a person may still let it go.

    `meaning` says in plain words when it objects; it stands in docs/mail.md.
    """

    name: str
    test: Callable[[Facts], str | None]
    meaning: str
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
    detail = _first_detail(facts, SIGNS_OF_LISTS)
    return None if detail is None else f"The mail asks for no automatic answer ({detail})."


def _machine_sign(facts: Facts) -> str | None:
    detail = _first_detail(facts, SIGNS_OF_MACHINES)
    return None if detail is None else f"The mail shows a sign of a machine ({detail})."


def _first_detail(facts: Facts, rules: tuple[str, ...]) -> str | None:
    details = (facts.classification.detail(rule) for rule in rules)
    return next((detail.rstrip(".") for detail in details if detail is not None), None)


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
        if any(nobody(address) for nobody in (is_no_reply, is_daemon, is_robot, is_unread)):
            return f"Nobody reads mail to {address}."
    handler, domain = BOUNCE_HANDLER.fullmatch(local_part(facts.to.address)), domain_part(facts.to.address)
    if handler or BOUNCE_DOMAINS.fullmatch(domain):
        return f"Nobody reads mail to {facts.to.address}."
    return None


def _ourselves(facts: Facts) -> str | None:
    ours = next((address for address in facts.writers if facts.view.desk.is_ours(address)), None)
    return f"The mail comes from {ours}, which is the desk itself." if ours else None


def _bounced(facts: Facts) -> str | None:
    bad = next((address for address in facts.writers if address in facts.view.bounced), None)
    return f"Mail to {bad} has come back lately." if bad else None


def _going_round(facts: Facts) -> str | None:
    known = going_round(facts.message, facts.view)
    if known is None:
        return None
    return (
        f"The mail brings back {reference(known.prefix, known.number)}, and so did the mail that opened that case: "
        "they seem to go in circles."
    )


def _same_words(facts: Facts) -> str | None:
    if facts.view.desk.receipts.unknown_senders is None or not same_words(facts.message, facts.view):
        return None
    return "The last mails of this very subject and text had their receipts: they seem to go in circles."


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
    GateRule(name="R13-error-mail", test=_error_mail, meaning="the mail is a report of a failed or late delivery"),
    GateRule(name="R02-null-return-path", test=_null_path, meaning="Return-Path is there and null (`<>`)"),
    GateRule(name="R02-return-path-required", test=_path_required,
             meaning="there is no Return-Path, and `[receipts] return_path = \"required\"`"),
    GateRule(name="R01-auto-submitted", test=_auto_submitted, meaning="Auto-Submitted says anything but `no`"),
    GateRule(name="R05-list-or-bulk", test=_list_or_bulk,
             meaning="a list's or a bulk sender's field, or a field that asks for no automatic answers"),
    GateRule(name="R06-robot", test=_robot,
             meaning="From, Return-Path or the address to answer to is one that nobody reads or a program's"),
    GateRule(name="R13-kind", test=_kind, meaning="the mail is of a kind that gets no receipt"),
    GateRule(name="R06-machine-sign", test=_machine_sign,
             meaning="any other sign of a machine, though a person may have written"),
    GateRule(name="R18-loop", test=_loop, meaning=f"the mail went through {MAX_RECEIVED} servers or more"),
    GateRule(name="R06-ourselves", test=_ourselves, meaning="From or Return-Path is an address of the desk itself"),
    GateRule(name="R04-not-addressed-to-us", test=_not_to_us,
             meaning="no address of the mailbox, nor an alias of it, stands in To, Cc, Resent-To or Resent-Cc"),
    GateRule(name="R03-no-destination", test=_nobody, meaning="there is no single plain address to answer to"),
    GateRule(name="R06-bounced", test=_bounced, meaning="mail to that address has come back lately"),
    GateRule(name=GOING_ROUND, test=_going_round, holds=True,
             meaning="the mail brings back (by a stranger's reference in the subject, or the words of our receipt)"
             " a case of the last day that was opened by a mail which brought one back"),
    GateRule(name=SAME_WORDS, test=_same_words, holds=True,
             meaning="of the last 20 receipts, within the hour, so many were for mails of the same subject and text:"
             f" {ANSWERED_TO_ONE} of this writer; or, where a first-time sender writes, {ANSWERED_TO_ONE} of anybody if"
             f" the mail is a `Re:` that names no other mail, {ANSWERED_TO_ALL} if its text has {CHOSEN_WORDS}"
             " characters or more (not with `[receipts] unknown_senders = \"off\"`)"),
    GateRule(name="R12-cap-per-address", test=_cap_per_address, holds=True,
             meaning="`[receipts] per_address` is reached"),
    GateRule(name="R12-cap-unknown-senders", test=_cap_unknown, holds=True,
             meaning="`[receipts] unknown_senders` is reached"),
    GateRule(name="R12-cap-desk", test=_cap_desk, holds=True, meaning="`[receipts] desk` is reached"),
)  # fmt: skip
"""Every objection to an automatic letter, in the order in which they are tried."""

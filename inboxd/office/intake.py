"""Mail that lies in `incoming` becomes entries and cases: parse, look up, decide, apply, all in one transaction."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from inboxd.desk.decision import Decision, Hold, RecordDelivery
from inboxd.desk.intake import decide
from inboxd.desk.thread import lookup
from inboxd.desk.unreadable import unreadable
from inboxd.desk.view import Lookup
from inboxd.errors import StoreBusy
from inboxd.logs import event
from inboxd.mail.message import ParsedMessage
from inboxd.office.agent_mail import for_agents, with_files
from inboxd.office.claims import carry_out_confirmed
from inboxd.office.letters.enclosing import enclosing
from inboxd.office.letters.freezing import write_letters
from inboxd.office.letters.responses import take_back_response
from inboxd.office.office import Office
from inboxd.store import incoming, views
from inboxd.store.apply import apply
from inboxd.store.engine import Session, forget
from inboxd.store.rows import Heading, IncomingMail

log = logging.getLogger(__name__)

TRIES_ON_FRESH_FACTS = 3
"""A conflict means that the facts changed under the decision: it is simply taken again."""

TRIES_AT_PARSING = 3
"""Then the mail is held for a person (rules.md P6)."""


NOTHING = Lookup(mail_key="", message_ids=(), numbers=(), letter_ids=(), addresses=())


class Parser(Protocol):
    """Reads octets: in a child process in the daemon, directly in tests and `explain`."""

    def __call__(self, octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        """Return the parsed mail; raises InboxdError where the child died of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What became of one mail."""

    decision: Decision
    case_id: int | None


def file_mail(mail: IncomingMail, message: ParsedMessage, office: Office) -> Filed | None:
    """Decide on a parsed mail and carry it out; None where the database was too busy (it stays for the next round)."""
    for _ in range(TRIES_ON_FRESH_FACTS):
        try:
            return _file_once(mail, message, office)
        except StoreBusy:
            event(log, logging.INFO, "mail.decided_again", incoming=mail.id)
    event(log, logging.WARNING, "mail.deferred", incoming=mail.id, reason="the facts kept changing")
    return None


def file_together(group: Sequence[tuple[IncomingMail, ParsedMessage]], office: Office) -> None:
    """Decide on several mails in one transaction: each by the facts that those before it made, all or none.

    One commit costs as much as deciding a mail, and a backlog is many. Raises what one mail alone would; whoever calls
    then takes each by itself.
    """
    now = office.clock.now()
    filed = []
    with office.store.begin() as session:
        for mail, message in group:
            filed.append(file_in(session, mail, message, office, now))
            forget(session)
    for (mail, _), done in zip(group, filed, strict=True):
        _log(mail, done)


def _file_once(mail: IncomingMail, message: ParsedMessage, office: Office) -> Filed:
    now = office.clock.now()
    with office.store.begin() as session:
        filed = file_in(session, mail, message, office, now)
    _log(mail, filed)
    return filed


def file_in(session: Session, mail: IncomingMail, message: ParsedMessage, office: Office, now: dt.datetime) -> Filed:
    """Decide on a mail in hand and carry it out, in the caller's transaction."""
    if mail.headers_only:  # its size is what the server told, not that of the header at hand
        message = replace(message, size=mail.size)
    wanted = lookup(message, office.desk.prefixes)
    view = views.load_view(session, wanted, desk=office.desk, keyring=office.keyring, now=now)
    view = replace(view, arrived_in=mail.mailbox, sent=mail.sent, silent=mail.silent)
    view = for_agents(session, view, message, now)
    decision = with_files(session, decide(message, view, now), mail.octets)
    applied = apply(session, decision, now=now, octets_id=mail.octets_id, incoming_id=mail.id)
    write_letters(session, enclosing(decision, mail.octets), case_id=applied.case_id, office=office)
    carry_out_confirmed(session, decision, office, now)
    for reported in decision.changes:
        if isinstance(reported, RecordDelivery):
            take_back_response(office, session, reported.letter_id, actor="inboxd")
    held = next((change for change in decision.changes if isinstance(change, Hold)), None)
    heading = heading_of(message)
    if held is not None and _same_as_held(session, mail, now, heading):
        return Filed(decision=decision, case_id=None)
    if held is not None:
        incoming.hold(session, mail.id, held.reason, now=now, heading=heading, claimed=mail.attempts)
    else:
        incoming.finish(
            session,
            mail.id,
            outcome=decision.outcome,
            reason=(decision.reason or _rules(decision)) + _other_size(mail),
            case_id=applied.case_id,
            entry_id=applied.entry_id,
            mail_key=message.mail_key,
            now=now,
            heading=heading,
            claimed=mail.attempts,
        )
    return Filed(decision=decision, case_id=applied.case_id)


def heading_of(message: ParsedMessage) -> Heading:
    """Return who wrote a mail, as `Name <address>` or what there is of it, and about what."""
    author = message.author
    name, address = (author.name, author.address) if author else ("", "")
    return Heading(sender=f"{name} <{address}>" if name and address else name or address, subject=message.subject)


def _same_as_held(session: Session, mail: IncomingMail, now: dt.datetime, heading: Heading | None = None) -> bool:
    """Finish a mail whose very octets are held already: it came again under another UID, and a person has the first."""
    twin = incoming.held_twin(session, mail.id)
    if twin is None:
        return False
    same = f"the same octets as incoming {twin}"
    incoming.finish(
        session, mail.id, outcome="duplicate", reason=same, case_id=None, entry_id=None, mail_key=None, now=now,
        heading=heading, claimed=mail.attempts,
    )  # fmt: skip
    return True


def _other_size(mail: IncomingMail) -> str:
    """Return what to add to the reason where the server told another size than the mail has (rules.md F27)."""
    differs = not mail.headers_only and mail.size != len(mail.octets)
    return f"; the server told {mail.size} octets, it has {len(mail.octets)}" if differs else ""


def _log(mail: IncomingMail, filed: Filed) -> None:
    outcome = filed.decision.outcome or filed.decision.kind
    event(log, logging.INFO, "mail.filed", incoming=mail.id, outcome=outcome, case=filed.case_id)


def hold_unreadable(mail: IncomingMail, reason: str, office: Office) -> Filed | None:
    """Hold a mail that kills its reader, and open one case so that a person looks at it."""
    now = office.clock.now()
    with office.store.begin() as session:
        # it was retried: a person has its case already; or the desk itself sent it, which opens none
        if mail.sent or incoming.get(session, mail.id).case_id is not None:
            incoming.hold(session, mail.id, reason, now=now, claimed=mail.attempts)
            return None
        if _same_as_held(session, mail, now):
            return None
        view = views.load_view(session, NOTHING, desk=office.desk, keyring=office.keyring, now=now)
        decision = unreadable(replace(view, arrived_in=mail.mailbox, silent=mail.silent), reason, now)
        applied = apply(session, decision, now=now, octets_id=mail.octets_id)
        write_letters(session, decision, case_id=applied.case_id, office=office)
        incoming.hold(session, mail.id, reason, now=now, case_id=applied.case_id, claimed=mail.attempts)
    event(log, logging.ERROR, "mail.held", incoming=mail.id, case=applied.case_id)
    return Filed(decision=decision, case_id=applied.case_id)


def _rules(decision: Decision) -> str:
    return ", ".join(dict.fromkeys(found.rule for found in decision.evidence))

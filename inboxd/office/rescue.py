"""Opening a case for a mail that was ignored or held: a person has looked at it and wants it answered."""

import logging
from dataclasses import replace

from inboxd.desk.intake import rescue
from inboxd.desk.thread import lookup
from inboxd.errors import Conflict
from inboxd.logs import event
from inboxd.office.intake import Parser, heading_of
from inboxd.office.letters.enclosing import enclosing
from inboxd.office.letters.freezing import write_letters
from inboxd.office.office import Office
from inboxd.office.people.access import require_mail
from inboxd.store import incoming, views
from inboxd.store.apply import apply
from inboxd.store.octets import octets_of

log = logging.getLogger(__name__)


def open_ignored(office: Office, incoming_id: int, *, actor: str, parser: Parser) -> int:
    """Open a case for a mail of the ledger and return the case's store id. Raises NotFound, Conflict."""
    now = office.clock.now()
    with office.store.begin() as session:
        row = require_mail(office, session, incoming_id)
        if row.octets_id is None or (row.state, row.outcome) not in {("done", "ignored"), ("hold", None)}:
            raise Conflict(f"mail {incoming_id} is {row.outcome or row.state}: there is nothing to open")
        if row.sent:
            what = f"mail {incoming_id} is one that the desk sent: it opens no case"
            raise Conflict(what, hint=f"`inboxd incoming retry {incoming_id}` looks for its case once more")
        octets = octets_of(session, row.octets_id)
        message = parser(octets, headers_only=row.headers_only)
        view = views.load_view(
            session, lookup(message, office.desk.prefixes), desk=office.desk, keyring=office.keyring, now=now
        )
        decision = rescue(message, replace(view, arrived_in=row.mailbox), now, actor=actor)
        applied = apply(session, decision, now=now, octets_id=row.octets_id)
        write_letters(session, enclosing(decision, octets), case_id=applied.case_id, office=office)
        incoming.finish(
            session,
            incoming_id,
            outcome="opened",
            reason=f"opened by {actor}",
            case_id=applied.case_id,
            entry_id=applied.entry_id,
            mail_key=message.mail_key,
            now=now,
            heading=heading_of(message),
        )
    event(log, logging.INFO, "mail.rescued", incoming=incoming_id, case=applied.case_id)
    assert applied.case_id is not None  # noqa: S101 - `rescue` always opens a case
    return applied.case_id

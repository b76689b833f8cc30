"""`explain`: the same look-up, view and decision as for a mail that came in, and then nothing is written."""

import datetime as dt
from dataclasses import dataclass, replace

from inboxd.clock import Clock
from inboxd.desk.case import Case
from inboxd.desk.classify import classify
from inboxd.desk.decision import NEW_CASE, Decision, Draft, OpenCase, Suppressed
from inboxd.desk.desk import Desk
from inboxd.desk.intake import decide
from inboxd.desk.letters.language import letter_language
from inboxd.desk.reference import reference
from inboxd.desk.routing.destination import Fired, Routing
from inboxd.desk.routing.overrides import VALUES
from inboxd.desk.routing.route import choose_mailbox
from inboxd.desk.thread import lookup, match_case, references_in
from inboxd.desk.unreadable import unreadable
from inboxd.desk.view import View
from inboxd.errors import InboxdError
from inboxd.mail.automatic import signs_of
from inboxd.mail.message import DeliveryReport, MailKind, ParsedMessage
from inboxd.mail.message_id import Key, Keyring
from inboxd.mail.parse import parse
from inboxd.mail.structure.header_block import BLANK_LINE
from inboxd.mail.structure.limits import MAX_BLOCK_READ
from inboxd.mail.subject import receipt_subject
from inboxd.office.agent_mail import for_agents
from inboxd.office.documents import Document, address_document, attachment_document
from inboxd.office.intake import Parser
from inboxd.office.office import Office
from inboxd.office.people.access import seen_view
from inboxd.store.outbox import was_written
from inboxd.store.views import load_view

NO_KEYS = Keyring(keys=(Key(kid="0", secret=b"explain signs nothing"),))
"""Without a database there is no letter of ours that a token could prove."""

BY_ID = frozenset({"report", "token", "in_reply_to", "references", "cited"})
"""Evidence that stands in the ids a mail cites."""

REPORTING = frozenset({MailKind.BOUNCE, MailKind.DELAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Explainer:
    """Explains mail on a desk; `office` is None for an empty database, `parser` reads as the daemon's does."""

    desk: Desk
    office: Office | None
    parser: Parser
    clock: Clock

    def explain(self, path: str, octets: bytes) -> Document:
        """Return the `explain` document of one mail; one that no reader survives would be held."""
        now = self.clock.now()
        bare = View(desk=self.desk, keyring=NO_KEYS, arrived_in=self.desk.mailboxes[0].name)
        try:
            message = self._read(octets)
        except InboxdError as error:
            message = replace(parse(b""), size=len(octets), defects=(f"unreadable: {error.message}",))
            message = replace(message, signs=signs_of(message))
            return _mail(path, message) | _decision(message, unreadable(bare, error.message, now), bare)
        view = self._view(message, bare, now)
        decision = self._without_repeats(decide(message, view, now))
        return _mail(path, message) | _decision(message, decision, view)

    def _read(self, octets: bytes) -> ParsedMessage:
        """Read a mail as the daemon does: of one that is too large only the header is fetched."""
        if len(octets) <= self.desk.max_message_size:
            return self.parser(octets)
        end = BLANK_LINE.search(octets, 0, MAX_BLOCK_READ)
        return replace(self.parser(octets[: end.end() if end else MAX_BLOCK_READ], headers_only=True), size=len(octets))

    def _without_repeats(self, decision: Decision) -> Decision:
        """Leave out the letters that would not be written because there is one a case, or a sender and day, already."""
        if self.office is None or not decision.letters:
            return decision
        with self.office.store.reading() as session:
            repeats = [
                draft
                for draft in decision.letters
                if was_written(session, draft, case_id=None if draft.case_id == NEW_CASE else draft.case_id)
            ]
        suppressed = (Suppressed(kind=draft.kind, reason=f"written already: {_how_often(draft)}") for draft in repeats)
        letters = tuple(draft for draft in decision.letters if draft not in repeats)
        return replace(decision, letters=letters, suppressed=(*decision.suppressed, *suppressed))

    def _view(self, message: ParsedMessage, bare: View, now: dt.datetime) -> View:
        """The facts as they stand, but for this very mail's being in the database already."""
        if self.office is None:
            return bare
        wanted = lookup(message, self.desk.prefixes)
        with self.office.store.reading() as session:
            found = load_view(session, wanted, desk=self.desk, keyring=self.office.keyring, now=now)
            found = for_agents(session, found, message, now)
        return replace(seen_view(self.office, found), arrived_in=bare.arrived_in, duplicate_of=None)


def _how_often(draft: Draft) -> str:
    return "a sender gets one a day" if draft.case_id is None else "a case has one"


def _mail(path: str, message: ParsedMessage) -> Document:
    kind = classify(message).kind
    return {
        "path": path,
        "subject": message.subject,
        "from": address_document(message.author),
        "to": [address_document(a) for a in message.to],
        "cc": [address_document(a) for a in message.cc],
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "date": message.date.isoformat(timespec="seconds") if message.date else None,
        "kind": kind.value,
        "evidence": [],
        "text": message.text,
        "reply_text": message.reply_text,
        "language": message.language,
        "attachments": [attachment_document(a) for a in message.attachments],
        "bounce": _bounce(message.report) if kind in REPORTING and message.report else None,
        "defects": list(message.defects),
    }


def _bounce(report: DeliveryReport) -> Document:
    return {
        "original_message_id": report.original_message_id,
        "recipients": [
            {"address": r.address, "action": r.action, "status": r.status, "diagnostic": r.diagnostic}
            for r in report.recipients
        ],
    }


def _decision(message: ParsedMessage, decision: Decision, view: View) -> Document:
    threading, routing = decision.threading, decision.routing
    case = view.case(threading.case_id) if threading and threading.case_id is not None else None
    opened = next((change for change in decision.changes if isinstance(change, OpenCase)), None)
    return {
        "evidence": [{"rule": e.rule, "detail": e.detail} for e in decision.evidence],
        "references_found": _references_found(message, case, view),
        "threading": {
            "case": reference(case.prefix, case.number) if case else None,
            "evidence": threading.evidence if threading else "none",
        },
        "routing": None if routing is None else _routing(routing),
        "language": opened.language if opened else _letters_in(message, view),
        "decision": decision.kind,
        "reason": decision.reason or None,
        "letters": [
            {"kind": d.kind, "to": [a.address for a in d.to], "subject": _letter_subject(d, opened, view)}
            for d in decision.letters
        ],
        "suppressed": [{"kind": s.kind, "reason": s.reason} for s in decision.suppressed],
    }


def _letters_in(message: ParsedMessage, view: View) -> str:
    """The language in which its writer would be answered."""
    mailbox = choose_mailbox(message, view.desk, view.arrived_in)
    return letter_language(message.language, default=mailbox.language)


def _routing(routing: Routing) -> Document:
    """Where a case goes, who set what of it, and every rule that fired, with what it would set."""
    offers = {of: [offer for offer in routing.offers if offer.of == of] for of in VALUES}
    given = {"assignee": routing.assignee, "item": routing.item}
    return {
        "category": routing.category,
        "priority": routing.priority,
        "assignee": routing.assignee,
        "rule": routing.rule,
        "type": routing.type,
        "item": routing.item,
        "customer": routing.customer,
        "tags": list(routing.tags),
        "set_by": {of: said[0].by for of, said in offers.items() if said and given.get(of, said[0].value)},
        "fired": [{"rule": fired.rule, "sets": _sets(fired)} for fired in routing.fired],
        "offers": {of: [{"by": offer.by, "value": offer.value} for offer in said] for of, said in offers.items()},
    }


def _sets(fired: Fired) -> Document:
    """What a rule sets, as config.toml writes it."""
    sets: Document = {key: list(words) if key == "tags" else words[0] for key, words in fired.sets}
    return sets | {"receipt": sets["receipt"] == "true"} if "receipt" in sets else sets


def _references_found(message: ParsedMessage, case: Case | None, view: View) -> list[Document]:
    """The references in the subject, and the case that the mail's ids led to."""
    in_subject = [
        {"reference": found.reference, "where": "subject", "valid": found.valid}
        for found in references_in(message, view.desk.prefixes)
    ]
    by_id = match_case(message, view).threading.evidence in BY_ID
    named = [{"reference": reference(case.prefix, case.number), "where": "id", "valid": True}] if case and by_id else []
    return in_subject + named


def _letter_subject(draft: Draft, opened: OpenCase | None, view: View) -> str:
    """The subject that a letter would have; a case that would be opened has no number yet."""
    case = view.case(draft.case_id) if draft.case_id else None
    if case is not None:
        return f"[{reference(case.prefix, case.number)}] {receipt_subject(case.subject)}"
    return f"[{opened.prefix}-…] {receipt_subject(opened.subject)}" if opened else draft.about

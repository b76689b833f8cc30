"""Which case a mail belongs to, by the best evidence there is (design: report, token, ids, reference, none).

Never a bare subject, never a number in the body. A reference alone is worth something only from a party to the case.
"""

from dataclasses import dataclass

from inboxd.desk.case import Case
from inboxd.desk.decision import Threading
from inboxd.desk.evidence import Evidence
from inboxd.desk.reference import TEXT_LOOKED_AT, FoundReference, find_references, quoted_references
from inboxd.desk.view import KnownLetter, Lookup, View
from inboxd.mail.message import DeliveryReport, ParsedMessage
from inboxd.mail.message_id import find_token, verify

REFERENCES_LOOKED_AT = 100
"""Of a longer References field the newest are enough (rules.md T20)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The case a mail belongs to, the letter of ours it is about (reports), and a case it only claims."""

    threading: Threading
    case: Case | None
    letter: KnownLetter | None = None
    claimed: Case | None = None
    evidence: tuple[Evidence, ...] = ()


def lookup(message: ParsedMessage, prefixes: tuple[str, ...]) -> Lookup:
    """Say which facts `decide` may need for this mail, before any of them is loaded."""
    ids = _cited_newest_first(message)
    report = message.report
    reported = (report.original_message_id,) if report and report.original_message_id else ()
    envelope = (report.envelope_id,) if report and report.envelope_id else ()
    own = (message.message_id,) if message.message_id else ()
    tokens = [find_token(text) for text in (*own, *ids, *reported, *envelope, *message.recipients)]
    author = message.author.key if message.author else ""
    returned = (message.return_path.casefold(),) if message.return_path else ()
    return Lookup(
        mail_key=message.mail_key,
        message_ids=tuple(dict.fromkeys((*ids, *reported))),
        numbers=tuple(dict.fromkeys(r.number for r in references_in(message, prefixes) if r.valid)),
        letter_ids=tuple(dict.fromkeys(t.letter_id for t in tokens if t)),
        addresses=tuple(dict.fromkeys((author, *returned))),
        quoted=tuple(dict.fromkeys(r.number for r in _named(message, prefixes))),
        words=_words(message),
    )


def _words(message: ParsedMessage) -> tuple[str, str] | None:
    """Subject and text of a mail that has nothing else, and not more than a machine answers with."""
    short = message.text.strip() and len(message.text) <= TEXT_LOOKED_AT
    return (message.subject, message.text) if short and not message.attachments else None


def _named(message: ParsedMessage, prefixes: tuple[str, ...]) -> tuple[FoundReference, ...]:
    in_subject = (found for found in references_in(message, prefixes) if found.valid)
    return (*in_subject, *quoted_references(message.text, prefixes))


def our_own_letter(message: ParsedMessage, view: View) -> KnownLetter | None:
    """Return the letter of ours that came back as this mail (a Bcc, a forward, a list), told by its own Message-ID."""
    return None if message.message_id is None else proven_letter(message.message_id, view)


def references_in(message: ParsedMessage, prefixes: tuple[str, ...]) -> tuple[FoundReference, ...]:
    """Return the case references in the subject."""
    return find_references(message.subject, prefixes)


def match_case(message: ParsedMessage, view: View) -> Match:
    """Find the case of a mail; the first kind of evidence that holds settles it."""
    for step in (_by_report, _by_token, _by_direct_parent, _by_references, _by_cited, _by_reference):
        found = step(message, view)
        if found is not None:
            return found
    return _no_case(_wrong_digits(message, view))


def _by_report(message: ParsedMessage, view: View) -> Match | None:
    letter = _reported_letter(message.report, message, view) if message.report else None
    if letter is None:
        return None
    case = None if letter.case_id is None else view.case(letter.case_id)
    return Match(
        threading=Threading(case_id=case.id if case else None, evidence="report"),
        case=case,
        letter=letter,
        evidence=(Evidence(rule="report", detail=f"a report about our letter {letter.id}"),),
    )


def _reported_letter(report: DeliveryReport, message: ParsedMessage, view: View) -> KnownLetter | None:
    if report.original_message_id:
        by_id = view.letter_of_message_id(report.original_message_id)
        if by_id is not None:
            return by_id
    told = (report.original_message_id or "", report.envelope_id or "", *_cited_newest_first(message))
    return next((known for text in told if (known := proven_letter(text, view))), None)


def _by_token(message: ParsedMessage, view: View) -> Match | None:
    for text in (*_cited_newest_first(message), *message.recipients):
        letter = proven_letter(text, view)
        case = view.case(letter.case_id) if letter and letter.case_id is not None else None
        if letter is not None and case is not None:
            return Match(
                threading=Threading(case_id=case.id, evidence="token"),
                case=case,
                letter=letter,
                evidence=(Evidence(rule="token", detail=f"answers our letter {letter.id}"),),
            )
    return None


def _by_direct_parent(message: ParsedMessage, view: View) -> Match | None:
    return _by_stored(message.in_reply_to, "in_reply_to", {"ours", "theirs"}, view)


def _by_references(message: ParsedMessage, view: View) -> Match | None:
    return _by_stored(_newest_first(message.references), "references", {"ours", "theirs"}, view)


def _by_cited(message: ParsedMessage, view: View) -> Match | None:
    return _by_stored(_cited_newest_first(message), "cited", {"cited"}, view)


def _by_stored(ids: tuple[str, ...], evidence: str, sources: set[str], view: View) -> Match | None:
    for message_id in ids:
        for known in view.message_ids:
            case = view.case(known.case_id) if known.message_id == message_id and known.source in sources else None
            if case is not None:
                return Match(
                    threading=Threading(case_id=case.id, evidence=evidence),  # type: ignore[arg-type]  # three callers
                    case=case,
                    evidence=(Evidence(rule=evidence, detail=f"{message_id} is on the case"),),
                )
    return None


def _by_reference(message: ParsedMessage, view: View) -> Match | None:
    """Of several references the first to a case that the writer is a party to counts, whichever stands first."""
    found = references_in(message, view.desk.prefixes)
    known = [(ref, case) for ref in found if ref.valid and (case := view.case_of_number(ref.number))]
    author = message.identity
    for ref, case in known:
        if author is not None and case.is_participant(author.address):
            return Match(
                threading=Threading(case_id=case.id, evidence="reference_participant"),
                case=case,
                evidence=(Evidence(rule="reference_participant", detail=f"{ref.reference} from a party to it"),),
            )
    if not known:
        return None
    ref, claimed = known[0]
    return Match(
        threading=Threading(case_id=None, evidence="reference_stranger"),
        case=None,
        claimed=claimed,
        evidence=(Evidence(rule="reference_stranger", detail=f"{ref.reference} from someone not on the case"),),
    )


def proven_letter(text: str, view: View) -> KnownLetter | None:
    """Return the letter of ours whose token a text carries, where the token is signed by us."""
    found = find_token(text)
    letter = view.letter(found.letter_id) if found else None
    if found is None or letter is None or not verify(found, letter.kind, view.keyring):
        return None
    return letter


def _no_case(evidence: tuple[Evidence, ...]) -> Match:
    return Match(threading=Threading(case_id=None, evidence="none"), case=None, evidence=evidence)


def _wrong_digits(message: ParsedMessage, view: View) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(rule="wrong_check_digit", detail=f"{found.reference} is no reference: its check digit is wrong")
        for found in references_in(message, view.desk.prefixes)
        if not found.valid
    )


def _cited_newest_first(message: ParsedMessage) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*message.in_reply_to, *_newest_first(message.references))))


def _newest_first(references: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(reversed(references[-REFERENCES_LOOKED_AT:]))

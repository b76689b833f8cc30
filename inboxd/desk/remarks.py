"""What an agent should know of a mail before answering it, in plain words: shown above its text."""

import unicodedata

from inboxd.desk.decision import Draft, Suppressed
from inboxd.desk.evidence import Evidence
from inboxd.desk.view import View
from inboxd.mail.authentication import dmarc_failed
from inboxd.mail.message import MailKind, ParsedMessage
from inboxd.mail.personal_number import holds_personal_number
from inboxd.mail.structured import domain_part, find_addresses

NO_RECEIPT = "no-receipt"
RECEIPT_HELD = "receipt-held"

FIRST_TIME = "The first case of this sender."
NOT_AUTHENTIC = "The sender's own mail servers did not send this (DMARC failed): somebody else may have written it."

LOOK_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK"})

MAX_LOOKED_AT = 100_000
"""Characters of a text in which a personal number is looked for: nobody reads a longer one."""


def remarks(message: ParsedMessage, kind: MailKind) -> tuple[Evidence, ...]:
    """Return what is odd about a mail: not to be read, from nobody for certain, to be answered elsewhere, personal."""
    found = (
        ("too-large", _too_large(message)),
        ("cannot-be-read", _cannot_be_read(message, kind)),
        ("who-wrote", _who_wrote(message)),
        ("name-misleads", _name_misleads(message)),
        ("letters-mixed", _letters_mixed(message)),
        ("reply-to-elsewhere", _reply_to_elsewhere(message)),
        ("personal-number", _personal_number(message)),
    )
    return tuple(Evidence(rule=rule, detail=detail) for rule, detail in found if detail)


def about_sender(message: ParsedMessage, view: View) -> tuple[Evidence, ...]:
    """Return what our own servers say against a sender, where they say that somebody else wrote in his name."""
    if not dmarc_failed(message, view.desk.trusted_authserv_ids):
        return ()
    return (Evidence(rule="not-authentic", detail=NOT_AUTHENTIC),)


def first_time(message: ParsedMessage, view: View) -> tuple[Evidence, ...]:
    """Return that nobody at the desk has had a case of this sender's before, where that is so."""
    unknown = message.identity is not None and not view.known_sender
    return (Evidence(rule="first-time", detail=FIRST_TIME),) if unknown else ()


def no_receipt(letter: object) -> tuple[Evidence, ...]:
    """Return why nobody got a receipt, where that is so."""
    return (Evidence(rule=NO_RECEIPT, detail=letter.reason),) if isinstance(letter, Suppressed) else ()


def receipt_held(letter: object) -> tuple[Evidence, ...]:
    """Return why a receipt waits for a person, where that is so."""
    reason = letter.held if isinstance(letter, Draft) else None
    return (Evidence(rule=RECEIPT_HELD, detail=reason),) if reason else ()


def _too_large(message: ParsedMessage) -> str:
    if not message.headers_only:
        return ""
    return f"The mail has {message.size} octets, too many to be fetched: it stays in its folder, here is its header."


def _cannot_be_read(message: ParsedMessage, kind: MailKind) -> str:
    if kind is MailKind.ENCRYPTED:
        return f"The mail is encrypted ({message.encryption}): nobody here can read it without its key."
    grave = [defect.partition(": ")[2] for defect in message.defects if defect.startswith(("unreadable:", "limit:"))]
    if kind is MailKind.MALFORMED and grave:
        return f"Not all of the mail could be read: {'; '.join(grave)}. `show --raw` has it as it came."
    return ""


def _who_wrote(message: ParsedMessage) -> str:
    if message.identity is not None:
        return ""
    return "From names no single plain address: check who wrote before you answer."


def _name_misleads(message: ParsedMessage) -> str:
    """A name that is an address, of somebody else (T12)."""
    author = message.author
    others = [found for found in find_addresses(author.name) if found != author.key] if author else []
    return f"The sender's name shows {others[0]}, but the mail comes from another address." if others else ""


def _letters_mixed(message: ParsedMessage) -> str:
    """A domain that looks like another one by letters of several alphabets in one word (T13)."""
    domain = domain_part(message.author.address) if message.author else ""
    mixed = [label for label in map(_shown, domain.split(".")) if len(set(filter(None, map(_alphabet, label)))) > 1]
    return f"The sender's domain mixes alphabets ({mixed[0]}): it may only look like the one you know." if mixed else ""


def _shown(label: str) -> str:
    """Return a label of a domain as people see it (RFC 5891); one that is no A-label as it is."""
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label


def _alphabet(letter: str) -> str:
    """Return which of the alphabets that are taken for each other a letter is of, "" for any other."""
    name = unicodedata.name(letter, "").partition(" ")[0]
    return name if letter.isalpha() and name in LOOK_ALIKE else ""


def _reply_to_elsewhere(message: ParsedMessage) -> str:
    author = message.author
    others = [a.address for a in message.reply_to if author is None or a.key != author.key]
    return f"Answers are asked to {', '.join(others)}; the case answers From." if others else ""


def _personal_number(message: ParsedMessage) -> str:
    """A number in what a list or a letter may repeat: the subject, the text, names of people and files."""
    people = (message.author, *message.from_, *message.to, *message.cc)
    names = (person.name for person in people if person is not None)
    files = (attachment.filename or "" for attachment in message.attachments)
    if not holds_personal_number(message.subject, message.text[:MAX_LOOKED_AT], *names, *files):
        return ""
    return "The mail holds a personal number: lists and letters show its date only."

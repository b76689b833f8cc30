"""Returned mail of servers that write no RFC 3464 report: qmail, old Exim, and whatever says it in words only.

By the first way that finds an address: the field X-Failed-Recipients, the shapes that flufl.bounce knows, and last any
paragraph with an address and an error code, which needs no language.
"""

import re
from collections.abc import Iterable
from email.message import Message
from email.utils import getaddresses

from flufl.bounce import all_failures

from inboxd.mail.automatic import is_daemon
from inboxd.mail.automatic_subjects import DELAYED_MAIL, RETURNED_MAIL, begins_with
from inboxd.mail.message import ReportedRecipient
from inboxd.mail.report_parts import Mail, all_fields, field, text_of
from inboxd.mail.structured import ADDR_SPEC, find_addresses, is_null_path, local_part

MAX_RECIPIENTS = 500
MAX_DIAGNOSTIC = 1000
MAX_LINES = 400
MAX_LINE = 998

STATUS = re.compile(r"(?<![0-9.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9]|\.[0-9])")
SMTP_ERROR = re.compile(r"(?<![0-9.:-])[45][0-5][0-9](?=[ -])")
PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
MESSAGE_ID_LINE = re.compile(r"^[> \t]{0,8}message-id:[ \t]*\n?[ \t]*(<[^<>\s]{1,990}>)", re.IGNORECASE | re.MULTILINE)
COPY_BELOW = re.compile(
    r"[> *=_-]{0,80}(?:.{0,40}\bcopy of (?:the|your) (?:original )?(?:message|mail)|(?:original|returned) message"
    r"|opprinnelig melding|kopi av meldingen).{0,80}",
    re.IGNORECASE,
)


def is_from_mail_server(message: Mail) -> bool:
    """Say whether a mail comes from the null path, a daemon or a postmaster: from people nothing is a report."""
    author = field(message, "From")
    paths = all_fields(message, "Return-Path")
    if paths and is_null_path(paths[0]):
        return True
    return any(is_daemon(a) or local_part(a) == "postmaster" for a in find_addresses(author) or (author,))


def read_words(message: Mail, walked: Iterable[Mail]) -> tuple[ReportedRecipient, ...]:
    """Return the recipients that a mail server's letter says it could not reach, failed or delayed; none if unclear."""
    late = begins_with(field(message, "Subject"), DELAYED_MAIL)
    if not late and not _says_that_it_returned(message):
        return ()
    words = _words_above_copy(walked)
    addresses = _named_by_field(message) or _known_shapes(message, words) or _near_errors(words)
    return tuple(_told(address, words, late=late) for address in addresses[:MAX_RECIPIENTS])


def find_cited(walked: Iterable[Mail]) -> tuple[str, ...]:
    """Return the Message-IDs that stand as a header field in the text of these parts, in order."""
    texts = (text_of(part)[: MAX_LINES * MAX_LINE] for part in walked if part.get_content_maintype() != "multipart")
    return tuple(found for text in texts for found in MESSAGE_ID_LINE.findall(text))


def _says_that_it_returned(message: Mail) -> bool:
    """The null path alone says it not: automatic answers come from there too."""
    author = field(message, "From")
    by_subject = begins_with(field(message, "Subject"), RETURNED_MAIL)
    return by_subject or bool(_named_by_field(message)) or any(map(is_daemon, find_addresses(author) or (author,)))


def _words_above_copy(walked: Iterable[Mail]) -> str:
    text = "\n".join(text_of(part) for part in walked if part.get_content_type() == "text/plain")
    lines = [line[:MAX_LINE] for line in text.split("\n")[:MAX_LINES]]
    end = next((number for number, line in enumerate(lines) if COPY_BELOW.fullmatch(line)), len(lines))
    return "\n".join(lines[:end])


def _named_by_field(message: Mail) -> list[str]:
    values = list(all_fields(message, "X-Failed-Recipients"))
    return [address for _, address in getaddresses(values) if ADDR_SPEC.fullmatch(address)]


def _known_shapes(message: Mail, words: str) -> list[str]:
    """Ask flufl.bounce, with a plain copy of sender and words: bounded, and free of whatever it could trip on."""
    plain: Mail = Message()
    plain["From"] = next(iter(find_addresses(field(message, "From"))), "mailer-daemon@localhost")
    plain["X-Mailer"] = field(message, "X-Mailer").encode("ascii", "replace").decode("ascii")
    plain.set_payload(words.encode("ascii", "replace").decode("ascii"))
    delayed, failed = all_failures(plain)
    found = sorted(octets.decode("ascii", "replace") for octets in failed | delayed)
    return [address for address in found if ADDR_SPEC.fullmatch(address)]


def _near_errors(words: str) -> list[str]:
    telling = (p for p in PARAGRAPH_END.split(words) if STATUS.search(p) or SMTP_ERROR.search(p))
    return list(dict.fromkeys(address for p in telling for address in ADDR_SPEC.findall(p)))


def _told(address: str, words: str, *, late: bool) -> ReportedRecipient:
    """Make a recipient of an address and of what the words say behind it, up to the next blank line."""
    named = re.search(re.escape(address), words, re.IGNORECASE)
    behind = PARAGRAPH_END.split(words[named.end() :], maxsplit=1)[0] if named else ""
    diagnostic = " ".join(behind.strip("<>: \t\n").split())
    status = STATUS.search(diagnostic)
    delayed = late or (status is not None and status[1] == "4")
    return ReportedRecipient(
        address=address,
        action="delayed" if delayed else "failed",
        status=status[0] if status else ("4.0.0" if delayed else "5.0.0"),
        diagnostic=diagnostic[:MAX_DIAGNOSTIC],
    )

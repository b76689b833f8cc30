"""Whether a mail is a server's letter about one that it could not deliver, and whom its words name.

Servers that write no RFC 3464 report say it in words: qmail, old Exim and Sendmail, gateways. By the first way that
finds an address: the field X-Failed-Recipients, the weight of the words around each address (`failing_addresses`),
the shapes that flufl.bounce knows, and where nobody is named the returned mail's only recipient.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message

from flufl.bounce import all_failures

from inboxd.mail.bounce.failing_addresses import failing_addresses
from inboxd.mail.bounce.mail_servers import calls_itself_server, is_daemon
from inboxd.mail.bounce.report_parts import Mail, all_fields, field, text_of
from inboxd.mail.bounce.status_fields import ADDRESS, MAX_DIAGNOSTIC, SMTP_ERROR, STATUS, complete
from inboxd.mail.bounce.subjects import says_delayed, says_returned
from inboxd.mail.bounce.words import ANSWER, COPIED_FIELD, COPY, FAILURE, FINAL, LATE, REFUSED_BY_CODE
from inboxd.mail.html.reading import html_to_text
from inboxd.mail.machine.senders import is_no_reply
from inboxd.mail.machine.subjects import AUTOMATIC_REPLY, OUT_OF_OFFICE, begins_with
from inboxd.mail.message import ReportedRecipient
from inboxd.mail.structured import ADDR_SPEC, bare_path, find_addresses, is_null_path, keyword

MAX_LINES = 400
MAX_LINE = 998
MAX_TEXT = 400_000
OPENING_LINES = 25
MAX_PLACES = 10

OWN_FIELDS = ("To", "Cc", "Reply-To", "Sender", "Delivered-To", "X-Original-To", "Errors-To")

PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
ERROR_STATUS = re.compile(r"(?<![0-9.])[45]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9]|\.[0-9])")
ERROR_LINE = re.compile(r"\W{0,20}(?:error|failure|undeliver)", re.IGNORECASE)
LOCAL_NAME_LINE = re.compile(
    r"^\s{0,8}(?:<([\w.+-]{1,64})>:|(?:addressee|recipient|user): ?([\w.+-]{1,64})\s*$"
    r"|([\w.+-]{1,64}) \([^()\n]{3,80}\)\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
VERP = re.compile(r"[^@\s]{1,200}?[+-]([^@\s=+]{1,64})=([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})@.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a report: the lines above the copy of the returned mail, and that copy."""

    lines: tuple[str, ...]
    below: str
    copied: bool

    @property
    def text(self) -> str:
        """The lines above the copy as one text."""
        return "\n".join(self.lines)

    def opens_with(self, forms: re.Pattern[str]) -> bool:
        """Say whether one of the first lines that are not blank, or a sentence over two of them, has such a form."""
        filled = [line.strip() for line in self.lines if line.strip()][:OPENING_LINES]
        return forms.search(" ".join(filled)) is not None


def is_from_mail_server(message: Mail) -> bool:
    """Say whether a mail comes from the null path, a daemon or a postmaster: from people nothing is a report."""
    return _has_null_path(message) or _is_from_daemon(message) or _calls_itself_server(message)


def _has_null_path(message: Mail) -> bool:
    paths = all_fields(message, "Return-Path")
    return bool(paths) and (is_null_path(paths[0]) or is_daemon(bare_path(paths[0])))


def _is_from_daemon(message: Mail) -> bool:
    """Also from nobody: the null path written into From."""
    return field(message, "From").endswith("<>") or any(is_daemon(address) for address in _authors(message))


def _calls_itself_server(message: Mail) -> bool:
    author = field(message, "From")
    return any(calls_itself_server(address, author) for address in _authors(message))


def _authors(message: Mail) -> tuple[str, ...]:
    author = field(message, "From")
    return find_addresses(author) or (author,)


def read_words(walked: Sequence[Mail]) -> Words:
    """Return the words of a mail, in plain text where that names anybody, bounded."""
    text = "\n\n".join(text_of(part)[:MAX_TEXT] for part in walked if _is_text(part))
    if not ADDRESS.search(text):
        html = (text_of(part)[:MAX_TEXT] for part in walked if part.get_content_type() == "text/html")
        text = "\n\n".join([text, *(html_to_text(found)[0] for found in html)])
    lines = [line[:MAX_LINE].replace("\xa0", " ") for line in text.split("\n", MAX_LINES)]
    ends = next((n for n, line in enumerate(lines) if COPY.fullmatch(line) or COPIED_FIELD.match(line)), len(lines))
    if not any("@" in line for line in lines[:ends]):
        ends = next((n for n, line in enumerate(lines) if COPIED_FIELD.match(line)), len(lines))
    return Words(lines=tuple(lines[:ends][:MAX_LINES]), below="\n".join(lines[ends:]), copied=ends < len(lines))


def _is_text(part: Mail) -> bool:
    """Also a multipart that could not be taken apart."""
    broken = part.get_content_maintype() == "multipart" and not part.is_multipart()
    return part.get_content_type() == "text/plain" or broken


def outcome(message: Mail, words: Words, *, formal: bool, copied: bool) -> str:
    """Return what a mail says in words of one of ours: "failed", "delayed", or "" where it is no server's letter.

    `formal` says that it has the media type of a report, `copied` that a mail is enclosed.
    """
    subject = field(message, "Subject")
    if begins_with(subject, AUTOMATIC_REPLY) or begins_with(subject, OUT_OF_OFFICE):
        return ""
    late = says_delayed(subject)
    by_subject = late or says_returned(subject)
    signs = _Signs(
        subject=by_subject,
        phrase=words.opens_with(FAILURE) or (by_subject and words.opens_with(LATE)),
        code=ERROR_STATUS.search(words.text) is not None
        or ("@" in words.text and SMTP_ERROR.search(words.text) is not None),
        copy=copied or words.copied,
    )
    if not _says_it(message, words, signs, formal=formal):
        return ""
    goes_on = LATE.search(words.text) is not None and FINAL.search(words.text) is None
    return "delayed" if late or goes_on else "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """What of a returned mail is there: its subject, a sentence in the first lines, an error code, the mail itself."""

    subject: bool
    phrase: bool
    code: bool
    copy: bool


def _says_it(message: Mail, words: Words, signs: _Signs, *, formal: bool) -> bool:
    """The less a sender looks like a server, the more it must say.

    The null path alone says nothing: automatic answers come from there too. Nor does a subject: people ask about it.
    """
    by_field, null_path = bool(named_by_field(message)), _has_null_path(message)
    automatic = null_path or keyword(field(message, "Auto-Submitted")) not in {"", "no"}
    if formal or _is_from_daemon(message):
        return signs.subject or signs.phrase or by_field or (signs.code and (formal or null_path))
    if ANSWER.match(field(message, "Subject")) and not (automatic or ERROR_LINE.match(words.text)):
        return False
    if _calls_itself_server(message):
        return _server_says_it(message, words, signs, null_path=null_path)
    machine = automatic or any(map(is_no_reply, _authors(message)))
    begins = FAILURE.search(next((line for line in words.lines if line.strip()), "")) is not None
    whole = begins and signs.copy and (signs.code or _names_somebody(message, words))
    told = signs.code or signs.copy or (null_path and signs.phrase and _names_somebody(message, words))
    return by_field or (signs.subject and (whole or (machine and told)))


def _server_says_it(message: Mail, words: Words, signs: _Signs, *, null_path: bool) -> bool:
    """Where a postmaster's or a filter's address may also be a person's, a sentence alone is not enough."""
    firm = signs.code or signs.copy
    named = null_path and _names_somebody(message, words)
    if signs.subject:
        return signs.phrase or firm or named
    return signs.phrase and (firm or named)


def _names_somebody(message: Mail, words: Words) -> bool:
    return bool(failing_addresses(words.lines, frozenset(_own_addresses(message))))


def _own_addresses(message: Mail) -> set[str]:
    """Return whom a report comes from and goes to: these are not the ones that failed."""
    return {*_authors(message), *(found for name in OWN_FIELDS for found in _addresses(message, name))}


def named_by_field(message: Mail) -> list[str]:
    """Return the addresses of the fields X-Failed-Recipients."""
    return [found for value in all_fields(message, "X-Failed-Recipients") for found in ADDRESS.findall(value)]


def named_by_words(message: Mail, words: Words, recipients: Sequence[str], senders: Sequence[str]) -> list[str]:
    """Return the addresses that a server's words name, by the first way that finds one.

    `recipients` and `senders` are the returned mail's. One whom nobody names failed where it was the only recipient.
    """
    own = {*senders, *_own_addresses(message)} - set(recipients)
    return (
        named_by_field(message)
        or failing_addresses(words.lines, frozenset(own))
        or _named_without_domain(words, recipients)
        or [address for address in _known_shapes(message, words.text) if address.casefold() not in own]
        or (list(recipients) if len(recipients) == 1 and recipients[0] not in _own_addresses(message) else [])
        or failing_addresses(words.lines, frozenset(_authors(message)))  # somebody who wrote to himself
        or [f"{found[1]}@{found[2]}" for address in _addresses(message, "To") if (found := VERP.fullmatch(address))]
    )


def _named_without_domain(words: Words, recipients: Sequence[str]) -> list[str]:
    """Return the recipients that the words call by their local part alone."""
    names = ("".join(groups) for groups in LOCAL_NAME_LINE.findall(words.text))
    return [address for name in names if "@" in (address := complete(name, recipients))]


def _addresses(message: Mail, name: str) -> tuple[str, ...]:
    return tuple(found.casefold() for value in all_fields(message, name) for found in ADDRESS.findall(value[:MAX_TEXT]))


def _known_shapes(message: Mail, words: str) -> list[str]:
    """Ask flufl.bounce, with a plain copy of sender and words: bounded, and free of whatever it could trip on."""
    plain: Message[str, str] = Message()
    plain["From"] = next(iter(find_addresses(field(message, "From"))), "mailer-daemon@localhost")
    plain["X-Mailer"] = field(message, "X-Mailer").encode("ascii", "replace").decode("ascii")
    plain.set_payload(words.encode("ascii", "replace").decode("ascii"))
    delayed, failed = all_failures(plain)
    found = sorted(octets.decode("ascii", "replace") for octets in failed | delayed)
    return [address for address in found if ADDR_SPEC.fullmatch(address)]


def told_in_words(address: str, words: str, outcome: str, *, alone: bool = False) -> ReportedRecipient:
    """Make a recipient of an address and of what the words say behind it, up to the next blank line.

    Where it is `alone` in them, a code that stands elsewhere is meant for it too.
    """
    diagnostic = _behind(address, words)
    code = _code(diagnostic) or (_code(words) if alone else "")
    return ReportedRecipient(
        address=address,
        action=outcome,
        status=code or ("4.0.0" if outcome == "delayed" else "5.0.0"),
        diagnostic=diagnostic[:MAX_DIAGNOSTIC],
    )


def _code(text: str) -> str:
    status, code = STATUS.search(text), SMTP_ERROR.search(text)
    return status[0] if status else f"{code[1]}.0.0" if code else ""


def _behind(address: str, words: str) -> str:
    """Return what stands behind an address: the first place of it with a status, else with a code, else with words."""
    places = itertools.islice(re.finditer(re.escape(address), words, re.IGNORECASE), MAX_PLACES)
    texts = [text for text in (_said_at(place, words) for place in places) if text]
    told = next((text for text in texts if STATUS.search(text)), None) or next(filter(SMTP_ERROR.search, texts), None)
    return told or next(iter(texts), "")


def _said_at(place: re.Match[str], words: str) -> str:
    """Return the code right before an address, as servers answer, and what stands behind it."""
    code = REFUSED_BY_CODE.search(words[max(place.start() - 40, 0) : place.start()])
    behind = _paragraph(words[place.end() : place.end() + 4 * MAX_DIAGNOSTIC])
    return " ".join([code[0].strip(" <\"'"), behind]).strip() if code else behind


def _paragraph(behind: str) -> str:
    """Return the words up to the next blank line: where there are none, the next paragraph if it names nobody."""
    first, *following = PARAGRAPH_END.split(behind, maxsplit=2)
    text = " ".join(first.lstrip("<>)]*:;, \t\n").split())
    if text or not following or ADDRESS.search(following[0]):
        return text
    return " ".join(following[0].split())

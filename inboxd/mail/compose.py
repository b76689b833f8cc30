"""Making a letter into RFC 5322 octets: 7-bit, CRLF, no line over 998, one line of text a field, the same every time.

Only an address whose local part leaves ASCII stands in its field as UTF-8 (RFC 6532 3.2): there is no other way.

The header fields are written and folded here, for the standard library's folding breaks long Message-IDs into
encoded-words; so is a body of plain text alone, which most letters have, for the library takes longer over it than all
the rest takes. Other bodies are the library's. Nothing is random: the boundaries come from the letter's Message-ID.
"""

import hashlib
import re
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from collections.abc import Callable, Iterable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from inboxd.errors import InboxdError
from inboxd.mail.address import Address, writable_address
from inboxd.mail.message import File, Letter
from inboxd.mail.message_id import find_ids
from inboxd.mail.text import clean_text

BODY_POLICY = SMTP.clone(cte_type="7bit")

PLAIN_FIELDS = (
    b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: %b\r\nMIME-Version: 1.0\r\n\r\n'
)
MAX_LINE = 78
"""Octets of a line of text that goes as it is (RFC 5322 2.1.1); longer ones are encoded."""

FOLD_AT = 76
"""Also the limit for lines with encoded-words (RFC 2047 2), so that one number serves all."""

MAX_WORD = 64
"""Characters of an encoded-word, or of a word that needs none: fits behind every field name used here."""

FIRST_REFERENCES, LAST_REFERENCES = 4, 12
"""Of a long References field the root and the newest are kept (RFC 5537 3.4.4 allows what lies between to fall)."""

WORD_ROOM = MAX_WORD - len("=?utf-8?q??=")

PLAIN = re.compile(r"[ -~]*")
PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
Q_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!+*-/")
CONTENT_TYPE = re.compile(r"(?!message/|multipart/)([a-z0-9.+_-]{1,60})/([a-z0-9.+_-]{1,60})", re.IGNORECASE)
WHOLE_MAIL = "message/rfc822"
LONGEST_LINE = 998
"""Octets of a line that every server takes (RFC 5322 2.1.1)."""

TOKEN = re.compile(r"[A-Za-z0-9-]{1,40}")


def compose(letter: Letter) -> bytes:
    """Return a letter as octets, headers and body, ready for DATA; the same octets for the same letter.

    Text of headers is made one clean line. A Message-ID, an address or a keyword that cannot stand in a header raises
    InboxdError.
    """
    head = "".join(f"{_folded(name, words)}\r\n" for name, words in _fields(letter) if words)
    body = _plain_body(letter.text) if letter.html is None and not letter.files else _body_of_parts(letter)
    return head.encode("utf-8") + body


def _plain_body(text: str) -> bytes:
    """Return text as a body in the shortest encoding that is 7-bit, with the fields that say so (RFC 2045)."""
    lines = clean_text(text).encode("utf-8").splitlines()
    encoding, content = b"7bit", b"".join(line + b"\r\n" for line in lines)
    if not content.isascii() or max(map(len, lines), default=0) > MAX_LINE:
        quoted, based = b2a_qp(content), encodebytes(content).replace(b"\n", b"\r\n")
        encoding, content = (b"quoted-printable", quoted) if len(quoted) <= len(based) else (b"base64", based)
    return PLAIN_FIELDS % encoding + content


def _body_of_parts(letter: Letter) -> bytes:
    body = EmailMessage(policy=BODY_POLICY)
    body.set_content(clean_text(letter.text), charset="utf-8")
    if letter.html is not None:
        body.add_alternative(clean_text(letter.html), subtype="html", charset="utf-8")
    for file in letter.files:
        _attach(body, file)
    _set_boundaries(body, letter.message_id)
    return body.as_bytes(policy=BODY_POLICY)


def references_for(
    parent_message_id: str | None, parent_references: tuple[str, ...], parent_in_reply_to: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the References of an answer to a mail (RFC 5322 3.6.4): the parent's own, then its Message-ID.

    Without References the parent's In-Reply-To stands in, if it names one id only.
    """
    inherited = parent_references or (parent_in_reply_to if len(parent_in_reply_to) == 1 else ())
    own = (parent_message_id,) if parent_message_id else ()
    return tuple(dict.fromkeys((*(i for i in inherited if i != parent_message_id), *own)))


def one_line(text: str) -> str:
    """Return text as one clean line: every run of white space and control characters becomes one space."""
    return " ".join(clean_text(text).split())


def _fields(letter: Letter) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the fields in order, each with the words between which its line may be folded."""
    yield "Date", (format_datetime(letter.date),)
    yield "From", _mailbox(letter.from_)
    yield "To", _mailboxes(letter.to)
    yield "Cc", _mailboxes(letter.cc)
    yield "Reply-To", _mailbox(letter.reply_to) if letter.reply_to else ()
    yield "Subject", _words(one_line(letter.subject))
    yield "Message-ID", (_own_id(letter.message_id),)
    yield "In-Reply-To", _ids((letter.in_reply_to,) if letter.in_reply_to else ())
    yield "References", _trimmed(_ids(letter.references))
    yield "Content-Language", (_token(letter.language),)
    if letter.auto_submitted is not None:
        yield "Auto-Submitted", (_token(letter.auto_submitted),)
        # A receipt wants no answer of any kind; of other machine letters the desk does want to hear that they failed.
        answered = letter.auto_submitted == "auto-replied"
        yield "X-Auto-Response-Suppress", ("All",) if answered else ("OOF,", "AutoReply")


def _folded(name: str, words: tuple[str, ...]) -> str:
    lines, line = [], f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > FOLD_AT and line != f"{name}:":
            lines.append(line)
            line = ""
        line = f"{line} {word}"
    return "\r\n".join([*lines, line])


def _words(text: str) -> tuple[str, ...]:
    """Return a line of text as words, all plain or all encoded-words (RFC 2047)."""
    words = tuple(text.split(" ")) if text else ()
    plain = PLAIN.fullmatch(text) and "=?" not in text and all(len(word) <= MAX_WORD for word in words)
    return words if plain else tuple(_encoded_words(text))


def _encoded_words(text: str) -> Iterator[str]:
    """Yield UTF-8 encoded-words up to MAX_WORD long, as the shorter of Q and B, no character broken across two.

    The fewer the better: some readers put a space between two of them.
    """
    octets = len(text.encode("utf-8"))
    if sum(len(_q(character)) for character in text) <= octets * 4 / 3:
        for chunk in _chunks(text, WORD_ROOM, _q):
            yield f"=?utf-8?q?{''.join(map(_q, chunk))}?="
    else:
        for chunk in _chunks(text, WORD_ROOM * 3 // 4, str.encode):
            yield f"=?utf-8?b?{b64encode(chunk.encode('utf-8')).decode('ascii')}?="


def _chunks(text: str, room: int, encode: Callable[[str], str | bytes]) -> Iterator[str]:
    """Cut a text where its characters, each encoded, fill the room."""
    chunk, used = "", 0
    for character in text:
        size = len(encode(character))
        if used + size > room:
            yield chunk
            chunk, used = "", 0
        chunk, used = chunk + character, used + size
    yield chunk


def _q(character: str) -> str:
    if character in Q_SAFE:
        return character
    return "_" if character == " " else "".join(f"={octet:02X}" for octet in character.encode("utf-8"))


def _mailbox(address: Address) -> tuple[str, ...]:
    """Return a display name and an address as words; a name with specials is quoted."""
    written = writable_address(address.address)
    if written is None:
        raise InboxdError(
            f"{one_line(address.address)!r} is no address that a letter can go to",
            hint="A plain name before the @ and a host name behind it can be written to.",
        )
    name = one_line(address.name)
    words = _words(name)
    if words and " ".join(words) == name and not PHRASE.fullmatch(name):
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        words = tuple(f'"{quoted}"'.split(" "))
    return (*words, f"<{written}>") if words else (written,)


def _mailboxes(addresses: Iterable[Address]) -> tuple[str, ...]:
    written = [_mailbox(address) for address in addresses]
    separated = [(*words[:-1], f"{words[-1]},") for words in written[:-1]]
    return tuple(word for words in [*separated, *written[-1:]] for word in words)


def _own_id(message_id: str) -> str:
    if _ids((message_id,)) != (message_id,):
        raise InboxdError(f"{one_line(message_id)!r} is no Message-ID for a letter")
    return message_id


def _ids(ids: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that can stand in a header; one of theirs that cannot is left out."""
    return tuple(i for i in ids if i.isascii() and i.isprintable() and find_ids(i) == (i,))


def _trimmed(ids: tuple[str, ...]) -> tuple[str, ...]:
    if len(ids) <= FIRST_REFERENCES + LAST_REFERENCES:
        return ids
    return (*ids[:FIRST_REFERENCES], *ids[-LAST_REFERENCES:])


def _token(value: str) -> str:
    if not TOKEN.fullmatch(value):
        raise InboxdError(f"{one_line(value)!r} cannot stand in a header")
    return value


def _attach(body: EmailMessage, file: File) -> None:
    """Attach a file; a mail as what it is where it can go unencoded (RFC 2046 5.2.1), else as octets to save."""
    kind = CONTENT_TYPE.fullmatch(file.content_type)
    main, sub = (kind[1].lower(), kind[2].lower()) if kind else ("application", "octet-stream")
    filename = one_line(file.filename).replace("/", "_").replace("\\", "_") or "attachment"
    if file.content_type.lower() == WHOLE_MAIL and _goes_unencoded(file.content):
        body.add_attachment(b"", maintype=main, subtype=sub, cte="base64", filename=filename)
        _enclose(body.get_payload(-1), file.content)  # type: ignore[arg-type]  # the part that was just added
        return
    body.add_attachment(file.content, maintype=main, subtype=sub, cte="base64", filename=filename)


def _enclose(part: EmailMessage, octets: bytes) -> None:
    """Make a part into a mail whose octets stay as they are: as text it is written out, not taken apart and folded."""
    part.replace_header("Content-Type", WHOLE_MAIL)
    part.replace_header("Content-Transfer-Encoding", "7bit")
    part.set_payload(octets.decode("ascii"))


def _goes_unencoded(octets: bytes) -> bool:
    """Say whether octets are lines of ASCII that end in CRLF and that no server on the way changes."""
    lines = octets.split(b"\r\n")
    plain = octets.isascii() and b"\0" not in octets and all(b"\r" not in at and b"\n" not in at for at in lines)
    return plain and octets.endswith(b"\r\n") and max(map(len, lines)) <= LONGEST_LINE


def _set_boundaries(body: EmailMessage, message_id: str) -> None:
    """Give every multipart a boundary of its own; `=_` never occurs in base64 or quoted-printable (RFC 2045 6.7)."""
    root = hashlib.sha256(message_id.encode("utf-8", "replace")).hexdigest()[:32]
    for number, part in enumerate(part for part in body.walk() if part.is_multipart()):
        part.set_boundary(f"=_{root}_{number}")

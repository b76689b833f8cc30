"""The mail that a server returns: as a part, as a header block, or copied below the words (RFC 6522 3)."""

import re
from collections.abc import Iterable, Sequence

from inboxd.mail.bounce.report_parts import Mail, all_fields, children, field, text_of
from inboxd.mail.bounce.status_fields import ADDRESS
from inboxd.mail.message_id import find_ids
from inboxd.mail.structure.entity import Entity, read_entity
from inboxd.mail.structure.transfer import encoding_name

RETURNED_TYPES = frozenset({"message/rfc822", "message/global"})
RETURNED_HEADER_TYPES = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})
TYPES = RETURNED_TYPES | RETURNED_HEADER_TYPES | {"message/partial", "message/external-body"}

MAX_TEXT = 400_000
MAX_RECIPIENTS = 500

MESSAGE_ID_LINE = re.compile(
    r"^[>| \t]{0,8}(?:(?:x-)?original-)?message[- ]id[ \t]{0,20}:"
    r"[>| \t]{0,200}(?:\n[>| \t]{0,200})?(<[^<>\s]{1,990}>)",
    re.IGNORECASE | re.MULTILINE,
)
COPY_BEGINS = re.compile(
    r"^[>| \t]{0,8}(?:received|return-path|message-id|from|to|subject|date|mime-version|x-[\w-]{1,40})[ \t]?:",
    re.IGNORECASE,
)
LEAD = re.compile(r"[>| \t]{0,8}")


def find_cited(text: str) -> str | None:
    """Return the first Message-ID that stands as a header field in a text."""
    found = MESSAGE_ID_LINE.search(text[:MAX_TEXT])
    return found[1] if found else None


def read_returned(walked: Iterable[Mail], below: str) -> Mail:
    """Return the header of the returned mail, an empty one where none is there.

    `below` are the words behind the line that says a copy follows.
    """
    for part in walked:
        if part.get_content_type() in TYPES:
            inside = () if encoding_name(str(part.get("Content-Transfer-Encoding", ""))) else children(part)
            header = inside[0] if inside and inside[0].keys() else _header(text_of(part))
            if header.keys():
                return header
    return _header(below)


def message_id_of(returned: Mail, walked: Sequence[Mail]) -> str | None:
    """Return the returned mail's Message-ID, else the one cited in a returned part whose header is broken."""
    for value in all_fields(returned, "Message-ID"):
        if ids := find_ids(value):
            return ids[0]
    parts = (part for part in walked if part.get_content_type() in TYPES)
    return next((found for part in parts if (found := find_cited(text_of(part)))), None)


def recipients_of(returned: Mail) -> tuple[str, ...]:
    """Return the addresses that the returned mail was sent to, each once."""
    values = (value for name in ("To", "Cc", "Bcc", "Resent-To") for value in all_fields(returned, name))
    found = dict.fromkeys(address.casefold() for value in values for address in ADDRESS.findall(value[:MAX_TEXT]))
    return tuple(found)[:MAX_RECIPIENTS]


def sender_of(returned: Mail) -> tuple[str, ...]:
    """Return the addresses that the returned mail came from."""
    values = (field(returned, name) for name in ("From", "Sender", "Reply-To", "Return-Path"))
    return tuple(address.casefold() for value in values for address in ADDRESS.findall(value))


def _header(text: str) -> Mail:
    """Read a header block that begins at the first line of usual fields, quoted, indented or plain."""
    lines = text[:MAX_TEXT].split("\n")
    begins = next((number for number, line in enumerate(lines) if COPY_BEGINS.match(line)), None)
    if begins is None:
        return Entity()
    lead = LEAD.match(lines[begins])
    margin = lead[0] if lead else ""
    copied = "\n".join(line.removeprefix(margin) for line in lines[begins:])
    return read_entity(copied.encode("utf-8", "replace"))

"""Invitations and the answers to them, told from a person's mail with a calendar file attached (RFC 6047 2.4)."""

from inboxd.mail.formats.tnef import TNEF_TYPES
from inboxd.mail.machine import subjects
from inboxd.mail.machine.fields import cut
from inboxd.mail.message import Attachment, ParsedMessage

METHODS = frozenset({"REQUEST", "REPLY", "CANCEL", "COUNTER", "DECLINECOUNTER", "REFRESH", "ADD"})
"""PUBLISH is not among them: it is how a file is exported."""


def calendar(message: ParsedMessage) -> str | None:
    """See an invitation or the answer to one by its type, its class, its parts, or by what is left of them."""
    if message.content_type == "text/calendar":
        return "Content-Type: text/calendar"
    if "calendarmessage" in (message.header("content-class") or "").casefold():
        return "Content-Class: calendarmessage"
    if any(_is_invitation(part) for part in message.attachments):
        return "a part of text/calendar"
    return _left_of_an_answer(message)


def _is_invitation(part: Attachment) -> bool:
    """A part that names no METHOD counts where it has no filename either: so it was not attached as a file."""
    invites = part.method in METHODS or (part.method is None and part.filename is None)
    return part.content_type == "text/calendar" and invites


def _left_of_an_answer(message: ParsedMessage) -> str | None:
    """Some gateways drop the calendar part, or leave it in a winmail.dat: then the subject and an empty text tell."""
    if not subjects.begins_with(message.subject, subjects.ANSWERED_INVITATION):
        return None
    packed = any(part.content_type in TNEF_TYPES for part in message.attachments)
    fields = any(header.name.startswith("x-microsoft-cdo-") for header in message.headers)
    empty = not message.text.strip() and not message.attachments
    return cut(f"Subject: {message.subject}") if packed or fields or empty else None

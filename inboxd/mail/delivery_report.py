"""What a delivery report says, about which mail and of whom (RFC 3464, RFC 6522); older shapes are in returned_mail."""

import re
from collections.abc import Iterable
from email.parser import HeaderParser

from inboxd.mail.message import DeliveryReport, ReportedRecipient
from inboxd.mail.message_id import find_ids
from inboxd.mail.report_parts import Mail, children, field, parts, text_of
from inboxd.mail.returned_mail import (
    MAX_DIAGNOSTIC,
    MAX_RECIPIENTS,
    STATUS,
    find_cited,
    is_from_mail_server,
    read_words,
)
from inboxd.mail.structured import keyword

STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
RETURNED_TYPES = frozenset({"message/rfc822", "message/global"})
RETURNED_HEADER_TYPES = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})

TYPE_PREFIX = re.compile(r"^\s*[a-z0-9-]{0,40}\s*;\s*", re.IGNORECASE)
BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
ACTIONS = {"failure": "failed", "error": "failed", "2": "delivered", "4": "delayed", "5": "failed"}
"""What servers that do not know the RFC's words call an Action, and what the class of a Status means without one."""


def read_report(message: Mail) -> DeliveryReport | None:
    """Return what a delivery report says, None where the mail is none or says nothing that can be read.

    `message` is parsed with the policy compat32. Only failed and delayed recipients are told, one each, by
    Original-Recipient, else by Final-Recipient; a report of success has none. Never raises.
    """
    is_report = message.get_content_type() == "multipart/report"
    if not is_report and not is_from_mail_server(message):
        return None
    walked = tuple(parts(message))
    status = next((part for part in walked if part.get_content_type() in STATUS_TYPES), None)
    told = _read_status(status) if status is not None else ()
    if status is not None and told:
        return DeliveryReport(
            original_message_id=_original_message_id(walked),
            envelope_id=field(_groups(status)[0], "Original-Envelope-Id") or None,
            recipients=_one_each(told),
        )
    told = read_words(message, walked)
    if not told:
        return None
    original = _original_message_id(walked) or next(iter(find_cited(walked)), None)
    return DeliveryReport(original_message_id=original, envelope_id=None, recipients=_one_each(told))


def _read_status(status: Mail) -> tuple[ReportedRecipient, ...]:
    groups = _groups(status)[:MAX_RECIPIENTS]
    return tuple(recipient for group in groups if (recipient := _recipient(group)) is not None)


def _groups(status: Mail) -> list[Mail]:
    """Return the groups of fields: the first is about the mail, each further one about a recipient (RFC 3464 2.1).

    The parser has split what was sent plain; what was sent encoded, or as RFC 6533 says, is split here.
    """
    encoded = keyword(field(status, "Content-Transfer-Encoding")) in {"base64", "quoted-printable"}
    if children(status) and not encoded and status.get_content_type() == "message/delivery-status":
        return children(status)
    return [HeaderParser().parsestr(group) for group in BLANK_LINES.split(text_of(status).strip())]


def _recipient(group: Mail) -> ReportedRecipient | None:
    """Read one recipient's group; without an Action the class of the Status says what happened (RFC 3463 3.1)."""
    address = _address(group, "Original-Recipient") or _address(group, "Final-Recipient")
    status = STATUS.search(field(group, "Status"))
    action = keyword(field(group, "Action")) or (status[1] if status else "")
    if not address or not action:
        return None
    return ReportedRecipient(
        address=address,
        action=ACTIONS.get(action, action),
        status=status[0] if status else "",
        diagnostic=TYPE_PREFIX.sub("", field(group, "Diagnostic-Code"), count=1)[:MAX_DIAGNOSTIC],
    )


def _address(group: Mail, name: str) -> str:
    return TYPE_PREFIX.sub("", field(group, name), count=1).strip("<> \t\"'")


def _one_each(told: Iterable[ReportedRecipient]) -> tuple[ReportedRecipient, ...]:
    """Keep the failed and the delayed, one each; who failed is not also delayed."""
    kept: dict[str, ReportedRecipient] = {}
    for recipient in sorted(told, key=lambda r: r.action != "failed"):
        if recipient.action in {"failed", "delayed"}:
            kept.setdefault(recipient.address.casefold(), recipient)
    return tuple(kept.values())


def _original_message_id(walked: Iterable[Mail]) -> str | None:
    """Return the Message-ID of the returned mail or of its returned header block (RFC 6522 3)."""
    for part in walked:
        kind = part.get_content_type()
        if kind in RETURNED_TYPES | RETURNED_HEADER_TYPES:
            inside = children(part)
            found = (find_ids(field(inside[0], "Message-ID")) if inside else ()) or find_cited((part,))
            if found:
                return found[0]
    return None

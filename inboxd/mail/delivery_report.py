"""What a delivery report says, about which mail and of whom (RFC 3464, RFC 6522); older shapes are in returned_mail."""

import re
from collections.abc import Sequence
from dataclasses import replace

from inboxd.mail.bounce.report_parts import Mail, all_fields, children, field, parts, text_of
from inboxd.mail.bounce.returned_mail import (
    Words,
    is_from_mail_server,
    named_by_field,
    named_by_words,
    outcome,
    read_words,
    told_in_words,
)
from inboxd.mail.bounce.returned_part import (
    RETURNED_TYPES,
    TYPES,
    find_cited,
    message_id_of,
    read_returned,
    recipients_of,
    sender_of,
)
from inboxd.mail.bounce.status_fields import MAX_RECIPIENTS, Status, one_each, read_fields, recipients
from inboxd.mail.bounce.subjects import says_delayed, says_returned
from inboxd.mail.bounce.words import ANSWER
from inboxd.mail.message import DeliveryReport, ReportedRecipient
from inboxd.mail.message_id import find_ids
from inboxd.mail.parameters import parameter
from inboxd.mail.structured import keyword

STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
DELIVERY_REPORTS = ("delivery", "global-delivery")
OTHER_PARTS = frozenset({"message/disposition-notification", "message/feedback-report"})
STATUS_INSIDE = re.compile(r"^[ \t]{0,8}(?:Final|Original)-Recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)


def read_report(message: Mail) -> DeliveryReport | None:
    """Return what a delivery report says, None where the mail is none or says nothing that can be read.

    Only failed and delayed recipients are told, one each, by Original-Recipient, else by Final-Recipient. A report of
    success has none, nor has one of failure that names nobody: `outcome` tells them apart. Never raises.
    """
    walked = tuple(parts(message))
    wrapped = _wrapped_report(message, walked)
    if wrapped is not None:
        return read_report(wrapped)
    formal = _is_formal(message, walked)
    if not formal and not _may_be_returned(message):
        return None
    words = read_words(walked)
    says = outcome(message, words, formal=formal, copied=any(part.get_content_type() in TYPES for part in walked))
    trusted = formal or says or is_from_mail_server(message)
    status = _read_status(walked) if trusted else Status()
    returned = read_returned(walked, words.below)
    told = _told(message, words, says, status, returned)
    if not told and not says:
        return None
    kept = one_each(told)
    return DeliveryReport(
        original_message_id=_original_message_id(message, walked, words, status, returned),
        envelope_id=status.message.get("original-envelope-id") or None,
        recipients=kept,
        outcome=kept[0].action if kept else ("delivered" if told else says),
    )


def _wrapped_report(message: Mail, walked: Sequence[Mail]) -> Mail | None:
    """Return the report of another server that one passed on enclosed, saying itself of nobody that he failed."""
    if message.get_content_type() == "multipart/report" or not is_from_mail_server(message):
        return None
    enclosed = (inside for part in walked if part.get_content_type() in RETURNED_TYPES for inside in children(part))
    reports = (mail for mail in enclosed if mail.get_content_type() == "multipart/report")
    report = next((mail for mail in reports if _is_formal(mail, tuple(parts(mail)))), None)
    return report if report is not None and not any("@" in line for line in read_words(walked).lines) else None


def _is_formal(message: Mail, walked: Sequence[Mail]) -> bool:
    """Say whether a mail has the media type of a delivery report, at the top or inside of what a gateway put around it.

    Not where a person answered or forwarded one with the parts of it kept.
    """
    if message.get_content_type() in STATUS_TYPES:
        return True
    reports = [part for part in walked if part.get_content_type() == "multipart/report"]
    if not reports or not _reports_delivery(reports[0], walked):
        return False
    return reports[0] is message or ANSWER.match(field(message, "Subject")) is None


def _reports_delivery(report: Mail, walked: Sequence[Mail]) -> bool:
    """Say whether a report is about delivery, by its type or where it names none by its parts."""
    named = keyword(parameter(str(report.get("Content-Type", "")), "report-type") or "")
    if named:
        return named.startswith(DELIVERY_REPORTS)
    return OTHER_PARTS.isdisjoint(part.get_content_type() for part in walked)


def _may_be_returned(message: Mail) -> bool:
    """Say by the header alone whether it is worth looking at the words: most mails end here."""
    subject = field(message, "Subject")
    by_subject = says_returned(subject) or says_delayed(subject)
    return by_subject or is_from_mail_server(message) or bool(named_by_field(message))


def _read_status(walked: Sequence[Mail]) -> Status:
    """Read the part that is a report's second, else the one that reads like it under another type."""
    typed = [part for part in walked if part.get_content_type() in STATUS_TYPES]
    named = read_fields("\n\n".join(text_of(part) for part in typed))
    if named.recipients:
        return named
    others = (text_of(part) for part in walked if part.get_content_type() not in TYPES and not children(part))
    found = read_fields(next((text for text in others if STATUS_INSIDE.search(text)), ""))
    return found if found.recipients else named


def _told(message: Mail, words: Words, says: str, status: Status, returned: Mail) -> tuple[ReportedRecipient, ...]:
    """Return who is told of by fields, else by words where it is clear that these are a server's."""
    sent_to = recipients_of(returned)
    told = recipients(status, otherwise=says, candidates=[*named_by_field(message), *sent_to])
    if told or not says:
        return tuple(_with_words(recipient, words) for recipient in told)
    addresses = named_by_words(message, words, sent_to, sender_of(returned))[:MAX_RECIPIENTS]
    alone = len(addresses) == 1
    return tuple(told_in_words(address, words.text, says, alone=alone) for address in addresses)


def _with_words(recipient: ReportedRecipient, words: Words) -> ReportedRecipient:
    """Where the fields give no reason, take the one that the words give."""
    if recipient.diagnostic or recipient.action not in {"failed", "delayed"}:
        return recipient
    return replace(recipient, diagnostic=told_in_words(recipient.address, words.text, recipient.action).diagnostic)


def _original_message_id(
    message: Mail, walked: Sequence[Mail], words: Words, status: Status, returned: Mail
) -> str | None:
    """Return the Message-ID of the returned mail: its own field, one cited, or the one that the report answers."""
    own = message_id_of(returned, walked)
    cited = find_ids(status.message.get("x-original-message-id", "")) or find_ids(
        status.message.get("original-message-id", "")
    )
    answered = [
        found
        for name in ("In-Reply-To", "References")
        for value in all_fields(message, name)
        for found in find_ids(value)
    ]
    return (
        own
        or next(iter(cited), None)
        or find_cited(words.text)
        or find_cited(words.below)
        or next(iter(answered), None)
    )

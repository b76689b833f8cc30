"""What machines report to people: alarms, jobs, scans, voice mail, statistics; by subject and a second sign."""

import re

from inboxd.mail.machine import disclaimers, fields, subjects, words
from inboxd.mail.machine.fields import auto_submitted, cut
from inboxd.mail.machine.invitations import calendar
from inboxd.mail.message import ParsedMessage

ALARM_LINES = re.compile(
    r"^[ \t*]{0,8}(?:(?:nagios|icinga|monit|problem (?:started|has been resolved)|/etc/cron\S*|/usr/\S+|#{3,} logwatch"
    r"|processing initiated|date range processed)\b"
    r"|(?:notification type|trigger(?: status)?|event time|severity|original problem id|host(?:name)?|service|state"
    r"|alertname|labels|device (?:name|model)|number of (?:images|pages)|attachment file (?:type|format)|scan date"
    r"|caller(?: ?id)?|duration|innringer|varighet|anropande|from extension|pages|sider|ups name"
    r"|battery (?:charge|level)|location|code|warning)[ \t*.]{0,20}[:=?])",
    re.IGNORECASE | re.MULTILINE,
)
LINES_OF_A_REPORT = 2
"""One line like “Host: …” a person writes too."""

CRON = re.compile(r"cron <[^<>]{1,100}> ", re.IGNORECASE)
COMPRESSED = frozenset({"application/zip", "application/gzip", "application/x-gzip", "application/x-zip-compressed"})
KNOWN_REPORTS = frozenset({"delivery-status", "global-delivery-status", "disposition-notification", "feedback-report"})


def auto_generated(message: ParsedMessage) -> str | None:
    """See Auto-Submitted without an answer. An invitation that a calendar sends for a person is left to that rule."""
    return fields.auto_generated(message) if auto_submitted(message) and not calendar(message) else None


def alarm(message: ParsedMessage) -> str | None:
    """See an alarm, a job's output, a scan or a voice mail: the subject's form, and lines of such a report."""
    if not subjects.begins_with(message.subject, subjects.ALARM):
        return None
    lines = [line.strip() for line in ALARM_LINES.findall(words.own_words_in_lines(message))]
    nothing = not message.text.strip() and bool(message.attachments)
    if CRON.match(message.subject):
        sign = "a job of cron"
    elif len(lines) >= LINES_OF_A_REPORT:
        sign = " ".join(lines[:2])
    elif nothing:
        sign = "no text, only a file"
    else:
        return None
    return cut(f"Subject: {message.subject}; {sign}")


def mail_statistics(message: ParsedMessage) -> str | None:
    """See a report of another kind: of DMARC (RFC 7489 7.2.1.1), of TLS (RFC 8460), or one that is new."""
    if message.content_type == "multipart/report" and message.report_type not in {None, *KNOWN_REPORTS}:
        return cut(f"report-type={message.report_type}")
    packed = any(part.content_type in COMPRESSED for part in message.attachments) or message.content_type in COMPRESSED
    subject = " ".join(message.subject.casefold().split())
    named = subject.startswith("report domain:") and "submitter:" in subject
    return cut(f"Subject: {message.subject}") if named and (packed or "report-id:" in subject) else None


def complaint(message: ParsedMessage) -> str | None:
    """See a complaint of Microsoft's feedback loop: no report of RFC 5965, but a field and the mail itself."""
    found = message.header("x-hmxmroriginalrecipient")
    subject = message.subject.casefold().startswith("complaint about message from ")
    enclosed = any(part.content_type == "message/rfc822" for part in message.attachments)
    if found:
        return cut(f"X-HmXmrOriginalRecipient: {found}")
    return cut(f"Subject: {message.subject}") if subject and enclosed else None


def says_message(message: ParsedMessage) -> str | None:
    """See a mail that calls itself automatic or asks for no answer, and answers nobody's mail."""
    said = disclaimers.says_message(message) or disclaimers.says_answer(message)
    return f"“{said}”" if said else None

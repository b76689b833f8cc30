"""What a mail server's reports are known by: returned and late mail, receipts, complaints (RFC 3464, 8098, 5965)."""

from inboxd.mail.bounce.mail_servers import is_daemon
from inboxd.mail.bounce.subjects import says_arrived, says_delayed, says_returned
from inboxd.mail.machine.fields import Test, cut
from inboxd.mail.message import ParsedMessage
from inboxd.mail.structured import is_null_path, local_part

DELIVERY_REPORTS = frozenset({"delivery-status", "global-delivery-status"})


def abuse_report(message: ParsedMessage) -> str | None:
    """See a complaint in the Abuse Reporting Format."""
    return _report_of(message, "feedback-report")


def read_receipt(message: ParsedMessage) -> str | None:
    """See what a reader's program says became of a mail."""
    return _report_of(message, "disposition-notification")


def _report_of(message: ParsedMessage, report_type: str) -> str | None:
    """A report names its type in the Content-Type field, or shows it by its second part (RFC 6522 3)."""
    part = f"message/{report_type}"
    parts = {message.content_type, *(a.content_type for a in message.attachments)}
    is_report = message.report_type == report_type or message.content_type == part
    if is_report or (message.content_type == "multipart/report" and part in parts):
        return part
    return None


def reported(action: str) -> Test:
    """Return the test for a report of recipients to whom that happened; it tells who they are."""

    def test(message: ParsedMessage) -> str | None:
        recipients = message.report.recipients if message.report else ()
        found = [r for r in recipients if r.action == action]
        if not found and message.report and not recipients and message.report.outcome == action:
            return f"a report of mail that {action}, naming nobody"
        return cut(", ".join(f"{r.address} {r.action} {r.status}".rstrip() for r in found)) if found else None

    return test


def reported_success(message: ParsedMessage) -> str | None:
    """See a report of mail that arrived."""
    success = message.report is not None and message.report.outcome == "delivered" and not message.report.recipients
    return "a delivery report without failures" if success else None


def unreadable_report(message: ParsedMessage) -> str | None:
    """See a delivery report of which nothing can be read."""
    unread = message.report is None and message.report_type in DELIVERY_REPORTS
    return f"report-type={message.report_type}" if unread else None


def returned_subject(message: ParsedMessage) -> str | None:
    """See a mail server's subject on a mail it returns, unless its report says otherwise."""
    hit = _may_have(message, "failed") and _from_mail_server(message) and says_returned(message.subject)
    return cut(f"Subject: {message.subject}") if hit else None


def delayed_subject(message: ParsedMessage) -> str | None:
    """See a mail server's subject on a warning, unless its report says otherwise."""
    hit = _may_have(message, "delayed") and _from_mail_server(message) and says_delayed(message.subject)
    return cut(f"Subject: {message.subject}") if hit else None


def _may_have(message: ParsedMessage, action: str) -> bool:
    report = message.report
    return report is None or report.outcome == action or any(r.action == action for r in report.recipients)


def _from_mail_server(message: ParsedMessage) -> bool:
    """A postmaster may be a person with a question: where the words were read, and are no server's, they count."""
    unread = message.report is not None or message.headers_only or is_null_path(message.return_path)
    return _is_daemon(message) or (unread and _is_postmaster(message))


def _is_daemon(message: ParsedMessage) -> bool:
    return message.author is not None and is_daemon(message.author.address)


def _is_postmaster(message: ParsedMessage) -> bool:
    return message.author is not None and local_part(message.author.address) == "postmaster"


def delivered_in_words(message: ParsedMessage) -> str | None:
    """See a mail server's letter that a mail arrived, of a server that writes no report."""
    server = _is_daemon(message) or _is_postmaster(message)
    hit = server and is_null_path(message.return_path) and says_arrived(message.subject)
    return cut(f"Subject: {message.subject}") if hit and message.report is None else None


def failed_recipients(message: ParsedMessage) -> str | None:
    """See the field in which Exim and Google name whom they could not reach, unless the report says otherwise."""
    value = message.header("x-failed-recipients")
    machine = _is_daemon(message) or _is_postmaster(message) or is_null_path(message.return_path)
    hit = value and machine and _may_have(message, "failed")
    hit = hit and not (message.report is None and says_delayed(message.subject))
    return cut(f"X-Failed-Recipients: {value}") if hit else None


def daemon_without_path(message: ParsedMessage) -> str | None:
    """A mail server's own mail of which nothing else is known can only be trouble with a letter of ours."""
    hit = message.report is None and _is_daemon(message) and is_null_path(message.return_path)
    hit = hit and not says_delayed(message.subject)
    return cut(f"From: {message.author.address}; Return-Path: <>") if hit and message.author else None

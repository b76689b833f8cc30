"""The mails that the demo's end users write, as their mail programs would send them."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime, make_msgid


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMail:
    """A mail of a user's: whom it is from and to, its id, and its octets."""

    sender: str
    to: str
    message_id: str
    subject: str
    octets: bytes


def write(  # noqa: PLR0913 a mail has that many parts
    sender: str, name: str, to: str, *, subject: str, text: str, answers: str | None = None, automatic: bool = False
) -> UserMail:
    """Write a mail. `answers` is the Message-ID it replies to; `automatic` marks an out-of-office answer (RFC 3834)."""
    message = EmailMessage(policy=SMTP)
    message_id = make_msgid(domain=sender.partition("@")[2])
    message["From"] = f"{name} <{sender}>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = message_id
    if answers is not None:
        message["In-Reply-To"] = answers
    if automatic:
        message["Auto-Submitted"] = "auto-replied"
    message.set_content(text)
    return UserMail(sender=sender, to=to, message_id=message_id, subject=subject, octets=message.as_bytes())

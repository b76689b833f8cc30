"""Letters on their way: frozen octets and the SMTP envelope around them (RFC 5321 2.3.1)."""

import datetime as dt
from dataclasses import dataclass, field

from inboxd.mail.smtp_reply import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenLetter:
    """A letter made into octets, once and for all.

    `mail_from` is "" for the null sender; `fallback_from` stands in where a relay refuses it. `text` is the body as the
    case's journal shows it.
    """

    message_id: str
    subject: str
    mail_from: str
    fallback_from: str
    rcpt_tos: tuple[str, ...]
    octets: bytes = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingLetter:
    """A letter claimed from the outbox for one attempt. `rcpt_tos` are those still to be served.

    `attempts` were made before this one; `created_at` starts the five days. `resent` says that an answer of unknown
    outcome was already sent once more. `settled` is what became of the recipients who are no longer tried. `copy_to` is
    our own address where a copy is to come back; what becomes of the copy says nothing of the letter.
    """

    id: int
    mailbox: str
    kind: str
    message_id: str
    mail_from: str
    fallback_from: str
    rcpt_tos: tuple[str, ...]
    octets: bytes = field(repr=False)
    attempts: int
    created_at: dt.datetime
    resent: bool
    settled: frozenset[Outcome] = frozenset()
    copy_to: str = ""

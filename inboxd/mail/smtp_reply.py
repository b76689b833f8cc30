"""What a relay answered, and what it means for a letter (RFC 5321 4.2, RFC 3463)."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one recipient in one attempt."""

    DELIVERED = "delivered"
    TRANSIENT = "transient"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpReply:
    """A reply: code (0 where none came), enhanced status ("" where none was given), and its text on one line."""

    code: int
    enhanced_status: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}" if self.code else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientOutcome:
    """One recipient's outcome in one attempt."""

    address: str
    outcome: Outcome
    reply: SmtpReply


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to submit a letter: each recipient's outcome.

    `null_sender_refused` says that `<>` met a 5xx and the mailbox's own address was used in the same session.
    """

    recipients: tuple[RecipientOutcome, ...]
    null_sender_refused: bool = False


ENHANCED_STATUS = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: |$)")
MAX_TEXT = 500
TOO_MANY = 552


def reply(code: int, text: str) -> SmtpReply:
    """Make a reply of a code and its text as the server sent it, on one line, without control characters.

    The enhanced status is taken from the front of the first line, and only where its class fits the code (RFC 2034 4).
    """
    line = " ".join("".join(ch if ch.isprintable() else " " for ch in text).split())[:MAX_TEXT]
    found = ENHANCED_STATUS.match(line)
    fits = found is not None and found[1].startswith(str(code)[:1])
    return SmtpReply(code=code, enhanced_status=found[1] if found is not None and fits else "", text=line)


def outcome_of(answer: SmtpReply, *, at_rcpt: bool = False) -> Outcome:
    """Return what an answer means for a recipient; a code outside 200-599, or none, leaves the outcome unknown.

    `at_rcpt`: it answered RCPT, where a bare 552 says "too many recipients for now" (RFC 5321 4.5.3.1.10).
    """
    if at_rcpt and answer.code == TOO_MANY and answer.enhanced_status in {"", "5.5.3"}:
        return Outcome.TRANSIENT
    match answer.code // 100:
        case 2:
            return Outcome.DELIVERED
        case 4:
            return Outcome.TRANSIENT
        case 5:
            return Outcome.PERMANENT
        case _:
            return Outcome.UNKNOWN

"""Answers to a notice of downtime: that it was read is put on record, and whatever else somebody writes is a case."""

import re
from dataclasses import replace

from inboxd.desk.arrived import Arrived
from inboxd.desk.decision import Decision
from inboxd.desk.evidence import Evidence
from inboxd.desk.notices.changes import NoticeRead
from inboxd.desk.notices.common_words import CLOSING
from inboxd.desk.undo import WRITTEN_BY_PEOPLE
from inboxd.desk.view import KnownLetter, View
from inboxd.mail.message import MailKind, ParsedMessage
from inboxd.mail.message_id import find_token, verify
from inboxd.mail.structured import domain_part

LONGEST = 40
"""Characters of a text that does no more than confirm; a longer one is looked at by a person."""

CONFIRMS = re.compile(
    r"(?i)\b(?:ok(?:ei|ay)?|lest|lese|mottatt|motteke|mottatte|fått|takk|tusen takk|bekreft\w*|stadfest\w*|notert|"
    r"registrert|(?:videre|vidare)\w*|informert|sendt|den er god|greit|fint|flott|bra|jada|ja|yes|read|received|"
    r"thanks|thank|noted|confirm\w*|forwarded|acknowledged|tack|tak|läst|set|sett)\b"
)
"""Words by which people say that they have read something, in Norwegian and its neighbours, and English."""

DENIES = re.compile(
    r"(?i)\b(?:ikke|ikkje|nei|feil|not|never|aldri|inte|nej|men|but|kan|kunne|can|could|"
    r"vil|will|treng\w*|need|haster|hastar|ring|call|hjelp|help)\b|\?"
)
"""What asks for more than a tick."""

ANSWERED_BY_MACHINE = frozenset({
    "absence-in-words", "automatic-subject", "challenge-in-words", "desk-system", "failure-in-words",
    "generated-by-rule", "template-in-answer",
})  # fmt: skip
"""Signs of `mail.automatic` that no person read what is answered, though the mail names itself no automatic one."""


def confirm(arrived: Arrived, view: View) -> Decision | None:
    """Decide on an answer to a notice that says no more than that it was read; None for everything else.

    It stands on the notice and in the ledger as ignored, from where a person can still open a case for it.
    """
    letter = answered_notice(arrived.message, arrived.kind, view)
    if letter is None or not only_confirms(arrived.message, arrived.kind):
        return None
    return _read(arrived, letter, Decision(kind="ignore", outcome="ignored"), "says that a notice was read")


def confirmed(arrived: Arrived, view: View, decision: Decision) -> Decision:
    """Add to a decision on an answer to a notice that the notice was read."""
    letter = answered_notice(arrived.message, arrived.kind, view)
    return decision if letter is None else _read(arrived, letter, decision, decision.reason)


def _read(arrived: Arrived, letter: KnownLetter, decision: Decision, reason: str) -> Decision:
    evidence = Evidence(rule="notice_read", detail=f"answers our letter {letter.id} about a notice")
    seen = decision.evidence or arrived.evidence
    changes = (*decision.changes, NoticeRead(letter_id=letter.id))
    threading = decision.threading or arrived.match.threading
    return replace(decision, changes=changes, evidence=(*seen, evidence), threading=threading, reason=reason)


def answered_notice(message: ParsedMessage, kind: MailKind, view: View) -> KnownLetter | None:
    """Return the letter about a notice that this mail answers: written by a person to whom we sent it.

    The letter must be the mail's direct parent: whoever answers a copy that was sent on answers its sender. A colleague
    of the one we wrote to speaks for the same house.
    """
    author = message.identity
    by_machine = any(sign.rule in ANSWERED_BY_MACHINE for sign in message.signs)
    if kind not in WRITTEN_BY_PEOPLE or author is None or by_machine:
        return None
    letter = _parent(message, view)
    if letter is None or letter.kind != "notice" or letter.case_id is not None:
        return None
    houses = {domain_part(address).casefold() for address in letter.recipients}
    return letter if domain_part(author.address).casefold() in houses else None


def only_confirms(message: ParsedMessage, kind: MailKind) -> bool:
    """Say whether a mail does nothing but confirm: a word or two of that meaning, or no word at all."""
    if kind is not MailKind.HUMAN or message.headers_only or message.attachments:
        return False
    words = CLOSING.split(message.reply_text, maxsplit=1)[0].strip()
    if not any(ch.isalnum() for ch in words):
        return "?" not in words
    return len(words) <= LONGEST and CONFIRMS.search(words) is not None and DENIES.search(words) is None


def _parent(message: ParsedMessage, view: View) -> KnownLetter | None:
    cited = message.in_reply_to[:1] or message.references[-1:]
    for text in (*cited, *message.recipients):
        token = find_token(text)
        letter = view.letter(token.letter_id) if token else None
        if token is not None and letter is not None and verify(token, letter.kind, view.keyring):
            return letter
    return None

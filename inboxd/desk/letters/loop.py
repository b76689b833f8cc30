"""Mail that goes in circles: a responder without any sign of a machine that sends our own receipts back to us.

Two things tell such a mail. Its history: the case that it brings back was itself opened by a mail that brought one
back. Somebody who cites a case from a second address, or forwards our receipt, does so once; only where a third
person forwards, within a day, the receipt that the second one got for that is a person's receipt held, too. And its
words, where they come again and again. Few words many people write, also within one hour: those of strangers count
only where the mail claims to answer one that it does not name.
"""

import datetime as dt

from inboxd.desk.evidence import Evidence
from inboxd.desk.reference import reference
from inboxd.desk.thread import references_in
from inboxd.desk.view import KnownReceipt, View
from inboxd.mail.message import ParsedMessage
from inboxd.mail.subject import PREFIX, TAG

GOING_ROUND = "R18-going-round"
SAME_WORDS = "R18-same-words"
CIRCLES = (GOING_ROUND, SAME_WORDS)
"""The gate's rules that hold a receipt because mail seems to go in circles; `health` counts what they hold."""

REMEMBERED = dt.timedelta(days=1)
"""How long after it was opened a case is looked at; a loop that takes a day for each round harms nobody."""

OUR_WORDS = "our_words"
BROUGHT_BACK = frozenset({OUR_WORDS, "reference_stranger"})
"""Evidence, on the mail that opened a case, that it brought back another one."""

SHORTEST_SENTENCE = 25
"""Characters of a line of ours that nobody writes by chance."""

CHOSEN_WORDS = 60
"""Characters of a text that strangers do not happen to share."""

ANSWERED_TO_ONE = 2
"""Mails of one subject and text that get receipts, of one writer's; and of strangers' that answer nothing."""

ANSWERED_TO_ALL = 3
"""Mails of one subject and one long text that get receipts, whoever wrote them first."""

REPLIES = frozenset({"re", "sv", "svar", "aw", "antw"})
"""Prefixes that programs put before what they answer, and persons seldom by hand."""


def going_round(message: ParsedMessage, view: View) -> KnownReceipt | None:
    """Return the case that this mail brings back and that was opened by such a mail itself; None for all others."""
    known = (*_by_subject(message, view), *_by_text(message, view))
    return next((receipt for receipt in known if receipt.brought_back), None)


def same_words(message: ParsedMessage, view: View) -> bool:
    """Say whether the newest receipts went for this very subject and text so often that a machine must write them."""
    if view.same_words_by_writer >= ANSWERED_TO_ONE:
        return True
    if view.known_sender:
        return False
    if _answers_nothing(message):
        return view.same_words >= ANSWERED_TO_ONE
    return view.same_words >= ANSWERED_TO_ALL and len(_plain(message.text)) >= CHOSEN_WORDS


def our_words(message: ParsedMessage, view: View) -> tuple[Evidence, ...]:
    """Say which receipts of ours the mail repeats: a case that it opens is told by that later."""
    return tuple(
        Evidence(rule=OUR_WORDS, detail=f"repeats our receipt of {reference(known.prefix, known.number)}")
        for known in _by_text(message, view)
    )


def _by_subject(message: ParsedMessage, view: View) -> tuple[KnownReceipt, ...]:
    """A reference in the subject, from somebody who is no party to the case."""
    named = {found.number for found in references_in(message, view.desk.prefixes) if found.valid}
    return tuple(
        known for known in view.known_receipts if known.number in named and not _is_party(message, known, view)
    )


def _by_text(message: ParsedMessage, view: View) -> tuple[KnownReceipt, ...]:
    """The words of a receipt: its reference alone may stand in anybody's text."""
    if not view.known_receipts:
        return ()
    text = _plain(message.text)
    return tuple(
        known
        for known in view.known_receipts
        if any(len(line) >= SHORTEST_SENTENCE and line in text for line in map(_plain, known.text.splitlines()))
    )


def _answers_nothing(message: ParsedMessage) -> bool:
    """A "Re:" of a mail that names no other: every program that people write with names the one they answer."""
    prefix = PREFIX.match(TAG.sub("", message.subject))
    threaded = message.in_reply_to or message.references
    return prefix is not None and prefix[1].lower() in REPLIES and not threaded


def _is_party(message: ParsedMessage, known: KnownReceipt, view: View) -> bool:
    case, author = view.case_of_number(known.number), message.identity
    return case is not None and author is not None and case.is_participant(author.address)


def _plain(text: str) -> str:
    """A text as it stays however it is quoted and wrapped."""
    return " ".join(text.replace(">", " ").split()).casefold()

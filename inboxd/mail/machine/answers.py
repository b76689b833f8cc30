"""Automatic answers that no standard field names: absences, acknowledgements, challenges, read receipts in words.

Each test wants two signs: how the subject begins or what the text says, and a field, a path or a thread.
"""

from inboxd.mail.machine import disclaimers, received, subjects, words
from inboxd.mail.machine.fields import (
    DESK_MAILERS,
    DESK_SYSTEM,
    LIST,
    PASSED_ON,
    PROGRAM,
    SIGNS_OF_AN_ANSWER,
    auto_submitted,
    bulk_sender,
    cut,
    field_named,
    first_of,
    mailer_named,
    precedence,
)
from inboxd.mail.machine.senders import is_no_reply, is_robot
from inboxd.mail.message import ParsedMessage
from inboxd.mail.structured import is_null_path

_BULK = precedence("bulk", "junk")
SENT_BY_A_SYSTEM = first_of(
    field_named(DESK_SYSTEM),
    mailer_named(DESK_MAILERS),
    bulk_sender,
    field_named(PROGRAM),
    disclaimers.wants_answers_above,
)


def out_of_office(message: ParsedMessage) -> str | None:
    """See an absence by its subject and by a field, the null path, or words of absence that ask for nothing."""
    plain = subjects.begins_with(message.subject, subjects.OUT_OF_OFFICE)
    peoples = subjects.begins_with(message.subject, subjects.ABSENCE)
    if not plain and not peoples:
        return None
    sign = _sign_of_an_absence(message, plain=plain) or _words_of_absence(message, plain=plain)
    return cut(f"Subject: {message.subject}; {sign}") if sign else None


def absence_from_nobody(message: ParsedMessage) -> str | None:
    """See words of absence under any subject from the null path: nobody's own mail comes from there.

    An older program keeps its path; it is known by Precedence: bulk or junk on an answer by header that says more.
    """
    if out_of_office(message):
        return None
    nobody = is_null_path(message.return_path)
    sign = "Return-Path: <>" if nobody else _BULK(message) if _answers(message) else None
    said = words.tells_of_absence(message, signs=0 if nobody else 1) if sign else None
    return None if said is None else f"{sign}; “{said}”"


def _words_of_absence(message: ParsedMessage, *, plain: bool) -> str | None:
    """People report an absence too, a child's or their own: under such a subject the text must say more."""
    automatic = subjects.begins_with(message.subject, subjects.AUTOMATIC_REPLY)
    office = words.names_the_office(message) and (":" in message.subject or _answers(message) is not None)
    signs = 0 if automatic else 1 if plain or office else 2
    said = words.tells_of_absence(message, signs=signs, back=plain)
    return None if said is None else f"“{said}”"


def _sign_of_an_absence(message: ParsedMessage, *, plain: bool) -> str | None:
    """The field of a rule of a mailbox is on people's mail too, which it passed on: there the text must tell."""
    sign = _sign_of_an_answer(message)
    rule = field_named(PASSED_ON)(message)
    if sign is not None or rule is None:
        return sign
    told = words.asks_for_nothing(message) if plain else words.tells_of_absence(message, signs=1)
    return rule if told else None


def _sign_of_an_answer(message: ParsedMessage) -> str | None:
    sign = field_named(SIGNS_OF_AN_ANSWER)(message)
    if sign is not None:
        return sign
    if keywords := auto_submitted(message):
        return f"Auto-Submitted: {keywords[0]}"
    return "Return-Path: <>" if is_null_path(message.return_path) else None


def automatic_subject_in_a_thread(message: ParsedMessage) -> str | None:
    """See an answer by header whose subject says that it is automatic; a person's client would have put Re: before."""
    answering = _answers(message)
    forms = subjects.AUTOMATIC_REPLY, subjects.OUT_OF_OFFICE
    if answering and any(subjects.begins_with(message.subject, form) for form in forms):
        return cut(f"Subject: {message.subject}; {answering}")
    return None


def _answers(message: ParsedMessage) -> str | None:
    """Say by which field a mail answers another. Outlook's Thread-Topic is the subject without what it put before."""
    if message.in_reply_to:
        return "In-Reply-To"
    if message.references:
        return "References"
    topic = (message.header("thread-topic") or "").strip()
    return "Thread-Topic" if topic and message.subject.endswith(f": {topic}") else None


def says_answer(message: ParsedMessage) -> str | None:
    """See a mail that calls itself an automatic answer and is one: to a mail, of an absence, or an acknowledgement."""
    said = disclaimers.says_answer(message)
    if said is None:
        return None
    second = _answers(message) or received.acknowledges(message) or words.tells_of_absence(message, signs=0)
    return cut(f"“{said}”; {second}") if second else None


def acknowledgement(message: ParsedMessage) -> str | None:
    """See a desk's machine saying that a mail has come in: its words and a field, a sender or a path of machines.

    People answer through the same systems, with the same thanks: who tells what he did, or asks, is one of them.
    """
    if field_named(LIST)(message) or words.tells_of_work(message):
        return None
    said = received.acknowledges(message)
    thanked = said or words.thanks_for_mail(message)
    sign = _sign_of_an_answer(message) if thanked else None
    sign = sign or (_sign_of_a_desk(message) if said else None)
    return cut(f"“{thanked}”; {sign}") if sign else None


def _sign_of_a_desk(message: ParsedMessage) -> str | None:
    if nobody := _sender_that_nobody_reads(message):
        return nobody
    forms = subjects.CONFIRMATION, subjects.AUTOMATIC_REPLY
    if any(subjects.begins_with(message.subject, form) for form in forms) or received.is_told_of_receipt(message):
        return cut(f"Subject: {message.subject}")
    said = disclaimers.says_answer(message) or disclaimers.says_message(message)
    if said is not None:
        return said
    promised = received.promises(message) or received.says_received(message)
    return SENT_BY_A_SYSTEM(message) if promised else None


def _sender_that_nobody_reads(message: ParsedMessage) -> str | None:
    author = message.author.address if message.author else ""
    return f"From: {author}" if is_no_reply(author) or is_robot(author) else None


def challenge(message: ParsedMessage) -> str | None:
    """See a filter that wants the writer to prove that he is one; answering it would prove nothing."""
    proof = received.asks_for_proof(message)
    if proof is None and not subjects.begins_with(message.subject, subjects.CHALLENGE):
        return None
    sign = _sign_of_an_answer(message) or _answers(message) or _sender_that_nobody_reads(message)
    said = f"“{proof}”" if proof else f"Subject: {message.subject}"
    return cut(f"{said}; {sign}") if sign else None


def challenge_in_words(message: ParsedMessage) -> str | None:
    """See a filter's words, and nothing beside them."""
    proof = received.asks_for_proof(message)
    return None if proof is None else f"“{proof}”"


def read_in_words(message: ParsedMessage) -> str | None:
    """See a read receipt of a system that writes no report: its subject, and no text but a line about the reading."""
    if not subjects.begins_with(message.subject, subjects.READ):
        return None
    said = words.tells_of_reading(message)
    return cut(f"Subject: {message.subject}; “{said}”") if said else None


def automatic_subject(message: ParsedMessage) -> str | None:
    """See a subject that calls the mail automatic, and nothing beside it: it may still be a person's.

    Who asks under “Poissaoloviesti” wants to know how it is set up.
    """
    plain = subjects.begins_with(message.subject, subjects.AUTOMATIC_REPLY)
    alone = subjects.begins_with(message.subject, subjects.NOTHING_BUT_AUTOMATIC) and out_of_office(message) is None
    alone = alone and words.asks_for_nothing(message)
    return cut(f"Subject: {message.subject}") if plain or alone else None


def absence_in_words(message: ParsedMessage) -> str | None:
    """See words of absence under any subject: a person may have typed them, but a receipt helps nobody who is away."""
    named = subjects.begins_with(message.subject, subjects.ABSENCE) and words.names_the_office(message)
    sure = (named and out_of_office(message) is None) or words.answers_under_its_own_subject(message)
    said = words.tells_of_absence(message, signs=1 if sure else 2)
    return None if said is None else f"“{said}”"


def acknowledgement_in_words(message: ParsedMessage) -> str | None:
    """See words of acknowledgement with a number or a time, or in subject and text, and nothing beside them."""
    said = received.acknowledges(message)
    sure = said is not None and (received.promises(message) or received.says_so_twice(message))
    thanked = words.thanks_first(message) if received.promises(message) else None
    said = said if sure else received.tells_of_a_case(message) or thanked
    return None if said is None else f"“{said}”"


def failure_in_words(message: ParsedMessage) -> str | None:
    """See a mail that begins by saying that a mail was not delivered, of a sender that nothing tells from people."""
    said = words.tells_of_failure(message)
    return None if said is None else f"“{said}”"


def template_in_answer(message: ParsedMessage) -> str | None:
    """See an answer by header under a subject of its own that says what answering programs say, and nothing else.

    People's programs put Re: there; who changes the subject of an old thread has something to ask or to tell.
    """
    if not words.answers_under_its_own_subject(message) or automatic_subject(message):
        return None
    said = words.reads_like_a_template(message) or (
        received.acknowledges(message) if words.asks_for_nothing(message) else None
    )
    said = said or (received.promise_of(message) if not words.tells_of_work(message) else None)
    return None if said is None else cut(f"Subject: {message.subject}; “{said}”")

"""A party writes while our answer still waits in its undo window: the answer is held, and its writer hears of it."""

from dataclasses import replace

from inboxd.desk.case import Case
from inboxd.desk.decision import Decision, Draft, HoldAnswers
from inboxd.desk.notify import letters_to_named, news_of
from inboxd.desk.view import KnownLetter, View
from inboxd.mail.message import MailKind, ParsedMessage

WRITTEN_BY_PEOPLE = frozenset({MailKind.HUMAN, MailKind.ENCRYPTED, MailKind.MALFORMED})
"""Kinds that a person must read before anybody answers."""


def hold_waiting(decision: Decision, message: ParsedMessage, case: Case, view: View, about: str) -> Decision:
    """Add to a decision on a party's mail that the case's waiting answers are held, and that who wrote them is told.

    `about` is what letters to agents show of the mail. Whoever is told of the mail anyway gets no second letter.
    """
    waiting = tuple(letter for letter in view.waiting if letter.case_id == case.id)
    if not waiting or view.silent:
        return decision
    author = message.author
    who = (author.name or author.address) if author else "a party to the case"
    reason = f"{who} wrote before it left; `inboxd outbox release` sends it, `inboxd outbox cancel` ends it"
    held = HoldAnswers(case_id=case.id, letter_ids=tuple(letter.id for letter in waiting), reason=reason)
    letters = decision.letters
    for letter in waiting:
        letters = _told(letters, letter, case, view, _words(letter, who, about))
    return replace(decision, changes=(*decision.changes, held), letters=letters)


def _told(letters: tuple[Draft, ...], held: KnownLetter, case: Case, view: View, about: str) -> tuple[Draft, ...]:
    mine = letters_to_named((held.actor,), news_of(case, "agent_answer", about), view)
    to = {draft.to for draft in mine}
    there = [draft for draft in letters if draft.kind == "agent" and draft.case_id == case.id and draft.to in to]
    if not there:
        return (*letters, *mine)
    return tuple(replace(draft, about=about) if draft in there else draft for draft in letters)


def _words(held: KnownLetter, who: str, about: str) -> str:
    first = (
        f"! Your answer (letter {held.id}) is held: {who} wrote before it left. "
        f"`inboxd outbox release {held.id}` sends it, `inboxd outbox cancel {held.id}` ends it."
    )
    return "\n\n".join(part for part in (first, about) if part)

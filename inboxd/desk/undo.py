"""A party writes while our answer still waits in its undo window: the answer is held, and its writer hears of it."""

from dataclasses import replace

from inboxd.desk.case import Case
from inboxd.desk.decision import Decision, Draft, HoldAnswers
from inboxd.desk.letters.notify import letters_to_agents, letters_to_named, news_of
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
        letters = _told(letters, letter, case, view, about)
    return replace(decision, changes=(*decision.changes, held), letters=letters)


def _told(letters: tuple[Draft, ...], held: KnownLetter, case: Case, view: View, about: str) -> tuple[Draft, ...]:
    """Tell the writer of a held answer; where he gets no letters, the others who are told of the mail, or would be."""
    news = news_of(case, "agent_answer", about)
    mine = letters_to_named((held.actor,), news, view)
    there = tuple(draft for draft in letters if draft.kind == "agent" and draft.case_id == case.id)
    if mine:
        named = mine
        there = tuple(draft for draft in there if draft.to == mine[0].to)
    else:
        named = letters_to_agents(news, view)
    of = "" if mine else held.actor
    if not there:
        return (*letters, *(_naming(draft, held, of) for draft in named))
    return tuple(_naming(draft, held, of) if draft in there else draft for draft in letters)


def _naming(draft: Draft, held: KnownLetter, of: str) -> Draft:
    """Let a letter say first that an answer is held: the reader's own, or (`of`) a colleague's."""
    return replace(draft, held_answers=(*draft.held_answers, held.id), held_of=of)

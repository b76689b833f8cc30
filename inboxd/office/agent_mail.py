"""Agents' mail at the desk: what a decision about it must know besides the view, and the files that go along."""

import datetime as dt
from dataclasses import replace

from inboxd.desk.agent_mail.proof import LETTERS_THAT_PROVE, writes_as_agent
from inboxd.desk.decision import Decision, Draft
from inboxd.desk.view import View
from inboxd.mail.message import File, ParsedMessage
from inboxd.mail.message_id import TOKEN
from inboxd.mail.parse import attachment_content, parse
from inboxd.mail.reply.patterns import is_marked
from inboxd.office.files import name_to_save
from inboxd.office.letters.forwarding import original_in
from inboxd.store import claims
from inboxd.store.engine import Session
from inboxd.store.journal import public_ids
from inboxd.store.letters import get_letter
from inboxd.store.octets import octets_of
from inboxd.store.views import with_order_facts

TOKENS_LOOKED_AT = 100
"""Tokens of a file: a letter that is attached has two."""


def for_agents(session: Session, view: View, message: ParsedMessage, now: dt.datetime) -> View:
    """Return the view with what an agent's mail needs besides: the facts for his orders, and what we wrote to him."""
    if not writes_as_agent(message, view.desk):
        return view
    texts = []
    for letter in view.letters:
        octets_id = get_letter(session, letter.id).octets_id if letter.kind in LETTERS_THAT_PROVE else None
        if octets_id is not None:
            texts.append(parse(octets_of(session, octets_id)).text)
    own = (line for text in texts for line in text.split("\n") if not is_marked(line))  # what it quotes is people's
    agents = {
        agent.name
        for agent in view.desk.agents
        if message.identity and agent.address.casefold() == message.identity.key
    }
    mine = tuple(claim for name in sorted(agents) for claim in claims.waiting(session, now, name))
    return replace(with_order_facts(session, view), parent_text="\n".join(own), claims=mine)


def with_files(session: Session, decision: Decision, octets: bytes) -> Decision:
    """Return a decision whose letters have their files: those of the mail decided on, and what the case began with."""
    if decision.kind != "agent_order":
        return decision
    return replace(decision, letters=tuple(_with_files(session, draft, octets) for draft in decision.letters))


def _proves_an_agent(session: Session, content: bytes) -> bool:
    """Say whether a file holds the token of a letter to an agent, as that letter itself does where programs attach it.

    Whoever got it could write in the agent's name.
    """
    text = content.replace(b"\0", b"").decode("latin-1").lower()
    tokens = tuple(dict.fromkeys(found[0] for found in TOKEN.finditer(text)))[:TOKENS_LOOKED_AT]
    return len(public_ids(session, tokens)) < len(tokens)


def _with_files(session: Session, draft: Draft, octets: bytes) -> Draft:
    if draft.kind not in {"answer", "forward"}:
        return draft
    files = draft.files
    for attachment in draft.carries:
        content = attachment_content(octets, attachment.part)
        if _proves_an_agent(session, content):
            continue
        name = name_to_save(attachment, content, fallback=f"attachment-{attachment.part}")
        files = (*files, File(filename=name, content_type=attachment.content_type, content=content))
    about, author = draft.about, draft.author
    if draft.kind == "forward" and draft.case_id is not None:
        began = original_in(session, draft.case_id)
        about, author, files = began.words, began.author, (*began.files, *files)
    return replace(draft, files=files, about=about, author=author, attachments=tuple(file.filename for file in files))

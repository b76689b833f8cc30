"""The words of an agent's mail that may leave the desk: his own, and nothing that the desk wrote to him. Pure."""

import re

from inboxd.desk.agent_mail.commands import visible
from inboxd.desk.desk import Agent, Mailbox
from inboxd.mail.reply.patterns import is_marked
from inboxd.mail.reply.signature import without_signature

TELLING = 16
"""Characters from which on a line that stands in our letter as well was not thought of twice."""

LONGEST = 200_000
"""Characters of a text that are compared with our letter; of a longer one nothing leaves."""


def quotes_the_desk(text: str, parent_text: str) -> bool:
    """Say whether what an agent wrote holds marked lines, or lines of the letter to him that he answers.

    However programs break and mark lines: what is compared are the letters and digits.
    """
    lines = text.split("\n")
    if len(text) > LONGEST or any(is_marked(line) for line in lines):
        return True
    whole = _letters(text)
    ours = (_letters(line) for line in parent_text.split("\n"))
    return any(len(line) >= TELLING and line in whole for line in ours)


def written(text: str) -> str:
    """Return a text, "" where it is no more than the signature that a program adds by itself."""
    return text if without_signature(["x", *text.split("\n")]) != ["x"] else ""


def to_send(text: str, agent: Agent, mailbox: Mailbox) -> str:
    """Return an agent's words with the shared address where his own stood."""
    return re.sub(re.escape(agent.address), lambda _: mailbox.address, text, flags=re.IGNORECASE)


def _letters(text: str) -> str:
    return "".join(ch for ch in visible(text).casefold() if ch.isalnum())

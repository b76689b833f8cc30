"""What happens at the desk, a calm line each."""

import datetime as dt

from inboxd.render.screen import Document, cut, paint

WORDS = {
    "new": "new, from {who}", "mail": "mail from {who}", "answer": "answer by {who}", "note": "note by {who}",
    "call": "call, noted by {who}", "overdue": "PAST ITS TARGET, {who} has it",
}  # fmt: skip


def watch_line(document: Document, *, width: int, colour: bool, tz: dt.tzinfo) -> str:
    """Render one document of `watch`: when, which case, what, by whom, and what the case is about."""
    at = dt.datetime.fromisoformat(document["at"]).astimezone(tz)
    said = WORDS[document["what"]].format(who=document["who"] or "nobody")
    line = cut(f"{at:%H:%M}  {document['reference']}  {said}: {document['subject']}", width)
    return paint(line, "warn", colour=colour) if document["what"] == "overdue" else line

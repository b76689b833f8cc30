"""A letter of ours that came back to us: told by its own Message-ID, never a case, and proof that it was sent."""

from inboxd.desk.decision import Change, CopyCame, Decision
from inboxd.desk.evidence import Evidence
from inboxd.desk.thread import our_own_letter
from inboxd.desk.undelivered import CARRIES_WORDS
from inboxd.desk.view import View
from inboxd.mail.message import ParsedMessage


def own_copy(message: ParsedMessage, view: View) -> Decision | None:
    """Decide on a mail whose Message-ID is proven to be of a letter of ours; None for every other mail.

    Where it also comes From us it is the copy that `confirm = "bcc"` asked for (or one out of a Sent folder), and not
    what a list or a recipient made of the letter.
    """
    letter = our_own_letter(message, view)
    if letter is None:
        return None
    changes: tuple[Change, ...] = ()
    detail = f"letter {letter.id}, which came back"
    if message.identity is not None and view.desk.is_ours(message.identity):
        detail = f"our own copy of letter {letter.id}"
        if letter.kind in CARRIES_WORDS:
            changes = (CopyCame(letter_id=letter.id, case_id=letter.case_id),)
    own = Evidence(rule="own_letter", detail=detail)
    return Decision(kind="ignore", outcome="ignored", changes=changes, evidence=(own,), reason=detail)

"""Words that agents send again and again (malsvar): templates in `LANGUAGE/replies/`, filled in for one case."""

from dataclasses import dataclass

from inboxd.desk.answering import answer
from inboxd.errors import NotFound
from inboxd.office.letters.freezing import context
from inboxd.office.letters.words import with_case_words
from inboxd.office.naming import case_id_of
from inboxd.office.office import Office
from inboxd.store.cases import get_case


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWords:
    """The words of a reply template, the language they are in, and the one that the requester reads."""

    text: str
    language: str
    wanted: str


def reply_words(number: int, name: str, office: Office, *, actor: str) -> ReplyWords:
    """Return the words of a reply template for a case, in the case's language or the nearest there is.

    Raises NotFound for an unknown case or template, TemplateBroken where it names something that nobody knows.
    """
    case_id = case_id_of(number, office)
    names = sorted({known for _, known in office.templates.replies()})
    if name not in names:
        raise NotFound(f"no reply template {name}", hint=f"there are: {', '.join(names) or 'none'}")
    with office.store.reading() as session:
        case = get_case(session, case_id)
    draft, desk = answer(case, actor, "", delay=office.desk.send_delay), office.desk
    mailbox = desk.mailbox(case.mailbox) or desk.mailboxes[0]
    known = with_case_words(context(draft, case, desk, mailbox), draft, case, desk, office.clock.now())
    return ReplyWords(
        text=office.templates.reply(name, case.language, known),
        language=office.templates.reply_language(name, case.language),
        wanted=case.language,
    )

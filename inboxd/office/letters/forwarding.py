"""What a case says when it is sent on: the mail that opened it, octet for octet, or what a caller said."""

from dataclasses import dataclass

from inboxd.mail.message import File
from inboxd.office.files import safe_name
from inboxd.office.office import Office
from inboxd.office.people.access import require_case
from inboxd.store.engine import Session
from inboxd.store.entries import first_words
from inboxd.store.octets import octets_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """How a case began: who wrote or rang, the words, and the mail as a file where there is one."""

    author: str
    words: str
    files: tuple[File, ...]


def original(office: Office, case_id: int) -> Original:
    """Return how a case began; internal notes are no part of it. Raises NotFound."""
    with office.store.reading() as session:
        require_case(office, session, case_id)
        return original_in(session, case_id)


def original_in(session: Session, case_id: int) -> Original:
    """Return how a case began, in the caller's transaction."""
    entry = first_words(session, case_id)
    if entry is None:
        return Original(author="", words="", files=())
    octets = None if entry.octets_id is None else octets_of(session, entry.octets_id)
    author = (entry.from_.name or entry.from_.address) if entry.from_ else ""
    words = entry.reply_text or entry.text
    if octets is None:
        return Original(author=author, words=words, files=())
    name = safe_name(entry.subject, fallback="mail")[:80]
    file = File(filename=f"{name}.eml", content_type="message/rfc822", content=octets)
    return Original(author=author, words=words, files=(file,))

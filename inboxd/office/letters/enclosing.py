"""Small attachments of a mail go along with the letters that tell agents of it, read from the mail's own octets."""

from dataclasses import replace

from inboxd.desk.decision import Decision, Draft
from inboxd.desk.letters.enclosed import names_of
from inboxd.mail.message import Attachment, File
from inboxd.mail.parse import attachment_content
from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.office.files import name_to_save


def enclosing(decision: Decision, octets: bytes) -> Decision:
    """Return a decision about a mail whose letters have the files that they enclose."""
    wanted = {attachment.part: attachment for draft in decision.letters for attachment in draft.enclosed}
    files = {part: file for part, attachment in wanted.items() if (file := _file(attachment, octets)) is not None}
    return replace(decision, letters=tuple(_with_files(draft, files) for draft in decision.letters))


def _with_files(draft: Draft, files: dict[int, File]) -> Draft:
    """Put the files to a letter, and the names of what the agent has to fetch from the case."""
    there = tuple(attachment for attachment in draft.enclosed if attachment.part in files)
    left = list(draft.attachments)
    for name in names_of(there):
        left.remove(name)
    return replace(draft, files=(*draft.files, *(files[a.part] for a in there)), left_out=tuple(left))


def _file(attachment: Attachment, octets: bytes) -> File | None:
    """Return an attachment as a file; None for a text with a personal number in it, which no letter repeats."""
    content = attachment_content(octets, attachment.part)
    text = content.decode("latin-1").replace("\0", "") if attachment.sniffed_type is None else ""
    if not content or mask_personal_numbers(text) != text:
        return None
    name = name_to_save(attachment, content, fallback=f"attachment-{attachment.part}")
    return File(filename=mask_personal_numbers(name), content_type=attachment.content_type, content=content)

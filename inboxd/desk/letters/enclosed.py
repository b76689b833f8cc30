"""Which attachments of a mail go along with the letter that tells an agent of it: small ones that servers take."""

from inboxd.mail.message import Attachment

EACH = 250_000
"""Octets of an attachment that goes along."""

TOGETHER = 500_000
"""Octets of all that go along: each member of a category has a copy of his own in the outbox."""

ENDINGS = frozenset(
    {"png", "jpg", "jpeg", "gif", "webp", "pdf", "txt", "log", "csv", "docx", "xlsx", "pptx", "odt", "ods", "odp"}
)
"""Files that people look at. A letter with a program or an archive is refused by many a relay, and the news with it."""

TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain", "text/csv"})
"""The same of a file without a name."""

PROGRAMS = ("application/x-executable", "application/x-mach-binary", "application/vnd.microsoft.portable-executable")
"""What a file is whatever its name says."""


def small_ones(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """Return the attachments that go along, in their order, as long as there is room."""
    chosen: list[Attachment] = []
    room = TOGETHER
    for attachment in attachments:
        if _goes_along(attachment) and attachment.size <= min(EACH, room):
            chosen.append(attachment)
            room -= attachment.size
    return tuple(chosen)


def names_of(attachments: tuple[Attachment, ...]) -> tuple[str, ...]:
    """Return what to call the attachments of a mail in a list; pictures within its text are left out."""
    return tuple(a.filename or a.content_type for a in attachments if not a.inline)


def _goes_along(attachment: Attachment) -> bool:
    if attachment.inline or attachment.sniffed_type in PROGRAMS:
        return False
    if attachment.filename is None:
        return attachment.content_type in TYPES
    return attachment.filename.rpartition(".")[2].casefold() in ENDINGS

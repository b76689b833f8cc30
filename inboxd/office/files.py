"""Octets and attachments of a case, handed out unchanged and written to disk safely."""

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inboxd.errors import InboxdError, NotFound, UsageError
from inboxd.mail.message import Attachment
from inboxd.mail.parse import attachment_content, parse
from inboxd.office.office import Office
from inboxd.office.people.access import require_case
from inboxd.store import cases
from inboxd.store.engine import Session
from inboxd.store.octets import octets_of
from inboxd.store.rows import EntryRow

LONGEST_NAME = 200
"""Octets of a name, so that any file system takes it, with a number put to it."""

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?")
"""Names that Windows gives to devices."""

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"})
"""Unicode categories of what is not seen, turns the writing direction or is no character; none stands in a name."""

FORBIDDEN = {ord(ch): "_" for ch in '<>:"|?*'}

ENDINGS = {
    "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/tiff": "tif",
    "image/bmp": "bmp", "image/webp": "webp", "image/heic": "heic", "image/svg+xml": "svg", "text/plain": "txt",
    "text/html": "html", "text/csv": "csv", "text/calendar": "ics", "application/ics": "ics", "text/vcard": "vcf",
    "text/x-vcard": "vcf", "text/rfc822-headers": "txt", "message/delivery-status": "txt", "message/rfc822": "eml",
    "message/global": "eml", "message/partial": "eml", "application/zip": "zip", "application/x-zip-compressed": "zip",
    "application/gzip": "gz", "application/rtf": "rtf", "application/msword": "doc", "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt", "application/vnd.ms-outlook": "msg", "application/ms-tnef": "dat",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt", "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/xml": "xml", "text/xml": "xml", "application/json": "json", "audio/mpeg": "mp3", "audio/wav": "wav",
    "audio/mp4": "m4a", "video/mp4": "mp4", "video/quicktime": "mov", "application/pgp-signature": "asc",
    "application/pgp-keys": "asc", "application/pkcs7-signature": "p7s", "application/x-pkcs7-signature": "p7s",
    "application/pkcs7-mime": "p7m", "application/x-pkcs7-mime": "p7m",
}  # fmt: skip
"""The ending of a file that came without one, by its media type."""

ENCLOSED = frozenset({"message/rfc822", "message/global"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A file that was written, and what the mail called it (None: nothing)."""

    path: Path
    declared: str | None

    @property
    def is_renamed(self) -> bool:
        """Whether it has another name than in the mail."""
        return self.declared is not None and self.declared != self.path.name


def raw(office: Office, case_id: int, entry_id: int) -> bytes:
    """Return the octets of an entry's mail, byte for byte. Raises NotFound."""
    with office.store.reading() as session:
        require_case(office, session, case_id)
        entry = next((e for e in cases.journal(session, case_id) if e.id == entry_id), None)
        if entry is None or entry.octets_id is None:
            raise NotFound(f"no mail with the id {entry_id} on this case", hint="`inboxd show REF --json` has the ids")
        return octets_of(session, entry.octets_id)


def save_attachments(office: Office, case_id: int, folder: Path) -> tuple[Saved, ...]:
    """Write every attachment of a case into a folder; names are made safe, and nothing is overwritten.

    The folder is made where it is missing. Raises UsageError where it is a link or no folder, InboxdError where a
    file cannot be written.
    """
    with office.store.reading() as session:
        require_case(office, session, case_id)
    place = _open_folder(folder)
    try:
        taken = {path.name.casefold() for path in folder.iterdir()}
        with office.store.reading() as session:
            return tuple(
                _write(folder, place, file, taken)
                for entry in cases.journal(session, case_id)
                for file in _files(session, entry)
            )
    finally:
        os.close(place)


def _open_folder(folder: Path) -> int:
    """Return a descriptor of the folder itself, so that nobody can put another in its place meanwhile."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise UsageError(f"cannot make the folder {folder}: {exc.strerror}") from exc
    if folder.is_symlink():
        raise UsageError(f"{folder} is a link", hint="name the folder itself")
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as exc:
        raise UsageError(f"cannot open the folder {folder}: {exc.strerror}") from exc


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    declared: str | None
    name: str
    content: bytes


def _files(session: Session, entry: EntryRow) -> Iterator[_File]:
    if entry.octets_id is None or not entry.attachments:
        return
    octets = octets_of(session, entry.octets_id)
    for attachment in entry.attachments:
        content = attachment_content(octets, attachment.part)
        name = name_to_save(attachment, content, fallback=f"attachment-{entry.id}-{attachment.part}")
        yield _File(declared=attachment.filename, name=name, content=content)


def _write(folder: Path, place: int, file: _File, taken: set[str]) -> Saved:
    name = _free_name(file.name, folder, taken)
    path = folder / name
    try:
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=place)
    except OSError as exc:
        raise InboxdError(f"cannot write {path}: {exc.strerror}") from exc
    try:
        with os.fdopen(descriptor, "wb") as written:
            written.write(file.content)
    except OSError as exc:  # half a file would be taken for a whole one
        os.unlink(name, dir_fd=place)
        raise InboxdError(f"cannot write {path}: {exc.strerror}", hint="nothing of it is left there") from exc
    taken.add(name.casefold())
    return Saved(path=path, declared=file.declared)


def _free_name(name: str, folder: Path, taken: set[str]) -> str:
    """Return the name, with a number put to it where the folder has it already, in small letters or capitals."""
    stem, dot, ending = name.rpartition(".")
    for count in range(1, 1000):
        numbered = name if count == 1 else f"{stem or ending}-{count}{dot if stem else ''}{ending if stem else ''}"
        if numbered.casefold() not in taken:
            return numbered
    raise InboxdError(f"{folder} has too many files named {name}", hint="choose an empty folder")


def name_to_save(attachment: Attachment, content: bytes, *, fallback: str) -> str:
    """Return a safe name for an attachment: its own, an enclosed mail's subject, else the fallback; with an ending."""
    kinds = (attachment.content_type, attachment.sniffed_type or "")
    ending = next((ENDINGS[kind] for kind in kinds if kind in ENDINGS), "")
    is_mail = attachment.content_type in ENCLOSED
    declared = attachment.filename or (parse(content, headers_only=True).subject if is_mail else None)
    name = safe_name(declared, fallback=fallback)
    bare = "." not in name.strip(".") or attachment.filename is None
    if ending and (bare or is_mail) and not name.lower().endswith(f".{ending}"):
        name = safe_name(f"{_first_octets(name, LONGEST_NAME - 10)}.{ending}", fallback=fallback)
    return name


def safe_name(declared: str | None, *, fallback: str) -> str:
    """Return a file name that is only a name, of at most `LONGEST_NAME` octets, and does no harm on any system.

    No path, no control or bidi characters, no leading dot or dash, no run of blanks that hides an ending, no device of
    Windows, nothing that a shell takes for a pattern.
    """
    text = unicodedata.normalize("NFC", declared or "")
    visible = "".join(ch for ch in text if unicodedata.category(ch) not in UNSEEN or ch in "\t\n")
    name = " ".join(re.split(r"[/\\]", visible)[-1].translate(FORBIDDEN).split()).strip(" .")
    if RESERVED.fullmatch(name) or name.startswith("-"):
        name = f"_{name.removeprefix('-')}"
    stem, dot, ending = name.rpartition(".")
    room = LONGEST_NAME - len((dot + ending).encode())
    name = f"{_first_octets(stem, room)}{dot}{ending}" if stem and room > 0 else _first_octets(name, LONGEST_NAME)
    return name.rstrip(" .") or fallback


def _first_octets(text: str, number: int) -> str:
    return text.encode()[:number].decode(errors="ignore")

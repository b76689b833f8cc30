"""Octets and attachments of a case, handed out unchanged and written to disk safely."""

import os
import re
import unicodedata
from pathlib import Path

from inboxd.errors import InboxdError, NotFound, UsageError
from inboxd.mail.parse import attachment_content
from inboxd.office.office import Office
from inboxd.store import cases
from inboxd.store.engine import Session
from inboxd.store.octets import octets_of
from inboxd.store.rows import EntryRow

LONGEST_NAME = 200
"""Octets of a name, so that any file system takes it, with a number put to it."""

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
"""Names that Windows gives to devices."""


def raw(office: Office, case_id: int, entry_id: int) -> bytes:
    """Return the octets of an entry's mail, byte for byte. Raises NotFound."""
    with office.store.reading() as session:
        entry = next((e for e in cases.journal(session, case_id) if e.id == entry_id), None)
        if entry is None or entry.octets_id is None:
            raise NotFound(f"no mail with the id {entry_id} on this case", hint="`inboxd show REF --json` has the ids")
        return octets_of(session, entry.octets_id)


def save_attachments(office: Office, case_id: int, folder: Path) -> tuple[Path, ...]:
    """Write every attachment of a case into a folder; names are made safe, and nothing is overwritten."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise UsageError(f"cannot make the folder {folder}: {exc.strerror}") from exc
    saved: list[Path] = []
    with office.store.reading() as session:
        for entry in cases.journal(session, case_id):
            saved += _save_entry(session, entry, folder)
    return tuple(saved)


def _save_entry(session: Session, entry: EntryRow, folder: Path) -> list[Path]:
    if entry.octets_id is None or not entry.attachments:
        return []
    octets = octets_of(session, entry.octets_id)
    return [
        _write(
            folder,
            safe_name(a.filename, fallback=f"attachment-{entry.id}-{a.part}"),
            attachment_content(octets, a.part),
        )
        for a in entry.attachments
    ]


def _write(folder: Path, name: str, content: bytes) -> Path:
    stem, dot, ending = name.rpartition(".")
    for count in range(1, 1000):
        numbered = name if count == 1 else f"{stem or ending}-{count}{dot if stem else ''}{ending if stem else ''}"
        path = folder / numbered
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except FileExistsError:
            continue
        except OSError as exc:
            raise InboxdError(f"cannot write {path}: {exc.strerror}") from exc
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        return path
    raise InboxdError(f"{folder} has too many files named {name}", hint="choose an empty folder")


def safe_name(declared: str | None, *, fallback: str) -> str:
    """Return a file name that is only a name: no path, no control or bidi characters, no leading dot, no device."""
    text = unicodedata.normalize("NFC", declared or "")
    visible = "".join(ch for ch in text if unicodedata.category(ch) not in {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"})
    name = re.split(r"[/\\]", visible)[-1].translate({ord(ch): "_" for ch in '<>:"|?*'})
    name = name.strip(" .")
    if RESERVED.fullmatch(name):
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    room = LONGEST_NAME - len((dot + ending).encode())
    name = f"{_first_octets(stem, room)}{dot}{ending}" if stem and room > 0 else _first_octets(name, LONGEST_NAME)
    return name or fallback


def _first_octets(text: str, number: int) -> str:
    return text.encode()[:number].decode(errors="ignore")

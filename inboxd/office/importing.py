"""Mail that others kept, taken in as history: mbox, Maildir and .eml, through the same ledger as any mail.

Each mail is saved, decided on and ended in one transaction: a daemon at work never sees it, and a second run finds
that all of them are here.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from inboxd.desk.uid_plan import FolderState
from inboxd.errors import InboxdError, NotFound, StoreBusy, Temporary, UsageError
from inboxd.mail.message import ParsedMessage, RawMessage
from inboxd.office.documents import Document
from inboxd.office.intake import TRIES_AT_PARSING, TRIES_ON_FRESH_FACTS, Parser, file_in
from inboxd.office.office import Office
from inboxd.store import folders, incoming
from inboxd.store.engine import Session
from inboxd.store.locks import lock

FOLDER = "(import)"
"""Stands in the ledger for what was imported into a mailbox; no server has a folder of that name."""

UIDVALIDITY = 1

COUNTED = {
    "opened": "opened", "oversize": "opened", "added": "added", "note": "added", "command": "added",
    "ignored": "ignored", "duplicate": "duplicate", None: "held",
}  # fmt: skip
"""What a mail's outcome counts as in the document."""

SEPARATOR = re.compile(rb"From \S+ .*\d{4}\s*")
"""The line between the mails of an mbox, where an empty line stands before it (RFC 4155)."""

QUOTED = re.compile(rb">+From ")


def import_mail(
    paths: Iterable[Path], office: Office, *, mailbox: str, receipts: bool, parser: Parser,
    progress: Callable[[int], None] = lambda _seen: None,
) -> Document:  # fmt: skip
    """Take in all mails of these files and folders, each once, silently but for `receipts`; return the document.

    `progress` is called after every mail with how many there were so far. Raises NotFound for an unknown mailbox or
    path, UsageError where a path cannot be read.
    """
    if office.desk.mailbox(mailbox) is None:
        there = ", ".join(m.name for m in office.desk.mailboxes)
        raise NotFound(f"no mailbox {mailbox}", hint=f"there are: {there}")
    counts = dict.fromkeys(("seen", "opened", "added", "ignored", "held", "duplicate"), 0)
    for octets in mails_in(paths):
        message, why = _read(octets, office, parser)
        outcome = _take_in(octets, message, why, office, mailbox=mailbox, silent=not receipts)
        counts["seen"] += 1
        counts[COUNTED[outcome]] += 1
        progress(counts["seen"])
    return counts


def mails_in(paths: Iterable[Path]) -> Iterator[bytes]:
    """Yield the octets of every mail: of .eml files and mbox files, Maildirs, and folders of all these by name."""
    for path in paths:
        try:
            if not path.exists():
                raise NotFound(f"there is no {path}")
            yield from _mails_of(path)
        except OSError as exc:
            raise UsageError(f"cannot read {exc.filename or path}: {exc.strerror}") from exc


def _mails_of(path: Path, *, named: bool = True) -> Iterator[bytes]:
    """Yield the mails of a file or folder; of a file that nobody `named` only if it looks like mail."""
    if path.is_dir():
        # a Maildir's `tmp` holds what is still being written; what lies in `cur` and `new` has no ending
        for below in sorted(at for at in path.iterdir() if at.name != "tmp" and not at.name.startswith(".")):
            yield from _mails_of(below, named=path.name in {"cur", "new"})
        return
    with path.open("rb") as file:
        first = file.readline()
        if SEPARATOR.fullmatch(first):
            yield from _split(file)
        elif named or path.suffix.lower() == ".eml":
            yield first + file.read()


def _split(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Split the rest of an mbox at its separators; a line that was quoted because it looked like one is as it was."""
    mail: list[bytes] = []
    for line in lines:
        if SEPARATOR.fullmatch(line) and (not mail or not mail[-1].strip()):
            yield b"".join(mail[:-1])
            mail = []
        else:
            mail.append(line[1:] if QUOTED.match(line) else line)
    yield b"".join(mail[:-1] if mail and not mail[-1].strip() else mail)


def _read(octets: bytes, office: Office, parser: Parser) -> tuple[ParsedMessage | None, str]:
    """Return the parsed mail, or why nobody can read it; of one over the limit only its header is looked at."""
    too_large = len(octets) > office.desk.max_message_size
    why = ""
    for _ in range(TRIES_AT_PARSING):
        try:
            message = parser(octets, headers_only=too_large)
        except Temporary:
            raise
        except InboxdError as error:
            why = error.message
        else:
            return (replace(message, size=len(octets)) if too_large else message), ""
    return None, f"The mail could not be read: {why}."


def _take_in(
    octets: bytes, message: ParsedMessage | None, why: str, office: Office, *, mailbox: str, silent: bool
) -> str | None:
    """Save one mail and decide on it, on fresh facts if they changed meanwhile; return its outcome, None for held."""
    for _ in range(TRIES_ON_FRESH_FACTS - 1):
        try:
            return _take_in_once(octets, message, why, office, mailbox=mailbox, silent=silent)
        except StoreBusy:
            continue
    return _take_in_once(octets, message, why, office, mailbox=mailbox, silent=silent)


def _take_in_once(
    octets: bytes, message: ParsedMessage | None, why: str, office: Office, *, mailbox: str, silent: bool
) -> str | None:
    now = office.clock.now()
    with office.store.begin() as session:
        lock(session, (f"import:{mailbox}",))  # two imports at once take turns: each mail gets a UID of its own
        folder = _folder(session, mailbox, office)
        raw = RawMessage(
            uid=folder.settled_uid + 1, octets=octets, size=len(octets), internaldate=None,
            headers_only=message is not None and message.headers_only,
        )  # fmt: skip
        incoming.save(session, folder, [raw], now=now, silent=silent)
        folders.settle(session, folder.id, raw.uid)
        mail = incoming.take(session, folder, raw.uid)
        if message is None:
            incoming.hold(session, mail.id, why, now=now, claimed=mail.attempts)
            return None
        file_in(session, mail, message, office, now)
        return incoming.get(session, mail.id).outcome


def _folder(session: Session, mailbox: str, office: Office) -> FolderState:
    known = folders.get_folder(session, mailbox, FOLDER)
    return known or folders.start_folder(
        session, mailbox=mailbox, folder=FOLDER, uidvalidity=UIDVALIDITY, baseline_uid=0, now=office.clock.now()
    )

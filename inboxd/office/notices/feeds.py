"""The notices in a folder, for an intranet: each file written whole or not at all, when it says something new."""

import contextlib
import datetime as dt
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from inboxd.config.ownership import give_to_folders_owner
from inboxd.desk.notices.notice import Notice
from inboxd.logs import event
from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.office.notices.words import titles
from inboxd.office.office import Office
from inboxd.render.feeds import Feed, Published, as_atom, as_json, as_text
from inboxd.render.letters import without_controls
from inboxd.store import notices

log = logging.getLogger(__name__)

REMEMBERED = dt.timedelta(days=7)
"""A notice that is over stays so long, that readers see how it ended."""

READABLE = 0o644
"""A web server of another user serves them."""


def publish(office: Office) -> int:
    """Write the feeds that say something else than what lies in the folder; return how many that were.

    A folder that is missing or full is no reason for anything else to fail, nor to fill the log at every look: `health`
    says so, and the admin is told once.
    """
    folder = office.settings.notices_folder
    if folder is None:
        return 0
    written = 0
    for name, text in contents(office).items():
        try:
            if _there(folder / name) != text:
                _write(folder / name, text)
                written += 1
        except OSError:
            break
    if written:
        event(log, logging.INFO, "feeds.written", folder=str(folder), files=written)
    return written


def behind(office: Office) -> str | None:
    """Say which of the feeds is not what it should be, and why; None where all are, or none are asked for."""
    folder = office.settings.notices_folder
    if folder is None:
        return None
    if not folder.is_dir():
        return f"there is no folder {folder}, so no notices are written to it"
    try:
        wrong = [name for name, text in contents(office).items() if _there(folder / name) != text]
    except OSError as error:
        return f"the notices in {folder} cannot be read: {error.strerror}"
    return f"{', '.join(wrong)} in {folder} could not be brought up to date" if wrong else None


def changed_at(office: Office) -> dt.datetime:
    """Return when the feeds last became something else."""
    return _feed(office).updated_at(office.clock.now())


def contents(office: Office) -> Mapping[str, str]:
    """Return what each of the files should say now."""
    now, feed = office.clock.now(), _feed(office)
    return {
        "notices.json": as_json(feed, now),
        "notices.txt": as_text(feed, now),
        "notices.atom": as_atom(feed, now),
    }


def _feed(office: Office) -> Feed:
    desk = office.desk
    with office.store.reading() as session:
        found = notices.listed(session, office.clock.now() - REMEMBERED)
        told = notices.updates(session, [notice.id for notice in found])
    return Feed(
        desk_name=desk.name,
        domain=desk.mailboxes[0].address.rpartition("@")[2],
        language=desk.language,
        tz=ZoneInfo(desk.timezone),
        published=[
            Published(
                notice=_for_everybody(notice),
                affects=tuple(zip(notice.affects, titles(notice, desk), strict=True)),
                updates=tuple(replace(one, text=_readable(one.text)) for one in told if one.notice_id == notice.id),
            )
            for notice in found
        ],
    )


def _for_everybody(notice: Notice) -> Notice:
    """Return a notice with its words as anybody may read them."""
    return replace(notice, text=_readable(notice.text), still_works=_readable(notice.still_works))


def _readable(text: str) -> str:
    """Return words as anybody may read them: whoever typed or pasted them did not think of the whole world."""
    return mask_personal_numbers(without_controls(text))


def _there(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> None:
    """Put a file in another's place, so that whoever reads it sees the old one or the new one whole."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), READABLE)
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        give_to_folders_owner(Path(name))
        Path(name).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""What no table can know of [notices]: subscribers that are ourselves, a folder that is not there."""

from pathlib import Path
from typing import TYPE_CHECKING

from inboxd.config.names import is_ours
from inboxd.config.notices.tables import NoticesTable
from inboxd.config.problems import Problems

if TYPE_CHECKING:
    from inboxd.config.schema import Document


def check_notices(document: "Document", problems: Problems) -> None:
    """Note a subscriber that is a mailbox of ours, or is given twice."""
    seen: set[str] = set()
    for index, address in enumerate(document.notices.subscribers):
        place = ("notices", "subscribers", index)
        if is_ours(address, document):
            problems.add(place, "is a mailbox of the desk; notices go to those who are served by it")
        if address and address.casefold() in seen:
            problems.add(place, f'"{address}" is given twice; one letter each')
        seen.add(address.casefold())


def notices_folder(table: NoticesTable, beside: Path) -> Path | None:
    """Return the folder of the feeds; a relative one counts from config.toml."""
    return None if table.folder is None else beside / Path(table.folder).expanduser()


def folder_warning(folder: Path | None) -> tuple[str, ...]:
    """Say that the feeds' folder is missing: it is not made here, for it may be a share that is not mounted yet."""
    if folder is None or folder.is_dir():
        return ()
    return (f"[notices] folder: there is no folder {folder}; no feeds are written until there is",)

"""Whose the files are that root makes: a daemon that runs as a user of its own must be able to open them."""

import os
from collections.abc import Callable
from pathlib import Path

ROOT = 0


def give_to_folders_owner(
    path: Path, *, uid: int | None = None, chown: Callable[[Path, int, int], None] = os.chown
) -> None:
    """Give a file that root made to the owner and group of its folder; for anybody else nothing is to be done.

    `uid` is who made it, by default who runs this. Raises OSError.
    """
    if (os.geteuid() if uid is None else uid) == ROOT:
        folder = path.parent.stat()
        chown(path, folder.st_uid, folder.st_gid)

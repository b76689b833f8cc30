"""How much room the database's disk has left, and which file it is that was opened."""

import os
from pathlib import Path

RESERVE_OCTETS = 64_000_000
"""Room that no fetched mail may take: for decisions, for what agents write, and for the letter that tells of it."""

Identity = tuple[int, int]
"""A file's device and inode: another file under the same name has another one."""


def free_octets(path: Path) -> int:
    """Return how much this user may still write on the file system where `path` lies. Raises OSError."""
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize


def identity(path: Path) -> Identity | None:
    """Return which file stands at `path`, None where there is none, or none that may be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

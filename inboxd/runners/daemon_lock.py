"""One daemon on one SQLite database: the lock ends with the process, so that the next one starts at once."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from inboxd.config.ownership import give_to_folders_owner
from inboxd.errors import ConfigError, Temporary


class DaemonLock:
    """Holds `DATABASE.lock` with this process's id in it. Raises Temporary (exit 75) naming who has it."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}.lock")

    def __enter__(self) -> Self:
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            give_to_folders_owner(self._path)
        except OSError as exc:
            raise ConfigError(
                f"cannot open {self._path}: {exc.strerror}",
                hint="the daemon runs as the user who owns the database and its folder",
            ) from exc
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            holder = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise Temporary(
                f"another daemon (pid {holder or 'unknown'}) works on this database",
                hint="two daemons share the work on PostgreSQL only",
            ) from exc
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        os.close(self._descriptor)

"""One daemon on one SQLite database: the lock ends with the process, so that the next one starts at once."""

import fcntl
import os
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from inboxd.config.ownership import give_to_folders_owner
from inboxd.errors import ConfigError, StoreLost, Temporary


class DaemonLock:
    """Holds `DATABASE.lock` with this process's id in it. Raises Temporary (exit 75) naming who has it.

    Raises StoreLost where the database is there and cannot be read.
    By whatever name the database is called, links included, there is one lock. Where its file was removed under a
    daemon's hands, the database file itself, locked too, still keeps a second one off.
    """

    def __init__(self, database: Path) -> None:
        self._database = database.resolve()
        self._path = self._database.with_name(f"{self._database.name}.lock")
        self._held = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as held:
            descriptor = self._open()
            held.callback(os.close, descriptor)
            self._lock(descriptor, descriptor)
            if self._database.exists():  # never closed before the end: that would drop SQLite's own locks
                database = self._open_database()
                held.callback(os.close, database)
                self._lock(database, descriptor)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
            self._held = held.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._held.close()

    def _open(self) -> int:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            give_to_folders_owner(self._path)
        except OSError as exc:
            raise ConfigError(
                f"cannot open {self._path}: {exc.strerror}",
                hint="the daemon runs as the user who owns the database and its folder",
            ) from exc
        return descriptor

    def _open_database(self) -> int:
        try:
            return os.open(self._database, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as exc:
            raise StoreLost(
                f"cannot read {self._database}: {exc.strerror}", hint="Look at the disk and at who owns the file."
            ) from exc

    def _lock(self, descriptor: int, signed: int) -> None:
        """Lock a file, or say who has it: his process id stands in the lock file, `signed`."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            holder = os.pread(signed, 32, 0).decode("ascii", "replace").strip()
            raise Temporary(
                f"another daemon (pid {holder or 'unknown'}) works on this database",
                hint="two daemons share the work on PostgreSQL only",
            ) from exc

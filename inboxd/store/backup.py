"""A backup of the running database into one file, proven by opening it."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from inboxd.errors import ConfigError, Conflict, InboxdError, Temporary
from inboxd.store.engine import read_url
from inboxd.store.revision import APPLICATION_ID

PAGES_AT_ONCE = 1000


def backup(url: str, target: Path) -> None:
    """Write a backup to a new file, readable by its owner only. Daemons may go on meanwhile.

    SQLite: the online backup; the file is a database of its own. PostgreSQL: `pg_dump` in its custom format, for
    `pg_restore`. Raises Conflict where the target is there already, InboxdError where the backup is not sound.
    """
    parsed = read_url(url)
    if target.exists():
        raise Conflict(f"{target} is there already.", hint="Give the backup a new name.")
    if not target.parent.is_dir():
        raise ConfigError(f"The folder {target.parent} does not exist.", hint=f"mkdir -p {target.parent}")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        if parsed.get_backend_name() == "sqlite":
            _sqlite(Path(parsed.database or ""), unfinished)
        else:
            _postgresql(parsed, unfinished)
        _to_disk(unfinished)
        unfinished.replace(target)
        _to_disk(target.parent)
    except OSError as exc:
        raise Temporary(f"The backup cannot be written: {exc.strerror}.", hint="Is there space on the disk?") from exc
    finally:
        unfinished.unlink(missing_ok=True)


def _sqlite(path: Path, unfinished: Path) -> None:
    if not path.is_file():
        raise ConfigError(f"There is no database at {path}.", hint="Look at [database] url.")
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy, pages=PAGES_AT_ONCE)
            # one file, without -wal and -shm beside it
            copy.execute("PRAGMA journal_mode = DELETE")
            sound = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            ours = copy.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    except sqlite3.Error as exc:
        raise Temporary(f"The backup failed: {exc.sqlite_errorname}.", hint="Is there space on the disk?") from exc
    if not (sound and ours):
        raise InboxdError("The copy is not a sound database of inboxd's.", hint="Run: inboxd db check")


def _postgresql(url: URL, unfinished: Path) -> None:
    dump, restore = shutil.which("pg_dump"), shutil.which("pg_restore")
    if dump is None or restore is None:
        raise ConfigError("pg_dump is not installed.", hint="apt-get install postgresql-client")
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    made = _run(dump, "--format=custom", "--no-password", f"--file={unfinished}", f"--dbname={plain}", url=url)
    if made is not None:
        raise Temporary(f"pg_dump failed: {made}", hint="Is its version at least the server's?")
    unreadable = _run(restore, "--list", str(unfinished), url=url)
    if unreadable is not None:
        raise InboxdError(f"The backup is not sound: {unreadable}", hint="Try again; look at the disk.")


def _run(*command: str, url: URL) -> str | None:
    """Return the last line a program complained with, None where it went well."""
    # the password goes by the environment: arguments are seen by every user of the machine
    environment = dict(os.environ) | ({"PGPASSWORD": str(url.password)} if url.password else {})
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603 - no shell, our words
    if done.returncode == 0:
        return None
    return " ".join(done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:])


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

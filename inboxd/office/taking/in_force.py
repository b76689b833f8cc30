"""The config in force while config.toml has errors: for commands that only look, as a daemon works on by it."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from inboxd.config.broken import database_of
from inboxd.config.file import load_text
from inboxd.config.secrets import without_passwords
from inboxd.config.settings import Settings
from inboxd.errors import ConfigError, InboxdError
from inboxd.office.opening import SQLITE
from inboxd.render.screen import long_time
from inboxd.store.configs import last_taken
from inboxd.store.engine import open_store


def settings_in_force(path: Path, error: ConfigError) -> tuple[Settings, str]:
    """Return the config that a daemon took last, and what to say of the file that has errors.

    Raises `error` itself where there is none, or where it is not certain that its database is the file's own.
    """
    url = database_of(path)
    taken = _taken(url) if url is not None else None
    if url is None or taken is None:
        raise error
    text, at = taken
    try:
        settings = load_text(text, path=path, env={}, with_secrets=False)
    except ConfigError:
        raise error from None
    if settings.database_url != without_passwords(url):
        raise error
    when = long_time(at.isoformat(), ZoneInfo(settings.desk.timezone))
    return replace(settings, database_url=url), f"{_first(error)}; in force is the config that was taken {when}"


def _first(error: ConfigError) -> str:
    """Return the first of the errors, and how many more there are."""
    first, *others = error.message.splitlines()
    return first + (f" (and {len(others)} more errors; `inboxd check`)" if others else "")


def _taken(url: str) -> tuple[str, dt.datetime] | None:
    if url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).exists():
        return None
    try:
        store = open_store(url, read_only=True)
    except InboxdError:
        return None
    try:
        with store.reading() as session:
            return last_taken(session)
    except InboxdError:
        return None
    finally:
        store.close()

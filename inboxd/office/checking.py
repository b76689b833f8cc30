"""`inboxd check`: what the config sets up, what in it is hardly meant, and whether every template renders.

Also what would change if the daemon took it, compared with the one that it took last.
"""

from inboxd.config.file import load_text
from inboxd.config.report import changes, describe
from inboxd.config.settings import Settings
from inboxd.errors import ConfigError, InboxdError
from inboxd.office.documents import Document
from inboxd.office.opening import database_path, templates_of
from inboxd.render.samples import check
from inboxd.store.configs import last_config
from inboxd.store.engine import open_store

UNREADABLE = "The config that the daemon took last is not valid any more, so nobody can say what changes."


def check_settings(settings: Settings) -> Document:
    """Return the `check` document: the description, `errors` (broken templates) and `warnings`.

    `changes` is there only where a daemon took another text before. The database is only read.
    """
    document: Document = describe(settings) | {"errors": list(check(templates_of(settings)))}
    try:
        taken = _taken(settings)
    except InboxdError as error:
        document["warnings"].append(f"what would change cannot be told: {error.message}")
        return document
    if taken is not None and taken != settings.text:
        document["changes"] = _changes(taken, settings)
    return document


def _taken(settings: Settings) -> str | None:
    """Return the text that the daemon took last, None where there is no database, or no daemon ran on it yet."""
    path = database_path(settings)
    if path is not None and not path.exists():
        return None
    store = open_store(settings.database_url, read_only=True)
    try:
        with store.reading() as session:
            return last_config(session)
    finally:
        store.close()


def _changes(taken: str, settings: Settings) -> list[str]:
    """Return the changes in sentences; both texts are read alike, without any password."""
    new = load_text(settings.text, path=settings.path, env={}, with_secrets=False)
    try:
        old = load_text(taken, path=settings.path, env={}, with_secrets=False)
    except ConfigError:
        return [UNREADABLE]
    return changes(old, new)

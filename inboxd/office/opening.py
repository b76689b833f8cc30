"""Opening the office: the database, the keys and the templates that the settings name."""

import os
import pwd
from pathlib import Path

from inboxd.clock import Clock, SystemClock
from inboxd.config.secrets import load_keyring
from inboxd.config.settings import Settings
from inboxd.office.office import Office
from inboxd.office.people import OsUser
from inboxd.render.letters import Templates
from inboxd.store.engine import open_store
from inboxd.store.keys import check_keys

SQLITE = "sqlite:///"


def open_office(settings: Settings, *, clock: Clock | None = None, upgrade: bool = False) -> Office:
    """Open the database (made where there is none), check that its keys are ours, and load the templates.

    Raises ConfigError where one of them cannot be opened, StoreTooNew where a newer inboxd wrote the database.
    """
    clock = clock or SystemClock()
    store = open_store(settings.database_url, upgrade=upgrade)
    keyring = load_keyring(settings.secret_file, create=True, random_bytes=os.urandom)
    with store.begin() as session:
        check_keys(session, keyring, remember=True, now=clock.now())
    return Office(
        settings=settings,
        store=store,
        keyring=keyring,
        templates=templates_of(settings),
        clock=clock,
    )


def open_existing(settings: Settings) -> Office | None:
    """Open the office only if its database is there already, for commands that must not make one."""
    if settings.database_url.startswith(SQLITE) and not Path(settings.database_url.removeprefix(SQLITE)).exists():
        return None
    return open_office(settings)


def templates_of(settings: Settings) -> Templates:
    """Return the templates of a desk."""
    return Templates(template_folders(settings), language=settings.desk.language)


def template_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the admin's templates: `[desk] templates`, else `templates/` beside config.toml if it is there."""
    if settings.templates is not None:
        return (settings.templates,)
    beside = settings.path.parent / "templates"
    return (beside,) if beside.is_dir() else ()


def os_user(settings: Settings, *, name: str) -> OsUser:
    """Return the user who runs this: trusted if root, or the owner of the database (of config.toml on PostgreSQL)."""
    owned = settings.path
    if settings.database_url.startswith(SQLITE):
        database = Path(settings.database_url.removeprefix(SQLITE))
        owned = database if database.exists() else settings.path
    uid = os.geteuid()
    known = next((user.pw_name for user in pwd.getpwall() if user.pw_uid == uid), name)
    return OsUser(name=known, trusted=uid == 0 or owned.stat().st_uid == uid)

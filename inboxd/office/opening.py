"""Opening the office: the database, the keys and the templates that the settings name."""

import logging
import os
import pwd
from pathlib import Path

from inboxd.clock import Clock, SystemClock
from inboxd.config.letters.named import named_templates
from inboxd.config.lines import locate
from inboxd.config.problems import Problems
from inboxd.config.secrets import load_keyring
from inboxd.config.settings import Settings
from inboxd.desk.desk import Desk
from inboxd.errors import TemplateBroken
from inboxd.logs import event
from inboxd.mail.message_id import Keyring
from inboxd.office.office import Office
from inboxd.office.people.orderer import OsUser
from inboxd.render.letters import Templates
from inboxd.store import audit
from inboxd.store.engine import Store, open_store
from inboxd.store.keys import check_keys, knows_keys

SQLITE = "sqlite:///"
EMPTY = (
    "secret.key was there before: if this desk had a database, stop, put it (or the last backup) back, and start again"
)

log = logging.getLogger(__name__)


def open_office(settings: Settings, *, clock: Clock | None = None, upgrade: bool = False, sign: bool = True) -> Office:
    """Open the database (made where there is none), check that its keys are ours, and load the templates.

    Without `sign` the secret file is neither read nor made: enough for looking, and no letter can be written.
    Raises ConfigError where one of them cannot be opened, StoreTooNew where a newer inboxd wrote the database.
    """
    clock = clock or SystemClock()
    store = open_store(settings.database_url, upgrade=upgrade)
    try:
        keyring = _keyring(settings, store, clock) if sign else Keyring(keys=())
    except BaseException:
        store.close()
        raise
    return Office(
        settings=settings,
        store=store,
        keyring=keyring,
        templates=templates_of(settings),
        clock=clock,
    )


def _keyring(settings: Settings, store: Store, clock: Clock) -> Keyring:
    """Read the keys; make the file only for a database that never had one, or a lost key would be papered over."""
    with store.reading() as session:
        first = not knows_keys(session)
    older = first and settings.secret_file.exists()
    keyring = load_keyring(settings.secret_file, create=first, random_bytes=os.urandom)
    with store.begin() as session:
        check_keys(session, keyring, remember=True, now=clock.now())
        if older:
            audit.note(session, at=clock.now(), actor="inboxd", action="began with an empty database", detail=EMPTY)
    if older:
        event(log, logging.WARNING, "database.empty", why=EMPTY)
    return keyring


def open_existing(settings: Settings) -> Office | None:
    """Open the office only if its database is there already, for commands that must not make one."""
    path = database_path(settings)
    return open_office(settings) if path is None or path.exists() else None


def database_path(settings: Settings) -> Path | None:
    """Return the database file, None on PostgreSQL."""
    url = settings.database_url
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def templates_of(settings: Settings) -> Templates:
    """Return the templates of a desk."""
    desk = settings.desk
    return Templates(template_folders(settings), language=desk.language, own=own_letters(desk))


def refuse_missing_templates(settings: Settings) -> None:
    """Raise ConfigError where config.toml names letters that have no template, each with its line.

    Nothing can stand in for them, as inboxd's own letter does for a broken one.
    """
    templates = templates_of(settings)
    problems = Problems(settings.path, locate(settings.text))
    for place, name in named_templates(settings.text):
        try:
            templates.language_for(name, templates.language)
        except TemplateBroken as missing:
            problems.add(place, f"{missing.message} Write it, or correct the name")
    problems.raise_if_any()


def own_letters(desk: Desk) -> frozenset[str]:
    """Return the names of the letters of the admin's own that the config speaks of."""
    by_rule = (rule.template for rule in desk.rules)
    by_level = (level.template for priority in desk.priorities for level in priority.escalation)
    return frozenset(name for name in (*by_rule, *by_level) if name)


def template_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the admin's templates: `[desk] templates`, else `templates/` beside config.toml if it is there."""
    if settings.templates is not None:
        return (settings.templates,)
    beside = settings.path.parent / "templates"
    return (beside,) if beside.is_dir() else ()


def os_user(settings: Settings) -> OsUser:
    """Return the user who runs this: trusted if root, or the owner of the database (of config.toml on PostgreSQL)."""
    database = database_path(settings)
    owned = database if database is not None and database.exists() else settings.path
    uid = os.geteuid()
    return OsUser(name=user_name(uid), trusted=uid in {0, owned.stat().st_uid})


def user_name(uid: int) -> str:
    """Return a user's name as the system knows it: what the environment says of it proves nothing."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"

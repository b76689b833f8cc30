"""The desk as it was: reports of a month that is over use the config that was in force at its end."""

import datetime as dt

from inboxd.config.file import load_text
from inboxd.desk.desk import Desk
from inboxd.errors import ConfigError
from inboxd.office.office import Office
from inboxd.store.configs import config_at
from inboxd.store.engine import Session


def desk_at(session: Session, office: Office, at: dt.datetime) -> Desk:
    """Return the desk as the daemon's config described it at a moment.

    Where no daemon has taken a config yet, or this inboxd no longer reads the one of then, it is the desk of today.
    """
    text = config_at(session, at) if at <= office.clock.now() else None
    if text is None:
        return office.desk
    try:
        return load_text(text, path=office.settings.path, env={}, with_secrets=False).desk
    except ConfigError:
        return office.desk

"""The desk as it was, by the config that was in force then."""

import datetime as dt

from inboxd.config.file import load_text
from inboxd.desk.desk import Desk
from inboxd.errors import ConfigError
from inboxd.office.office import Office
from inboxd.store.configs import config_at
from inboxd.store.engine import Session


def desk_at(session: Session, office: Office, at: dt.datetime) -> Desk:
    """Return the desk as the daemon's config described it at a moment.

    Where no daemon had taken one yet, or this inboxd no longer reads it, it is the desk of today. Reports of a month
    that is over use the one at its end.
    """
    text = config_at(session, at) if at <= office.clock.now() else None
    return desk_of(office, text) or office.desk


def desk_of(office: Office, text: str | None) -> Desk | None:
    """Return the desk of a config that was taken once; None where there is none, or this inboxd cannot read it."""
    if text is None:
        return None
    try:
        return load_text(text, path=office.settings.path, env={}, with_secrets=False).desk
    except ConfigError:
        return None

"""The fingerprints of the signing keys, so that a daemon with somebody else's secret file refuses to start."""

import datetime as dt

from sqlmodel import Session, select

from inboxd.clock import SystemClock
from inboxd.errors import ConfigError
from inboxd.mail.message_id import Keyring
from inboxd.store import tables as t


def knows_keys(session: Session) -> bool:
    """Say whether letters of this database were ever signed."""
    return session.exec(select(t.Key.fingerprint)).first() is not None


def check_keys(session: Session, keyring: Keyring, *, remember: bool, now: dt.datetime | None = None) -> None:
    """Raise ConfigError where the database knows keys and the keyring has none of them.

    `remember` writes down keys that are new (the first start, a rotation).
    """
    known = set(session.exec(select(t.Key.fingerprint)).all())
    if known and known.isdisjoint(key.fingerprint for key in keyring.keys):
        raise ConfigError(
            "The secret file does not belong to this database: none of its keys was ever used here.",
            hint="Put the secret file back that was there before, or look at [desk] secret_file.",
        )
    if remember:
        at = now or SystemClock().now()
        new = (key for key in keyring.keys if key.fingerprint not in known)
        session.add_all(t.Key(kid=key.kid, fingerprint=key.fingerprint, first_used_at=at) for key in new)

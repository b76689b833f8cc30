"""Locks on what a decision is about, held until the transaction ends. SQLite needs none: BEGIN IMMEDIATE is one."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import ARRAY, BigInteger, bindparam, text
from sqlmodel import Session

OPENING = "opening"
"""Held by whoever may open a case: numbers, caps and loads are then exact."""

ALONE = "SELECT pg_advisory_xact_lock(k) FROM unnest(:keys) AS k"
SHARED = "SELECT pg_advisory_xact_lock_shared(k) FROM unnest(:keys) AS k"


def is_postgresql(session: Session) -> bool:
    """Say whether the session talks to PostgreSQL."""
    return session.get_bind().dialect.name == "postgresql"


def lock(session: Session, names: Iterable[str], *, shared: bool = False) -> None:
    """Wait for the locks of these names, in one order for everybody; `shared` ones keep out those that are not."""
    if not is_postgresql(session):
        return
    keys = sorted({_key(name) for name in names})
    if keys:
        wait = text(SHARED if shared else ALONE).bindparams(bindparam("keys", type_=ARRAY(BigInteger)))
        session.connection().execute(wait, {"keys": keys})


def lock_cases(session: Session, case_ids: Iterable[int]) -> None:
    """Wait for the locks of these cases."""
    lock(session, (f"case:{case_id}" for case_id in case_ids))


def _key(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)

"""Bringing a database to the present schema: Alembic with the revisions shipped in `migrations/`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from inboxd.store.backup import backup
from inboxd.store.checks import check
from inboxd.store.engine import Store, open_store, translated
from inboxd.store.revision import APPLICATION_ID, HEAD, revision_of

__all__ = ["backup", "check", "is_current", "run_migrations", "upgrade"]

MIGRATIONS = Path(__file__).parent / "migrations"

UPGRADE_LOCK = APPLICATION_ID
"""The advisory lock that two upgrades of one PostgreSQL database take in turn."""


def upgrade(url: str) -> None:
    """Create the database's tables, or bring them to the present schema. Nothing happens where they have it."""
    open_store(url).close()


def is_current(url: str) -> bool:
    """Say whether the database has the present schema. Raises ConfigError where there is none, StoreTooNew."""
    store = open_store(url, read_only=True, upgrade=False, any_revision=True)
    try:
        with store.reading() as session:
            return revision_of(session.connection()) == HEAD
    finally:
        store.close()


def run_migrations(store: Store) -> None:
    """Run the missing revisions in one transaction (SQLite rolls back DDL too, given a real BEGIN)."""
    with translated(), store.engine.begin() as connection:
        if store.dialect == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        if revision_of(connection) != HEAD:
            command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config

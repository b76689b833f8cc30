"""Which schema a database has. Knows nothing of Alembic, so that a command on a current database need not load it."""

from sqlalchemy import Connection, inspect, text

from inboxd.errors import ConfigError, StoreTooNew

REVISIONS = ("0001", "0002")
"""All revisions, oldest first; the last is the one this code works with."""

HEAD = REVISIONS[-1]

APPLICATION_ID = 0x696E6278
"""Stands in the header of an SQLite file and says that it is ours ("inbx")."""


def foreign() -> ConfigError:
    """Return what is said of a database that is not ours."""
    return ConfigError("The database belongs to another program.", hint="Give [database] url a database of its own.")


def revision_of(connection: Connection) -> str | None:
    """Return the database's revision, None where it is empty. Raises StoreTooNew; ConfigError for a foreign one."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if "alembic_version" not in tables or not _is_ours(connection):
        raise foreign()
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and found not in REVISIONS:
        raise StoreTooNew(
            f"The database has schema {found}; this inboxd knows {HEAD}.", hint="Install the newer inboxd again."
        )
    return found


def _is_ours(connection: Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return True
    return connection.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION_ID

"""Alembic's entry: runs on the connection that `store.schema` hands in; there is no alembic.ini."""

from alembic import context
from sqlmodel import SQLModel

from inboxd.store import desk_tables as _tables  # noqa: F401 - fills SQLModel.metadata, with `tables` that it imports


def include_name(name: str | None, _kind: str, _parents: object) -> bool:
    """Leave the full-text search's own tables and indexes alone."""
    return not (name or "").startswith("fts_")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
    include_name=include_name,
)
with context.begin_transaction():
    context.run_migrations()

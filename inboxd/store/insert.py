"""Plain INSERTs for what every mail writes: the session's unit of work costs several times as much as the row itself.

A row written so is in the database at once; the session does not know it until it is loaded.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from pydantic_core import PydanticUndefined
from sqlalchemy import Insert
from sqlmodel import Session, SQLModel, insert


def insert_row(session: Session, model: type[SQLModel], **values: object) -> int:
    """Insert one row, the model's defaults filled in; return the first column of its primary key."""
    statement, constants, factories = _plan(model)
    made = {name: factory() for name, factory in factories.items() if name not in values}
    result = session.connection().execute(statement, {**constants, **made, **values})
    key = result.inserted_primary_key
    return int(key[0]) if key else 0


def insert_rows(session: Session, model: type[SQLModel], rows: list[dict[str, object]]) -> None:
    """Insert any number of rows with the same keys in one statement, the model's defaults filled in."""
    statement, constants, factories = _plan(model)
    if rows:
        made = ({name: factory() for name, factory in factories.items() if name not in row} for row in rows)
        session.connection().execute(statement, [{**constants, **m, **row} for m, row in zip(made, rows, strict=True)])


@cache
def _plan(model: type[SQLModel]) -> tuple[Insert, dict[str, object], dict[str, Callable[[], Any]]]:
    """Return a model's INSERT, its constant defaults, and those that are made anew for every row."""
    constants = {
        name: each.default
        for name, each in model.model_fields.items()
        if each.default is not PydanticUndefined and each.default is not None
    }
    # the models' factories are `list` and `dict`: none looks at the other values
    factories: dict[str, Any] = {
        name: each.default_factory for name, each in model.model_fields.items() if each.default_factory is not None
    }
    return insert(SQLModel.metadata.tables[str(model.__tablename__)]), constants, factories

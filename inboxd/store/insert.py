"""INSERTs for what every mail writes: the session's unit of work costs several times as much as the row itself.

A row written so is in the database at once; the session does not know it until it is loaded.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from pydantic_core import PydanticUndefined
from sqlmodel import Session, SQLModel, insert

from inboxd.store.prepared import Prepared


def insert_row(session: Session, model: type[SQLModel], **values: object) -> int:
    """Insert one row, the model's defaults filled in; return the id it got, 0 where the table has none."""
    statement, constants, factories = _plan(model)
    return statement.insert(session, _filled(values, constants, factories))


def insert_rows(session: Session, model: type[SQLModel], rows: list[dict[str, object]]) -> None:
    """Insert any number of rows, the model's defaults filled in."""
    if rows:
        statement, constants, factories = _plan(model)
        statement.run_many(session, [_filled(row, constants, factories) for row in rows])


def _filled(
    values: dict[str, object], constants: dict[str, object], factories: dict[str, Callable[[], Any]]
) -> dict[str, object]:
    made = {name: factory() for name, factory in factories.items() if name not in values}
    return {**constants, **made, **values}


@cache
def _plan(model: type[SQLModel]) -> tuple[Prepared, dict[str, object], dict[str, Callable[[], Any]]]:
    """Return a model's INSERT, its constant defaults, and those that are made anew for every row."""
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    numbered = table.autoincrement_column
    constants = {
        name: each.default
        for name, each in model.model_fields.items()
        if each.default is not PydanticUndefined and (numbered is None or name != numbered.name)
    }
    # the models' factories are `list` and `dict`: none looks at the other values
    factories: dict[str, Any] = {
        name: each.default_factory for name, each in model.model_fields.items() if each.default_factory is not None
    }
    statement = insert(table).inline()
    columns = [column.name for column in table.columns if column is not numbered]
    return Prepared(statement, columns=columns, number=numbered), constants, factories

"""A case in hand: the columns that a decision may change, read once under a lock and written once at its end."""

import datetime as dt
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeAlias

from sqlalchemy import bindparam
from sqlmodel import Session, select, update

from inboxd.errors import NotFound
from inboxd.store import tables as t
from inboxd.store.prepared import Prepared

Columns: TypeAlias = tuple[Any, ...]


@dataclass(slots=True, kw_only=True)
class HeldCase:
    """The columns of one case, named as in the table. Others see a change only after `write`."""

    id: int
    version: int = 1
    status: str
    category: str
    priority: str
    subject: str
    assignee: str | None
    updated_at: dt.datetime
    closed_at: dt.datetime | None = None
    responded_at: dt.datetime | None = None
    response_due: dt.datetime | None = None
    resolution_due: dt.datetime | None = None
    until: dt.datetime | None = None
    undelivered: bool = False
    last_message_id: str | None = None
    last_references: list[str] = field(default_factory=list)
    last_from_requester_at: dt.datetime | None = None
    last_actor: str | None = None
    last_at: dt.datetime | None = None
    language: str
    customer: str | None = None
    type: str | None = None
    item: str | None = None
    paused_at: dt.datetime | None = None
    round: int = 0
    escalates_from: dt.datetime | None = None
    counted_at: dt.datetime | None = None
    asked_at: dt.datetime | None = None
    missing: list[str] = field(default_factory=list)
    merged_into: int | None = None

    def touch(self, now: dt.datetime) -> None:
        """Note that the case changed."""
        self.version += 1
        self.updated_at = now


NAMES = tuple(one.name for one in fields(HeldCase))
ALL = attrgetter(*NAMES)
COLUMNS = t.Case.__table__.c  # type: ignore[attr-defined]  # SQLModel does not declare it
READ = Prepared(select(*(COLUMNS[name] for name in NAMES)).where(COLUMNS.id == bindparam("case_id")).with_for_update())


def hold_case(session: Session, case_id: int) -> HeldCase:
    """Return a case for changing it, locked. Raises NotFound."""
    row = READ.one(session, case_id=case_id)
    if row is None:
        raise NotFound(f"There is no case with the id {case_id}.")
    return HeldCase(**dict(zip(NAMES, row, strict=True)))


def columns_of(case: HeldCase) -> Columns:
    """Return the values of a case, in the order of NAMES, to tell later what changed."""
    values: Columns = ALL(case)
    return values


def write(session: Session, case: HeldCase, before: Columns) -> None:
    """Write what changed since `columns_of` showed `before`."""
    both = zip(NAMES, before, columns_of(case), strict=True)
    changed = {name: new for name, old, new in both if new != old}
    if changed:
        _update(tuple(changed)).run(session, case_id=case.id, **{f"new_{name}": changed[name] for name in changed})


@cache
def _update(names: tuple[str, ...]) -> Prepared:
    # only what changed: an index is written for every column that is named
    values = {name: bindparam(f"new_{name}", type_=COLUMNS[name].type) for name in names}
    return Prepared(update(t.Case).where(COLUMNS.id == bindparam("case_id")).values(values))

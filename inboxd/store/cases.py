"""Cases as decisions and documents read them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Integer, String, literal_column, union_all
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from inboxd.desk.case import Case, Channel, Participant, Role, Status
from inboxd.errors import NotFound
from inboxd.store import tables as t
from inboxd.store.columns import fitting
from inboxd.store.entries import journal, raw
from inboxd.store.octets import add_octets
from inboxd.store.prepared import Prepared, Row, among
from inboxd.store.rows import CaseRow, LinkRow

__all__ = [
    "add_octets", "case_by_number", "case_row_of", "get_case", "journal", "links", "load_cases", "queue", "raw",
    "survivors",
]  # fmt: skip

AT_REST = tuple(status.value for status in Status if status.at_rest)
IN_WORK = tuple(status.value for status in Status if not status.at_rest)
"""Asked for by name: so the index on `status` leads to them past all the cases at rest."""

NOBODY = Participant(address="", name="", role=Role.REQUESTER)
"""The requester of a case that has none; a caller who gave no name looks the same."""

CASE_COLUMNS = (
    "id", "number", "prefix", "mailbox", "category", "priority", "status", "subject", "channel", "language", "assignee",
    "phone", "opened_at", "updated_at", "closed_at", "responded_at", "response_due", "resolution_due", "until",
    "undelivered", "last_message_id", "last_references", "last_from_requester_at", "version", "customer", "type",
    "item", "paused_at", "round", "escalates_from", "counted_at", "by_machine", "asked_at", "missing",
    "merged_into",
)  # fmt: skip
"""The columns that stand in desk.case.Case under the same name."""

CASES = Prepared(
    select(*(getattr(t.Case, name) for name in CASE_COLUMNS)).where(among(t.Case.id, "ids")).order_by(col(t.Case.id))
)
P, T, F = t.Participant, t.Tag, t.CaseField
NO_ID, NO_TEXT = literal_column("0", Integer), literal_column("''", String)
PEOPLE = columns(literal_column("1", Integer), col(P.case_id), col(P.id), col(P.address), col(P.name), col(P.role))
TAGS = columns(literal_column("2", Integer), col(T.case_id), NO_ID, col(T.tag), NO_TEXT, NO_TEXT)
FIELDS = columns(literal_column("3", Integer), col(F.case_id), NO_ID, col(F.key), col(F.value), NO_TEXT)
PARTS = Prepared(
    union_all(
        PEOPLE.where(among(P.case_id, "ids")),
        TAGS.where(among(T.case_id, "ids")),
        FIELDS.where(among(F.case_id, "ids")),
    )
)
"""Of cases: (1, case, id, address, name, role), (2, case, 0, tag, "", ""), (3, case, 0, key, value, "")."""

MERGED = Prepared(
    select(t.Case.id, t.Case.merged_into).where(among(t.Case.id, "ids"), col(t.Case.merged_into).is_not(None))
)


def load_cases(session: Session, case_ids: Iterable[int]) -> tuple[Case, ...]:
    """Return the cases of these ids, lowest first; two queries however many they are."""
    ids = list(dict.fromkeys(case_ids))
    if not ids:
        return ()
    parts: dict[tuple[int, int], list[Row]] = {}
    for kind, case_id, _, *values in sorted(PARTS.rows(session, ids=ids)):
        parts.setdefault((kind, case_id), []).append(tuple(values))
    return tuple(_case(row, parts) for row in CASES.rows(session, ids=ids))


def get_case(session: Session, case_id: int) -> Case:
    """Return one case. Raises NotFound."""
    found = load_cases(session, (case_id,))
    if not found:
        raise NotFound(f"There is no case with the id {case_id}.")
    return found[0]


def case_by_number(session: Session, number: int) -> Case | None:
    """Return the case of that number, merged or not."""
    case_id = session.exec(select(t.Case.id).where(col(t.Case.number).in_(fitting((number,))))).first()
    return None if case_id is None else get_case(session, case_id)


def survivors(session: Session, case_ids: Iterable[int]) -> dict[int, int]:
    """Return for each case the one it was merged into in the end, itself where it was not."""
    result = {case_id: case_id for case_id in case_ids}
    while result:
        onward: dict[int, int] = dict(MERGED.rows(session, ids=list(set(result.values()))))
        if not onward:
            break
        result = {case_id: onward.get(now) or now for case_id, now in result.items()}
    return result


LISTED_COLUMNS = tuple(field.name for field in fields(CaseRow) if field.name != "requester")
"""The columns that stand in store.rows.CaseRow under the same name."""

REQUESTER = (col(P.case_id) == col(t.Case.id)) & (col(P.role) == Role.REQUESTER.value)
LISTED = (
    columns(*(getattr(t.Case, name) for name in LISTED_COLUMNS), col(P.address), col(P.name), col(P.role))
    .select_from(t.Case)
    .join(P, REQUESTER, isouter=True)
)
"""The cases with their requesters, as columns: as objects of the session they take eight times as long."""


def case_row_of(session: Session, case_id: int) -> CaseRow:
    """Return one case as the queue shows it. Raises NotFound."""
    found = queue(session, include_closed=True, ids=(case_id,))
    if not found:
        raise NotFound(f"There is no case with the id {case_id}.")
    return found[0]


def queue(  # noqa: PLR0913 - the filters of one list; every one is optional
    session: Session,
    *,
    include_closed: bool = False,
    assignee: str | None = None,
    unassigned: bool = False,
    category: Sequence[str] | None = None,
    status: Sequence[str] | None = None,
    mailbox: str | None = None,
    ids: Sequence[int] | None = None,
    customer: str | None = None,
    type_: str | None = None,
    since: dt.datetime | None = None,
    last_closed_first: bool = False,
    limit: int | None = None,
) -> tuple[CaseRow, ...]:
    """Return cases, oldest first. Solved, closed and merged ones only where `include_closed` or `status` asks for them.

    `category` and `status` are lists of names, `ids` a list of case ids (their order is not kept); `since`: those on
    which something happened then or later. An empty `customer` or `type_` asks for cases that have none.
    """
    order = (col(t.Case.closed_at).desc(), col(t.Case.id).desc()) if last_closed_first else (col(t.Case.id),)
    query = LISTED.order_by(*order)
    if status is not None or not include_closed:
        query = query.where(col(t.Case.status).in_(IN_WORK if status is None else status))
    if since is not None:
        query = query.where(col(t.Case.updated_at) >= since)
    equals = (
        (t.Case.assignee, assignee), (t.Case.mailbox, mailbox), (t.Case.customer, customer), (t.Case.type, type_),
    )  # fmt: skip
    query = query.where(*(col(column) == (value or None) for column, value in equals if value is not None))
    among = ((t.Case.category, category), (t.Case.id, ids))
    query = query.where(*(col(column).in_(values) for column, values in among if values is not None))
    if unassigned:
        query = query.where(col(t.Case.assignee).is_(None))
    session.flush()
    return tuple(_case_row(tuple(row)) for row in session.connection().execute(query.limit(limit)))


def links(session: Session, case_id: int) -> tuple[LinkRow, ...]:
    """Return the links of a case."""
    query = (
        select(t.Case.id, t.Case.prefix, t.Case.number, t.Link.kind)
        .join(t.Link, col(t.Link.other_id) == col(t.Case.id))
        .where(t.Link.case_id == case_id)
        .order_by(col(t.Case.number), col(t.Link.kind))
    )
    return tuple(
        LinkRow(case_id=other, prefix=prefix, number=number, kind=kind)
        for other, prefix, number, kind in session.exec(query)
    )


def _case(row: Row, parts: Mapping[tuple[int, int], list[Row]]) -> Case:
    columns = dict(zip(CASE_COLUMNS, row, strict=True))
    people = tuple(
        Participant(address=address, name=name, role=Role(role)) for address, name, role in parts.get((1, row[0]), ())
    )
    columns |= {
        "status": Status(columns["status"]),
        "channel": Channel(columns["channel"]),
        "last_references": tuple(columns["last_references"]),
        "missing": tuple(columns["missing"]),
        "requester": next((p for p in people if p.role is Role.REQUESTER), NOBODY),
        "participants": people,
        "tags": tuple(tag for tag, _, _ in parts.get((2, row[0]), ())),
        "fields": tuple((key, value) for key, value, _ in parts.get((3, row[0]), ())),
    }
    return Case(**columns)


def _case_row(row: tuple[Any, ...]) -> CaseRow:
    known: dict[str, Any] = dict(zip(LISTED_COLUMNS, row[:-3], strict=True))
    address, name, role = row[-3:]
    requester = NOBODY if role is None else Participant(address=address, name=name, role=Role(role))
    return CaseRow(**known | {"requester": requester, "missing": tuple(known["missing"])})

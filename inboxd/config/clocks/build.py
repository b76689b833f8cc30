"""From the tables about promises to the desk's own values: priorities, target sets, calendars, escalation points."""

from inboxd.config.builtin import CALENDARS, OFFICE, PRIORITIES
from inboxd.config.clocks.tables import (
    CalendarTable,
    LevelTable,
    MatrixTable,
    PointTable,
    PriorityTable,
    TargetSetTable,
    WeekTable,
)
from inboxd.config.schema import Document
from inboxd.desk.clocks.service_levels import EscalationLevel, Matrix, Point, Priority, TargetSet
from inboxd.desk.desk import Calendar, Minutes, Season
from inboxd.desk.letters.wording import Wording, worded


def build_priorities(document: Document) -> tuple[Priority, ...]:
    """Return the built-in priorities, replaced where the file has one of that name, then the file's own."""
    built_in = {p.name: p for p in PRIORITIES}
    own = {table.name: _priority(table, built_in.get(table.name), document) for table in document.priority}
    return tuple((built_in | own).values())


def build_target_sets(document: Document, priorities: tuple[Priority, ...]) -> tuple[TargetSet, ...]:
    """Return the target sets; a key that one of their levels does not give stays the priority's own."""
    known = {priority.name: priority for priority in priorities}
    return tuple(_target_set(table, known) for table in document.targets)


def build_calendars(document: Document) -> tuple[Calendar, ...]:
    """Return the built-in calendars, replaced where the file has one of that name, then the file's own."""
    own = {table.name: _calendar(table) for table in document.calendar}
    return tuple(({c.name: c for c in CALENDARS} | own).values())


def build_matrix(table: MatrixTable | None) -> Matrix | None:
    """Return which priority an impact and an urgency make, if the file says so."""
    if table is None:
        return None
    rows = tuple(tuple(row) for row in table.priority)
    return Matrix(impacts=tuple(table.impact), urgencies=tuple(table.urgency), rows=rows)


def build_point(table: PointTable) -> Point:
    """Return an escalation point, or one that decides."""
    return Point(
        name=table.name,
        title=table.title or table.name,
        person=table.person or "",
        phone=table.phone or "",
        address=table.address,
        purposes=tuple(dict.fromkeys(table.purposes)),
    )


def _priority(table: PriorityTable, base: Priority | None, document: Document) -> Priority:
    given = table.model_fields_set
    title, titles = _words(table.title, document.desk.language)
    definition, definitions = _words(table.definition, document.desk.language)
    return Priority(
        name=table.name,
        title=title or (base.title if base else table.name),
        titles=titles if title or base is None else base.titles,
        definition=definition or (base.definition if base else ""),
        definitions=definitions if definition or base is None else base.definitions,
        response=table.response if "response" in given or base is None else base.response,
        resolution=table.resolution if "resolution" in given or base is None else base.resolution,
        clock=table.clock or (base.clock if base else OFFICE),
        escalation=tuple(_level(level) for level in table.escalation),
        events=tuple(table.events.items()),
    )


def _words(given: str | dict[str, str] | None, language: str) -> tuple[str, Wording]:
    """Return words as they stand in the desk's own language, and as they stand in each one."""
    if not isinstance(given, dict):
        return given or "", ()
    pairs = tuple(given.items())
    return worded(pairs, language, pairs[0][1]), pairs


def _level(table: LevelTable) -> EscalationLevel:
    before, after = table.at
    return EscalationLevel(
        of=table.of,
        before=before,
        after=after,
        to=tuple(dict.fromkeys(table.to)),
        reassign=table.reassign,
        template=table.template,
    )


def _target_set(table: TargetSetTable, known: dict[str, Priority]) -> TargetSet:
    levels = []
    for name, pair in table.levels.items():
        own, given = known.get(name), pair.model_fields_set
        response = pair.response if "response" in given or own is None else own.response
        resolution = pair.resolution if "resolution" in given or own is None else own.resolution
        levels.append((name, response, resolution))
    return TargetSet(name=table.name, levels=tuple(levels))


def _calendar(table: CalendarTable) -> Calendar:
    """Return a calendar; where the file gives no hours, those of an office."""
    office = CALENDARS[0]
    return Calendar(
        name=table.name,
        week=office.week if table.hours is None else tuple(day or () for day in _days(table.hours)),
        holidays=table.holidays,
        days=tuple((day.date, tuple(day.hours)) for day in table.days),
        seasons=tuple(Season(first=s.first, last=s.last, hours=_days(s.hours)) for s in table.seasons),
    )


def _days(week: WeekTable) -> tuple[tuple[Minutes, ...] | None, ...]:
    days = (week.mon, week.tue, week.wed, week.thu, week.fri, week.sat, week.sun)
    return tuple(None if day is None else tuple(day) for day in days)

"""Categories among each other: what a subcategory takes from its parent, and names that must serve a category."""

import datetime as dt
import re
from collections.abc import Iterable

from inboxd.config.lines import KeyPath
from inboxd.config.names import is_ours
from inboxd.config.problems import Problems, meant
from inboxd.config.schema import CategoryTable, Document

OWN = frozenset({"name", "title", "parent"})
"""Keys that no subcategory takes from its parent."""

DEEPEST = 5
"""How many categories may stand above one another."""

WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


def serves(document: Document) -> frozenset[tuple[str, str]]:
    """Return who serves what, as (agent, category), from both sides of the file.

    Where there is one category and neither side says who serves it, everybody does but auditors.
    """
    chosen = [(agent.name, category) for agent in document.agent for category in agent.categories or ()]
    chosen += [(member, category.name) for category in document.category for member in category.members or ()]
    only = only_category(document)
    if only is not None and document.category[0].members is None:
        chosen += [(a.name, only) for a in document.agent if a.categories is None and a.role != "auditor"]
    return frozenset(chosen)


def only_category(document: Document) -> str | None:
    """Return the one category that the file describes, None where there are several; customers' own do not count."""
    own = {customer.name for customer in document.customer if customer.own_category}
    written = [category.name for category in document.category if category.name not in own]
    return written[0] if len(written) == 1 else None


def with_inherited(document: Document) -> Document:
    """Return the document with every key that a subcategory does not give itself taken from its parent.

    Its members are its parent's where neither side of the file names one.
    """
    tables = {table.name: table for table in document.category}
    people: dict[str, list[str]] = {}
    for agent, category in sorted(serves(document)):
        people.setdefault(category, []).append(agent)
    return document.model_copy(update={"category": [_whole(table, tables, people) for table in document.category]})


def iso_week(text: str) -> tuple[int, int] | None:
    """Read "2026-W52" as (2026, 52); None where there is no such week."""
    match = WEEK.fullmatch(text)
    if match is None:
        return None
    year, week = int(match[1]), int(match[2])
    try:
        dt.date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return year, week


def check_categories(document: Document, problems: Problems) -> None:
    """Note parents that are none, go in a circle or too deep, and people who do not serve what they are to work in."""
    tables = {table.name: table for table in document.category}
    for index, table in enumerate(document.category):
        _check_parent(table, tables, ("category", index, "parent"), problems)
        for week in table.duty_weeks:
            if iso_week(week) is None:
                told = f'"{week}" is no week; write year and ISO week, for example "2026-W52"'
                problems.add(("category", index, "duty_weeks", week), told)
        _check_address(table, document, ("category", index, "notify"), problems)
    if any(problems.at(("category", index, "parent")) for index in range(len(document.category))):
        return
    whole = with_inherited(document)
    pairs = serves(whole)
    for index, (own, table) in enumerate(zip(document.category, whole.category, strict=True)):
        _check_work(own, table, {agent for agent, name in pairs if name == table.name}, index, problems)


def _whole(table: CategoryTable, tables: dict[str, CategoryTable], people: dict[str, list[str]]) -> CategoryTable:
    given, members = set(table.model_fields_set), people.get(table.name, table.members)
    taken: dict[str, object] = {}
    for above in _above(table, tables):
        members = people.get(above.name, above.members) if members is None else members
        for key in above.model_fields_set - OWN - given - {"members"}:
            taken[key] = getattr(above, key)
            given.add(key)
    return table.model_copy(update={**taken, "members": members})


def _above(table: CategoryTable, tables: dict[str, CategoryTable]) -> list[CategoryTable]:
    """Return a category's parent, its parent's, and so on; a circle ends where it is deepest."""
    found: list[CategoryTable] = []
    while table.parent in tables and len(found) <= DEEPEST:
        table = tables[table.parent]
        found.append(table)
    return found


def _check_parent(table: CategoryTable, tables: dict[str, CategoryTable], place: KeyPath, problems: Problems) -> None:
    if table.parent is None:
        return
    if table.parent not in tables:
        known = [name for name in tables if name not in {"", table.name}]
        problems.add(place, f'no category is named "{table.parent}"; {meant(table.parent, known)}')
        return
    names = [above.name for above in _above(table, tables)]
    if table.name in names:
        circle = [table.name, *names[: names.index(table.name) + 1]]
        if next(name for name in tables if name in circle) == table.name:  # it is said once
            problems.add(place, f"goes in a circle: {' > '.join(circle)}; take one parent out")
    elif len(names) >= DEEPEST:
        problems.add(place, f"is more than {DEEPEST} categories deep; hang it higher")


def _check_address(table: CategoryTable, document: Document, place: KeyPath, problems: Problems) -> None:
    if is_ours(table.notify, document):
        problems.add(place, "is a mailbox of the desk, which would write to itself; name an address that people read")


def _check_work(own: CategoryTable, table: CategoryTable, people: set[str], index: int, problems: Problems) -> None:
    """Note people of a category's roster and shares who do not serve it, and shares and rosters that do nothing."""
    place: KeyPath = ("category", index)
    named: Iterable[tuple[str, KeyPath]] = (
        *((name, (*place, "weights", name)) for name in own.weights),
        *((name, (*place, "duty", n)) for n, name in enumerate(own.duty)),
        *((name, (*place, "duty_weeks", week)) for week, name in own.duty_weeks.items()),
    )
    for name, where in named:
        if name not in people:
            problems.add(where, f'"{name}" does not serve {table.name}; {meant(name, people)}')
    if own.weights and table.assignment != "weighted":
        problems.add((*place, "weights"), 'does nothing without assignment = "weighted"; write that, or take it out')
    if own.duty and table.duty_from is None:
        problems.add((*place, "duty"), 'needs the first one\'s week: duty_from = "2026-01-05"')
    if own.duty_from is not None and not table.duty:
        problems.add((*place, "duty_from"), 'does nothing without a roster: duty = ["kari", "ola"]')

"""From the tables about letters to the desk's own values, and what is wrong with them."""

import re
from collections.abc import Iterable

from inboxd.config.letters.tables import FieldTable, ReceiptTextTable
from inboxd.config.lines import KeyPath
from inboxd.config.problems import Problems, meant
from inboxd.config.routing.rules import pattern_error
from inboxd.config.schema import Document
from inboxd.desk.letters.wording import AskedField, PlannedText, Wording

VALUE = r"[\pL\pN][^\s,;]*"
"""What a field's value looks like where its pattern is not given: one word."""


def wording(given: str | dict[str, str] | None) -> Wording:
    """Return words as the desk keeps them: for everybody, or for each language."""
    if isinstance(given, dict):
        return tuple(given.items())
    return (("", given),) if given else ()


def build_fields(tables: Iterable[FieldTable]) -> tuple[AskedField, ...]:
    """Return the fields of a category; without a pattern what stands behind the name, or a title, and a colon."""
    return tuple(
        AskedField(
            name=table.name,
            title=wording(table.title or table.name),
            ask=table.ask,
            pattern=table.pattern or _named(table),
        )
        for table in tables
    )


def _named(table: FieldTable) -> str:
    """Return the pattern of a field without one: letters ask for it by its titles, and so people answer."""
    names = dict.fromkeys((table.name, *(said for _, said in wording(table.title))))
    return rf"(?i)(?:^|[^\pL\pN])(?:{'|'.join(map(re.escape, names))}) *[:=] *({VALUE})"


def build_texts(document: Document) -> tuple[PlannedText, ...]:
    """Return the texts that are planned for receipts."""
    return tuple(
        PlannedText(
            name=table.name,
            text=wording(table.text),
            first=table.first,
            last=table.last,
            on=table.on,
            categories=tuple(table.categories),
        )
        for table in document.receipt_text
    )


def check_letter_words(document: Document, problems: Problems) -> None:
    """Note fields that are given twice or whose pattern is none, and texts that never stand or always would."""
    for index, category in enumerate(document.category):
        names: set[str] = set()
        for n, table in enumerate(category.fields):
            _check_field(table, names, ("category", index, "fields", n), problems)
    known = [category.name for category in document.category if category.name]
    for index, text in enumerate(document.receipt_text):
        place: KeyPath = ("receipt_text", index)
        _check_days(text, place, problems)
        for n, name in enumerate(text.categories):
            if name not in known:
                problems.add((*place, "categories", n), f'no category is named "{name}"; {meant(name, known)}')


def _check_field(table: FieldTable, names: set[str], place: KeyPath, problems: Problems) -> None:
    if table.name and table.name in names:
        problems.add((*place, "name"), f'"{table.name}" is given twice; one field each')
    names.add(table.name)
    wrong = pattern_error(table.pattern) if table.pattern else None
    if wrong is not None:
        problems.add((*place, "pattern"), f'"{table.pattern}" is no regular expression (RE2): {wrong}')


def _check_days(table: ReceiptTextTable, place: KeyPath, problems: Problems) -> None:
    first, last = table.first, table.last
    if problems.at(place):
        return
    if first is None and last is None and table.on is None:
        problems.add(place, 'says no time; write from and to, or on = "holidays" or "closed"')
    elif isinstance(first, tuple) != isinstance(last, tuple) and (isinstance(first, tuple) or isinstance(last, tuple)):
        problems.add(place, 'needs both days of every year: from = "06-15" and to = "08-15"')
    elif first is not None and last is not None and not isinstance(first, tuple) and first > last:  # type: ignore[operator]  # both are dates
        problems.add((*place, "to"), f"lies before {first.isoformat()}, where it begins")

"""Pages of reports as calm text of so many columns, and as Markdown."""

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from inboxd.render.reports.page import Page, Section, Table
from inboxd.render.screen import cut, escape, paint, wrapped

GAP = "  "
LEAST = 8
"""Cells that the first column of a table keeps, however many others there are."""

MARKDOWN = re.compile(r"([\\`*_\[\]<>#|])")


def text_of(page: Page, *, width: int, colour: bool) -> str:
    """Return a page as text; charts are left to their tables."""
    lines = [
        paint(cut(page.title, width), "bold", colour=colour),
        *wrapped(page.over, width=width, indent="").split("\n"),
    ]
    lines += ["", *_facts(page.facts, width)] if page.facts else []
    for section in page.sections:
        lines += _section(section, width, colour=colour, titled=len(page.sections) > 1)
    lines += ["", wrapped(page.note, width=width, indent="")] if page.note else []
    return "\n".join(lines)


def _section(section: Section, width: int, *, colour: bool, titled: bool) -> Iterator[str]:
    tables = [table for table in section.tables if not table.of_chart]
    if not (tables or section.facts or section.note):
        return
    yield ""
    if titled:
        yield paint(cut(section.title, width), "bold", colour=colour)
    yield from _facts(section.facts, width)
    for number, table in enumerate(tables):
        if section.facts or number:
            yield ""
        if number:
            yield cut(table.caption, width)
        yield from _table(table, width)
    if section.note:
        yield from ["", wrapped(section.note, width=width, indent="")]


def _facts(facts: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    room = max((cell_len(escape(name)) for name, _ in facts), default=0)
    for name, value in facts:
        head = escape(name) + " " * (room - cell_len(escape(name))) + GAP
        yield head + wrapped(value, width=width, indent=" " * (room + len(GAP))).lstrip()


def _table(table: Table, width: int) -> Iterator[str]:
    """Yield a table's lines: texts to the left, numbers to the right; the first column gives way where it must."""
    rows = [table.heads, *table.rows]
    sizes = [max(cell_len(escape(row[at])) for row in rows) for at in range(len(table.heads))]
    others = sum(sizes[1:]) + len(GAP) * (len(sizes) - 1)
    if table.numbers < len(sizes):
        sizes[0] = max(min(sizes[0], width - others), LEAST)
    else:
        sizes[-1] = max(width - others - sizes[0] + sizes[-1], LEAST)
    for number, row in enumerate(rows):
        if table.last_is_sum and number == len(rows) - 1 and number > 1:
            yield "-" * min(sum(sizes) + len(GAP) * (len(sizes) - 1), width)
        yield GAP.join(_cell(cell, sizes[at], right=at >= table.numbers) for at, cell in enumerate(row)).rstrip()


def _cell(text: str, size: int, *, right: bool) -> str:
    shown = cut(text, size)
    room = " " * (size - cell_len(shown))
    return room + shown if right else shown + room


def markdown_of(page: Page) -> str:
    """Return a page as Markdown with its tables; nothing in it that a person wrote is taken for markup."""
    lines = [f"# {_md(page.title)}", "", _md(page.over)]
    lines += ["", *(f"- {_md(name)}: {_md(value)}" for name, value in page.facts)] if page.facts else []
    for section in page.sections:
        lines += ["", f"## {_md(section.title)}"]
        lines += ["", *(f"- {_md(name)}: {_md(value)}" for name, value in section.facts)] if section.facts else []
        for table in section.tables:
            lines += ["", *_md_table(table)]
        lines += ["", _md(section.note)] if section.note else []
    lines += ["", _md(page.note)] if page.note else []
    return "\n".join(lines)


def _md_table(table: Table) -> Iterator[str]:
    yield _md_row(table.heads)
    yield "|" + "|".join(" ---: " if at >= table.numbers else " --- " for at in range(len(table.heads))) + "|"
    yield from map(_md_row, table.rows)


def _md_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_md, cells)) + " |"


def _md(text: str) -> str:
    return MARKDOWN.sub(r"\\\1", " ".join(escape(text, lines=True).split()))

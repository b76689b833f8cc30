"""Reports as CSV (RFC 4180, UTF-8): one table each, whose heads are names that do not change with the language.

A spreadsheet takes a cell that begins with one of = + - @, a tab or a carriage return for a formula: such a cell gets
an apostrophe in front, which the spreadsheet does not show. Numbers are written with a decimal point.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from inboxd.render.screen import Document

FORMULA = ("=", "+", "-", "@", "\t", "\r")
TARGETS = ("response", "resolution")
TIMES = ("queue", "internal", "external")
COUNTS = ("open", "unassigned", "overdue", "due_today", "waiting", "median_age_minutes", "oldest_age_minutes", "oldest")
KEPT = (
    "n", "within", "percent", "office_median_minutes", "office_p90_minutes", "wall_median_minutes", "wall_p90_minutes",
)  # fmt: skip
TYPES = ("fault", "callof", "question", "none")
CLOCKS = ("office_minutes", "wall_minutes")

Row = Sequence[Any]


def csv_of(document: Document) -> str:
    """Return a report as CSV, its heads first; an absent value is an empty cell."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in TABLES[document["report"]](document))
    return written.getvalue()


def safe(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; a number is none."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _now(doc: Document) -> Iterable[Row]:
    yield ("at", "by", "name", *COUNTS)
    groups = [("all", "", doc["all"]), *(("category", row["category"], row) for row in doc["categories"])]
    groups += [("agent", row["agent"] or "", row) for row in doc["agents"]]
    for by, name, row in groups:
        yield (doc["at"], by, name, *(row[key] for key in COUNTS))


def _sla(doc: Document) -> Iterable[Row]:
    yield ("month", "customer", "priority", "target", *KEPT)
    for row in (*doc["priorities"], {"priority": "all", **doc["all"]}):
        for target in TARGETS:
            name = (doc["month"], doc["customer"], row["priority"], target)
            yield (*name, *(row[target][key] for key in KEPT))


def _channels(doc: Document) -> Iterable[Row]:
    yield ("month", "channel", "opened", *TYPES)
    for row in (*doc["channels"], {"channel": "all", "opened": doc["opened"], **doc["types"]}):
        yield (doc["month"], row["channel"], row["opened"], *(row[key] for key in TYPES))


def _time(doc: Document) -> Iterable[Row]:
    yield ("month", "category", *(f"{kept}_{clock}" for kept in TIMES for clock in CLOCKS))
    for row in (*doc["categories"], {"category": "all", **doc["all"]}):
        yield (doc["month"], row["category"], *(row[kept][clock] for kept in TIMES for clock in CLOCKS))


def _rules(doc: Document) -> Iterable[Row]:
    yield ("month", "rule", "hits", "last_at")
    for row in doc["rules"]:
        yield (doc["month"], row["rule"], row["hits"], row["last_at"])


def _inactive(doc: Document) -> Iterable[Row]:
    yield ("name", "address", "categories", "registered_since", "last_at", "open_cases")
    for row in doc["agents"]:
        categories = " ".join(row["categories"])
        yield (row["name"], row["address"], categories, row["registered_since"], row["last_at"], row["open_cases"])


TABLES: Mapping[str, Callable[[Document], Iterable[Row]]] = {
    "now": _now,
    "sla": _sla,
    "channels": _channels,
    "time": _time,
    "rules": _rules,
    "inactive": _inactive,
}
"""The tables by the name that the documents have."""

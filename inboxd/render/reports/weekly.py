"""The weekly letter's words: plain lines, for mail programs set tables in no fixed type."""

import datetime as dt
from collections.abc import Iterator

from inboxd.render.dates import MONTHS
from inboxd.render.reports.words import Words
from inboxd.render.screen import Document

COUNTED = ("open", "unassigned", "overdue", "due_today", "waiting")
TOLD = ("unassigned", "overdue", "due_today", "waiting")


def week_title(doc: Document, language: str) -> str:
    """Return "uke 46, 9.–15. november"."""
    words = Words(language)
    first, last = dt.date.fromisoformat(doc["from"]), dt.date.fromisoformat(doc["to"])
    dot = "" if words.language == "en" else "."
    ends = f"{last.day}{dot} {MONTHS[words.language][last.month - 1]}"
    begins = f"{first.day}{dot}" + ("" if first.month == last.month else f" {MONTHS[words.language][first.month - 1]}")
    return f"{words('week')} {int(doc['week'][-2:])}, {begins}–{ends}"


def weekly_text(doc: Document, language: str) -> str:
    """Return what stands in the letter: now, the week, by category, by agent."""
    words, now = Words(language), doc["now"]
    lines = [f"{words('now')}:", *(f"  {words(key)}: {now['all'][key]}" for key in COUNTED)]
    if now["all"]["oldest"]:
        age = words.age(now["all"]["oldest_age_minutes"])
        lines.append(f"  {words('oldest_case')}: {now['all']['oldest']} ({age})")
    title = week_title(doc, language)
    lines += ["", f"{title[0].upper()}{title[1:]}:", f"  {words('opened')}: {doc['opened']}"]
    lines += [f"  {words(f'{target}_given')}: {_kept(doc[target], words)}" for target in ("response", "resolution")]
    lines += ["", f"{words('by_category')}:"]
    lines += [f"  {row['title']}: {_standing(row, words)}" for row in now["categories"]]
    lines += ["", f"{words('by_agent')}:"]
    lines += [f"  {row['agent'] or words('nobody')}: {_standing(row, words)}" for row in now["agents"]]
    if now["partial"]:
        lines += ["", words("partial")]
    return "\n".join(lines)


def _kept(kept: Document, words: Words) -> str:
    if not kept["n"]:
        return "0"
    return f"{kept['n']}, {kept['within']} {words('in_time')} ({words.percent(kept['percent'])})"


def _standing(row: Document, words: Words) -> str:
    """Return "13 åpne, 7 uten saksbehandler"; what is 0 is left out."""
    return ", ".join((f"{row['open']} {words('open_short').lower()}", *_told(row, words)))


def _told(row: Document, words: Words) -> Iterator[str]:
    for key in TOLD:
        # nobody's cases are without an agent by themselves
        if row[key] and not (key == "unassigned" and row.get("agent", "") is None):
            yield f"{row[key]} {words(key).lower()}"

"""The agents of a desk on a terminal: who serves what, who is away, and what was handed over."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from inboxd.render.screen import Document, columns, escape, short_time, wrapped


def agents_table(doc: Sequence[Document], *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render an `agent list` document: everybody, how much each has in hand, who is away."""
    if not doc:
        return "No agents."
    heads = ("Name", "Role", "Open", "There", "Categories")
    rows = [
        (
            agent["name"],
            agent["role"],
            str(agent["open_cases"]),
            _there(agent, tz),
            ", ".join(f"{name} (on duty)" if name in agent["on_duty"] else name for name in agent["categories"]) or "-",
        )
        for agent in doc
    ]
    return columns(heads, rows, width=width, colour=colour, cap=24)


def registered_table(doc: Sequence[Document], *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render who was registered for what on a day."""
    if not doc:
        return "Nobody was registered then. This is kept from the daemon's first start on."
    heads = ("Name", "Category", "Since", "Until", "Customer")
    rows = [
        (
            one["agent"],
            one["category"],
            short_time(one["since"], tz),
            short_time(one["until"], tz) if one["until"] else "",
            one["customer"] or "-",
        )
        for one in doc
    ]
    return columns(heads, rows, width=width, colour=colour, cap=24)


def away_text(doc: Document, *, width: int, tz: dt.tzinfo | None = None) -> str:
    """Say that an agent is away, or back, and who has his cases now."""
    name, away, handed = escape(doc["name"]), doc["away"], doc["handed_over"]
    if away is None:
        return f"{name} is back."
    until = f" until {short_time(away['until'], tz)}" if away["until"] else f" until `inboxd agent back {name}`"
    lines = [f"{name} is away{until}."]
    counts = Counter(one["to"] for one in handed)
    for to, count in sorted(counts.items(), key=lambda pair: (pair[0] is None, pair[0])):
        which = ", ".join(one["reference"] for one in handed if one["to"] == to)
        whose = f"{to} now has" if to else "Nobody has"
        lines.append(wrapped(f"{whose} {which} ({count})", width=width, indent="  "))
    return "\n".join(lines if handed else [*lines, "There were no open cases to hand over."])


def _there(agent: Document, tz: dt.tzinfo | None) -> str:
    if not agent["active"]:
        return "has left"
    away = agent["away"]
    if away is None:
        return "yes"
    return f"away until {short_time(away['until'], tz)}" if away["until"] else "away"

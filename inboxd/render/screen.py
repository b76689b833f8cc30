"""What every view on a terminal is made of: the one escaper, cutting and columns by cells, times, colour.

Nothing from a mail reaches a terminal but through `escape`.
"""

import datetime as dt
import re
import textwrap
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from rich.cells import cell_len, set_cell_size

Document: TypeAlias = dict[str, Any]
"""One JSON object of the office's, as in the contract of the command line."""

Style = Literal["bold", "dim", "warn"]

CODES: dict[Style, str] = {"bold": "1", "dim": "2", "warn": "1;31"}
GAP = "  "
LAST_AT_LEAST, LEAST = 12, 8
"""Cells that the last column of a table has at least, and a column that has to give way keeps."""

DANGEROUS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def escape(text: str, *, lines: bool = False) -> str:
    r"""Return a text that cannot command a terminal: controls (C0, C1), bidi overrides and lone surrogates as `\u….`.

    `lines` keeps newlines (CRLF becomes one) and makes a tab four spaces; else both are shown as controls.
    """
    if not lines:
        return DANGEROUS.sub(_visible, text)
    calm = text.replace("\r\n", "\n").replace("\t", "    ")
    return "\n".join(DANGEROUS.sub(_visible, line) for line in calm.split("\n"))


def cut(text: str, width: int) -> str:
    """Return an escaped text in at most so many cells; what does not fit is an ellipsis."""
    return _cut(escape(text), width)


def paint(text: str, style: Style, *, colour: bool) -> str:
    """Emphasise a text that is already escaped, on a terminal only; the words must say it without."""
    return f"\x1b[{CODES[style]}m{text}\x1b[0m" if colour and text else text


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]], *, width: int, colour: bool, cap: int = 12) -> str:
    """Align rows under their heads, two spaces between; the last column takes what is left of the width, at least 12.

    No other column is wider than `cap` or its head; the widest give way where there is no room.
    A column that is empty in all rows is left out.
    """
    used = [at for at in range(len(heads)) if at == len(heads) - 1 or any(row[at] for row in rows)]
    cells = [[escape(row[at]) for at in used] for row in rows]  # once: a queue has thousands of rows
    fixed = [
        max(cell_len(heads[at]), *(min(cell_len(row[nth]), cap) for row in cells)) for nth, at in enumerate(used[:-1])
    ]
    room = width - len(GAP) * len(fixed)
    while room - sum(fixed) < LAST_AT_LEAST and max(fixed, default=0) > LEAST:
        fixed[fixed.index(max(fixed))] -= 1
    left = max(room - sum(fixed), LAST_AT_LEAST)
    sizes = [*fixed, left]
    lines = [_row(row, sizes) for row in cells]
    return "\n".join([paint(_row([heads[at] for at in used], sizes), "bold", colour=colour), *lines])


def wrapped(text: str, *, width: int, indent: str) -> str:
    """Return a text with its own line breaks, escaped, wrapped at words and indented; a long address stays whole."""
    room = max(width - cell_len(indent), 20)
    wrap = textwrap.TextWrapper(width=room, break_long_words=False, break_on_hyphens=False, replace_whitespace=False)
    lines = (part for line in escape(text, lines=True).strip("\n").split("\n") for part in wrap.wrap(line) or [""])
    return "\n".join((indent + line).rstrip() for line in lines)


def hanging(text: str, *, width: int, indent: str) -> str:
    """Return one line of text, escaped, wrapped at words; all its lines but the first are indented."""
    wrap = textwrap.TextWrapper(
        width=max(width, 20), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False,
        replace_whitespace=False,
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in wrap.wrap(escape(text)))


def short_time(value: str | None, tz: dt.tzinfo | None = None) -> str:
    """Write an ISO moment as "23.11 08:00", in `tz` or else with the offset it came with; "" for none."""
    return _moment(value, tz, "%d.%m %H:%M")


def day_or_time(value: str | None, tz: dt.tzinfo | None, now: dt.datetime | None) -> str:
    """Write an ISO moment as "08:00" on the day that `now` is, as "23.11" on any other; without `now` both."""
    if now is None or not value:
        return short_time(value, tz)
    moment = _local(value, tz)
    return moment.strftime("%H:%M" if moment.date() == now.astimezone(tz).date() else "%d.%m")


def long_time(value: str | None, tz: dt.tzinfo | None = None) -> str:
    """Write an ISO moment as "2026-11-23 08:00", in `tz` or else with the offset it came with; "" for none."""
    return _moment(value, tz, "%Y-%m-%d %H:%M")


def person(address: Document | None) -> str:
    """Write an address as `Name <address>`, escaped; whichever of the two there is."""
    if address is None:
        return ""
    name, spec = address.get("name") or "", address.get("address") or ""
    return escape(f"{name} <{spec}>" if name and spec else name or spec)


def size(octets: int) -> str:
    """Write a size in the unit that people use."""
    for unit, octets_of_unit in (("MB", 1_000_000), ("kB", 1_000)):
        if octets >= octets_of_unit:
            return f"{octets / octets_of_unit:.1f} {unit}"
    return f"{octets} B"


def _visible(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _row(cells: Sequence[str], sizes: Sequence[int]) -> str:
    """Return a row of escaped cells, each cut or filled to its size."""
    shown = (_cut(cell, room) for cell, room in zip(cells, sizes, strict=True))
    return GAP.join(cell + " " * (room - cell_len(cell)) for cell, room in zip(shown, sizes, strict=True)).rstrip()


def _cut(safe: str, width: int) -> str:
    return safe if cell_len(safe) <= width else set_cell_size(safe, max(width - 1, 0)).rstrip() + "…"


def _moment(value: str | None, tz: dt.tzinfo | None, form: str) -> str:
    return _local(value, tz).strftime(form) if value else ""


def _local(value: str, tz: dt.tzinfo | None) -> dt.datetime:
    moment = dt.datetime.fromisoformat(value)
    return moment.astimezone(tz) if tz is not None else moment

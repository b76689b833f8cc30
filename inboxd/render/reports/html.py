"""Pages of reports as HTML: one file that needs nothing else, with its charts drawn in SVG and no script.

Every chart stands beside a table of the same numbers, for those who hear or print it. Lengths along a line are in
percent of the width, so that letters keep their size on a telephone as on a screen.
"""

from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from inboxd.render.letters import one_line
from inboxd.render.reports.page import Chart, Page, Section
from inboxd.render.reports.words import Words

LYING_HEIGHT = 46
"""Pixels that a lying bar takes with its name."""

DAYS_HEIGHT = 160
"""Pixels of an upright bar that is as high as can be."""

GAP = 0.2
"""How much of the place of an upright bar stays free."""

LEFT = 6.0
"""Percent of the width that the scale of upright bars takes."""


def html_of(page: Page) -> str:
    """Return a page as one HTML file."""
    drawn = [_section(section) for section in page.sections]
    return _template().render(
        page={**_fields(page), "sections": drawn},
        contents=Words(page.language)("sections"),
        days_height=DAYS_HEIGHT,
    )


def _section(section: Section) -> dict[str, Any]:
    return {**_fields(section), "charts": [_drawn(chart) for chart in section.charts]}


def _fields(value: Page | Section | Chart) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _drawn(chart: Chart) -> dict[str, Any]:
    if not chart.upright:
        bars = [
            {"label": bar.label, "shown": bar.shown, "y": at * LYING_HEIGHT, "width": round(bar.share * 100, 2)}
            for at, bar in enumerate(chart.bars)
        ]
        return {**_fields(chart), "bars": bars, "height": len(bars) * LYING_HEIGHT}
    room = (100 - LEFT) / max(len(chart.bars), 1)
    upright = [
        {
            "label": bar.label,
            "title": bar.shown,
            "x": round(LEFT + at * room, 2),
            "y": round(DAYS_HEIGHT * (1 - bar.share), 1),
            "width": round(room * (1 - GAP), 2),
            "height": round(DAYS_HEIGHT * bar.share, 1),
        }
        for at, bar in enumerate(chart.bars)
    ]
    most = max(chart.bars, key=lambda bar: bar.share, default=None)
    return {**_fields(chart), "bars": upright, "most": most.shown if most else ""}


@cache
def _template() -> jinja2.Template:
    def calm(value: object) -> object:
        """Let no control and no mark for the direction of writing through, whatever a name holds."""
        return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("inboxd", "render/reports"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=calm,
    )
    return environment.get_template("report.html.j2")

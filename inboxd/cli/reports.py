"""The Desk panel's `report`: how the desk stands, and what a month came to, in several formats."""

import json as json_text
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inboxd.cli.call import DEFAULT_WIDTH, As, Call, Json, begin, one_of
from inboxd.errors import UsageError

if TYPE_CHECKING:
    from inboxd.desk.report import Month
    from inboxd.office.documents import Document
    from inboxd.office.office import Office

report = typer.Typer(
    name="report", help="How the desk stands, and what a month came to.", no_args_is_help=True,
    epilog="Example: inboxd report now",
)  # fmt: skip

SUFFIXES = {"": "text", ".txt": "text", ".md": "md", ".csv": "csv", ".html": "html", ".htm": "html"}

MonthText = Annotated[
    str | None, typer.Option("--month", metavar="YYYY-MM", help="Which month (else the last one that is over).")
]
Format = Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="text, md, csv or html.")]
Output = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write a file (its ending tells the format).")
]


@report.command("now")
def report_now(
    ctx: typer.Context, form: Format = None, output: Output = None, json: Json = False, as_agent: As = None
) -> None:
    """Count what lies open: unassigned, overdue, due today, waiting; by category and agent, with its age.

    Example: inboxd report now
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.reports.now import now_report

    _write(call, now_report, form, output)


@report.command("sla")
def report_sla(
    ctx: typer.Context,
    month: MonthText = None,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="NAME", help="One customer's annex to the service agreement.")
    ] = None,
    form: Format = None,
    output: Output = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Tell by priority how many cases were answered and solved in time, and how long they took, in both clocks.

    Example: inboxd report sla --month 2026-10 --customer Molde --output molde.html
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.reports.months import sla

    chosen = _month(month)
    _write(call, lambda office: sla(office, chosen, customer=customer), form, output)


@report.command("channels")
def report_channels(
    ctx: typer.Context,
    month: MonthText = None,
    form: Format = None,
    output: Output = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Count the cases opened in a month by channel, type and day.

    Example: inboxd report channels --month 2026-10 --format md
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.reports.months import channels

    chosen = _month(month)
    _write(call, lambda office: channels(office, chosen), form, output)


@report.command("time")
def report_time(
    ctx: typer.Context,
    month: MonthText = None,
    form: Format = None,
    output: Output = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Tell by category how long cases lay in the queue, with an agent, and with others, in both clocks.

    Example: inboxd report time --month 2026-10
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.reports.months import time

    chosen = _month(month)
    _write(call, lambda office: time(office, chosen), form, output)


@report.command("rules")
def report_rules(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", metavar="YYYY-MM", help="Which month (else since the start).")
    ] = None,
    form: Format = None,
    output: Output = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Count how often each rule of the config hit a mail, and when it last did.

    Example: inboxd report rules --month 2026-10
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.reports.months import rules

    chosen = _month(month)
    _write(call, lambda office: rules(office, chosen), form, output)


@report.command("inactive")
def report_inactive(
    ctx: typer.Context,
    days: Annotated[int, typer.Option("--days", min=1, help="Without an order, a note or an answer for so long.")] = 90,
    mail: Annotated[
        bool, typer.Option("--mail", help="Ask each customer's orderers about them by mail (leads, admins).")
    ] = False,
    form: Format = None,
    output: Output = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """List the agents who have done nothing for so many days, for whoever orders users to confirm or take away.

    Example: inboxd report inactive --days 90 --mail
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.reports.inactive_letters import ask_customers
    from inboxd.office.reports.months import inactive_agents

    if mail:
        actor = call.worker.name
        _write(call, lambda _: ask_customers(call.office, days, actor=actor), form, output)
        return
    _write(call, lambda office: inactive_agents(office, days), form, output)


def _month(text: str | None) -> "Month | None":
    """Read a month as typed. Raises UsageError."""
    from inboxd.desk.report import read_month

    if text is None:
        return None
    found = read_month(text)
    if found is None:
        raise UsageError(f'"{text}" is no month', hint="year and month, for example 2026-10")
    return found


def _write(call: Call, make: "Callable[[Office], Document]", form: str | None, output: Path | None) -> None:
    """Make a report and print it, or write it to a file. Raises UsageError for a format that there is not."""
    from inboxd.render.reports.written import FORMATS, report_text

    one_of(FORMATS, form, "format")
    if call.json and form is not None:
        raise UsageError("--json and --format say two things", hint="give one of them")
    chosen = form or _ending(output, call)
    document, language = make(call.records), call.settings.desk.language
    if output is None:
        wide, colour = call.width, call.colour
        call.answer(document, lambda: report_text(document, chosen, language=language, width=wide, colour=colour))
        return
    if call.json:
        text = json_text.dumps(document, ensure_ascii=False) + "\n"
    else:
        text = report_text(document, chosen, language=language, width=DEFAULT_WIDTH, colour=False)
    save(call, text, output)


def _ending(output: Path | None, call: Call) -> str:
    """Return the format that a file's ending tells. Raises UsageError for one of which no report is made."""
    if output is None or call.json:
        return "text"
    ending = output.suffix.lower()
    if ending not in SUFFIXES:
        known = ", ".join(suffix for suffix in SUFFIXES if suffix)
        raise UsageError(f"no report is written as {ending}", hint=f"one of {known}; or --format says which")
    return SUFFIXES[ending]


def save(call: Call, text: str, output: Path) -> None:
    """Write a text to a file, in UTF-8. Raises UsageError where that is not possible."""
    try:
        output.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8", newline="")
    except OSError as exc:
        raise UsageError(f"cannot write {output}: {exc.strerror}") from exc
    call.say(f"Written to {output}.")

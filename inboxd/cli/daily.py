"""The Daily panel, reading: the queue, a case, a search."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inboxd.cli.call import As, Call, Json, begin, one_of
from inboxd.cli.completing import categories, references
from inboxd.errors import NotAllowed, NotFound, UsageError

if TYPE_CHECKING:
    from inboxd.office.documents import Only

PANEL = "Daily"


Category = Annotated[str | None, typer.Option("--category", autocompletion=categories, help="Only this category.")]
State = Annotated[str | None, typer.Option("--status", help="Only this status.")]
OfCustomer = Annotated[
    str | None, typer.Option("--customer", metavar="NAME|none", help="Only this customer's, or nobody's.")
]
OfType = Annotated[
    str | None, typer.Option("--type", metavar="TYPE|none", help="Only this type: fault, callof or question.")
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="Only where something happened since: 2026-12-01, 3d.")
]


def queue(
    ctx: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Closed cases too.")] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Only mine.")] = False,
    unassigned: Annotated[bool, typer.Option("--unassigned", help="Only those nobody has.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those past their target.")] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that wait for somebody else.")] = False,
    closed: Annotated[bool, typer.Option("--closed", help="Only solved and closed ones.")] = False,
    category: Category = None,
    status: State = None,
    customer: OfCustomer = None,
    type_: OfType = None,
    since: Since = None,
    complete: Annotated[bool, typer.Option("--complete", help="Only those that lack no field.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")] = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """List the open cases, what is due first on top.

    Example: inboxd queue --mine
    """
    call = begin(ctx, json=json, as_agent=as_agent, looks=True)
    from inboxd.office.documents import Only, queue

    only = Only(
        assignee=_own_name(call) if mine else None, unassigned=unassigned, overdue=overdue, complete=complete,
        status=_statuses(status, waiting=waiting, closed=closed), category=category, customer=_or_none(customer),
        type=_or_none(type_),
        since=_past(call, since),
    )  # fmt: skip
    _known(call, only)
    document = queue(call.records, include_closed=all_, only=only, limit=limit)
    call.answer(document, lambda: _queue_text(call, document))
    call.say_what_is_in_force()


def _own_name(call: Call) -> str:
    """Return who asks for his own cases. Raises NotAllowed for one who can have none."""
    if call.actor.agent is None:
        raise NotAllowed(f"{call.actor.name} is no agent of the desk and has no cases", hint="say who with --as AGENT")
    return call.actor.name


def _or_none(word: str | None) -> str | None:
    """Return what was asked for; "none", as `inboxd set` has it, asks for cases without any."""
    return "" if word == "none" else word


def _statuses(status: str | None, *, waiting: bool, closed: bool) -> tuple[str, ...] | None:
    """Return the statuses that were asked for in one of the three ways, None for any. Raises UsageError."""
    from inboxd.desk.case import Status

    one_of((s.value for s in Status if s is not Status.MERGED), status, "status")
    if (status is not None) + waiting + closed > 1:
        raise UsageError("--status, --waiting and --closed say different things", hint="give one of them")
    if waiting:
        return (Status.WAITING.value,)
    if closed:
        return (Status.SOLVED.value, Status.CLOSED.value)
    return None if status is None else (status,)


def _past(call: Call, text: str | None) -> dt.datetime | None:
    """Read since when. Raises UsageError."""
    from inboxd.desk.when import read_since

    since = None if text is None else read_since(text, call.records.clock.now(), call.settings.desk)
    if text is not None and since is None:
        raise UsageError(f"{text!r} is no time gone by", hint="2026-12-01, 12.1., monday, yesterday or 3d")
    return since


def _known(call: Call, only: "Only") -> None:
    """Refuse the name of a category, a customer or a type that the desk does not have. Raises UsageError."""
    from inboxd.desk.case_type import TYPES

    desk = call.settings.desk
    one_of((c.name for c in desk.categories), only.category, "category")
    one_of((*(c.name for c in desk.customers), "none"), only.customer or None, "customer")
    one_of((*TYPES, "none"), only.type or None, "type")


def _queue_text(call: Call, document: list[dict[str, Any]]) -> str:
    from inboxd.office.notices.documents import listed
    from inboxd.render.notices import active_lines
    from inboxd.render.queue import queue_table

    active = active_lines(listed(call.records), width=call.width, colour=call.colour, tz=call.zone)
    now = call.records.clock.now()
    table = queue_table(document, width=call.width, colour=call.colour, tz=call.zone, now=now)
    return f"{active}\n{table}" if active else table


Save = Annotated[Path | None, typer.Option("--save", metavar="DIR", help="Write the attachments there.")]


def show(
    ctx: typer.Context,
    ref: Annotated[
        str | None,
        typer.Argument(metavar="[REF]", autocompletion=references, help="The case; else my next one that is due."),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Whole mails, with what they quote.")] = False,
    events: Annotated[bool, typer.Option("--events", help="Every change, too.")] = False,
    raw: Annotated[int | None, typer.Option("--raw", metavar="ID", help="Write this entry's octets unchanged.")] = None,
    save: Save = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Show a case: who wrote what, when, and what became of it.

    Example: inboxd show KS-10429
    """
    call = begin(ctx, json=json, as_agent=as_agent, looks=True)
    from inboxd.office import documents
    from inboxd.office.naming import case_id_of
    from inboxd.render.timeline import case_timeline

    number = _next_due(call) if ref is None else call.number(ref)
    _ = call.actor
    case_id = case_id_of(number, call.records)
    if raw is not None:
        from inboxd.office import files  # it reads mail, for which much is loaded

        typer.get_binary_stream("stdout").write(files.raw(call.records, case_id, raw))
        return
    document = documents.show(call.records, case_id)
    call.answer(
        document,
        lambda: case_timeline(document, width=call.width, colour=call.colour, full=full, events=events, tz=call.zone),
    )
    call.say_what_is_in_force()
    if save is not None:  # last, where it stays on the screen
        _save(call, case_id, save)


def _save(call: Call, case_id: int, folder: Path) -> None:
    """Write a case's attachments into a folder, and say under which names."""
    from inboxd.office import files
    from inboxd.render.screen import escape

    saved = files.save_attachments(call.records, case_id, folder)
    for file in saved:
        renamed = f", in the mail named {escape(file.declared or '')}" if file.is_renamed else ""
        call.say(f"saved {escape(str(file.path))}{renamed}")
    if not saved:
        call.say("This case has no attachments.")


def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="Words of a mail, a name, an address.")],
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Search all cases, closed ones too.

    Example: inboxd search skriver kopirom
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office import documents, finding
    from inboxd.render.terminal import search_table

    _ = call.actor
    document = documents.found(call.records, finding.find(call.records, " ".join(words), limit=limit))
    call.answer(document, lambda: search_table(document, width=call.width, colour=call.colour, tz=call.zone))


def _next_due(call: Call) -> int:
    """Return the number of my open case that is due first. Raises NotFound where nothing waits for me."""
    from inboxd.office.documents import Only, queue

    mine = queue(call.records, only=Only(assignee=call.actor.name), limit=1)
    if not mine:
        raise NotFound(f"no case waits for {call.actor.name}", hint="inboxd queue --unassigned")
    number: int = mine[0]["number"]
    return number

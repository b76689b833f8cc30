"""The Daily panel, reading: the queue, a case, a search."""

from pathlib import Path
from typing import Annotated

import typer

from inboxd.cli.call import As, Call, Json, begin, one_of
from inboxd.errors import NotAllowed, NotFound

PANEL = "Daily"


def queue(
    ctx: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Closed cases too.")] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Only mine.")] = False,
    unassigned: Annotated[bool, typer.Option("--unassigned", help="Only those nobody has.")] = False,
    category: Annotated[str | None, typer.Option("--category", help="Only this category.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="Only this status.")] = None,
    complete: Annotated[bool, typer.Option("--complete", help="Only those that lack no field.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")] = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """List the open cases, what is due first on top.

    Example: inboxd queue --mine
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.desk.case import Status
    from inboxd.office import documents
    from inboxd.office.notices.notices import listed
    from inboxd.render.notices import active_lines
    from inboxd.render.terminal import queue_table

    desk, actor = call.settings.desk, call.actor
    one_of((s.value for s in Status if s is not Status.MERGED), status, "status")
    one_of((c.name for c in desk.categories), category, "category")
    if mine and actor.agent is None:
        raise NotAllowed(f"{actor.name} is no agent of the desk and has no cases", hint="say who with --as AGENT")
    document = documents.queue(call.records, include_closed=all_ or status in documents.AT_REST)
    if mine:
        document = [case for case in document if case["assignee"] == actor.name]
    if unassigned:
        document = [case for case in document if case["assignee"] is None]
    if complete:
        document = [case for case in document if case["complete"]]
    document = [case for case in document if category in {None, case["category"]} and status in {None, case["status"]}]
    document = document[:limit]

    def text() -> str:
        active = active_lines(listed(call.records), width=call.width, colour=call.colour, tz=call.zone)
        table = queue_table(document, width=call.width, colour=call.colour, tz=call.zone)
        return f"{active}\n{table}" if active else table

    call.answer(document, text)


def show(
    ctx: typer.Context,
    ref: Annotated[str | None, typer.Argument(metavar="[REF]", help="The case; else my next one that is due.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Whole mails, with what they quote.")] = False,
    events: Annotated[bool, typer.Option("--events", help="Every change, too.")] = False,
    raw: Annotated[int | None, typer.Option("--raw", metavar="ID", help="Write this entry's octets unchanged.")] = None,
    save: Annotated[Path | None, typer.Option("--save", metavar="DIR", help="Write the attachments there.")] = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Show a case: who wrote what, when, and what became of it.

    Example: inboxd show KS-10429
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office import documents
    from inboxd.office.act import case_id_of
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
    if save is not None:  # last, where it stays on the screen
        from inboxd.office import files
        from inboxd.render.screen import escape

        saved = files.save_attachments(call.records, case_id, save)
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
    from inboxd.office import documents

    mine = [case for case in documents.queue(call.records) if case["assignee"] == call.actor.name]
    if not mine:
        raise NotFound(f"no case waits for {call.actor.name}", hint="inboxd queue --unassigned")
    number: int = mine[0]["number"]
    return number

"""The Daily panel, following: what happens, as it happens."""

import sys
import threading
from typing import Annotated

import typer

from inboxd.cli.call import As, Json, begin

PANEL = "Daily"


def watch(
    ctx: typer.Context,
    every: Annotated[int, typer.Option("--every", metavar="SECONDS", min=1, help="How often to look.")] = 2,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Follow the desk live: new cases, what is written on others, what passes its target. Ctrl-C ends it.

    With --json it prints one document a line.

    Example: inboxd watch
    """
    call = begin(ctx, json=json, as_agent=as_agent, looks=True)
    from inboxd.office.watching import Watch
    from inboxd.render.watching import watch_line

    try:
        following = Watch(call.records)
        between = threading.Event()
        call.say("Watching; Ctrl-C ends it.")
        while True:
            for document in following.look():
                line = watch_line(document, width=call.width, colour=call.colour, tz=call.zone)
                call.answer(document, lambda line=line: line)  # type: ignore[misc]  # a default, so that it is this one
            sys.stdout.flush()
            between.wait(every)
    except KeyboardInterrupt:
        return

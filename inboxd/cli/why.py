"""The Why panel: what a mail would become, whether all is well, what this desk is."""

import os
import sys
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from inboxd.cli.call import As, Call, Json, begin, error_document, one_of
from inboxd.errors import ConfigError, InboxdError, NotFound, UsageError

if TYPE_CHECKING:
    from inboxd.desk.desk import Desk
    from inboxd.office.office import Office


def explain(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Mails as .eml files; - is stdin.")],
    no_db: Annotated[bool, typer.Option("--no-db", help="As if the database were empty.")] = False,
    json: Json = False,
) -> None:
    """Tell what would become of a mail, and why; nothing is written.

    Example: inboxd explain mail.eml
    """
    call = begin(ctx, json=json)
    from inboxd.clock import SystemClock
    from inboxd.office.explain import Explainer
    from inboxd.parsing.parsing_child import ParsingChild
    from inboxd.render.explained import explained_text

    desk, office = _desk_to_explain(call, no_db=no_db)
    zone = ZoneInfo(desk.timezone)
    with closing(ParsingChild()) as child:
        explainer = Explainer(desk=desk, office=office, parser=child.parse, clock=SystemClock())
        refused: list[InboxdError] = []
        for place, file in enumerate(files):
            try:
                document = explainer.explain(str(file), _octets(file))
            except InboxdError as error:
                if len(files) == 1:
                    raise
                refused.append(error)
                document = {"path": str(file), **error_document(error)}
            if place and not json:
                sys.stdout.write("\n")
            shown = partial(explained_text, document, width=call.width, colour=call.colour, tz=zone)
            call.answer(document, shown)
    if refused:
        raise typer.Exit(refused[0].exit_code)


def health(ctx: typer.Context, json: Json = False) -> None:
    """Tell whether mail gets in and out: exit 0 if so, 1 if something waits for a person, 2 if it does not.

    Example: inboxd health
    """
    call = begin(ctx, json=json, looks=True)
    from inboxd.office.health import EXITS
    from inboxd.office.health import health as examine
    from inboxd.render.terminal import health_text

    _ = call.actor
    document = examine(call.records, broken=call.broken)
    call.answer(document, lambda: health_text(document, width=call.width, colour=call.colour, tz=call.zone))
    raise typer.Exit(EXITS[document["status"]])


def about(
    ctx: typer.Context,
    form: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="text or md.")] = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Describe the service: how to reach it, its hours, targets, roles and limits, from the live config.

    Example: inboxd about --format md
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.clock import SystemClock
    from inboxd.office.about import about as describe_desk
    from inboxd.render.reports.service_page import about_page
    from inboxd.render.reports.text import markdown_of, text_of

    one_of(("text", "md"), form, "format")
    document = describe_desk(call.settings, call.actor.name, SystemClock().now())
    page = about_page(document, call.settings.desk.language)
    written = partial(text_of, page, width=call.width, colour=call.colour)
    call.answer(document, partial(markdown_of, page) if form == "md" else written)


def _desk_to_explain(call: Call, *, no_db: bool) -> "tuple[Desk, Office | None]":
    """Return the desk of the config, or a built-in one where there is none; and its database, if there is one."""
    from inboxd.config.anywhere import built_in_desk
    from inboxd.config.file import find
    from inboxd.office.opening import open_existing

    try:
        find(call.config, os.environ)
    except ConfigError:
        if call.config is not None:
            raise
        sys.stderr.write("There is no config.toml: the mail is judged as on the desk that `inboxd init` would make.\n")
        return built_in_desk(), None
    office = None if no_db else open_existing(call.settings)
    return call.settings.desk, None if office is None else replace(office, reader=call.actor.agent)


def _octets(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except FileNotFoundError as exc:
        raise NotFound(f"there is no file {file}") from exc
    except OSError as exc:
        raise UsageError(f"cannot read {file}: {exc.strerror}") from exc

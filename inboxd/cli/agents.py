"""`inboxd agent …`: who serves what, who is away, who is back."""

import datetime as dt
from typing import Annotated

import typer

from inboxd.cli.call import As, Json, begin
from inboxd.cli.ordering import when
from inboxd.errors import UsageError

agent = typer.Typer(
    name="agent", help="The agents: who serves what, who is away.", no_args_is_help=True,
    epilog="Example: inboxd agent away kari --until 12.1.",
)  # fmt: skip

Name = Annotated[str, typer.Argument(metavar="NAME", help="The agent's name in config.toml.")]


@agent.command("list")
def agent_list(
    ctx: typer.Context,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="Who was registered for what on a day: 2026-11-02.")
    ] = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """List the agents: role, open cases, whether they are there, what they serve.

    Example: inboxd agent list
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.people import agents
    from inboxd.render.people import agents_table, registered_table

    if on is not None:
        then = agents.registered_on(call.records, _day(on))
        call.answer(then, lambda: registered_table(then, width=call.width, colour=call.colour, tz=call.zone))
        return
    document = agents.agent_list(call.records)
    call.answer(document, lambda: agents_table(document, width=call.width, colour=call.colour, tz=call.zone))


@agent.command("away")
def agent_away(
    ctx: typer.Context,
    name: Name,
    until: Annotated[
        str | None, typer.Option("--until", metavar="WHEN", help="3d, 2026-12-01, 12.1. or a weekday; then it ends.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="OTHER", help="Who gets the open cases; else as each category says.")
    ] = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Say that an agent is away: he gets no new cases, and his open ones are handed over at once.

    Everybody may say so of himself, leads and admins of all.

    Example: inboxd agent away kari --until 2026-12-01 --to ola
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.people import agents
    from inboxd.render.people import away_text

    document = agents.agent_away(call.office, name, until=when(call, until), to=to, actor=call.worker.name)
    call.answer(document, lambda: away_text(document, width=call.width, tz=call.zone))


@agent.command("back")
def agent_back(ctx: typer.Context, name: Name, json: Json = False, as_agent: As = None) -> None:
    """Say that an agent is back; cases that were handed over stay where they are.

    Example: inboxd agent back kari
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.people import agents
    from inboxd.render.people import away_text

    document = agents.agent_back(call.office, name, actor=call.worker.name)
    call.answer(document, lambda: away_text(document, width=call.width, tz=call.zone))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as exc:
        raise UsageError(f"{text!r} is no day", hint="year, month, day: 2026-11-02") from exc

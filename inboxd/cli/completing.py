"""What the shell can complete: references of open cases, agents, categories. Where anything is wrong, nothing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from inboxd.cli.call import Call
from inboxd.errors import InboxdError

if TYPE_CHECKING:
    from inboxd.desk.desk import Desk

MOST = 200
"""References that are offered at once."""


def references(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return the open cases whose reference begins so, written in any way, with what each is about."""
    try:
        return list(_references(_call(ctx), incomplete))
    except (InboxdError, OSError):
        return []


def agents(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return the agents whose name begins so."""
    desk = _desk(ctx)
    known = [(agent.name, agent.address) for agent in desk.agents if agent.active] if desk else []
    return [pair for pair in known if pair[0].startswith(incomplete)]


def categories(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return the categories whose name begins so."""
    desk = _desk(ctx)
    known = [(category.name, category.title) for category in desk.categories] if desk else []
    return [pair for pair in known if pair[0].startswith(incomplete)]


def _call(ctx: typer.Context) -> Call:
    return Call(config=ctx.find_root().params.get("config"), as_agent=ctx.params.get("as_agent"), looks=True)


def _desk(ctx: typer.Context) -> "Desk | None":
    try:
        return _call(ctx).settings.desk
    except (InboxdError, OSError):
        return None


def _references(call: Call, incomplete: str) -> Iterator[tuple[str, str]]:
    from inboxd.office.documents import queue
    from inboxd.office.opening import database_path
    from inboxd.render.screen import escape

    path = database_path(call.settings)
    if path is not None and not path.exists():  # looking makes no database
        return
    typed, found = _bare(incomplete), 0
    for case in queue(call.records):
        bare = _bare(case["reference"])
        if found < MOST and (bare.startswith(typed) or bare.lstrip("abcdefghijklmnopqrstuvwxyz").startswith(typed)):
            found += 1
            yield case["reference"], escape(case["subject"])


def _bare(reference: str) -> str:
    return "".join(filter(str.isalnum, reference.casefold()))

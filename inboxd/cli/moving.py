"""The Admin panel: mail and whole desks in and out."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from inboxd.cli.call import As, Call, Json, begin
from inboxd.errors import NotAllowed, UsageError

PANEL = "Admin"
MAILS_A_LINE = 100
"""How many mails are taken in before a person is told again."""


def import_(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="mbox, Maildir, .eml, folders of these.")],
    mailbox: Annotated[
        str | None, typer.Option("--mailbox", metavar="NAME", help="Where it would have come in.")
    ] = None,
    receipts: Annotated[
        bool, typer.Option("--receipts", help="Send receipts and word to agents, as for new mail.")
    ] = False,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Take in mail that others kept, silently and each once; or a whole export, into an empty database.

    Example: inboxd import old.mbox --mailbox kundeservice
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.exporting import is_export, restore
    from inboxd.office.importing import import_mail
    from inboxd.parsing.parsing_child import ParsingChild

    _admin(call)
    if len(paths) == 1 and is_export(paths[0]):
        made = restore(call.records, paths[0])
        call.answer(made, lambda: f"{made['cases']} cases and {made['mails']} mails are here, as they were exported.")
        return
    if mailbox is None:
        raise UsageError("which mailbox?", hint="--mailbox NAME")
    with closing(ParsingChild()) as child:
        document = import_mail(
            paths, call.office, mailbox=mailbox, receipts=receipts, parser=child.parse, progress=_progress
        )
    _progress(None)
    call.answer(
        document, lambda: f"{document.pop('seen')} mails: " + ", ".join(f"{n} {k}" for k, n in document.items())
    )


def _progress(seen: int | None) -> None:
    """Tell a person at a terminal how far an import is, on one line that is written over; None: it is over."""
    if sys.stderr.isatty() and (seen is None or seen % MAILS_A_LINE == 0):
        sys.stderr.write("\r" + " " * 40 + "\r" if seen is None else f"\r{seen} mails so far")
        sys.stderr.flush()


def export(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Write everything to a folder: cases as JSON lines, mails as .eml, all rows; `inboxd import DIR` reads it again.

    Example: inboxd export /var/backups/inboxd-2026-11
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office.exporting import export as write_export

    _admin(call)
    made = write_export(call.records, folder)
    call.answer(made, lambda: f"{made['cases']} cases and {made['mails']} mails written to {folder}.")


def _admin(call: Call) -> None:
    """Refuse who may not see every case. Raises NotAllowed (exit 77)."""
    agent = call.actor.agent
    if agent is not None and agent.role != "admin":
        raise NotAllowed(
            f"{agent.name} is no admin", hint="everything goes in and out only by root, the owner or an admin"
        )

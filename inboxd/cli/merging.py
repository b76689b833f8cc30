"""The Desk panel: making one case of two, and two of one."""

from typing import TYPE_CHECKING, Annotated

import typer

from inboxd.cli.call import As, Call, Json, begin
from inboxd.cli.completing import references
from inboxd.cli.ordering import Ref
from inboxd.errors import UsageError

if TYPE_CHECKING:
    from inboxd.desk.order import JoiningOrder

PANEL = "Desk"

Undo = Annotated[bool, typer.Option("--undo", help="Undo it.")]


def merge(
    ctx: typer.Context,
    ref: Ref,
    into: Annotated[
        str | None, typer.Argument(metavar="[INTO]", autocompletion=references, help="The case that it lives on in.")
    ] = None,
    undo: Undo = False,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Merge a case into another one; mail to the old number comes there, and nobody is written to.

    With --undo it is a case of its own again, as it was; what came since stays where it came.

    Example: inboxd merge KS-10429 KS-10311
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.desk.order import Merge, Unmerge

    if undo == (into is not None):
        raise UsageError("merge it into which case?", hint="inboxd merge REF INTO, or inboxd merge REF --undo")
    number, actor = call.number(ref), call.worker.name
    if into is None:
        _carry_out(call, Unmerge(actor=actor, number=number), "is a case of its own again")
    else:
        _carry_out(call, Merge(actor=actor, number=number, into=call.number(into)), "is merged into")


def split(
    ctx: typer.Context,
    ref: Ref,
    entries: Annotated[
        list[int] | None, typer.Argument(metavar="[ENTRY]", help="What goes: numbers (#) of `inboxd show`.")
    ] = None,
    undo: Undo = False,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Make a case of its own of some mails or notes of a case; answers to them come there, nobody is written to.

    With --undo what was split off last is merged back, with all that came since.

    Example: inboxd split KS-10429 17 18
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.desk.order import Split, Unsplit

    if undo == bool(entries):
        raise UsageError("split off what?", hint="inboxd split REF ENTRY..., or inboxd split REF --undo")
    number, actor = call.number(ref), call.worker.name
    if entries:
        _carry_out(call, Split(actor=actor, number=number, entry_ids=tuple(entries)), f"was split off {ref}")
    else:
        _carry_out(call, Unsplit(actor=actor, number=number), "is merged back into")


def _carry_out(call: Call, order: "JoiningOrder", done: str) -> None:
    """Carry out an order, and print what became of the case that was merged, or split off."""
    from inboxd.office import documents
    from inboxd.office.act import act

    acted = act(order, order.number, call.office)
    document = documents.result(call.office, acted.case_id)
    whole = f"{acted.reference} {done}" + (f" {document['merged_into']}." if document["merged_into"] else ".")
    call.answer(document, lambda: whole)
    for warning in acted.warnings:
        call.say(f"Note: {warning}.")

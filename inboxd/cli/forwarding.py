"""The Desk panel: sending a case on."""

from pathlib import Path
from typing import Annotated

import typer

from inboxd.cli.call import As, Json, Yes, begin, read_text
from inboxd.cli.ordering import FromFile, Ref, Text, act_asking, address_of, attached, delay, sent_line
from inboxd.errors import UsageError

PANEL = "Desk"


def forward(
    ctx: typer.Context,
    ref: Ref,
    to: Annotated[str | None, typer.Option("--to", metavar="ADDRESS", help="Who can help, outside the desk.")] = None,
    refer: Annotated[
        str | None, typer.Option("--refer", metavar="POINT", help="A point of the desk's that decides such cases.")
    ] = None,
    message: Text = None,
    file: FromFile = None,
    attach: Annotated[list[Path] | None, typer.Option("--attach", metavar="F", help="Attach a file.")] = None,
    now: Annotated[bool, typer.Option("--now", help="Send at once, without the time to undo.")] = False,
    json: Json = False,
    yes: Yes = False,
    as_agent: As = None,
) -> None:
    """Send a case on, with the mail that opened it; the answer comes to the case, not to the requester.

    With --to somebody outside is asked to help. With --refer the case goes to those who decide such things: the
    requester is told once where it went, and it waits; the words of -m, which say why, stand in both letters.

    Example: inboxd forward KS-10429 --to support@supplier.no -m "Can you look at the log?"
    """
    call = begin(ctx, json=json, yes=yes, as_agent=as_agent)
    from inboxd.desk.order import Forward, Refer
    from inboxd.office import documents
    from inboxd.office.act import case_id_of
    from inboxd.office.letters.forwarding import original

    if (to is None) == (refer is None):
        raise UsageError("a case goes to one place", hint="--to ADDRESS, or --refer POINT")
    number = call.number(ref)
    began = original(call.office, case_id_of(number, call.office))
    said = {"text": (read_text(message, file) or "").strip(), "about": began.words}
    files = (*began.files, *attached(attach or []))
    order = (
        Refer(actor=call.worker.name, point=refer, files=files, delay=delay(call, at_once=now), **said)
        if refer is not None
        else Forward(
            actor=call.worker.name, to=address_of(to or ""), files=files, delay=delay(call, at_once=now), **said
        )
    )
    acted = act_asking(call, order, number)
    document = documents.sent_document(call.office, acted.reference, acted.letters, kind="forward")
    call.answer(document, lambda: sent_line(document, call, order.delay, "it goes to"))

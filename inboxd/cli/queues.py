"""`inboxd incoming …` and `inboxd outbox …`: the two queues."""

from contextlib import closing
from typing import Annotated

import typer

from inboxd.cli.call import As, Json, begin, one_of
from inboxd.errors import InboxdError, UsageError

incoming = typer.Typer(
    name="incoming", help="Mail that came in, and what became of it.", no_args_is_help=True,
    epilog="Example: inboxd incoming list --state hold",
)  # fmt: skip
outbox = typer.Typer(
    name="outbox", help="Letters that go out, and how they fared.", no_args_is_help=True,
    epilog="Example: inboxd outbox list --state deferred",
)  # fmt: skip

INCOMING_STATES = ("incoming", "active", "done", "hold", "vanished")
OUTBOX_STATES = ("queued", "active", "deferred", "sent", "bounced", "failed", "unknown", "cancelled", "hold")

Id = Annotated[int, typer.Argument(metavar="ID", help="The number in the first column of the list.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")]
Raw = Annotated[bool, typer.Option("--raw", help="Write the octets unchanged.")]


@incoming.command("list")
def incoming_list(
    ctx: typer.Context,
    state: Annotated[str | None, typer.Option("--state", help="incoming, active, done, hold or vanished.")] = None,
    ignored: Annotated[bool, typer.Option("--ignored", help="Only what opened nothing.")] = False,
    limit: Limit = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """List the mail that came in, newest first.

    Example: inboxd incoming list --ignored
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office import queues
    from inboxd.render.terminal import incoming_table

    _ = call.actor
    one_of(INCOMING_STATES, state, "state")
    document = queues.incoming_list(call.records, state=state, ignored=ignored, limit=limit)
    call.answer(document, lambda: incoming_table(document, width=call.width, colour=call.colour, tz=call.zone))


@incoming.command("show")
def incoming_show(
    ctx: typer.Context, incoming_id: Id, raw: Raw = False, json: Json = False, as_agent: As = None
) -> None:
    """Show one mail of the ledger, or its octets.

    Example: inboxd incoming show 17 --raw
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office import queues
    from inboxd.render.terminal import plain_text

    _ = call.actor
    if raw:
        typer.get_binary_stream("stdout").write(queues.incoming_raw(call.records, incoming_id))
        return
    document = queues.incoming_show(call.records, incoming_id)
    call.answer(document, lambda: plain_text(document))


@incoming.command("open")
def incoming_open(ctx: typer.Context, incoming_id: Id, json: Json = False, as_agent: As = None) -> None:
    """Open a case for a mail that was ignored or held; nobody is sent a receipt.

    Example: inboxd incoming open 17
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office import documents
    from inboxd.office.rescue import open_ignored
    from inboxd.parsing.parsing_child import ParsingChild

    with closing(ParsingChild()) as child:
        case_id = open_ignored(call.office, incoming_id, actor=call.worker.name, parser=child.parse)
    document = documents.result(call.office, case_id)
    call.answer(document, lambda: f"{document['reference']} opened.")


@incoming.command("retry")
def incoming_retry(ctx: typer.Context, incoming_id: Id, json: Json = False, as_agent: As = None) -> None:
    """Put a held mail back, to be decided again.

    Example: inboxd incoming retry 17
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office import queues

    _ = call.worker
    document = queues.incoming_retry(call.office, incoming_id)
    call.answer(document, lambda: f"Mail {incoming_id} is tried again by the daemon.")


@incoming.command("discard")
def incoming_discard(
    ctx: typer.Context,
    incoming_id: Id,
    reason: Annotated[str, typer.Option("-m", "--message", metavar="WHY", help="Why no case is needed.")],
    json: Json = False,
    as_agent: As = None,
) -> None:
    """End a held mail without a case; its octets are kept.

    Example: inboxd incoming discard 17 -m "spam"
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office import queues

    document = queues.incoming_discard(call.office, incoming_id, f"discarded by {call.worker.name}: {reason}")
    call.answer(document, lambda: f"Mail {incoming_id} is done, without a case.")


@incoming.command("reconcile")
def reconcile(ctx: typer.Context, json: Json = False, as_agent: As = None) -> None:
    """Compare every folder's mails with the ledger; exit 1 if one is unaccounted for.

    Example: inboxd incoming reconcile
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.render.terminal import plain_text
    from inboxd.runners.probe import reconcile as compare

    _ = call.actor
    document = compare(call.settings_with_secrets, call.records.store)
    call.answer(document, lambda: plain_text(document))
    if not document["ok"]:
        raise typer.Exit(InboxdError.exit_code)


@outbox.command("list")
def outbox_list(
    ctx: typer.Context,
    state: Annotated[
        str | None, typer.Option("--state", help="queued, deferred, hold, unknown, failed, sent ...")
    ] = None,
    limit: Limit = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """List the letters, newest first.

    Example: inboxd outbox list --state unknown
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office import queues
    from inboxd.render.terminal import letters_table, sending_lines

    _ = call.actor
    one_of(OUTBOX_STATES, state, "state")
    document = queues.outbox_list(call.records, state=state, limit=limit)

    def text() -> str:
        stopped = sending_lines(queues.sending(call.records), width=call.width, colour=call.colour, tz=call.zone)
        return stopped + letters_table(document, width=call.width, colour=call.colour, tz=call.zone)

    call.answer(document, text)


@outbox.command("show")
def outbox_show(ctx: typer.Context, letter_id: Id, raw: Raw = False, json: Json = False, as_agent: As = None) -> None:
    """Show one letter: its words and how it fares, or its octets as they are sent.

    Example: inboxd outbox show 17
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office import queues
    from inboxd.render.terminal import letter_text

    _ = call.actor
    if raw:
        typer.get_binary_stream("stdout").write(queues.outbox_raw(call.records, letter_id))
        return
    document = queues.outbox_show(call.records, letter_id)
    call.answer(document, lambda: letter_text(document, width=call.width, tz=call.zone))


STATES = {
    "queued": "it leaves with the daemon's next round",
    "hold": "it is held back until `inboxd outbox release {id}`",
    "cancelled": "it will not be sent any more; its case keeps the state it has",
}
"""What the state means that a letter was put into."""


def _put(ctx: typer.Context, letter_id: int, order: str, *, json: bool, as_agent: str | None) -> None:
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office import queues
    from inboxd.render.terminal import sending_lines

    document = queues.outbox_order(call.office, letter_id, order, actor=call.worker.name)

    def text() -> str:
        stopped = queues.sending(call.records) if document["state"] == "queued" else {"held": []}
        means = STATES.get(document["state"], str(document["state"])).format(id=letter_id)
        return f"Letter {letter_id}: {means}.\n" + sending_lines(
            stopped, width=call.width, colour=call.colour, tz=call.zone
        )

    call.answer(document, text)


@outbox.command("retry")
def outbox_retry(ctx: typer.Context, letter_id: Id, json: Json = False, as_agent: As = None) -> None:
    """Send a letter again: one that failed, waits, or whose outcome is unknown.

    Example: inboxd outbox retry 17
    """
    _put(ctx, letter_id, "retry", json=json, as_agent=as_agent)


def _press(ctx: typer.Context, mailbox: str | None, *, stop: bool, json: bool, as_agent: str | None) -> None:
    """Stop all sending, or let it go on, and say how it stands now."""
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.office import queues
    from inboxd.render.terminal import sending_lines

    change = queues.hold_sending if stop else queues.release_sending
    document = change(call.office, mailbox, actor=call.worker.name)
    goes_on = "Sending goes on; letters that were held one by one wait on."
    call.answer(
        document, lambda: sending_lines(document, width=call.width, colour=call.colour, tz=call.zone) or goes_on
    )


@outbox.command("hold")
def outbox_hold(
    ctx: typer.Context,
    what: Annotated[
        str | None,
        typer.Argument(metavar="ID|MAILBOX", help="A letter's number, or a mailbox; nothing is every mailbox."),
    ] = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Keep a letter back, or stop all sending of a mailbox, or (with nothing named) of every mailbox.

    All sending stops before the next letter, also a daemon's that runs, until `inboxd outbox release --all`.

    Example: inboxd outbox hold kundeservice
    """
    if what is not None and what.isdecimal():
        _put(ctx, int(what), "hold", json=json, as_agent=as_agent)
    else:
        _press(ctx, what, stop=True, json=json, as_agent=as_agent)


@outbox.command("release")
def outbox_release(
    ctx: typer.Context,
    what: Annotated[
        str | None, typer.Argument(metavar="ID|MAILBOX", help="A letter's number; with --all, a mailbox.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Let all sending go on that was stopped, or that of the mailbox named.")
    ] = False,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Let a held letter go, or (--all) all sending go on that `inboxd outbox hold` stopped.

    Letters that were held one by one, or above a cap, are not released by --all.

    Example: inboxd outbox release 17
    """
    if everything:
        _press(ctx, what, stop=False, json=json, as_agent=as_agent)
    elif what is not None and what.isdecimal():
        _put(ctx, int(what), "release", json=json, as_agent=as_agent)
    else:
        raise UsageError(
            "which letter?",
            hint="a letter's number; for all sending, or that of a mailbox: `inboxd outbox release --all [MAILBOX]`",
        )


@outbox.command("cancel")
def outbox_cancel(ctx: typer.Context, letter_id: Id, json: Json = False, as_agent: As = None) -> None:
    """Stop a letter that has not left.

    Example: inboxd outbox cancel 17
    """
    _put(ctx, letter_id, "cancel", json=json, as_agent=as_agent)

"""What the verbs share: their words, carrying an order out, and asking where it meets a conflict."""

import datetime as dt
import mimetypes
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inboxd.cli.call import Call
from inboxd.cli.completing import references
from inboxd.errors import Conflict, UsageError

if TYPE_CHECKING:
    from inboxd.desk.order import CaseOrder
    from inboxd.mail.address import Address
    from inboxd.mail.message import File
    from inboxd.office.act import Acted

Ref = Annotated[
    str, typer.Argument(metavar="REF", autocompletion=references, help="The case: KS-10429, ks10429 or 10429.")
]
Text = Annotated[str | None, typer.Option("-m", "--message", metavar="TEXT", help="The words.")]
Customer = Annotated[str | None, typer.Option("--customer", metavar="NAME|none", help="Whose case it is.")]
Type = Annotated[str | None, typer.Option("--type", metavar="TYPE|none", help="fault, callof or question.")]
Item = Annotated[
    str | None, typer.Option("--item", metavar="NAME|none", help="What it orders of the catalogue (makes it a callof).")
]
FromFile = Annotated[Path | None, typer.Option("-F", "--file", metavar="FILE", help="Read the words (- is stdin).")]
Impact = Annotated[
    str | None, typer.Option("--impact", metavar="WORD", help="How many are hit: with --urgency it makes the priority.")
]
Urgency = Annotated[str | None, typer.Option("--urgency", metavar="WORD", help="How much it hurries.")]


def carry_out(call: Call, order: "CaseOrder", ref: str, done: str) -> None:
    """Carry out an order that says nothing to the requester, and print the case and what its actor should know."""
    from inboxd.office import documents

    acted = act_asking(call, order, call.number(ref))
    document = documents.result(call.office, acted.case_id)
    call.answer(
        document, lambda: f"{acted.reference} is {done}." if done != "noted" else f"Noted on {acted.reference}."
    )
    for warning in acted.warnings:
        call.say(f"Note: {warning}.")


def act_asking(call: Call, order: "CaseOrder", number: int) -> "Acted":
    """Carry out an order; where it meets a conflict that a person may overrule, ask."""
    from inboxd.desk.order import Reply, Take
    from inboxd.office.act import act

    try:
        return act(order, number, call.office)
    except Conflict as conflict:
        if not isinstance(order, (Reply, Take)) or order.sure:
            raise
        if not call.ask(f"{conflict.message}. Go on all the same?"):
            raise
        return act(replace(order, sure=True), number, call.office)


def when(call: Call, text: str | None) -> dt.datetime | None:
    """Read a time to come. Raises UsageError."""
    from inboxd.desk.when import read_when

    if text is None:
        return None
    desk = call.settings.desk
    when = read_when(text, call.office.clock.now(), desk)
    if when is None:
        raise UsageError(f"{text!r} is no time to come", hint="3d, 4h, 2026-12-01, 12.1., fredag or monday")
    return when


def or_none(text: str | None) -> str | None:
    """Return a name as an order takes it, where `none` says that there is to be none ("")."""
    return "" if text == "none" else text


def subject_line(text: str) -> str:
    """Return a case's subject as typed: one line, and not an empty one. Raises UsageError."""
    line = " ".join(text.split())
    if not line:
        raise UsageError("a case needs a subject", hint='--subject "…"')
    return line


def attached(paths: list[Path]) -> "tuple[File, ...]":
    """Read the files to attach. Raises UsageError."""
    from inboxd.mail.message import File

    files = []
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as exc:
            raise UsageError(f"cannot attach {path}: {exc.strerror}") from exc
        guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        files.append(File(filename=path.name, content_type=guessed, content=content))
    return tuple(files)


def address_of(text: str) -> "Address":
    """Read an address as typed, with or without a name. Raises UsageError."""
    from inboxd.mail.address import strict_address

    address = strict_address(text)
    if address is None:
        raise UsageError(f"{text!r} is no e-mail address")
    return address


def delay(call: Call, *, at_once: bool) -> dt.timedelta:
    """Return the undo window: none where nobody sits there to undo."""
    if at_once or not call.interactive:
        return dt.timedelta(0)
    return call.settings.desk.send_delay


def sent_line(document: dict[str, "object"], call: Call, waits: dt.timedelta, what: str = "the answer goes to") -> str:
    """Say where a letter goes, and when; where it waits for its sender's second thoughts, how to stop it as well."""
    from inboxd.render.screen import wrapped

    letter = document["letter"]
    if not isinstance(letter, dict):
        return "Nothing was sent."
    people = ", ".join([*letter["to"], *letter["cc"]])
    moment, stop = _when(letter, call, waits)
    return wrapped(f"{document['reference']}: {what} {people}{moment}.{stop}", width=call.width, indent="")


def _when(letter: dict[str, Any], call: Call, waits: dt.timedelta) -> tuple[str, str]:
    if letter["state"] != "queued":
        return "", ""
    from inboxd.office import queues

    stop = f"\n`inboxd outbox cancel {letter['id']}` stops it."
    mailbox = queues.outbox_show(call.records, letter["id"])["mailbox"]
    if any(held["mailbox"] in {None, mailbox} for held in queues.sending(call.records)["held"]):
        return " once sending goes on, which is stopped (inboxd outbox list)", stop
    seconds = int(waits.total_seconds())
    return (f" in {seconds} {'second' if seconds == 1 else 'seconds'}", stop) if seconds else (" now", "")

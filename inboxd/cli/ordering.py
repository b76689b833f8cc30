"""What the verbs share: their words, carrying an order out, and asking where it meets a conflict."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inboxd.cli.call import Call
from inboxd.errors import Conflict, UsageError

if TYPE_CHECKING:
    from inboxd.desk.order import CaseOrder
    from inboxd.office.act import Acted

Ref = Annotated[str, typer.Argument(metavar="REF", help="The case: KS-10429, ks10429 or 10429.")]
Text = Annotated[str | None, typer.Option("-m", "--message", metavar="TEXT", help="The words.")]
FromFile = Annotated[Path | None, typer.Option("-F", "--file", metavar="FILE", help="Read the words (- is stdin).")]


def carry_out(call: Call, order: "CaseOrder", ref: str, done: str) -> None:
    """Carry out an order that says nothing to the requester, and print the case."""
    from inboxd.office import documents

    acted = act_asking(call, order, call.number(ref))
    document = documents.show(call.office, acted.case_id, journal=False)
    call.answer(
        document, lambda: f"{acted.reference} is {done}." if done != "noted" else f"Noted on {acted.reference}."
    )


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


def subject_line(text: str) -> str:
    """Return a case's subject as typed: one line, and not an empty one. Raises UsageError."""
    line = " ".join(text.split())
    if not line:
        raise UsageError("a case needs a subject", hint='--subject "…"')
    return line


def delay(call: Call, *, at_once: bool) -> dt.timedelta:
    """Return the undo window: none where nobody sits there to undo."""
    if at_once or not call.interactive:
        return dt.timedelta(0)
    return call.settings.desk.send_delay


def sent_line(document: dict[str, "object"], call: Call) -> str:
    """Say where the answer goes, and when."""
    letter = document["letter"]
    if not isinstance(letter, dict):
        return "Nothing was sent."
    people = ", ".join([*letter["to"], *letter["cc"]])
    return f"{document['reference']}: the answer goes to {people}{_when(letter, call)}."


def _when(letter: dict[str, Any], call: Call) -> str:
    if letter["state"] != "queued":
        return ""
    from inboxd.office import queues

    mailbox = queues.outbox_show(call.records, letter["id"])["mailbox"]
    stopped = any(held["mailbox"] in {None, mailbox} for held in queues.sending(call.records)["held"])
    moment = "once sending goes on, which is stopped (inboxd outbox list)" if stopped else "in a moment"
    return f" {moment}; inboxd outbox cancel {letter['id']} stops it"

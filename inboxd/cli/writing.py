"""The Daily panel, writing to people: registering an enquiry, and answering."""

import mimetypes
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inboxd.cli.call import As, Call, Json, Yes, begin, one_of, read_text
from inboxd.cli.ordering import FromFile, Ref, Text, act_asking, delay, sent_line, subject_line, when
from inboxd.errors import UsageError

if TYPE_CHECKING:
    from inboxd.desk.order import Reply
    from inboxd.mail.address import Address
    from inboxd.mail.message import File

PANEL = "Daily"


def new(
    ctx: typer.Context,
    channel: Annotated[str, typer.Option("--channel", help="phone, counter, web or mail.")] = "phone",
    subject: Annotated[str | None, typer.Option("--subject", help="What it is about, on one line.")] = None,
    message: Text = None,
    file: FromFile = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="ADDR", help="The requester's e-mail address.")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="N", help="The requester's phone number.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="The requester's name.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="Else that of the first mailbox.")] = None,
    priority: Annotated[str | None, typer.Option("--priority", help="Else normal.")] = None,
    mailbox: Annotated[str | None, typer.Option("--mailbox", help="Whose address answers.")] = None,
    json: Json = False,
    yes: Yes = False,
    as_agent: As = None,
) -> None:
    """Register a call or a visit; the number is the first word printed.

    Example: inboxd new --channel phone --phone "71 11 11 66" --name "Ola" --subject "No network" -m "Since nine"
    """
    call = begin(ctx, json=json, yes=yes, as_agent=as_agent)
    from inboxd.desk.case import Channel
    from inboxd.desk.order import Register
    from inboxd.mail.address import strict_address
    from inboxd.office import documents
    from inboxd.office.act import act

    one_of((c.value for c in Channel), channel, "channel")
    address = strict_address(from_) if from_ else None
    if from_ and address is None:
        raise UsageError(f"{from_!r} is no e-mail address", hint="leave --from out if there is none")
    text = read_text(message, file)
    if subject is None and not call.interactive:
        raise UsageError("a case needs a subject", hint='--subject "…"')
    caller = name or (address.name if address else "")
    stopgap = ", ".join(word for word in (channel, caller or phone or from_) if word)
    order = Register(
        actor=call.worker.name,
        channel=Channel(channel),
        subject=stopgap if subject is None else subject_line(subject),
        text=text or "",
        name=caller,
        address=address.address if address else "",
        phone=phone,
        category=category,
        priority=priority,
        mailbox=mailbox,
    )
    acted = act(order, None, call.office)
    document = documents.sent_document(call.office, acted.reference, acted.letters)
    case = documents.show(call.office, acted.case_id, journal=False)
    call.answer(document, lambda: f"{acted.reference} registered, {_holder(case)}.{_receipt_line(document)}")
    if call.interactive and not (subject and text):
        _ask_the_caller(call, acted.number, subject=subject, text=text)


def _ask_the_caller(call: Call, number: int, *, subject: str | None, text: str | None) -> None:
    """The number has been told already; what the caller says now goes on the case as it is said."""
    from inboxd.desk.order import Note, SetFields
    from inboxd.office.act import act

    if subject is None:
        act(
            SetFields(actor=call.worker.name, subject=subject_line(typer.prompt("Subject", err=True))),
            number,
            call.office,
        )
    if text is None and (said := typer.prompt("What is it about", default="", show_default=False, err=True).strip()):
        act(Note(actor=call.worker.name, text=said), number, call.office)


def reply(
    ctx: typer.Context,
    ref: Ref,
    message: Text = None,
    file: FromFile = None,
    attach: Annotated[list[Path] | None, typer.Option("--attach", metavar="F", help="Attach a file.")] = None,
    cc: Annotated[list[str] | None, typer.Option("--cc", metavar="A", help="A copy to this address.")] = None,
    to_all: Annotated[bool, typer.Option("--all", help="Copies to those who had copies.")] = False,
    close_: Annotated[bool, typer.Option("--close", help="Close the case, in the same mail.")] = False,
    wait: Annotated[
        str | None, typer.Option("--wait", metavar="[WHEN]", help="The case waits for the requester, until then.")
    ] = None,
    now: Annotated[bool, typer.Option("--now", help="Send at once, without the time to undo.")] = False,
    json: Json = False,
    yes: Yes = False,
    as_agent: As = None,
) -> None:
    """Answer the requester from the shared address. Without -m or -F your $EDITOR opens.

    Example: inboxd reply KS-10429 -m "It works again." --close
    """
    call = begin(ctx, json=json, yes=yes, as_agent=as_agent)
    from inboxd.cli.editor import written_reply
    from inboxd.desk.case import Status
    from inboxd.desk.order import Reply
    from inboxd.office import documents
    from inboxd.office.act import case_id_of

    if close_ and wait is not None:
        raise UsageError("--close and --wait are two different ends", hint="give one of them")
    text = read_text(message, file)
    number = call.number(ref)
    order = Reply(
        actor=call.worker.name,
        text=text or "",
        files=_files(attach or []),
        cc=tuple(_address(a) for a in cc or []),
        to_all=to_all,
        status=Status.CLOSED if close_ else Status.WAITING if wait is not None else Status.OPEN,
        until=when(call, wait or None),
        sure=call.yes,
        delay=delay(call, at_once=now),
    )
    if text is not None:
        _send(call, order, number)
        return
    shown = documents.show(call.office, case_id_of(number, call.office))
    with written_reply(call, shown) as words:
        _send(call, replace(order, text=words, seen=shown["version"]), number)


def _send(call: Call, order: "Reply", number: int) -> None:
    from inboxd.office import documents

    text = order.text.strip()
    if not text:
        raise UsageError("an answer needs words", hint="nothing was sent")
    acted = act_asking(call, replace(order, text=text), number)
    document = documents.sent_document(call.office, acted.reference, acted.letters)
    call.answer(document, lambda: sent_line(document, call))


def _files(paths: list[Path]) -> "tuple[File, ...]":
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


def _address(text: str) -> "Address":
    from inboxd.mail.address import strict_address

    address = strict_address(text)
    if address is None:
        raise UsageError(f"{text!r} is no e-mail address")
    return address


def _holder(case: dict[str, object]) -> str:
    return f"{case['assignee']} has it" if case["assignee"] else "nobody has it yet"


def _receipt_line(document: dict[str, "object"]) -> str:
    letter = document["letter"]
    return f" The number goes to {', '.join(letter['to'])}." if isinstance(letter, dict) else ""

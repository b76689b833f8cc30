"""The Daily panel, writing to people: registering an enquiry, and answering."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inboxd.cli.call import As, Call, Json, Yes, begin, one_of, read_text
from inboxd.cli.completing import categories
from inboxd.cli.ordering import (
    Customer,
    FromFile,
    Impact,
    Item,
    Ref,
    Text,
    Type,
    Urgency,
    act_asking,
    address_of,
    attached,
    delay,
    or_none,
    sent_line,
    subject_line,
    when,
)
from inboxd.errors import UsageError

if TYPE_CHECKING:
    from inboxd.desk.case import Channel
    from inboxd.desk.order import Register, Reply
    from inboxd.mail.address import Address

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
    category: Annotated[
        str | None, typer.Option("--category", autocompletion=categories, help="Else the customer's or mailbox's.")
    ] = None,
    priority: Annotated[str | None, typer.Option("--priority", help="Else the requester's, or normal.")] = None,
    mailbox: Annotated[str | None, typer.Option("--mailbox", help="Whose address answers.")] = None,
    customer: Customer = None,
    type_: Type = None,
    item: Item = None,
    impact: Impact = None,
    urgency: Urgency = None,
    json: Json = False,
    yes: Yes = False,
    as_agent: As = None,
) -> None:
    """Register a call or a visit; the number is the first word printed.

    Example: inboxd new --channel phone --phone "71 11 11 66" --name "Ola" --subject "No network" -m "Since nine"
    """
    call = begin(ctx, json=json, yes=yes, as_agent=as_agent)
    from inboxd.desk.order import Register

    address, text = _address(from_), read_text(message, file)
    caller = name or (address.name if address else "")
    stopgap = ", ".join(word for word in (channel, caller or phone or from_) if word)
    order = Register(
        actor=call.worker.name, channel=_channel(channel), subject=_subject(call, subject, stopgap), text=text or "",
        name=caller, address=address.address if address else "", phone=phone, category=category, priority=priority,
        mailbox=mailbox, customer=or_none(customer), type=or_none(type_), item=or_none(item), impact=impact,
        urgency=urgency,
    )  # fmt: skip
    number, filed_under = _register(call, order)
    if call.interactive and not (subject and text) and _is_in_sight(call, filed_under):
        _ask_the_caller(call, number, subject=subject, text=text)


def _channel(word: str) -> "Channel":
    from inboxd.desk.case import Channel

    one_of((c.value for c in Channel), word, "channel")
    return Channel(word)


def _register(call: Call, order: "Register") -> tuple[int, str]:
    """Open the case and tell its number; return that, and the category it came into."""
    from inboxd.office import documents
    from inboxd.office.act import act

    acted = act(order, None, call.office)
    document = documents.sent_document(call.office, acted.reference, acted.letters)
    case = documents.result(call.office, acted.case_id)
    call.answer(document, lambda: f"{acted.reference} registered, {_holder(case)}.{_receipt_line(document)}")
    return acted.number, case["category"]


def _address(text: str | None) -> "Address | None":
    """Read the requester's address, if there is one. Raises UsageError."""
    from inboxd.mail.address import strict_address

    address = strict_address(text) if text else None
    if text and address is None:
        raise UsageError(f"{text!r} is no e-mail address", hint="leave --from out if there is none")
    return address


def _is_in_sight(call: Call, category: str) -> bool:
    """Say whether the case that was just registered may be written on by who registered it, and tell him if not."""
    from inboxd.office.people.access import sees_category

    if sees_category(call.office, category):
        return True
    call.say(f"Only those who serve {category} see the case now; next time give all of it with --subject and -m.")
    return False


def _subject(call: Call, subject: str | None, stopgap: str) -> str:
    """Return the subject that was given; until a person is asked for it, what is known of the call."""
    if subject is None and not call.interactive:
        raise UsageError("a case needs a subject", hint='--subject "…"')
    return stopgap if subject is None else subject_line(subject)


def _ask_the_caller(call: Call, number: int, *, subject: str | None, text: str | None) -> None:
    """The number has been told already; what the caller says now goes on the case as it is said."""
    from inboxd.desk.order import Note, SetFields
    from inboxd.office.act import act
    from inboxd.office.told_fields import told_fields

    if subject is None:
        act(
            SetFields(actor=call.worker.name, subject=subject_line(typer.prompt("Subject", err=True))),
            number,
            call.office,
        )
    if text is None and (said := typer.prompt("What is it about", default="", show_default=False, err=True).strip()):
        act(Note(actor=call.worker.name, text=said), number, call.office)
        if told := told_fields(number, said, office=call.office):
            act(SetFields(actor=call.worker.name, fields=told), number, call.office)


Attach = Annotated[list[Path] | None, typer.Option("--attach", metavar="F", help="Attach a file.")]
Cc = Annotated[list[str] | None, typer.Option("--cc", metavar="A", help="A copy to this address.")]
Wait = Annotated[
    str | None, typer.Option("--wait", metavar="[WHEN]", help="The case waits for the requester, until then.")
]
Template = Annotated[
    str | None, typer.Option("--template", metavar="T", help="Begin with these words; -m stands beneath them.")
]

Override = Annotated[
    str | None, typer.Option("--override", metavar="WHY", help="Send a personal number all the same; goes on record.")
]


def reply(
    ctx: typer.Context,
    ref: Ref,
    message: Text = None,
    file: FromFile = None,
    attach: Attach = None,
    cc: Cc = None,
    to_all: Annotated[bool, typer.Option("--all", help="Copies to those who had copies.")] = False,
    close_: Annotated[bool, typer.Option("--close", help="Close the case, in the same mail.")] = False,
    wait: Wait = None,
    template: Template = None,
    override: Override = None,
    now: Annotated[bool, typer.Option("--now", help="Send at once, without the time to undo.")] = False,
    json: Json = False,
    yes: Yes = False,
    as_agent: As = None,
) -> None:
    """Answer the requester from the shared address. Without -m or -F your $EDITOR opens.

    Example: inboxd reply KS-10429 -m "It works again." --close
    """
    call = begin(ctx, json=json, yes=yes, as_agent=as_agent)
    from inboxd.desk.case import Status
    from inboxd.desk.order import Reply

    if override is not None and not override.strip():
        raise UsageError("--override needs the reason", hint='--override "the hospital asked for it"')
    if close_ and wait is not None:
        raise UsageError("--close and --wait are two different ends", hint="give one of them")
    text, number = read_text(message, file), call.number(ref)
    begun = _template_words(call, number, template) if template else ""
    if begun and (text is not None or not call.interactive or call.yes):
        text = f"{begun}\n\n{text}" if text else begun
    order = Reply(
        actor=call.worker.name, text=text or "", files=attached(attach or []), to_all=to_all,
        cc=tuple(map(address_of, cc or ())), until=when(call, wait or None), sure=call.yes,
        status=Status.CLOSED if close_ else Status.WAITING if wait is not None else Status.OPEN,
        delay=delay(call, at_once=now), override=override,
    )  # fmt: skip
    if text is None:
        _send_written(call, order, number, begun)
    else:
        _send(call, order, number)


def _send_written(call: Call, order: "Reply", number: int, begun: str) -> None:
    """Let the agent write in his editor, the case before his eyes, and send that."""
    from inboxd.cli.editor import written_reply
    from inboxd.office import documents
    from inboxd.office.act import case_id_of

    shown = documents.show(call.office, case_id_of(number, call.office))
    with written_reply(call, shown, begun) as words:
        _send(call, replace(order, text=words, seen=shown["version"]), number)


def _template_words(call: Call, number: int, template: str) -> str:
    """Return the words of a reply template; where the requester reads another language, ask, or warn."""
    from inboxd.office.letters.replies import reply_words

    words = reply_words(number, template, call.office, actor=call.worker.name)
    if words.language == words.wanted:
        return words.text
    what = f"the reply template {template} is in {words.language}, and the case's language is {words.wanted}"
    if call.interactive and not call.yes:
        if not call.ask(f"{what[0].upper()}{what[1:]}. Go on all the same?"):
            raise UsageError(what, hint=f"nothing was sent; write {words.wanted}/replies/{template}.txt.j2, or use -m")
    else:
        call.say(f"inboxd: {what}")
    return words.text


def _send(call: Call, order: "Reply", number: int) -> None:
    from inboxd.office import documents

    text = order.text.strip()
    if not text:
        raise UsageError("an answer needs words", hint="nothing was sent")
    acted = act_asking(call, replace(order, text=text), number)
    document = documents.sent_document(call.office, acted.reference, acted.letters)
    call.answer(document, lambda: sent_line(document, call, order.delay))


def _holder(case: dict[str, object]) -> str:
    return f"{case['assignee']} has it" if case["assignee"] else "nobody has it yet"


def _receipt_line(document: dict[str, "object"]) -> str:
    letter = document["letter"]
    return f" The number goes to {', '.join(letter['to'])}." if isinstance(letter, dict) else ""

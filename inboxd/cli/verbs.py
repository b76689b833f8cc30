"""The Daily panel, short orders: note, take, assign, set, close, reopen."""

from typing import TYPE_CHECKING, Annotated

import typer

from inboxd.cli.call import As, Json, Yes, begin, one_of, read_text
from inboxd.cli.completing import agents, categories
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
    carry_out,
    delay,
    or_none,
    sent_line,
    subject_line,
    when,
)
from inboxd.errors import UsageError

if TYPE_CHECKING:
    from inboxd.desk.case import Status

PANEL = "Daily"


def note(
    ctx: typer.Context, ref: Ref, message: Text = None, file: FromFile = None, json: Json = False, as_agent: As = None
) -> None:
    """Write an internal note on a case; it never leaves the desk.

    Example: inboxd note KS-10429 -m "Ordered a new cable"
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.desk.order import Note

    text = read_text(message, file)
    if text is None and call.interactive:
        text = typer.prompt("Note", err=True)
    if not text or not text.strip():
        raise UsageError("a note needs words", hint='-m "…"')
    carry_out(call, Note(actor=call.actor.name, text=text.strip()), ref, "noted")


def take(ctx: typer.Context, ref: Ref, json: Json = False, yes: Yes = False, as_agent: As = None) -> None:
    """Take a case: it is yours.

    Example: inboxd take KS-10429
    """
    call = begin(ctx, json=json, yes=yes, as_agent=as_agent)
    from inboxd.desk.order import Take

    carry_out(call, Take(actor=call.actor.name, sure=call.yes), ref, "yours")


def assign(
    ctx: typer.Context,
    ref: Ref,
    agent: Annotated[
        str, typer.Argument(metavar="AGENT|none", autocompletion=agents, help="Who gets it; none for nobody.")
    ],
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Give a case to an agent, or to nobody.

    Example: inboxd assign KS-10429 kari
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.desk.order import Assign

    to = None if agent == "none" else agent
    carry_out(call, Assign(actor=call.actor.name, to=to), ref, f"{to}'s" if to else "nobody's")


State = Annotated[str | None, typer.Option("--status", help="new, open, waiting, postponed, solved, closed.")]
FieldPair = Annotated[list[str] | None, typer.Option("--field", metavar="K=V", help="Set a field; K= removes it.")]
Until = Annotated[str | None, typer.Option("--until", metavar="WHEN", help="3d, 4h, 2026-12-01, 12.1. or a weekday.")]
Language = Annotated[str | None, typer.Option("--language", help="Language of its letters: nb, nn, se or en.")]


def set_fields(
    ctx: typer.Context,
    ref: Ref,
    status: State = None,
    priority: Annotated[str | None, typer.Option("--priority", help="A priority of the desk.")] = None,
    category: Annotated[
        str | None, typer.Option("--category", autocompletion=categories, help="A category of the desk.")
    ] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="What it is really about.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Put a tag on it.")] = None,
    untag: Annotated[list[str] | None, typer.Option("--untag", help="Take a tag off.")] = None,
    field: FieldPair = None,
    until: Until = None,
    customer: Customer = None,
    type_: Type = None,
    item: Item = None,
    impact: Impact = None,
    urgency: Urgency = None,
    language: Language = None,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Change what a case says: status, priority, category, subject, language, tags, fields.

    Example: inboxd set KS-10429 --priority high --tag printer
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.desk.order import SetFields

    order = SetFields(
        actor=call.actor.name, status=_status(status), language=_language(language), until=when(call, until),
        subject=None if subject is None else subject_line(subject), priority=priority, category=category,
        tags=tuple(map(_tag, tag or ())), untags=tuple(map(_tag, untag or ())), fields=tuple(map(_pair, field or ())),
        customer=or_none(customer), type=or_none(type_), item=or_none(item), impact=impact, urgency=urgency,
    )  # fmt: skip
    if order == SetFields(actor=order.actor):
        raise UsageError("nothing to set", hint="for example --status waiting")
    carry_out(call, order, ref, "changed")


def _status(word: str | None) -> "Status | None":
    from inboxd.desk.case import Status

    one_of((s.value for s in Status if s is not Status.MERGED), word, "status")
    return Status(word) if word else None


def _language(word: str | None) -> str | None:
    from inboxd.desk.letters.language import LETTERS

    one_of(LETTERS, word, "language")
    return word


def close(
    ctx: typer.Context,
    ref: Ref,
    message: Annotated[
        str | None, typer.Option("-m", "--message", metavar="TEXT", help="Last words to the requester.")
    ] = None,
    silent: Annotated[bool, typer.Option("--silent", help="Send nothing, whatever the category does.")] = False,
    json: Json = False,
    yes: Yes = False,
    as_agent: As = None,
) -> None:
    """Close a case; nothing is sent unless -m says something or the category has a closing letter.

    Example: inboxd close KS-10429 -m "The printer works again."
    """
    call = begin(ctx, json=json, yes=yes, as_agent=as_agent)
    from inboxd.desk.order import Close
    from inboxd.office import documents

    order = Close(actor=call.actor.name, text=message, silent=silent, delay=delay(call, at_once=False))
    acted = act_asking(call, order, call.number(ref))
    document = documents.sent_document(call.office, acted.reference, acted.letters)
    gap = "\n" if document["letter"] else " "
    call.answer(document, lambda: f"{acted.reference} is closed.{gap}{sent_line(document, call, order.delay)}")


def reopen(ctx: typer.Context, ref: Ref, json: Json = False, as_agent: As = None) -> None:
    """Take up a closed case again.

    Example: inboxd reopen KS-10429
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.desk.order import Reopen

    carry_out(call, Reopen(actor=call.actor.name), ref, "open again")


def _tag(text: str) -> str:
    if not text.strip():
        raise UsageError("a tag needs a word", hint="--tag printer")
    return text.strip()


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"{text!r} is no field", hint="--field brukernavn=kno01")
    return key.strip(), value.strip()

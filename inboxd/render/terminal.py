"""The office's documents as calm text for a terminal of 80 columns; plain where there is no colour.

Every function takes a document of the command line's contract and returns text without a last newline. `tz` is the
desk's time zone; without it times stand as the document has them.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from inboxd.render.checked import summary
from inboxd.render.queue import called, queue_table
from inboxd.render.screen import Document, columns, cut, escape, long_time, paint, person, short_time, wrapped
from inboxd.render.timeline import case_timeline

__all__ = [
    "audit_table", "case_timeline", "check_text", "escape", "health_text", "incoming_table", "letter_text",
    "letters_table", "plain_text", "queue_table", "search_table", "sending_lines",
]  # fmt: skip

MOMENTS = {
    "last_look_at", "failing_since", "oldest_waiting", "going_round_since", "since", "created_at", "next_attempt_at",
}  # fmt: skip
ROOMY = 110
"""Columns of a terminal from which people's names and addresses need not be cut."""
LOUD_STATES = {"deferred", "bounced", "failed", "unknown", "hold"}


def search_table(doc: Sequence[Document], *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render a `search` document: a line a case, and the words found beneath where the document has them."""
    if not doc:
        return "Nothing found."
    heads = ("Case", "Updated", "Status", "Requester", "Subject")
    rows = [
        (
            case["reference"], short_time(case.get("updated_at"), tz), case.get("status") or "",
            called(case.get("requester")), case.get("subject") or "",
        )
        for case in doc
    ]  # fmt: skip
    found = [cut(f"    {case['snippet']}", width) if case.get("snippet") else None for case in doc]
    return _with_second_lines(columns(heads, rows, width=width, colour=colour, cap=20), found)


def letters_table(doc: Sequence[Document], *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render an `outbox list` document; beneath a letter in trouble stands how it fared."""
    if not doc:
        return "No letters in the outbox."
    heads = ("Id", "Written", "Case", "Kind", "State", "To", "Subject")
    rows = [
        (
            str(letter["id"]), short_time(letter.get("created_at"), tz), letter.get("reference") or "", letter["kind"],
            letter["state"], _to(letter.get("to")),
            (letter.get("subject") or "").removeprefix(f"[{letter.get('reference')}] "),
        )
        for letter in doc
    ]  # fmt: skip
    tried = [_tried(letter, width, tz) if letter["state"] in LOUD_STATES else None for letter in doc]
    return _with_second_lines(columns(heads, rows, width=width, colour=colour, cap=24 if width < ROOMY else 44), tried)


def letter_text(doc: Document, *, width: int, tz: dt.tzinfo | None = None) -> str:
    """Render an `outbox show` document: how the letter fares, then its words as its readers see them."""
    rest = {key: value for key, value in doc.items() if key != "text" and value is not None}
    words = ["", wrapped(doc["text"], width=width, indent="")] if doc.get("text") else []
    return "\n".join([*_plain(_local(rest, tz), ""), *words])


def _tried(letter: Document, width: int, tz: dt.tzinfo | None) -> str | None:
    """How a letter in trouble fared: how often it was tried, when it will be again, what was last answered."""
    tries, again = letter.get("attempts"), short_time(letter.get("next_attempt_at"), tz)
    told = (f"{tries} {'try' if tries == 1 else 'tries'}" if tries else "", f"again {again}" if again else "")
    said = "; ".join(part for part in (", ".join(filter(None, told)), letter.get("last_reply") or "") if part)
    return cut(f"    {said}", width) if said else None


def sending_lines(doc: Document, *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render where sending is stopped: one line each, or "" where it is not."""
    lines = (
        f"! All sending{' of ' + held['mailbox'] if held['mailbox'] else ''} was stopped by {held['by']}, "
        f"{long_time(held['since'], tz)}; `inboxd outbox release --all` lets it go on."
        for held in doc["held"]
    )
    return "".join(paint(wrapped(line, width=width, indent=""), "warn", colour=colour) + "\n" for line in lines)


def incoming_table(doc: Sequence[Document], *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render an `incoming list` document: every mail, what became of it, who wrote it, and why beneath."""
    if not doc:
        return "No mails."
    heads = ("Id", "Came", "Mailbox", "What", "From", "Subject")
    several = len({mail.get("mailbox") for mail in doc}) > 1
    rows = [
        (
            str(mail["id"]), short_time(mail.get("received_at"), tz), (mail.get("mailbox") or "") if several else "",
            mail.get("outcome") or mail["state"], mail.get("from") or "", mail.get("subject") or "",
        )
        for mail in doc
    ]  # fmt: skip
    why = [cut(f"    {mail['reason']}", width) if mail.get("reason") and not _is_plain(mail) else None for mail in doc]
    return _with_second_lines(columns(heads, rows, width=width, colour=colour, cap=24 if width < ROOMY else 44), why)


def _is_plain(mail: Document) -> bool:
    """Say whether what became of a mail is what becomes of most: why is told by `incoming show`."""
    return mail.get("outcome") in {"opened", "added"}


def audit_table(doc: Sequence[Document], *, width: int, tz: dt.tzinfo | None = None) -> str:
    """Render an `audit list` document: who did what to the desk, and when."""
    if not doc:
        return "Nothing was done to the desk itself."
    lines = []
    for one in doc:
        what = f"{one['actor']}: {one['action']}, {one['subject'] or 'the whole desk'}"
        lines.append(f"{long_time(one['at'], tz)}  {wrapped(what, width=width, indent=' ' * 18).lstrip()}")
        if one["detail"]:
            lines.append(wrapped(one["detail"], width=width, indent=" " * 18))
    return "\n".join(lines)


def health_text(doc: Document, *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render a `health` document: the verdict, what is wrong and since when, then the parts."""
    status = escape(doc["status"])
    lines = [paint(f"Health: {status}", "bold" if status == "ok" else "warn", colour=colour)]
    for problem in doc.get("problems") or []:
        since = long_time(problem.get("since"), tz)
        what = f"! {problem['what']}" + (f" (since {since})" if since else "") + f" [{problem['code']}]"
        lines.append(wrapped(what, width=width, indent=""))
    rest = {key: _local(value, tz) for key, value in doc.items() if key not in {"status", "problems"}}
    return "\n".join([*lines, *_plain(rest, "")])


def _local(value: Any, tz: dt.tzinfo | None) -> Any:
    """Return a part of a document with its moments as people read them."""
    if isinstance(value, dict):
        return {key: long_time(one, tz) if key in MOMENTS and one else _local(one, tz) for key, one in value.items()}
    return [_local(one, tz) for one in value] if isinstance(value, list) else value


def check_text(doc: Document, *, width: int, colour: bool, verbose: bool = False) -> str:
    """Render a `check` document: what is set up first; what is wrong last, where a terminal ends.

    What is set up is told in short, or whole where `verbose`.
    """
    refused = [server for server in doc.get("servers") or [] if not server["ok"]]
    errors = [*(doc.get("errors") or []), *(f"{server['mailbox']}: {server['error']}" for server in refused)]
    lines = [paint(wrapped(f"Error: {one}", width=width, indent=""), "warn", colour=colour) for one in errors]
    lines += [wrapped(f"Warning: {one}", width=width, indent="") for one in doc.get("warnings") or []]
    if not doc.get("errors"):
        lines.append(
            "The configuration is in order" + (", but not every server answers as it should." if refused else ".")
        )
    changes = [wrapped(change, width=width, indent="  ") for change in doc.get("changes") or []]
    if changes:
        lines = ["Once the daemon takes this file (SIGHUP, or its next start):", *changes, "", *lines]
    rest = {key: value for key, value in doc.items() if key not in {"errors", "warnings", "changes", "ok"}}
    described = list(_plain(rest, "")) if verbose else [*summary(doc, width=width), *_servers(doc, width)]
    return "\n".join([*described, *([""] if described else []), *lines])


def _servers(doc: Document, width: int) -> Iterator[str]:
    """Say of each server that was tried how it went."""
    for server in doc.get("servers") or []:
        how = "answers" if server["ok"] else "does not answer as it should"
        sent = f"; its Sent folder is {escape(server['sent_folder'])}" if server.get("sent_folder") else ""
        yield wrapped(f"{server['mailbox']}, {server['server']}: {how}{sent}", width=width, indent="")


def plain_text(doc: object) -> str:
    """Render any other document: `name: value` lines, what is inside indented."""
    return "\n".join(_plain(doc, "")) or "Nothing."


def _to(to: object) -> str:
    """Recipients as one text, whether the document has them as addresses, texts, or one text."""
    if isinstance(to, str):
        return to
    return ", ".join(person(one) if isinstance(one, dict) else str(one) for one in to) if isinstance(to, list) else ""


def _with_second_lines(table: str, seconds: Sequence[str | None]) -> str:
    head, *lines = table.split("\n")
    pairs = zip(lines, seconds, strict=True)
    return "\n".join([head, *(line if second is None else f"{line}\n{second}" for line, second in pairs)])


def _plain(doc: object, indent: str) -> Iterator[str]:
    if isinstance(doc, dict):
        for key, value in doc.items():
            yield from _named(str(key).replace("_", " "), value, indent)
    elif isinstance(doc, list):
        for member in doc:
            first, *others = list(_plain(member, indent + "  ")) or [""]
            yield f"{indent}- {first.strip()}"
            yield from others
    else:
        yield wrapped(_value(doc), width=10_000, indent=indent)


def _named(name: str, value: object, indent: str) -> Iterator[str]:
    if isinstance(value, list) and value and all(isinstance(one, str) and one and "\n" not in one for one in value):
        yield wrapped(f"{name}: {', '.join(value)}", width=10_000, indent=indent)
    elif isinstance(value, dict | list) and value:
        yield f"{indent}{escape(name)}:"
        yield from _plain(value, indent + "  ")
    elif isinstance(value, str) and "\n" in value.strip("\n"):
        yield f"{indent}{escape(name)}:"
        yield wrapped(value, width=10_000, indent=indent + "  ")
    else:
        yield f"{indent}{escape(name)}: {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value in ([], {}):
        return "-"
    return escape(str(value).strip("\n"), lines=True)

"""One case as people read it: who, what and when on top, then everything that happened, oldest first."""

import datetime as dt
import re
from collections.abc import Iterator

from inboxd.render.attached import attachment_warning
from inboxd.render.screen import Document, escape, hanging, long_time, paint, person, size, wrapped

FACTS = (("Customer:", "customer"), ("Type:", "type"), ("Item:", "item"))
LINKS = {
    "claims": ("says it belongs to", "named by"),
    "follows": ("follows", "followed by"),
    "merged": ("merged with", "merged with"),
    "split": ("split from", "split into"),
    "notice": ("notice", "notice"),
}
"""How a link reads on the newer of two cases, and on the older."""

INDENT = "    "
NOTE_INDENT = "  | "
BEFORE_THE_REASON = {"no-receipt": "No receipt: ", "receipt-held": "The receipt waits: "}
REMARKS = frozenset({
    "too-large", "cannot-be-read", "who-wrote", "name-misleads", "letters-mixed", "reply-to-elsewhere",
    "personal-number", "claimed_by", "not-authentic", "first-time", *BEFORE_THE_REASON,
})  # fmt: skip
"""Evidence that an agent should read before answering (desk/remarks.py)."""

AT_REST = frozenset({"solved", "closed", "merged"})

MECHANICAL = frozenset({"receipt", "agent", "escalation", "alert", "confirm"})
"""Kinds of letters that no person wrote: what they say is shown by --full."""

SIGNATURE = "\n-- \n"
EMPTY_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+\n")
UNDER_THE_NAME, UNDER_THE_TIME = " " * 11, " " * 18

OUTSIDER = "! Not a party to this case. Check who is writing before you answer."


def case_timeline(
    doc: Document, *, width: int, colour: bool, full: bool, events: bool, tz: dt.tzinfo | None = None
) -> str:
    """Render a `show` document. `full`: with the quoted tails; `events`: with what changed, and why."""
    outsiders = {p["address"].casefold() for p in doc.get("participants", []) if p["role"] == "outsider"}
    shown, hidden = [], 0
    for entry in doc.get("journal", []):
        if entry["kind"] == "event" and not events:
            hidden += 1
        else:
            shown.append("\n".join(_entry(entry, width=width, colour=colour, full=full, tz=tz, outsiders=outsiders)))
    if hidden:
        shown.append(
            paint(f"({hidden} {'change' if hidden == 1 else 'changes'} not shown: --events)", "dim", colour=colour)
        )
    return "\n\n".join(["\n".join(_head(doc, width=width, colour=colour, tz=tz)), *shown])


def _head(doc: Document, *, width: int, colour: bool, tz: dt.tzinfo | None) -> Iterator[str]:
    title = f"{doc['reference']}  {doc['subject']}"
    yield paint(hanging(title, width=width, indent=" " * (len(doc["reference"]) + 2)), "bold", colour=colour)
    assigned = f"assigned to {doc['assignee']}" if doc.get("assignee") else "unassigned"
    standing = f"{_status(doc)}, priority {doc['priority']}, category {doc['category']}, {assigned}"
    yield wrapped(standing, width=width, indent="")
    opened = f"Opened:    {long_time(doc.get('opened_at'), tz)}, by {doc.get('channel') or 'mail'}"
    for line in (f"Requester: {_requester(doc.get('requester') or {})}", opened, *_targets(doc, tz), *_more(doc, tz)):
        yield hanging(line, width=width, indent=UNDER_THE_NAME)
    for warning in _warnings(doc):
        yield paint(wrapped(warning, width=width, indent=""), "warn", colour=colour)


def _targets(doc: Document, tz: dt.tzinfo | None) -> Iterator[str]:
    """What was done by when, and what is still to be done: a case at rest has no target left."""
    answered = long_time(doc.get("responded_at"), tz)
    if answered:
        yield f"Answered:  {answered}"
    if doc["status"] in AT_REST:
        return
    dues = (("answer", None if answered else doc.get("response_due")), ("solve", doc.get("resolution_due")))
    due = ", ".join(f"{name} by {long_time(when, tz)}" for name, when in dues if when)
    if due:
        yield f"Due:       {due}"
    if doc.get("paused_at"):
        yield f"Paused:    the clocks stand still since {long_time(doc['paused_at'], tz)}"


def _escalated(escalated: Document, tz: dt.tzinfo | None) -> str:
    what = "the customer complained" if escalated["target"] == "asked" else f"the {escalated['target']} is late"
    by = escalated["acknowledged_by"]
    seen = f"acknowledged by {by}" if by else "seen by nobody yet"
    why = f": {escalated['why']}" if escalated.get("why") else ""
    return escape(f"{what}, {long_time(escalated['at'], tz)}, {seen}{why}")


def _status(doc: Document) -> str:
    """The word of the commands, and what the desk calls it where that is another one."""
    word, title = str(doc["status"]), str(doc.get("status_title") or "")
    return word if title.casefold() in {"", word} else f"{word} ({title})"


def _requester(requester: Document) -> str:
    parts = [person(requester), escape(requester.get("phone") or "")]
    known = ", ".join(part for part in parts if part) or "unknown"
    return f"{known} (sender not verified)" if requester.get("verified") is False else known


def _more(doc: Document, tz: dt.tzinfo | None) -> Iterator[str]:
    """The lines that only some cases have."""
    if doc.get("escalated"):
        yield f"Escalated: {_escalated(doc['escalated'], tz)}"
    others = [p for p in doc.get("participants", []) if p["role"] != "requester"]
    if others:
        yield "Also:      " + ", ".join(f"{person(p)} ({p['role']})" for p in others)
    if doc.get("until") and doc["status"] in {"waiting", "postponed"}:
        yield f"Until:     {long_time(doc['until'], tz)}"
    if doc.get("links"):
        yield "Linked:    " + ", ".join(f"{_link(at, doc)} {at['reference']}" for at in doc["links"])
    yield from (f"{name:<11}{doc[key]}" for name, key in FACTS if doc.get(key))
    if doc.get("tags"):
        yield "Tags:      " + ", ".join(doc["tags"])
    if doc.get("fields"):
        yield "Fields:    " + ", ".join(f"{key} = {value}" for key, value in doc["fields"].items())
    if doc.get("missing"):
        yield "Missing:   " + ", ".join(doc["missing"])


def _link(link: Document, doc: Document) -> str:
    """How a link reads on this case: the one with the higher number came of the other."""
    newer, older = LINKS.get(link["kind"], (link["kind"], link["kind"]))
    return newer if _number(doc["reference"]) > _number(link["reference"]) else older


def _number(reference: str) -> int:
    return int("".join(filter(str.isdecimal, reference.rpartition("-")[2])) or 0)


def _warnings(doc: Document) -> Iterator[str]:
    for link in doc.get("links") or []:
        if link["kind"] == "claims" and _link(link, doc) == LINKS["claims"][0]:
            yield f"! Names {link['reference']}, but its writer takes no part in that case."
    if doc.get("merged_into"):
        yield f"! Merged into {doc['merged_into']}: the work goes on there."
    if doc.get("overdue"):
        yield "! Past its target."
    if doc.get("undelivered"):
        yield "! An answer could not be delivered."


def _entry(
    entry: Document, *, width: int, colour: bool, full: bool, tz: dt.tzinfo | None, outsiders: set[str]
) -> Iterator[str]:
    heading = f"{long_time(entry['at'], tz)}  {_what(entry)}"
    if entry["kind"] == "event":
        because = "; ".join(f"{why['rule']}: {why['detail']}" for why in entry.get("evidence") or [])
        said = f"{entry.get('text') or ''}" + (f" ({because})" if because else "")
        yield paint(wrapped(f"{heading}: {said}", width=width, indent=""), "dim", colour=colour)
        return
    title = hanging(f"{heading}  #{entry['id']}", width=width, indent=UNDER_THE_TIME)
    yield paint(title, "bold", colour=colour)
    if (entry.get("from") or {}).get("address", "").casefold() in outsiders:
        yield paint(f"{INDENT}{OUTSIDER}", "warn", colour=colour)
    for remark in entry.get("evidence") or []:
        if remark["rule"] in REMARKS:
            why = BEFORE_THE_REASON.get(remark["rule"], "")
            yield paint(wrapped(f"! {why}{remark['detail']}", width=width, indent=INDENT), "warn", colour=colour)
    if entry.get("cc"):
        yield hanging(f"{INDENT}Cc: {', '.join(person(p) for p in entry['cc'])}", width=width, indent=INDENT * 2)
    yield from _words(entry, width=width, full=full)
    enclosed = list(_enclosed(entry, width=width, colour=colour))
    yield from (("", *enclosed) if enclosed and not _is_mechanical(entry, full=full) else enclosed)


def _what(entry: Document) -> str:
    """Who did what, in words."""
    actor, to = escape(entry.get("actor") or ""), ", ".join(person(p) for p in entry.get("to") or [])
    sender = person(entry.get("from")) or actor
    return {
        "mail_in": f"mail from {sender}",
        "mail_out": f"{_letter(entry)} to {to}",
        "note": f"automatic mail from {sender}" if entry.get("from") else f"NOTE by {actor} (stays at the desk)",
        "call": f"call, noted by {actor}",
    }.get(entry["kind"], actor)


def _letter(entry: Document) -> str:
    """What a letter of ours is: a person's words have their writer's name."""
    kind = _letter_kind(entry)
    if kind in MECHANICAL:
        return "receipt" if kind == "receipt" else "automatic letter"
    return f"letter from {escape(entry.get('actor') or '')}"


def _letter_kind(entry: Document) -> str:
    delivery = entry.get("delivery")
    return str(delivery.get("kind") or "") if isinstance(delivery, dict) else ""


def _is_mechanical(entry: Document, *, full: bool) -> bool:
    return not full and _letter_kind(entry) in MECHANICAL


def _words(entry: Document, *, width: int, full: bool) -> Iterator[str]:
    """What an entry says; unless all is wanted without what it quotes, without the desk's signature, and not spread."""
    if _is_mechanical(entry, full=full):
        return
    whole, new = entry.get("text") or "", entry.get("reply_text")
    said = whole if full or new is None else new
    if not full:
        said = said.partition(SIGNATURE)[0] if entry["kind"] == "mail_out" else said
        said = EMPTY_LINES.sub("\n\n", said.replace("\r\n", "\n"))
    if said.strip():
        yield wrapped(said, width=width, indent=NOTE_INDENT if entry["kind"] == "note" else INDENT)
    if not full and new is not None and new.strip() != whole.strip():
        yield f"{INDENT}[quoted text not shown: --full]"


def _enclosed(entry: Document, *, width: int, colour: bool) -> Iterator[str]:
    for file in entry.get("attachments") or []:
        name = escape(file.get("filename") or "(no name)")
        attached = f"{INDENT}Attached: {name} ({escape(file['content_type'])}, {size(file['size'])})"
        yield hanging(attached, width=width, indent=INDENT * 2)
        if warning := attachment_warning(file):
            yield paint(hanging(f"{INDENT}! {name}: {warning}", width=width, indent=INDENT * 2), "warn", colour=colour)
    if entry.get("delivery"):
        yield hanging(f"{INDENT}Delivery: {_delivery(entry['delivery'])}", width=width, indent=INDENT * 2)


def _delivery(delivery: object) -> str:
    """A letter's delivery: its state (in words where somebody has to act), and what was said of each recipient."""
    if not isinstance(delivery, dict):
        return escape(str(delivery))
    state, letter = str(delivery.get("state") or "unknown"), delivery.get("letter")
    plain = {
        "unknown": f"unknown: it may have arrived or not; `inboxd outbox retry {letter}` sends it again, "
        f"`inboxd outbox cancel {letter}` lets it be",
        "hold": f"on hold: {delivery.get('hold_reason') or 'until it is released'} (letter {letter})",
    }
    said = [
        f"{person(one)} {escape(str(one.get('state') or ''))} {escape(one['reply'])}"
        for one in delivery.get("recipients") or []
        if one.get("reply") and one.get("state") != "sent"
    ]
    return "; ".join([escape(plain.get(state, state)), *said])

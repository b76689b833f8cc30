"""What would become of a mail, as a person reads it: the verdict first, then what was read, then why."""

import datetime as dt
from collections.abc import Iterator

from inboxd.render.attached import attachment_warning
from inboxd.render.screen import Document, escape, long_time, paint, person, size, wrapped

LABEL = 12
"""Cells of a line's name."""

BY_NO_RULE = ("mailbox ", "customer ")
"""How it is told who settled where a case goes where no rule hit."""

DECISIONS = {
    "open_case": "would open a case",
    "add_to_case": "would be added to a case",
    "record_delivery": "would be noted on a letter of ours",
    "agent_order": "would be carried out as an agent's order",
    "ignore": "would be ignored, and listed by `incoming list --ignored`",
    "hold": "would be held for a person",
}


def explained_text(doc: Document, *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render one `explain` document; an error has the words of its own."""
    if "error" in doc:
        refused = wrapped(f"{doc['path']}: {doc['error']['message']}", width=width, indent="")
        return paint(refused, "warn", colour=colour)
    verdict = wrapped(f"{doc['path']}: {_verdict(doc)}", width=width, indent="")
    lines = [paint(verdict, "bold", colour=colour), ""]
    for name, value in (*_read(doc, tz), *_why(doc)):
        lines += [_line(name, value, width=width)] if value else []
    for file in doc["attachments"]:
        lines.append(_line("Attached", _attached(file), width=width))
    return "\n".join([*lines, *_words(doc, width=width)])


def _line(name: str, value: str, *, width: int) -> str:
    """Return a line; what does not fit goes on below its beginning."""
    return wrapped(value, width=width, indent=" " * LABEL).replace(" " * LABEL, f"{name:<{LABEL}}", 1)


def _verdict(doc: Document) -> str:
    answers = [letter for letter in doc["letters"] if letter["kind"] in {"receipt", "refusal"}]
    receipt = f"a {answers[0]['kind']} to {', '.join(answers[0]['to'])}" if answers else "no receipt"
    return f"{doc['kind']}, {DECISIONS.get(doc['decision'], doc['decision'])}; {receipt}."


def _read(doc: Document, tz: dt.tzinfo | None) -> Iterator[tuple[str, str]]:
    yield "Subject", doc["subject"] or "(none)"
    yield "From", person(doc["from"]) or "(nobody)"
    yield "To", ", ".join(person(one) for one in doc["to"])
    yield "Cc", ", ".join(person(one) for one in doc["cc"])
    yield "Date", long_time(doc["date"], tz) or "(none)"
    told = doc["decision"] == "open_case" and (doc["routing"] or {}).get("offers", {}).get("language")
    yield "Language", "" if told else doc["language"] or ""
    bounce = doc["bounce"] or {"recipients": [], "original_message_id": None}
    for one in bounce["recipients"]:
        yield "Bounced", f"{one['address']} {one['action']} {one['status']}: {one['diagnostic']}".rstrip(": ")
    yield "About", bounce["original_message_id"] or ""
    for defect in doc["defects"]:
        yield "Defect", defect


def _why(doc: Document) -> Iterator[tuple[str, str]]:
    threading, routing = doc["threading"], doc["routing"]
    if threading["case"]:
        yield "Case", f"{threading['case']}, by {threading['evidence']}"
    for found in doc["references_found"]:
        yield "Reference", f"{found['reference']}, by {found['where']}" + ("" if found["valid"] else ": a wrong digit")
    yield from _goes_to(routing, opens=doc["decision"] == "open_case") if routing else ()
    for letter in doc["letters"]:
        yield "Letter", f"{letter['kind']} to {', '.join(letter['to'])}: {letter['subject']}"
    for letter in doc["suppressed"]:
        yield f"No {letter['kind']}"[: LABEL - 1], letter["reason"]
    yield "Reason", doc["reason"] or ""
    told = {_on_record(fired["rule"]) for fired in (routing or {}).get("fired", [])}
    for evidence in doc["evidence"]:
        if evidence["rule"] not in told:
            yield "Rule", f"{evidence['rule']}: {evidence['detail']}"


def _goes_to(routing: Document, *, opens: bool) -> Iterator[tuple[str, str]]:
    if opens:
        to = f"assigned to {routing['assignee']}" if routing["assignee"] else "unassigned"
        rule = routing["rule"] or ""
        by = f" ({rule if rule.startswith(BY_NO_RULE) else f'rule {rule}'})" if rule else ""
        yield "Goes to", f"category {routing['category']}, priority {routing['priority']}, {to}{by}"
        yield from _who_set_what(routing)
    yield from _fired(routing)


def _who_set_what(routing: Document) -> Iterator[tuple[str, str]]:
    """The customer, and every value with who set it and over whom."""
    yield "Customer", routing.get("customer") or ""
    for value, offers in routing.get("offers", {}).items():
        set_by = routing["set_by"].get(value)
        others = [f"{offer['by']}: {offer['value']}" for offer in offers if offer["by"] != set_by]
        held = next((offer for offer in offers if offer["by"] == set_by), None)
        said = f"{held['value']}, by {set_by}" if held else "nobody" if offers else ""
        yield value.capitalize(), said + (f" (over {', '.join(others)})" if others else "")
    yield "Tags", ", ".join(routing.get("tags", []))


def _fired(routing: Document) -> Iterator[tuple[str, str]]:
    """Every rule that hit, with what it would set."""
    for fired in routing.get("fired", []):
        sets = ", ".join(f"{key} = {_word(value)}" for key, value in fired["sets"].items()) or "nothing"
        yield "Fired", f"{_on_record(fired['rule'])}: {sets}"


def _on_record(rule: str) -> str:
    """Return the name of a rule as evidence has it."""
    return rule if rule.startswith("sender_rule ") else f"rule {rule}"


def _word(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _attached(file: Document) -> str:
    said = f"{file['filename'] or '(no name)'} ({file['content_type']}, {size(file['size'])})"
    warning = attachment_warning(file)
    return f"{said}: {warning}" if warning else said


def _words(doc: Document, *, width: int) -> Iterator[str]:
    """The new part of the text, and that there is more where there is."""
    text = (doc["reply_text"] or "").strip("\n")
    if text:
        yield ""
        yield wrapped(text, width=width, indent="    ")
    if (doc["text"] or "").strip() != text.strip():
        yield escape("    [more text is quoted: --json has all]")

"""Notices of downtime on a terminal: the list, one notice whole, and who has said that he read it."""

import datetime as dt
from collections.abc import Iterator, Sequence

from inboxd.render.screen import Document, columns, cut, escape, long_time, paint, short_time, wrapped

KINDS = {"planned": "planned work", "unplanned": "unplanned"}
TO_COME = "to come"
"""How a terminal says that a notice has not begun: `planned` is also what its work may be."""


def notices_table(doc: Sequence[Document], *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render a `notice list` document: a line a notice, and beneath it its text and the latest word."""
    if not doc:
        return "No notices."
    heads = ("Notice", "State", "From", "To", "Cases", "Read", "Affects")
    rows = [
        (
            notice["reference"], _state(notice), short_time(notice["from"], tz), short_time(notice["to"], tz) or "-",
            str(len(notice["linked"]) or ""), _read(notice), ", ".join(notice["affects"]) or "all",
        )
        for notice in doc
    ]  # fmt: skip
    head, *lines = columns(heads, rows, width=width, colour=colour).split("\n")
    texts = ("\n".join(_said(notice, width, tz)) for notice in doc)
    return "\n".join([head, *(f"{line}\n{text}" for line, text in zip(lines, texts, strict=True))])


def under_text(notice: Document) -> str:
    """Render how many cases stand under a notice."""
    return f"{notice['reference']} has {_count(len(notice['linked']), 'case')} under it."


def active_lines(doc: Sequence[Document], *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render which notices are active, a line each: what an agent should know before answering; "" where none is."""
    lines = (
        f"! {notice['reference']}{until}: {' '.join(notice['text'].split())}"
        for notice in doc
        if notice["state"] == "active"
        for until in [f" until {short_time(notice['to'], tz)}" if notice["to"] else ""]
    )
    return "".join(paint(cut(line, width), "warn", colour=colour) + "\n" for line in lines)


def notice_text(notice: Document, *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render the document of one notice: what it says, what was told later, its cases, and who was mailed."""
    return "\n".join(_parts(notice, width=width, colour=colour, tz=tz))


def notice_line(notice: Document, *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render what making a notice came to: its number first, then its state, times, letters and cases."""
    until = f" to {long_time(notice['to'], tz)}" if notice["to"] else ""
    first = f"{notice['id']}  {notice['reference']} is {_state(notice)}: {long_time(notice['from'], tz)}{until}."
    lines = [first, wrapped(f"{_letters(notice, named=True)}{_cases(notice)}{_told(notice)}", width=width, indent="")]
    lines.append(_left_out(notice, width))
    if notice["short_warning"]:
        lines.append(paint(_short_warning(width), "warn", colour=colour))
    return "\n".join(line for line in lines if line)


def closed_text(notice: Document) -> str:
    """Render what closing a notice came to."""
    done = [case for case in notice["linked"] if case["status"] in {"solved", "closed", "merged"}]
    cases = f" {_count(len(done), 'case')} under it answered and solved." if done else ""
    left = len(notice["linked"]) - len(done)
    return f"{notice['reference']} is closed.{cases}" + (f" {_count(left, 'case')} not yet." if left else "")


def acks_text(doc: Document, *, width: int, colour: bool, tz: dt.tzinfo | None = None) -> str:
    """Render an `acks` document: first who has not said that he read it, for somebody may have to ring."""
    missing, confirmed = doc["missing"], doc["confirmed"]
    if not missing and not confirmed:
        return f"{doc['reference']} was mailed to nobody."
    lines = [f"{doc['reference']}: {len(confirmed)} of {len(confirmed) + len(missing)} have confirmed.", ""]
    heads = ("Confirmed", "Letter", "Customer", "Address")
    rows = [
        (
            long_time(one["acknowledged_at"], tz) or "no",
            (one["letter"] or {}).get("state") or "not sent",
            one["customer"] or "",
            one["address"],
        )
        for one in (*missing, *confirmed)
    ]
    return "\n".join([*lines, columns(heads, rows, width=width, colour=colour, cap=16)])


def _parts(notice: Document, *, width: int, colour: bool, tz: dt.tzinfo | None) -> Iterator[str]:
    kind = KINDS[notice["kind"]]
    yield paint(escape(f"{notice['reference']}  {kind}, {_state(notice)}"), "bold", colour=colour)
    if notice["short_warning"]:
        yield paint(_short_warning(width), "warn", colour=colour)
    yield f"From:        {long_time(notice['from'], tz)}"
    yield f"To:          {long_time(notice['to'], tz) or 'not known'}"
    yield f"Affects:     {escape(', '.join(notice['affects']) or 'all')}"
    if notice["still_works"]:
        yield wrapped(f"Still works: {notice['still_works']}", width=width, indent="")
    yield f"Made:        {long_time(notice['made_at'], tz)} by {escape(notice['made_by'])}"
    if notice["closed_at"]:
        yield f"Closed:      {long_time(notice['closed_at'], tz)}"
    yield ""
    yield wrapped(notice["text"], width=width, indent="")
    for update in notice["updates"]:
        yield ""
        yield f"{long_time(update['at'], tz)}  {escape(update['actor'])}"
        yield wrapped(update["text"] or "Closed.", width=width, indent="  ")
    if notice["linked"]:
        yield ""
        cases = ", ".join(f"{case['reference']} ({case['status']})" for case in notice["linked"])
        yield wrapped(f"Cases: {cases}", width=width, indent="")
    yield ""
    yield _letters(notice) + (f" {_read(notice)} have confirmed." if notice["receivers"] else "")
    if notice["left_out"]:
        yield _left_out(notice, width)


def _said(notice: Document, width: int, tz: dt.tzinfo | None) -> Iterator[str]:
    yield cut(f"    {KINDS[notice['kind']]}: {' '.join(notice['text'].split())}", width)
    for update in notice["updates"][-1:]:
        yield cut(f"    {short_time(update['at'], tz)}: {' '.join(update['text'].split()) or 'Closed.'}", width)


def _state(notice: Document) -> str:
    return TO_COME if notice["state"] == "planned" else str(notice["state"])


def _short_warning(width: int) -> str:
    text = "! Short warning (kort varsel): planned work should be told of seven days ahead; the letter says so."
    return wrapped(text, width=width, indent="")


def _letters(notice: Document, *, named: bool = False) -> str:
    people = notice["receivers"]
    if not people:
        return "Mailed to nobody."
    names = f": {', '.join(one['customer'] or one['address'] for one in people)}" if named else ""
    return f"Mailed to {_count(len(people), 'receiver')}{names}."


def _left_out(notice: Document, width: int) -> str:
    names = ", ".join(notice["left_out"])
    return wrapped(f"Customers left out: {names}.", width=width, indent="") if names else ""


def _told(notice: Document) -> str:
    told = notice.get("requesters_told")
    return "" if told is None else f" {_count(told, 'requester')} written to."


def _cases(notice: Document) -> str:
    cases = len(notice["linked"])
    return f" {_count(cases, 'case')} under it." if cases else ""


def _read(notice: Document) -> str:
    people = notice["receivers"]
    return f"{sum(bool(one['acknowledged_at']) for one in people)}/{len(people)}" if people else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"

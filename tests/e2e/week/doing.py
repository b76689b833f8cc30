"""What people do in the week, one function a kind of deed; each returns what `Event.do` wants."""

import datetime as dt
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from inboxd.desk.case import Channel, Status
from inboxd.desk.order import Assign, Close, Escalate, Forward, Note, Order, Refer, Register, Reply, Take
from inboxd.mail.address import Address
from inboxd.office.act import case_id_of
from inboxd.office.letters.forwarding import original
from inboxd.office.notices import notices
from inboxd.office.notices.notices import NewNotice, NoticeChange
from inboxd.office.people import agents
from tests.e2e.week.world import MONDAY, PEOPLE, Week

Deed = Callable[[Week], int | str]
PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(64)


def remembered(week: Week, case: str | None, became: int | str) -> int | str:
    """Keep a new case's number under a word of the story's."""
    if case is not None and isinstance(became, int):
        week.cases[case] = became
    return became


def writes(
    who: str, subject: str, text: str, *, case: str | None = None, folder: str = "kundeservice",
    shape: Callable[[EmailMessage], object] = lambda _: None, **headers: str,
) -> Deed:  # fmt: skip
    """A mail that begins something; `shape` makes it other than plain text."""

    def do(week: Week) -> int | str:
        message = week.mail(who, subject, text, **headers)
        shape(message)
        return remembered(week, case, week.receive(message.as_bytes(), folder=folder))

    return do


def answers(
    who: str, subject: str, text: str, *, case: str, shape: Callable[[EmailMessage], object] = lambda _: None,
    **headers: str,
) -> Deed:  # fmt: skip
    """A mail that answers our newest letter to its writer about a case."""

    def do(week: Week) -> int | str:
        ours = str(week.letter_to(who, case).message_id)
        message = week.mail(who, subject, text, In_Reply_To=ours, References=ours, **headers)
        shape(message)
        return week.receive(message.as_bytes())

    return do


def rings(agent: str, who: str | None, subject: str, text: str, *, case: str, channel: str = "phone") -> Deed:
    """A call or visit that an agent registers; without `who` nobody asked for the address."""

    def do(week: Week) -> int | str:
        order = Register(
            actor=agent, channel=Channel(channel), subject=subject, text=text, name=who or "",
            address=PEOPLE[who] if who else "",
        )  # fmt: skip
        return remembered(week, case, week.order(order))

    return do


def orders(order: Order, case: str) -> Deed:
    """An agent's order on a case."""
    return lambda week: week.order(order, case)


def reply(agent: str, case: str, text: str, *, then: str = "open") -> Deed:
    """An agent's answer, after which the case has a status."""
    return orders(Reply(actor=agent, text=text, status=Status(then)), case)


def close(agent: str, case: str) -> Deed:
    """An agent closes a case without a word to anybody."""
    return orders(Close(actor=agent, silent=True), case)


def take(agent: str, case: str) -> Deed:
    """An agent takes a case."""
    return orders(Take(actor=agent), case)


def note(agent: str, case: str, text: str) -> Deed:
    """An agent writes down what was said."""
    return orders(Note(actor=agent, text=text), case)


def assign(agent: str, case: str, to: str) -> Deed:
    """An agent gives a case to another."""
    return orders(Assign(actor=agent, to=to), case)


def complain(agent: str, case: str, why: str, *, to: str) -> Deed:
    """An agent puts a complaint on record."""
    return orders(Escalate(actor=agent, why=why, to=to), case)


def sends_on(agent: str, case: str, text: str, *, to: str = "", refer: str = "") -> Deed:
    """An agent forwards a case to somebody outside, or refers it to a point."""

    def do(week: Week) -> int:
        began = original(week.office, case_id_of(week.cases[case], week.office))
        said: dict[str, Any] = {"actor": agent, "text": text, "about": began.words, "files": began.files}
        address = Address(name="", address=PEOPLE.get(to, ""))
        return week.order(Refer(point=refer, **said) if refer else Forward(to=address, **said), case)

    return do


def away(agent: str, *, until: dt.datetime | None, to: str | None, by: str) -> Deed:
    """An agent is away, and another takes over."""

    def do(week: Week) -> str:
        handed = agents.agent_away(week.office, agent, until=until, to=to, actor=by)["handed_over"]
        return f"{len(handed)} cases handed over"

    return do


def back(agent: str) -> Deed:
    """An agent is back."""

    def do(week: Week) -> str:
        return "back" if agents.agent_back(week.office, agent, actor=agent)["away"] is None else "away"

    return do


def announces(by: str, *, kind: str, text: str, affects: tuple[str, ...], hours: tuple[float, float] | None = None,
              cases: tuple[str, ...] = (), still_works: str = "") -> Deed:  # fmt: skip
    """A notice is made; `hours` are its beginning and end, counted from Monday 00:00, else it begins now."""

    def do(week: Week) -> str:
        first, last = (MONDAY + dt.timedelta(hours=hour) for hour in hours) if hours else (week.clock.now(), None)
        new = NewNotice(
            actor=by, kind=kind, starts_at=first, ends_at=last, affects=affects, text=text, still_works=still_works,  # type: ignore[arg-type]
            references=tuple(str(week.show(case)["reference"]) for case in cases),
        )  # fmt: skip
        made = notices.make(week.office, new)
        week.notice = notices.id_of(str(made["id"]))
        return f"{kind}{', short warning' if made['short_warning'] else ''}"

    return do


def links(by: str, *cases: str) -> Deed:
    """Cases are put under the notice."""

    def do(week: Week) -> int:
        notices.link(week.office, week.notice, [str(week.show(case)["reference"]) for case in cases], actor=by)
        return week.cases[cases[-1]]

    return do


def updates(by: str, text: str) -> Deed:
    """Something new is told about the notice."""

    def do(week: Week) -> str:
        return str(notices.change(week.office, week.notice, NoticeChange(actor=by, text=text))["state"])

    return do


def ends(by: str, text: str) -> Deed:
    """The notice is closed."""

    def do(week: Week) -> str:
        return str(notices.close(week.office, week.notice, text, actor=by)["state"])

    return do


def nothing(case: str) -> Deed:
    """Time passes, and something comes of it for a case."""
    return lambda week: week.cases[case]


def picture(message: EmailMessage) -> None:
    """Attach a screenshot."""
    message.add_attachment(PIXEL, maintype="image", subtype="png", filename="skjermbilde.png")


def invitation(message: EmailMessage) -> None:
    """Make it an invitation to a meeting."""
    text = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Kart\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    message.set_content(text, subtype="calendar", params={"method": "REQUEST"})


def sealed(message: EmailMessage) -> None:
    """Encrypt it, so that nobody here can read it."""
    message.set_content("-----BEGIN PGP MESSAGE-----\n\nhQEMA0Vxxxxxxxxx\n=abcd\n-----END PGP MESSAGE-----\n")


def bounces(case: str, to: str) -> Deed:
    """A mail server could not deliver our newest letter to somebody."""

    def do(week: Week) -> int | str:
        letter = week.letter_to(to, case)
        octets = REPORT.format(address=PEOPLE[to], message_id=letter.message_id).replace("\n", "\r\n").encode()
        return week.receive(octets)

    return do


REPORT = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.fjord-ikt.example>
To: kundeservice@fjord-ikt.example
Subject: Undelivered Mail Returned to Sender
Date: Tue, 10 Mar 2026 13:30:00 +0100
Message-ID: <20260310.bounce@mx.fjord-ikt.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain

Your mail could not be delivered.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.fjord-ikt.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 mailbox full

--=_b
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--=_b--
"""

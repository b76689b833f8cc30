"""The desk of config.toml on paper: mail is laid into its folders, agents give orders, and the clock is moved."""

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass, fields
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import col, func, select

from inboxd.config.file import load
from inboxd.desk.order import Order
from inboxd.desk.reference import reference
from inboxd.mail.message import RawMessage
from inboxd.office.act import act
from inboxd.office.documents import Document, show
from inboxd.office.notices import clock as notices
from inboxd.office.office import Office
from inboxd.office.opening import open_office
from inboxd.office.tick import tick
from inboxd.runners.intake import IntakeRunner
from inboxd.store import folders, incoming
from inboxd.store import tables as t
from inboxd.store.desk_tables import Timer
from inboxd.store.letters import list_letters
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import MovedClock, plain_parser

ROOT = Path(__file__).parents[3]
OSLO = ZoneInfo("Europe/Oslo")
MONDAY = dt.datetime(2026, 3, 9, tzinfo=OSLO)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")

DESK = {"kundeservice": "kundeservice@fjord-ikt.example", "varsel": "varsel@fjord-ikt.example"}
PEOPLE = {
    "Anne": "anne.lie@sund.example", "Berit": "berit.moe@sund.example", "Tor": "tor.vik@sund.example",
    "the mayor": "ordforer@sund.example", "Dag": "dag.ness@fjell.example", "Eva": "eva.rud@fjell.example",
    "Geir": "geir.haug@fjell.example", "the surgery": "legekontoret.fjell@post.example",
    "Rolf": "rolf.berg@sund.example", "Hanne": "hanne.dahl@vik.example", "Ivar": "ivar.lund@vik.example",
    "John": "john.smith@partner.example", "Lars": "lars.ek@kommun.example",
    "Emil": "emil@elev.sund.example", "Mari": "mari@foresatt.example",
    "the supplier": "support@leverandor.example", "the group": "faggruppe@fjord-ikt.example",
    "the monitor": "overvaking@drift.example", "the paper": "nyheter@avisa.example",
    "Sund": "ikt@sund.example", "Fjell": "ikt@fjell.example", "Vik": "ikt@vik.example",
    "the front desk": "resepsjon@sund.example", "the mail server": "MAILER-DAEMON@mx.fjord-ikt.example",
    **{name: f"{name}@fjord-ikt.example" for name in ("kari", "ola", "nina", "per", "siv")},
}  # fmt: skip
"""Everybody of the week, by the name that the story gives them."""

NAMES = {address: name for name, address in PEOPLE.items()}
FULL_NAMES = {"Anne": "Anne Lie", "Berit": "Berit Moe", "Dag": "Dag Ness", "John": "John Smith", "Lars": "Lars Ek"}


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happens: when ("Mon 07:10"), who does it, what it is, and how it is done.

    `do` returns the number of the case it is about, or what became of a mail that made none.
    """

    at: str
    who: str
    what: str
    do: "Callable[[Week], int | str]"

    @property
    def moment(self) -> dt.datetime:
        """When it happens."""
        day, time = self.at.split()
        hours, minutes = map(int, time.split(":"))
        return MONDAY + dt.timedelta(days=WEEKDAYS.index(day), hours=hours, minutes=minutes)


@dataclass(frozen=True, kw_only=True)
class Row:
    """What inboxd made of an event, as the story's tables have it."""

    time: str
    who: str
    what: str
    case: str
    category: str
    customer: str
    priority: str
    assignee: str
    status: str
    letters: str

    @classmethod
    def of(cls, *cells: str) -> "Row":
        """Return a row of its cells, in order."""
        return cls(**dict(zip((each.name for each in fields(cls)), cells, strict=True)))


class Week:
    """The desk in the week: `cases` are the numbers of cases by a word of the story's own."""

    def __init__(self, folder: Path) -> None:
        shutil.copy(ROOT / "config.toml", folder / "config.toml")
        self.clock = MovedClock()
        self.clock.moment = MONDAY
        self.settings = load(folder / "config.toml", env={}, with_secrets=False)
        self.office: Office = open_office(self.settings, clock=self.clock)
        self.cases: dict[str, int] = {}
        self.notice = 0
        self._mails = 0

    def close(self) -> None:
        self.office.store.close()

    def live(self, event: Event) -> Row:
        """Let time pass up to an event, let it happen, and say what came of it."""
        before = self._newest_letter()
        self._pass_time(event.moment)
        if event.who != "the clock" and (early := self._letters_after(before)):
            raise AssertionError(f"before {event.at} the clock brought letters that the week does not tell: {early}")
        about = event.do(self)
        self._ring()
        letters = ", ".join(self._letters_after(before)) or "none"
        return Row(time=event.at, who=event.who, what=event.what, **self._standing(about), letters=letters)

    def order(self, order: Order, case: str | None = None) -> int:
        """Carry out an agent's order; returns the case's number."""
        return act(order, None if case is None else self.cases[case], self.office).number

    def receive(self, octets: bytes, *, folder: str = "kundeservice") -> int | str:
        """Let a mail arrive in the folder of a mailbox; returns its case's number, else its outcome."""
        self._mails += 1
        now = self.clock.now()
        with self.office.store.begin() as db:
            inbox = folders.get_folder(db, folder, "INBOX") or folders.start_folder(
                db, mailbox=folder, folder="INBOX", uidvalidity=7, baseline_uid=0, now=now
            )
            raw = RawMessage(uid=self._mails, octets=octets, size=len(octets), internaldate=now)
            incoming.save(db, inbox, [raw], now=now, silent=False)
        while IntakeRunner(self.office, plain_parser).run_once():
            continue
        with self.office.store.reading() as db:
            row = incoming.list_incoming(db, limit=1)[0]
            number = db.exec(select(t.Case.number).where(t.Case.id == row.case_id)).first()
        return number if number is not None and row.outcome != "duplicate" else str(row.outcome)

    def mail(self, who: str, subject: str, text: str, **headers: str) -> EmailMessage:
        """Return a mail of somebody's to the desk, as their program would write it."""
        message = EmailMessage()
        message["From"] = f"{FULL_NAMES.get(who, who.title())} <{PEOPLE[who]}>"
        message["To"] = headers.pop("To", DESK["kundeservice"])
        message["Subject"] = subject
        message["Date"] = self.clock.now().astimezone(OSLO)
        message["Message-ID"] = f"<week-{self._mails}@{PEOPLE[who].partition('@')[2]}>"
        for name, value in headers.items():
            del message[name.replace("_", "-")]
            message[name.replace("_", "-")] = value
        message.set_content(text)
        return message

    def letter_to(self, who: str, case: str) -> LetterRow:
        """Return the newest letter to somebody about a case."""
        letters = [row for row in self.letters() if PEOPLE[who] in row.to and row.number == self.cases[case]]
        return letters[-1]

    def show(self, case: str) -> Document:
        """Return the document of a case."""
        return self._document(self.cases[case])

    def count(self, column: object) -> dict[str, int]:
        """Count the rows of a table by one of its columns."""
        with self.office.store.reading() as db:
            rows = db.exec(select(column, func.count()).group_by(column))  # type: ignore[call-overload]  # any column
            return {str(value): number for value, number in rows}

    def _pass_time(self, until: dt.datetime) -> None:
        """Move the clock to every moment at which something rings, and then to the end."""
        while (rings_at := self._next_ring()) is not None and rings_at <= until:
            self.clock.moment = max(rings_at, self.clock.moment)
            self._ring()
            if self._next_ring() == rings_at:
                raise AssertionError(f"a timer of {rings_at} does not ring")
        self.clock.moment = until
        self._ring()

    def _next_ring(self) -> dt.datetime | None:
        with self.office.store.reading() as db:
            timer = db.exec(select(func.min(Timer.rings_at))).one()
            asleep = select(func.min(t.Case.until)).where(col(t.Case.status).in_(("waiting", "postponed")))
            times = [time for time in (timer, db.exec(asleep).one()) if time is not None]
        return min((_aware(time) for time in times), default=None)

    def _ring(self) -> None:
        while tick(self.office) + sum(step(self.office) for _, step in notices.STEPS):
            continue

    def letters(self) -> tuple[LetterRow, ...]:
        """Return every letter so far, oldest first."""
        with self.office.store.reading() as db:
            return tuple(sorted(list_letters(db), key=lambda row: row.id))

    def _newest_letter(self) -> int:
        return max((row.id for row in self.letters()), default=0)

    def _letters_after(self, letter_id: int) -> list[str]:
        return [
            f"{row.kind} → {' and '.join(NAMES[a] for a in (*row.to, *row.cc))}"
            for row in self.letters()
            if row.id > letter_id
        ]

    def _standing(self, about: int | str) -> dict[str, str]:
        if isinstance(about, str):
            columns = ("category", "customer", "priority", "assignee", "status")
            return {"case": about} | dict.fromkeys(columns, "–")
        case = self._document(about)
        kind = {"question": "", "fault": ", fault", "callof": ", call-off", None: ""}[case["type"]]
        return {
            "case": str(case["reference"]),
            "category": f"{case['category']}{kind}",
            "customer": case["customer"] or "–",
            "priority": case["priority"],
            "assignee": case["assignee"] or "–",
            "status": case["status"],
        }

    def _document(self, number: int) -> Document:
        with self.office.store.reading() as db:
            case_id = db.exec(select(t.Case.id).where(t.Case.number == number)).one()
        return show(self.office, case_id)


def ref(number: int, prefix: str = "KS") -> str:
    """Return a number as people write it."""
    return reference(prefix, number)


def _aware(time: dt.datetime | str) -> dt.datetime:
    found = dt.datetime.fromisoformat(time) if isinstance(time, str) else time
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)

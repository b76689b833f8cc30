"""A seeded corpus of mixed mails, as a desk's mailbox holds them: the same octets for the same seed, on any machine."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP

SENDERS = 400
THREAD_MEMORY = 200
"""A reply answers one of so many mails before it."""

MIX = {"short": 40, "html": 20, "attachment": 15, "reply": 15, "automatic": 10}
"""Mails of each kind in a hundred."""

PROSE = """
hei jeg får ikke logget inn på e-posten etter at passordet ble endret i går og skriveren på rommet ved siden av kantina
står fortsatt med rødt lys kan dere se på det før møtet klokka ti vi trenger også tilgang til mappen for regnskap og en
ny skjerm til kollegaen som begynner på mandag takk for hjelpen så langt med vennlig hilsen
"""
WORDS = PROSE.split()
TOPICS = ("Passord", "Skriver", "Tilgang til mappe", "Ny skjerm", "Nettet er nede", "Faktura", "Spørsmål om søknad")


@dataclass(slots=True)
class _Writer:
    """Writes one corpus; `ids` are (Message-ID, subject) of mails that a reply may answer."""

    random: random.Random
    domain: str
    desk: str
    ids: list[tuple[str, str]] = field(default_factory=list)

    def mail(self, number: int) -> bytes:
        kind = self.random.choices(tuple(MIX), tuple(MIX.values()))[0]
        if kind == "reply" and not self.ids:
            kind = "short"
        message = self._head(number)
        fill: dict[str, Callable[[EmailMessage], None]] = {
            "short": self._short, "html": self._html, "attachment": self._attachment, "reply": self._reply,
            "automatic": self._automatic,
        }  # fmt: skip
        fill[kind](message)
        if kind != "automatic":
            self.ids = [*self.ids[1 - THREAD_MEMORY :], (str(message["Message-ID"]), str(message["Subject"]))]
        for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
            part.set_boundary(f"=_{number}_{depth}")  # the library's own are chance
        return message.as_bytes(policy=SMTP)

    def _head(self, number: int) -> EmailMessage:
        sender = self.random.randrange(SENDERS)
        address = f"bruker{sender}@{self.domain}"
        message = EmailMessage()
        message["Return-Path"] = f"<{address}>"
        message["Delivered-To"] = self.desk
        for hop in range(3):
            message["Received"] = (
                f"from mx{hop}.{self.domain} by mail{hop}.desk.example with ESMTPS id {self.random.getrandbits(60):x}; "
                f"Mon, 12 Jan 2026 10:{number % 60:02}:0{hop} +0100"
            )
        message["From"] = f"Bruker Nr{sender} <{address}>"
        message["To"] = f"Kundeservice <{self.desk}>"
        message["Date"] = f"Mon, 12 Jan 2026 10:{number % 60:02}:00 +0100"
        message["Message-ID"] = f"<{self.random.getrandbits(96):x}.{number}@{self.domain}>"
        message["User-Agent"] = "Corpus"
        return message

    def _text(self, paragraphs: int) -> str:
        lengths = (self.random.randint(15, 60) for _ in range(paragraphs))
        return "\n\n".join(" ".join(self.random.choices(WORDS, k=length)).capitalize() + "." for length in lengths)

    def _subject(self, message: EmailMessage) -> None:
        message["Subject"] = f"{self.random.choice(TOPICS)} {self.random.randrange(1000)}"

    def _short(self, message: EmailMessage) -> None:
        self._subject(message)
        message.set_content(self._text(self.random.randint(1, 4)) + "\n\nHilsen\nBruker\n")

    def _html(self, message: EmailMessage) -> None:
        self._short(message)
        rows = "".join(
            f'<tr><td style="padding:4px;font-family:Calibri">{self._text(1)}</td></tr>'
            for _ in range(self.random.randint(3, 25))
        )
        message.add_alternative(
            f"<html><head><style>p {{ margin: 0 }}</style></head><body><p>Hei,</p><table>{rows}</table></body></html>",
            subtype="html",
        )

    def _attachment(self, message: EmailMessage) -> None:
        self._short(message)
        for number in range(self.random.randint(1, 2)):
            content = self.random.randbytes(self.random.randint(5_000, 200_000))
            message.add_attachment(content, maintype="application", subtype="pdf", filename=f"vedlegg {number}.pdf")

    def _reply(self, message: EmailMessage) -> None:
        parent, subject = self.random.choice(self.ids)
        message["Subject"] = subject if subject.startswith("SV: ") else f"SV: {subject}"
        message["In-Reply-To"] = parent
        message["References"] = parent
        quoted = "\n".join(f"> {line}" for line in self._text(self.random.randint(2, 10)).splitlines())
        message.set_content(f"{self._text(1)}\n\nDen 12. jan. 2026 kl. 09:00 skrev Kundeservice:\n\n{quoted}\n")

    def _automatic(self, message: EmailMessage) -> None:
        match self.random.choice(("vacation", "list", "alarm")):
            case "vacation":
                message["Subject"] = "Automatisk svar: Fraværende"
                message["Auto-Submitted"] = "auto-replied"
            case "list":
                self._subject(message)
                message["List-Id"] = f"<nytt.{self.domain}>"
                message["Precedence"] = "list"
            case _:
                message["Subject"] = f"ALARM vert{self.random.randrange(50)}"
                message["Auto-Submitted"] = "auto-generated"
        message.set_content(self._text(2))


def mails(count: int, desk: str, *, seed: int = 1, domain: str = "kommune.example") -> Iterator[bytes]:
    """Yield so many mails to a desk's address, with CRLF; a reply comes after the mail that it answers."""
    writer = _Writer(random=random.Random(seed), domain=domain, desk=desk)
    for number in range(count):
        yield writer.mail(number)

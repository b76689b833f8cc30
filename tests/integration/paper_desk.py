"""A desk without servers: a config, an SQLite database, a clock that tests move, and mail put straight into it."""

import datetime as dt
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from inboxd.cli.app import run
from inboxd.config.file import load
from inboxd.config.settings import SENT
from inboxd.mail.message import ParsedMessage, RawMessage
from inboxd.mail.parse import parse
from inboxd.office.intake import Parser
from inboxd.office.office import Office
from inboxd.office.opening import open_office
from inboxd.runners.intake import IntakeRunner
from inboxd.store import folders, incoming
from inboxd.store.checks import check
from inboxd.store.letters import list_letters
from inboxd.store.octets import octets_of
from inboxd.store.rows import LetterRow

NOW = dt.datetime(2026, 3, 9, 9, 0, tzinfo=dt.UTC)
"""A Monday, ten o'clock at the desk."""

DESK = "kundeservice@desk.example"
OLA = "ola@kommune.example"

CONFIG = """
[desk]
name = "Kundeservice"
reference_prefix = "KS"
phone = "71 11 11 66"
agent_mail = "off"
send_delay = "10s"

[[agent]]
name = "kari"
address = "kari@agents.example"
login = "kari"
role = "admin"
categories = ["it", "print"]

[[agent]]
name = "per"
address = "per@agents.example"
login = "per"
categories = ["it"]

[[agent]]
name = "nils"
address = "nils@agents.example"
active = false

[[agent]]
name = "revi"
address = "revi@agents.example"
role = "auditor"

[[category]]
name = "it"
assignment = "none"

[[category]]
name = "print"
closed_letter = true

[[mailbox]]
name = "kundeservice"
address = "kundeservice@desk.example"
category = "it"
  [mailbox.imap]
  host = "127.0.0.1"
  port = {imap_port}
  tls = "none"
  username = "{user}"
  password_env = "KS_PASSWORD"
  [mailbox.smtp]
  host = "127.0.0.1"
  port = {smtp_port}
  tls = "none"
"""


class MovedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> dt.datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def forward(self, **span: float) -> None:
        self.moment += dt.timedelta(**span)


def write_config(
    folder: Path, *, more: str = "", imap_port: int = 1, smtp_port: int = 1, user: str = "ks", **replaced: str
) -> Path:
    """Write the desk's config.toml; `more` is put at its end, each of `replaced` is a line put for another's start."""
    path = folder / "config.toml"
    text = CONFIG.format(imap_port=imap_port, smtp_port=smtp_port, user=user) + more
    for start, line in replaced.items():
        text = "\n".join(line if at.startswith(f"{start} =") else at for at in text.splitlines())
    path.write_text(text)
    return path


def mail(
    subject: str = "Skriveren virker ikke", *, sender: str = f"Ola Nordmann <{OLA}>", text: str = "Hei, hjelp.\n",
    files: dict[str, bytes] | None = None, number: int = 1, to: str = DESK, **headers: str,
) -> bytes:  # fmt: skip
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Mon, 09 Mar 2026 09:00:00 +0100"
    message["Message-ID"] = f"<m{number}@kommune.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def plain_parser(octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
    return parse(octets, headers_only=headers_only)


class PaperDesk:
    """One desk: `arrive` is the post, `office` is where the use cases work."""

    def __init__(self, folder: Path, *, config: Path | None = None, clock: MovedClock | None = None) -> None:
        self.folder = folder
        self.config = config or write_config(folder)
        self.clock = clock or MovedClock()
        settings = load(self.config, env={}, with_secrets=False)
        self.office: Office = open_office(settings, clock=self.clock)
        self._uid = 0
        self.parser: Parser = plain_parser
        self.beyond_account: str | None = None
        """Why the accounts of its database cannot agree at the end."""

    def close(self) -> None:
        """End it; whatever the test was about, the accounts of its database must agree."""
        wrong = check(self.office.store) if self.beyond_account is None else ()
        self.office.store.close()
        assert wrong == ()

    def lay(self, *mails: bytes, silent: bool = False, headers_only: bool = False, folder: str = "INBOX") -> list[int]:
        """Put mails into the ledger, undecided; returns their ids."""
        now = self.clock.now()
        with self.office.store.begin() as db:
            inbox = folders.get_folder(db, "kundeservice", folder) or folders.start_folder(
                db, mailbox="kundeservice", folder=folder, uidvalidity=7, baseline_uid=0, now=now
            )
            batch = []
            for octets in mails:
                self._uid += 1
                batch.append(
                    RawMessage(
                        uid=self._uid, octets=octets, size=len(octets), internaldate=now, headers_only=headers_only
                    )
                )
            incoming.save(db, inbox, batch, now=now, silent=silent, sent=folder == SENT)
            rows = incoming.list_incoming(db, limit=len(mails))
        return sorted(row.id for row in rows)

    def arrive(self, *mails: bytes, silent: bool = False, headers_only: bool = False) -> list[int]:
        """Let mails arrive and decide on them; returns their ids in the ledger."""
        ids = self.lay(*mails, silent=silent, headers_only=headers_only)
        while self.intake():
            continue
        return ids

    def look(self) -> None:
        """Note a good look at the inbox, as its fetcher does."""
        with self.office.store.begin() as db:
            inbox = folders.get_folder(db, "kundeservice", "INBOX")
            assert inbox is not None
            folders.looked(db, inbox.id, self.clock.now())

    def send(self, *mails: bytes, silent: bool = False) -> list[int]:
        """Let an agent send mails from the shared mailbox in a mail client; returns their ids in the ledger."""
        ids = self.lay(*mails, silent=silent, folder=SENT)
        self.look()
        while self.intake():
            continue
        return ids

    def intake(self) -> int:
        return IntakeRunner(self.office, self.parser).run_once()

    def letters(self) -> tuple[LetterRow, ...]:
        with self.office.store.reading() as db:
            return list_letters(db)

    def octets(self, letter: LetterRow) -> bytes:
        assert letter.octets_id is not None
        with self.office.store.reading() as db:
            return octets_of(db, letter.octets_id)


class Console:
    """The command line in this process: what a command printed, and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str, code: int = 0) -> str:
        """Run a command that must end so; returns its standard output, and its standard error where it fails."""
        self._capsys.readouterr()
        ended = run(list(words))
        said = self._capsys.readouterr()
        assert ended == code, (words, ended, said)
        return said.out if code == 0 else said.out + said.err

    def ask(self, *words: str, code: int = 0) -> Any:
        """Run a command with --json; returns the one document that is all it printed."""
        return json.loads(self(*words, "--json", code=code))

    def error(self, *words: str, code: int) -> dict[str, Any]:
        """Run a command that fails, with --json; returns what the error document says."""
        document = self.ask(*words, code=code)
        assert set(document) == {"error"}
        assert set(document["error"]) == {"code", "message", "hint"}
        error: dict[str, Any] = document["error"]
        return error

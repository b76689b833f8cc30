"""The settings of one installation: the desk, and how to reach its database, mailboxes and relays."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from inboxd.desk.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """A server and how to log in. `password` is None where no login is asked for (a relay on loopback)."""

    host: str
    port: int
    tls: Literal["implicit", "starttls", "none"]
    ca_file: Path | None
    username: str | None
    password: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """A folder to watch. `after`: "keep", "seen", "delete", "move:FOLDER"; `first_run`: "new", "all", "since:DATE"."""

    server: ServerSettings
    folder: str
    after: str
    poll_seconds: int
    first_run: str

    @property
    def since(self) -> dt.date | None:
        """The date of `first_run = "since:DATE"`, else None."""
        kind, _, date = self.first_run.partition(":")
        return dt.date.fromisoformat(date) if kind == "since" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """A relay to submit to."""

    server: ServerSettings
    null_sender: Literal["auto", "always", "never"]
    confirm: Literal["off", "bcc"] = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """One mailbox's connections; `name` is the mailbox's name at the desk."""

    name: str
    imap: ImapSettings
    smtp: SmtpSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole of config.toml, validated. `path` is the file; relative paths in it are already resolved.

    `text` is the file's own words, without the password of a database's URL.
    """

    path: Path
    desk: Desk
    database_url: str = field(repr=False)
    secret_file: Path
    templates: Path | None
    mailboxes: tuple[MailboxSettings, ...]
    notices_folder: Path | None = None
    text: str = field(default="", repr=False)

    def mailbox(self, name: str) -> MailboxSettings | None:
        """Return the connections of the mailbox of that name."""
        return next((m for m in self.mailboxes if m.name == name), None)

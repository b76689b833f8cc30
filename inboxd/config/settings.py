"""The settings of one installation: the desk, and how to reach its database, mailboxes and relays."""

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from inboxd.desk.desk import Desk

SENT = r"\Sent"
"""Stands for the folder that the server marks as the one for sent mail (RFC 6154)."""


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
    r"""A folder to watch. `after`: "keep", "seen", "delete", "move:FOLDER"; `first_run`: "new", "all", "since:DATE".

    `folder` may be "\Sent": the folder that the server marks so (SPECIAL-USE, RFC 6154). `sent`: of what is in it the
    desk is the sender.
    """

    server: ServerSettings
    folder: str
    after: str
    poll_seconds: int
    first_run: str
    sent: bool = False

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
    """One mailbox's connections; `name` is the mailbox's name at the desk.

    `sent_folder` is where mail clients keep what they sent from it; `watch_sent`: that is watched, too.
    `save_sent`: our letters are put there, too; "auto" where the relay did not within a minute.
    """

    name: str
    imap: ImapSettings
    smtp: SmtpSettings
    sent_folder: str = SENT
    watch_sent: bool = False
    save_sent: Literal["auto", "always", "off"] = "off"

    @property
    def watched(self) -> tuple[ImapSettings, ...]:
        """The folders to watch; the Sent folder is never touched, and its history is nobody's answer."""
        if not self.watch_sent:
            return (self.imap,)
        return (self.imap, replace(self.imap, folder=self.sent_folder, after="keep", first_run="new", sent=True))


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

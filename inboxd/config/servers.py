"""How each mailbox's IMAP server and relay are reached: ports, TLS or a refusal, and the login."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inboxd.config.build import mailbox_name
from inboxd.config.lines import KeyPath
from inboxd.config.problems import Problems
from inboxd.config.schema import MailboxTable, ServerTable, SmtpTable
from inboxd.config.secrets import read_password
from inboxd.config.settings import SENT, ImapSettings, MailboxSettings, ServerSettings, SmtpSettings
from inboxd.errors import ConfigError

IMAP_PORTS = {"implicit": 993, "starttls": 143, "none": 143}
SMTP_PORTS = {"implicit": 465, "starttls": 587, "none": 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the file's paths and names refer to. Without `with_secrets` no password is read."""

    folder: Path
    env: Mapping[str, str] = field(repr=False)
    with_secrets: bool


Login = tuple[str | None, str | None]
"""Username and password; the password is None where none is wanted or none was read."""

NO_LOGIN: Login = (None, None)


class ServerBuilder:
    """Builds the connections of a file's mailboxes; what is wrong with them goes to `problems`."""

    def __init__(self, around: Surroundings, problems: Problems) -> None:
        self._around = around
        self._problems = problems

    def mailbox(self, table: MailboxTable, place: KeyPath) -> MailboxSettings:
        """Return the connections of one mailbox."""
        imap, smtp = table.imap, table.smtp
        imap_place, smtp_place = (*place, "imap"), (*place, "smtp")
        imap_login = self._login(imap, imap.username or table.address, imap_place)
        smtp_login = self._smtp_login(smtp, imap_login, smtp_place)
        return MailboxSettings(
            name=mailbox_name(table),
            imap=ImapSettings(
                server=self._server(imap, IMAP_PORTS, imap_login, imap_place),
                folder=imap.folder,
                after=imap.after,
                poll_seconds=imap.poll_seconds,
                first_run=imap.first_run,
            ),
            smtp=SmtpSettings(
                server=self._server(smtp, SMTP_PORTS, smtp_login, smtp_place),
                null_sender=smtp.null_sender,
                confirm=smtp.confirm,
            ),
            sent_folder=imap.sent_folder or SENT,
            watch_sent=table.watch_sent,
            save_sent=table.save_sent,
        )

    def _smtp_login(self, table: SmtpTable, imap_login: Login, place: KeyPath) -> Login:
        """Return the relay's own login if one is given, none on this machine or in plain text, else that of IMAP."""
        if table.username or table.password_env or table.password_file:
            return self._login(table, table.username or imap_login[0], place)
        return NO_LOGIN if table.tls == "none" or is_loopback(table.host) else imap_login

    def _login(self, table: ServerTable, username: str | None, place: KeyPath) -> Login:
        if not (table.password_env or table.password_file):
            where = (*place, "password_env")
            if table.host and not self._problems.at(where) and not self._problems.at((*place, "password_file")):
                self._problems.add(where, 'missing; write password_env = "KS_PASSWORD", or password_file = "…"')
            return username, None
        if not self._around.with_secrets:
            return username, None
        try:
            password = read_password(
                password_env=table.password_env,
                password_file=table.password_file,
                folder=self._around.folder,
                env=self._around.env,
            )
        except ConfigError as exc:
            self._problems.add((*place, "password_env" if table.password_env else "password_file"), exc.message)
            return username, None
        return username, password

    def _server(self, table: ServerTable, ports: Mapping[str, int], login: Login, place: KeyPath) -> ServerSettings:
        if table.tls == "none" and table.host and not table.allow_plaintext and not is_loopback(table.host):
            told = f'"none" would send passwords and mail in plain text to {table.host}; '
            self._problems.add((*place, "tls"), told + '"implicit" or "starttls", or add allow_plaintext = true')
        return ServerSettings(
            host=table.host,
            port=table.port or ports[table.tls],
            tls=table.tls,
            ca_file=self._ca_file(table, place),
            username=login[0],
            password=login[1],
        )

    def _ca_file(self, table: ServerTable, place: KeyPath) -> Path | None:
        if table.ca_file is None:
            return None
        path = self._around.folder / Path(table.ca_file).expanduser()
        if self._around.with_secrets and not path.is_file():
            self._problems.add((*place, "ca_file"), f"there is no file {path}; the certificates to trust, in PEM")
        return path


def is_loopback(host: str) -> bool:
    """Say whether a host as written is this machine itself: localhost, 127.0.0.0/8 or ::1."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"

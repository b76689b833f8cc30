"""A session with a relay: connect, TLS, log in, one connection for a batch of letters, goodbye."""

import asyncio
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Self

import aiosmtplib

from inboxd.config.settings import ServerSettings
from inboxd.errors import InboxdError, LoginRefused, RelayUnreachable
from inboxd.mail.envelope import OutgoingLetter
from inboxd.mail.smtp_reply import Attempt
from inboxd.smtp.deliver import deliver
from inboxd.smtp.wire import Timeouts, Wire

LOGIN_METHODS = ("plain", "login")
"""In the order of our choice; the first that is offered is tried once, for every try counts towards a lock-out."""

OK = 250


class SmtpSession:
    """An async context manager around one relay. Entering connects and raises RelayUnreachable or LoginRefused.

    TLS is as configured and verified, or there is no session. A name and password go out only under TLS, or where
    `tls = "none"` stands in the configuration, which takes it for loopback or with `allow_plaintext` only.
    """

    def __init__(self, server: ServerSettings, *, timeouts: Timeouts | None = None) -> None:
        self._server = server
        self._timeouts = timeouts or Timeouts()
        self._wire: Wire | None = None
        self._used = False

    async def __aenter__(self) -> Self:
        self._wire = await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._wire is None:
            return
        if exc is None:
            await self._wire.quit()
        else:
            self._wire.drop()

    async def submit(
        self, letter: OutgoingLetter, *, null_sender: bool, still_ours: Callable[[], bool] = lambda: True
    ) -> Attempt:
        """Submit a letter and return what became of each recipient (see `deliver`, also for `still_ours`).

        Raises RelayUnreachable or LoginRefused where there is no connection to be had: the letter was not attempted.
        """
        wire = await self._ready()
        self._used = True
        return await deliver(wire, letter, null_sender=null_sender, still_ours=still_ours)

    @property
    def alive(self) -> bool:
        """Say whether the connection stood after the last letter."""
        return self._wire is not None and self._wire.alive

    @property
    def in_doubt(self) -> bool:
        """Say whether nobody can know what became of the last letter: its final dot went out and was not answered."""
        return self._wire is not None and self._wire.in_doubt

    @property
    def extensions(self) -> tuple[str, ...]:
        """What the relay offers after EHLO, in lower case: "size", "dsn", "smtputf8", …"""
        return () if self._wire is None else self._wire.extensions

    async def _ready(self) -> Wire:
        """Return a connection in its initial state: the last one after RSET, or a new one."""
        if self._wire is not None and self._wire.alive:
            if not self._used or (await self._wire.command("RSET")).code == OK:
                return self._wire
            self._wire.drop()
        self._wire = None  # what the last letter was in doubt about says nothing of one that was not offered yet
        self._wire, self._used = await self._open(), False
        return self._wire

    async def _open(self) -> Wire:
        server = self._server
        try:
            client = aiosmtplib.SMTP(
                hostname=server.host,
                port=server.port,
                use_tls=server.tls == "implicit",
                start_tls=server.tls == "starttls",  # never left out: then aiosmtplib goes on in clear text
                tls_context=None if server.tls == "none" else await asyncio.to_thread(_tls_context, server),
                timeout=self._timeouts.command,
            )
            await client.connect(timeout=self._timeouts.greeting)
        except (aiosmtplib.SMTPException, OSError) as exc:
            raise translate(exc, server) from exc
        wire = Wire(client, self._timeouts)
        try:
            await client.ehlo()
            await _log_in(client, server)
        except (aiosmtplib.SMTPException, OSError) as exc:
            wire.drop()
            raise translate(exc, server) from exc
        return wire


def translate(exc: Exception, server: ServerSettings) -> InboxdError:
    """Turn what aiosmtplib or the socket raised before any letter into one of ours, by its class and code."""
    where = f"{server.host}:{server.port}"
    permanent = isinstance(exc, aiosmtplib.SMTPResponseException) and 500 <= exc.code < 600  # noqa: PLR2004 - RFC 5321 4.2.1
    if isinstance(exc, aiosmtplib.SMTPAuthenticationError) and permanent:
        return LoginRefused(f"{where} refused the login: {exc.code}", hint="check username and password")
    if isinstance(exc, aiosmtplib.SMTPNotSupported):
        return LoginRefused(f"{where}: {exc}", hint="check port and tls: many relays offer logins under TLS only")
    if isinstance(exc, aiosmtplib.SMTPResponseException):
        return RelayUnreachable(f"{where} answered {exc.code} before any letter")
    cause = exc.__cause__ if isinstance(exc, aiosmtplib.SMTPConnectError) else exc
    if isinstance(cause, ssl.SSLCertVerificationError):
        what = f"TLS failed, the certificate is not trusted: {cause.verify_message}"
        return RelayUnreachable(f"{where}: {what}", hint="check ca_file, and that host is a name in the certificate")
    if isinstance(cause, ssl.SSLError):
        return RelayUnreachable(f"{where}: TLS failed: {cause.reason or 'unverified'}", hint="check tls and ca_file")
    if isinstance(exc, TimeoutError):
        return RelayUnreachable(f"{where} does not answer in time")
    return RelayUnreachable(f"{where} cannot be used: {exc}")


async def _log_in(client: aiosmtplib.SMTP, server: ServerSettings) -> None:
    if server.username is None:
        return
    method = next((name for name in LOGIN_METHODS if name in client.server_auth_methods), None)
    words = server.username, server.password or ""
    match method:
        case "plain":
            await client.auth_plain(*words)
        case "login":
            await client.auth_login(*words)
        case _:
            raise aiosmtplib.SMTPNotSupported("no login with a password is offered")


def _tls_context(server: ServerSettings) -> ssl.SSLContext:
    """Return a context that verifies chain and name, against `ca_file` where one is named."""
    return ssl.create_default_context(cafile=None if server.ca_file is None else str(server.ca_file))

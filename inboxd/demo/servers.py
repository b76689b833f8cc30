"""A small mail world on loopback: one IMAP server (pymap), one SMTP server (aiosmtpd), and a mailbox for everybody.

Whatever is submitted over SMTP is noted for the demo's checks and delivered to its recipients' IMAP mailboxes, with the
Return-Path that a delivering server adds (RFC 5321 4.4). So a mail client can take part.
"""

import argparse
import asyncio
import imaplib
import os
import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend, Identity
from pymap.imap import IMAPServer
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

LOOPBACK = "127.0.0.1"
PASSWORD = "demo"
START_SECONDS = 10
NULL_SENDER = "<>"
"""How aiosmtpd hands over `MAIL FROM:<>` (an empty text would mean that no MAIL has come)."""

IMAP_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A mail that was submitted: its envelope, and the mail."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    message: EmailMessage


class MailWorld:
    """Both servers, on ports of their own, in one thread; use it in `with`."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self.addresses = frozenset(addresses)
        self.delivered: list[Delivered] = []
        self.imap_port = self.smtp_port = 0
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> "MailWorld":
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise TimeoutError("the mail servers of the demo did not start")
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(START_SECONDS)

    def letters_to(self, address: str) -> list[Delivered]:
        """Return what was submitted for an address, oldest first."""
        return [mail for mail in list(self.delivered) if address in mail.rcpt_tos]

    def submit(self, mail_from: str, rcpt_to: str, octets: bytes) -> None:
        """Send a mail as a person's own mail program would."""
        with smtplib.SMTP(LOOPBACK, self.smtp_port, timeout=IMAP_SECONDS) as client:
            client.sendmail(mail_from, [rcpt_to], octets)

    def put(self, address: str, octets: bytes) -> None:
        """Put a mail into somebody's INBOX over IMAP."""
        with imaplib.IMAP4(LOOPBACK, self.imap_port, timeout=IMAP_SECONDS) as client:
            client.login(address, PASSWORD)
            client.append("INBOX", "", "", octets)

    def flags(self, address: str, message_id: str) -> str | None:
        """Return the flags of a mail in somebody's INBOX, None if there is no such mail. Looks, and marks nothing."""
        with imaplib.IMAP4(LOOPBACK, self.imap_port, timeout=IMAP_SECONDS) as client:
            client.login(address, PASSWORD)
            client.select("INBOX", readonly=True)
            found = client.uid("SEARCH", "HEADER", "Message-ID", f'"{message_id}"')[1][0]
            return str(client.uid("FETCH", found.decode().split()[0], "(FLAGS)")[1][0]) if found else None

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name and arguments
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take mail for those who have a mailbox here."""
        del server, session, options
        if address not in self.addresses:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        """Note a mail and deliver it."""
        del server, session
        octets = envelope.content if isinstance(envelope.content, bytes) else b""
        mail_from = "" if envelope.mail_from in {None, NULL_SENDER} else str(envelope.mail_from)
        trace = f"Return-Path: <{mail_from}>\r\n".encode()
        for address in envelope.rcpt_tos:
            await asyncio.to_thread(self.put, address, trace + octets)
        message = message_from_bytes(octets, policy=policy.default)
        self.delivered.append(Delivered(mail_from=mail_from, rcpt_tos=tuple(envelope.rcpt_tos), message=message))
        return "250 2.0.0 delivered"

    async def _serve(self) -> None:
        loop = self._loop = asyncio.get_running_loop()
        imap = await self._imap_server()
        smtp = await loop.create_server(lambda: SMTP(self, hostname="mx.desk.example", loop=loop), LOOPBACK, 0)
        self.imap_port, self.smtp_port = _port(imap), _port(smtp)
        self._ready.set()
        await self._stop.wait()
        smtp.close()
        imap.close()

    async def _imap_server(self) -> asyncio.Server:
        """Start pymap as its own command line would, but with a user for every address."""
        unused = {"debug": False, "cert": None, "key": None, "passlib_cfg": None, "proxy_protocol": None}
        nobody = {"demo_data": False, "demo_user": "nobody", "demo_password": os.urandom(16).hex()}
        arguments = argparse.Namespace(host=LOOPBACK, port=0, tls=False, **unused, **nobody)
        backend, config = await DictBackend.init(arguments, hash_context=Cleartext())
        config.apply_context()
        for address in self.addresses:
            user = UserMetadata(config, address, password=PASSWORD)
            await Identity(address, backend.login, None, frozenset()).set(user)
        connect = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        return await asyncio.start_server(connect, sock=socket.create_server((LOOPBACK, 0)))


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Look again and again until something holds, or the time is over; say which."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])

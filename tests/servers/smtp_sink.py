"""An SMTP server that keeps every envelope, and refuses what a test tells it to refuse (aiosmtpd)."""

import asyncio
import email
import threading
from dataclasses import dataclass
from email.message import Message
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.ports import LOOPBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One mail as it was handed in: the envelope and the octets, with CRLF."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    octets: bytes

    def message(self) -> Message:
        return email.message_from_bytes(self.octets)


def _sender(address: str | None) -> str:
    """aiosmtpd takes an empty sender for a missing MAIL, so inside it the null sender stays "<>"."""
    return "" if address in {None, "<>"} else str(address)


class _PortZero(Controller):
    """aiosmtpd's controller knows no port 0: take the number from the bound socket before it greets itself."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class SmtpSink:
    """A relay that takes everything; use it in `with`. The dicts and lists below may be changed while it runs.

    `mail_replies[mail_from]` and `rcpt_replies[recipient]` replace "250 OK"; each of `data_replies` is used once, in
    order, for the next final dots.
    """

    host = LOOPBACK

    def __init__(self) -> None:
        self.port = 0
        self.envelopes: list[Delivered] = []
        self.connections = 0
        self.mail_replies: dict[str, str] = {}
        self.rcpt_replies: dict[str, str] = {}
        self.data_replies: list[str] = []
        self._arrived = threading.Condition()
        self._controller: _PortZero | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._controller = _PortZero(self, hostname=self.host, port=self.port, ready_timeout=20)
        self._controller.start()
        self.port = self._controller.port
        self.connections = 0

    def stop(self) -> None:
        """Close the port and every connection; what was delivered is kept."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def wait_for(self, number: int, seconds: float = 20) -> list[Delivered]:
        """Wait until at least `number` mails have come and return all of them; TimeoutError after `seconds`."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.envelopes) >= number, timeout=seconds):
                raise TimeoutError(f"{len(self.envelopes)} of {number} mails came within {seconds:g} s")
            return list(self.envelopes)

    def sent_to(self, address: str) -> list[Delivered]:
        """Return the mails whose envelope names this recipient, oldest first."""
        return [mail for mail in self.envelopes if address.lower() in {each.lower() for each in mail.rcpt_tos}]

    async def handle_EHLO(  # noqa: N802 - aiosmtpd names its hooks after the verbs
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        reply = self.mail_replies.get(_sender(address), "250 2.1.0 OK")
        if reply.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(mail_options)
        return reply

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        reply = self.rcpt_replies.get(address, "250 2.1.5 OK")
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = self.data_replies.pop(0) if self.data_replies else "250 2.0.0 queued"
        if reply.startswith("2"):
            assert isinstance(envelope.content, bytes)
            with self._arrived:
                self.envelopes.append(
                    Delivered(
                        mail_from=_sender(envelope.mail_from),
                        rcpt_tos=tuple(envelope.rcpt_tos),
                        octets=envelope.content,
                    )
                )
                self._arrived.notify_all()
        return reply

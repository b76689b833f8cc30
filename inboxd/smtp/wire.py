"""One SMTP connection's commands, each with its own time limit, and the one place that writes a letter's octets.

A lost connection, a time-out or an unreadable answer is a value here: a reply of code 0, and the connection is gone.
"""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol
from aiosmtplib.response import SMTPResponse

from inboxd.errors import LeaseLost
from inboxd.mail.smtp_reply import SmtpReply, reply

BLOCK = 65_536
"""Octets that are written before the next look at the clock."""

CLOSING = 421
BEFORE_DOT = "in the letter, before its final dot"
LINE_END = re.compile(rb"\r\n|\r|\n")
LEADING_DOT = re.compile(rb"(?m)^\.")
LOST = (aiosmtplib.SMTPException, OSError, TimeoutError)
"""What the library and the socket raise when there will be no answer; a refusal never raises here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds to wait at each step (RFC 5321 4.5.3.2). `goodbye` is ours: nothing hangs on the answer to QUIT."""

    greeting: float = 300.0
    command: float = 300.0
    data: float = 120.0
    block: float = 180.0
    final_dot: float = 600.0
    goodbye: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How the writing of a letter ended. `dot` says that the final dot was handed to the system.

    Without it the relay cannot have taken the letter, whatever became of the connection.
    """

    reply: SmtpReply
    dot: bool


class Wire:
    """An open connection that has said EHLO and, where asked for, logged in."""

    def __init__(self, client: aiosmtplib.SMTP, timeouts: Timeouts) -> None:
        self._client = client
        self._timeouts = timeouts
        self.in_doubt = False
        """A final dot went out, and its answer is not here yet."""

    @property
    def alive(self) -> bool:
        """Say whether the connection stands, as far as this side knows."""
        return self._client.is_connected

    @property
    def extensions(self) -> tuple[str, ...]:
        """The names of what the relay offers, in lower case."""
        return tuple(sorted(self._client.esmtp_extensions))

    def offers(self, extension: str) -> bool:
        """Say whether the relay offers an extension (name in lower case)."""
        return extension in self._client.esmtp_extensions

    @property
    def size_limit(self) -> int | None:
        """The largest letter that the relay takes, in octets; None where it names no limit (RFC 1870 3)."""
        limit = self._client.esmtp_extensions.get("size", "").strip()
        return int(limit) or None if limit.isascii() and limit.isdigit() else None

    async def command(self, *words: str) -> SmtpReply:
        """Send one command line and return the reply; code 0 where none came, and then the connection is closed."""
        seconds = self._timeouts.data if words == ("DATA",) else self._timeouts.command
        try:
            answer = await self._client.execute_command(*(word.encode() for word in words), timeout=seconds)
        except LOST as exc:
            self.drop()
            return _no_reply(exc, f"at {words[0]}")
        return self._read(answer)

    async def send(self, octets: bytes, still_ours: Callable[[], bool] = lambda: True) -> Sent:
        """Write a letter after the relay's 354, dot-stuffed and with CRLF line ends (RFC 5321 4.5.2).

        aiosmtplib writes a letter and its final dot in one go, and so cannot tell a connection lost before the dot from
        one lost after it. This method is all that touches its protocol object: the body is drained from this process
        first, and only then the dot is written, if the letter is `still_ours`; LeaseLost if not.
        """
        protocol = self._client.protocol
        if protocol is None:
            return Sent(reply=_no_reply(None, BEFORE_DOT), dot=False)
        try:
            await self._write_body(protocol, stuffed(octets))
            if not still_ours():
                self.drop()
                raise LeaseLost("the lease of the letter ended before its final dot")
            self.in_doubt = True
            protocol.write(b".\r\n")
        except LOST as exc:
            self.drop()
            return Sent(reply=_no_reply(exc, BEFORE_DOT), dot=False)
        try:  # no await between the dot and this: what arrives while nobody waits for an answer is thrown away
            answer = await protocol.read_response(timeout=self._timeouts.final_dot)
        except LOST as exc:
            self.drop()
            return Sent(reply=_no_reply(exc, "after the final dot"), dot=True)
        self.in_doubt = False
        return Sent(reply=self._read(answer), dot=True)

    async def quit(self) -> None:
        """Say goodbye, if there is anybody to say it to, and close.

        The library's own QUIT would leave a TLS connection half closed until the relay closes it too.
        """
        if self.alive:
            with suppress(*LOST):
                await self._client.execute_command(b"QUIT", timeout=self._timeouts.goodbye)
        self.drop()
        await asyncio.sleep(0)  # the loop closes the socket in its next turn, which may be its last

    def drop(self) -> None:
        """Close at once. What was not sent yet is thrown away: a late octet could only confuse the relay."""
        transport = self._client.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
        self._client.close()

    def _read(self, answer: SMTPResponse) -> SmtpReply:
        """Return the reply; a relay that says goodbye or talks something else than SMTP is left at once."""
        if answer.code == CLOSING or not 200 <= answer.code < 600:  # noqa: PLR2004 - RFC 5321 4.2.1
            self.drop()
        return reply(answer.code, answer.message)

    async def _write_body(self, protocol: SMTPProtocol, octets: bytes) -> None:
        if isinstance(protocol.transport, asyncio.WriteTransport):
            protocol.transport.set_write_buffer_limits(high=1, low=0)  # drained: nothing is left in this process
        for start in range(0, len(octets), BLOCK):
            async with asyncio.timeout(self._timeouts.block):
                protocol.write(octets[start : start + BLOCK])
                await protocol._drain_helper()  # noqa: SLF001 - asyncio's own name for it; there is no public one


def with_crlf(octets: bytes) -> bytes:
    """Return the octets with CRLF as the only line end, also at their end: a bare CR or LF never goes out."""
    lines = LINE_END.sub(b"\r\n", octets)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def stuffed(octets: bytes) -> bytes:
    """Return the octets as they stand on the wire before the final dot (RFC 5321 4.5.2)."""
    return LEADING_DOT.sub(b"..", with_crlf(octets))


def _no_reply(exc: Exception | None, where: str) -> SmtpReply:
    """Say in our own words why no readable reply came."""
    if isinstance(exc, TimeoutError):
        what = "no answer in time"
    elif isinstance(exc, aiosmtplib.SMTPResponseException):
        what = "an answer that is no SMTP reply"
    else:
        what = "connection lost"
    return SmtpReply(code=0, enhanced_status="", text=f"{what} {where}")

"""An SMTP server (asyncio, in the test's own loop) that fails where a test says so, and keeps a log of all it was told.

A fault says at which stage what is done. Stages: greeting, ehlo, starttls, auth, mail, rcpt, data (the command), body
(octets, before the final dot), dot (after it; the letter was taken unless a reply refuses it), rset, quit.
"""

import asyncio
import base64
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.servers.ports import LOOPBACK

HANG = "hang"
"""Never answer, until the client goes away."""
DROP = "drop"
"""Reset the connection without an answer."""


@dataclass(kw_only=True)
class Fault:
    """What happens at a stage: HANG, DROP, or a reply line. `times` is how often; `of` limits it to one address."""

    stage: str
    do: str
    times: int = 1_000_000
    of: str | None = None


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """One letter whose final dot arrived. `octets` are as the client meant them, dots unstuffed."""

    mail_from: str
    mail_options: tuple[str, ...]
    rcpt_tos: tuple[str, ...]
    rcpt_options: tuple[tuple[str, ...], ...]
    octets: bytes


class _GoneError(Exception):
    """The connection is over."""


@dataclass
class FaultServer:
    (
        """Use it in `async with`. `taken` are the letters it answers for; `seen` are all whose dot came, taken or not.

    `on_connection` is called with the number of each connection, before its greeting.
    """
        ""
    )

    faults: list[Fault] = field(default_factory=list)
    extensions: Sequence[str] = ("SIZE 1000000", "8BITMIME", "DSN", "SMTPUTF8")
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    users: dict[str, str] = field(default_factory=dict)
    mechanisms: str = "PLAIN LOGIN"
    refuses_null: str | None = None
    port: int = 0
    commands: list[str] = field(default_factory=list)
    taken: list[Transaction] = field(default_factory=list)
    seen: list[Transaction] = field(default_factory=list)
    connections: int = 0
    on_connection: Callable[[int], object] = lambda number: None

    async def __aenter__(self) -> Self:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # so that a letter cannot hide in the kernel
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((LOOPBACK, self.port))
        self.port = listening.getsockname()[1]
        self._tasks: set[asyncio.Task[None]] = set()
        context = self.tls if self.implicit_tls else None
        self._server = await asyncio.start_server(self._client, sock=listening, ssl=context)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def words(self, verb: str) -> list[str]:
        """Return the command lines of one verb, in order."""
        return [line for line in self.commands if line.upper().startswith(verb)]

    def take_fault(self, stage: str, address: str | None = None) -> str | None:
        """Return what is to be done here, and count it."""
        for fault in self.faults:
            if fault.stage == stage and fault.times > 0 and fault.of in {None, address}:
                fault.times -= 1
                return fault.do
        return None

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self.on_connection(self.connections)
        try:
            await _Conversation(self, reader, writer).run()
        except (_GoneError, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone or was sent away, or the test is over: nothing is left to do
        finally:
            self._tasks.discard(task)
            writer.transport.abort()


class _Conversation:
    def __init__(self, server: FaultServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.secure = server.implicit_tls
        self.start_over()

    def start_over(self) -> None:
        self.mail_from: str | None = None
        self.mail_options: tuple[str, ...] = ()
        self.rcpts: list[tuple[str, tuple[str, ...]]] = []

    async def run(self) -> None:
        await self.answer("greeting", "220 fault.example ESMTP")
        verbs = {
            "EHLO": self.ehlo, "STARTTLS": self.starttls, "AUTH": self.auth, "MAIL": self.mail, "RCPT": self.rcpt,
            "DATA": self.data, "RSET": self.rset, "QUIT": self.quit,
        }  # fmt: skip
        while True:
            line = (await self.line()).decode()
            self.server.commands.append(line)
            verb, _, rest = line.partition(" ")
            if verb.upper() in verbs:
                await verbs[verb.upper()](rest)
            else:
                await self.say("500 5.5.1 no such command")

    async def line(self) -> bytes:
        line = await self.reader.readline()
        if not line:
            raise _GoneError
        assert line.endswith(b"\r\n"), line
        return line[:-2]

    async def say(self, text: str) -> None:
        self.writer.write(text.replace("\n", "\r\n").encode() + b"\r\n")
        await self.writer.drain()

    async def answer(self, stage: str, usual: str, address: str | None = None) -> bool:
        """Do what the test asked for at this stage, else answer as usual; return whether the answer was positive."""
        do = self.server.take_fault(stage, address)
        if do == HANG:
            await self.reader.read()
            raise _GoneError
        if do == DROP:
            raise _GoneError
        await self.say(do or usual)
        if do and do.startswith("421"):
            raise _GoneError
        return (do or usual)[0] in "23"

    async def ehlo(self, rest: str) -> None:
        offers = list(self.server.extensions)
        if self.server.tls and not self.secure:
            offers.append("STARTTLS")
        if self.server.users and (self.secure or not self.server.tls):
            offers.append(f"AUTH {self.server.mechanisms}")
        lines = ["fault.example", *offers]
        usual = "\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)
        await self.answer("ehlo", usual)

    async def starttls(self, rest: str) -> None:
        if await self.answer("starttls", "220 2.0.0 go ahead"):
            assert self.server.tls is not None
            await self.writer.start_tls(self.server.tls)
            self.secure = True

    async def auth(self, rest: str) -> None:
        mechanism, _, first = rest.partition(" ")
        if mechanism == "PLAIN":
            _, name, password = base64.b64decode(first).decode().split("\0")
        else:
            await self.say("334 UGFzc3dvcmQ6")
            name, password = (base64.b64decode(each).decode() for each in (first, await self.line()))
        right = self.server.users.get(name) == password
        await self.answer("auth", "235 2.7.0 welcome" if right else "535 5.7.8 wrong name or password")

    async def mail(self, rest: str) -> None:
        path, *options = rest.removeprefix("FROM:").split(" ")
        address = path.strip("<>")
        if not address and self.server.refuses_null:
            await self.say(self.server.refuses_null)
        elif await self.answer("mail", "250 2.1.0 sender fine", address):
            self.mail_from, self.mail_options = address, tuple(options)

    async def rcpt(self, rest: str) -> None:
        path, *options = rest.removeprefix("TO:").split(" ")
        address = path.strip("<>")
        if self.mail_from is None:
            await self.say("503 5.5.1 MAIL first")
        elif await self.answer("rcpt", "250 2.1.5 recipient fine", address):
            self.rcpts.append((address, tuple(options)))

    async def data(self, rest: str) -> None:
        if not self.rcpts:
            await self.say("503 5.5.1 RCPT first")
        elif await self.answer("data", "354 go ahead"):
            await self.body()

    async def body(self) -> None:
        fault = self.server.take_fault("body")
        if fault == DROP:
            raise _GoneError
        if fault == HANG:
            await asyncio.Event().wait()
        octets = b""
        while (line := await self.line()) != b".":
            octets += line.removeprefix(b".") + b"\r\n"
        letter = Transaction(
            mail_from=self.mail_from or "",
            mail_options=self.mail_options,
            rcpt_tos=tuple(address for address, _ in self.rcpts),
            rcpt_options=tuple(options for _, options in self.rcpts),
            octets=octets,
        )
        self.server.seen.append(letter)
        if not any(f.stage == "dot" and f.times and f.do[:1] in "45" for f in self.server.faults):
            self.server.taken.append(letter)
        await self.answer("dot", "250 2.0.0 queued as 4711")
        self.start_over()

    async def rset(self, rest: str) -> None:
        self.start_over()
        await self.answer("rset", "250 2.0.0 fresh")

    async def quit(self, rest: str) -> None:
        await self.answer("quit", "221 2.0.0 bye")
        raise _GoneError

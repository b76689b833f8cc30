"""The parent's side: one warm child that reads mail after mail, killed and replaced where a mail breaks it."""

import os
import pickle
import select
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO, cast

from inboxd.clock import Clock, SystemClock
from inboxd.mail.message import ParsedMessage
from inboxd.parsing.failure import ParseFailed, ParserClosed
from inboxd.parsing.wire import MAX_REPLY, REPLY, REQUEST, unpack

WALL_SECONDS = 20.0
"""Seconds after which a mail that is still being read has broken its reader (rules.md T20)."""

ENDING_SECONDS = 1.0
"""Seconds that a child which hung up is waited for, to hear what it died of."""

CHUNK = 65_536
"""Octets that a pipe holds and a reply is read by: room for more would be made anew for every mail."""

HINT = "The mail is kept as it came; `inboxd incoming list` tells where it is."
COMMAND = (sys.executable, "-m", "inboxd.parsing.child")


class ParsingChild:
    """Reads mail in a child process, started with the first mail and used again and again.

    Threads wait for each other: requests and replies have no name on them, so that two readers would swap them.
    """

    def __init__(
        self, *, clock: Clock | None = None, wall_seconds: float = WALL_SECONDS, command: Sequence[str] = COMMAND
    ) -> None:
        self._clock = clock or SystemClock()
        self._wall_seconds = wall_seconds
        self._command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._reading = threading.Lock()
        self._closed = False

    def parse(self, octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        """Return a mail as read from its octets, within 512 MB, 10 s of processor time and 20 s in all.

        Raises ParseFailed where the child dies of it or is late; the next call starts a new child. Raises ParserClosed
        after `close`, also where that comes while the mail is read.
        """
        with self._reading:
            try:
                return unpack(self._exchange(REQUEST.pack(headers_only, len(octets)) + octets))
            except (OSError, pickle.UnpicklingError, EOFError, AttributeError, TypeError, ValueError) as exc:
                self._end()
                self._refuse_if_closed()
                raise ParseFailed(f"The reader of mail died ({type(exc).__name__}).", hint=HINT) from exc
            except ParseFailed:
                self._end()
                self._refuse_if_closed()
                raise

    def warm_up(self) -> None:
        """Start the child and wait until it reads, so that no mail is in hand while it starts. Raises as `parse`."""
        self.parse(b"")

    def close(self) -> None:
        """End the child for good: who waits for a reading is told, and none is started again. For any thread."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()  # a mail that is being read ends with it, and its reader lets go of the pipes
        with self._reading:
            self._end()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise ParserClosed("The reader of mail was closed.")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in _pipes(process):
                pipe.close()

    def _exchange(self, request: bytes) -> bytes:
        """Write a request, then read the reply: the child takes all of the one before it gives any of the other."""
        self._refuse_if_closed()
        process = self._started()
        self._refuse_if_closed()  # `close` may have looked for a child just before there was one
        requests, replies = _pipes(process)
        deadline = self._clock.monotonic() + self._wall_seconds
        unsent, reply = memoryview(request), bytearray()
        while unsent:
            self._wait(requests, select.POLLOUT, deadline)
            unsent = unsent[os.write(requests.fileno(), unsent) :]
        while not _is_complete(reply):
            self._wait(replies, select.POLLIN, deadline)
            reply += _read(process)
        return bytes(reply[REPLY.size :])

    def _wait(self, pipe: IO[bytes], event: int, deadline: float) -> None:
        """Wait until a pipe can be written or read, or has lost its other end; raises ParseFailed at the deadline."""
        poller = select.poll()
        poller.register(pipe, event)
        ready = poller.poll(max(deadline - self._clock.monotonic(), 0) * 1000)
        if not ready or self._clock.monotonic() >= deadline:
            raise ParseFailed(f"The mail was not read within {self._wall_seconds:g} seconds.", hint=HINT)

    def _started(self) -> subprocess.Popen[bytes]:
        """Return the child, a new one where there is none or it died in the meantime."""
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 # our own module, run by our own interpreter
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,
            )
            os.set_blocking(_pipes(self._process)[0].fileno(), False)
        return self._process


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """Return the pipes that every child is started with."""
    return cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)


def _read(process: subprocess.Popen[bytes]) -> bytes:
    octets = os.read(_pipes(process)[1].fileno(), CHUNK)
    if not octets:
        raise ParseFailed(f"The reader of mail died ({_ending(process)}).", hint=HINT)
    return octets


def _is_complete(reply: bytearray) -> bool:
    """Say whether a reply is there to its end; raises ParseFailed where it promises to be larger than any mail's."""
    if len(reply) < REPLY.size:
        return False
    length: int = REPLY.unpack_from(reply)[0]
    if length > MAX_REPLY:
        raise ParseFailed("The reader of mail answered nonsense.", hint=HINT)
    return len(reply) >= REPLY.size + length


def _ending(process: subprocess.Popen[bytes]) -> str:
    try:
        code = process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        return "it hung up"
    return f"signal {-code}" if code < 0 else f"exit {code}"

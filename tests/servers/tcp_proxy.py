"""A TCP proxy on loopback that cuts or holds a connection after so many octets or chunks, once."""

import contextlib
import socket
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from tests.servers.ports import LOOPBACK

CHUNK = 65_536


@dataclass(kw_only=True)
class Cut:
    """What goes wrong: after so many octets or chunks of one direction (or both) the connection is cut, or held.

    `up` goes to the server. Cut means a reset to both sides; held means that nothing more comes and nothing closes.
    The octets up to `after` still go through. `times` is how many connections it happens to.
    """

    after: int
    unit: Literal["octets", "chunks"] = "octets"
    direction: Literal["up", "down", "both"] = "both"
    then: Literal["cut", "hold"] = "cut"
    times: int = 1


class TcpProxy:
    """Stands before a server; use it in `with`. `cut` may be set and changed while it runs.

    `chunks` and `octets` count what went through since the last `forget`; `happened` how often `cut` did.
    """

    host = LOOPBACK

    def __init__(self, upstream: int, cut: Cut | None = None) -> None:
        self.upstream = upstream
        self.cut = cut
        self.connections = 0
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listening.getsockname()[1]
        self.forget()

    def forget(self) -> None:
        """Count from the beginning."""
        self.chunks = self.octets = self.happened = 0

    def __enter__(self) -> Self:
        self._threads.append(threading.Thread(target=self._accept))
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._closing.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.drop()
        for thread in self._threads:
            thread.join()
        for one in self._open:
            one.close()

    def drop(self) -> None:
        """Cut every connection that is open."""
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listening.accept()
            except OSError:
                return  # it was closed: the test is over
            try:
                server = socket.create_connection((LOOPBACK, self.upstream), timeout=20)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            self.connections += 1
            pair = _Pair(self, client, server)
            with self._lock:
                self._open |= {client, server}
            for direction, here, there in (("up", client, server), ("down", server, client)):
                thread = threading.Thread(target=pair.pump, args=(direction, here, there))
                self._threads.append(thread)
                thread.start()


class _Pair:
    """One client's connection and the one to the server behind it."""

    def __init__(self, proxy: TcpProxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy, self.ends = proxy, (client, server)
        self.went = {"octets": 0, "chunks": 0}
        self.held = threading.Event()

    def pump(self, direction: str, here: socket.socket, there: socket.socket) -> None:
        with contextlib.suppress(OSError):  # either side may close or be cut at any time: that is what this is for
            while chunk := here.recv(CHUNK):
                if self.held.is_set():
                    continue
                passed = self._passed(direction, chunk)
                there.sendall(passed)
                if len(passed) < len(chunk) or self._is_over(direction):
                    self._happen()
            if not self.held.is_set():
                there.shutdown(socket.SHUT_WR)
        if direction == "down" and not self.held.is_set():
            self.close()

    def close(self) -> None:
        with self.proxy._lock:
            for one in self.ends:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _passed(self, direction: str, chunk: bytes) -> bytes:
        """Count a chunk, and return as much of it as goes through."""
        with self.proxy._lock:
            self.proxy.chunks, self.proxy.octets = self.proxy.chunks + 1, self.proxy.octets + len(chunk)
            cut = self._cut(direction)
            if cut is None:
                return chunk
            left = max(0, cut.after - self.went["octets"]) if cut.unit == "octets" else len(chunk)
            if cut.unit == "chunks" and self.went["chunks"] >= cut.after:
                left = 0
            self.went["octets"] += len(chunk[:left])
            self.went["chunks"] += 1
            return chunk[:left]

    def _is_over(self, direction: str) -> bool:
        cut = self._cut(direction)
        return cut is not None and cut.after > 0 and self.went[cut.unit] >= cut.after

    def _cut(self, direction: str) -> Cut | None:
        cut = self.proxy.cut
        meant = cut is not None and cut.direction in {direction, "both"} and self.proxy.happened < cut.times
        return cut if meant else None

    def _happen(self) -> None:
        cut = self.proxy.cut
        assert cut is not None
        with self.proxy._lock:
            self.proxy.happened += 1
        self.held.set() if cut.then == "hold" else self.close()

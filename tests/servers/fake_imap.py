"""A scripted IMAP server for what real servers never do: it answers each command with the text that a test gives it."""

import socketserver
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from tests.servers.ports import LOOPBACK

CUT = "(close the connection)"
HANG = "(say nothing more)"

DEFAULTS = {
    "GREETING": "* OK ready",
    "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE\n{tag} OK done",
    "LOGIN": "{tag} OK done",
    "SELECT": "* 0 EXISTS\n* OK [UIDVALIDITY 7] .\n* OK [UIDNEXT 1] .\n{tag} OK done",
    "EXAMINE": "* 0 EXISTS\n* OK [UIDVALIDITY 7] .\n* OK [UIDNEXT 1] .\n{tag} OK [READ-ONLY] done",
    "UID SEARCH": "* SEARCH\n{tag} OK done",
    "UID": "{tag} OK done",
    "NOOP": "{tag} OK done",
    "IDLE": "+ idling",
    "DONE": "{tag} OK done",
    "LOGOUT": "* BYE bye\n{tag} OK done",
}

Answer = str | Sequence[str]


def with_mails(exists: int, uidnext: int, uidvalidity: int = 7) -> str:
    """Return an answer to SELECT."""
    return f"* {exists} EXISTS\n* OK [UIDVALIDITY {uidvalidity}] .\n* OK [UIDNEXT {uidnext}] .\n{{tag}} OK done"


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        fake: FakeImap = self.server.fake  # type: ignore[attr-defined]
        tag = "*"
        if not self._say(fake, fake.answer("GREETING"), tag):
            return
        for raw in self.rfile:
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            if line != "DONE":  # the end of IDLE has no tag of its own
                tag, _, line = line.partition(" ")
            fake.commands.append(line)
            if not self._say(fake, fake.answer(line), tag):
                return

    def _say(self, fake: "FakeImap", answer: str, tag: str) -> bool:
        """Send an answer; returns whether the dialogue goes on."""
        for line in answer.split("\n"):
            if line == CUT:
                return False
            if line == HANG:
                fake.closing.wait()
                return False
            self.wfile.write(line.replace("{tag}", tag).replace("\r", "\r\n").encode("latin-1"))
            if not line.endswith("\r"):
                self.wfile.write(b"\r\n")
        return True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class FakeImap:
    r"""Answers every command by its longest known beginning, in upper case; use it in `with`.

    `answers["UID FETCH 2"] = "* 2 FETCH (UID 2)\n{tag} OK done"`: lines parted by \n, in which {tag} stands for the
    command's tag, CUT closes the connection and HANG says nothing more. A list is used up in turn; its last stays.
    `commands` are the lines that came, without their tags.
    """

    host = LOOPBACK

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        self.answers: dict[str, Answer] = DEFAULTS | dict(answers or {})
        self.commands: list[str] = []
        self.closing = threading.Event()
        self._server = _Server((LOOPBACK, 0), _Handler)
        self._server.fake = self  # type: ignore[attr-defined]
        self.imap_port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, line: str) -> str:
        """Return what to say to a command."""
        known = [start for start in self.answers if line.upper().startswith(start)]
        if not known:
            return "{tag} BAD unknown"
        start = max(known, key=len)
        answer = self.answers[start]
        if isinstance(answer, str):
            return answer
        first, *rest = answer
        if rest:
            self.answers[start] = rest
        return first

    def count(self, start: str) -> int:
        """Return how many commands that begin so have come."""
        return sum(line.upper().startswith(start) for line in self.commands)

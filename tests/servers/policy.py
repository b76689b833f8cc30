"""A Postfix policy server: tests say by it what Postfix answers, without ever reloading Postfix."""

import socketserver
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.servers.ports import LOOPBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to answer when a request matches; an empty `recipient` or `sender` matches any."""

    action: str
    state: str = "RCPT"
    recipient: str = ""
    sender: str = ""
    seconds: float = 0

    def matches(self, request: dict[str, str]) -> bool:
        return (
            request.get("protocol_state") == self.state
            and self.recipient in {"", request.get("recipient", "").lower()}
            and self.sender in {"", request.get("sender", "").lower()}
        )


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        policy: Policy = self.server.policy  # type: ignore[attr-defined]
        request: dict[str, str] = {}
        for raw in self.rfile:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            if line:
                name, _, value = line.partition("=")
                request[name] = value
                continue
            self.wfile.write(f"action={policy.answer_to(request)}\n\n".encode())
            request = {}


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class Policy:
    """Answers DUNNO until a test says otherwise; the first answer that matches counts.

    `policy.say("450 4.2.1 later", recipient="ola@kommune.example")`, or `state="END-OF-MESSAGE"` for the final dot.
    """

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.requests: list[dict[str, str]] = []
        self._closing = threading.Event()
        self._server = _Server((LOOPBACK, 0), _Handler)
        self._server.policy = self  # type: ignore[attr-defined]
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def say(
        self, action: str, *, state: str = "RCPT", recipient: str = "", sender: str = "", seconds: float = 0
    ) -> None:
        """From now on answer so, after waiting `seconds`; END-OF-MESSAGE names a recipient only when there is one."""
        self.answers.append(Answer(action=action, state=state, recipient=recipient, sender=sender, seconds=seconds))

    def forget(self) -> None:
        """Answer DUNNO to everything again."""
        self.answers.clear()

    def answer_to(self, request: dict[str, str]) -> str:
        """Return the action for one request of Postfix's policy protocol."""
        self.requests.append(request)
        for answer in list(self.answers):
            if answer.matches(request):
                self._closing.wait(answer.seconds)
                return answer.action
        return "DUNNO"

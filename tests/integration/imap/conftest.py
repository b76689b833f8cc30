"""One IMAP session and one mail, for every server that the tests of this folder run against."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from imapclient import IMAPClient, SocketTimeout

from inboxd.config.settings import ServerSettings
from inboxd.imap.session import ImapSession
from tests.servers.dovecot import Dovecot, User
from tests.servers.fake_imap import FakeImap
from tests.servers.pymap import PymapServer

QUICK = SocketTimeout(connect=2, read=1)


def settings_of(
    server: Dovecot | PymapServer | FakeImap,
    user: User,
    *,
    tls: Literal["implicit", "starttls", "none"] = "none",
    port: int | None = None,
    host: str | None = None,
    ca_file: Path | None = None,
) -> ServerSettings:
    """Return how to reach a server as a user."""
    return ServerSettings(
        host=host or server.host,
        port=port or server.imap_port,
        tls=tls,
        ca_file=ca_file,
        username=user.address,
        password=user.password,
    )


def mail(number: int, *, subject: str = "Hei", body: str = "Skriveren virker ikke.") -> bytes:
    """Return a small mail of its own Message-ID."""
    text = f"From: ola@kommune.example\r\nTo: desk@desk.example\r\nSubject: {subject} {number}\r\n"
    text += f"Date: Mon, 02 Nov 2026 10:00:00 +0100\r\nMessage-ID: <{number}@kommune.example>\r\n\r\n{body}\r\n"
    return text.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A user's mailbox on a real server: how to reach it, and the server for looking and putting."""

    server: Dovecot | PymapServer
    user: User

    @property
    def settings(self) -> ServerSettings:
        return settings_of(self.server, self.user)

    def session(self) -> ImapSession:
        return ImapSession(self.settings)

    def append(self, *mails: bytes) -> None:
        self.server.append(self.user, *mails)

    def client(self) -> IMAPClient:
        return self.server.client(self.user)

    def flags(self) -> dict[int, tuple[bytes, ...]]:
        """Return UID -> flags without \\Recent."""
        with self.client() as client:
            client.select_folder("INBOX", readonly=True)
            found = client.get_flags(client.search("ALL"))
            return {uid: tuple(flag for flag in flags if flag != rb"\Recent") for uid, flags in found.items()}


@pytest.fixture(params=["dovecot", "pymap"])
def box(request: pytest.FixtureRequest) -> Box:
    """An empty mailbox, once on Dovecot and once on pymap."""
    server = request.getfixturevalue(request.param)
    return Box(server=server, user=server.new_user())


@pytest.fixture
def dovecot_box(dovecot: Dovecot) -> Box:
    """An empty mailbox on Dovecot."""
    return Box(server=dovecot, user=dovecot.new_user())


@pytest.fixture
def wake() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A pair of sockets: what is sent into the second wakes a wait on the first."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def fake_session() -> Iterator[Callable[[FakeImap], ImapSession]]:
    """Open sessions to fakes with short time-outs, and close them afterwards."""
    opened: list[ImapSession] = []

    def connect(fake: FakeImap) -> ImapSession:
        session = ImapSession(settings_of(fake, User(address="desk", password="secret")), timeouts=QUICK)
        opened.append(session)
        return session

    yield connect
    for session in opened:
        session.close()

"""What tests do with a mailbox of any test server: log in, look, put mail in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from imapclient import IMAPClient

from tests.servers.ports import LOOPBACK

DOMAINS = ("desk.example", "kommune.example", "agents.example")
"""The domains for which the test servers take mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A login of a test server: the address is the user name."""

    address: str
    password: str


def spare_users(domain: str, number: int = 300) -> list[User]:
    """Return logins to start a server with, so that every test can take a fresh one."""
    return [User(address=f"u{each}@{domain}", password=f"secret-{each}") for each in range(1, number + 1)]


class ImapUsers:
    """An IMAP server on loopback whose users may be looked at in plain text."""

    host = LOOPBACK
    imap_port: int

    @contextmanager
    def client(self, user: User) -> Iterator[IMAPClient]:
        """Lend a logged-in client, closed at the end whatever the server did meanwhile."""
        client = IMAPClient(self.host, self.imap_port, ssl=False, timeout=10)
        try:
            client.login(user.address, user.password)
            client.normalise_times = False
            yield client
        finally:
            client.shutdown()

    def mails(self, user: User, folder: str = "INBOX") -> list[bytes]:
        """Return the octets of every mail in a folder by UID, without marking any as seen."""
        with self.client(user) as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
            return [found[uid][b"BODY[]"] for uid in sorted(found)]

    def append(self, user: User, *mails: bytes, folder: str = "INBOX") -> None:
        """Put mails into a folder by APPEND: no Return-Path is added."""
        with self.client(user) as client:
            for octets in mails:
                client.append(folder, octets)

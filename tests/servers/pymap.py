"""pymap in a process of its own: an IMAP server from PyPI for machines where nothing is installed.

Its command line knows one demo user only. This module, run as a program, starts the same server with users of our own,
each with an empty INBOX: `python -m tests.servers.pymap ola:secret kari:secret` prints its port and serves.
"""

import argparse
import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.imap_users import ImapUsers, User, spare_users
from tests.servers.ports import LOOPBACK, wait_for_banner

ROOT = Path(__file__).parents[2]


async def serve(users: Mapping[str, str], port: int) -> None:
    """Serve plain IMAP on loopback for ever; prints the port, which may be asked for as 0."""
    from proxyprotocol.reader import ProxyProtocolReader
    from pymap.backend.dict import DictBackend, Identity
    from pymap.imap import IMAPServer
    from pymap.user import UserMetadata
    from pysasl.hashing import Cleartext

    unused = {"debug": False, "cert": None, "key": None, "passlib_cfg": None, "proxy_protocol": None}
    demo = {"demo_data": False, "demo_user": "nobody", "demo_password": os.urandom(16).hex()}
    arguments = argparse.Namespace(host=LOOPBACK, port=port, tls=False, **unused, **demo)
    backend, config = await DictBackend.init(arguments, hash_context=Cleartext())
    config.apply_context()
    for name, password in users.items():
        identity = Identity(name, backend.login, None, frozenset())
        await identity.set(UserMetadata(config, name, password=password))
    connect = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    server = await asyncio.start_server(connect, sock=socket.create_server((LOOPBACK, port)))
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the parent reads it
    await server.serve_forever()


class PymapServer(ImapUsers):
    """One pymap with the given users; use it in `with`. Mail lives in its memory: `kill()` loses it."""

    def __init__(self, users: Mapping[str, str] | None = None) -> None:
        self._spare = spare_users("desk.example")
        self.users = {user.address: user.password for user in self._spare} | dict(users or {})
        self.imap_port = 0
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.kill()

    def start(self) -> None:
        """Start, on the same port as before if there was one, and wait for the greeting."""
        logins = [f"{name}:{password}" for name, password in self.users.items()]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.pymap", "--port", str(self.imap_port), *logins],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
        )
        assert self._process.stdout is not None
        self.imap_port = int(self._process.stdout.readline())
        wait_for_banner(self.imap_port, b"* OK")

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()
            self._process = None

    def new_user(self) -> User:
        """Return a login that nobody has used yet, out of the spare ones that it was started with."""
        return self._spare.pop()


def main(arguments: Sequence[str]) -> None:
    """Serve the users given as NAME:PASSWORD."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("users", nargs="*")
    options = parser.parse_args(arguments)
    users = dict(user.split(":", 1) for user in options.users)
    asyncio.run(serve(users, options.port))


if __name__ == "__main__":
    main(sys.argv[1:])

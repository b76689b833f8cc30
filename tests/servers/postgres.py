"""PostgreSQL in a private folder: one cluster a test session, one database a test."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from itertools import count
from types import TracebackType
from typing import Self

import psycopg

from tests.servers import postgres_bin
from tests.servers.ports import LOOPBACK, free_ports, new_folder, wait_until

CONFIG = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
fsync = off
full_page_writes = off
shared_buffers = '32MB'
max_connections = 200
"""


class Postgres:
    """One private cluster; use it in `with`. As root its processes run as the user postgres.

    fsync is off and synchronous_commit on: committed rows survive `kill()`, not a power cut.
    """

    host = LOOPBACK

    def __init__(self) -> None:
        programs = postgres_bin()
        if programs is None:
            raise RuntimeError("PostgreSQL is not installed")
        self._bin = programs
        self._user = "postgres" if os.geteuid() == 0 else None
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        (self.port,) = free_ports(1)
        self.folder = new_folder("pg")
        if self._user:
            shutil.chown(self.folder, self._user, self._user)

    def __enter__(self) -> Self:
        options = ["-U", "inboxd", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run(
            [self._bin / "initdb", "-D", self.folder / "data", *options],
            check=True,
            capture_output=True,
            timeout=120,
            user=self._user,
            cwd=self.folder,
        )
        with (self.folder / "data" / "postgresql.auto.conf").open("a") as config:
            config.write(CONFIG.format(port=self.port, folder=self.folder))
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start, recover if need be, and wait until a client is let in."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self.folder / "data"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self.folder,
                start_new_session=True,
            )
        wait_until(self._lets_in, seconds=60, what=f"PostgreSQL on port {self.port}")

    def kill(self) -> None:
        """Stop without a checkpoint (`immediate`): every client's connection is cut, recovery follows at `start`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=30)
            self._process = None

    def database(self, template: str = "template1") -> str:
        """Make a database of its own, a copy of `template`; returns its URL as config.toml takes it."""
        name = f"test_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def template(self, name: str, prepare: Callable[[str], None]) -> str:
        """Make a database, let `prepare(url)` fill it and close its connections; returns `name` for `database()`."""
        self.execute(f'CREATE DATABASE "{name}"')
        prepare(self.url(name))
        return name

    def url(self, name: str) -> str:
        """Return a database's URL as config.toml takes it."""
        return f"postgresql+psycopg://inboxd@{self.host}:{self.port}/{name}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement as the cluster's owner, outside a transaction."""
        with self._connect(database) as connection:
            connection.execute(statement.encode())

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=self.host, port=self.port, user="inboxd", dbname=database, autocommit=True, connect_timeout=5
        )

    def _lets_in(self) -> bool:
        try:
            with self._connect("postgres"):
                return True
        except psycopg.OperationalError:
            return False

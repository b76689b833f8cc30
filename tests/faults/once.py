"""One round of the product's own `run --once` inside the test's process, so that a fault can be put under any call."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from inboxd import supervisor
from inboxd.config.file import load
from inboxd.errors import InboxdError
from inboxd.mail.message import ParsedMessage
from inboxd.mail.parse import parse
from inboxd.office.opening import open_office
from inboxd.smtp.wire import Timeouts
from tests.e2e.desk_at_work import DeskAtWork
from tests.integration.paper_desk import MovedClock


class PlainReader:
    """Reads mail in this process: what becomes of the child is another test's."""

    def parse(self, octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        return parse(octets, headers_only=headers_only)

    def warm_up(self) -> None:
        """Nothing is to be started."""

    def close(self) -> None:
        """Nothing is to be ended."""


async def run_once(desk: DeskAtWork, clock: MovedClock, timeouts: Timeouts | None = None) -> InboxdError | None:
    """Open the office as a start of the daemon does, do all that is due, close; return the error that ended it early.

    `timeouts` replace those of its senders, so that a relay's silence ends soon. Any other exception than ours is a bug
    and passes through.
    """
    try:
        office = open_office(load(desk.config, env=desk.env), clock=clock, upgrade=True)
    except InboxdError as error:
        return error
    crew = supervisor._build(office, PlainReader())  # type: ignore[arg-type]
    for sender in crew.senders:
        sender._timeouts = timeouts
    try:
        await supervisor._run_once(crew)
    except InboxdError as error:
        return error
    finally:
        for fetcher in crew.fetchers:  # a process that ends closes its sockets, too
            fetcher.close()
        office.store.close()
    return None


class Countdown:
    """Fails the n-th call that it is told of, and counts all."""

    def __init__(self, nth: int) -> None:
        self.nth = nth
        self.calls = 0

    @property
    def happened(self) -> bool:
        return self.calls >= self.nth

    def step(self) -> None:
        self.calls += 1
        if self.calls == self.nth:
            full = sqlite3.OperationalError("database or disk is full")
            full.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise full


@contextmanager
def failing_database(countdown: Countdown) -> Iterator[None]:
    """Let the n-th statement or commit of SQLite fail as on a full disk."""

    class Cursor(sqlite3.Cursor):
        def execute(self, *args: Any) -> sqlite3.Cursor:
            countdown.step()
            return super().execute(*args)

        def executemany(self, *args: Any) -> sqlite3.Cursor:
            countdown.step()
            return super().executemany(*args)

    class Connection(sqlite3.Connection):
        def cursor(self, *args: Any) -> Any:
            return super().cursor(Cursor)

        def commit(self) -> None:
            countdown.step()
            super().commit()

    def connect(dialect: object, record: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> sqlite3.Connection:
        return sqlite3.connect(*args, factory=Connection, **kwargs)

    event.listen(Engine, "do_connect", connect)
    try:
        yield
    finally:
        event.remove(Engine, "do_connect", connect)

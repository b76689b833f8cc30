"""Keeps what this daemon has in hand from being taken over: a thread of its own, whatever a fetch or a relay takes.

A process that is paused renews nothing, so that its leases end; one that hangs in a server is bounded by its time-outs.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from inboxd.errors import InboxdError
from inboxd.logs import event
from inboxd.runners.runner import guarded
from inboxd.store.engine import Store

RENEW_SECONDS = 10.0
"""A third of every lease: two renewals may fail before one ends."""

log = logging.getLogger(__name__)


@contextmanager
def leases_kept(
    store: Store, renewals: Sequence[Callable[[], None]], *, seconds: float = RENEW_SECONDS
) -> Iterator[None]:
    """Call each of the renewals again and again while the block runs. SQLite has one daemon, and no leases."""
    if store.dialect == "sqlite":
        yield
        return
    over = threading.Event()

    def keep() -> None:
        while not over.wait(seconds):
            for renew in renewals:
                _try(renew)

    keeper = threading.Thread(target=keep, name="leases", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _try(renew: Callable[[], None]) -> None:
    try:
        guarded(renew, what="leases", otherwise=lambda _: None)
    except InboxdError as error:  # the next try is near; where all fail, another daemon takes over
        event(log, logging.WARNING, "lease.not_renewed", why=error.code)

"""Looks for damage in the database file while the daemon works: soon after every start, then once a day."""

import logging
import threading
from functools import partial

from inboxd.errors import InboxdError, StoreDamaged, StoreLost
from inboxd.logs import event
from inboxd.runners.runner import guarded
from inboxd.store.checks import look_for_damage
from inboxd.store.engine import Store

FIRST_AFTER_SECONDS = 10.0
"""After the start: it reads the whole file, and the first mail shall not wait for that."""

AGAIN_AFTER_SECONDS = 86_400.0

log = logging.getLogger(__name__)


class SoundnessRunner:
    """Gives the store up where its file is damaged, which ends the daemon: what is written into it may be lost."""

    def __init__(self, store: Store, *, first_after: float = FIRST_AFTER_SECONDS) -> None:
        self.store = store
        self.first_after = first_after

    def watch(self, stop: threading.Event) -> None:
        """Look again and again until `stop` is set or damage is found; for a thread of its own."""
        if self.store.path is None:
            return
        wait = self.first_after
        while not stop.wait(wait):
            wait = AGAIN_AFTER_SECONDS
            try:
                guarded(partial(look_for_damage, self.store, stopping=stop.is_set), what="soundness", otherwise=_none)
            except (StoreDamaged, StoreLost) as error:
                self.store.give_up(error)
                return
            except InboxdError as error:
                event(log, logging.WARNING, "soundness.not_looked_at", why=error.message)


def _none(_error: str) -> None:
    """Look again tomorrow."""

"""Deciding again: a conflict means that the facts changed under a decision, so it is simply taken anew."""

import logging
from collections.abc import Callable
from typing import TypeVar

from inboxd.errors import StoreBusy
from inboxd.logs import event

log = logging.getLogger(__name__)

TRIES_ON_FRESH_FACTS = 3

T = TypeVar("T")


def on_fresh_facts(work: Callable[[], T], what: str) -> T:
    """Do a whole transaction, again where somebody else was faster. Raises StoreBusy after three tries."""
    for _ in range(TRIES_ON_FRESH_FACTS - 1):
        try:
            return work()
        except StoreBusy:
            event(log, logging.INFO, "decided_again", what=what)
    return work()

"""What every runner does about an error that nobody expected: the mail or letter in hand waits, the loop goes on."""

import logging
from collections.abc import Callable
from typing import TypeVar

from inboxd.errors import InboxdError
from inboxd.logs import event

log = logging.getLogger(__name__)

T = TypeVar("T")


def guarded(work: Callable[[], T], *, what: str, otherwise: Callable[[str], T]) -> T:
    """Do a piece of work; on an error that is a bug, log it once with its traceback and do `otherwise` with its name.

    Errors of ours pass through: their scope is known to the caller.
    """
    try:
        return work()
    except InboxdError:
        raise
    except Exception as exc:
        event(log, logging.ERROR, "runner.surprised", what=what, error=type(exc).__name__)
        log.debug("traceback of %s", what, exc_info=exc)
        return otherwise(type(exc).__name__)

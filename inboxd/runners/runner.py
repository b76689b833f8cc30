"""What every runner does about an error that nobody expected: the mail or letter in hand waits, the loop goes on."""

import logging
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from inboxd.errors import InboxdError
from inboxd.logs import event

log = logging.getLogger(__name__)

INNERMOST = 4

T = TypeVar("T")


def guarded(work: Callable[[], T], *, what: str, otherwise: Callable[[str], T]) -> T:
    """Do a piece of work; on an error that is a bug, log it once with its place and do `otherwise` with its name.

    Errors of ours pass through: their scope is known to the caller.
    """
    try:
        return work()
    except InboxdError:
        raise
    except Exception as exc:  # noqa: BLE001 - the one place: a bug must cost one mail, not the mailbox
        return otherwise(_surprised(exc, what))


async def guarded_async(work: Callable[[], Awaitable[T]], *, what: str, otherwise: Callable[[str], T]) -> T:
    """Do as `guarded`, for work that is awaited."""
    try:
        return await work()
    except InboxdError:
        raise
    except Exception as exc:  # noqa: BLE001 - as above
        return otherwise(_surprised(exc, what))


def _surprised(exc: Exception, what: str) -> str:
    name = type(exc).__name__
    event(log, logging.ERROR, "runner.surprised", what=what, error=name, where=_where(exc))
    return name


def _where(exc: Exception) -> str:
    """Return the innermost calls, without the error's own words: they may hold what a mail said."""
    frames = traceback.extract_tb(exc.__traceback__)[-INNERMOST:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)

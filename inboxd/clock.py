"""The only caller of the system's clock. Pure code takes `now` as a parameter."""

import datetime as dt
import time
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from; tests pass one of their own."""

    def now(self) -> dt.datetime:
        """Return the present moment, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never jump, for leases and time-outs."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def monotonic(self) -> float:
        return time.monotonic()

"""Open time as a plain number, for tests."""

import datetime as dt

from inboxd.desk.clocks.hours import open_time_between
from inboxd.desk.desk import Calendar


def open_minutes_between(calendar: Calendar, tz: str, a: dt.datetime, b: dt.datetime) -> float:
    """Return the minutes of open time from `a` to `b`; 0 where `b` is not after `a`."""
    return open_time_between(calendar, tz, a, b) / dt.timedelta(minutes=1)

"""A config that is taken may ask of the clock what cases that are there already have no timer for: they get one now."""

import datetime as dt

from inboxd.desk.case import Status
from inboxd.desk.clocks.escalation import ESCALATION, is_used
from inboxd.desk.clocks.lifecycle import (
    CLOSE_SOLVED,
    PRELIMINARY,
    STATUS_LETTER,
    closes_at,
    first_explaining,
    first_telling,
)
from inboxd.office.office import Office
from inboxd.store.clockwork import add_timers, ring_again, unexplained, without_timer
from inboxd.store.engine import Session

AWAKE = tuple(status for status in Status if not status.at_rest)


def begin_timers(office: Office, session: Session, now: dt.datetime) -> None:
    """Let cases that are there be told of and explained, and solved ones be closed, where their category wants that.

    The days of a status letter and of a preliminary answer count from now on, so that nobody gets a backlog by letter;
    a solved case rests since it was solved.
    """
    desk = office.desk
    for category in desk.categories:
        telling_at = first_telling(desk, category, now)
        if telling_at is not None:
            quiet = without_timer(session, STATUS_LETTER, category.name, AWAKE)
            add_timers(session, STATUS_LETTER, [(case_id, telling_at) for case_id, _ in quiet])
        explaining_at = first_explaining(desk, category, now)
        if explaining_at is not None:
            late = unexplained(session, category.name, AWAKE)
            add_timers(session, PRELIMINARY, [(case_id, explaining_at) for case_id in late])
        solved = without_timer(session, CLOSE_SOLVED, category.name, (Status.SOLVED,))
        closing = [(case_id, closes_at(category, since or now)) for case_id, since in solved]
        add_timers(session, CLOSE_SOLVED, [(case_id, at) for case_id, at in closing if at is not None])


def look_at_levels(office: Office, session: Session, now: dt.datetime) -> None:
    """Let the clock look anew at what escalates: another config may have other levels, targets and hours.

    Where nothing escalated, targets that have passed by now stay as they are: nobody gets a backlog by letter.
    """
    if is_used(office.desk):
        ring_again(session, ESCALATION, now)

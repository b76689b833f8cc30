"""Planned texts and the days of a quiet case: every day of every year, every hour of the week."""

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from inboxd.desk.case import Status
from inboxd.desk.clocks.hours import is_open
from inboxd.desk.clocks.lifecycle import PRELIMINARY, STATUS_LETTER
from inboxd.desk.decision import SetTimer
from inboxd.desk.intake import decide
from inboxd.desk.letters.planned_text import planned_text
from inboxd.desk.letters.wording import PlannedText
from inboxd.desk.tick import tick
from inboxd.desk.view import Timer
from tests.unit.desk.desks import OFFICE, OLA, case, changes_of, desk, view, with_category
from tests.unit.desk.mails import mail

DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31)).map(lambda day: (day.month, day.day))
MOMENTS = st.integers(0, 7 * 365 * 24 * 60).map(
    lambda minutes: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
)
OSLO = ZoneInfo("Europe/Oslo")


@given(DAYS, DAYS, MOMENTS)
@example((12, 20), (1, 2), dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC))
@example((6, 15), (6, 15), dt.datetime(2027, 6, 14, 22, 0, tzinfo=dt.UTC))
def test_a_text_of_every_year_stands_on_its_days_and_on_no_other(
    first: tuple[int, int], last: tuple[int, int], now: dt.datetime
) -> None:
    text = PlannedText(name="x", text=(("", "X"),), first=first, last=last)
    local = now.astimezone(OSLO)
    leap = dt.date(local.year, 12, 31).timetuple().tm_yday > 365
    begins, ends = ((2, 28) if day == (2, 29) and not leap else day for day in (first, last))
    here = (local.month, local.day)
    within = begins <= here <= ends if first <= last else here >= begins or here <= ends
    assert bool(planned_text(desk(receipt_texts=(text,)), "it", now, "nb")) is within


@given(MOMENTS, st.integers(1, 60))
def test_no_letter_that_a_clock_writes_is_ever_due_outside_the_opening_hours(now: dt.datetime, days: int) -> None:
    known = with_category(status_letter_days=days, preliminary_days=days)
    timers = changes_of(decide(mail(), view(desk=known), now), SetTimer)
    ours = [change.rings_at for change in timers if change.name in {STATUS_LETTER, PRELIMINARY}]
    assert len(ours) == 2
    for at in ours:
        assert at is not None
        assert at >= now + dt.timedelta(days=days)
        assert is_open(OFFICE, "Europe/Oslo", at)


@given(MOMENTS, st.sampled_from([Status.NEW, Status.OPEN, Status.POSTPONED]))
def test_a_letter_is_written_in_opening_hours_and_only_then(now: dt.datetime, status: Status) -> None:
    rings = (Timer(case_id=1, name=STATUS_LETTER, rings_at=now),)
    facts = view(
        case(status=status),
        desk=with_category(status_letter_days=7),
        ringing=rings,
        greeted=frozenset({(1, OLA.address)}),
    )
    written = [letter for letter in tick(facts, now).letters if letter.kind == "notice"]
    assert bool(written) is is_open(OFFICE, "Europe/Oslo", now)

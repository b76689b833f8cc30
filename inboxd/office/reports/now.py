"""The document of `report now`: what lies open at this moment, with whom, how old, and what is due."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from inboxd.desk.case import Status
from inboxd.desk.clocks.deadline import Dues, is_overdue, next_due
from inboxd.desk.desk import Desk
from inboxd.desk.reference import reference
from inboxd.desk.report import MEDIAN, nearest_rank
from inboxd.office.documents import Document
from inboxd.office.office import Office
from inboxd.office.people.access import categories_seen
from inboxd.store.reports import OpenCase, open_cases


@dataclass(slots=True)
class _Tally:
    """What is counted of some cases; ages are in minutes."""

    open: int = 0
    unassigned: int = 0
    overdue: int = 0
    due_today: int = 0
    waiting: int = 0
    ages: list[int] = field(default_factory=list)
    oldest: OpenCase | None = None

    def add(self, case: OpenCase, moments: "_Moments") -> None:
        """Count a case."""
        dues = Dues(response=case.response_due, resolution=case.resolution_due)
        responded, stopped = case.responded_at is not None, case.paused_at
        due = next_due(dues, responded=responded)
        self.open += 1
        self.unassigned += case.assignee is None
        self.waiting += case.status == Status.WAITING
        self.overdue += is_overdue(dues, moments.now, responded=responded, paused_at=stopped)
        self.due_today += stopped is None and due is not None and moments.now <= due < moments.midnight
        self.ages.append(max(int((moments.now - case.opened_at) / dt.timedelta(minutes=1)), 0))
        if self.oldest is None or case.opened_at < self.oldest.opened_at:
            self.oldest = case

    def document(self) -> Document:
        """Return the counts, and of the ages the median and the oldest."""
        ages = sorted(self.ages)
        return {
            "open": self.open,
            "unassigned": self.unassigned,
            "overdue": self.overdue,
            "due_today": self.due_today,
            "waiting": self.waiting,
            "median_age_minutes": nearest_rank(ages, MEDIAN),
            "oldest_age_minutes": ages[-1] if ages else None,
            "oldest": None if self.oldest is None else reference(self.oldest.prefix, self.oldest.number),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moments:
    now: dt.datetime
    midnight: dt.datetime


def now_report(office: Office) -> Document:
    """Return the `report now` document: counts and ages over all, by category and by agent (null: nobody)."""
    desk, now, seen = office.desk, office.clock.now(), categories_seen(office)
    local = now.astimezone(ZoneInfo(desk.timezone))
    tomorrow = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), tzinfo=local.tzinfo)
    moments = _Moments(now=now, midnight=tomorrow.astimezone(dt.UTC))
    total = _Tally()
    by_category = {category.name: _Tally() for category in desk.categories if seen is None or category.name in seen}
    by_agent = {agent.name: _Tally() for agent in desk.agents if agent.active and agent.categories}
    nobody = _Tally()
    with office.store.reading() as session:
        for case in open_cases(session, seen=seen):
            mine = nobody if case.assignee is None else by_agent.setdefault(case.assignee, _Tally())
            for tally in (total, mine, by_category.setdefault(case.category, _Tally())):
                tally.add(case, moments)
    return {
        "report": "now",
        "desk": desk.name,
        "at": local.isoformat(timespec="seconds"),
        "partial": seen is not None,
        "all": total.document(),
        "categories": _categories(by_category, desk),
        "agents": [
            *({"agent": name} | tally.document() for name, tally in by_agent.items()),
            *([{"agent": None} | nobody.document()] if nobody.open else []),
        ],
    }


def _categories(tallies: Mapping[str, _Tally], desk: Desk) -> list[Document]:
    titles = {category.name: category.title for category in desk.categories}
    return [{"category": name, "title": titles.get(name, name)} | tally.document() for name, tally in tallies.items()]

"""The documents of `report`: how the desk stands now, and what a month came to.

A month that is over comes out the same for ever: it is counted from rows that are only added to, under the config that
was in force at its end.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias
from zoneinfo import ZoneInfo

from inboxd.desk.catalogue import item_title
from inboxd.desk.clocks.deadline import OFFICE
from inboxd.desk.clocks.hours import open_spans
from inboxd.desk.clocks.running import kind_of_time
from inboxd.desk.desk import Desk
from inboxd.desk.report import Measured, Month, OpenTime, Spread, Stretch, month_of, spread, stretches
from inboxd.errors import NotFound, UsageError
from inboxd.office.documents import Document
from inboxd.office.office import Office
from inboxd.office.people.access import categories_seen
from inboxd.office.reports.inactive import inactive
from inboxd.office.reports.rule_hits import rule_hits
from inboxd.office.reports.service import terms
from inboxd.office.taking.earlier import desk_at
from inboxd.store import reports
from inboxd.store.engine import Session
from inboxd.store.reports import Seen

TARGETS = ("response", "resolution")
TIMES = ("queue", "internal", "external")
TYPES = ("fault", "callof", "question")
CHANNELS = ("mail", "phone", "web", "counter")
CLOCKS = ("office", "wall")

Place: TypeAlias = tuple[str, str, str]
"""(category, whose time, clock)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A month of a report, as far as it has gone, and the desk that was in force at its end."""

    month: Month
    first: dt.datetime
    until: dt.datetime
    complete: bool
    desk: Desk

    def document(self, report: str, seen: Seen) -> Document:
        """Return what every report of a month begins with; `partial`: some categories are not for who asks."""
        zone = ZoneInfo(self.desk.timezone)
        return {
            "report": report,
            "desk": self.desk.name,
            "month": str(self.month),
            "from": self.first.astimezone(zone).isoformat(timespec="seconds"),
            "until": self.until.astimezone(zone).isoformat(timespec="seconds"),
            "complete": self.complete,
            "partial": seen is not None,
        }


def period(session: Session, office: Office, month: Month | None) -> Period:
    """Return a month, the last one that is over where none is named. Raises UsageError for one that has not begun."""
    now, tz = office.clock.now(), office.desk.timezone
    chosen = month or month_of(now, tz).previous
    first, ends = chosen.begins(tz), chosen.following.begins(tz)
    if now < first:
        raise UsageError(f"{chosen} has not begun", hint=f"the last month that is over is {month_of(now, tz).previous}")
    until = min(now, ends)
    desk = desk_at(session, office, until)
    return Period(month=chosen, first=first, until=until, complete=ends <= now, desk=desk)


def sla(office: Office, month: Month | None, *, customer: str | None = None) -> Document:
    """Return the `report sla` document: how many cases kept their targets, and how long they took, in both clocks.

    A case counts in the month in which it reached a target, under the priority that it had then. For one customer the
    desk's terms of that month stand with it: the SLA annex. Raises NotFound where there is no such customer.
    """
    seen = categories_seen(office)
    with office.store.reading() as session:
        over = period(session, office, month)
        if customer is not None:
            _check_customer(customer, over.desk, office.desk)
        measured: dict[tuple[str, str], list[Measured]] = defaultdict(list)
        for one in reports.measured_cases(session, over.first, over.until, customer=customer, seen=seen):
            measured[one.priority, one.target].append(one.measured)
    known = over.desk.customer(customer or "") or office.desk.customer(customer or "")
    titles = {p.name: p.title_in(over.desk.language) for p in over.desk.priorities}
    names = [*titles, *sorted({name for name, _ in measured} - set(titles))]
    return over.document("sla", seen) | {
        "customer": customer,
        "customer_title": known.title if known else None,
        "terms": terms(over.desk, over.until) if known else None,
        "priorities": [
            {"priority": name, "title": titles.get(name, name)}
            | {target: _spread_document(spread(measured[name, target])) for target in TARGETS}
            for name in names
        ],
        "all": {
            target: _spread_document(spread([one for name in names for one in measured[name, target]]))
            for target in TARGETS
        },
    }


def channels(office: Office, month: Month | None) -> Document:
    """Return the `report channels` document: a month's new cases by channel, type, item and day; those referred."""
    seen = categories_seen(office)
    with office.store.reading() as session:
        over = period(session, office, month)
        zone = ZoneInfo(over.desk.timezone)
        by_channel: Counter[tuple[str, str]] = Counter()
        ordered: Counter[str] = Counter()
        by_day: Counter[dt.date] = Counter()
        for case in reports.opened_cases(session, over.first, over.until, seen=seen):
            by_channel[case.channel, case.type or "none"] += 1
            ordered.update([case.item] if case.item else [])
            by_day[case.at.astimezone(zone).date()] += 1
        referred = Counter(reports.referrals(session, over.first, over.until, seen=seen))
    return over.document("channels", seen) | {
        "opened": by_channel.total(),
        "channels": [_channel(name, by_channel) for name in CHANNELS],
        "types": {name: sum(by_channel[channel, name] for channel in CHANNELS) for name in (*TYPES, "none")},
        "items": [_item(name, number, over.desk) for name, number in sorted(ordered.items())],
        "days": [{"date": day.isoformat(), "opened": by_day[day]} for day in _days(over, zone)],
        "referred": [_referred(name, number, over.desk) for name, number in sorted(referred.items())],
    }


def _item(name: str, number: int, desk: Desk) -> Document:
    """Return how many cases order something of the catalogue."""
    return {"item": name, "title": item_title(desk.catalogue, name, desk.language), "cases": number}


def _referred(name: str, number: int, desk: Desk) -> Document:
    """Return how many cases went to a point that decides such things."""
    point = desk.point(name)
    return {"point": name, "title": point.title if point else name, "cases": number}


def _channel(name: str, counted: Counter[tuple[str, str]]) -> Document:
    types = {kind: counted[name, kind] for kind in (*TYPES, "none")}
    return {"channel": name, "opened": sum(types.values()), **types}


def _days(over: Period, zone: ZoneInfo) -> Iterable[dt.date]:
    first, last = over.first.astimezone(zone).date(), over.month.following.begins(over.desk.timezone).astimezone(zone)
    return (first + dt.timedelta(days=n) for n in range((last.date() - first).days))


def time(office: Office, month: Month | None) -> Document:
    """Return the `report time` document: how long cases waited for us, were worked on, and waited for others."""
    total: dict[Place, float] = defaultdict(float)
    seen = categories_seen(office)
    with office.store.reading() as session:
        over = period(session, office, month)
        clocks = _Clocks(over)
        for stretch in stretches(reports.stands(session, over.first, over.until), over.first, over.until):
            kept = kind_of_time(stretch.stand.status, stretch.stand.assignee)
            if kept is not None and (seen is None or stretch.stand.category in seen):
                total[stretch.stand.category, kept, "wall"] += (stretch.last - stretch.first).total_seconds()
                total[stretch.stand.category, kept, "office"] += clocks.seconds(stretch)
    titles = {c.name: c.title for c in over.desk.categories if seen is None or c.name in seen}
    names = [*titles, *sorted({category for category, _, _ in total} - set(titles))]
    rows = [{"category": name, "title": titles.get(name, name)} | _times([name], total) for name in names]
    return over.document("time", seen) | {"categories": rows, "all": _times(names, total)}


def rules(office: Office, month: Month | None) -> Document:
    """Return the `report rules` document: how often each rule hit a mail in a month, or (None) since the start."""
    if month is None:
        return {"report": "rules", "desk": office.desk.name, "month": None, "rules": rule_hits(office)}
    with office.store.reading() as session:
        over = period(session, office, month)
    then = replace(office, settings=replace(office.settings, desk=over.desk))
    return over.document("rules", None) | {"rules": rule_hits(then, over.first, over.until)}


def inactive_agents(office: Office, days: int) -> Document:
    """Return the `report inactive` document: the agents who have done nothing for so many days."""
    now = office.clock.now().astimezone(ZoneInfo(office.desk.timezone))
    head = {"report": "inactive", "desk": office.desk.name, "at": now.isoformat(timespec="seconds"), "days": days}
    return {**head, "agents": inactive(office, days)}


def _times(names: Iterable[str], total: Mapping[Place, float]) -> Document:
    chosen = tuple(names)
    return {
        kept: {
            f"{clock}_minutes": minutes(sum(total.get((name, kept, clock), 0) for name in chosen)) for clock in CLOCKS
        }
        for kept in TIMES
    }


class _Clocks:
    """The office clock of every category within one period."""

    def __init__(self, over: Period) -> None:
        self._over = over
        self._of: dict[str, OpenTime] = {}

    def seconds(self, stretch: Stretch) -> float:
        """Return the open seconds of a stretch, by the calendar of its category."""
        name = stretch.stand.category
        if name not in self._of:
            over, desk = self._over, self._over.desk
            category = desk.category(name)
            calendar = desk.calendar(category.calendar if category else OFFICE)
            spans = () if calendar is None else open_spans(calendar, desk.timezone, over.first, over.until)
            self._of[name] = OpenTime(spans)
        return self._of[name].seconds(stretch)


def minutes(seconds: float | None) -> float | None:
    """Return seconds as minutes with one decimal."""
    return None if seconds is None else round(seconds / 60, 1)


def _spread_document(found: Spread) -> Document:
    ranks = {"office": found.office, "wall": found.wall}
    times = {
        f"{clock}_{name}_minutes": minutes(seconds)
        for clock, pair in ranks.items()
        for name, seconds in zip(("median", "p90"), pair, strict=True)
    }
    return {"n": found.count, "within": found.within, "percent": found.percent, **times}


def _check_customer(name: str, *desks: Desk) -> None:
    """Refuse a customer that is neither known now nor was then."""
    known = {customer.name for desk in desks for customer in desk.customers}
    if name not in known:
        raise NotFound(f"no customer {name}", hint=f"there are: {', '.join(sorted(known)) or 'none'}")

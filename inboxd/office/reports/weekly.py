"""The weekly letter to the leads: how the desk stands, and what the week that is over came to. Once a week, by day."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from inboxd.desk.clocks.deadline import OFFICE
from inboxd.desk.clocks.hours import is_open
from inboxd.desk.decision import Decision, Draft
from inboxd.desk.desk import Agent
from inboxd.desk.report import Measured, spread
from inboxd.mail.address import Address
from inboxd.office.documents import Document
from inboxd.office.letters.freezing import write_letters
from inboxd.office.office import Office
from inboxd.office.people.access import categories_seen
from inboxd.office.reports.months import TARGETS
from inboxd.office.reports.now import now_report
from inboxd.render.reports.weekly import week_title, weekly_text
from inboxd.store import reports
from inboxd.store.letters import written_once
from inboxd.store.locks import lock

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week from Monday to before the next one, in the desk's time zone, as the ISO calendar numbers it."""

    year: int
    number: int
    first: dt.datetime
    until: dt.datetime


def week_before(now: dt.datetime, tz: str) -> Week:
    """Return the week before the one that a moment lies in."""
    local = now.astimezone(ZoneInfo(tz))
    monday = local.date() - dt.timedelta(days=local.weekday())
    first, until = (dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(tz)) for day in (monday - WEEK, monday))
    year, number, _ = first.isocalendar()
    return Week(year=year, number=number, first=first.astimezone(dt.UTC), until=until.astimezone(dt.UTC))


def tell_leads(office: Office) -> int:
    """Write the weekly letter to every lead who does not have it, if it is switched on; returns how many were written.

    It goes out once the desk opens on Monday, or later in the week if nobody was there to send it; never by night.
    """
    desk, now = office.desk, office.clock.now()
    calendar = desk.calendar(OFFICE)
    if not desk.weekly_letter or calendar is None or not is_open(calendar, desk.timezone, now):
        return 0
    week = week_before(now, desk.timezone)
    leads = {_once(week, agent): agent for agent in desk.agents if _is_lead(agent)}
    with office.store.reading() as session:
        known = written_once(session, tuple(leads))
    drafts = [_draft(replace(office, reader=agent), week, once) for once, agent in leads.items() if once not in known]
    if not drafts:
        return 0
    with office.store.begin() as session:
        lock(session, ("weekly",))  # another daemon may write them meanwhile
        return len(write_letters(session, Decision(kind="ignore", letters=tuple(drafts)), case_id=None, office=office))


def weekly(office: Office, week: Week) -> Document:
    """Return what the weekly letter says: the `report now` document, and a week's counts by its own."""
    seen, zone = categories_seen(office), ZoneInfo(office.desk.timezone)
    measured: dict[str, list[Measured]] = defaultdict(list)
    with office.store.reading() as session:
        opened = sum(1 for _ in reports.opened_cases(session, week.first, week.until, seen=seen))
        for one in reports.measured_cases(session, week.first, week.until, seen=seen):
            measured[one.target].append(one.measured)
    kept = {target: spread(measured[target]) for target in TARGETS}
    return {
        "now": now_report(office),
        "week": f"{week.year}-W{week.number:02}",
        "from": week.first.astimezone(zone).date().isoformat(),
        "to": (week.until.astimezone(zone).date() - dt.timedelta(days=1)).isoformat(),
        "opened": opened,
        **{target: {"n": one.count, "within": one.within, "percent": one.percent} for target, one in kept.items()},
    }


def _is_lead(agent: Agent) -> bool:
    return agent.role == "lead" and agent.active and "weekly" in agent.notify


def _once(week: Week, agent: Agent) -> str:
    return f"weekly:{week.year}-W{week.number:02}:{agent.name}"


def _draft(office: Office, week: Week, once: str) -> Draft:
    desk, lead = office.desk, office.reader
    document = weekly(office, week)
    return Draft(
        kind="agent",
        case_id=None,
        mailbox=desk.mailboxes[0].name,
        template="weekly",
        language=desk.language,
        to=(Address(name="", address=lead.address if lead else ""),),
        about=week_title(document, desk.language),
        text=weekly_text(document, desk.language),
        null_sender=True,
        once=once,
    )

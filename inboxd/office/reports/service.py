"""What the desk promises to those it serves, by the config of today or of then: for `about` and the SLA annex."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from inboxd.config.report import WEEKDAYS
from inboxd.desk.clocks.deadline import targets_of
from inboxd.desk.clocks.exceptions import Departure, departures
from inboxd.desk.clocks.service_levels import Priority, Target
from inboxd.desk.desk import Calendar, Category, Desk, Mailbox, Minutes
from inboxd.office.documents import Document

AHEAD_DAYS = 60
"""How far ahead closing days and seasons are told."""

ROLES = ("owner", "service_manager", "operations")

Week = tuple[tuple[Minutes, ...] | None, ...]


def terms(desk: Desk, now: dt.datetime) -> Document:
    """Return the terms of a desk: channels, hours with what is near, targets, roles and points.

    Nothing in it is a secret: no logins, no servers, no addresses of single agents but where the desk names them.
    """
    today = now.astimezone(ZoneInfo(desk.timezone)).date()
    return {
        "channels": list(_channels(desk)),
        "hours": [_hours(calendar, desk, today) for calendar in desk.calendars if _served(calendar, desk)],
        "targets": [_target(priority, desk) for priority in desk.priorities],
        "target_sets": [_other_targets(category, desk) for category in desk.categories if _differs(category, desk)],
        "roles": list(_roles(desk)),
        "points": [
            {"name": p.name, "title": p.title, "person": p.person, "phone": p.phone, "address": p.address,
             "purposes": list(p.purposes)}
            for p in desk.points
        ],
    }  # fmt: skip


def _channels(desk: Desk) -> Iterable[Document]:
    for box in desk.mailboxes:
        yield {"channel": "mail", "address": box.address, "category": box.category}
    if desk.phone:
        yield {"channel": "phone", "address": desk.phone, "category": None}
    if desk.web:
        yield {"channel": "web", "address": desk.web, "category": None}


def _served(calendar: Calendar, desk: Desk) -> bool:
    """Say whether anything of the desk follows a calendar."""
    clocks = {category.calendar for category in desk.categories} | {priority.clock for priority in desk.priorities}
    return calendar.name in clocks


def _hours(calendar: Calendar, desk: Desk, today: dt.date) -> Document:
    return {
        "calendar": calendar.name,
        "categories": [category.title for category in desk.categories if category.calendar == calendar.name],
        "week": _week(calendar.week),
        "holidays": calendar.holidays,
        "coming": [_departure(one) for one in departures(calendar, today, AHEAD_DAYS)],
    }


def _departure(one: Departure) -> Document:
    return {
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
        "why": one.why,
        "hours": _week(one.week) if one.why == "season" else _spans(one.hours),
    }


def _target(priority: Priority, desk: Desk) -> Document:
    return {
        "priority": priority.name,
        "title": priority.title_in(desk.language),
        "definition": priority.definition_in(desk.language),
        "response": target_text(priority.response),
        "resolution": target_text(priority.resolution),
        "clock": priority.clock,
    }


def _differs(category: Category, desk: Desk) -> bool:
    own = [(p.response, p.resolution) for p in desk.priorities]
    return own != [targets_of(desk, p.name, category.name) for p in desk.priorities]


def _other_targets(category: Category, desk: Desk) -> Document:
    """Return the targets of a category that follows a set of its own."""
    levels = [(priority, *targets_of(desk, priority.name, category.name)) for priority in desk.priorities]
    return {
        "category": category.name,
        "title": category.title,
        "set": category.targets,
        "levels": [
            {"priority": p.name, "title": p.title_in(desk.language)}
            | {"response": target_text(response), "resolution": target_text(resolution)}
            for p, response, resolution in levels
        ],
    }


def _roles(desk: Desk) -> Iterable[Document]:
    served: tuple[tuple[str, Category | Mailbox, str], ...] = (
        *(("mailbox", box, box.address) for box in desk.mailboxes),
        *(("category", category, category.title) for category in desk.categories),
    )
    for kind, one, title in served:
        people = {role: getattr(one, role) for role in ROLES}
        if any(people.values()):
            yield {"of": kind, "name": one.name, "title": title, **people}


def target_text(target: Target | None) -> str | None:
    """Return a target as config.toml writes it: "15m", "4h", "2d"; None where there is none."""
    if target is None:
        return None
    hours, minutes = divmod(target.minutes, 60)
    parts = ((target.days, "d"), (hours, "h"), (minutes, "m"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0m"


def _week(week: Week) -> Document:
    return {name: _spans(spans) for name, spans in zip(WEEKDAYS, week, strict=True) if spans is not None}


def _spans(spans: Iterable[Minutes]) -> list[str]:
    return [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans]

"""The tables of config.toml about promises: priorities and their targets, opening hours, escalation points."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, PlainValidator

from inboxd.config import values
from inboxd.config.clocks import values as clock_values
from inboxd.config.kinds import EmailAddress, MonthDay, Name, Spans, Table, TargetText, Text
from inboxd.desk.clocks.service_levels import AimedAt, DeskEvent, Reaction, Target

WordedText = Annotated[str | dict[str, str], PlainValidator(clock_values.worded)]
Offset = Annotated[tuple[bool, Target], PlainValidator(clock_values.offset)]
Receiver = Annotated[str, PlainValidator(clock_values.receiver)]
Person = Annotated[str, PlainValidator(clock_values.person)]
Events = Annotated[dict[DeskEvent, Reaction], PlainValidator(clock_values.events)]


class LevelTable(Table):
    """One step of a priority's `escalation`."""

    REQUIRED = {"at": 'at = "-30m"', "to": 'to = ["assignee"]'}
    of: AimedAt = "resolution"
    at: Offset = (False, Target(days=0, minutes=0))
    to: list[Receiver] = []
    reassign: Name | None = None
    template: Text | None = None


class PriorityTable(Table):
    """[[priority]]. A key that is not given keeps the value of the built-in of that name, if there is one."""

    REQUIRED = {"name": 'name = "normal"'}
    name: Name = ""
    title: WordedText | None = None
    definition: WordedText | None = None
    response: TargetText = None
    resolution: TargetText = None
    clock: Name | None = None
    escalation: list[LevelTable] = []
    events: Events = {}


class TargetPairTable(Table):
    """The targets of one priority in a target set; one that is not given stays the priority's own."""

    response: TargetText = None
    resolution: TargetText = None


class TargetSetTable(Table):
    """[[targets]]."""

    REQUIRED = {"name": 'name = "standard"', "levels": 'levels = { normal = { response = "4h", resolution = "2d" } }'}
    name: Name = ""
    levels: dict[str, TargetPairTable] = {}


class MatrixTable(Table):
    """[matrix]."""

    REQUIRED = {
        "impact": 'impact = ["one", "many"], from the least to the most',
        "urgency": 'urgency = ["can_wait", "at_once"]',
        "priority": 'priority = [["low", "normal"], ["normal", "high"]], a row for each impact',
    }
    impact: list[Name] = []
    urgency: list[Name] = []
    priority: list[list[Name]] = []


class PointTable(Table):
    """[[point]]."""

    REQUIRED = {"name": 'name = "leader"'}
    name: Name = ""
    title: Text | None = None
    person: Text | None = None
    phone: Text | None = None
    address: EmailAddress | None = None
    purposes: list[Literal["escalation", "referral"]] = Field(["escalation"], alias="for")


class WeekTable(Table):
    """Opening hours by weekday; None where a weekday is not named."""

    mon: Spans | None = None
    tue: Spans | None = None
    wed: Spans | None = None
    thu: Spans | None = None
    fri: Spans | None = None
    sat: Spans | None = None
    sun: Spans | None = None


class DayTable(Table):
    """One entry of a calendar's `days`."""

    REQUIRED = {"date": 'date = "2026-12-24"', "hours": "hours = [] for closed"}
    date: Annotated[dt.date, PlainValidator(values.date)] = dt.date.min
    hours: Spans = []


class SeasonTable(Table):
    """One entry of a calendar's `seasons`."""

    REQUIRED = {"from": 'from = "06-15"', "to": 'to = "08-15"', "hours": 'hours = { mon = ["08:00-15:00"] }'}
    first: MonthDay = Field((1, 1), alias="from")
    last: MonthDay = Field((1, 1), alias="to")
    hours: WeekTable = WeekTable()


class CalendarTable(Table):
    """[[calendar]]."""

    REQUIRED = {"name": 'name = "office"'}
    name: Name = ""
    hours: WeekTable | None = None
    holidays: Annotated[str | None, PlainValidator(values.country)] = "NO"
    days: list[DayTable] = []
    seasons: list[SeasonTable] = []

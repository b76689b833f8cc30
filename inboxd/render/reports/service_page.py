"""The service description as a page, and its parts for the SLA annex."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from inboxd.desk.desk import Minutes
from inboxd.render.dates import MONTHS, opening_hours
from inboxd.render.reports.page import Page, Section, Table
from inboxd.render.reports.words import NOTHING, Words
from inboxd.render.screen import Document

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ROLES = ("owner", "service_manager", "operations")
WHOLE_WEEK = {day: ["00:00-24:00"] for day in WEEKDAYS}
OFFICE = "office"
TARGET = re.compile(r"([0-9]+)([dhm])")
CAP = re.compile(r"([0-9]+)/(.+)")
DURATION = re.compile(r"([0-9]+)([dhms])")
UNITS = ("characters", "octets", "seconds", "days")
MEGA, KILO = 1024 * 1024, 1024


def about_page(doc: Document, language: str) -> Page:
    """Return `about` as those who are served may read it."""
    words, service = Words(language), doc["service"]
    return Page(
        language=words.language,
        title=doc["desk"],
        over=words("service"),
        sections=(
            Section(title=words("reach"), facts=tuple(_channels(service, doc, words)), note=words("intake")),
            hours_section(service, words, coming=True),
            _categories(doc, words),
            *targets_sections(service, words),
            *_roles(service, words),
            *_points(service, words),
            _limits(doc["limits"], words),
        ),
    )


def annex_sections(terms: Document, words: Words) -> tuple[Section, ...]:
    """Return what an annex says of the terms: channels, hours and targets, as they were in force."""
    return (
        Section(title=words("reach"), facts=tuple(_channels(terms, None, words))),
        hours_section(terms, words, coming=False),
        *targets_sections(terms, words),
        *_points(terms, words),
    )


def _channels(service: Document, doc: Document | None, words: Words) -> Iterable[tuple[str, str]]:
    titles = {category["name"]: category["title"] for category in doc["categories"]} if doc else {}
    boxes = [one for one in service["channels"] if one["channel"] == "mail"]
    for one in service["channels"]:
        several = one["channel"] == "mail" and len(boxes) > 1 and one["category"] in titles
        told = f"{one['address']} ({titles[one['category']]})" if several else one["address"]
        yield words(one["channel"] if one["channel"] != "web" else "web_page"), told


def hours_section(service: Document, words: Words, *, coming: bool) -> Section:
    """Return the opening hours of every calendar that somebody follows, with what is near where asked for."""
    facts: list[tuple[str, str]] = []
    calendars = [one for one in service["hours"] if one["categories"]]
    for one in calendars:
        name = words("usual") if len(calendars) == 1 else ", ".join(one["categories"])
        facts.append((name, _week(one["week"], words)))
        if coming:
            near = "; ".join(_departure(each, words) for each in one["coming"])
            facts.append((words("coming"), near or words("none_there")))
    return Section(title=words("hours"), facts=tuple(facts))


def _week(week: Document, words: Words) -> str:
    if week == WHOLE_WEEK:
        return words("always")
    days = tuple(_spans(week.get(day, ())) for day in WEEKDAYS)
    return opening_hours(days, words.language) or words("closed")


def _spans(texts: Sequence[str]) -> tuple[Minutes, ...]:
    return tuple((_minutes(text[:5]), _minutes(text[6:])) for text in texts)


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _departure(one: Document, words: Words) -> str:
    first, last = dt.date.fromisoformat(one["from"]), dt.date.fromisoformat(one["to"])
    when = _dates(first, last, words)
    if one["why"] == "season":
        return f"{when}: {_week(one['hours'], words)}"
    if one["hours"]:
        clocks = opening_hours((_spans(one["hours"]), *((),) * 6), words.language)
        return f"{when}: {clocks.split(' ', 1)[1]}"
    why = f" ({words('holiday')})" if one["why"] == "holiday" else ""
    return f"{when}: {words('closed')}{why}"


def _dates(first: dt.date, last: dt.date, words: Words) -> str:
    if first == last:
        return _date(first, words)
    begins = _date(first, words) if first.month != last.month else _date(first, words).split(" ", 1)[0]
    return f"{begins}–{_date(last, words)}"


def _date(day: dt.date, words: Words) -> str:
    return f"{day.day}{'' if words.language == 'en' else '.'} {MONTHS[words.language][day.month - 1]}"


def _categories(doc: Document, words: Words) -> Section:
    """Return the categories: in one line, or with what they are part of where there is such a thing."""
    titles = {category["name"]: category["title"] for category in doc["categories"]}
    rows = tuple((one["title"], titles.get(one["parent"], NOTHING)) for one in doc["categories"])
    if all(parent == NOTHING for _, parent in rows):
        return Section(title=words("categories"), note=", ".join(title for title, _ in rows))
    heads = (words("category"), words("part_of"))
    return Section(
        title=words("categories"), tables=(Table(caption=words("categories"), heads=heads, rows=rows, numbers=2),)
    )


def targets_sections(service: Document, words: Words) -> tuple[Section, ...]:
    """Return the targets of every priority with when it holds, and those of categories that have their own."""
    clocks = {one["priority"]: one["clock"] for one in service["targets"]}
    general = Table(
        caption=words("targets"),
        heads=tuple(map(words, ("priority", "target_response", "target_resolution", "clock"))),
        rows=tuple(_target_row(one, clocks, words) for one in service["targets"]),
        numbers=4,
    )
    own = tuple(
        Table(
            caption=f"{words('targets_of')} {one['title']}",
            heads=general.heads,
            rows=tuple(_target_row(level, clocks, words) for level in one["levels"]),
            numbers=4,
        )
        for one in service["target_sets"]
    )
    meanings = tuple((one["title"], one["definition"]) for one in service["targets"] if one["definition"])
    return (
        Section(
            title=words("targets"),
            tables=(general, *own),
            facts=meanings,
            note=" ".join(map(words, ("day_is", "answer_is", "stands_still"))),
        ),
    )


def _target_row(one: Document, clocks: Document, words: Words) -> tuple[str, ...]:
    clock = clocks[one["priority"]]
    named = {OFFICE: words("our_hours"), "24x7": words("always")}.get(clock, clock)
    return one["title"], target(one["response"], words), target(one["resolution"], words), str(named)


def target(text: str | None, words: Words) -> str:
    """Return "4h", "2d" or "1h30m" in words."""
    if text is None:
        return words("none_there")
    return " ".join(_unit(int(number), unit, words) for number, unit in TARGET.findall(text))


def _unit(number: int, unit: str, words: Words) -> str:
    if unit == "m":
        return f"{number} min"
    kind = {"h": "hour", "d": "day"}[unit]
    return f"{number} {words(f'{kind}_word' if number == 1 else f'{kind}s_word')}"


def _roles(service: Document, words: Words) -> tuple[Section, ...]:
    if not service["roles"]:
        return ()
    rows = tuple((one["title"], *(one[role] or NOTHING for role in ROLES)) for one in service["roles"])
    heads = tuple(map(words, ("for_what", *ROLES)))
    return (Section(title=words("roles"), tables=(Table(caption=words("roles"), heads=heads, rows=rows, numbers=4),)),)


def _points(service: Document, words: Words) -> tuple[Section, ...]:
    sections = []
    for purpose, title in (("escalation", "points"), ("referral", "referral")):
        mine = [one for one in service["points"] if purpose in one["purposes"]]
        if mine:
            heads = tuple(map(words, ("point", "person", "phone", "mail")))
            rows = tuple(
                (one["title"], one["person"] or NOTHING, one["phone"] or NOTHING, one["address"] or NOTHING)
                for one in mine
            )
            table = Table(caption=words(title), heads=heads, rows=rows, numbers=4)
            sections.append(Section(title=words(title), tables=(table,)))
    return tuple(sections)


def _limits(limits: Document, words: Words) -> Section:
    rows = tuple((words(name), _limit(name, value, words)) for name, value in limits.items())
    return Section(title=words("limits"), facts=rows)


def _limit(name: str, value: int | str | None, words: Words) -> str:
    if value is None:
        return words("off")
    if isinstance(value, str):
        return _cap(value, words)
    unit = name.rpartition("_")[2]
    if unit == "octets" and value % KILO == 0:
        return f"{value // MEGA} MB" if value % MEGA == 0 else f"{value // KILO} kB"
    grouped = f"{value:,}" if words.language == "en" else f"{value:,}".replace(",", " ")
    return f"{grouped} {words(unit)}" if unit in UNITS else grouped


def _cap(text: str, words: Words) -> str:
    """Return "5/1h" as "5 per 1 time"."""
    match = CAP.fullmatch(text)
    if match is None:
        return text
    signs = {"d": words("days"), "h": words("hour_sign"), "m": "min", "s": "s"}
    period = " ".join(f"{number} {signs[unit]}" for number, unit in DURATION.findall(match[2]))
    return f"{match[1]} {words('per')} {period}"

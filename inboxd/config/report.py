"""What a config means: what `inboxd check` prints of it, and what a changed file would change."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from inboxd.config.clocks.report import describe_promises, described_priority, promise_warnings, promised_things
from inboxd.config.letters.report import receipt_texts, status_words
from inboxd.config.notices.checks import folder_warning
from inboxd.config.secrets import without_passwords
from inboxd.config.settings import MailboxSettings, Settings
from inboxd.desk.clocks.service_levels import Priority, Target
from inboxd.desk.desk import EVERY_LETTER, AgentLetter, Calendar, Cap, Category, Desk, Mailbox, Minutes, Rule

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
SHORT = 60
"""Characters of a value that still reads well within a sentence."""

TABLES = (
    "agents", "categories", "mailboxes", "customers", "contacts", "sender_rules", "rules", "priorities", "calendars",
    "receipt_texts", "target_sets", "matrix", "points", "catalogue",
)  # fmt: skip
SECRET = frozenset({"password", "database_url"})


def describe(settings: Settings) -> dict[str, object]:
    """Return what a config sets up as a document that can be written as JSON; no password is in it."""
    desk = settings.desk
    return {
        "path": str(settings.path),
        "desk": desk.name,
        "language": desk.language,
        "timezone": desk.timezone,
        "admin": desk.admin,
        "database": without_passwords(settings.database_url),
        "mailboxes": [_mailbox(box, settings.mailbox(box.name)) for box in desk.mailboxes],
        "customers": [_plain(customer) for customer in desk.customers],
        "contacts": [_plain(contact) for contact in desk.contacts],
        "sender_rules": [_plain(rule) for rule in desk.sender_rules],
        "rules": [_rule(rule) for rule in desk.rules],
        "items": [{"name": i.name, "title": dict(i.title) or None, "category": i.category} for i in desk.catalogue],
        "categories": [_category(category) for category in desk.categories],
        "agents": [_plain(agent) for agent in desk.agents],
        **describe_promises(desk),
        "calendars": [_plain(calendar) for calendar in desk.calendars],
        "receipts": _plain(desk.receipts),
        "receipt_texts": receipt_texts(desk),
        "statuses": status_words(desk),
        "notices": {
            "subscribers": list(desk.subscribers),
            "folder": None if settings.notices_folder is None else str(settings.notices_folder),
        },
        "warnings": list(warnings(settings)),
    }


def warnings(settings: Settings) -> tuple[str, ...]:
    """Return what works but is hardly meant: no admin, nobody for a category, cases assigned to nobody."""
    desk = settings.desk
    told = [*promise_warnings(desk), *folder_warning(settings.notices_folder)]
    if desk.admin is None:
        told.append("[desk] admin: not given; alerts reach nobody")
    if desk.weekly_letter and not any(agent.role == "lead" and agent.active for agent in desk.agents):
        told.append('[desk] weekly_letter: no active agent has role = "lead"; nobody gets it')
    told += _customer_warnings(desk)
    for category in desk.categories:
        name = f'[[category]] "{category.name}"'
        if not any(_is_active(desk, member) for member in category.members):
            told.append(f"{name}: no active agent serves it; nobody is told of its cases")
        elif category.assignment == "none" and not category.duty:
            told.append(f'{name}: assignment = "none"; its cases wait until somebody takes them')
    return tuple(told)


def _customer_warnings(desk: Desk) -> list[str]:
    named = {contact.customer for contact in desk.contacts}
    return [
        f'[[customer]] "{customer.name}": neither domains nor addresses; no sender is known to be its'
        for customer in desk.customers
        if not customer.domains and not customer.addresses and customer.name not in named
    ]


def changes(old: Settings, new: Settings) -> list[str]:
    """Return what would change if `new` took the place of `old`: plain sentences, what goes first."""
    before, after = _things(old), _things(new)
    told = [f"{thing} is removed." for thing in before if thing not in after]
    for thing, keys in after.items():
        if thing not in before:
            told.append(f"{thing} is added.")
        else:
            was = before[thing]
            told += [
                _change(thing, key, was.get(key), keys.get(key))
                for key in {**was, **keys}
                if was.get(key) != keys.get(key)
            ]
    return told + _reordered(old.desk, new.desk)


def _reordered(old: Desk, new: Desk) -> list[str]:
    told = []
    for what, was, becomes in (
        ("rules", [rule.name for rule in old.rules], [rule.name for rule in new.rules]),
        ("sender rules", [rule.match for rule in old.sender_rules], [rule.match for rule in new.sender_rules]),
    ):
        if sorted(was) == sorted(becomes) and was != becomes:
            told.append(f"The {what} are tried in another order: {', '.join(becomes)}.")
    return told


def _is_active(desk: Desk, name: str) -> bool:
    agent = desk.agent(name)
    return agent is not None and agent.active


def _mailbox(box: Mailbox, connections: MailboxSettings | None) -> dict[str, object]:
    document = {"name": box.name, "address": box.address, "aliases": list(box.addresses[1:]), "category": box.category}
    more: dict[str, object] = {"reference_prefix": box.prefix, "language": box.language}
    if connections is not None:
        imap, smtp = connections.imap, connections.smtp
        more["imap"] = f"{imap.server.host}:{imap.server.port}, tls {imap.server.tls}, folder {imap.folder}"
        more["after"] = imap.after
        more["smtp"] = f"{smtp.server.host}:{smtp.server.port}, tls {smtp.server.tls}"
    return document | more


def _rule(rule: Rule) -> dict[str, object]:
    sets = {
        "category": rule.category, "priority": rule.priority, "type": rule.type, "item": rule.item,
        "assignee": rule.assignee, "action": rule.action, "template": rule.template, "receipt": rule.receipt,
        "tags": list(rule.tags) or None,
    }  # fmt: skip
    given: dict[str, object] = {key: value for key, value in sets.items() if value is not None}
    hour = rule.hour if rule.hour is None or isinstance(rule.hour, str) else _spans((rule.hour,))[0]
    among = {field: list(words) for field, words in rule.among}
    match = dict(rule.match) | among | ({"hour": hour} if hour else {})
    return {"name": rule.name, "mailbox": rule.mailbox, "match": match, "set": given, "stop": rule.stop}


def _category(category: Category) -> dict[str, object]:
    document: dict[str, object] = _plain(category)
    duty_weeks = {f"{year}-W{week:02}": name for year, week, name in category.duty_weeks}
    first = category.duty_from.isoformat() if category.duty_from else None
    return document | {"weights": dict(category.weights), "duty_from": first, "duty_weeks": duty_weeks}


def _things(settings: Settings) -> dict[str, Mapping[str, object]]:
    """Return everything that the file describes, under the names that its readers use."""
    desk = settings.desk
    things: dict[str, Mapping[str, object]] = {
        "The desk": _keys(desk, *TABLES, "receipts", "own_addresses", "directory"),
        "The receipts": _keys(desk.receipts),
        "The installation": _keys(settings, "path", "desk", "mailboxes", "text"),
    }
    named = (
        ("agent", desk.agents),
        ("category", desk.categories),
        ("mailbox", desk.mailboxes),
        ("customer", desk.customers),
        ("rule", desk.rules),
        ("priority", desk.priorities),
        ("calendar", desk.calendars),
        ("item", desk.catalogue),
    )
    for kind, members in named:
        things |= {f'The {kind} "{member.name}"': _keys_of_named(member) for member in members}
    things |= promised_things(desk)
    things |= {f"The contact {person.address}": _keys(person, "address") for person in desk.contacts}
    things |= {f"The {rule.name.replace('_', ' ', 1)}": _keys(rule, "match", "mailbox") for rule in desk.sender_rules}
    for text, shown in zip(desk.receipt_texts, receipt_texts(desk), strict=True):
        kept = {key: value for key, value in shown.items() if key not in {"name", "languages"}}
        things[f'The receipt text "{text.name}"'] = kept | {"text": text.text}
    for box in settings.mailboxes:
        for side, connection in (("imap", box.imap), ("smtp", box.smtp)):
            things[f'The mailbox "{box.name}", {side}'] = _keys(connection.server) | _keys(connection, "server")
    return things


def _keys_of_named(thing: Any) -> dict[str, object]:  # any of our dataclasses that has a name
    return described_priority(thing) if isinstance(thing, Priority) else _keys(thing, "name")


def _keys(thing: Any, *left_out: str) -> dict[str, object]:  # any of our dataclasses
    return {f.name: getattr(thing, f.name) for f in dataclasses.fields(thing) if f.name not in left_out}


def _change(thing: str, key: str, before: object, after: object) -> str:
    was, becomes = _shown(before), _shown(after)
    if key in SECRET or was is None or becomes is None:
        return f"{thing}: {key} changes."
    return f"{thing}: {key} becomes {becomes} (was {was})."


def _shown(value: object) -> str | None:
    """Return a value as it reads within a sentence, or None where it does not."""
    plain = _plain(value)
    members = plain if isinstance(plain, list) else [plain]
    if any(isinstance(member, list | dict) for member in members):
        return None
    words = [str(member).lower() if isinstance(member, bool) else str(member) for member in members]
    text = ", ".join(words) if plain not in (None, "", []) else "nothing"
    return text if len(text) <= SHORT else None


def _plain(value: object) -> Any:
    """Return a value as JSON can hold it, written as in config.toml."""
    match value:
        case dt.timedelta():
            return _duration(int(value.total_seconds()))
        case Cap():
            return f"{value.count}/{_duration(int(value.period.total_seconds()))}"
        case Target():
            return f"{value.days}d" * bool(value.days) + (_duration(value.minutes * 60) if value.minutes else "")
        case Calendar():
            return _calendar(value)
        case Path():
            return str(value)
    if dataclasses.is_dataclass(value):
        return {key: _plain(inner) for key, inner in _keys(value).items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return _letters(value) if isinstance(value, frozenset) else value


def _letters(chosen: frozenset[object]) -> bool | list[str]:
    """Return which letters an agent gets as `notify` says it."""
    some = [kind for kind in get_args(AgentLetter) if kind in chosen]
    return bool(chosen) if chosen in (EVERY_LETTER, frozenset()) else some


def _calendar(calendar: Calendar) -> dict[str, object]:
    return {
        "name": calendar.name,
        "hours": _week(calendar.week),
        "holidays": calendar.holidays,
        "days": [{"date": day.isoformat(), "hours": _spans(hours)} for day, hours in calendar.days],
        "seasons": [
            {"from": _month_day(s.first), "to": _month_day(s.last), "hours": _week(s.hours)} for s in calendar.seasons
        ],
    }


def _week(days: tuple[tuple[Minutes, ...] | None, ...]) -> dict[str, list[str]]:
    return {name: _spans(spans) for name, spans in zip(WEEKDAYS, days, strict=True) if spans is not None}


def _spans(spans: tuple[Minutes, ...]) -> list[str]:
    return [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans]


def _month_day(day: tuple[int, int]) -> str:
    return f"{day[0]:02}-{day[1]:02}"


def _duration(seconds: int) -> str:
    text = ""
    for unit, length in UNITS:
        number, seconds = divmod(seconds, length)
        text += f"{number}{unit}" if number else ""
    return text or "0s"

"""The admin's rules as the file writes them: what can be matched, and patterns that cannot hang (re2)."""

from collections.abc import Iterable, Mapping

import re2

from inboxd.config.lines import KeyPath
from inboxd.config.names import check_known
from inboxd.config.problems import Problems, meant
from inboxd.config.routing import values as route_values
from inboxd.config.routing.tables import RuleTable
from inboxd.config.schema import Document
from inboxd.desk.desk import Rule
from inboxd.desk.routing.matching import CHOICES, FIELDS, NO_CUSTOMER
from inboxd.mail.language import CODES
from inboxd.mail.message import MailKind

HEADER = "header."
HOUR = "hour"


def build_rule(table: RuleTable) -> Rule:
    """Return a rule of the desk."""
    hour = table.match.get(HOUR)
    return Rule(
        name=table.name,
        mailbox=table.mailbox,
        match=tuple((field, pattern) for _, field, pattern in match_pairs(table.match)),
        among=tuple((field, _words(table.match[field])) for field in table.match if field in CHOICES),
        hour=route_values.hour(hour) if isinstance(hour, str) else None,
        category=table.set.category,
        priority=table.set.priority,
        type=table.set.type,
        item=table.set.item,
        assignee=table.set.assignee,
        tags=tuple(table.set.tags),
        action=table.set.action,
        template=table.set.template,
        receipt=table.set.receipt,
        stop=table.stop,
    )


def match_pairs(match: dict[str, object]) -> tuple[tuple[KeyPath, str, str], ...]:
    """Return where in `match` each pattern stands, its field and the pattern; what is no text is left out.

    A header may be written `header.List-Id = "…"` (to TOML a table within the table) or `"header.List-Id" = "…"`.
    """
    pairs: list[tuple[KeyPath, str, str]] = []
    for key, value in match.items():
        if isinstance(value, str) and key not in CHOICES and key != HOUR:
            pairs.append(((key,), _field(key), value))
        elif isinstance(value, dict) and key == "header":
            pairs += [((key, n), _field(f"{HEADER}{n}"), p) for n, p in value.items() if isinstance(p, str)]
    return tuple(pairs)


def check_rules(document: Document, problems: Problems) -> None:
    """Note rules that match everything or do nothing, fields that no mail has, and patterns that are none."""
    words = {
        "customer": [*(customer.name for customer in document.customer), NO_CUSTOMER],
        "language": sorted(CODES),
        "kind": [kind.value for kind in MailKind],
    }
    for index, rule in enumerate(document.rule):
        place: KeyPath = ("rule", index)
        if not rule.match and rule.mailbox is None and not problems.at((*place, "match")):
            problems.add(
                (*place, "match"), 'missing; write match = { subject = "…" }, or mailbox = "…" for all its mail'
            )
        if not rule.set.model_fields_set and not rule.stop and not problems.at((*place, "set")):
            problems.add((*place, "set"), 'missing; write what the rule does: set = { category = "…" }')
        _check_patterns(rule.match, (*place, "match"), problems)
        _check_choices(rule.match, words, (*place, "match"), problems)
        _check_hour(rule.match.get(HOUR), (*place, "match", HOUR), problems)


def pattern_error(pattern: str) -> str | None:
    """Return what is wrong with a regular expression, or None."""
    options = re2.Options()
    options.log_errors = False  # it would write to standard error by itself
    try:
        re2.compile(pattern, options)
    except re2.error as exc:
        told = exc.args[0]
        return told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    return None


def _check_patterns(match: dict[str, object], place: KeyPath, problems: Problems) -> None:
    for where, field, pattern in match_pairs(match):
        wrong = pattern_error(pattern)
        if wrong is not None:
            problems.add((*place, *where), f'"{pattern}" is no regular expression (RE2): {wrong}')
        if field not in FIELDS and not field.startswith(HEADER):
            known = [*FIELDS, *CHOICES, HOUR, "header.NAME"]
            problems.add((*place, *where), f"no field of a mail; {meant(field, known)}")
    for key, value in match.items():
        inner = value if isinstance(value, dict) and key == "header" else {}
        wrong_places = [(key, name) for name, text in inner.items() if not isinstance(text, str)]
        no_text = not isinstance(value, str) and key not in CHOICES and key != HOUR
        for where in wrong_places if inner else [(key,)] * no_text:
            problems.add((*place, *where), "must be a regular expression; write it in quotes")


def _check_choices(
    match: dict[str, object], words: Mapping[str, Iterable[str]], place: KeyPath, problems: Problems
) -> None:
    for field, known in words.items():
        value = match.get(field, [])
        if not isinstance(value, str | list) or not all(isinstance(word, str) for word in value):
            problems.add((*place, field), 'must be a name, or a list of names; for example ["one", "two"]')
            continue
        for word in _words(value):
            check_known(word, known, field, (*place, field), problems)


def _check_hour(value: object, place: KeyPath, problems: Problems) -> None:
    if value is None:
        return
    try:
        route_values.hour(value)
    except ValueError as exc:
        problems.add(place, str(exc))


def _words(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value)) if isinstance(value, list) else ()


def _field(key: str) -> str:
    return key.lower() if key.lower().startswith(HEADER) else key

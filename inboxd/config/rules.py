"""The admin's rules as the file writes them: the fields that can be matched, and patterns that cannot hang (re2)."""

import re2

from inboxd.config.lines import KeyPath
from inboxd.config.problems import Problems, meant
from inboxd.config.schema import RuleTable

FIELDS = ("from", "to", "subject", "body")
HEADER = "header."


def match_pairs(match: dict[str, object]) -> tuple[tuple[KeyPath, str, str], ...]:
    """Return where in `match` each pattern stands, its field and the pattern; what is no text is left out.

    A header may be written `header.List-Id = "…"` (to TOML a table within the table) or `"header.List-Id" = "…"`.
    """
    pairs: list[tuple[KeyPath, str, str]] = []
    for key, value in match.items():
        if isinstance(value, str):
            pairs.append(((key,), _field(key), value))
        elif isinstance(value, dict) and key == "header":
            pairs += [((key, n), _field(f"{HEADER}{n}"), p) for n, p in value.items() if isinstance(p, str)]
    return tuple(pairs)


def check_rules(rules: list[RuleTable], problems: Problems) -> None:
    """Note rules that match everything or do nothing, fields that no mail has, and patterns that are none."""
    for index, rule in enumerate(rules):
        place: KeyPath = ("rule", index)
        if not rule.match and rule.mailbox is None and not problems.at((*place, "match")):
            problems.add(
                (*place, "match"), 'missing; write match = { subject = "…" }, or mailbox = "…" for all its mail'
            )
        if not rule.set.model_fields_set and not rule.stop and not problems.at((*place, "set")):
            problems.add((*place, "set"), 'missing; write what the rule does: set = { category = "…" }')
        _check_match(rule.match, (*place, "match"), problems)


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


def _check_match(match: dict[str, object], place: KeyPath, problems: Problems) -> None:
    read = match_pairs(match)
    for where, field, pattern in read:
        wrong = pattern_error(pattern)
        if wrong is not None:
            problems.add((*place, *where), f'"{pattern}" is no regular expression (RE2): {wrong}')
        if field not in FIELDS and not field.startswith(HEADER):
            problems.add((*place, *where), f"no field of a mail; {meant(field, [*FIELDS, 'header.NAME'])}")
    for key, value in match.items():
        inner = value if isinstance(value, dict) and key == "header" else {}
        wrong_places = [(key, name) for name, text in inner.items() if not isinstance(text, str)]
        for where in wrong_places if inner else [(key,)] * (not isinstance(value, str)):
            problems.add((*place, *where), "must be a regular expression; write it in quotes")


def _field(key: str) -> str:
    return key.lower() if key.lower().startswith(HEADER) else key

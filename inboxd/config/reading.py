"""From what tomllib gave to a validated document: pydantic's errors in words that an admin can act on."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from inboxd.config.kinds import Table
from inboxd.config.lines import KeyPath
from inboxd.config.problems import Problems, meant
from inboxd.config.schema import Document

MESSAGES = {
    "string_type": "must be text; write it in quotes",
    "bool_type": "must be true or false, without quotes",
    "list_type": 'must be a list; for example ["one", "two"]',
    "dict_type": "must be one table of keys and values",
    "model_type": "must be one table of keys and values",
}
SECTION_MESSAGES = {"list_type": "write [[{0}]], in double brackets: there can be several", "model_type": "write [{0}]"}
"""Where the wrong kind of brackets made a section something else."""


def read_document(raw: dict[str, object], problems: Problems) -> Document:
    """Return the document, with defaults in the place of what is wrong or missing; what that is goes to `problems`."""
    try:
        document = Document.model_validate(raw)
    except ValidationError as exc:
        errors = exc.errors(include_url=False)
        for error in errors:
            _note(error, raw, problems)
        for error in reversed(errors):  # from the back, so that what is taken out of a list shifts nothing
            _take_out(raw, error["loc"])
        return read_document(raw, problems)  # less is left each time; some errors show only without others
    _note_missing(document, (), problems)
    return document


def _note(error: ErrorDetails, raw: dict[str, object], problems: Problems) -> None:
    place = error["loc"]
    match error["type"]:
        case "extra_forbidden":
            _note_unknown(place, raw, problems)
        case "literal_error":
            problems.add(place, _not_among(error["input"], re.findall(r"'([^']*)'", error.get("ctx", {})["expected"])))
        case "value_error":
            problems.add(place, str(error.get("ctx", {})["error"]))
        case kind if len(place) == 1 and kind in SECTION_MESSAGES:
            problems.add(place, SECTION_MESSAGES[kind].format(place[0]))
        case kind:
            problems.add(place, MESSAGES.get(kind, error["msg"]))


def _note_unknown(place: KeyPath, raw: Mapping[str, object], problems: Problems) -> None:
    """Note a key that no table has; the key that was meant is not reported as missing too."""
    known = _known_keys(place[:-1])
    hint = meant(str(place[-1]), known)
    what = "unknown key" if len(place) > 1 or not isinstance(raw[str(place[0])], (dict, list)) else "unknown section"
    problems.add(place, f"{what}; {hint}")
    for key in known:
        if hint == f'did you mean "{key}"?':
            problems.excuse((*place[:-1], key))


def _not_among(value: object, allowed: list[str]) -> str:
    choices = ", ".join(f'"{word}"' for word in allowed)
    near = meant(str(value), allowed)
    return f'"{value}" is not known; {near if near.startswith("did") else f"one of {choices}"}'


def _known_keys(place: KeyPath) -> list[str]:
    """Return the keys of the table at a place of the document."""
    table: type[Table] = Document
    for name in place:
        if isinstance(name, int):
            continue
        # a name that the file chose itself, as in [[targets]] levels, leads to no other kind of table
        table = next((t for key, t in _tables_in(table) if key == name), table)
    return [field.alias or name for name, field in table.model_fields.items()]


def _tables_in(table: type[Table]) -> list[tuple[str, type[Table]]]:
    """Return the keys of a table whose values are tables or lists of tables, with the kind of table."""
    found: list[tuple[str, type[Table]]] = []
    for name, field in table.model_fields.items():
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
        found += [(field.alias or name, k) for k in kinds if isinstance(k, type) and issubclass(k, Table)]
    return found


def _take_out(raw: Any, place: KeyPath) -> None:  # whatever TOML can hold
    """Remove what stands at a place."""
    holder = raw
    for name in place[:-1]:
        holder = holder[name]
    del holder[place[-1]]


def _note_missing(table: Table, place: KeyPath, problems: Problems) -> None:
    """Note the keys that a table must have and has not, here and in the tables inside."""
    aliases = {field.alias or name: name for name, field in type(table).model_fields.items()}
    for key, example in table.REQUIRED.items():
        if aliases[key] not in table.model_fields_set and not problems.at((*place, key)):
            problems.add((*place, key), f"missing; write {example}")
    for key, name in aliases.items():
        if name in table.model_fields_set:
            inner = getattr(table, name)
            several = enumerate(inner) if isinstance(inner, list) else [(None, inner)]
            for index, value in several:
                if isinstance(value, Table):
                    _note_missing(value, (*place, key) if index is None else (*place, key, index), problems)

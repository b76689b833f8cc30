"""Which letters of the admin's own config.toml names, and where."""

import tomllib
from collections.abc import Iterator

from inboxd.config.lines import KeyPath


def named_templates(text: str) -> Iterator[tuple[KeyPath, str]]:
    """Return each place of a valid config.toml that names a letter's template, with the name."""
    document = tomllib.loads(text)
    for number, rule in enumerate(document.get("rule", ())):
        if "template" in rule.get("set", {}):
            yield ("rule", number, "set", "template"), rule["set"]["template"]
    for number, priority in enumerate(document.get("priority", ())):
        for step, level in enumerate(priority.get("escalation", ())):
            if "template" in level:
                yield ("priority", number, "escalation", step, "template"), level["template"]

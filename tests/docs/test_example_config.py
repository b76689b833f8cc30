"""config.toml at the root is a whole desk that loads, and shows every table there is."""

import json
from pathlib import Path

from inboxd.config.file import load
from inboxd.config.report import describe
from inboxd.config.schema import Document
from inboxd.config.settings import Settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "config.toml").read_text("utf-8")


def settings() -> Settings:
    return load(ROOT / "config.toml", env={"KS_PASSWORD": "hemmelig", "VARSEL_PASSWORD": "hemmelig"})


def test_it_loads_and_only_what_is_meant_is_warned_of() -> None:
    document = json.loads(json.dumps(describe(settings())))
    assert [warning for warning in document["warnings"] if "bestilling" not in warning] == []


def test_it_describes_a_municipal_desk() -> None:
    desk = settings().desk
    own = {customer.category for customer in desk.customers}
    written = [category.name for category in desk.categories if category.name not in own]
    assert [len(things) for things in (desk.mailboxes, written, desk.agents, desk.customers)] == [2, 4, 5, 3]
    assert {rule.action for rule in desk.sender_rules} == {"refuse"}
    assert {purpose for point in desk.points for purpose in point.purposes} == {"escalation", "referral"}
    assert {field.name for category in desk.categories for field in category.fields} == {"brukernavn", "pc-navn"}
    assert all(priority.escalation for priority in desk.priorities if priority.name != "low")


def test_every_table_of_the_file_is_shown() -> None:
    shown = [name for name in Document.model_fields if f"\n[{name}]" in TEXT or f"\n[[{name}]]" in TEXT]
    assert shown == list(Document.model_fields)

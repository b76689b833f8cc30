"""docs/mail.md is what the tables of rules say, and every rule says in plain words what it looks at."""

import importlib.util
from pathlib import Path

from inboxd.desk.letters.gate import GATE
from inboxd.mail.automatic import RULES
from inboxd.mail.message import MailKind

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mail.md").read_text(encoding="utf-8")


def test_the_page_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("mail_reference", ROOT / "scripts" / "mail_reference.py")
    assert spec is not None
    assert spec.loader is not None
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    assert reference.page(RULES, GATE) == PAGE, "run `make docs`"


def test_every_rule_says_what_it_looks_at_and_shows_an_example() -> None:
    assert [rule.name for rule in RULES if not (rule.looks_at and rule.example)] == []
    assert [rule.name for rule in GATE if not rule.meaning] == []


def test_every_kind_is_explained() -> None:
    assert [kind for kind in MailKind if f"\n| {kind.value} |" not in PAGE] == []

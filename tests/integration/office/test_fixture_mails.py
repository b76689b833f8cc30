"""Every mail in tests/fixtures/mail, and beside each in TOML what `explain` must say of it.

A TOML file has `about` (one sentence: what only this mail shows), `absent` (keys of the document that are null), and a
table `explain`: tables are compared by the keys that they name, lists and everything else whole.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from inboxd.config.anywhere import built_in_desk
from inboxd.mail.parse import parse
from inboxd.office.explain import Explainer
from tests.integration.paper_desk import MovedClock

FIXTURES = Path(__file__).parents[2] / "fixtures" / "mail"
MAILS = sorted(FIXTURES.rglob("*.eml"))
RECEIPTED = {"human", "encrypted"}


def name(path: Path) -> str:
    return str(path.relative_to(FIXTURES).with_suffix(""))


def expected(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.with_suffix(".toml").read_text())


def explained(path: Path) -> dict[str, Any]:
    explainer = Explainer(desk=built_in_desk(), office=None, parser=parse, clock=MovedClock())
    return explainer.explain(name(path), path.read_bytes())


def differences(wanted: object, found: object, where: str) -> list[str]:
    """Return where a document differs from what is wanted of it."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [line for key in wanted for line in differences(wanted[key], found.get(key), f"{where}.{key}")]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = enumerate(zip(wanted, found, strict=True))
        return [line for at, (one, other) in pairs for line in differences(one, other, f"{where}[{at}]")]
    return [] if wanted == found else [f"{where}: wanted {wanted!r}, found {found!r}"]


@pytest.mark.parametrize("path", MAILS, ids=name)
def test_a_mail_is_explained_as_its_toml_says(path: Path) -> None:
    want, document = expected(path), explained(path)
    assert {"kind", "decision"} <= set(want["explain"]), "a TOML names at least the kind and the decision"
    assert differences(want["explain"], document, "explain") == []
    assert [key for key in want.get("absent", []) if document[key] is not None] == []


@pytest.mark.parametrize("path", MAILS, ids=name)
def test_only_what_a_person_wrote_gets_a_receipt(path: Path) -> None:
    document = explained(path)
    receipts = [letter for letter in document["letters"] if letter["kind"] == "receipt"]
    assert not receipts or document["kind"] in RECEIPTED


def test_there_are_at_least_three_hundred_mails_and_each_shows_something_else() -> None:
    shown = [expected(path)["about"] for path in MAILS]
    assert len(MAILS) >= 300
    assert len(set(shown)) == len(shown)

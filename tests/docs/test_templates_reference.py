"""docs/templates.md names every letter and every word that a template may use."""

from dataclasses import fields
from pathlib import Path

from inboxd.render.letters import LetterContext
from inboxd.render.samples import NAMES

PAGE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")


def test_every_letter_is_in_the_table() -> None:
    assert [name for name in NAMES if f"`{name}`" not in PAGE] == []


def test_every_word_of_a_template_is_listed() -> None:
    assert [field.name for field in fields(LetterContext) if f"`{field.name}`" not in PAGE] == []

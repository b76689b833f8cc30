"""A small desk that loads, and what is said of it after a change."""

from collections.abc import Callable
from pathlib import Path

import pytest

from inboxd.config.file import load
from inboxd.config.settings import Settings
from inboxd.errors import ConfigError

SMALL = """\
[desk]
name = "Kundeservice"
[[agent]]
name = "kari"
address = "kari@desk.example"
[[category]]
name = "it"
[[mailbox]]
name = "post"
address = "post@desk.example"
[mailbox.imap]
host = "imap.desk.example"
password_env = "KS_PASSWORD"
[mailbox.smtp]
host = "smtp.desk.example"
"""

Load = Callable[[str], Settings]
Said = Callable[[str], list[str]]


@pytest.fixture
def small() -> str:
    return SMALL


@pytest.fixture
def load_text(tmp_path: Path) -> Load:
    """Loads a text as config.toml; the environment has KS_PASSWORD."""

    def loaded(text: str) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, env={"KS_PASSWORD": "hemmelig"})

    return loaded


@pytest.fixture
def said_of(load_text: Load, tmp_path: Path) -> Said:
    """Returns what is said to be wrong with a text, one entry an error, without the file's name."""

    def said(text: str) -> list[str]:
        try:
            load_text(text)
        except ConfigError as exc:
            return [line.removeprefix(f"{tmp_path}/config.toml:") for line in exc.message.splitlines()]
        return []

    return said

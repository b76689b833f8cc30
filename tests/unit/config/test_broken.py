"""Of a config.toml with errors it can still be told where the database is, or that it cannot be told."""

from pathlib import Path

import pytest

from inboxd.config.broken import database_of

HERE = "sqlite:///inboxd.db"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ('[desk]\nnam = "x"\n', HERE),
        ('[desk\nname = "x"\n', HERE),
        ('[desk\n[database]\nurl = "sqlite:///db/desk.db"  # ours\n[receipts]\n', "sqlite:///db/desk.db"),
        ('[desk\n[database]\nurl = "postgresql+psycopg://k@db/desk"', "postgresql+psycopg://k@db/desk"),
        ("[desk\n# [database] is where cases are\n", HERE),
        ('[desk\ndatabase = "?"\n', None),
        ('[desk\n[database]\nurl = "sqlite:///\n', None),
        ('[desk\ndatabase.url = "sqlite:///a.db"\n', None),
        ("[database]\nurl = 3\n", None),
        ("database = 3\n", None),
        ('[desk]\nname = "\N{LATIN SMALL LETTER O WITH STROKE}"\nx', HERE),
    ],
)
def test_the_database_of_a_file_with_errors(tmp_path: Path, text: str, url: str | None) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="latin-1")
    expected = url.replace("sqlite:///", f"sqlite:///{tmp_path}/") if url else None
    assert database_of(path) == expected


def test_a_file_that_is_not_there_tells_nothing(tmp_path: Path) -> None:
    assert database_of(tmp_path / "config.toml") is None

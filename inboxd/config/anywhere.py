"""The desk of a machine without a config.toml: what `explain` looks at a mail with."""

import tomllib
from pathlib import Path

from inboxd.config.build import build_desk
from inboxd.config.init import Answers, starter
from inboxd.config.problems import Problems
from inboxd.config.reading import read_document
from inboxd.desk.desk import Desk


def built_in_desk() -> Desk:
    """Return the desk that `inboxd init --yes` would set up."""
    problems = Problems(Path("config.toml"), {})
    document = read_document(tomllib.loads(starter(Answers())), problems)
    problems.raise_if_any()
    return build_desk(document)

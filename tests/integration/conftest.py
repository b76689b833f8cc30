"""A desk on paper for the tests of office, command line and runners; no network."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inboxd.store.engine import open_store
from tests.integration.paper_desk import Console, PaperDesk


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the present schema, to be copied: quicker than making one each time."""
    path = tmp_path_factory.mktemp("schema") / "inboxd.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[PaperDesk]:
    """A desk whose clock a test moves."""
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    paper = PaperDesk(tmp_path)
    yield paper
    paper.close()


@pytest.fixture
def console(desk: PaperDesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Console:
    """The command line on the same desk; its clock is the machine's."""
    monkeypatch.setenv("INBOXD_CONFIG", str(desk.config))
    monkeypatch.setenv("KS_PASSWORD", "secret")
    return Console(capsys)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Forget what a daemon that ran in this process set up for its log."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)

"""The databases of the contract tests: SQLite always, PostgreSQL where this machine has it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inboxd.store.engine import Store, open_store
from tests.servers.postgres import Postgres

OpenStore = Callable[[], Store]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers("postgres"))])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of the test's own, with the present schema."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "inboxd.db")
        return f"sqlite:///{tmp_path / 'inboxd.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    template: str = request.getfixturevalue("postgres_template")
    return server.database(template)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the present schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "inboxd.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """The name of a database with the present schema, to be copied."""
    return postgres.template("inboxd_template", lambda url: open_store(url).close())


@pytest.fixture
def another(url: str) -> Iterator[OpenStore]:
    """Opens the test's database once more, as another process would."""
    opened: list[Store] = []

    def open_another() -> Store:
        opened.append(open_store(url))
        return opened[-1]

    yield open_another
    for store in opened:
        store.close()


@pytest.fixture
def store(another: OpenStore) -> Store:
    """The test's database, open."""
    return another()

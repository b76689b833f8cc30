import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url
from sqlmodel import Session, SQLModel, text

from inboxd.errors import ConfigError, Conflict
from inboxd.store import incoming, outbox
from inboxd.store.cases import queue
from inboxd.store.engine import Store, open_store
from inboxd.store.revision import HEAD, REVISIONS
from inboxd.store.schema import MIGRATIONS, backup, check
from tests.contract.store.values import NOW, case_of, draft, inbox, letter_of, open_case, raw


def busy_day(session: Session) -> None:
    incoming.save(session, inbox(session), (raw(1), raw(2), raw(3)), now=NOW, silent=False)
    opened, ignored, _ = incoming.claim(session, limit=9)
    applied = open_case(session, 1)
    letter_of(session, "receipt", applied.case_id)
    letter_of(session, "answer", case_of(session, 2))
    outbox.reserve(session, draft("alert"), case_id=None, now=NOW)
    shared = {"reason": "", "mail_key": "k", "now": NOW}
    incoming.finish(
        session,
        opened.id,
        outcome="opened",
        case_id=applied.case_id,
        entry_id=applied.entry_id,
        **shared,  # type: ignore[arg-type]
    )
    incoming.finish(session, ignored.id, outcome="ignored", case_id=None, entry_id=None, **shared)  # type: ignore[arg-type]


def test_the_revisions_and_the_tables_say_the_same(store: Store) -> None:
    def include(name: str | None, _kind: str, _parents: object) -> bool:
        return not (name or "").startswith("fts_")

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": include, "compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_list_of_revisions_is_that_of_the_folder() -> None:
    folder = ScriptDirectory(str(MIGRATIONS))
    assert folder.get_current_head() == HEAD
    assert [revision.revision for revision in folder.walk_revisions()][::-1] == list(REVISIONS)


def test_a_database_in_use_is_sound(store: Store) -> None:
    assert check(store) == ()
    with store.begin() as session:
        busy_day(session)
    assert check(store) == ()


BREAKAGES = {
    "done": "UPDATE incoming SET outcome = NULL WHERE state = 'done'",
    "without the case": "UPDATE incoming SET case_id = NULL",
    "fetched mails": "UPDATE incoming SET octets_id = NULL",
    "mails on cases": "UPDATE entries SET octets_id = NULL",
    "on their way": "DELETE FROM letter_recipients",
    "called sent": "UPDATE letters SET state = 'sent'",
    "number": "UPDATE counters SET next_number = 1001",
    "merged": "UPDATE cases SET status = 'merged'",
    "requester": "UPDATE participants SET role = 'cc'",
    "not what was stored": "UPDATE octets SET sha256 = 'x' WHERE id = 1",
}


@pytest.mark.parametrize(("what", "statement"), BREAKAGES.items(), ids=BREAKAGES)
def test_a_breach_of_the_accounts_is_found(store: Store, what: str, statement: str) -> None:
    with store.begin() as session:
        busy_day(session)
        session.connection().execute(text(statement))
    problems = check(store)
    assert any(what in problem for problem in problems), problems


def test_a_backup_of_a_database_in_use_is_a_database(store: Store, url: str, tmp_path: Path) -> None:
    with store.begin() as session:
        busy_day(session)
    target = tmp_path / "backup.file"
    with store.begin() as session:
        case_of(session, 3)
        backup(url, target)
    assert target.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir() if "unfinished" in path.name] == []
    if make_url(url).get_backend_name() == "sqlite":
        copy = open_store(f"sqlite:///{target}")
        with copy.reading() as session:
            assert [row.number for row in queue(session)] == [1000, 1001]
        assert check(copy) == ()
        copy.close()
    else:
        assert target.read_bytes().startswith(b"PGDMP")


def test_a_backup_overwrites_nothing_and_makes_no_folders(store: Store, url: str, tmp_path: Path) -> None:
    target = tmp_path / "there.db"
    target.write_bytes(b"precious")
    with pytest.raises(Conflict):
        backup(url, target)
    assert target.read_bytes() == b"precious"
    with pytest.raises(ConfigError):
        backup(url, tmp_path / "none" / "backup.db")


def test_there_is_no_backup_of_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        backup(f"sqlite:///{tmp_path}/none.db", tmp_path / "backup.db")
    assert list(tmp_path.iterdir()) == []


def test_a_broken_index_of_the_search_is_found(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/inboxd.db")
    with store.begin() as session:
        busy_day(session)
        session.connection().execute(text("DELETE FROM fts_entries_docsize"))
    assert any(problem.startswith("search:") for problem in check(store))
    store.close()


def test_an_orphan_is_found(tmp_path: Path) -> None:
    path = tmp_path / "inboxd.db"
    store = open_store(f"sqlite:///{path}")
    with store.begin() as session:
        busy_day(session)
    store.close()
    careless = sqlite3.connect(path)
    careless.execute("INSERT INTO tags (case_id, tag) VALUES (99, 'lost')")
    careless.commit()
    careless.close()
    store = open_store(f"sqlite:///{path}")
    assert any("foreign key" in problem for problem in check(store))
    store.close()

import datetime as dt
import sqlite3
import subprocess
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, text

from inboxd.errors import ConfigError, StoreBusy, StoreTooNew, Temporary
from inboxd.mail.message_id import Key, Keyring
from inboxd.store import tables as t
from inboxd.store.cases import get_case, queue
from inboxd.store.engine import Store, open_store
from inboxd.store.keys import check_keys
from inboxd.store.schema import is_current, upgrade
from tests.contract.conftest import OpenStore
from tests.contract.store.values import KEYRING, NOW, case_of, open_case

WRITER_THAT_STOPS_HALF_WAY = """
import sys
from inboxd.store.engine import open_store
from tests.contract.store.values import case_of, letter_of
with open_store(sys.argv[1]).begin() as session:
    letter_of(session, "receipt", case_of(session, 99))
    print("written", flush=True)
    sys.stdin.read()
"""


def ask(session: Session, statement: str) -> object:
    return session.connection().execute(text(statement)).scalar()


def test_a_writer_that_is_killed_half_way_leaves_nothing_and_no_lock(another: OpenStore, url: str) -> None:
    with another().begin() as session:
        case_of(session, 1)
    command = [sys.executable, "-c", WRITER_THAT_STOPS_HALF_WAY, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        writer.kill()
        writer.wait(timeout=30)
    with another().begin() as session:
        assert [row.number for row in queue(session)] == [1000]
        assert get_case(session, case_of(session, 99)).number == 1001


def test_a_reader_sees_one_snapshot_and_never_waits_for_a_writer(store: Store) -> None:
    with store.begin() as session:
        case_of(session, 1)
    with store.reading() as reader:
        assert len(queue(reader)) == 1
        with store.begin() as writer:
            case_of(writer, 2)
            assert len(queue(reader)) == 1
        assert len(queue(reader)) == 1
    with store.reading() as reader:
        assert len(queue(reader)) == 2


def test_a_reader_cannot_write(store: Store) -> None:
    def write() -> None:
        with store.reading() as session:
            open_case(session, 1)

    with pytest.raises((ConfigError, Temporary)):
        write()
    with store.reading() as session:
        assert queue(session) == ()


def test_a_store_opened_for_reading_refuses_to_begin(store: Store, url: str) -> None:
    only_reading = open_store(url, read_only=True)
    try:
        with only_reading.reading() as session:
            assert queue(session) == ()
        with pytest.raises(ConfigError), only_reading.begin():
            pass
    finally:
        only_reading.close()


def test_the_database_itself_refuses_words_it_does_not_know(store: Store) -> None:
    def write(statement: str) -> None:
        with store.begin() as session:
            case_of(session, 1)
            ask_nothing(session, statement)

    for statement in (
        "UPDATE cases SET status = 'nonsense'",
        "UPDATE participants SET role = 'boss'",
        "UPDATE entries SET kind = 'rumour'",
        "UPDATE entries SET case_id = 99",
    ):
        with pytest.raises(IntegrityError):
            write(statement)


def ask_nothing(session: Session, statement: str) -> None:
    session.connection().execute(text(statement))
    # PostgreSQL and SQLite both check foreign keys when the statement ends
    session.flush()


def test_upgrading_a_current_database_changes_nothing(store: Store, url: str) -> None:
    with store.begin() as session:
        case_of(session, 1)
    upgrade(url)
    assert is_current(url)
    with store.reading() as session:
        assert len(queue(session)) == 1


def test_a_newer_schema_is_refused(store: Store, url: str) -> None:
    with store.begin() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreTooNew) as told:
        open_store(url)
    assert told.value.exit_code == 78
    with pytest.raises(StoreTooNew):
        is_current(url)


def test_an_older_schema_is_upgraded_only_where_that_is_asked_for(store: Store, url: str) -> None:
    with store.begin() as session:
        session.connection().execute(text("DELETE FROM alembic_version"))
    # as far as anybody can tell this database stopped before its first revision
    with pytest.raises(ConfigError, match="schema"):
        open_store(url, read_only=True)


def test_keys_of_another_secret_file_are_refused(store: Store) -> None:
    foreign = Keyring(keys=(Key(kid="k1", secret=b"other"),))
    with store.begin() as session:
        check_keys(session, foreign, remember=False)
        check_keys(session, KEYRING, remember=True, now=NOW)
        with pytest.raises(ConfigError):
            check_keys(session, foreign, remember=True)
        rotated = Keyring(keys=(*KEYRING.keys, Key(kid="k2", secret=b"new")))
        check_keys(session, rotated, remember=True, now=NOW)
        check_keys(session, Keyring(keys=rotated.keys[1:]), remember=False)


# ---- SQLite only ------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "inboxd.db"


def test_sqlite_is_opened_as_promised(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    with store.begin() as session:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "application_id")
        assert [ask(session, f"PRAGMA {name}") for name in pragmas] == ["wal", 2, 1, 30_000, 0x696E6278]
    store.close()


def test_a_new_database_file_is_not_for_everybody(path: Path) -> None:
    open_store(f"sqlite:///{path}").close()
    assert path.stat().st_mode & 0o007 == 0


def test_a_transaction_that_reads_first_may_still_write(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    both_have_read = threading.Barrier(2, timeout=1)

    def read_then_write(n: int) -> None:
        with store.begin() as session:
            queue(session)
            # with BEGIN IMMEDIATE the second one cannot have begun: the barrier breaks, and both get their turn
            try:
                both_have_read.wait()
            except threading.BrokenBarrierError:
                assert both_have_read.broken
            case_of(session, n)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(read_then_write, (1, 2)))
    with store.reading() as session:
        assert len(queue(session)) == 2
    store.close()


def test_a_writer_that_waits_too_long_is_told_that_the_database_is_busy(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    blocker = sqlite3.connect(path, isolation_level=None)
    with store.begin() as session:
        session.connection().exec_driver_sql("PRAGMA busy_timeout = 20")
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy), store.begin():
        pass
    blocker.close()
    store.close()


def test_several_processes_may_create_the_database_at_once(path: Path) -> None:
    def create(_: int) -> None:
        open_store(f"sqlite:///{path}").close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(create, range(4)))
    assert is_current(f"sqlite:///{path}")


def test_a_folder_that_is_missing_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as told:
        open_store(f"sqlite:///{tmp_path}/none/inboxd.db")
    assert str(tmp_path / "none") in told.value.message
    assert told.value.hint


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "inboxd.db"])
def test_urls_of_no_use_are_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        open_store(url)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="folder"):
        open_store(f"sqlite:///{tmp_path}")


def test_reading_creates_nothing(path: Path) -> None:
    with pytest.raises(ConfigError):
        open_store(f"sqlite:///{path}", read_only=True)
    assert not path.exists()


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"this is a letter, not a database\n" * 100)
    with pytest.raises(ConfigError):
        open_store(f"sqlite:///{path}")


def test_another_programs_database_is_left_alone(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE songs (name TEXT)")
    other.commit()
    with pytest.raises(ConfigError, match="another program"):
        open_store(f"sqlite:///{path}")
    assert other.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)
    other.close()


def test_a_creation_that_fails_half_way_leaves_an_empty_database(path: Path) -> None:
    url = f"sqlite:///{path}"
    store = open_store(url, any_revision=True)

    def half_way() -> None:
        with store.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE cases (id INTEGER)")
            raise KeyError

    with pytest.raises(KeyError):
        half_way()
    store.close()
    open_store(url).close()
    assert is_current(url)


def test_a_folder_that_cannot_be_written_to_is_told() -> None:
    # not even root makes files there
    with pytest.raises(ConfigError, match="cannot be created"):
        open_store("sqlite:////proc/inboxd.db")


# ---- PostgreSQL only --------------------------------------------------------------------------------------------


def test_a_postgresql_that_is_away_is_a_temporary_error() -> None:
    with pytest.raises(Temporary):
        open_store("postgresql://inboxd@127.0.0.1:1/none")


def test_a_database_that_postgresql_does_not_have_says_where_to_look(postgres_url: str) -> None:
    with pytest.raises(Temporary) as told:
        open_store(postgres_url + "_none")
    assert "database name" in str(told.value.hint)


def test_a_plain_postgresql_url_means_psycopg(postgres_url: str) -> None:
    store = open_store(postgres_url.replace("+psycopg", ""))
    assert store.path is None
    with store.begin() as session:
        assert ask(session, "SHOW synchronous_commit") == "on"
        session.add(t.Relay(mailbox="it", deferred_until=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))
    store.close()


def test_a_connection_that_was_cut_between_two_transactions_is_not_noticed(postgres_url: str) -> None:
    store = open_store(postgres_url)
    with store.begin() as session:
        mine = ask(session, "SELECT pg_backend_pid()")
    killer = open_store(postgres_url)
    with killer.begin() as session:
        ask(session, f"SELECT pg_terminate_backend({mine})")
    with store.begin() as session:
        case_of(session, 1)
    for one in (store, killer):
        one.close()


def test_a_connection_that_is_cut_inside_a_transaction_is_a_temporary_error(postgres_url: str) -> None:
    store, killer = open_store(postgres_url), open_store(postgres_url)

    def cut() -> None:
        with store.begin() as session:
            mine = ask(session, "SELECT pg_backend_pid()")
            with killer.begin() as other:
                ask(other, f"SELECT pg_terminate_backend({mine})")
            case_of(session, 1)

    with pytest.raises(Temporary):
        cut()
    with store.reading() as session:
        assert queue(session) == ()
    for one in (store, killer):
        one.close()


def test_a_table_that_is_not_there_is_told_where_the_database_says_so(store: Store) -> None:
    """PostgreSQL has a code for it; SQLite has none, so that it is a fault of ours there."""
    told: type[Exception] = OperationalError if store.dialect == "sqlite" else ConfigError
    with pytest.raises(told), store.begin() as session:
        ask(session, "SELECT 1 FROM nowhere")


def test_a_fault_of_ours_is_not_dressed_up_and_tells_no_words_of_a_mail(store: Store) -> None:
    with pytest.raises(IntegrityError) as told, store.begin() as session:
        session.add(t.SendingHold(mailbox="personnummer", held_at=None, held_by="x"))  # type: ignore[arg-type]
    assert "personnummer" not in "".join(traceback.format_exception(told.value))


def test_a_connection_that_may_only_read_is_a_temporary_error(postgres_url: str) -> None:
    """As of a standby, after a failover."""
    store = open_store(postgres_url)
    with pytest.raises(Temporary, match="standby"), store.begin() as session:  # noqa: PT012 - the setting belongs to it
        session.connection().exec_driver_sql("SET TRANSACTION READ ONLY")
        case_of(session, 1)
    store.close()


def test_a_user_without_rights_is_told_to_the_admin(postgres_url: str) -> None:
    store = open_store(postgres_url)

    def write() -> None:
        with store.begin() as session:
            session.connection().exec_driver_sql("SET LOCAL ROLE pg_monitor")
            case_of(session, 1)

    with pytest.raises(ConfigError, match="does not allow"):
        write()
    store.close()

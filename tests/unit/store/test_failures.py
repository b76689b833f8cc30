"""The databases' errors in our words, by their codes: what the drivers raise, without the databases."""

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from inboxd.errors import ConfigError, InboxdError, StoreBusy, StoreDamaged, StoreLost, Temporary
from inboxd.store.failures import of_sqlite, translate


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("in its own words")
    error.sqlite_errorcode, error.sqlite_errorname = code, "NAME"
    return error


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusy),
        (sqlite3.SQLITE_PROTOCOL, StoreBusy),
        (sqlite3.SQLITE_NOMEM, Temporary),
        (sqlite3.SQLITE_FULL, Temporary),
        (sqlite3.SQLITE_IOERR_FSYNC, StoreLost),
        (sqlite3.SQLITE_CORRUPT_VTAB, StoreDamaged),
        (sqlite3.SQLITE_READONLY_DIRECTORY, ConfigError),
    ],
)
def test_an_error_of_sqlite_is_told_by_its_code(code: int, ours: type[InboxdError]) -> None:
    assert type(of_sqlite(sqlite_error(code))) is ours


@pytest.mark.parametrize(
    ("state", "ours"),
    [
        ("25006", Temporary),
        ("25P02", Temporary),
        ("25P03", Temporary),
        ("25001", Temporary),
        ("42501", ConfigError),
        ("42P01", ConfigError),
        ("42703", ConfigError),
        ("57P01", Temporary),
        ("40001", StoreBusy),
        ("55P03", StoreBusy),
    ],
)
def test_an_error_of_postgresql_is_told_by_its_sqlstate(state: str, ours: type[InboxdError]) -> None:
    error = psycopg.errors.lookup(state)("in its own words")
    told = translate(DBAPIError("UPDATE", None, error))
    assert type(told) is ours
    assert "own words" not in str(told)


@pytest.mark.parametrize("error", [psycopg.errors.lookup("22012")("x"), sqlite_error(sqlite3.SQLITE_ERROR), KeyError()])
def test_what_can_only_be_a_fault_of_ours_is_left_as_it_is(error: Exception) -> None:
    assert translate(DBAPIError("UPDATE", None, error)) is None


def test_a_pool_that_has_no_connection_left_is_busy() -> None:
    assert isinstance(translate(PoolTimeout("x")), StoreBusy)

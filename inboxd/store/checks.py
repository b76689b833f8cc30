"""What must hold in a healthy database, asked of the database itself (`inboxd db check`)."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

from sqlalchemy import text
from sqlmodel import Session, col, select

from inboxd.errors import StoreDamaged
from inboxd.store import tables as t
from inboxd.store.engine import Store
from inboxd.store.failures import RESTORE, of_sqlite
from inboxd.store.octets import unpacked

LETTERS = (
    (
        "letters on their way have no octets or no recipient",
        (
            "SELECT count(*) FROM letters AS l WHERE l.state NOT IN ('hold', 'cancelled') AND (l.octets_id IS NULL "
            "OR NOT EXISTS (SELECT 1 FROM letter_recipients AS r WHERE r.letter_id = l.id))"
        ),
    ),
    (
        "letters are called sent though a recipient is not",
        (
            "SELECT count(*) FROM letters AS l WHERE l.state = 'sent' AND EXISTS (SELECT 1 FROM letter_recipients AS r "
            "WHERE r.letter_id = l.id AND r.state <> 'sent')"
        ),
    ),
    (
        "letters are in hand without an owner, or have one without being in hand",
        "SELECT count(*) FROM letters WHERE (state = 'active') <> (owner IS NOT NULL)",
    ),
    (
        "letters are given up though a recipient still waits",
        (
            "SELECT count(*) FROM letters AS l WHERE l.state IN ('failed', 'bounced', 'unknown') AND EXISTS (SELECT 1 "
            "FROM letter_recipients AS r WHERE r.letter_id = l.id AND r.state IN ('queued', 'deferred'))"
        ),
    ),
    (
        "letters are called unknown, bounced or failed though no recipient is",
        (
            "SELECT count(*) FROM letters AS l WHERE l.state IN ('unknown', 'bounced', 'failed') AND NOT EXISTS "
            "(SELECT 1 FROM letter_recipients AS r WHERE r.letter_id = l.id AND (r.state = l.state "
            "OR (l.state = 'failed' AND r.state IN ('unknown', 'bounced'))))"
        ),
    ),
    (
        "letters or their recipients are in a state that there is none of",
        (
            "SELECT (SELECT count(*) FROM letters WHERE state NOT IN ('queued', 'active', 'deferred', 'sent', "
            "'bounced', 'failed', 'unknown', 'cancelled', 'hold')) + "
            "(SELECT count(*) FROM letter_recipients WHERE state NOT IN "
            "('queued', 'deferred', 'sent', 'bounced', 'failed', 'unknown'))"
        ),
    ),
    (
        # a report may come for a recipient who is tried again: then he is bounced, and the letter ends at its next turn
        "letters wait to leave though no recipient waits",
        (
            "SELECT count(*) FROM letters AS l WHERE l.state IN ('queued', 'active', 'deferred', 'hold') "
            "AND l.octets_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM letter_recipients AS r "
            "WHERE r.letter_id = l.id AND r.state IN ('queued', 'deferred', 'bounced'))"
        ),
    ),
    (
        "letters are called cancelled though everybody has them",
        (
            "SELECT count(*) FROM letters AS l WHERE l.state = 'cancelled' AND EXISTS (SELECT 1 FROM letter_recipients "
            "AS r WHERE r.letter_id = l.id) AND NOT EXISTS (SELECT 1 FROM letter_recipients AS r "
            "WHERE r.letter_id = l.id AND r.state <> 'sent')"
        ),
    ),
)
"""A letter's state against those of its recipients: what is wrong, and how many rows it is wrong for."""

ACCOUNTS = (
    (
        "mails are done without an outcome, or without the case that their outcome names",
        (
            "SELECT count(*) FROM incoming WHERE state = 'done' AND (outcome IS NULL OR "
            "(outcome IN ('opened', 'added', 'note', 'command', 'oversize') AND case_id IS NULL))"
        ),
    ),
    (
        "fetched mails have lost their octets",
        "SELECT count(*) FROM incoming WHERE state <> 'vanished' AND octets_id IS NULL",
    ),
    (
        "mails on cases have lost their octets",
        "SELECT count(*) FROM entries WHERE kind = 'mail_out' AND octets_id IS NULL",
    ),
    (
        "mails have an outcome though they are not done",
        "SELECT count(*) FROM incoming WHERE state <> 'done' AND outcome IS NOT NULL",
    ),
    (
        "mails opened a case or were added to one without an entry",
        "SELECT count(*) FROM incoming WHERE outcome IN ('opened', 'added', 'oversize') AND entry_id IS NULL",
    ),
    (
        "mails were filed away on the server though nobody had decided on them, or though only their header is here",
        (
            "SELECT count(*) FROM incoming WHERE filed_away AND (headers_only OR (finished_at IS NULL "
            "AND (outcome IS NULL OR outcome <> 'ignored')))"
        ),
    ),
    (
        "entries tell of a letter that is not there",
        "SELECT count(*) FROM entries WHERE kind = 'mail_out' AND letter_id IS NULL AND mail_key IS NULL",
    ),
    (
        "letters to people outside do not stand on their case",
        (
            "SELECT count(*) FROM letters AS l WHERE l.case_id IS NOT NULL AND l.octets_id IS NOT NULL "
            "AND l.kind IN ('receipt', 'answer', 'forward', 'refusal', 'notice') "
            "AND NOT EXISTS (SELECT 1 FROM entries AS e WHERE e.letter_id = l.id)"
        ),
    ),
    (
        "cases have a number that was not given out yet",
        "SELECT count(*) FROM cases WHERE number >= (SELECT next_number FROM counters WHERE id = 1)",
    ),
    (
        "cases are called merged without a survivor, or the other way round",
        "SELECT count(*) FROM cases WHERE (status = 'merged') <> (merged_into IS NOT NULL)",
    ),
    (
        "cases have no requester",
        (
            "SELECT count(*) FROM cases AS c WHERE NOT EXISTS (SELECT 1 FROM participants AS p "
            "WHERE p.case_id = c.id AND p.role = 'requester')"
        ),
    ),
    *LETTERS,
)
"""What is wrong, and how many rows it is wrong for."""

SEARCHED = "SELECT (SELECT count(*) FROM fts_entries_docsize) - (SELECT count(*) FROM entries WHERE kind <> 'event')"
OCTETS_AT_ONCE = 20

STEPS_BETWEEN_QUESTIONS = 100_000
"""SQLite's own steps, some milliseconds of them, after which a check asks whether it shall stop."""


def check(store: Store) -> tuple[str, ...]:
    """Return what is wrong with the database, each as a sentence; nothing is changed. Every stored octet is read."""
    with store.reading() as session:
        return (*_structure(session, store), *_accounts(session), *_octets(session))


def wrong_letters(session: Session) -> tuple[str, ...]:
    """Return in which ways letters are not in the state that their recipients are in, each as a sentence."""
    return tuple(_accounts(session, LETTERS))


def look_for_damage(store: Store, *, stopping: Callable[[], bool] = lambda: False) -> None:
    """Read every page of an SQLite file's tables and indexes, on a connection that can write nothing.

    Reads the whole file, so it is for a thread of its own. Where `stopping` says so it ends early. PostgreSQL has
    checksums of its own. Raises StoreDamaged; StoreLost where the disk fails.
    """
    if store.path is None:
        return
    uri = f"{store.path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        connection.set_progress_handler(stopping, STEPS_BETWEEN_QUESTIONS)
        try:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as exc:
            if exc.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                return
            ours = of_sqlite(exc)
            if ours is None:
                raise
            raise ours from exc
    if found != "ok":
        raise StoreDamaged(f"The database file is damaged: {' '.join(found.split())}", hint=RESTORE)


def _structure(session: Session, store: Store) -> Iterator[str]:
    if store.dialect != "sqlite":
        return
    connection = session.connection()
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if line != "ok":
            yield f"integrity: {line}"
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"foreign key: row {row[1]} of {row[0]} points at nothing in {row[2]}"
    off = connection.exec_driver_sql(SEARCHED).scalar()
    if off:
        yield f"search: the index differs from the journal by {abs(off)} entries"


def _accounts(session: Session, accounts: tuple[tuple[str, str], ...] = ACCOUNTS) -> Iterator[str]:
    for what, query in accounts:
        number = session.connection().execute(text(query)).scalar()
        if number:
            yield f"{number} {what}"


def _octets(session: Session) -> Iterator[str]:
    ids = session.exec(select(t.Octets.id)).all()
    for start in range(0, len(ids), OCTETS_AT_ONCE):
        batch = ids[start : start + OCTETS_AT_ONCE]
        query = select(t.Octets.id, t.Octets.sha256, t.Octets.codec, t.Octets.content)
        for octets_id, sha256, codec, content in session.exec(query.where(col(t.Octets.id).in_(batch))):
            if hashlib.sha256(unpacked(codec, content)).hexdigest() != sha256:
                yield f"octets {octets_id} are not what was stored"

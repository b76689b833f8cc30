"""The suite has teeth: each guard of the promise is taken out of a copy of the product, and a test must fail for it.

docs/reliability.md lists the guards with the tests that watch them; a test there keeps the list true.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS_FAILED = 1
"""pytest's exit code; others mean that nothing was collected, or that the copy cannot even be imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A guard, how it is taken out (`old` becomes `new` in `file`, once each), and a test that must notice."""

    what: str
    changes: tuple[tuple[str, str, str], ...]
    caught_by: str


TOLD_FIRST = """\
            file_away(session, self._imap.after, [message.uid for message in batch.messages])
            taken += self._save(state, batch, settled)"""

GUARDS = {
    "peek": Guard(
        what="mail is fetched with BODY.PEEK, which marks nothing as read",
        changes=(("imap/session.py", '_BODY = "BODY.PEEK[]"', '_BODY = "BODY[]"'),),
        caught_by="tests/faults/test_failpoints.py::test_a_kill_on_the_way_in_loses_and_doubles_nothing[fetched]",
    ),
    "server-last": Guard(
        what="the server is told after the commit",
        changes=(
            (
                "runners/fetch.py",
                "            taken += self._save(state, batch, settled)",
                TOLD_FIRST,
            ),
        ),
        caught_by=(
            "tests/faults/test_failpoints.py::test_a_kill_on_the_way_in_loses_and_doubles_nothing[octets-written]"
        ),
    ),
    "unique-uid": Guard(
        what="a UID of a folder has one row",
        changes=(
            ("store/tables.py", '        UniqueConstraint("folder_id", "uidvalidity", "uid"),\n', ""),
            (
                "store/migrations/versions/0001_the_first_schema.py",
                '"folder_id", "uidvalidity", "uid", name="uq_incoming_folder_id_uidvalidity_uid"',
                '"id", "uidvalidity", "uid", name="uq_incoming_folder_id_uidvalidity_uid"',
            ),
        ),
        caught_by="tests/contract/store/test_last_lines.py::test_a_uid_of_a_folder_cannot_have_two_rows",
    ),
    "unknown-receipt": Guard(
        what="a receipt of unknown outcome is never sent again",
        changes=(
            ("desk/backoff.py", 'letter.kind == "answer" and not letter.resent', "not letter.resent"),
            ("runners/deliver.py", 'if letter.kind == "answer" and _sent', "if _sent"),
            ("runners/deliver.py", "if letter.kind not in CARRIES_WORDS:", "if False:"),
        ),
        caught_by=(
            "tests/faults/test_failpoints.py::"
            "test_a_kill_on_the_way_out_sends_no_receipt_twice_and_every_answer[dot-answered-1]"
        ),
    ),
    "settled": Guard(
        what="the cursor stops below a mail that is missing",
        changes=(("desk/uid_plan.py", "reached = min([uidnext, *still_missing]) - 1", "reached = uidnext - 1"),),
        caught_by=(
            "tests/integration/imap/test_fetch_runner.py::"
            "test_a_refused_mail_is_asked_for_again_while_the_next_one_comes_in"
        ),
    ),
    "lease": Guard(
        what="a folder that another daemon leads is left alone until its lease ends",
        changes=(
            (
                "store/folders.py",
                "condition = (*unchanged, free) if is_postgresql(session) else unchanged",
                "condition = unchanged",
            ),
        ),
        caught_by=(
            "tests/contract/store/test_folders.py::"
            "test_a_lease_is_kept_by_its_owner_and_its_token_grows_with_every_new_one"
        ),
    ),
    "fencing": Guard(
        what="a daemon that lost its folder writes nothing about it",
        changes=(("runners/folder_ledger.py", "            if self._shared:\n", "            if False:\n"),),
        caught_by=(
            "tests/faults/test_two_daemons.py::test_no_write_of_a_ledger_whose_folder_another_daemon_took_comes_about"
        ),
    ),
    "final-dot": Guard(
        what="a connection lost after the final dot leaves the outcome unknown",
        changes=(
            (
                "smtp/wire.py",
                'Sent(reply=_no_reply(exc, "after the final dot"), dot=True)',
                'Sent(reply=_no_reply(exc, "after the final dot"), dot=False)',
            ),
        ),
        caught_by="tests/integration/smtp/test_faults.py::test_a_relay_lost_after_the_final_dot_may_have_the_letter",
    ),
    "fsync": Guard(
        what="SQLite writes to the disk before a commit is over",
        changes=(("store/engine.py", '("synchronous", "FULL", 2)', '("synchronous", "NORMAL", 1)'),),
        caught_by="tests/contract/store/test_engine.py::test_sqlite_is_opened_as_promised",
    ),
    "one-entry": Guard(
        what="a mail that comes again is known by its key",
        changes=(
            (
                "store/views.py",
                "        duplicate_of=duplicate_of,",
                "        duplicate_of=None,",
            ),
        ),
        caught_by="tests/contract/store/test_views.py::test_a_mail_filed_before_is_a_duplicate_whatever_became_of_it",
    ),
}


def take_out(guard: Guard, folder: Path) -> None:
    """Copy the product and its tests without the guard."""
    for name in ("inboxd", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "fixtures"))
    for name in ("tests/fixtures", "templates", "config.toml", "pyproject.toml", "docs", "README.md"):
        (folder / name).symlink_to(ROOT / name)
    for file, old, new in guard.changes:
        path = folder / "inboxd" / file
        text = path.read_text()
        assert text.count(old) == 1, f"{file} has no single {old!r} any more: name the guard anew"
        path.write_text(text.replace(old, new))


@pytest.mark.servers("dovecot", "postgres")
@pytest.mark.slow
@pytest.mark.parametrize("name", GUARDS)
def test_without_a_guard_a_test_fails(name: str, tmp_path: Path) -> None:
    """Teeth: the guard is gone, and the test that docs/reliability.md names says so."""
    take_out(GUARDS[name], tmp_path)
    env = {key: value for key, value in os.environ.items() if not key.startswith(("COVERAGE", "COV_", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:xdist", GUARDS[name].caught_by],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == TESTS_FAILED, done.stdout[-3000:] + done.stderr[-1000:]
    assert " failed" in done.stdout.splitlines()[-1], done.stdout[-3000:]

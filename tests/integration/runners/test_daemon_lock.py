"""One daemon on one SQLite database."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from inboxd.errors import ConfigError, StoreLost, Temporary
from inboxd.runners.daemon_lock import DaemonLock


def test_the_second_is_told_who_has_it(tmp_path: Path) -> None:
    with DaemonLock(tmp_path / "inboxd.db"):
        with pytest.raises(Temporary, match=rf"pid {os.getpid()}\)"), DaemonLock(tmp_path / "inboxd.db"):
            pass
        assert (tmp_path / "inboxd.db.lock").stat().st_mode & 0o777 == 0o600
    with DaemonLock(tmp_path / "inboxd.db"):
        assert (tmp_path / "inboxd.db.lock").read_text() == f"{os.getpid()}\n"


def test_a_lock_nobody_signed_is_somebodys_all_the_same(tmp_path: Path) -> None:
    with DaemonLock(tmp_path / "inboxd.db"):
        (tmp_path / "inboxd.db.lock").write_text("")
        with pytest.raises(Temporary, match="pid unknown"), DaemonLock(tmp_path / "inboxd.db"):
            pass


def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    hold = (
        "import sys, pathlib; from inboxd.runners.daemon_lock import DaemonLock\n"
        "with DaemonLock(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path / "inboxd.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Temporary, match=f"pid {holder.pid}"), DaemonLock(tmp_path / "inboxd.db"):
            pass
        holder.kill()
        holder.wait()
        with DaemonLock(tmp_path / "inboxd.db"):
            assert (tmp_path / "inboxd.db.lock").exists()


def test_a_folder_that_cannot_be_written_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot open"), DaemonLock(tmp_path / "nowhere" / "inboxd.db"):
        pass


def test_a_database_that_cannot_be_read_is_tried_again_by_the_next_start(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as no_file:
        no_file.bind(str(tmp_path / "inboxd.db"))
    with pytest.raises(StoreLost, match=r"cannot read .*inboxd\.db"), DaemonLock(tmp_path / "inboxd.db"):
        pass

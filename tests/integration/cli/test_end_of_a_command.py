"""A command lets go of what it loaded without searching it for garbage; the database is closed all the same."""

import os
import subprocess
import sys
from pathlib import Path

from tests.integration.paper_desk import PaperDesk, mail


def test_a_command_that_ends_closes_its_database(tmp_path: Path) -> None:
    desk = PaperDesk(tmp_path)
    desk.arrive(mail(number=1))
    desk.close()
    command = [sys.executable, "-m", "inboxd", "note", "KS-10008", "--as", "kari", "-m", "Ringte Ola."]
    env = os.environ | {"INBOXD_CONFIG": str(tmp_path / "config.toml")}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(("-wal", "-shm"))] == []

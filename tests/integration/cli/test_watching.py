"""`watch` as a process: a document a line, and Ctrl-C ends it quietly."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.integration.paper_desk import PaperDesk, mail

pytestmark = pytest.mark.slow


def test_watch_tells_a_document_a_line_and_ends_quietly(desk: PaperDesk) -> None:
    command = [sys.executable, "-m", "inboxd", "watch", "--every", "1", "--json", "--as", "kari"]
    env = os.environ | {"INBOXD_CONFIG": str(desk.config)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        assert watch.stderr is not None
        assert watch.stderr.readline() == "Watching; Ctrl-C ends it.\n"
        desk.arrive(mail())
        document = json.loads(watch.stdout.readline())
        watch.send_signal(signal.SIGINT)
        rest = watch.communicate(timeout=30)
    assert document["what"] == "new"
    assert rest == ("", "")
    assert watch.returncode == 0

"""A desk in a folder, on pymap and a relay that keeps every envelope; its daemon is a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.desk_at_work import DeskAtWork
from tests.servers.pymap import PymapServer
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def at_work(tmp_path: Path, pymap: PymapServer, smtp_sink: SmtpSink) -> Iterator[DeskAtWork]:
    """A desk that has looked at its empty mailbox once."""
    user = pymap.new_user()
    with DeskAtWork(tmp_path, user, imap_port=pymap.imap_port, smtp_port=smtp_sink.port) as desk:
        desk.run("run", "--once")
        yield desk

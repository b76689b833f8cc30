"""A desk under fire: one for a module, so that what one test left behind has to stand all that follow."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.desk_at_work import DeskAtWork
from tests.faults.invariants import CANARIES, Watched, check_invariants
from tests.integration.paper_desk import mail
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.unmeasured import unmeasured

__all__ = ["unmeasured"]  # a fixture of every test here


@dataclass(kw_only=True)
class UnderFire:
    """A desk on Dovecot whose relay keeps what it takes. Its daemon is only ever a process of its own."""

    desk: DeskAtWork
    dovecot: Dovecot
    sink: SmtpSink
    mails: int = 0
    watched: Watched = field(init=False)

    def __post_init__(self) -> None:
        self.watched = Watched(desk=self.desk, server=self.dovecot, taken=self.sink.envelopes)

    def arrive(self, number: int) -> None:
        """Let so many new enquiries come in."""
        for _ in range(number):
            self.mails += 1
            octets = mail(
                f"{CANARIES[1]} {self.mails}", number=self.mails, text=f"{CANARIES[0]}\r\n" * 3,
                to=self.desk.user.address, sender=f"Melder <melder{self.mails}@kommune.example>",
                files={"bilde.bin": bytes(range(256)) * 8} if self.mails % 2 else None,
            )  # fmt: skip
            self.dovecot.deliver(
                octets, self.desk.user.address, mail_from=f"melder{self.mails}@kommune.example"
            )  # fmt: skip
        self.watched.delivered = self.mails

    def command(self, *words: str) -> Any:
        """Run an agent's command; returns its document."""
        return self.desk.ask(*words)

    def answer(self, reference: str) -> int:
        """Answer a case; returns the letter's id."""
        replied = self.command("reply", reference, "-m", f"{CANARIES[0]}: vi ser på det.", "--as", "kari")
        return int(replied["letter"]["id"])

    @contextlib.contextmanager
    def by_way_of(self, *, imap_port: int | None = None, smtp_port: int | None = None) -> Iterator[None]:
        """Let the desk reach a server by another port for a while."""
        usual = self.desk.config.read_text()
        changed = usual.replace(f"port = {self.dovecot.imap_port}\n", f"port = {imap_port or self.dovecot.imap_port}\n")
        changed = changed.replace(f"port = {self.sink.port}\n", f"port = {smtp_port or self.sink.port}\n")
        assert changed != usual
        self.desk.config.write_text(changed)
        try:
            yield
        finally:
            self.desk.config.write_text(usual)

    def check(self) -> None:
        """Assert every invariant."""
        check_invariants(self.watched)


@pytest.fixture(scope="module")
def under_fire(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[UnderFire]:
    """One desk that has looked at its empty mailbox."""
    with new_desk(tmp_path_factory.mktemp("desk"), dovecot, "sqlite:///inboxd.db") as desk:
        yield desk


@contextlib.contextmanager
def new_desk(folder: Path, dovecot: Dovecot, url: str) -> Iterator[UnderFire]:
    """Lend a desk on a database, which has looked at its empty mailbox."""
    user = dovecot.new_user("desk.example")
    port = dovecot.imap_port
    with SmtpSink() as sink, DeskAtWork(folder, user, imap_port=port, smtp_port=sink.port, url=url) as desk:
        desk.run("run", "--once")
        yield UnderFire(desk=desk, dovecot=dovecot, sink=sink)

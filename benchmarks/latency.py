"""Arrival to receipt in an SMTP sink, with IDLE by the real daemon, against a bare IDLE loop that sees the same mails.

`python -m benchmarks.latency [N]` (as root, with Dovecot installed). Each mail is delivered by LMTP to two mailboxes,
now to the one first and now to the other: the daemon watches the one, the bare loop the other.
"""

import argparse
import random
import tempfile
import threading
import time
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from imapclient import IMAPClient

from benchmarks.measure import median, verdict
from tests.e2e.desk_at_work import DeskAtWork
from tests.servers.dovecot import Dovecot
from tests.servers.imap_users import User
from tests.servers.ports import wait_until
from tests.servers.smtp_sink import SmtpSink

RATIO = 1.3
SEEN_BY_THE_SERVER = 30.0


class _ClockedSink(SmtpSink):
    """A sink that notes when it took each letter."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[float] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = await super().handle_DATA(server, session, envelope)
        self.taken.append(time.monotonic())
        return reply


class _BareLoop(threading.Thread):
    """IDLE and nothing else; `seen` is when the server told of each mail."""

    def __init__(self, port: int, user: User) -> None:
        super().__init__(daemon=True)
        self.seen: list[float] = []
        self.stopping = threading.Event()
        self._client = IMAPClient("127.0.0.1", port, ssl=False)
        self._client.login(user.address, user.password)
        self._client.select_folder("INBOX", readonly=True)

    def run(self) -> None:
        self._client.idle()
        while not self.stopping.is_set():
            told = self._client.idle_check(timeout=1)
            now = time.monotonic()
            self.seen += [now for line in told if line[1:] == (b"EXISTS",)]
        self._client.idle_done()
        self._client.logout()


def letter(number: int, to: str) -> bytes:
    """Return one mail of a new sender."""
    message = EmailMessage()
    message["From"] = f"Bruker <bruker{number}@kommune.example>"
    message["To"] = to
    message["Subject"] = f"Passord {number}"
    message["Date"] = "Mon, 12 Jan 2026 10:00:00 +0100"
    message["Message-ID"] = f"<latency.{number}@kommune.example>"
    message.set_content("Hei, jeg får ikke logget inn.\n")
    return message.as_bytes()


def measure(count: int) -> tuple[list[float], list[float]]:
    """Deliver the mails one by one; return the seconds to the receipt and to the bare loop's notice."""
    ours, bare = [], []
    with Dovecot() as dovecot, _ClockedSink() as sink, tempfile.TemporaryDirectory(prefix="ix-bench-") as folder:
        user, other = dovecot.new_user(), dovecot.new_user()
        with DeskAtWork(Path(folder), user, imap_port=dovecot.imap_port, smtp_port=sink.port) as desk:
            loop = _BareLoop(dovecot.imap_port, other)
            loop.start()
            desk.start()
            desk.wait_for(lambda: "folder.started" in desk.log.read_text(), "the daemon's first look")
            time.sleep(2)
            for number in range(count):
                arrived: dict[str, float] = {}
                for address in (user.address, other.address)[:: 1 if number % 2 else -1]:
                    sender = f"bruker{number}@kommune.example"
                    dovecot.deliver(letter(number, user.address), address, mail_from=sender)
                    arrived[address] = time.monotonic()
                done = lambda n=number: len(sink.taken) > n and len(loop.seen) > n  # noqa: E731
                wait_until(done, seconds=SEEN_BY_THE_SERVER, what=f"mail {number}")
                ours.append(sink.taken[number] - arrived[user.address])
                bare.append(loop.seen[number] - arrived[other.address])
                time.sleep(random.uniform(0.3, 0.8))
            loop.stopping.set()
            loop.join()
    return ours, bare


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure arrival to receipt.")
    parser.add_argument("count", nargs="?", type=int, default=60)
    count = parser.parse_args().count
    ours, bare = measure(count)
    for name, times in (("receipt in the sink", ours), ("bare IDLE loop", bare)):
        low, high = sorted(times)[count // 10], sorted(times)[count * 9 // 10]
        print(f"  {name:20} median {median(times):.3f} s, the middle 80 %: {low:.3f} to {high:.3f} s")
    ratio = median(ours) / median(bare)
    print(verdict(f"arrival to receipt, {count} mails", ratio, f"<= {RATIO}", held=ratio <= RATIO))
    return 0 if ratio <= RATIO else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""`python -m inboxd.demo [--keep]`: exits 0 where the whole story went as told, 1 where a step failed."""

import argparse
import contextlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from inboxd.demo.desk import EVERYBODY, KUNDESERVICE, OLA, CommandFailed, DemoDesk
from inboxd.demo.servers import LOOPBACK, PASSWORD, MailWorld
from inboxd.demo.story import Story
from inboxd.demo.teller import StepFailed, Teller

FAILURES = (StepFailed, CommandFailed, subprocess.TimeoutExpired, OSError)

INTERRUPTED = 130
"""What a shell's command answers when Ctrl-C ended it."""

LOOK_IN = """
It keeps running; Ctrl-C ends it and removes everything. Look in:
  IMAP  {host} port {imap_port}, no encryption, password {password}; users: {users}
  SMTP  {host} port {smtp_port}, no encryption, no login
  Read mail as {user}, or write to {mailbox} and see the case come:
  {python} -m inboxd --config {config} queue
"""


def main(words: list[str]) -> int:
    """Run the demo and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m inboxd.demo", description="Show the whole job on loopback.")
    parser.add_argument("--keep", action="store_true", help="leave it running and print how to look in")
    keep = parser.parse_args(words).keep
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the daemon never outlives the demo
    began, teller = time.monotonic(), Teller()
    print("inboxd demo: a service desk from its first mail to closed cases, on loopback only")
    with tempfile.TemporaryDirectory(prefix="inboxd-demo-") as folder, MailWorld(EVERYBODY) as world:
        desk = DemoDesk(Path(folder), world)
        try:
            Story(world, desk, teller).tell()
            print(f"\nDone: {teller.checked} checks held in {time.monotonic() - began:.0f} seconds.", flush=True)
            if keep:
                _wait(desk, world)
        except FAILURES as failure:
            print(f"\nFAILED in step {teller.steps}: {failure}", file=sys.stderr)
            print(f"\nThe daemon's last words:\n{desk.log_tail()}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("\nStopped.", flush=True)
            return INTERRUPTED
        finally:
            desk.stop()
    return 0


def _wait(desk: DemoDesk, world: MailWorld) -> None:
    """Say how to look in, and wait for Ctrl-C or SIGTERM."""
    text = LOOK_IN.format(
        host=LOOPBACK, imap_port=world.imap_port, smtp_port=world.smtp_port, password=PASSWORD,
        users=", ".join(EVERYBODY), user=OLA, mailbox=KUNDESERVICE, python=sys.executable, config=desk.config,
    )  # fmt: skip
    with contextlib.suppress(KeyboardInterrupt):
        print(text, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

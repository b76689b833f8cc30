"""The demo's desk: a config.toml in a temporary folder, the real daemon on it, and its command line."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from inboxd.demo.servers import LOOPBACK, PASSWORD, MailWorld

COMMAND_SECONDS = 30
STOP_SECONDS = 10

KUNDESERVICE, DRIFT = "kundeservice@desk.example", "drift@desk.example"
KARI, PER = "kari@desk.example", "per@desk.example"
OLA, LIV = "ola@kommune.example", "liv@kommune.example"
EVERYBODY = (KUNDESERVICE, DRIFT, KARI, PER, OLA, LIV)

CONFIG = """\
[desk]
name = "Kundeservice"
phone = "71 11 11 66"

[database]
url = "sqlite:///inboxd.db"

[[agent]]
name = "kari"
address = "{kari}"
categories = ["it"]

[[agent]]
name = "per"
address = "{per}"
categories = ["print"]

[[category]]
name = "it"
title = "IT-hjelp"
manager = "per"

[[category]]
name = "print"
title = "Utskrift"

[[rule]]
name = "printers"
mailbox = "drift"
match = {{ subject = "(?i)skriver|printer" }}
set = {{ category = "print", priority = "low" }}
stop = true

[[rule]]
name = "urgent"
match = {{ subject = "(?i)haster" }}
set = {{ priority = "critical" }}

[[priority]]
name = "critical"
resolution = "2h"
escalation = [{{ at = "-2h", to = ["manager"] }}]
"""

MAILBOX = """
[[mailbox]]
name = "{name}"
address = "{address}"
category = "it"
  [mailbox.imap]
  host = "{host}"
  port = {imap_port}
  tls = "none"
  username = "{address}"
  password_file = "password"
  [mailbox.smtp]
  host = "{host}"
  port = {smtp_port}
  tls = "none"
"""


class CommandFailed(Exception):
    """A command of inboxd ended otherwise than it should."""


class DemoDesk:
    """A desk in a folder. `inboxd` runs one command, `start` and `stop` are the daemon."""

    def __init__(self, folder: Path, world: MailWorld) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self._daemon: subprocess.Popen[bytes] | None = None
        password = folder / "password"
        password.touch(mode=0o600)
        password.write_text(PASSWORD, encoding="utf-8")
        ports = {"host": LOOPBACK, "imap_port": world.imap_port, "smtp_port": world.smtp_port}
        mailboxes = (("kundeservice", KUNDESERVICE), ("drift", DRIFT))
        text = CONFIG.format(kari=KARI, per=PER)
        text += "".join(MAILBOX.format(name=name, address=address, **ports) for name, address in mailboxes)
        self.config.write_text(text, encoding="utf-8")

    def inboxd(self, *words: str) -> str:
        """Run one command and return what it printed. Raises CommandFailed where its exit code is not 0."""
        done = subprocess.run(
            self._command(*words),
            cwd=self.folder,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).decode(errors="replace").strip()
            raise CommandFailed(f"inboxd {' '.join(words)}: exit {done.returncode}: {said[-2000:]}")
        return done.stdout.decode()

    def document(self, *words: str) -> Any:
        """Run one command with --json and return its document."""
        return json.loads(self.inboxd(*words, "--json"))

    def start(self) -> None:
        """Start the daemon; what it logs goes to a file that nobody here reads."""
        with (self.folder / "daemon.log").open("ab") as log:
            self._daemon = subprocess.Popen(
                self._command("run"),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the demo, which then asks the daemon to stop
            )

    def runs(self) -> bool:
        """Say whether the daemon is still there."""
        return self._daemon is not None and self._daemon.poll() is None

    def kill(self) -> None:
        """End the daemon as a power cut does."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait()
            self._daemon = None

    def stop(self) -> int | None:
        """Ask the daemon to finish and return its exit code, None if there is none or it had to be killed."""
        if self._daemon is None:
            return None
        self._daemon.send_signal(signal.SIGTERM)
        try:
            return self._daemon.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._daemon.kill()
            self._daemon.wait()
            return None
        finally:
            self._daemon = None

    def log_tail(self) -> str:
        """Return the last lines of the daemon's log, to be printed when a step has failed."""
        log = self.folder / "daemon.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "inboxd", "--config", os.fspath(self.config), *words]

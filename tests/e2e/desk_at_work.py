"""A desk at work in tests: its config, its daemon as a process that may be killed, its command line."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from tests.servers.imap_users import User
from tests.servers.ports import wait_until

CONFIG = """
[desk]
name = "Kundeservice"
reference_prefix = "KS"
phone = "71 11 11 66"
admin = "drift@agents.example"
agent_mail = "off"

[database]
url = "{url}"

[receipts]
per_address = "off"
unknown_senders = "off"

[[agent]]
name = "kari"
address = "kari@agents.example"
role = "lead"
categories = ["it", "print"]
notify = {notify}

[[agent]]
name = "ola"
address = "ola@agents.example"
categories = ["it"]
notify = {notify}

[[category]]
name = "it"

[[category]]
name = "print"

[[mailbox]]
name = "kundeservice"
address = "{address}"
category = "it"
  [mailbox.imap]
  host = "127.0.0.1"
  port = {imap_port}
  tls = "none"
  username = "{address}"
  password_env = "KS_PASSWORD"
  [mailbox.smtp]
  host = "127.0.0.1"
  port = {smtp_port}
  tls = "none"

[[rule]]
name = "printers"
match = {{ subject = "(?i)skriver|printer" }}
set = {{ category = "print", priority = "low", tags = ["printer"] }}
stop = true
"""


class DeskAtWork:
    """One desk on one mailbox of a test server; use it in `with`, which ends the daemon."""

    def __init__(
        self, folder: Path, user: User, *, imap_port: int, smtp_port: int, url: str = "sqlite:///inboxd.db",
        notify: bool = False,
    ) -> None:  # fmt: skip
        self.folder = folder
        self.user = user
        self.config = folder / "config.toml"
        self.config.write_text(
            CONFIG.format(
                url=url, address=user.address, imap_port=imap_port, smtp_port=smtp_port, notify=str(notify).lower()
            )
        )
        self.database_url = url.replace("sqlite:///", f"sqlite:///{folder}/").replace("postgresql:", "postgresql+psycopg:")
        self.log = folder / "daemon.log"
        self.env = os.environ | {"KS_PASSWORD": user.password, "INBOXD_CONFIG": str(self.config)}
        self.daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command without a terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "inboxd", *words], env=self.env, capture_output=True, text=True, timeout=120,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
        return done

    def run_to_failpoint(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command that is killed when it comes to a failpoint; its exit code tells whether it did."""
        return subprocess.run(
            [sys.executable, "-m", "tests.faults.failpoints", name, *words], env=self.env, capture_output=True,
            text=True, timeout=120, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip

    def ask(self, *words: str) -> Any:
        """Run a command with --json and return its document."""
        return json.loads(self.run(*words, "--json").stdout)

    def start(self) -> None:
        """Start the daemon; it is up when it has looked at its mailbox."""
        with self.log.open("ab") as log:
            self.daemon = subprocess.Popen(
                [sys.executable, "-m", "inboxd", "run"], env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def kill(self) -> None:
        """End the daemon as a power cut does."""
        if self.daemon is not None:
            self.daemon.send_signal(signal.SIGKILL)
            self.daemon.wait()
            self.daemon = None

    def stop(self) -> int:
        """Ask the daemon to stop; returns its exit code."""
        assert self.daemon is not None
        self.daemon.send_signal(signal.SIGTERM)
        code = self.daemon.wait(timeout=30)
        self.daemon = None
        return code

    def wait_for(self, condition: Callable[[], bool], what: str, seconds: float = 240) -> None:
        """Wait until something the servers or the documents say is so."""
        between = threading.Event()  # commands are processes of their own: asked without a rest they starve the daemon

        def true() -> bool:
            return condition() or between.wait(0.4)

        try:
            wait_until(true, seconds=seconds, what=what)
        except TimeoutError as late:
            raise TimeoutError(f"{late}; the daemon said: {self.log.read_text()[-1500:]}") from late

"""A desk at work in tests: its config, its daemon as a process that may be killed, its command line."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import create_engine, text

from inboxd.cli.app import run
from inboxd.config.file import load
from inboxd.runners.probe import reconcile
from inboxd.store.checks import check
from inboxd.store.engine import open_store
from tests.servers.imap_users import User
from tests.servers.ports import wait_until

CONFIG = """
[desk]
name = "Kundeservice"
reference_prefix = "KS"
phone = "71 11 11 66"
admin = "drift@agents.example"
agent_mail = "off"
surge = "off"

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
        self.database_url = url.replace("sqlite:///", f"sqlite:///{folder}/").replace(
            "postgresql:", "postgresql+psycopg:"
        )
        self.log = folder / "daemon.log"
        self.env = os.environ | {"KS_PASSWORD": user.password, "INBOXD_CONFIG": str(self.config)}
        self.daemon: subprocess.Popen[bytes] | None = None
        self.beyond_account: str | None = None
        """Why this desk's accounts cannot agree at the end: its database, or its server, is broken for good."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        if self.beyond_account is None:
            self.account()

    def account(self) -> None:
        """Assert what `db check` and `incoming reconcile` prove, as every test does in the end.

        Every mail on the server came before us, is in the ledger once, or lies above the settled UID and is still to
        be fetched; every letter is in one state, which its recipients bear out.
        """
        settings = load(self.config, env=self.env)
        store = open_store(settings.database_url, read_only=True)
        try:
            wrong, document = check(store), reconcile(settings, store)
        finally:
            store.close()
        assert wrong == ()
        assert document["letters"]["total"] == sum(document["letters"]["by_state"].values())
        for folder in document["folders"]:
            missing = len(folder["missing"])
            assert folder["on_server"] == folder["before_baseline"] + sum(folder["by_state"].values()) + missing, folder
            assert all(uid > folder["settled_uid"] for uid in folder["missing"]), folder

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command without a terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "inboxd", *words], env=self.env, capture_output=True, text=True, timeout=120,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
        return done

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Ask the database itself."""
        engine = create_engine(self.database_url)
        try:
            with engine.connect() as connection:
                return [dict(row._mapping) for row in connection.execute(text(query))]
        finally:
            engine.dispose()

    def run_to_failpoint(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command that is killed when it comes to a failpoint; its exit code tells whether it did."""
        return subprocess.run(
            [sys.executable, "-m", "tests.faults.failpoints", name, *words], env=self.env, capture_output=True,
            text=True, timeout=120, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip

    def ask(self, *words: str) -> Any:
        """Run a command with --json and return its document.

        On SQLite in this process, which starts no other one; on PostgreSQL only the end of a process closes its
        connections.
        """
        if self.database_url.startswith("postgresql"):
            return json.loads(self.run(*words, "--json").stdout)
        with pytest.MonkeyPatch.context() as env, contextlib.redirect_stdout(io.StringIO()) as out:
            env.setenv("KS_PASSWORD", self.user.password)
            code = run(["--config", str(self.config), *words, "--json"])
        assert code == 0, (words, code, out.getvalue())
        return json.loads(out.getvalue())

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

    def has_ended(self) -> bool:
        """Say whether the daemon ended by itself."""
        return self.daemon is not None and self.daemon.poll() is not None

    def stop(self) -> int:
        """Ask the daemon to stop, as soon as it listens to that; returns its exit code."""
        assert self.daemon is not None
        wait_until(self._hears_sigterm, seconds=60, what="the daemon to take its signals")
        self.daemon.send_signal(signal.SIGTERM)
        code = self.daemon.wait(timeout=30)
        self.daemon = None
        return code

    def _hears_sigterm(self) -> bool:
        assert self.daemon is not None
        status = Path(f"/proc/{self.daemon.pid}/status").read_text()
        [caught] = [int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt:")]
        return bool(caught >> (signal.SIGTERM - 1) & 1) or self.has_ended()

    def wait_for(self, condition: Callable[[], bool], what: str, seconds: float = 240) -> None:
        """Wait until something the servers or the documents say is so."""
        between = threading.Event()  # commands are processes of their own: asked without a rest they starve the daemon

        def true() -> bool:
            return condition() or between.wait(0.4)

        try:
            wait_until(true, seconds=seconds, what=what)
        except TimeoutError as late:
            mails = [row for row in self.ask("incoming", "list") if row["state"] != "done"]
            letters = [row for row in self.ask("outbox", "list") if row["state"] not in {"sent", "unknown"}]
            said = self.log.read_text()[-1500:]
            raise TimeoutError(f"{late}; not at an end: {mails} {letters}; the daemon said: {said}") from late

"""Dovecot in a private folder: IMAP (plain and STARTTLS), IMAPS and LMTP on loopback, users in a file."""

import os
import shutil
import signal
import smtplib
import ssl
import subprocess
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self

from tests.servers.imap_users import DOMAINS, ImapUsers, User, spare_users
from tests.servers.ports import free_ports, new_folder, wait_for_banner, wait_until
from tests.servers.tls import write_certificates

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = inboxd-test
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_plugins = quota
protocol imap {{
  mail_plugins = quota imap_quota
  mail_max_userip_connections = 20
}}
recipient_delimiter = +
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Lu {folder}/passwd
}}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {folder}/passwd
  default_fields = uid=mail gid=mail home={folder}/mail/%Ld/%Ln
}}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
plugin {{
  quota = maildir:User quota
  quota_rule = *:storage=50M
  quota_exceeded_message = Mailbox is full
}}
mailbox_idle_check_interval = 1 s
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
# Failed logins from one address add up to 15 s, and all tests share one address.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""

SASL_FOR_POSTFIX = """
service auth {
  unix_listener auth-postfix {
    mode = 0600
    user = postfix
  }
}
"""


class Dovecot(ImapUsers):
    """One private Dovecot; use it in `with`. A test that kills or stops it takes its own, not the session's."""

    def __init__(self, users: Mapping[str, str] | None = None, *, sasl_for_postfix: bool = False) -> None:
        self.folder = new_folder("dc")
        self.imap_port, self.imaps_port, self.lmtp_port = free_ports(3)
        self.ca_file = write_certificates(self.folder)
        self.log = self.folder / "dovecot.log"
        self._config = self.folder / "dovecot.conf"
        self._process: subprocess.Popen[bytes] | None = None
        ports = {"imap": self.imap_port, "imaps": self.imaps_port, "lmtp": self.lmtp_port}
        self._config.write_text(
            CONFIG.format(folder=self.folder, **ports) + (SASL_FOR_POSTFIX if sasl_for_postfix else "")
        )
        (self.folder / "mail").mkdir()
        shutil.chown(self.folder / "mail", "mail", "mail")
        self._spare = {domain: spare_users(domain) for domain in DOMAINS}
        for spare in self._spare.values():
            self._write_users(spare)
        self._write_users(User(address=address, password=password) for address, password in (users or {}).items())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start and wait for the greeting; mail and users of an earlier run are still there."""
        (self.folder / "run" / "master.pid").unlink(missing_ok=True)
        self._process = subprocess.Popen(
            ["dovecot", "-F", "-c", str(self._config)], start_new_session=True, stdin=subprocess.DEVNULL
        )
        wait_for_banner(self.imap_port, b"* OK", log=self.log)
        wait_for_banner(self.lmtp_port, b"220", log=self.log)

    def kill(self) -> None:
        """End the whole group at once: its clients see a connection that closes without BYE."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def add_user(self, address: str, password: str, *, quota: str = "") -> User:
        """Add a login with an empty INBOX; `quota` as Dovecot writes it, "20K".

        A running Dovecot looks at its list of users once a second at most, so this may wait as long.
        """
        self._write_users([User(address=address, password=password)], quota)
        if self._process is not None:
            wait_until(lambda: self._knows(address), what=f"{address} to become known")
        return User(address=address, password=password)

    def new_user(self, domain: str = "desk.example") -> User:
        """Return a login with an INBOX that nobody has used yet, out of those it was started with."""
        return self._spare[domain].pop()

    def _write_users(self, users: Iterable[User], quota: str = "") -> None:
        extra = f"userdb_quota_rule=*:storage={quota}" if quota else ""
        with (self.folder / "passwd").open("a") as file:
            file.writelines(f"{user.address}:{{PLAIN}}{user.password}::::::{extra}\n" for user in users)

    def _knows(self, address: str) -> bool:
        command = ["doveadm", "-c", str(self._config), "user", address]
        return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0

    def tls(self) -> ssl.SSLContext:
        """Return a context that trusts this server; connect to "localhost"."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    def deliver(self, octets: bytes, *recipients: str, mail_from: str = "ola@kommune.example") -> None:
        """Deliver by LMTP, as the last relay does: Return-Path and Delivered-To are added."""
        with smtplib.LMTP(self.host, self.lmtp_port) as lmtp:
            if lmtp.sock is not None:
                lmtp.sock.settimeout(20)
            lmtp.sendmail(mail_from, list(recipients), octets)

    def doveadm(self, *arguments: str) -> str:
        """Run `doveadm` on this server and return what it printed."""
        command = ["doveadm", "-c", str(self._config), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout

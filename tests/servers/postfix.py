"""Postfix in a private folder: an MX and two submission ports on loopback, local delivery by LMTP to a Dovecot.

It accepts every recipient of its three domains; Dovecot refuses the unknown ones, so senders get Postfix's own reports.
"""

import os
import shutil
import signal
import smtplib
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.dovecot import Dovecot
from tests.servers.imap_users import DOMAINS
from tests.servers.policy import Policy
from tests.servers.ports import LOOPBACK, free_ports, new_folder, wait_for_banner, wait_until

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.desk.example
myorigin = desk.example
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:5.1.1 no local users here
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtp_host_lookup = native
default_transport = error:5.1.2 no outside mail in tests
virtual_mailbox_domains = {domains}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
virtual_mailbox_maps =
smtpd_reject_unlisted_recipient = no
recipient_delimiter = +
transport_maps = texthash:{folder}/etc/transport
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:{policy}, permit
smtpd_end_of_data_restrictions = check_policy_service inet:127.0.0.1:{policy}
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 1000
smtpd_client_connection_count_limit = 0
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificates}/cert.pem
smtpd_tls_key_file = {certificates}/key.pem
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {certificates}/run/auth-postfix
message_size_limit = 200000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
maximal_queue_lifetime = 1h
bounce_queue_lifetime = 1h
delay_warning_time = 0h
"""

MASTER = """
127.0.0.1:{mx} inet n - n - - smtpd -o smtpd_sasl_auth_enable=no
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_sender_login_maps=regexp:{folder}/etc/sender_login
  -o smtpd_sender_restrictions=reject_authenticated_sender_login_mismatch
127.0.0.1:{submissions} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """One private Postfix in front of a Dovecot made with `sasl_for_postfix=True`; use it in `with`.

    `settings` replace lines of main.cf ({"message_size_limit": "50000"}), `transports` are lines of the transport map
    ({"later@kommune.example": "retry:4.2.1 later"}). What changes during a test is said to `policy`.
    """

    host = LOOPBACK

    def __init__(
        self,
        dovecot: Dovecot,
        *,
        settings: Mapping[str, str] | None = None,
        transports: Mapping[str, str] | None = None,
    ) -> None:
        self.dovecot = dovecot
        self.policy = Policy()
        self.folder = new_folder("pf")
        self.mx_port, self.submission_port, self.submissions_port = free_ports(3)
        self.ca_file = dovecot.ca_file
        self.maillog = self.folder / "maillog"
        self._etc = self.folder / "etc"
        for name in ("etc", "spool", "data"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix", "postfix")
        self._write_config(settings or {}, transports or {})

    def __enter__(self) -> Self:
        self.policy.__enter__()
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.kill()
        self.policy.__exit__(kind, exc, tb)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start and wait for the greetings; what an earlier run had queued is still there."""
        subprocess.run(["postfix", "-c", str(self._etc), "start"], check=True, capture_output=True, timeout=30)
        wait_for_banner(self.mx_port, b"220", log=self.maillog)
        wait_for_banner(self.submission_port, b"220", log=self.maillog)

    def kill(self) -> None:
        """End the master and all its processes at once; the queue survives."""
        pid_file = self.folder / "spool" / "pid" / "master.pid"
        if pid_file.exists():
            master = int(pid_file.read_text())
            pid_file.unlink()
            os.killpg(master, signal.SIGKILL)
            wait_until(lambda: _is_gone(master), what="Postfix to end")

    def send(self, octets: bytes, *recipients: str, mail_from: str = "ola@kommune.example") -> None:
        """Hand in a mail at the MX port, as another organisation's server would."""
        with smtplib.SMTP(self.host, self.mx_port, timeout=20) as client:
            client.sendmail(mail_from, list(recipients), octets)

    def queue(self) -> str:
        """Return what `postqueue -p` prints."""
        command = ["postqueue", "-c", str(self._etc), "-p"]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout

    def wait_until_delivered(self, seconds: float = 30) -> None:
        """Wait until the queue is empty: every mail is in a mailbox or has become a report that is."""
        wait_until(lambda: "queue is empty" in self.queue(), seconds=seconds, what="an empty queue")

    def _write_config(self, settings: Mapping[str, str], transports: Mapping[str, str]) -> None:
        values: dict[str, object] = {
            "folder": self.folder,
            "certificates": self.dovecot.folder,
            "domains": " ".join(DOMAINS),
            "lmtp": self.dovecot.lmtp_port,
            "policy": self.policy.port,
            "mx": self.mx_port,
            "submission": self.submission_port,
            "submissions": self.submissions_port,
        }
        replaced = "".join(f"{key} = {value}\n" for key, value in settings.items())
        files = {
            "main.cf": "".join(
                line + "\n" for line in MAIN.format(**values).splitlines() if line.partition(" =")[0] not in settings
            )
            + replaced,
            "master.cf": MASTER.format(**values),
            "transport": "".join(f"{address} {transport}\n" for address, transport in transports.items()),
            "sender_login": "/^(.*)$/ ${1}\n",
        }
        for name, text in files.items():
            _write_backdated(self._etc / name, text)


def _is_gone(pid: int) -> bool:
    """Return whether a process has ended; process 1 may be slow to reap it, so a zombie counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _write_backdated(path: Path, text: str) -> None:
    """Write a file a minute ago: Postfix waits until its configuration is two seconds old before it trusts it."""
    path.write_text(text)
    minute_ago = time.time() - 60
    os.utime(path, (minute_ago, minute_ago))

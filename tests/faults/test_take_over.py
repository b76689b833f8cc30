"""Two daemons as processes of their own on one PostgreSQL and one folder of Dovecot: killed, paused, cut off."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.e2e.desk_at_work import DeskAtWork
from tests.faults.conftest import UnderFire
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import SmtpSink

pytestmark = [pytest.mark.slow, pytest.mark.servers("postgres")]


class Host(DeskAtWork):
    """One of the hosts that run a daemon for the desk, with leases of four seconds."""

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.daemon = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.quick_leases", "run"], env=self.env, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def start_to_its_end(self) -> None:
        """Start and wait until it serves: a database that is away ends a start, but no daemon that has served."""
        before = self.said("daemon.started")
        self.start()
        self.wait_for(lambda: self.said("daemon.started") > before, "the daemon to serve")

    def said(self, event: str) -> int:
        return self.log.read_text().count(f"event={event}") if self.log.exists() else 0


class TwoHosts(UnderFire):
    """A desk under fire on two hosts; `desk`, also called `stays`, is not touched, `other` is killed or paused."""

    stays: Host
    other: Host
    postgres: Postgres
    database: str

    def leader(self) -> int | None:
        """Return the process id of the daemon that has the folder."""
        owner = self.watched.rows("SELECT owner FROM folders")[0]["owner"]
        return None if owner is None else int(owner.split(":")[1])

    def leads(self, host: DeskAtWork) -> bool:
        return host.daemon is not None and self.leader() == host.daemon.pid

    def start_with_the_other_in_the_lead(self) -> None:
        self.other.start()
        self.desk.wait_for(lambda: self.leads(self.other), "the other host to lead")
        self.stays.start_to_its_end()

    def settle(self) -> None:
        """Wait until every mail is in the ledger and at an end, and every letter too."""

        def settled() -> bool:
            [mails] = self.watched.rows("SELECT count(*) AS n FROM incoming WHERE state = 'done' AND filed_away")
            waiting = "SELECT id FROM letters WHERE state IN ('queued', 'active', 'deferred')"
            return bool(mails["n"] == self.mails) and not self.watched.rows(waiting)

        self.desk.wait_for(settled, f"{self.mails} mails to be settled", seconds=90)

    def end(self) -> None:
        """Stop both daemons and assert every invariant; no letter of theirs may be lost, but some may be unknown."""
        for host in (self.stays, self.other):
            if host.daemon is not None:
                assert host.stop() == 0
            assert not host.said("runner.surprised"), host.log.read_text()
        self.check()
        states = self.watched.rows("SELECT state, count(*) AS n FROM letters GROUP BY state")
        assert {row["state"] for row in states} <= {"sent", "unknown"}
        assert sum(row["n"] for row in states) == self.mails
        assert self.watched.rows("SELECT count(*) AS n FROM cases")[0]["n"] == self.mails


@pytest.fixture(scope="module")
def two_hosts(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoHosts]:
    """One desk that has looked at its empty mailbox, on a PostgreSQL of its own that may be stopped."""
    user = dovecot.new_user("desk.example")
    folders: list[Path] = [tmp_path_factory.mktemp(name) for name in ("stays", "other")]
    with Postgres() as postgres, SmtpSink() as sink:
        database = "desk"
        postgres.execute(f"CREATE DATABASE {database}")
        hosts = [
            Host(folder, user, imap_port=dovecot.imap_port, smtp_port=sink.port, url=postgres.url(database))
            for folder in folders
        ]
        with hosts[0] as stays, hosts[1] as other:
            stays.run("run", "--once")
            shutil.copyfile(stays.folder / "secret.key", other.folder / "secret.key")
            (other.folder / "secret.key").chmod(0o600)
            hosts_under_fire = TwoHosts(desk=stays, dovecot=dovecot, sink=sink)
            hosts_under_fire.stays, hosts_under_fire.other, hosts_under_fire.postgres = stays, other, postgres
            hosts_under_fire.database = database
            yield hosts_under_fire


def test_where_the_leader_is_killed_under_load_the_other_takes_over(two_hosts: TwoHosts) -> None:
    """F59: two daemons, one PostgreSQL: when the leader dies the other takes over; nothing is lost or doubled."""
    two_hosts.start_with_the_other_in_the_lead()
    already = len(two_hosts.sink.envelopes)
    two_hosts.arrive(6)
    two_hosts.sink.wait_for(already + 1, seconds=60)
    two_hosts.other.kill()
    two_hosts.arrive(4)
    two_hosts.settle()
    assert two_hosts.leads(two_hosts.desk)
    two_hosts.end()


def test_where_the_leader_sleeps_under_load_the_other_takes_over_and_the_sleeper_does_no_harm(
    two_hosts: TwoHosts,
) -> None:
    """F60: SIGSTOP past the lease, then SIGCONT: the sleeper stands by, and nothing is doubled."""
    two_hosts.start_with_the_other_in_the_lead()
    already = len(two_hosts.sink.envelopes)
    two_hosts.arrive(6)
    two_hosts.sink.wait_for(already + 1, seconds=60)
    assert two_hosts.other.daemon is not None
    two_hosts.other.daemon.send_signal(signal.SIGSTOP)
    two_hosts.arrive(4)
    two_hosts.settle()
    assert two_hosts.leads(two_hosts.desk)
    two_hosts.other.daemon.send_signal(signal.SIGCONT)
    two_hosts.desk.wait_for(lambda: two_hosts.other.said("folder.taken_over") > 0, "the sleeper to stand by")
    two_hosts.arrive(2)
    two_hosts.settle()
    assert two_hosts.leads(two_hosts.desk)
    two_hosts.end()


def test_where_the_database_cuts_its_clients_off_or_stops_at_once_both_go_on(two_hosts: TwoHosts) -> None:
    """F61, F62: connections terminated under load, then an immediate stop: the outcomes are read again, none twice."""
    two_hosts.start_with_the_other_in_the_lead()
    for _ in range(4):
        two_hosts.arrive(2)
        with psycopg.connect(two_hosts.watched.desk.database_url.replace("+psycopg", ""), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'inboxd' AND pid <> pg_backend_pid()"
            )
    two_hosts.settle()
    already = len(two_hosts.sink.envelopes)
    two_hosts.arrive(4)
    two_hosts.sink.wait_for(already + 1, seconds=60)
    two_hosts.postgres.kill()
    two_hosts.arrive(2)
    two_hosts.postgres.start()
    two_hosts.settle()
    two_hosts.end()


@pytest.mark.torture
def test_a_failover_to_a_standby_that_missed_the_last_commits_loses_no_mail(dovecot: Dovecot, tmp_path: Path) -> None:
    """F63: the mails lie on the server still, and come in again; their receipts may go out twice, and that is said."""
    user = dovecot.new_user("desk.example")
    with Postgres() as postgres, SmtpSink() as sink:
        postgres.execute("CREATE DATABASE desk")
        desk = DeskAtWork(
            tmp_path, user, imap_port=dovecot.imap_port, smtp_port=sink.port, url=postgres.url("desk")
        )  # fmt: skip
        fire = UnderFire(desk=desk, dovecot=dovecot, sink=sink)
        desk.run("run", "--once")
        fire.arrive(3)
        desk.run("run", "--once")
        standby = postgres.folder / "standby"
        postgres.kill()
        subprocess.run(["cp", "-a", postgres.folder / "data", standby], check=True)
        postgres.start()
        fire.arrive(3)
        desk.run("run", "--once")
        postgres.kill()
        shutil.rmtree(postgres.folder / "data")
        standby.rename(postgres.folder / "data")
        postgres.start()
        assert fire.watched.rows("SELECT count(*) AS n FROM incoming") == [{"n": 3}]
        fire.arrive(1)
        desk.run("run", "--once")
        assert fire.watched.rows("SELECT count(*) AS n FROM incoming WHERE state = 'done'") == [{"n": 7}]
        assert fire.watched.rows("SELECT count(*) AS n FROM cases") == [{"n": 7}]
        assert desk.ask("incoming", "reconcile")["ok"]
        assert len({m for envelope in sink.envelopes for m in envelope.rcpt_tos}) == 7

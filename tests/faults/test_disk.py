"""Full disks: the mail server is left alone, nothing is lost, and the desk goes on by itself when there is room."""

import os
import resource
import secrets
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inboxd.config.file import load
from inboxd.errors import DiskFull, StoreLost, Temporary
from inboxd.office.health import health
from inboxd.office.queues import incoming_list
from inboxd.runners.fetch import FetchRunner
from inboxd.runners.intake import IntakeRunner
from inboxd.runners.tick import TickRunner
from inboxd.store.checks import check
from tests.e2e.desk_at_work import DeskAtWork
from tests.integration.paper_desk import PaperDesk, mail, plain_parser, write_config
from tests.servers.imap_users import User
from tests.servers.pymap import PymapServer
from tests.servers.smtp_sink import SmtpSink

ROOM_FOR_ALL = 70_000_000
"""Octets of a small disk that is above the reserve while it is empty."""

BALLAST = 20_000_000


def mounted(folder: Path, size: int) -> Iterator[Path]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with room for a desk."""
    yield from mounted(tmp_path, ROOM_FOR_ALL)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that a few mails fill."""
    yield from mounted(tmp_path, 4_000_000)


class Ballast:
    """A file that takes a disk's room."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ballast"

    def take(self, octets: int) -> None:
        with self.path.open("ab") as file:
            os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), octets)

    def fill(self, *, but: int = 0) -> None:
        """Leave that many octets."""
        found = os.statvfs(self.path.parent)
        self.take(found.f_bavail * found.f_frsize - but)

    def go(self) -> None:
        self.path.unlink(missing_ok=True)


def seen(pymap: PymapServer, user: User) -> int:
    with pymap.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        return len(client.search("SEEN"))


def runner(desk: PaperDesk) -> FetchRunner:
    [box] = load(desk.config, env=os.environ).mailboxes
    return FetchRunner(
        box, desk.office.store, max_message_size=10_000_000, clock=desk.clock, random=lambda: 0.0, owner="test"
    )


@pytest.fixture
def user(pymap: PymapServer, monkeypatch: pytest.MonkeyPatch) -> User:
    user = pymap.new_user()
    monkeypatch.setenv("KS_PASSWORD", user.password)
    return user


def paper(folder: Path, pymap: PymapServer, user: User) -> PaperDesk:
    admin = 'admin = "drift@agents.example"'
    return PaperDesk(folder, config=write_config(folder, imap_port=pymap.imap_port, user=user.address, phone=admin))


def work_off(run_once: Callable[[], int]) -> None:
    """Let a runner work until it has nothing to do."""
    while run_once():
        continue


def look(desk: PaperDesk, tick: TickRunner) -> None:
    """Let the clock's runner look, and a quarter of a minute pass."""
    tick.run_once()
    desk.clock.forward(seconds=15)


def big_mail(number: int, octets: int = 100_000) -> bytes:
    return mail(number=number, files={"bilde.bin": secrets.token_bytes(octets)})


def test_below_the_reserve_nothing_is_fetched_and_the_admin_is_told_once_and_once_when_it_is_over(
    tmp_path: Path, pymap: PymapServer, user: User
) -> None:
    """F49: the reserve: no mail is taken in or in hand, health says since when, one alert, one of its end."""
    desk = paper(tmp_path, pymap, user)
    store, fetch, tick = desk.office.store, runner(desk), TickRunner(desk.office)
    fetch.run_once()
    [waiting] = desk.lay(mail(number=1))
    pymap.append(user, mail(number=2))
    store.reserve = 10**18
    began = desk.clock.now()
    for _ in range(28):
        with pytest.raises(DiskFull):
            fetch.run_once()
        assert desk.intake() == 0
        look(desk, tick)
    document = health(desk.office)
    assert document["status"] == "failing"
    [problem] = document["problems"]
    assert (problem["code"], problem["since"]) == ("disk_full", began.isoformat(timespec="seconds"))
    assert " MB are free" in problem["what"]
    assert [row["state"] for row in incoming_list(desk.office)] == ["incoming"]
    assert seen(pymap, user) == 0
    assert [letter.kind for letter in desk.letters()] == ["alert"]
    store.reserve = 0
    for _ in range(28):
        fetch.run_once()
        work_off(desk.intake)
        look(desk, tick)
    assert health(desk.office)["status"] == "ok"
    assert [letter.kind for letter in desk.letters()].count("alert") == 2
    assert {(row["id"], row["state"]) for row in incoming_list(desk.office)} >= {(waiting, "done")}
    assert len(incoming_list(desk.office, state="done")) == 2
    fetch.close()
    desk.close()


@pytest.mark.servers("root")
def test_a_disk_that_is_full_in_the_middle_of_a_fetch_costs_no_mail(
    small_disk: Path, pymap: PymapServer, user: User
) -> None:
    """F49: SQLITE_FULL while mails are taken in: what was committed stays, the rest waits on its server."""
    desk, ballast = paper(small_disk, pymap, user), Ballast(small_disk)
    desk.office.store.reserve = 0
    fetch = runner(desk)
    fetch.run_once()
    pymap.append(user, *(big_mail(number) for number in range(12)))
    ballast.fill(but=600_000)
    for _ in range(2):
        with pytest.raises(Temporary) as full:
            fetch.run_once()
        assert not isinstance(full.value, StoreLost)
        assert seen(pymap, user) == 0
    assert health(desk.office)["status"] == "failing"
    ballast.go()
    fetch.run_once()
    work_off(desk.intake)
    fetch.run_once()
    assert len(incoming_list(desk.office, state="done", limit=100)) == 12
    assert seen(pymap, user) == 12
    assert check(desk.office.store) == ()
    fetch.close()
    desk.close()


@pytest.mark.servers("root")
def test_a_disk_that_is_full_while_mails_are_decided_on_blames_no_mail(small_disk: Path, pymap: PymapServer) -> None:
    """F49: SQLITE_FULL in the transaction that files: no mail is held for tries that were no fault of its."""
    desk, ballast = PaperDesk(small_disk), Ballast(small_disk)
    desk.office.store.reserve = 0
    ids = desk.lay(*(big_mail(number, 30_000) for number in range(5)))
    intake = IntakeRunner(desk.office, plain_parser)
    ballast.fill(but=60_000)
    for _ in range(10):
        with pytest.raises(Temporary):
            work_off(intake.run_once)
    ballast.go()
    work_off(intake.run_once)
    rows = incoming_list(desk.office)
    assert {(row["id"], row["state"]) for row in rows} == {(each, "done") for each in ids}
    assert check(desk.office.store) == ()
    desk.close()


@pytest.mark.servers("root")
@pytest.mark.slow
def test_a_daemon_on_a_full_disk_waits_and_goes_on(disk: Path, pymap: PymapServer, smtp_sink: SmtpSink) -> None:
    """F49: a daemon below the reserve, then on a disk without an octet: it lives, `health` works, and it goes on."""
    user, ballast = pymap.new_user(), Ballast(disk)
    with DeskAtWork(disk, user, imap_port=pymap.imap_port, smtp_port=smtp_sink.port) as desk:
        desk.run("run", "--once")
        desk.start()
        desk.wait_for(lambda: "daemon.started" in desk.log.read_text(), "the daemon to serve")
        ballast.take(BALLAST)
        pymap.append(user, mail(to=user.address))
        desk.wait_for(lambda: "error=disk_full" in desk.log.read_text(), "the daemon to see the disk")
        ballast.fill()
        refused = desk.run("new", "--subject", "Ringte", "--from", "liv@kommune.example", check=False)
        assert (refused.returncode, "disk is full" in refused.stderr) == (75, True)
        said = desk.run("health", check=False)
        assert (said.returncode, "nearly full" in said.stdout) == (2, True)
        assert seen(pymap, user) == 0
        ballast.go()
        smtp_sink.wait_for(1)
        desk.wait_for(lambda: "event=folder.recovered" in desk.log.read_text(), "the daemon to say so")
        assert desk.stop() == 0
        assert len(desk.ask("queue")) == 1
        desk.run("db", "check")
        desk.run("incoming", "reconcile")
        assert desk.log.read_text().count("event=folder.failed") == 1


@pytest.mark.slow
def test_a_daemon_whose_files_may_not_grow_waits_and_goes_on(
    tmp_path: Path, pymap: PymapServer, smtp_sink: SmtpSink
) -> None:
    """F50: RLIMIT_FSIZE is a full disk of another kind: no flag is set, and it goes on when the limit is gone."""
    user = pymap.new_user()
    with DeskAtWork(tmp_path, user, imap_port=pymap.imap_port, smtp_port=smtp_sink.port) as desk:
        desk.run("run", "--once")
        desk.start()
        desk.wait_for(lambda: "daemon.started" in desk.log.read_text(), "the daemon to serve")
        assert desk.daemon is not None
        resource.prlimit(desk.daemon.pid, resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
        pymap.append(user, big_mail(1, 300_000))
        desk.wait_for(lambda: "event=folder.failed" in desk.log.read_text(), "the daemon to fail")
        assert seen(pymap, user) == 0
        resource.prlimit(desk.daemon.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        desk.wait_for(lambda: len(desk.ask("queue")) == 1, "the mail to be a case")
        assert desk.stop() == 0
        desk.run("db", "check")
        desk.run("incoming", "reconcile")

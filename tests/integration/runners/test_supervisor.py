"""The daemon as a whole, on pymap and a relay: one round, signals, a changed config, a second daemon, deadly mail."""

import datetime as dt
import os
import signal
import sqlite3
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from inboxd.cli.app import run
from inboxd.config.file import load
from inboxd.desk.order import Reply
from inboxd.office.act import act, number_of
from inboxd.office.opening import open_office
from tests.e2e.desk_at_work import DeskAtWork
from tests.integration.paper_desk import mail, write_config
from tests.servers.ports import wait_until
from tests.servers.pymap import PymapServer
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.slow


def started(desk: DeskAtWork) -> int:
    """Start the daemon, wait until it serves, and return its process id."""
    before = served(desk)
    desk.start()
    desk.wait_for(lambda: served(desk) > before, "the daemon to serve")
    assert desk.daemon is not None
    return desk.daemon.pid


def served(desk: DeskAtWork) -> int:
    return desk.log.read_text().count("event=daemon.started") if desk.log.exists() else 0


def test_one_round_takes_the_mail_and_sends_what_is_due(
    at_work: DeskAtWork, pymap: PymapServer, smtp_sink: SmtpSink, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("INBOXD_CONFIG", str(at_work.config))
    monkeypatch.setenv("KS_PASSWORD", at_work.user.password)
    away = mail(number=2, Auto_Submitted="auto-replied")
    pymap.append(at_work.user, mail(number=1, to=at_work.user.address), away)
    assert run(["run", "--once"]) == 0
    assert [delivered.rcpt_tos for delivered in smtp_sink.envelopes] == [("ola@kommune.example",)]
    assert run(["incoming", "reconcile"]) == 0
    assert run(["check", "--connect"]) == 0
    assert run(["health"]) == 0
    assert "Health: ok" in capsys.readouterr().out
    with pymap.client(at_work.user) as client:
        client.select_folder("INBOX", readonly=True)
        assert len(client.search("SEEN")) == 2


def test_one_round_waits_for_an_undo_window_but_not_for_a_retry(
    at_work: DeskAtWork, pymap: PymapServer, smtp_sink: SmtpSink
) -> None:
    smtp_sink.rcpt_replies["ola@kommune.example"] = "451 4.7.1 try again later"
    pymap.append(at_work.user, mail(to=at_work.user.address))
    case = at_work.ask("new", "--subject", "Ringte", "--from", "liv@kommune.example")["reference"]
    office = open_office(load(at_work.config, env=at_work.env))
    act(Reply(actor="kari", text="Hei", delay=dt.timedelta(seconds=2)), number_of(case, office.desk), office)
    office.store.close()
    at_work.run("run", "--once")
    states = sorted((letter["kind"], letter["state"]) for letter in at_work.ask("outbox", "list"))
    assert states == [("answer", "sent"), ("receipt", "deferred"), ("receipt", "sent")]


def test_the_daemon_finishes_and_stops_when_asked(at_work: DeskAtWork, pymap: PymapServer, smtp_sink: SmtpSink) -> None:
    started(at_work)
    pymap.append(at_work.user, mail(to=at_work.user.address))
    smtp_sink.wait_for(1)
    case = at_work.ask("queue")[0]["reference"]
    at_work.run("reply", case, "-m", "Vi ser på det.", "--as", "kari")
    smtp_sink.wait_for(2)
    assert at_work.stop() == 0
    assert "event=daemon.stopped" in at_work.log.read_text()
    assert {letter["state"] for letter in at_work.ask("outbox", "list")} == {"sent"}


def test_a_second_daemon_is_refused_and_told_who_works(at_work: DeskAtWork) -> None:
    pid = started(at_work)
    refused = at_work.run("run", check=False)
    assert refused.returncode == 75
    assert f"(pid {pid})" in refused.stderr
    at_work.kill()
    at_work.run("run", "--once")


def test_a_changed_config_is_taken_whole_or_not_at_all(at_work: DeskAtWork, pymap: PymapServer) -> None:
    pid = started(at_work)
    good = at_work.config.read_text()
    for text, said in (
        (good.replace("stop = true", "stop = nonsense"), "event=config.refused"),
        (good.replace('url = "sqlite:///inboxd.db"', 'url = "sqlite:///other.db"'), "url changed"),
        (good.replace('tags = ["printer"]', 'template = "nowhere"'), "No template nowhere.txt.j2"),
        (good.replace('(?i)skriver|printer"', '(?i)nøkkel"'), "event=config.taken"),
    ):
        rounds = served(at_work)
        at_work.config.write_text(text)
        os.kill(pid, signal.SIGHUP)
        at_work.wait_for(lambda before=rounds: served(at_work) > before, said)  # type: ignore[misc]  # bound at once
        assert said in at_work.log.read_text()
    audited = [row["action"] for row in at_work.ask("audit", "list")]
    assert [action for action in audited if action.startswith("config")] == ["config taken", *["config refused"] * 3]
    pymap.append(at_work.user, mail("Ny nøkkel"))
    at_work.wait_for(lambda: bool(at_work.ask("queue")), "the mail to be a case")
    assert at_work.ask("queue")[0]["category"] == "print"
    assert at_work.stop() == 0
    with sqlite3.connect(at_work.folder / "inboxd.db") as db:
        taken = [text for (text,) in db.execute("SELECT text FROM configs ORDER BY id")]
    db.close()
    assert taken == [good, at_work.config.read_text()]


def test_signals_that_come_together_are_all_heard(at_work: DeskAtWork) -> None:
    pid = started(at_work)
    for _ in range(5):
        os.kill(pid, signal.SIGHUP)
    os.kill(pid, signal.SIGTERM)
    assert at_work.daemon is not None
    assert at_work.daemon.wait(60) == 0
    at_work.daemon = None


def test_a_mail_that_kills_the_parser_is_held_and_the_rest_goes_on(
    at_work: DeskAtWork, pymap: PymapServer, smtp_sink: SmtpSink
) -> None:
    """The child is told to die of one mail, as a bug of its libraries may make it."""
    pymap.append(at_work.user, mail("Bombe", number=1), mail("Vanlig", number=2, to=at_work.user.address))
    killer = at_work.folder / "sitecustomize.py"
    killer.write_text(
        "import sys\n"
        "if sys.argv[:1] == ['-m']:\n"
        "    import os, threading\n"
        "    import inboxd.mail.parse as p\n"
        "    sane = p.parse\n"
        "    p.parse = lambda octets, **k: os._exit(9) if b'Bombe' in octets else sane(octets, **k)\n"
    )
    at_work.env = at_work.env | {"PYTHONPATH": str(at_work.folder)}
    at_work.run("run", "--once")
    outcomes = [(row["state"], row["outcome"]) for row in reversed(at_work.ask("incoming", "list"))]
    assert outcomes == [("hold", None), ("done", "opened")]
    assert sorted(case["subject"] for case in at_work.ask("queue")) == ["Uleselig e-post", "Vanlig"]
    assert len(smtp_sink.envelopes) == 1


def test_broken_templates_are_told_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "templates" / "nb").mkdir(parents=True)
    (tmp_path / "templates" / "nb" / "receipt.txt.j2").write_text("{{ nonsense }}")
    monkeypatch.setenv("INBOXD_CONFIG", str(write_config(tmp_path)))
    monkeypatch.setenv("KS_PASSWORD", "x")
    assert run(["run", "--once", "--json-logs"]) == 0
    assert '"event": "template.broken"' in capsys.readouterr().err


def test_a_start_with_a_letter_that_has_no_template_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The database is not even made, and other commands go on."""
    rule = '[[rule]]\nname = "ferie"\nmatch = { subject = "ferie" }\nset = { template = "receipt_ferie" }\n'
    level = '[[priority]]\nname = "high"\nescalation = [{ at = "0m", to = ["manager"], template = "loud" }]\n'
    config = write_config(tmp_path, more=rule + level)
    monkeypatch.setenv("INBOXD_CONFIG", str(config))
    monkeypatch.setenv("KS_PASSWORD", "x")
    assert run(["run", "--once"]) == 78
    said = capsys.readouterr().err
    lines = config.read_text().splitlines()
    for what, place in (("receipt_ferie", "[[rule]] set.template"), ("loud", "[[priority]] escalation.template")):
        line = next(n for n, text in enumerate(lines, 1) if f'template = "{what}"' in text)
        assert f"config.toml:{line}: {place}: No template {what}.txt.j2 in any of nb, en." in said
    assert "2 errors" in said
    assert not (tmp_path / "inboxd.db").exists()
    assert run(["queue"]) == 0
    (tmp_path / "templates" / "nb").mkdir(parents=True)
    for name in ("receipt_ferie", "loud"):
        (tmp_path / "templates" / "nb" / f"{name}.txt.j2").write_text("Subject: Hei\n\nHei\n")
    assert run(["run", "--once"]) == 0


def test_who_was_taken_out_of_the_config_hands_over_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_config(tmp_path, assignment='assignment = "fewest_open"')
    monkeypatch.setenv("INBOXD_CONFIG", str(config))
    monkeypatch.setenv("KS_PASSWORD", "x")
    assert run(["run", "--once"]) == 0
    assert run(["new", "--subject", "Ringte", "-m", "x", "--category", "it"]) == 0
    assert run(["assign", "KS-10008", "per"]) == 0
    config.write_text(config.read_text().replace('login = "per"', "active = false"))
    assert run(["run", "--once"]) == 0
    capsys.readouterr()
    assert run(["queue"]) == 0
    assert "kari" in capsys.readouterr().out
    today = dt.datetime.now(tz=ZoneInfo("Europe/Oslo")).date().isoformat()
    assert run(["agent", "list", "--on", today]) == 0
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["kari", "it"], ["kari", "print"], ["per", "it"],
    ]  # fmt: skip


def test_a_daemon_whose_database_is_locked_for_long_goes_on_afterwards(
    at_work: DeskAtWork, pymap: PymapServer, smtp_sink: SmtpSink
) -> None:
    """Somebody else's long transaction makes it wait; it loses nothing."""
    started(at_work)
    with sqlite3.connect(at_work.folder / "inboxd.db", isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        pymap.append(at_work.user, mail(to=at_work.user.address))
        db.execute("COMMIT")
    db.close()
    smtp_sink.wait_for(1)
    wait_until(lambda: at_work.ask("outbox", "list")[0]["state"] == "sent", what="the receipt to be known as sent")
    assert at_work.stop() == 0


def test_several_daemons_may_share_postgresql(
    tmp_path: Path, pymap: PymapServer, smtp_sink: SmtpSink, postgres_url: str
) -> None:
    user = pymap.new_user()
    with DeskAtWork(tmp_path, user, imap_port=pymap.imap_port, smtp_port=smtp_sink.port, url=postgres_url) as desk:
        desk.run("run", "--once")
        pymap.append(user, mail(to=user.address))
        started(desk)
        desk.run("run", "--once")
        smtp_sink.wait_for(1)
        assert len(desk.ask("queue")) == 1
        assert desk.stop() == 0
        assert len(smtp_sink.envelopes) == 1

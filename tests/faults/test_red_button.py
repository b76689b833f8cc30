"""The red button on a daemon at work, and our own copy after a kill: processes, a real mailbox, a relay that counts."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.desk_at_work import DeskAtWork
from tests.integration.paper_desk import mail
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

pytestmark = [pytest.mark.servers("dovecot"), pytest.mark.slow]


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as relay:
        yield relay


@pytest.fixture
def at_work(dovecot: Dovecot, sink: SmtpSink, tmp_path: Path) -> Iterator[DeskAtWork]:
    user = dovecot.new_user("desk.example")
    with DeskAtWork(tmp_path, user, imap_port=dovecot.imap_port, smtp_port=sink.port) as desk:
        usual = desk.config.read_text()
        desk.config.write_text(usual.replace('"none"\n\n[[rule]]', '"none"\n  confirm = "bcc"\n\n[[rule]]'))
        desk.run("run", "--once")
        yield desk


def enquiry(dovecot: Dovecot, desk: DeskAtWork, number: int) -> None:
    sender = f"m{number}@kommune.example"
    octets = mail(f"Sak {number}", number=number, to=desk.user.address, sender=sender)
    dovecot.deliver(octets, desk.user.address, mail_from=sender)


def test_the_button_holds_a_daemon_at_work_and_one_that_starts(
    dovecot: Dovecot, sink: SmtpSink, at_work: DeskAtWork
) -> None:
    """Red button: no SMTP transaction begins after it, nor after a kill and a start; releasing it lets all go."""
    held = at_work.ask("outbox", "hold", "kundeservice", "--as", "kari")
    assert held["held"][0]["by"] == "kari"
    for number in (1, 2):  # the second case proves that the daemon started anew and did its rounds
        enquiry(dovecot, at_work, number)
        at_work.start()
        at_work.wait_for(lambda wanted=number: len(at_work.ask("queue")) == wanted, "a case")  # type: ignore[misc]
        at_work.kill()
    at_work.run("run", "--once")
    assert sink.envelopes == []
    assert {letter["state"] for letter in at_work.ask("outbox", "list")} == {"queued"}
    at_work.start()
    at_work.run("outbox", "release", "--all", "--as", "kari")
    at_work.wait_for(lambda: len(sink.envelopes) == 2, "both receipts")
    assert [row["action"] for row in at_work.ask("audit", "list")][:2] == ["sending released", "sending held"]


def test_a_kill_after_the_dot_costs_no_second_copy_where_our_own_comes_back(
    dovecot: Dovecot, sink: SmtpSink, at_work: DeskAtWork
) -> None:
    """F12: SIGKILL between the final dot and its answer; with confirm = "bcc" the requester gets the answer once."""
    opened = at_work.ask("new", "--subject", "x", "-m", "y", "--from", "ola@kommune.example", "--as", "kari")
    at_work.run("run", "--once")
    letter = at_work.ask("reply", opened["reference"], "-m", "Prøv nå.", "--as", "kari")["letter"]
    before = len(sink.envelopes)
    assert at_work.run_to_failpoint("dot-answered", "run", "--once").returncode == -signal.SIGKILL
    (sent,) = sink.envelopes[before:]
    assert sent.rcpt_tos == ("ola@kommune.example", at_work.user.address)
    dovecot.deliver(sent.octets, at_work.user.address, mail_from=sent.mail_from)

    at_work.run("run", "--once")
    assert len(sink.envelopes) == before + 1
    assert at_work.ask("outbox", "show", str(letter["id"]))["state"] == "sent"
    assert len(at_work.ask("queue")) == 1
    (copy,) = at_work.ask("incoming", "list")
    assert (copy["outcome"], copy["reason"]) == ("ignored", f"our own copy of letter {letter['id']}")
    assert "our own copy came back" in at_work.run("show", opened["reference"], "--events").stdout

"""The demo is the product's first proof, so it is run as a stranger runs it; and it must be able to fail."""

import os
import re
import signal
import smtplib
import subprocess
import sys
import time

import pytest

from inboxd.demo.people import write
from inboxd.demo.servers import LOOPBACK, MailWorld
from inboxd.demo.teller import StepFailed, Teller

OLA, LIV, KUNDESERVICE = "ola@kommune.example", "liv@kommune.example", "kundeservice@desk.example"
DEMO = [sys.executable, "-m", "inboxd.demo"]
BOUND_SECONDS = 300


@pytest.mark.slow
def test_the_whole_story_goes_as_told_and_kept_running_it_ends_with_its_daemon_when_asked() -> None:
    with subprocess.Popen([*DEMO, "--keep"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as demo:
        deadline = time.monotonic() + BOUND_SECONDS
        lines: list[str] = []
        assert demo.stdout is not None
        try:
            while not any("--config" in line for line in lines):
                line = demo.stdout.readline()
                assert line, "".join(lines)[-3000:]
                assert time.monotonic() < deadline
                lines.append(line)
        finally:
            demo.send_signal(signal.SIGTERM)
        assert demo.wait(30) == 0
    told = "".join(lines)
    assert "Saksnummer: KS-" in told
    assert re.search(r"^Done: \d\d checks held in \d+ seconds\.$", told, re.MULTILINE)
    folder = os.path.dirname(re.search(r"--config (\S+)", told)[1])  # type: ignore[index]  # noqa: PTH120
    assert not os.path.exists(folder)  # noqa: PTH110 - removed with everything in it


def test_a_desk_that_cannot_run_is_a_failed_demo() -> None:
    cripple = "os.environ['PYTHONHOME'] = '/nowhere'"  # no child's Python starts
    code = f"import os, sys; {cripple}; from inboxd.demo.__main__ import main; sys.exit(main([]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "FAILED in step 1" in done.stderr


def test_a_claim_that_does_not_hold_ends_the_story_and_says_what_was_seen(capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller()
    teller.check("one case", True)
    with pytest.raises(StepFailed, match=r"two cases\n      seen: 1"):
        teller.check("two cases", False, 1)
    assert capsys.readouterr().out == "  ok  one case\n"
    assert teller.checked == 1


def test_submitted_mail_is_noted_and_delivered_with_its_return_path() -> None:
    mail = write(OLA, "Ola", LIV, subject="Æøå", text="Hei", answers="<1@x.example>", automatic=True)
    with MailWorld([OLA, LIV]) as world:
        world.submit(OLA, LIV, mail.octets)
        [noted] = world.letters_to(LIV)
        assert world.letters_to(OLA) == []
        assert noted.mail_from == OLA
        assert noted.message["Subject"] == "Æøå"
        assert noted.message["Auto-Submitted"] == "auto-replied"
        flags = world.flags(LIV, mail.message_id)
        assert flags is not None
        assert "Seen" not in flags
        assert world.flags(LIV, "<other@x.example>") is None


def test_nobody_gets_mail_who_has_no_mailbox() -> None:
    with MailWorld([OLA]) as world, smtplib.SMTP(LOOPBACK, world.smtp_port, timeout=10) as client:
        client.ehlo()
        client.mail("")
        assert client.rcpt("nobody@x.example")[0] == 550
        assert client.rcpt(OLA)[0] == 250


def test_the_null_sender_is_noted_as_empty_and_delivered_as_an_empty_return_path() -> None:
    mail = write(OLA, "Ola", LIV, subject="Receipt", text="Hei")
    with MailWorld([OLA, LIV]) as world:
        world.submit("", LIV, mail.octets)
        assert world.letters_to(LIV)[0].mail_from == ""

"""SIGKILL at every named step of the path: the next start loses nothing, doubles nothing, and goes on by itself."""

import signal

import pytest

from tests.faults.conftest import UnderFire
from tests.faults.failpoints import FAILPOINTS, UNSENT
from tests.faults.invariants import told_too_early

pytestmark = [pytest.mark.servers("dovecot"), pytest.mark.slow]

INCOMING = [name for name in FAILPOINTS if list(FAILPOINTS).index(name) < list(FAILPOINTS).index("letter-claimed")]
OUTGOING = [name for name in FAILPOINTS if name not in INCOMING]


@pytest.mark.parametrize("name", INCOMING)
def test_a_kill_on_the_way_in_loses_and_doubles_nothing(under_fire: UnderFire, name: str) -> None:
    """F01 F02 F03 F04 F05 F06 F07 F08: SIGKILL at each step from SELECT to the note that the server was told."""
    under_fire.arrive(2)
    killed = under_fire.desk.run_to_failpoint(name, "run", "--once")
    assert killed.returncode == -signal.SIGKILL, (name, killed.stdout, killed.stderr)
    assert told_too_early(under_fire.watched) == []
    under_fire.desk.run("run", "--once")
    under_fire.check()
    cases = under_fire.command("queue", "--all")
    assert len([case for case in cases if case["channel"] == "mail"]) == under_fire.mails
    states = [letter["state"] for letter in under_fire.command("outbox", "list") if letter["kind"] == "receipt"]
    assert states == ["sent"] * under_fire.mails


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("name", OUTGOING)
def test_a_kill_on_the_way_out_sends_no_receipt_twice_and_every_answer(
    under_fire: UnderFire, name: str, nth: int
) -> None:
    """F09 F10 F11 F12: SIGKILL at each step from the claim of a letter to the note of its outcome."""
    case = under_fire.command("new", "--subject", "x", "-m", "y", "--from", f"m{name}{nth}@x.example", "--as", "kari")
    answer = under_fire.answer(case["reference"])
    under_fire.arrive(1)
    sent_before = len(under_fire.sink.envelopes)
    killed = under_fire.desk.run_to_failpoint(f"{name}:{nth}", "run", "--once")
    assert killed.returncode == -signal.SIGKILL, (name, killed.stdout, killed.stderr)
    [*active] = under_fire.watched.rows("SELECT id, kind, message_id FROM letters WHERE state = 'active'")
    under_fire.desk.run("run", "--once")
    under_fire.check()
    states = {letter["id"]: letter["state"] for letter in under_fire.command("outbox", "list")}
    assert states[answer] == "sent"
    taken = [str(mail.message()["Message-ID"]) for mail in under_fire.sink.envelopes[sent_before:]]
    for letter in active:
        never_sent = name in UNSENT
        if letter["kind"] == "receipt":
            assert states[letter["id"]] == "unknown"
            assert taken.count(letter["message_id"]) == (0 if never_sent else 1)
        else:
            assert states[letter["id"]] == "sent"
            assert taken.count(letter["message_id"]) == (1 if never_sent else 2)

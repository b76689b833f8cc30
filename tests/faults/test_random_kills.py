"""SIGKILL at random while mail comes in and goes out: 30 in CI (with Postfix: tests/e2e/test_main_job.py), 500 here."""

import os
import random
import subprocess
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.faults.conftest import UnderFire

KILLS = int(os.environ.get("INBOXD_KILLS", "500"))
LONGEST_LIFE = 2.0
"""Seconds after its first look that a daemon may live; enough for a mail to come in and its receipt to leave."""

pytestmark = [pytest.mark.servers("dovecot"), pytest.mark.torture]


def test_five_hundred_kills_at_random_lose_and_double_nothing(
    under_fire: UnderFire, record_property: Callable[[str, object], None]
) -> None:
    """F13: SIGKILL 0 to 2 seconds after each start, with new mail and an answer every time."""
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 - a failure must be told with its seed
    chance = random.Random(seed)
    desk = under_fire.desk
    case = under_fire.command("new", "--subject", "x", "-m", "y", "--from", "ola@x.example", "--as", "kari")
    for kill in range(KILLS):
        under_fire.arrive(chance.randrange(3))
        if kill % 5 == 0:
            under_fire.answer(case["reference"])
        desk.start()
        assert desk.daemon is not None
        with suppress(subprocess.TimeoutExpired):
            desk.daemon.wait(timeout=0.4 + chance.uniform(0, LONGEST_LIFE))
        desk.kill()
    for _ in range(3):
        desk.run("run", "--once")
    under_fire.check()
    receipts = [letter["state"] for letter in under_fire.command("outbox", "list") if letter["kind"] == "receipt"]
    assert len(receipts) == under_fire.mails + 1
    assert {*receipts} <= {"sent", "unknown"}
    record_property("trials", KILLS)

"""A relay that fails at any stage, for a receipt and an answer at once: the whole desk, from the mailbox to the relay.

What one session makes of each fault is shown in tests/integration/smtp/test_faults.py; here, what becomes of the desk.
"""

import contextlib
import datetime as dt
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from inboxd.smtp.wire import Timeouts
from tests.faults.conftest import UnderFire
from tests.faults.invariants import violations
from tests.faults.once import run_once
from tests.integration.paper_desk import MovedClock, mail
from tests.integration.smtp.letters import A_MOMENT, LONG
from tests.servers.dovecot import Dovecot
from tests.servers.fault_smtp import DROP, HANG, Fault, FaultServer
from tests.servers.postfix import Postfix
from tests.servers.smtp_sink import Delivered
from tests.servers.tls import write_certificates

pytestmark = [pytest.mark.servers("dovecot"), pytest.mark.slow]

STEP = {"greeting": "greeting", "data": "data", "body": "block", "dot": "final_dot"}
"""Which time limit ends the silence at a stage; `command` at all others."""

BOTH = 2
SMTP_SECTION = "  [mailbox.smtp]\n"


@pytest.fixture(scope="module")
def desk(under_fire: UnderFire) -> Iterator[UnderFire]:
    """A desk with one case; after all that was done to its relay a start without work changes nothing."""
    under_fire.arrive(1)
    under_fire.desk.run("run", "--once")
    yield under_fire
    under_fire.check()


@pytest.fixture
def clock() -> MovedClock:
    clock = MovedClock()
    clock.moment = dt.datetime.now(dt.UTC)
    return clock


@dataclass(kw_only=True)
class Pair:
    """An answer that waits for the next run, and a mail whose receipt the same run writes.

    Their letters are those above `newest`.
    """

    desk: UnderFire
    answer: int
    reference: str
    newest: int

    def letter(self, kind: str) -> dict[str, Any]:
        [found] = self.desk.watched.rows(
            f"SELECT id, state, attempts, message_id, resent FROM letters WHERE id > {self.newest} AND kind = '{kind}'"
        )
        return found

    def state(self, kind: str) -> str:
        return str(self.letter(kind)["state"])

    def events(self) -> list[str]:
        journal = self.desk.command("show", self.reference)["journal"]
        return [e["text"] for e in journal if e["kind"] == "event" and f"letter {self.answer} " in e["text"]]


def a_pair(desk: UnderFire, *words: str, reference: str | None = None) -> Pair:
    """Write an answer, on the desk's first case where no other is named, and let a mail arrive."""
    reference = reference or min(case["reference"] for case in desk.command("queue", "--all"))
    [newest] = desk.watched.rows("SELECT coalesce(max(id), 0) AS id FROM letters")
    replied = desk.command("reply", reference, "-m", "Vi ser på det.", "--as", "kari", *words)
    desk.arrive(1)
    return Pair(desk=desk, answer=replied["letter"]["id"], reference=reference, newest=newest["id"])


async def a_case(desk: UnderFire, clock: MovedClock, address: str) -> str:
    """Open a case of somebody, whose receipt has gone; returns its reference."""
    case = desk.command("new", "--subject", "x", "-m", "y", "--from", address, "--as", "kari")
    assert await run_once(desk.desk, clock, LONG) is None
    return str(case["reference"])


@contextlib.asynccontextmanager
async def by_way_of(
    desk: UnderFire, server: FaultServer, *, smtp: str = "", tls: str = "none"
) -> AsyncIterator[FaultServer]:
    """Let the desk use a relay that fails; what it took is taken. `smtp` are more lines of the mailbox's section."""
    async with server:
        with desk.by_way_of(smtp_port=server.port):
            before, _, section = desk.desk.config.read_text().partition(SMTP_SECTION)
            section = section.replace('tls = "none"', f'tls = "{tls}"')
            desk.desk.config.write_text(before + SMTP_SECTION + smtp + section)
            yield server
    desk.sink.envelopes += [
        Delivered(mail_from=one.mail_from, rcpt_tos=one.rcpt_tos, octets=one.octets) for one in server.taken
    ]


def quick(stage: str, do: str) -> Timeouts:
    """Return time limits of which only the one in question is short."""
    return replace(LONG, **{STEP.get(stage, "command"): A_MOMENT}) if do == HANG else LONG


async def until_nothing_is_due(desk: UnderFire, clock: MovedClock) -> None:
    """Start again and again, hours apart."""
    for _ in range(4):
        clock.forward(hours=2)
        assert await run_once(desk.desk, clock, LONG) is None
        if not desk.watched.rows("SELECT id FROM letters WHERE state IN ('queued', 'deferred')"):
            return
    raise AssertionError("letters wait for ever")


def taken(desk: UnderFire, letter: dict[str, Any]) -> int:
    return Counter(str(one.message()["Message-ID"]) for one in desk.sink.envelopes)[letter["message_id"]]


BUSY, LATER, FULL, NO = "421 4.3.2 busy", "451 4.3.0 later", "452 4.2.2 full", "554 5.7.1 no"
GONE, WRONG = "454 4.7.0 not now", "535 5.7.8 wrong name or password"
SENT, FAILED, DOUBT = ("sent", 1), ("failed", 0), ("unknown", 1)


@pytest.mark.parametrize(
    ("stage", "do", "meanwhile", "receipt", "answer"),
    [
        *(("greeting", do, "queued", SENT, SENT) for do in (BUSY, NO, DROP, HANG)),
        *(("ehlo", do, "queued", SENT, SENT) for do in (NO, DROP)),
        *((stage, do, "deferred", SENT, SENT) for stage in ("mail", "rcpt", "data") for do in (LATER, DROP, HANG)),
        ("mail", BUSY, "deferred", SENT, SENT),
        *((stage, NO, "failed", FAILED, FAILED) for stage in ("mail", "rcpt", "data", "dot")),
        *(("dot", do, "deferred", SENT, SENT) for do in (BUSY, LATER, FULL)),
        *(("dot", do, "unknown", DOUBT, ("sent", 2)) for do in (DROP, HANG)),
        *(("rset", do, "sent", SENT, SENT) for do in (NO, DROP)),
        ("quit", DROP, "sent", SENT, SENT),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value[0]}{value[1]}",
)  # fmt: skip
async def test_a_relay_that_fails_for_a_while_ends_each_letter_as_promised(
    desk: UnderFire, clock: MovedClock, stage: str, do: str, meanwhile: str,
    receipt: tuple[str, int], answer: tuple[str, int],
) -> None:  # fmt: skip
    """F39 F40 F41 F42 F44 F45: each stage refuses, defers, hangs or drops, for a receipt and an answer at once."""
    pair = a_pair(desk)
    async with by_way_of(desk, FaultServer([Fault(stage=stage, do=do)])) as server:
        assert await run_once(desk.desk, clock, quick(stage, do)) is None
        assert pair.state("receipt") == meanwhile
        assert pair.state("answer") == ("queued" if meanwhile == "unknown" else meanwhile)
        if meanwhile == "queued":
            assert [pair.letter(kind)["attempts"] for kind in ("receipt", "answer")] == [0, 0]
        if meanwhile in {"deferred", "queued"}:
            assert server.taken == [], "what has a code, or no dot, is in no doubt"
    await until_nothing_is_due(desk, clock)
    for kind, (state, times) in (("receipt", receipt), ("answer", answer)):
        letter = pair.letter(kind)
        assert (kind, letter["state"], taken(desk, letter)) == (kind, state, times)
    refused = [text for text in pair.events() if "could not be delivered" in text]
    assert len(refused) == (answer[0] == "failed")
    assert [*violations(desk.watched)] == []


@pytest.mark.parametrize(
    ("stage", "do"),
    [("starttls", GONE), ("starttls", DROP), ("auth", GONE), ("auth", WRONG), ("auth", DROP)],
)
async def test_a_relay_that_fails_before_any_letter_costs_no_try(
    desk: UnderFire, clock: MovedClock, tmp_path: Path, stage: str, do: str
) -> None:
    """F39: STARTTLS and AUTH are stages, too: both letters wait untried, and go out when it works."""
    pair, tls, section = a_pair(desk), None, '  username = "ks"\n  password_env = "KS_PASSWORD"\n'
    if stage == "starttls":
        section += f'  ca_file = "{write_certificates(tmp_path)}"\n'
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    server = FaultServer([Fault(stage=stage, do=do)], users={"ks": desk.desk.user.password}, tls=tls)
    async with by_way_of(desk, server, smtp=section, tls="starttls" if tls else "none"):
        assert await run_once(desk.desk, clock, LONG) is None
        assert server.words("MAIL") == []
    assert [(pair.state(kind), pair.letter(kind)["attempts"]) for kind in ("receipt", "answer")] == [("queued", 0)] * 2
    await until_nothing_is_due(desk, clock)
    assert [(pair.state(kind), taken(desk, pair.letter(kind))) for kind in ("receipt", "answer")] == [SENT, SENT]
    assert [*violations(desk.watched)] == []


@pytest.mark.parametrize("do", [DROP, HANG])
async def test_a_relay_lost_in_a_large_letter_cannot_have_it(
    desk: UnderFire, clock: MovedClock, tmp_path: Path, do: str
) -> None:
    """F43: more octets than the system's buffers hold: the dot was not written, so the answer goes again, once."""
    (tmp_path / "bilde.bin").write_bytes(bytes(range(256)) * 20_000)
    pair = a_pair(desk, "--attach", str(tmp_path / "bilde.bin"))
    async with by_way_of(desk, FaultServer([Fault(stage="body", do=do, times=1)], extensions=())) as server:
        assert await run_once(desk.desk, clock, quick("body", do)) is None
        letter = pair.letter("answer")
        assert (letter["state"], letter["attempts"], letter["resent"]) == ("deferred", 1, 0)
        assert taken(desk, letter) == 0
        assert len(server.seen) == 1, "the receipt, over a connection of its own"
    await until_nothing_is_due(desk, clock)
    assert [(pair.state(kind), taken(desk, pair.letter(kind))) for kind in ("receipt", "answer")] == [SENT, SENT]
    assert [*violations(desk.watched)] == []


async def test_of_three_recipients_one_is_served_now_one_later_and_one_never_and_all_that_is_shown(
    desk: UnderFire, clock: MovedClock
) -> None:
    """F46: each recipient has an end of its own; who has the letter does not get it again."""
    reference = await a_case(desk, clock, "per@x.example")
    pair = a_pair(desk, "--cc", "anna@x.example", "--cc", "ola@x.example", reference=reference)
    refuse = Fault(stage="rcpt", do="550 5.1.1 unknown", of="anna@x.example")
    defer = Fault(stage="rcpt", do="451 4.7.1 grey", of="ola@x.example", times=1)
    async with by_way_of(desk, FaultServer([refuse, defer])) as server:
        assert await run_once(desk.desk, clock, LONG) is None
        assert (pair.state("answer"), pair.state("receipt")) == ("deferred", "sent")
        clock.forward(hours=2)
        assert await run_once(desk.desk, clock, LONG) is None
        message_id = pair.letter("answer")["message_id"].encode()
        served = [one.rcpt_tos for one in server.taken if message_id in one.octets]
    assert served == [("per@x.example",), ("ola@x.example",)]
    await until_nothing_is_due(desk, clock)
    shown = desk.command("outbox", "show", str(pair.answer))
    assert shown["state"] == "failed"
    assert {one["address"]: one["state"] for one in shown["recipients"]} == {
        "per@x.example": "sent", "anna@x.example": "failed", "ola@x.example": "sent",
    }  # fmt: skip
    assert len([text for text in pair.events() if "could not be delivered" in text]) == 1
    assert [*violations(desk.watched)] == []


async def test_extensions_that_go_away_between_two_tries_change_no_octet(desk: UnderFire, clock: MovedClock) -> None:
    """F47: SIZE, DSN, 8BITMIME and SMTPUTF8 are asked for where they are offered, and not a try later where not."""
    pair = a_pair(desk)
    async with by_way_of(desk, FaultServer([Fault(stage="dot", do=LATER)])) as first:
        assert await run_once(desk.desk, clock, LONG) is None
    clock.forward(hours=2)
    async with by_way_of(desk, FaultServer(extensions=())) as second:
        assert await run_once(desk.desk, clock, LONG) is None
    assert [one.octets for one in second.taken] == [one.octets for one in first.seen]
    assert all("SIZE" in "".join(one.mail_options) for one in first.seen)
    assert {option for one in first.seen for each in one.rcpt_options for option in each} == {
        "NOTIFY=NEVER", "NOTIFY=FAILURE,DELAY",
    }  # fmt: skip
    assert [(one.mail_options, one.rcpt_options) for one in second.taken] == [((), ((),))] * 2
    assert [pair.state(kind) for kind in ("receipt", "answer")] == ["sent", "sent"]
    assert [*violations(desk.watched)] == []


async def test_an_address_that_needs_smtputf8_fails_in_words_where_it_went_away(
    desk: UnderFire, clock: MovedClock
) -> None:
    """F47: a Nordic local part is never written in another way: the answer fails, its case says why."""
    octets = mail(number=10_001, sender="Bj <LOCAL@x.example>", to=desk.desk.user.address)
    desk.dovecot.deliver(octets.replace(b"LOCAL", "bjørn".encode()), desk.desk.user.address, mail_from="b@x.example")
    async with by_way_of(desk, FaultServer()):
        assert await run_once(desk.desk, clock, LONG) is None
    pair = a_pair(desk, reference=max(case["reference"] for case in desk.command("queue", "--all")))
    async with by_way_of(desk, FaultServer([Fault(stage="dot", do=LATER)])) as server:
        assert await run_once(desk.desk, clock, LONG) is None
        assert "bjørn@x.example" in {address for one in server.seen for address in one.rcpt_tos}
    assert pair.state("answer") == "deferred"
    clock.forward(hours=2)
    async with by_way_of(desk, FaultServer(extensions=("SIZE 1000000", "8BITMIME", "DSN"))) as server:
        assert await run_once(desk.desk, clock, LONG) is None
        assert len(server.taken) == 1
    assert [pair.state(kind) for kind in ("receipt", "answer")] == ["sent", "failed"]
    [said] = [text for text in pair.events() if "could not be delivered" in text]
    assert "letters outside ASCII" in said
    await until_nothing_is_due(desk, clock)
    assert [*violations(desk.watched)] == []


async def test_a_relay_that_greylists_for_a_quarter_of_an_hour_gets_the_letters_then(
    desk: UnderFire, clock: MovedClock
) -> None:
    """F48: refused until 15 minutes are over; then each goes out once, and nobody was told of a failure."""
    pair, began = a_pair(desk), clock.now()
    grey = Fault(stage="rcpt", do="450 4.7.1 greylisted, come back in 15 minutes")
    async with by_way_of(desk, FaultServer([grey])) as server:
        while len(server.taken) < BOTH:
            assert await run_once(desk.desk, clock, LONG) is None
            clock.forward(minutes=4)
            grey.times = 0 if clock.now() - began > dt.timedelta(minutes=15) else grey.times
            assert clock.now() - began < dt.timedelta(hours=1), "the letters come too late"
        assert clock.now() - began > dt.timedelta(minutes=15)
        assert len(server.words("RCPT")) <= 8, "a relay that asks for patience is not asked every minute"
    await until_nothing_is_due(desk, clock)
    assert [(pair.state(kind), taken(desk, pair.letter(kind))) for kind in ("receipt", "answer")] == [SENT, SENT]
    assert not [text for text in pair.events() if "could not be delivered" in text]
    assert [*violations(desk.watched)] == []


@pytest.mark.servers("postfix")
async def test_a_postfix_that_is_stopped_for_a_while_delivers_each_letter_once(
    desk: UnderFire, clock: MovedClock, dovecot: Dovecot
) -> None:
    """F39: a real relay goes and comes back, with what it had queued: each letter lies once with whom it is for."""
    citizen, admin = dovecot.new_user("kommune.example"), dovecot.new_user("agents.example")
    with Postfix(dovecot) as postfix, desk.by_way_of(smtp_port=postfix.mx_port):
        config = desk.desk.config.read_text()
        desk.desk.config.write_text(config.replace("drift@agents.example", admin.address))
        case = desk.command("new", "--subject", "x", "-m", "y", "--from", citizen.address, "--as", "kari")
        postfix.kill()
        for _ in range(2):
            desk.answer(case["reference"])
            assert await run_once(desk.desk, clock, LONG) is None
            [relay] = desk.watched.rows("SELECT failing_since FROM relays")
            assert relay["failing_since"] is not None
            clock.forward(hours=1)
        postfix.start()
        await until_nothing_is_due(desk, clock)
        postfix.wait_until_delivered()
    lies = Counter(
        line for octets in dovecot.mails(citizen) for line in octets.split(b"\r\n") if line.startswith(b"Message-ID")
    )
    letters = desk.watched.rows(
        "SELECT letters.message_id, letters.state FROM letters JOIN letter_recipients ON letter_id = letters.id"
        f" WHERE address = '{citizen.address}'"
    )
    assert {letter["state"] for letter in letters} == {"sent"}
    assert lies == Counter(f"Message-ID: {letter['message_id']}".encode() for letter in letters)
    assert len(letters) >= 2
    desk.sink.envelopes += [
        Delivered(mail_from="", rcpt_tos=(user.address,), octets=octets)
        for user in (citizen, admin)
        for octets in dovecot.mails(user)
    ]
    assert [*violations(desk.watched)] == []

"""The delivery runner with a real database and a relay that fails: states, retries, what agents are told."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from inboxd.config.settings import ImapSettings, MailboxSettings, SmtpSettings
from inboxd.desk.decision import Draft
from inboxd.errors import Temporary
from inboxd.mail.address import Address
from inboxd.mail.envelope import FrozenLetter
from inboxd.runners.deliver import DeliverRunner, recover
from inboxd.store import outbox
from inboxd.store.engine import Session, Store, open_store
from inboxd.store.relays import hold_sending, release_sending
from inboxd.store.rows import LetterRow
from tests.integration.smtp.letters import LONG, NOW, OCTETS, relay
from tests.servers.fault_smtp import DROP, Fault, FaultServer
from tests.servers.ports import free_ports

NAME = "kundeservice"


class Clock:
    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> dt.datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def forward(self, **span: float) -> None:
        self.moment += dt.timedelta(**span)


class Desk:
    """A database with an outbox, a clock, and what agents were told."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        self.told: list[tuple[int, str]] = []

    def letter(self, kind: Any = "answer", *rcpt_tos: str, mailbox: str = NAME) -> int:
        to = rcpt_tos or ("per@kommune.example",)
        draft = Draft(
            kind=kind, case_id=None, mailbox=mailbox, template=kind, language="nb",
            to=tuple(Address(name="", address=address) for address in to),
        )  # fmt: skip
        with self.store.begin() as db:
            letter_id = outbox.reserve(db, draft, case_id=None, now=self.clock.now())
            assert letter_id is not None
            frozen = FrozenLetter(
                message_id=f"<{letter_id}.k.mac@desk.example>", subject="Hei",
                mail_from="" if kind == "receipt" else "ks@desk.example", fallback_from="ks@desk.example",
                rcpt_tos=to, octets=b"Message-ID: <%d.k.mac@desk.example>\r\n" % letter_id + OCTETS, text="Hei",
            )  # fmt: skip
            outbox.freeze(db, letter_id, frozen, draft=draft, now=self.clock.now())
        return letter_id

    def row(self, letter_id: int) -> LetterRow:
        with self.store.reading() as db:
            return outbox.get_letter(db, letter_id)

    def state(self, letter_id: int) -> tuple[str, int]:
        row = self.row(letter_id)
        return row.state, row.attempts

    def relay_error(self) -> str | None:
        with self.store.reading() as db:
            return next((r.last_error for r in outbox.list_relays(db)), None)

    def runner(
        self, port: int, *, null_sender: Any = "auto", told: Any = None, sort: type[DeliverRunner] = DeliverRunner,
        **server: Any,
    ) -> DeliverRunner:  # fmt: skip
        settings = relay(port, **server)
        mailbox = MailboxSettings(
            name=NAME,
            imap=ImapSettings(server=settings, folder="INBOX", after="seen", poll_seconds=60, first_run="new"),
            smtp=SmtpSettings(server=settings, null_sender=null_sender),
        )
        return sort(
            mailbox, self.store, clock=self.clock, random=lambda: 0.5, owner="test",
            told=told or self.note, timeouts=LONG,
        )  # fmt: skip

    def end_leases(self) -> None:
        """Do what half a minute without a renewal does on PostgreSQL."""
        with self.store.begin() as db:
            db.connection().exec_driver_sql("UPDATE letters SET lease_until = clock_timestamp()")

    def take_over(self) -> None:
        """Do what another daemon does about leases that have ended."""
        with self.store.begin() as db:
            outbox.recover(db, now=self.clock.now(), living="another")

    async def recover(self) -> int:
        return await recover(self.store, (), clock=self.clock, told=self.note)

    def note(self, db: Session, letter_id: int, state: str) -> None:
        """Be told of a letter, in the transaction of its outcome."""
        assert outbox.get_letter(db, letter_id).state in {state, "deferred"}
        self.told.append((letter_id, state))

    def die_in(self, letter_id: int) -> None:
        """Leave a letter as a process leaves it that is killed in the SMTP dialogue."""
        with self.store.begin() as db:
            claimed = outbox.claim(
                db, owner="dead", lease=dt.timedelta(seconds=30), now=self.clock.now(), limit=1, mailbox=NAME
            )
        assert [letter.id for letter in claimed] == [letter_id]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path}/inboxd.db")
    yield Desk(store)
    store.close()


async def test_due_letters_go_out_over_one_connection_and_are_sent(desk: Desk) -> None:
    ids = [desk.letter("receipt"), desk.letter("answer"), desk.letter("agent")]
    async with FaultServer() as server:
        assert await desk.runner(server.port).run_once() == 3
        assert await desk.runner(server.port).run_once() == 0
    assert [desk.state(letter_id) for letter_id in ids] == [("sent", 1)] * 3
    assert server.connections == 1
    assert [r.state for r in desk.row(ids[0]).recipients] == ["sent"]
    assert desk.told == []


async def test_a_batch_under_way_stops_after_the_letter_in_hand(desk: Desk) -> None:
    class PressedMeanwhile(FaultServer):
        """A relay in whose first transaction somebody stops all sending."""

        def take_fault(self, stage: str, address: str | None = None) -> str | None:
            if stage == "dot":
                with desk.store.begin() as db:
                    hold_sending(db, NAME, "kari", desk.clock.now())
            return super().take_fault(stage, address)

    ids = [desk.letter(), desk.letter()]
    async with PressedMeanwhile() as server:
        assert await desk.runner(server.port).run_once() == 1
        assert await desk.runner(server.port).run_once() == 0
        assert [desk.state(letter_id) for letter_id in ids] == [("sent", 1), ("queued", 0)]
        assert server.connections == 1
        with desk.store.begin() as db:
            release_sending(db, NAME)
        assert await desk.runner(server.port).run_once() == 1
    assert len(server.taken) == 2


async def test_nothing_due_means_no_connection(desk: Desk) -> None:
    desk.letter(mailbox="another")
    async with FaultServer() as server:
        assert await desk.runner(server.port).run_once() == 0
    assert server.connections == 0


async def test_a_greylisted_letter_goes_out_unchanged_at_the_retry(desk: Desk) -> None:
    letter = desk.letter()
    async with FaultServer([Fault(stage="dot", do="451 4.7.1 greylisted", times=1)]) as server:
        runner = desk.runner(server.port)
        await runner.run_once()
        assert desk.state(letter) == ("deferred", 1)
        desk.clock.forward(seconds=299)
        assert await runner.run_once() == 0
        desk.clock.forward(seconds=1)
        assert await runner.run_once() == 1
    assert desk.state(letter) == ("sent", 2)
    assert server.seen[0].octets == server.seen[1].octets
    assert desk.told == []


async def test_an_answer_refused_for_good_fails_and_the_agent_is_told_once(desk: Desk) -> None:
    letter = desk.letter()
    async with FaultServer([Fault(stage="rcpt", do="550 5.1.1 unknown")]) as server:
        await desk.runner(server.port).run_once()
        await desk.runner(server.port).run_once()
    assert desk.state(letter) == ("failed", 1)
    assert desk.row(letter).last_reply == "550 5.1.1 unknown"
    assert desk.told == [(letter, "failed")]


async def test_a_receipt_refused_for_good_bothers_nobody(desk: Desk) -> None:
    letter = desk.letter("receipt")
    async with FaultServer([Fault(stage="rcpt", do="550 5.1.1 unknown")]) as server:
        await desk.runner(server.port).run_once()
    assert desk.state(letter) == ("failed", 1)
    assert desk.told == []


async def test_a_partial_refusal_is_told_at_once_and_the_rest_is_tried_again_alone(desk: Desk) -> None:
    letter = desk.letter("answer", "anna@x.example", "per@x.example", "ola@x.example")
    faults = [
        Fault(stage="rcpt", do="550 5.1.1 unknown", of="anna@x.example"),
        Fault(stage="rcpt", do="451 4.7.1 grey", of="ola@x.example", times=1),
    ]
    async with FaultServer(faults) as server:
        runner = desk.runner(server.port)
        await runner.run_once()
        assert desk.state(letter) == ("deferred", 1)
        assert [r.state for r in desk.row(letter).recipients] == ["failed", "sent", "deferred"]
        assert desk.told == [(letter, "failed")]
        desk.clock.forward(seconds=300)
        await runner.run_once()
    assert [t.rcpt_tos for t in server.taken] == [("per@x.example",), ("ola@x.example",)]
    assert desk.state(letter) == ("failed", 2)
    assert desk.told == [(letter, "failed")]


async def test_after_five_days_of_deferrals_a_letter_fails(desk: Desk) -> None:
    letter = desk.letter()
    async with FaultServer([Fault(stage="mail", do="451 4.3.0 later")]) as server:
        runner = desk.runner(server.port)
        for _ in range(12):
            assert desk.told == []
            await runner.run_once()
            desk.clock.forward(hours=11)
    assert desk.state(letter) == ("failed", 12)
    assert desk.told == [(letter, "failed")]


async def test_a_clock_that_jumps_40_days_ahead_makes_no_letter_fail(desk: Desk) -> None:
    letter = desk.letter()
    async with FaultServer([Fault(stage="mail", do="451 4.3.0 later", times=2)]) as server:
        runner = desk.runner(server.port)
        await runner.run_once()
        desk.clock.forward(days=40)
        await runner.run_once()
        assert desk.state(letter) == ("deferred", 2)
        desk.clock.forward(hours=1)
        await runner.run_once()
    assert desk.state(letter) == ("sent", 3)
    assert desk.told == []


async def test_a_receipt_of_unknown_outcome_is_never_sent_again(desk: Desk) -> None:
    letter = desk.letter("receipt")
    async with FaultServer([Fault(stage="dot", do=DROP)]) as server:
        runner = desk.runner(server.port)
        await runner.run_once()
        desk.clock.forward(days=3)
        assert await runner.run_once() == 0
    assert desk.state(letter) == ("unknown", 1)
    assert len(server.seen) == 1


async def test_an_answer_of_unknown_outcome_is_sent_once_more_with_the_same_octets_and_then_no_more(desk: Desk) -> None:
    letter = desk.letter("answer")
    async with FaultServer([Fault(stage="dot", do=DROP)]) as server:
        runner = desk.runner(server.port)
        await runner.run_once()
        assert (desk.state(letter), desk.told) == (("queued", 1), [])
        assert await runner.run_once() == 0
        desk.clock.forward(seconds=30)
        assert await runner.run_once() == 1
        assert desk.state(letter) == ("unknown", 2)
        desk.clock.forward(days=3)
        assert await runner.run_once() == 0
    assert len(server.seen) == 2
    assert server.seen[0].octets == server.seen[1].octets
    assert b"Message-ID: <%d.k.mac@desk.example>" % letter in server.seen[1].octets
    assert desk.told == [(letter, "unknown")]


async def test_an_answer_sent_once_more_and_taken_is_sent(desk: Desk) -> None:
    letter = desk.letter("answer")
    async with FaultServer([Fault(stage="dot", do=DROP, times=1)]) as server:
        runner = desk.runner(server.port)
        await runner.run_once()
        desk.clock.forward(seconds=30)
        await runner.run_once()
    assert desk.state(letter) == ("sent", 2)
    assert desk.told == []


async def test_a_421_at_the_greeting_defers_the_whole_queue_and_counts_no_attempt(desk: Desk) -> None:
    ids = [desk.letter(), desk.letter("receipt")]
    async with FaultServer([Fault(stage="greeting", do="421 4.3.2 busy", times=2)]) as server:
        runner = desk.runner(server.port)
        assert await runner.run_once() == 0
        assert [desk.state(letter_id) for letter_id in ids] == [("queued", 0)] * 2
        assert "421" in (desk.relay_error() or "")
        assert await runner.run_once() == 0
        assert server.connections == 1
        desk.clock.forward(seconds=30)
        await runner.run_once()
        desk.clock.forward(seconds=59)
        await runner.run_once()
        assert server.connections == 2
        desk.clock.forward(seconds=1)
        assert await runner.run_once() == 2
    assert [desk.state(letter_id) for letter_id in ids] == [("sent", 1)] * 2
    assert desk.relay_error() is None


async def test_nobody_listening_leaves_the_queue_as_it_was(desk: Desk) -> None:
    letter = desk.letter()
    (port,) = free_ports(1)
    assert await desk.runner(port).run_once() == 0
    assert desk.state(letter) == ("queued", 0)
    assert (desk.relay_error() or "").startswith("relay_unreachable")


async def test_a_refused_login_is_tried_three_times_then_once_an_hour_and_noted_for_the_admin(desk: Desk) -> None:
    letter = desk.letter()
    async with FaultServer(users={"ks": "secret"}) as server:
        runner = desk.runner(server.port, username="ks", password="wrong")
        for minute in range(4 * 60):
            await runner.run_once()
            desk.clock.forward(minutes=1)
            if minute == 10:
                assert len(server.words("AUTH")) == 3
    assert len(server.words("AUTH")) == 6
    assert desk.state(letter) == ("queued", 0)
    assert (desk.relay_error() or "").startswith("login_refused")


async def test_a_relay_that_dies_in_the_batch_gives_the_rest_back(desk: Desk) -> None:
    ids = [desk.letter("agent"), desk.letter("agent")]
    faults = [Fault(stage="mail", do=DROP, times=1), Fault(stage="greeting", do="421 4.3.2 busy", times=1)]
    faults[1].times = 0
    async with FaultServer(faults) as server:
        server.on_connection = lambda number: setattr(faults[1], "times", 1 if number == 2 else 0)
        assert await desk.runner(server.port).run_once() == 1
    assert [desk.state(letter_id) for letter_id in ids] == [("deferred", 1), ("queued", 0)]
    assert desk.relay_error() is not None


async def test_two_connections_lost_in_a_row_are_the_relays_fault(desk: Desk) -> None:
    ids = [desk.letter("agent") for _ in range(4)]
    async with FaultServer([Fault(stage="mail", do=DROP)]) as server:
        assert await desk.runner(server.port).run_once() == 2
    assert [desk.state(letter_id)[0] for letter_id in ids] == ["deferred", "deferred", "queued", "queued"]
    assert desk.relay_error() is not None


async def test_one_letter_that_kills_the_connection_does_not_stop_the_others(desk: Desk) -> None:
    ids = [desk.letter("agent"), desk.letter("agent", "poison@x.example"), desk.letter("agent")]
    async with FaultServer([Fault(stage="rcpt", do=DROP, of="poison@x.example")]) as server:
        assert await desk.runner(server.port).run_once() == 3
    assert [desk.state(letter_id)[0] for letter_id in ids] == ["sent", "deferred", "sent"]
    assert desk.relay_error() is None


async def test_a_refused_null_sender_is_remembered_for_a_day(desk: Desk) -> None:
    async with FaultServer(refuses_null="550 5.7.1 no null sender") as server:
        first = desk.letter("receipt")
        await desk.runner(server.port).run_once()
        desk.letter("receipt")
        await desk.runner(server.port).run_once()
        desk.clock.forward(days=1)
        desk.letter("receipt")
        await desk.runner(server.port).run_once()
    paths = [line.split()[1] for line in server.words("MAIL")]
    assert paths == ["FROM:<>", "FROM:<ks@desk.example>", "FROM:<ks@desk.example>", "FROM:<>", "FROM:<ks@desk.example>"]
    assert desk.state(first) == ("sent", 1)


async def test_null_sender_never_and_always_mean_what_they_say(desk: Desk) -> None:
    async with FaultServer(refuses_null="550 5.7.1 no null sender") as server:
        never = desk.letter("receipt")
        await desk.runner(server.port, null_sender="never").run_once()
        always = desk.letter("receipt")
        await desk.runner(server.port, null_sender="always").run_once()
    assert desk.state(never)[0] == "sent"
    assert desk.state(always)[0] == "failed"
    assert [line.split()[1] for line in server.words("MAIL")] == ["FROM:<ks@desk.example>", "FROM:<>"]


async def test_a_stop_lets_the_letter_in_hand_be_the_last(desk: Desk) -> None:
    ids = [desk.letter("agent"), desk.letter("agent")]
    async with FaultServer() as server:
        runner = desk.runner(server.port)
        runner.stop()
        await runner.run_once()
    assert [desk.state(letter_id) for letter_id in ids] == [("queued", 0)] * 2


async def test_what_agents_must_hear_waits_until_they_can_be_told(desk: Desk) -> None:
    letter = desk.letter()
    busy = [True]

    def told(db: Session, letter_id: int, state: str) -> None:
        if busy:
            busy.clear()
            raise Temporary("later")
        desk.note(db, letter_id, state)

    async with FaultServer([Fault(stage="rcpt", do="550 5.1.1 unknown")]) as server:
        runner = desk.runner(server.port, told=told)
        with pytest.raises(Temporary):
            await runner.run_once()
        await runner.run_once()
    assert desk.told == [(letter, "failed")]
    assert desk.state(letter) == ("failed", 1)


async def test_what_a_dead_daemon_left_active_is_unknown_and_only_its_answers_go_once_more(desk: Desk) -> None:
    ids = [desk.letter("receipt"), desk.letter("answer"), desk.letter("forward"), desk.letter("agent")]
    for letter_id in ids:
        desk.die_in(letter_id)
    assert await desk.recover() == 4
    assert [desk.state(letter_id)[0] for letter_id in ids] == ["unknown", "queued", "unknown", "unknown"]
    assert desk.told == [(ids[2], "unknown")]
    async with FaultServer() as server:
        assert await desk.runner(server.port).run_once() == 1
    assert [t.rcpt_tos for t in server.taken] == [("per@kommune.example",)]
    assert desk.state(ids[1]) == ("sent", 2)


async def test_an_answer_left_active_twice_stays_unknown_and_is_told(desk: Desk) -> None:
    letter = desk.letter("answer")
    desk.die_in(letter)
    await desk.recover()
    desk.die_in(letter)
    await desk.recover()
    assert desk.state(letter) == ("unknown", 2)
    assert desk.told == [(letter, "unknown")]
    assert await desk.recover() == 0


@pytest.fixture
def postgres_desk(postgres_url: str) -> Iterator[Desk]:
    store = open_store(postgres_url)
    yield Desk(store)
    store.close()


async def test_on_postgresql_another_daemons_letter_is_taken_over_when_its_lease_ends(postgres_desk: Desk) -> None:
    letter = postgres_desk.letter("answer")
    postgres_desk.die_in(letter)
    async with FaultServer() as server:
        runner = postgres_desk.runner(server.port)
        postgres_desk.clock.forward(hours=1)  # leases are judged by the database's clock, not by this host's
        assert await runner.run_once() == 0
        assert postgres_desk.state(letter)[0] == "active"
        postgres_desk.end_leases()
        assert await runner.run_once() == 1
    assert postgres_desk.state(letter) == ("sent", 2)


async def test_on_postgresql_a_letter_in_hand_keeps_its_lease(postgres_desk: Desk) -> None:
    letter = postgres_desk.letter("answer")
    runner = postgres_desk.runner(1)
    runner.renew()  # nothing is in hand yet
    assert (await runner._next()) is not None
    postgres_desk.end_leases()
    runner.renew()
    assert await postgres_desk.recover() == 0
    assert postgres_desk.state(letter)[0] == "active"


async def test_on_postgresql_nobody_makes_his_own_letters_unknown(postgres_desk: Desk) -> None:
    letter = postgres_desk.letter("receipt")
    runner = postgres_desk.runner(1)
    assert (await runner._next()) is not None
    postgres_desk.end_leases()
    other_mailbox = postgres_desk.runner(1)
    assert await other_mailbox.run_once() == 0
    assert postgres_desk.state(letter)[0] == "active"


class Sleepy(FaultServer):
    """A relay at one of whose stages the daemon sleeps past its lease; `meanwhile` is what happens then."""

    stage = ""
    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def take_fault(self, stage: str, address: str | None = None) -> str | None:
        if stage == self.stage:
            self.stage = ""
            self.meanwhile()
        return super().take_fault(stage, address)


@pytest.mark.parametrize(("stage", "words"), [("rcpt", 0), ("data", 1)])
@pytest.mark.parametrize("kind", ["receipt", "answer"])
async def test_a_sender_that_slept_past_its_lease_sends_nothing_of_a_letter_that_another_has(
    postgres_desk: Desk, kind: str, stage: str, words: int
) -> None:
    """F60: a paused sender wakes in the SMTP dialogue of a letter that another daemon has made `unknown`."""
    letter = postgres_desk.letter(kind)

    def meanwhile() -> None:
        postgres_desk.clock.forward(seconds=30)
        postgres_desk.end_leases()
        postgres_desk.take_over()

    async with Sleepy() as server:
        server.stage, server.meanwhile = stage, meanwhile
        assert await postgres_desk.runner(server.port).run_once() == 0
        assert (len(server.words("DATA")), server.seen) == (words, [])
    assert postgres_desk.state(letter) == ("unknown", 1)


async def test_a_sender_that_slept_and_lost_nothing_begins_the_letter_anew(postgres_desk: Desk) -> None:
    letter = postgres_desk.letter("receipt")
    async with Sleepy() as server:
        server.stage, server.meanwhile = "data", lambda: postgres_desk.clock.forward(seconds=30)
        runner = postgres_desk.runner(server.port)
        assert await runner.run_once() == 0
        assert postgres_desk.state(letter) == ("queued", 0)
        assert await runner.run_once() == 1
        assert len(server.seen) == 1
    assert postgres_desk.state(letter) == ("sent", 1)


async def test_a_sender_whose_lease_was_renewed_meanwhile_goes_on(postgres_desk: Desk) -> None:
    letter = postgres_desk.letter("receipt")
    async with Sleepy() as server:
        runner = postgres_desk.runner(server.port)

        def meanwhile() -> None:
            postgres_desk.clock.forward(seconds=30)
            runner.renew()

        server.stage, server.meanwhile = "data", meanwhile
        assert await runner.run_once() == 1
    assert postgres_desk.state(letter) == ("sent", 1)


async def test_what_a_sender_that_slept_after_the_dot_learned_changes_nothing_any_more(postgres_desk: Desk) -> None:
    letter = postgres_desk.letter("receipt")

    def meanwhile() -> None:
        postgres_desk.end_leases()
        postgres_desk.take_over()

    async with Sleepy() as server:
        server.stage, server.meanwhile = "dot", meanwhile
        await postgres_desk.runner(server.port).run_once()
        assert len(server.taken) == 1
    assert postgres_desk.state(letter) == ("unknown", 1)


class SilentStore:
    """A database whose answer to the COMMIT of some transactions, counted from 1, is lost on the way."""

    def __init__(self, store: Store, *silent: int) -> None:
        self._store, self._silent, self._number = store, silent, 0
        self.dialect, self.reading = store.dialect, store.reading

    @contextmanager
    def begin(self) -> Iterator[Session]:
        with self._store.begin() as db:
            yield db
        self._number += 1
        if self._number in self._silent:
            raise Temporary("the connection was lost at COMMIT")


@pytest.mark.parametrize("silent", [(n,) for n in range(1, 5)] + [(2, 3), (3, 4), (2, 3, 4, 5)])
async def test_a_commit_whose_answer_is_lost_neither_loses_nor_doubles_a_letter(
    desk: Desk, silent: tuple[int, ...]
) -> None:
    """F61: the outcome of a COMMIT that got no answer is read again."""
    ids = [desk.letter("receipt"), desk.letter("receipt")]
    async with FaultServer() as server:
        silently = desk.runner(server.port)
        silently._store = SilentStore(desk.store, *silent)  # type: ignore[assignment]  # a fake of it
        failures = 0
        for _ in range(8):
            try:
                await silently.run_once()
            except Temporary:
                failures += 1
        assert [t.octets.count(b"Message-ID: <%d." % n) for t, n in zip(server.seen, ids, strict=True)] == [1, 1]
    assert failures == len(silent)
    assert [desk.state(letter_id) for letter_id in ids] == [("sent", 1), ("sent", 1)]

"""The session against relays that fail at every stage: what was taken, what may be sent again, what nobody knows."""

from dataclasses import replace

import aiosmtplib
import pytest

from inboxd.errors import LoginRefused, RelayUnreachable
from inboxd.mail.smtp_reply import Outcome
from inboxd.smtp.wire import Wire
from tests.integration.smtp.letters import A_MOMENT, LONG, OCTETS, a_letter, a_receipt, session_with
from tests.servers.fault_smtp import DROP, HANG, Fault, FaultServer

T, P, U, D = Outcome.TRANSIENT, Outcome.PERMANENT, Outcome.UNKNOWN, Outcome.DELIVERED

STEP = {"mail": "command", "rcpt": "command", "data": "data", "body": "block", "dot": "final_dot"}
"""Which time limit ends the silence at a stage."""

BIG = b"Subject: x\r\n\r\n" + b"0123456789abcdef" * 62 * 8_000 + b"\r\n"
"""More octets than the kernel's buffers hold, so that the writer still waits when the relay gives up."""


@pytest.mark.parametrize(
    ("stage", "do"),
    [
        ("greeting", "421 4.3.2 busy"), ("greeting", "554 5.3.2 no"), ("greeting", DROP), ("greeting", HANG),
        ("greeting", "hello?"), ("ehlo", "421 4.3.2 busy"), ("ehlo", "550 5.7.1 no"), ("ehlo", DROP), ("ehlo", HANG),
    ],
)  # fmt: skip
async def test_a_relay_that_fails_before_any_letter_is_unreachable(stage: str, do: str) -> None:
    timeouts = replace(LONG, greeting=A_MOMENT, command=A_MOMENT) if do == HANG else LONG
    async with FaultServer([Fault(stage=stage, do=do)]) as server:
        with pytest.raises(RelayUnreachable):
            async with session_with(server, timeouts):
                raise AssertionError
    assert server.words("MAIL") == []


@pytest.mark.parametrize(
    ("stage", "do", "outcome"),
    [
        ("mail", "451 4.3.0 later", T), ("mail", "550 5.7.1 no", P), ("mail", "421 4.3.2 busy", T), ("mail", DROP, T),
        ("mail", HANG, T), ("mail", "354 what?", T), ("mail", "nonsense", T),
        ("rcpt", "450 4.2.1 grey", T), ("rcpt", "550 5.1.1 unknown", P), ("rcpt", "421 4.3.2 busy", T),
        ("rcpt", DROP, T), ("rcpt", HANG, T),
        ("data", "451 4.3.0 later", T), ("data", "554 5.7.1 no", P), ("data", "421 4.3.2 busy", T), ("data", DROP, T),
        ("data", HANG, T), ("data", "250 done already", T),
        ("dot", "451 4.3.0 later", T), ("dot", "452 4.2.2 full", T), ("dot", "421 4.3.2 busy", T),
        ("dot", "554 5.7.1 spam", P), ("dot", DROP, U), ("dot", HANG, U), ("dot", "nonsense", U), ("dot", "2 5", U),
        ("dot", "999 what", U),
    ],
)  # fmt: skip
async def test_each_fault_at_each_stage_has_its_outcome_and_the_next_letter_goes_out(
    stage: str, do: str, outcome: Outcome
) -> None:
    timeouts = replace(LONG, **{STEP[stage]: A_MOMENT}) if do == HANG else LONG
    async with FaultServer([Fault(stage=stage, do=do, times=1)]) as server, session_with(server, timeouts) as session:
        attempt = await session.submit(a_letter(), null_sender=True)
        after = await session.submit(a_letter(id=8), null_sender=True)
    assert [r.outcome for r in attempt.recipients] == [outcome]
    assert [r.outcome for r in after.recipients] == [D]


@pytest.mark.parametrize("do", [DROP, HANG])
async def test_a_relay_lost_before_the_final_dot_cannot_have_the_letter(do: str) -> None:
    timeouts = replace(LONG, block=A_MOMENT) if do == HANG else LONG
    async with (
        FaultServer([Fault(stage="body", do=do)], extensions=()) as server,
        session_with(server, timeouts) as session,
    ):
        attempt = await session.submit(a_letter(octets=BIG), null_sender=True)
    assert [r.outcome for r in attempt.recipients] == [T]
    assert "before its final dot" in attempt.recipients[0].reply.text
    assert server.seen == []


async def test_a_letter_for_a_connection_that_is_gone_is_never_written() -> None:
    async with FaultServer() as server:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=server.port)
        await client.connect()
        wire = Wire(client, LONG)
        wire.drop()
        sent = await wire.send(OCTETS)
    assert (sent.dot, sent.reply.code, wire.alive) == (False, 0, False)


async def test_a_relay_lost_after_the_final_dot_may_have_the_letter() -> None:
    async with FaultServer([Fault(stage="dot", do=DROP)]) as server, session_with(server) as session:
        attempt = await session.submit(a_letter(), null_sender=True)
    assert [r.outcome for r in attempt.recipients] == [U]
    assert attempt.recipients[0].reply.code == 0
    assert len(server.taken) == 1


async def test_two_of_three_recipients_refused_is_a_partial_success() -> None:
    faults = [
        Fault(stage="rcpt", do="550 5.1.1 unknown", of="anna@x.example"),
        Fault(stage="rcpt", do="451 4.7.1 grey", of="ola@x.example"),
    ]
    async with FaultServer(faults) as server, session_with(server) as session:
        letter = a_letter(rcpt_tos=("anna@x.example", "per@x.example", "ola@x.example"))
        attempt = await session.submit(letter, null_sender=True)
    assert [(r.address, r.outcome, r.reply.code) for r in attempt.recipients] == [
        ("anna@x.example", P, 550),
        ("per@x.example", D, 250),
        ("ola@x.example", T, 451),
    ]
    assert [t.rcpt_tos for t in server.taken] == [("per@x.example",)]


async def test_a_drop_between_two_recipients_leaves_all_to_be_tried_again() -> None:
    async with (
        FaultServer([Fault(stage="rcpt", do=DROP, of="ola@x.example")]) as server,
        session_with(server) as session,
    ):
        attempt = await session.submit(a_letter(rcpt_tos=("per@x.example", "ola@x.example")), null_sender=True)
    assert [r.outcome for r in attempt.recipients] == [T, T]


async def test_every_retry_sends_the_same_octets() -> None:
    async with (
        FaultServer([Fault(stage="dot", do="451 4.3.0 later", times=2)]) as server,
        session_with(server) as session,
    ):
        for attempts in range(3):
            await session.submit(a_letter(attempts=attempts), null_sender=True)
    assert [t.octets for t in server.seen] == [OCTETS] * 3
    assert len(server.taken) == 1


async def test_a_refused_null_sender_is_replaced_at_once_in_the_same_session() -> None:
    async with FaultServer(refuses_null="550 5.7.1 no null sender") as server, session_with(server) as session:
        attempt = await session.submit(a_receipt(), null_sender=True)
    assert attempt.null_sender_refused
    assert [r.outcome for r in attempt.recipients] == [D]
    assert server.connections == 1
    assert [(t.mail_from, t.rcpt_options) for t in server.taken] == [("ks@desk.example", (("NOTIFY=NEVER",),))]


async def test_a_null_sender_refused_as_late_as_at_the_recipient_is_replaced_too() -> None:
    fault = Fault(stage="rcpt", do="553 5.7.1 <>: Sender address rejected", times=1)
    async with FaultServer([fault]) as server, session_with(server) as session:
        attempt = await session.submit(a_receipt(), null_sender=True)
    assert attempt.null_sender_refused
    assert [t.mail_from for t in server.taken] == ["ks@desk.example"]


async def test_a_recipient_refused_under_both_senders_says_nothing_of_the_null_sender() -> None:
    async with FaultServer([Fault(stage="rcpt", do="550 5.7.1 not you")]) as server, session_with(server) as session:
        attempt = await session.submit(a_receipt(), null_sender=True)
    assert not attempt.null_sender_refused
    assert [r.outcome for r in attempt.recipients] == [P]


async def test_an_unknown_recipient_is_no_reason_to_change_the_sender() -> None:
    async with FaultServer([Fault(stage="rcpt", do="550 5.1.1 unknown")]) as server, session_with(server) as session:
        await session.submit(a_receipt(), null_sender=True)
    assert server.words("MAIL") == ["MAIL FROM:<> SIZE=" + str(len(OCTETS))]


async def test_a_null_sender_refused_for_now_is_only_deferred() -> None:
    async with FaultServer(refuses_null="451 4.3.0 later") as server, session_with(server) as session:
        attempt = await session.submit(a_receipt(), null_sender=True)
    assert (attempt.null_sender_refused, [r.outcome for r in attempt.recipients]) == (False, [T])


async def test_without_an_address_to_fall_back_on_a_refused_null_sender_is_final() -> None:
    async with FaultServer(refuses_null="550 5.7.1 no null sender") as server, session_with(server) as session:
        attempt = await session.submit(a_receipt(fallback_from=""), null_sender=True)
    assert [r.outcome for r in attempt.recipients] == [P]


async def test_a_relay_that_wants_a_login_first_has_said_nothing_of_the_letter() -> None:
    async with FaultServer([Fault(stage="mail", do="530 5.7.0 authentication required")]) as server:
        with pytest.raises(LoginRefused, match="530"):
            async with session_with(server) as session:
                await session.submit(a_letter(), null_sender=True)


async def test_a_relay_that_dies_between_letters_is_unreachable_for_the_next_one() -> None:
    server = FaultServer([Fault(stage="dot", do=DROP)])
    async with server:
        session = await session_with(server).__aenter__()
        await session.submit(a_letter(), null_sender=True)
    with pytest.raises(RelayUnreachable):
        await session.submit(a_letter(id=8), null_sender=True)


@pytest.mark.parametrize("do", [HANG, DROP, "500 what?"])
async def test_a_relay_that_cannot_say_goodbye_costs_nothing(do: str) -> None:
    async with (
        FaultServer([Fault(stage="quit", do=do)]) as server,
        session_with(server, replace(LONG, goodbye=A_MOMENT)) as session,
    ):
        attempt = await session.submit(a_letter(), null_sender=True)
    assert [r.outcome for r in attempt.recipients] == [D]

"""The session against relays that behave: envelope, options, octets, TLS, login, one connection for a batch."""

from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from inboxd.errors import LoginRefused, RelayUnreachable
from inboxd.mail.smtp_reply import Outcome
from inboxd.smtp.session import SmtpSession
from tests.integration.smtp.conftest import Certificates
from tests.integration.smtp.letters import LONG, OCTETS, a_letter, a_receipt, relay, session_with
from tests.servers.fault_smtp import Fault, FaultServer
from tests.servers.ports import free_ports
from tests.servers.smtp_sink import SmtpSink


async def test_a_letter_reaches_aiosmtpd_byte_for_byte(smtp_sink: SmtpSink) -> None:
    async with SmtpSession(relay(smtp_sink.port), timeouts=LONG) as session:
        attempt = await session.submit(a_letter(), null_sender=True)
    assert [r.outcome for r in attempt.recipients] == [Outcome.DELIVERED]
    (mail,) = smtp_sink.envelopes
    assert (mail.mail_from, mail.rcpt_tos, mail.octets) == ("ks@desk.example", ("per@kommune.example",), OCTETS)


async def test_a_login_goes_to_aiosmtpd_under_starttls(smtp_sink: SmtpSink, certificates: Certificates) -> None:
    asked: list[bytes] = []

    def authenticate(server: object, session: object, envelope: object, mechanism: str, auth: object) -> AuthResult:
        assert isinstance(auth, LoginPassword)
        asked.append(auth.password)
        return AuthResult(success=auth.login == b"ks" and auth.password == "pæss".encode())

    (port,) = free_ports(1)
    controller = Controller(
        smtp_sink, hostname="127.0.0.1", port=port, tls_context=certificates.server, require_starttls=True,
        authenticator=authenticate, auth_required=True, ready_timeout=20,
    )  # fmt: skip
    controller.start()
    try:
        server = relay(port, tls="starttls", ca_file=certificates.ca_file, username="ks", password="pæss")
        async with SmtpSession(server, timeouts=LONG) as session:
            await session.submit(a_letter(), null_sender=True)
    finally:
        controller.stop()
    assert len(smtp_sink.envelopes) == 1
    assert asked == ["pæss".encode()]


@pytest.mark.parametrize("mechanisms", ["PLAIN LOGIN", "LOGIN"])
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_a_login_goes_out_under_verified_tls(certificates: Certificates, tls: str, mechanisms: str) -> None:
    async with FaultServer(
        tls=certificates.server, implicit_tls=tls == "implicit", users={"ks": "secret"}, mechanisms=mechanisms
    ) as server:
        settings = relay(server.port, tls=tls, ca_file=certificates.ca_file, username="ks", password="secret")
        async with SmtpSession(settings, timeouts=LONG) as session:
            attempt = await session.submit(a_letter(octets=b"Subject: x\r\n\r\n" + b"y\r\n" * 60_000), null_sender=True)
    assert [r.outcome for r in attempt.recipients] == [Outcome.DELIVERED]
    assert len(server.words("AUTH")) == 1


async def test_an_unknown_authority_is_refused_before_any_login(certificates: Certificates) -> None:
    async with FaultServer(tls=certificates.server, users={"ks": "secret"}) as server:
        with pytest.raises(RelayUnreachable, match="TLS failed"):
            async with SmtpSession(relay(server.port, tls="starttls", username="ks", password="secret"), timeouts=LONG):
                raise AssertionError
    assert server.words("AUTH") == []


async def test_an_unknown_authority_is_refused_under_implicit_tls(certificates: Certificates) -> None:
    async with FaultServer(tls=certificates.server, implicit_tls=True) as server:
        with pytest.raises(RelayUnreachable, match="TLS failed"):
            async with SmtpSession(relay(server.port, tls="implicit"), timeouts=LONG):
                raise AssertionError


async def test_a_certificate_for_another_name_is_refused(certificates: Certificates) -> None:
    async with FaultServer(tls=certificates.server) as server:
        settings = relay(server.port, host="127.0.0.2", tls="starttls", ca_file=certificates.ca_file)
        with pytest.raises(RelayUnreachable):
            async with SmtpSession(settings, timeouts=LONG):
                raise AssertionError


async def test_a_stripped_starttls_is_refused_and_no_password_goes_out_in_clear_text() -> None:
    async with FaultServer(users={"ks": "secret"}) as server:
        settings = relay(server.port, tls="starttls", username="ks", password="secret")
        with pytest.raises(RelayUnreachable, match="STARTTLS"):
            async with SmtpSession(settings, timeouts=LONG):
                raise AssertionError
    assert [line.split()[0] for line in server.commands] == ["EHLO"]


async def test_a_wrong_password_is_tried_once_and_told_as_such() -> None:
    async with FaultServer(users={"ks": "secret"}) as server:
        with pytest.raises(LoginRefused, match="535"):
            async with SmtpSession(relay(server.port, username="ks", password="wrong"), timeouts=LONG):
                raise AssertionError
    assert len(server.words("AUTH")) == 1


async def test_a_login_that_fails_for_now_is_no_wrong_password() -> None:
    async with FaultServer([Fault(stage="auth", do="454 4.7.0 try later")], users={"ks": "secret"}) as server:
        with pytest.raises(RelayUnreachable, match="454"):
            async with SmtpSession(relay(server.port, username="ks", password="secret"), timeouts=LONG):
                raise AssertionError


async def test_a_relay_without_logins_is_told_where_one_is_configured() -> None:
    async with FaultServer() as server:
        with pytest.raises(LoginRefused, match="no login"):
            async with SmtpSession(relay(server.port, username="ks", password="secret"), timeouts=LONG):
                raise AssertionError


async def test_a_batch_goes_over_one_connection_with_rset_between() -> None:
    async with FaultServer() as server, session_with(server) as session:
        for number in range(3):
            await session.submit(a_letter(id=number), null_sender=True)
    assert server.connections == 1
    assert len(server.taken) == 3
    assert len(server.words("RSET")) == 2
    assert len(server.words("QUIT")) == 1


@pytest.mark.parametrize("fault", ["421 4.3.2 too many", "502 5.5.1 no", "drop"])
async def test_a_connection_that_cannot_be_reset_is_replaced_and_the_letter_goes_out(fault: str) -> None:
    async with FaultServer([Fault(stage="rset", do=fault)]) as server, session_with(server) as session:
        for number in range(2):
            attempt = await session.submit(a_letter(id=number), null_sender=True)
            assert [r.outcome for r in attempt.recipients] == [Outcome.DELIVERED]
    assert server.connections == 2


async def test_an_answer_asks_for_headers_only_reports_under_its_own_envelope_id() -> None:
    async with FaultServer() as server, session_with(server) as session:
        await session.submit(a_letter(id=42), null_sender=True)
        (taken,) = server.taken
    assert taken.mail_options == (f"SIZE={len(OCTETS)}", "RET=HDRS", "ENVID=7.k.mac")
    assert taken.rcpt_options == (("NOTIFY=FAILURE,DELAY",),)


async def test_a_receipt_goes_from_the_null_sender_and_wants_no_reports() -> None:
    async with FaultServer() as server, session_with(server) as session:
        attempt = await session.submit(a_receipt(), null_sender=True)
        (taken,) = server.taken
    assert not attempt.null_sender_refused
    assert taken.mail_from == ""
    assert taken.mail_options == (f"SIZE={len(OCTETS)}",)
    assert taken.rcpt_options == (("NOTIFY=NEVER",),)


async def test_a_relay_without_extensions_gets_none() -> None:
    async with FaultServer(extensions=()) as server, session_with(server) as session:
        await session.submit(a_receipt(), null_sender=False)
        (taken,) = server.taken
    assert (taken.mail_from, taken.mail_options, taken.rcpt_options) == ("ks@desk.example", (), ((),))


async def test_eight_bit_octets_are_declared_only_where_there_are_some() -> None:
    async with FaultServer() as server, session_with(server) as session:
        await session.submit(a_letter(octets="Subject: x\r\n\r\nblåbær\r\n".encode()), null_sender=True)
        (taken,) = server.taken
    assert "BODY=8BITMIME" in taken.mail_options
    assert taken.octets.endswith("blåbær\r\n".encode())


async def test_bare_line_ends_never_go_out() -> None:
    async with FaultServer() as server, session_with(server) as session:
        await session.submit(a_letter(octets=b"Subject: x\n\nen\rto\n.\ntre"), null_sender=True)
        (taken,) = server.taken
    assert taken.octets == b"Subject: x\r\n\r\nen\r\nto\r\n.\r\ntre\r\n"


async def test_a_letter_above_the_relays_limit_is_refused_before_the_wire() -> None:
    async with (
        FaultServer(extensions=("SIZE 50",)) as server,
        session_with(server) as session,
    ):
        attempt = await session.submit(a_letter(), null_sender=True)
    (recipient,) = attempt.recipients
    assert (recipient.outcome, recipient.reply.enhanced_status) == (Outcome.PERMANENT, "5.3.4")
    assert server.words("MAIL") == []


async def test_a_relay_that_takes_no_eight_bit_octets_gets_none() -> None:
    async with FaultServer(extensions=()) as server, session_with(server) as session:
        attempt = await session.submit(a_letter(octets=b"Subject: x\r\n\r\n\xe5\r\n"), null_sender=True)
    assert attempt.recipients[0].outcome is Outcome.PERMANENT
    assert server.words("MAIL") == []


async def test_a_nordic_domain_goes_out_in_ascii_and_without_smtputf8() -> None:
    async with FaultServer() as server, session_with(server) as session:
        await session.submit(a_letter(rcpt_tos=("per@blåbær.example",)), null_sender=True)
        (taken,) = server.taken
    assert taken.rcpt_tos == ("per@xn--blbr-roah.example",)
    assert "SMTPUTF8" not in taken.mail_options


async def test_a_nordic_local_part_goes_out_where_smtputf8_is_offered() -> None:
    async with FaultServer() as server, session_with(server) as session:
        await session.submit(a_letter(rcpt_tos=("kåre@kommune.example",)), null_sender=True)
        (taken,) = server.taken
    assert taken.rcpt_tos == ("kåre@kommune.example",)
    assert "SMTPUTF8" in taken.mail_options


async def test_a_nordic_local_part_without_smtputf8_fails_alone_and_says_why() -> None:
    async with FaultServer(extensions=()) as server, session_with(server) as session:
        letter = a_letter(rcpt_tos=("kåre@kommune.example", "per@kommune.example"))
        attempt = await session.submit(letter, null_sender=True)
        (taken,) = server.taken
    assert [(r.outcome, r.reply.enhanced_status) for r in attempt.recipients] == [
        (Outcome.PERMANENT, "5.6.7"),
        (Outcome.DELIVERED, ""),
    ] or attempt.recipients[1].reply.enhanced_status == "2.0.0"
    assert taken.rcpt_tos == ("per@kommune.example",)


NORDIC_HEADER = "To: kåre@kommune.example, per@kommune.example\r\n\r\nHei\r\n".encode()


# RFC 6531 3.4: also where only the ASCII recipient is left to be served
async def test_a_nordic_header_goes_out_as_smtputf8() -> None:
    async with FaultServer() as server, session_with(server) as session:
        await session.submit(a_letter(octets=NORDIC_HEADER), null_sender=True)
        (taken,) = server.taken
    assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(taken.mail_options)


async def test_a_nordic_header_without_smtputf8_fails_and_says_why() -> None:
    async with FaultServer(extensions=("8BITMIME",)) as server, session_with(server) as session:
        attempt = await session.submit(a_letter(octets=NORDIC_HEADER), null_sender=True)
    assert (attempt.recipients[0].outcome, attempt.recipients[0].reply.enhanced_status) == (Outcome.PERMANENT, "5.6.7")
    assert server.words("MAIL") == []


async def test_a_nordic_sender_without_smtputf8_is_refused_before_the_wire() -> None:
    async with FaultServer(extensions=()) as server, session_with(server) as session:
        attempt = await session.submit(a_letter(mail_from="kåre@desk.example"), null_sender=True)
    assert attempt.recipients[0].outcome is Outcome.PERMANENT
    assert "sender" in attempt.recipients[0].reply.text
    assert server.words("MAIL") == []


@pytest.mark.parametrize(
    "address",
    [
        "per@kommune.example>\r\nRCPT TO:<anna@kommune.example", "per@kommune.example NOTIFY=NEVER",
        "per@kommune.example\0", "per@kommune.example\n", "<per@kommune.example>", "per",
        "@kommune.example", "per@",
        f"{'p' * 65}@kommune.example",
        f"per@{'.'.join(['k' * 60] * 5)}", "per@kom\u00a0mune.example", f"per@{'å' * 70}.example", "",
    ],
)  # fmt: skip
async def test_an_address_that_smtp_cannot_carry_is_refused_before_the_wire(address: str) -> None:
    async with FaultServer() as server, session_with(server) as session:
        attempt = await session.submit(a_letter(rcpt_tos=(address,)), null_sender=True)
    assert [(r.address, r.outcome, r.reply.code) for r in attempt.recipients] == [(address, Outcome.PERMANENT, 0)]
    assert server.words("MAIL") == []


async def test_nobody_listening_is_an_unreachable_relay() -> None:
    (port,) = free_ports(1)
    with pytest.raises(RelayUnreachable, match=str(port)):
        async with SmtpSession(relay(port), timeouts=LONG):
            raise AssertionError


async def test_our_own_copy_is_a_recipient_of_the_envelope_that_counts_for_nothing() -> None:
    full = Fault(stage="rcpt", do="550 5.2.2 full", of="ks@desk.example")
    async with FaultServer([full]) as server, session_with(server) as session:
        wanted = a_letter(copy_to="ks@desk.example")
        attempt = await session.submit(wanted, null_sender=True)
        for copy_to in ("ks desk.example", "per@kommune.example"):  # no address, and one that gets it anyway
            await session.submit(replace(wanted, copy_to=copy_to), null_sender=True)
    assert [(r.address, r.outcome) for r in attempt.recipients] == [("per@kommune.example", Outcome.DELIVERED)]
    assert len([line for line in server.words("RCPT") if "ks@desk.example" in line]) == 1
    assert len(server.words("RCPT")) == 4

"""The session against a real Postfix: submission under TLS with a login, and its refusals."""

import pytest

from inboxd.errors import LoginRefused
from inboxd.mail.smtp_reply import Outcome
from inboxd.smtp.session import SmtpSession
from tests.integration.smtp.letters import LONG, a_letter, a_receipt, relay
from tests.servers.imap_users import User
from tests.servers.postfix import Postfix


def submission(postfix: Postfix, user: User, tls: str, password: str | None = None) -> SmtpSession:
    port = postfix.submissions_port if tls == "implicit" else postfix.submission_port
    server = relay(
        port, host="localhost", tls=tls, ca_file=postfix.ca_file, username=user.address,
        password=password or user.password,
    )  # fmt: skip
    return SmtpSession(server, timeouts=LONG)


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_postfix_takes_an_answer_and_a_receipt_from_the_null_sender(
    postfix: Postfix, mail_user: User, tls: str
) -> None:
    async with submission(postfix, mail_user, tls) as session:
        letter = a_letter(mail_from=mail_user.address, rcpt_tos=(mail_user.address,))
        answer = await session.submit(letter, null_sender=True)
        receipt = await session.submit(a_receipt(rcpt_tos=(mail_user.address,)), null_sender=True)
    assert [r.outcome for r in (*answer.recipients, *receipt.recipients)] == [Outcome.DELIVERED] * 2
    assert not receipt.null_sender_refused
    postfix.wait_until_delivered()
    first_lines = [mail.split(b"\r\n")[0] for mail in postfix.dovecot.mails(mail_user)]
    assert sorted(first_lines) == sorted([b"Return-Path: <>", f"Return-Path: <{mail_user.address}>".encode()])


async def test_postfix_refuses_a_wrong_password(postfix: Postfix, mail_user: User) -> None:
    with pytest.raises(LoginRefused):
        async with submission(postfix, mail_user, "starttls", password="wrong"):
            raise AssertionError


async def test_postfix_refuses_one_recipient_defers_another_and_takes_the_third(
    postfix: Postfix, mail_user: User
) -> None:
    postfix.policy.say("550 5.1.1 nobody", recipient="anna@kommune.example")
    postfix.policy.say("450 4.7.1 greylisted", recipient="ola@kommune.example")
    to = ("anna@kommune.example", mail_user.address, "ola@kommune.example")
    async with submission(postfix, mail_user, "starttls") as session:
        attempt = await session.submit(a_letter(mail_from=mail_user.address, rcpt_tos=to), null_sender=True)
    outcomes = [Outcome.PERMANENT, Outcome.DELIVERED, Outcome.TRANSIENT]
    assert [(r.address, r.outcome) for r in attempt.recipients] == list(zip(to, outcomes, strict=True))


async def test_postfix_refuses_after_the_final_dot_and_takes_the_next_letter(postfix: Postfix, mail_user: User) -> None:
    letter = a_letter(mail_from=mail_user.address, rcpt_tos=(mail_user.address,))
    postfix.policy.say("450 4.3.0 later", state="END-OF-MESSAGE", recipient=mail_user.address)
    async with submission(postfix, mail_user, "implicit") as session:
        first = await session.submit(letter, null_sender=True)
        postfix.policy.forget()
        second = await session.submit(letter, null_sender=True)
    assert [r.outcome for r in (*first.recipients, *second.recipients)] == [Outcome.TRANSIENT, Outcome.DELIVERED]


async def test_a_letter_above_postfix_limit_fails_before_it_is_sent(postfix: Postfix, mail_user: User) -> None:
    letter = a_letter(
        mail_from=mail_user.address,
        rcpt_tos=(mail_user.address,),
        octets=b"Subject: x\r\n\r\n" + b"0123456789\r\n" * 30_000,
    )
    async with submission(postfix, mail_user, "implicit") as session:
        attempt = await session.submit(letter, null_sender=True)
    assert (attempt.recipients[0].outcome, attempt.recipients[0].reply.code) == (Outcome.PERMANENT, 0)

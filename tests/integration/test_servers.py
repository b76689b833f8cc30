"""The test servers do what the tests rely on: the rest of the suite stands on them."""

import smtplib
from collections.abc import Callable
from email import message_from_bytes

import psycopg
import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from tests.servers.dovecot import Dovecot
from tests.servers.imap_users import User
from tests.servers.ports import banner, wait_until
from tests.servers.postfix import Postfix
from tests.servers.postgres import Postgres
from tests.servers.pymap import PymapServer
from tests.servers.smtp_sink import SmtpSink

MAIL = b"From: ola@kommune.example\r\nSubject: Hei\r\nMessage-ID: <1@kommune.example>\r\n\r\nHei\r\n"


def _one_mail(mails: Callable[[], list[bytes]]) -> bytes:
    wait_until(mails, what="a mail")
    (octets,) = mails()
    return octets


def test_dovecot_gives_every_user_an_empty_inbox_and_idle(dovecot: Dovecot, mail_user: User) -> None:
    assert dovecot.mails(mail_user) == []
    with dovecot.client(mail_user) as client:
        assert {b"IDLE", b"MOVE", b"UIDPLUS"} <= set(client.capabilities())


def test_dovecot_speaks_tls_with_a_certificate_that_only_its_own_authority_vouches_for(
    dovecot: Dovecot, mail_user: User
) -> None:
    with IMAPClient("localhost", dovecot.imaps_port, ssl_context=dovecot.tls(), timeout=10) as client:
        client.login(mail_user.address, mail_user.password)
        assert client.select_folder("INBOX")[b"EXISTS"] == 0


def test_dovecot_delivers_by_lmtp_with_return_path_and_tag(dovecot: Dovecot, mail_user: User) -> None:
    tagged = mail_user.address.replace("@", "+case1@")

    dovecot.deliver(MAIL, tagged, mail_from="")

    delivered = message_from_bytes(_one_mail(lambda: dovecot.mails(mail_user)))
    assert (delivered["Return-Path"], delivered["Delivered-To"]) == ("<>", tagged)


def test_wrong_passwords_do_not_slow_each_other_down(dovecot: Dovecot, mail_user: User) -> None:
    for _ in range(3):
        with pytest.raises(LoginError), dovecot.client(User(address=mail_user.address, password="wrong")):
            pass
    with dovecot.client(mail_user) as client:
        assert client.noop()


@pytest.mark.servers("dovecot")
def test_dovecot_keeps_mail_and_users_over_a_kill() -> None:
    with Dovecot({"desk@desk.example": "secret"}) as own:
        user = User(address="desk@desk.example", password="secret")
        own.append(user, MAIL)
        own.kill()
        assert banner(own.imap_port) == b""
        own.start()
        assert own.mails(user) == [MAIL]


def test_a_user_added_while_dovecot_runs_may_have_a_small_mailbox(dovecot: Dovecot) -> None:
    small = dovecot.add_user("small@desk.example", "secret", quota="20K")
    large = MAIL + b"x" * 70 + b"\r\n" * 20_000
    with pytest.raises(IMAPClientError, match="OVERQUOTA"):
        dovecot.append(small, large)


def test_doveadm_gives_a_folder_a_new_uidvalidity(dovecot: Dovecot, mail_user: User) -> None:
    dovecot.append(mail_user, MAIL)
    dovecot.doveadm("mailbox", "update", "--uid-validity", "4242424242", "-u", mail_user.address, "INBOX")
    with dovecot.client(mail_user) as client:
        assert client.select_folder("INBOX")[b"UIDVALIDITY"] == 4242424242


def test_postfix_delivers_to_dovecot(postfix: Postfix, dovecot: Dovecot, mail_user: User) -> None:
    postfix.send(MAIL, mail_user.address)
    assert b"Return-Path: <ola@kommune.example>" in _one_mail(lambda: dovecot.mails(mail_user))


def test_postfix_reports_an_unknown_user_to_the_sender(postfix: Postfix, dovecot: Dovecot, mail_user: User) -> None:
    postfix.send(MAIL, "nobody@kommune.example", mail_from=mail_user.address)
    report = message_from_bytes(_one_mail(lambda: dovecot.mails(mail_user)))
    assert report.get_content_type() == "multipart/report"
    assert "5.1.1" in report.as_string()


def test_submission_wants_tls_and_a_login_and_takes_the_null_sender(
    postfix: Postfix, dovecot: Dovecot, mail_user: User
) -> None:
    with smtplib.SMTP("localhost", postfix.submission_port, timeout=20) as client:
        client.starttls(context=dovecot.tls())
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail(mail_user.address, [mail_user.address], MAIL)
        client.login(mail_user.address, mail_user.password)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("another@desk.example", [mail_user.address], MAIL)
        client.sendmail("", [mail_user.address], MAIL)
    assert b"Return-Path: <>" in _one_mail(lambda: dovecot.mails(mail_user))


def test_the_policy_decides_what_postfix_answers_to_a_recipient_and_at_the_final_dot(
    postfix: Postfix, mail_user: User
) -> None:
    postfix.policy.say("DEFER 4.2.1 later", recipient=mail_user.address)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        postfix.send(MAIL, mail_user.address)
    postfix.policy.forget()
    postfix.policy.say("550 5.7.1 no", state="END-OF-MESSAGE")
    with pytest.raises(smtplib.SMTPDataError) as data_refused:
        postfix.send(MAIL, mail_user.address)
    assert refused.value.recipients[mail_user.address][0] == 450
    assert data_refused.value.smtp_code == 550


@pytest.mark.servers("postfix")
def test_postfix_keeps_its_queue_over_a_kill(dovecot: Dovecot, mail_user: User) -> None:
    later = {"later@kommune.example": "retry:4.2.1 later"}
    with Postfix(dovecot, settings={"message_size_limit": "50000"}, transports=later) as own:
        own.send(MAIL, "later@kommune.example", mail_from=mail_user.address)
        own.kill()
        assert banner(own.mx_port) == b""
        own.start()
        assert "later@kommune.example" in own.queue()


def test_postgres_gives_every_test_an_empty_database_of_its_own(postgres: Postgres, postgres_url: str) -> None:
    other = postgres.database()
    name = other.rpartition("/")[2]
    postgres.execute("CREATE TABLE only_here (id int)", name)
    with pytest.raises(psycopg.errors.UndefinedTable):
        postgres.execute("SELECT * FROM only_here", postgres_url.rpartition("/")[2])
    assert other != postgres_url


@pytest.mark.servers("postgres")
def test_postgres_keeps_committed_rows_over_a_kill_and_copies_templates() -> None:
    def prepare(url: str) -> None:
        own.execute("CREATE TABLE kept (id int)", url.rpartition("/")[2])

    with Postgres() as own:
        name = own.database(own.template("ready", prepare)).rpartition("/")[2]
        own.kill()
        own.start()
        own.execute("INSERT INTO kept VALUES (1)", name)


def test_pymap_gives_every_user_an_empty_inbox(pymap: PymapServer) -> None:
    one, other = pymap.new_user(), pymap.new_user()
    pymap.append(one, MAIL)
    assert (pymap.mails(one), pymap.mails(other)) == ([MAIL], [])


def test_pymap_comes_back_empty_on_its_old_port() -> None:
    with PymapServer({"ola@kommune.example": "secret"}) as own:
        user, port = User(address="ola@kommune.example", password="secret"), own.imap_port
        own.append(user, MAIL)
        own.kill()
        assert banner(port) == b""
        own.start()
        assert (own.imap_port, own.mails(user)) == (port, [])


def test_the_sink_keeps_envelopes_and_octets(smtp_sink: SmtpSink) -> None:
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=20) as client:
        client.sendmail("", ["ola@kommune.example"], MAIL)
    (mail,) = smtp_sink.wait_for(1)
    assert (mail.mail_from, mail.rcpt_tos, mail.octets) == ("", ("ola@kommune.example",), MAIL)
    assert smtp_sink.sent_to("OLA@kommune.example") == [mail]
    assert mail.message()["Subject"] == "Hei"


def test_the_sink_refuses_what_it_is_told_to(smtp_sink: SmtpSink) -> None:
    smtp_sink.mail_replies[""] = "550 5.1.7 no null sender"
    smtp_sink.rcpt_replies["nobody@kommune.example"] = "550 5.1.1 unknown"
    smtp_sink.data_replies.append("451 4.3.0 later")
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=20) as client:
        with pytest.raises(smtplib.SMTPSenderRefused):
            client.sendmail("", ["ola@kommune.example"], MAIL)
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail("desk@desk.example", ["ola@kommune.example"], MAIL)
        refused = client.sendmail("desk@desk.example", ["ola@kommune.example", "nobody@kommune.example"], MAIL)
    assert list(refused) == ["nobody@kommune.example"]
    assert [mail.rcpt_tos for mail in smtp_sink.envelopes] == [("ola@kommune.example",)]


def test_the_sink_comes_back_on_its_old_port(smtp_sink: SmtpSink) -> None:
    port = smtp_sink.port
    smtp_sink.stop()
    assert banner(port) == b""
    smtp_sink.start()
    assert banner(port).startswith(b"220")

"""The main job on Dovecot and Postfix, counted from the servers' side."""

import email
import json
import random
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import EmailMessage, Message
from pathlib import Path

import pytest

from tests.e2e.desk_at_work import DeskAtWork
from tests.servers.dovecot import Dovecot
from tests.servers.imap_users import User
from tests.servers.postfix import Postfix

pytestmark = [pytest.mark.servers, pytest.mark.slow]

SENDERS = 20
NEW = 120
BY_NUMBER = 30
BY_HEADER = 30
MACHINES = 20
LISTS = 5


@pytest.fixture
def desk(tmp_path: Path, dovecot: Dovecot, postfix: Postfix) -> Iterator[DeskAtWork]:
    user = dovecot.new_user("desk.example")
    with DeskAtWork(tmp_path, user, imap_port=dovecot.imap_port, smtp_port=postfix.mx_port) as desk:
        yield desk


def mail(sender: User, desk: DeskAtWork, subject: str, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = f"Bruker <{sender.address}>"
    message["To"] = desk.user.address
    message["Subject"] = subject
    message["Date"] = "Mon, 12 Jan 2026 10:00:00 +0100"
    message["Message-ID"] = f"<{random.randbytes(8).hex()}@kommune.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(f"Hei, dette gjelder {subject}.\n")
    return message.as_bytes()


def receipts(dovecot: Dovecot, senders: list[User]) -> list[Message]:
    found = (email.message_from_bytes(octets) for sender in senders for octets in dovecot.mails(sender))
    return [message for message in found if message["Auto-Submitted"] == "auto-replied"]


def machine_mails(senders: list[User], desk: DeskAtWork) -> list[tuple[str, bytes]]:
    """Ten out-of-office replies, five list mails and five bounces of mail that was never ours."""
    away = [
        (senders[n].address, mail(senders[n], desk, f"Automatisk svar: ferie {n}", Auto_Submitted="auto-replied"))
        for n in range(10)
    ]
    lists = [
        (senders[n].address, mail(senders[n], desk, f"Nyhetsbrev {n}", List_Id=f"<nytt{n}.example>"))
        for n in range(LISTS)
    ]
    bounces = [
        (
            "",
            b"From: MAILER-DAEMON@kommune.example\nTo: %s\nSubject: Undelivered Mail Returned to Sender\n"
            b"Message-ID: <bounce%d@kommune.example>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
            b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
            b"--b\nContent-Type: text/plain\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\n"
            b"Reporting-MTA: dns; mail.kommune.example\n\nFinal-Recipient: rfc822; x%d@kommune.example\n"
            b"Action: failed\nStatus: 5.1.1\n\n--b--\n" % (desk.user.address.encode(), n, n),
        )
        for n in range(5)
    ]
    return [*away, *lists, *bounces]


def send_enquiries(desk: DeskAtWork, postfix: Postfix, senders: list[User]) -> None:
    """Send the new enquiries and the machines' mail."""
    for n in range(NEW):
        sender = senders[n % SENDERS]
        postfix.send(mail(sender, desk, f"problem nummer {n}"), desk.user.address, mail_from=sender.address)
    for mail_from, octets in machine_mails(senders, desk):
        postfix.send(octets, desk.user.address, mail_from=mail_from)


def send_answers(desk: DeskAtWork, postfix: Postfix, came: list[Message]) -> None:
    """Answer half of sixty receipts by their number alone and half by In-Reply-To alone."""
    for n, receipt in enumerate(came[: BY_NUMBER + BY_HEADER]):
        sender = User(address=str(receipt["To"]).rpartition("<")[2].rstrip(">"), password="")
        if n < BY_NUMBER:
            octets = mail(sender, desk, f"SV: noe mer om [{number_in(receipt)}]")
        else:
            octets = mail(sender, desk, "helt annet emne", In_Reply_To=str(receipt["Message-ID"]))
        postfix.send(octets, desk.user.address, mail_from=sender.address)


def number_in(receipt: Message) -> str:
    found = re.search(r"KS-\d+", str(receipt["Subject"]))
    assert found
    return found[0]


def is_settled(desk: DeskAtWork, mails: int) -> bool:
    """Whether so many mails are in the ledger, each at an end, and every letter too."""
    ledger = [row["state"] for row in desk.rows("SELECT state FROM incoming")]
    letters = {row["state"] for row in desk.rows("SELECT DISTINCT state FROM letters")}
    return len(ledger) == mails and {*ledger} == {"done"} and not letters & {"queued", "active", "deferred"}


def check_counts(desk: DeskAtWork, dovecot: Dovecot, postfix: Postfix, senders: list[User]) -> None:
    postfix.wait_until_delivered()
    cases = desk.ask("queue", "--all")
    assert len(cases) == NEW + LISTS
    assert len({case["number"] for case in cases}) == NEW + LISTS
    outcomes = [row["outcome"] for row in desk.ask("incoming", "list")]
    assert outcomes.count("opened") == NEW + LISTS
    assert outcomes.count("added") == BY_NUMBER + BY_HEADER
    assert outcomes.count("ignored") == MACHINES - LISTS
    numbers = [number_in(receipt) for receipt in receipts(dovecot, senders)]
    letters = desk.ask("outbox", "list")
    unknown = {letter["reference"] for letter in letters if letter["state"] == "unknown"}
    assert len(letters) == NEW
    assert {letter["state"] for letter in letters} <= {"sent", "unknown"}
    assert len(numbers) == len(set(numbers)), "a case had two receipts"
    assert set(numbers) | unknown == {letter["reference"] for letter in letters}
    assert desk.ask("incoming", "reconcile")["ok"]
    assert desk.run("db", "check").returncode == 0


def test_two_hundred_mails_come_out_as_the_servers_count_them(
    desk: DeskAtWork, dovecot: Dovecot, postfix: Postfix
) -> None:
    senders = [dovecot.new_user("kommune.example") for _ in range(SENDERS)]
    desk.run("run", "--once")
    desk.start()
    send_enquiries(desk, postfix, senders)
    desk.wait_for(lambda: len(receipts(dovecot, senders)) >= NEW, "a receipt for every enquiry")
    send_answers(desk, postfix, receipts(dovecot, senders))
    desk.wait_for(lambda: is_settled(desk, NEW + MACHINES + BY_NUMBER + BY_HEADER), "every mail in the ledger")
    assert desk.stop() == 0
    check_counts(desk, dovecot, postfix, senders)
    assert all(letter["state"] == "sent" for letter in desk.ask("outbox", "list"))


def test_thirty_kills_at_random_change_no_count(desk: DeskAtWork, dovecot: Dovecot, postfix: Postfix) -> None:
    senders = [dovecot.new_user("kommune.example") for _ in range(SENDERS)]
    desk.run("run", "--once")
    kill_while(desk, lambda: send_enquiries(desk, postfix, senders), kills=15)
    desk.start()
    desk.wait_for(lambda: is_settled(desk, NEW + MACHINES), "the first round to be over")
    postfix.wait_until_delivered()
    came = receipts(dovecot, senders)
    assert len(came) >= BY_NUMBER + BY_HEADER
    desk.kill()
    kill_while(desk, lambda: send_answers(desk, postfix, came), kills=15)
    desk.start()
    desk.wait_for(lambda: is_settled(desk, NEW + MACHINES + BY_NUMBER + BY_HEADER), "every mail in the ledger")
    assert desk.stop() == 0
    check_counts(desk, dovecot, postfix, senders)


def kill_while(desk: DeskAtWork, work: Callable[[], None], *, kills: int) -> None:
    """Kill and start the daemon again and again while something goes on; the seed is in the failure's output."""
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 - a failure must be told with its seed
    chance = random.Random(seed)
    worker = threading.Thread(target=work)
    worker.start()
    for _ in range(kills):
        desk.start()
        assert desk.daemon is not None
        with suppress(subprocess.TimeoutExpired):
            desk.daemon.wait(timeout=chance.uniform(0.8, 3.0))
        desk.kill()
    worker.join()


def test_a_bounce_made_by_postfix_ends_on_the_right_case(desk: DeskAtWork, postfix: Postfix) -> None:
    desk.run("run", "--once")
    unknown = "finnes.ikke@kommune.example"
    other = desk.ask("new", "--channel", "phone", "--subject", "En annen sak", "-m", "x", "--as", "kari")
    case = desk.ask(
        "new", "--channel", "phone", "--subject", "Ring meg", "-m", "x", "--from", unknown, "--as", "kari"
    )  # fmt: skip
    answer = desk.ask("reply", case["reference"], "-m", "Vi ser på det.", "--as", "kari")
    desk.start()

    def bounced() -> bool:
        states = {letter["id"]: letter["state"] for letter in desk.ask("outbox", "list")}
        return states[answer["letter"]["id"]] == "bounced"

    desk.wait_for(bounced, "the answer to be known as bounced")
    shown = desk.ask("show", case["reference"])
    assert shown["undelivered"]
    assert shown["status"] == "open"
    assert not desk.ask("show", other["reference"])["undelivered"]
    assert len(desk.ask("queue")) == 2
    notes = [entry for entry in shown["journal"] if entry["kind"] == "note"]
    assert any("550" in (note["text"] or "") or "5.1.1" in (note["text"] or "") for note in notes)


def test_the_main_job_on_postgresql(tmp_path: Path, dovecot: Dovecot, postfix: Postfix, postgres_url: str) -> None:
    user = dovecot.new_user("desk.example")
    senders = [dovecot.new_user("kommune.example") for _ in range(SENDERS)]
    with DeskAtWork(
        tmp_path, user, imap_port=dovecot.imap_port, smtp_port=postfix.mx_port, url=postgres_url
    ) as desk:  # fmt: skip
        desk.run("run", "--once")
        desk.start()
        send_enquiries(desk, postfix, senders)
        desk.wait_for(lambda: len(receipts(dovecot, senders)) >= NEW, "a receipt for every enquiry")
        send_answers(desk, postfix, receipts(dovecot, senders))
        desk.wait_for(lambda: is_settled(desk, NEW + MACHINES + BY_NUMBER + BY_HEADER), "every mail in the ledger")
        assert desk.stop() == 0
        check_counts(desk, dovecot, postfix, senders)
        found = desk.ask("search", "nummer", "17")
        assert any(case["subject"] == "problem nummer 17" for case in found)


def test_a_dead_relay_does_not_keep_run_once(tmp_path: Path, dovecot: Dovecot) -> None:
    user = dovecot.new_user("desk.example")
    with DeskAtWork(tmp_path, user, imap_port=dovecot.imap_port, smtp_port=1) as desk:
        desk.run("run", "--once")
        case = desk.ask("new", "--subject", "x", "-m", "y", "--from", "ola@kommune.example", "--as", "kari")
        desk.run("run", "--once")
        assert desk.ask("outbox", "list")[0]["state"] == "queued"
        assert desk.ask("show", case["reference"])["journal"][-1]["delivery"]["state"] == "queued"
        assert "relay_failing" in {
            p["code"] for p in json.loads(desk.run("health", "--json", check=False).stdout)["problems"]
        }

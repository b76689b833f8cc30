"""An agent answers from the shared mailbox in a mail client, on Dovecot: the case has it, and nobody a second mail."""

from pathlib import Path

import pytest

from tests.e2e.desk_at_work import DeskAtWork
from tests.integration.paper_desk import OLA, mail
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

pytestmark = [pytest.mark.servers, pytest.mark.slow]


def test_an_answer_from_outlook_comes_on_its_case_with_one_run_and_all_accounts_agree(
    tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    user = dovecot.new_user("desk.example")

    def outlook(number: int, parent: str) -> bytes:
        return mail("SV: Skriveren", sender=user.address, to=OLA, number=number, In_Reply_To=parent)

    with DeskAtWork(tmp_path, user, imap_port=dovecot.imap_port, smtp_port=smtp_sink.port) as desk:
        config = desk.config.read_text()
        desk.config.write_text(
            config.replace("  [mailbox.imap]", "watch_sent = true\nsave_sent = 'always'\n  [mailbox.imap]")
        )
        dovecot.append(user, outlook(1, "<gammel@kommune.example>"), folder="Sent")
        desk.run("run", "--once")
        dovecot.append(user, mail(number=2, to=user.address))
        dovecot.append(user, outlook(3, "<m2@kommune.example>"), outlook(4, "<m99@kommune.example>"), folder="Sent")
        desk.run("run", "--once")
        (case,) = desk.ask("queue")
        assert (case["status"], case["last"]["who"]) == ("open", user.address)
        found = {folder["folder"]: folder for folder in desk.ask("incoming", "reconcile")["folders"]}
        sent = found["\\Sent"]
        assert (sent["on_server"], sent["before_baseline"], sent["by_state"]) == (3, 1, {"done": 2})
        assert [box["folder"] for box in desk.ask("health")["mailboxes"]] == ["INBOX", "\\Sent"]
        assert len(smtp_sink.sent_to(OLA)) == 1  # the receipt

        desk.run("reply", case["reference"], "-m", "Vi ser på det.", "--as", "kari")
        for _ in range(2):  # the copy that we keep is taken, and known for our own
            desk.run("run", "--once")
        assert len(dovecot.mails(user, "Sent")) == 4
        written = [
            entry["actor"] for entry in desk.ask("show", case["reference"])["journal"] if entry["kind"] == "mail_out"
        ]
        assert written == ["inboxd", user.address, "kari"]

"""Drafts become frozen letters, each once; a broken template gives way to the package's own."""

import datetime as dt
import email
from dataclasses import replace
from email.message import Message
from pathlib import Path

import pytest

from inboxd.config.file import load
from inboxd.desk.case import Status
from inboxd.desk.decision import Decision, Draft
from inboxd.desk.order import Close, Reply, SetFields
from inboxd.mail.address import Address
from inboxd.mail.message import File
from inboxd.mail.smtp_reply import Outcome, RecipientOutcome, SmtpReply
from inboxd.office.act import act, case_id_of
from inboxd.office.documents import queue, show
from inboxd.office.letters.freezing import write_letters
from inboxd.office.letters.undelivered import tell_undelivered
from inboxd.office.opening import templates_of
from inboxd.office.queues import outbox_order
from inboxd.office.tick import tick
from inboxd.store import outbox
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import DESK, NOW, OLA, PaperDesk, mail, write_config

HOUR = dt.timedelta(hours=1)
TO_OLA = (Address(name="Ola", address=OLA),)


def letters(desk: PaperDesk, kind: str) -> list[LetterRow]:
    return [letter for letter in desk.letters() if letter.kind == kind]


def parsed(desk: PaperDesk, letter: LetterRow) -> Message:
    return email.message_from_bytes(desk.octets(letter))


def words(desk: PaperDesk, letter: LetterRow) -> str:
    payload = parsed(desk, letter).get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def write(desk: PaperDesk, draft: Draft, case_id: int | None) -> int:
    with desk.office.store.begin() as db:
        return len(
            write_letters(db, Decision(kind="agent_order", letters=(draft,)), case_id=case_id, office=desk.office)
        )


def test_a_case_has_one_receipt_whatever_is_drafted(desk: PaperDesk) -> None:
    desk.arrive(mail())
    draft = Draft(kind="receipt", case_id=1, mailbox="kundeservice", template="receipt", language="nb", to=TO_OLA)
    assert write(desk, draft, 1) == 0
    assert len(letters(desk, "receipt")) == 1


def test_a_letter_about_no_case_is_written_all_the_same(desk: PaperDesk) -> None:
    draft = Draft(
        kind="alert", case_id=None, mailbox="gone", template="alert", language="nb", to=TO_OLA, about="Relay away"
    )
    assert write(desk, draft, None) == 1
    (alert,) = letters(desk, "alert")
    assert parsed(desk, alert)["Auto-Submitted"] == "auto-generated"
    assert DESK in str(parsed(desk, alert)["From"])


def test_the_receipt_says_number_and_opening_and_answers_their_mail(desk: PaperDesk) -> None:
    desk.clock.forward(hours=10)
    desk.arrive(mail())
    (receipt,) = letters(desk, "receipt")
    message = parsed(desk, receipt)
    assert message["In-Reply-To"] == "<m1@kommune.example>"
    assert message["Auto-Submitted"] == "auto-replied"
    text = words(desk, receipt)
    assert "Saksnummer: KS-10008" in text
    assert "stengt nå" in text
    assert "71 11 11 66" in text


def test_an_answer_carries_its_file_and_is_no_automatic_mail(desk: PaperDesk) -> None:
    desk.arrive(mail())
    file = File(filename="veiledning.pdf", content_type="application/pdf", content=b"%PDF")
    act(Reply(actor="kari", text="Se vedlegg.", files=(file,)), 1000, desk.office)
    (answer,) = letters(desk, "answer")
    message = parsed(desk, answer)
    assert message["Auto-Submitted"] is None
    assert "veiledning.pdf" in [part.get_filename() for part in message.walk()]


def test_a_sub_address_stands_in_reply_to_where_the_mailbox_has_them(desk: PaperDesk) -> None:
    desk.arrive(mail())
    boxes = tuple(replace(box, subaddress=True) for box in desk.office.desk.mailboxes)
    settings = replace(desk.office.settings, desk=replace(desk.office.desk, mailboxes=boxes))
    desk.office = replace(desk.office, settings=settings)
    act(Reply(actor="kari", text="Hei"), 1000, desk.office)
    assert "kundeservice+" in str(parsed(desk, letters(desk, "answer")[0])["Reply-To"])


def test_a_broken_template_never_stops_a_letter(desk: PaperDesk, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "nb"
    folder.mkdir(parents=True)
    (folder / "receipt.txt.j2").write_text("{{ nonsense.here }}")
    desk.office = replace(desk.office, templates=templates_of(desk.office.settings))
    desk.arrive(mail())
    assert "Saksnummer: KS-10008" in words(desk, letters(desk, "receipt")[0])


def test_the_next_letter_has_the_contact_block_of_the_config_of_then_in_both_its_parts(
    desk: PaperDesk, tmp_path: Path
) -> None:
    folder = tmp_path / "templates" / "nb"
    folder.mkdir(parents=True)
    (folder / "receipt.html.j2").write_text("<p>{{ opening_hours }}, {{ phone }}</p>")
    for number, phone in enumerate(("71 11 11 66", "73 00 00 00"), start=1):
        settings = load(write_config(tmp_path, phone=f'phone = "{phone}"'), env={}, with_secrets=False)
        desk.office = replace(desk.office, settings=settings, templates=templates_of(settings))
        desk.arrive(mail(number=number))
        parts = parsed(desk, letters(desk, "receipt")[0]).get_payload()
        assert isinstance(parts, list)
        plain, html = (part.get_payload(decode=True).decode() for part in parts)
        assert f"Telefon: {phone}" in plain.splitlines()
        assert html.strip() == f"<p>mandag–fredag kl. 08.00–15.30, {phone}</p>"


def test_a_category_with_a_closing_letter_sends_one(desk: PaperDesk) -> None:
    desk.arrive(mail())
    act(SetFields(actor="kari", category="print"), 1000, desk.office)
    act(Close(actor="kari"), 1000, desk.office)
    assert letters(desk, "answer")[0].to == (OLA,)


def test_a_postponed_case_wakes_when_its_time_has_come_and_tells_who_has_it(desk: PaperDesk) -> None:
    desk.arrive(mail())
    until = desk.clock.now().replace(hour=12)
    act(SetFields(actor="kari", status=Status.POSTPONED, until=until), 1000, desk.office)
    assert tick(desk.office) == 0
    desk.clock.forward(hours=3)
    before = len(letters(desk, "agent"))
    assert tick(desk.office) == 2
    assert queue(desk.office)[0]["status"] == "open"
    assert len(letters(desk, "agent")) > before
    assert tick(desk.office) == 0


def tell(desk: PaperDesk, letter_id: int, state: str) -> None:
    with desk.office.store.begin() as db:
        tell_undelivered(desk.office, db, letter_id, state)


@pytest.mark.parametrize(("state", "undelivered"), [("failed", True), ("unknown", False)])
def test_an_answer_that_did_not_arrive_is_told_of_on_its_case(desk: PaperDesk, state: str, undelivered: bool) -> None:
    desk.arrive(mail())
    act(Reply(actor="kari", text="Hei"), 1000, desk.office)
    told = len(letters(desk, "agent"))
    tell(desk, letters(desk, "answer")[0].id, state)
    case = show(desk.office, case_id_of(1000, desk.office))
    assert case["undelivered"] is undelivered
    assert "the connection broke" in case["journal"][-1]["text"]
    assert len(letters(desk, "agent")) == told + 1


def test_a_letter_with_nobodys_words_is_only_logged(desk: PaperDesk) -> None:
    desk.arrive(mail())
    before = desk.letters()
    tell(desk, letters(desk, "receipt")[0].id, "failed")
    assert desk.letters() == before


def test_an_answer_that_is_sent_again_has_not_failed(desk: PaperDesk) -> None:
    desk.arrive(mail())
    act(Reply(actor="kari", text="Hei"), 1000, desk.office)
    answer = letters(desk, "answer")[0].id
    with desk.office.store.begin() as db:
        (claimed,) = [one for one in outbox.claim(db, owner="x", lease=HOUR, now=NOW, limit=9) if one.id == answer]
        outbox.record(
            db, answer, owner="x", recipients=(refused(claimed.rcpt_tos[0]),), state="failed", next_attempt_at=None,
            now=NOW, last_reply="550 no",
        )  # fmt: skip
    tell(desk, answer, "failed")
    case_id = case_id_of(1000, desk.office)
    assert show(desk.office, case_id)["undelivered"]
    assert outbox_order(desk.office, answer, "retry", actor="kari")["state"] == "queued"
    assert not show(desk.office, case_id)["undelivered"]
    assert outbox_order(desk.office, answer, "hold", actor="kari")["state"] == "hold"


def refused(address: str) -> RecipientOutcome:
    return RecipientOutcome(
        address=address, outcome=Outcome.PERMANENT, reply=SmtpReply(code=550, enhanced_status="", text="no")
    )


def test_an_answer_that_is_cancelled_was_no_response(desk: PaperDesk) -> None:
    desk.arrive(mail())
    due = queue(desk.office)[0]["due"]
    act(Reply(actor="kari", text="Hei"), 1000, desk.office)
    assert queue(desk.office)[0]["due"] != due
    outbox_order(desk.office, letters(desk, "answer")[0].id, "cancel", actor="kari")
    assert queue(desk.office)[0]["due"] == due
    said = [entry["text"] for entry in show(desk.office, case_id_of(1000, desk.office))["journal"][-2:]]
    assert "never left" in said[0]
    assert "waits for its first answer again" in said[1]
    act(Reply(actor="kari", text="Hei igjen"), 1000, desk.office)
    act(Reply(actor="kari", text="En til"), 1000, desk.office)
    outbox_order(desk.office, letters(desk, "answer")[0].id, "cancel", actor="kari")
    assert queue(desk.office)[0]["due"] != due
    outbox_order(desk.office, letters(desk, "receipt")[0].id, "cancel", actor="kari")

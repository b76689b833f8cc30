"""`explain` says what a mail would become, and writes nothing."""

from pathlib import Path
from typing import Any

from inboxd.config.anywhere import built_in_desk
from inboxd.desk.order import Reply
from inboxd.mail.message import ParsedMessage
from inboxd.mail.parse import parse
from inboxd.office.act import act, case_id_of
from inboxd.office.documents import queue, show
from inboxd.office.explain import Explainer
from inboxd.parsing.failure import ParseFailed
from tests.integration.paper_desk import OLA, MovedClock, PaperDesk, mail

FIXTURES = Path(__file__).parents[2] / "fixtures" / "mail"
KEYS = {
    "path", "subject", "from", "to", "cc", "message_id", "in_reply_to", "references", "date", "kind", "evidence",
    "text", "reply_text", "language", "attachments", "bounce", "defects", "references_found", "threading", "routing",
    "decision", "letters", "suppressed",
}  # fmt: skip


def explained(octets: bytes, desk: PaperDesk | None = None) -> dict[str, Any]:
    if desk is None:
        return Explainer(desk=built_in_desk(), office=None, parser=parse, clock=MovedClock()).explain("a.eml", octets)
    explainer = Explainer(desk=desk.office.desk, office=desk.office, parser=parse, clock=desk.clock)
    return explainer.explain("a.eml", octets)


def test_a_new_mail_would_open_a_case_and_get_a_receipt(desk: PaperDesk) -> None:
    document = explained(mail(), desk)
    assert set(document) >= KEYS
    assert (document["path"], document["kind"], document["decision"]) == ("a.eml", "human", "open_case")
    assert document["threading"] == {"case": None, "evidence": "none"}
    assert document["routing"]["category"] == "it"
    assert document["from"] == {"name": "Ola Nordmann", "address": OLA}
    assert document["letters"][0] == {"kind": "receipt", "to": [OLA], "subject": "[KS-…] Skriveren virker ikke"}
    assert queue(desk.office) == []
    assert desk.letters() == ()


def test_a_mail_that_is_in_the_database_is_explained_as_if_it_came_now(desk: PaperDesk) -> None:
    desk.arrive(mail())
    assert explained(mail(), desk)["decision"] == "open_case"


def test_an_answer_would_go_on_its_case(desk: PaperDesk) -> None:
    desk.arrive(mail())
    (case,) = queue(desk.office)
    by_number = explained(mail(f"SV: [{case['reference']}] Skriveren", number=2), desk)
    assert by_number["decision"] == "add_to_case"
    assert by_number["threading"] == {"case": case["reference"], "evidence": "reference_participant"}
    assert {"reference": case["reference"], "where": "subject", "valid": True} in by_number["references_found"]
    assert by_number["suppressed"][0]["kind"] == "receipt"
    assert by_number["letters"][0]["subject"] == f"[{case['reference']}] Skriveren virker ikke"
    assert by_number["routing"] is None


def test_the_report_on_a_letter_of_ours_would_be_recorded(desk: PaperDesk) -> None:
    desk.arrive(mail())
    acted = act(Reply(actor="kari", text="Hei"), 1000, desk.office)
    minted = acted.letters[0].message_id
    bounced = (
        b"From: MAILER-DAEMON@kommune.example\nTo: kundeservice@desk.example\nSubject: Undelivered\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n'
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; m.kommune.example\n\n"
        b"Final-Recipient: rfc822; ola@kommune.example\nAction: failed\nStatus: 5.1.1\n\n--b\n"
        b"Content-Type: text/rfc822-headers\n\nMessage-ID: " + minted.encode() + b"\n\n--b--\n"
    )
    document = explained(bounced, desk)
    assert (document["kind"], document["decision"]) == ("bounce", "record_delivery")
    assert document["threading"]["evidence"] == "report"
    assert document["bounce"]["original_message_id"] == minted
    assert document["bounce"]["recipients"][0]["address"] == OLA
    assert not show(desk.office, case_id_of(1000, desk.office))["undelivered"]


def test_every_fixture_is_explained_without_a_database() -> None:
    for path in FIXTURES.rglob("*.eml"):
        document = explained(path.read_bytes())
        assert set(document) >= KEYS, path.name
        assert document["language"], path.name


def test_an_automatic_reply_would_be_ignored_with_the_reason() -> None:
    document = explained(mail(Auto_Submitted="auto-replied"))
    assert (document["kind"], document["decision"], document["letters"]) == ("auto_reply", "ignore", [])
    assert document["evidence"][0]["rule"] == "auto-submitted"
    assert document["bounce"] is None


def test_what_is_no_mail_is_explained_too() -> None:
    document = explained(b"\xff\x00garbage")
    assert document["from"] is None
    assert document["date"] is None


def test_a_mail_that_kills_its_reader_would_be_held() -> None:
    def dies(octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        raise ParseFailed("The reader of mail died.")

    explainer = Explainer(desk=built_in_desk(), office=None, parser=dies, clock=MovedClock())
    document = explainer.explain("bomb.eml", b"x" * 10)
    assert (document["decision"], document["defects"]) == ("hold", ["unreadable: The reader of mail died."])


def test_of_a_mail_above_the_size_only_the_header_is_read_as_by_the_daemon(desk: PaperDesk) -> None:
    large = mail() + b"x" * desk.office.desk.max_message_size
    document = explained(large, desk)
    assert (document["kind"], document["text"], document["decision"]) == ("malformed", "", "open_case")
    assert document["subject"] == "Skriveren virker ikke"
    endless = explained(b"X: " + b"x" * desk.office.desk.max_message_size, desk)
    assert endless["kind"] == "malformed"

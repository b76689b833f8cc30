from pathlib import Path

import pytest

from inboxd.desk.classify import classify
from inboxd.mail.address import Address
from inboxd.mail.message import DeliveryReport, MailKind, ReportedRecipient
from inboxd.mail.parse import parse
from tests.unit.messages import message

FIXTURES = Path(__file__).parents[2] / "fixtures" / "mail"


def test_a_plain_mail_is_a_persons() -> None:
    classification = classify(message())
    assert classification.kind is MailKind.HUMAN
    assert classification.evidence == ()


def test_the_evidence_names_the_rule_and_what_it_saw() -> None:
    classification = classify(message(("Auto-Submitted", "Auto-Replied; x=y")))
    assert classification.kind is MailKind.AUTO_REPLY
    assert [(e.rule, e.detail) for e in classification.evidence] == [("auto-submitted", "Auto-Submitted: auto-replied")]
    assert classification.detail("auto-submitted") == "Auto-Submitted: auto-replied"
    assert classification.detail("list-field") is None


def test_every_rule_that_hit_is_named_and_the_first_kind_wins() -> None:
    classification = classify(
        message(("Precedence", "list"), ("List-Id", "<x.y>"), ("Auto-Submitted", "auto-replied"), encryption="pgp/mime")
    )
    assert classification.kind is MailKind.AUTO_REPLY
    assert [e.rule for e in classification.evidence] == ["auto-submitted", "list-field", "precedence-list", "encrypted"]


def test_a_sign_without_a_kind_is_evidence_and_leaves_a_person_a_person() -> None:
    classification = classify(message(("X-Auto-Response-Suppress", "All")))
    assert classification.kind is MailKind.HUMAN
    assert classification.detail("auto-response-suppress") == "X-Auto-Response-Suppress: All"


@pytest.mark.parametrize("action", ["failed", "delayed"])
def test_postfixs_report_is_no_automatic_reply_though_it_says_auto_replied(action: str) -> None:
    failed = ReportedRecipient(address="a@kommune.example", action=action, status="", diagnostic="")
    parsed = message(
        ("Auto-Submitted", "auto-replied"),
        from_=(Address(name="", address="MAILER-DAEMON@mail.desk.example"),),
        identity=None,
        return_path="",
        subject="Undelivered Mail Returned to Sender" if action == "failed" else "Delayed Mail (still being retried)",
        report=DeliveryReport(original_message_id=None, envelope_id=None, recipients=(failed,)),
    )
    assert classify(parsed).kind is (MailKind.BOUNCE if action == "failed" else MailKind.DELAY)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bounces/postfix-unknown-user", MailKind.BOUNCE),
        ("bounces/postfix-delayed-headers-only", MailKind.DELAY),
        ("bounces/success-relayed", MailKind.READ_RECEIPT),
        ("bounces/person-forwards-a-bounce", MailKind.HUMAN),
        ("kinds/out-of-office-outlook-nb", MailKind.AUTO_REPLY),
        ("kinds/read-receipt", MailKind.READ_RECEIPT),
        ("kinds/abuse-report", MailKind.ABUSE_REPORT),
        ("kinds/invitation", MailKind.CALENDAR),
        ("kinds/list-mail", MailKind.LIST),
        ("kinds/web-form", MailKind.NOTIFICATION),
    ],
)
def test_a_mail_as_it_comes_from_the_wire_is_of_its_kind(name: str, kind: MailKind) -> None:
    assert classify(parse((FIXTURES / f"{name}.eml").read_bytes())).kind is kind

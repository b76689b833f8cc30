"""The fields of a report as servers really write them."""

import pytest

from inboxd.mail.bounce.status_fields import (
    MAX_RECIPIENTS,
    complete,
    one_each,
    read_address,
    read_diagnostic,
    read_fields,
    read_status,
    recipients,
)
from inboxd.mail.message import ReportedRecipient


def told(text: str, *candidates: str, otherwise: str = "") -> list[tuple[str, str, str]]:
    found = recipients(read_fields(text), otherwise=otherwise, candidates=candidates)
    return [(r.address, r.action, r.status) for r in found]


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("rfc822;a@b.example", "a@b.example"),
        ("RFC822; <a@b.example>", "a@b.example"),
        ("rfc822;SMTP:a@b.example", "a@b.example"),
        ("<mailto:a@b.example>", "a@b.example"),
        ("rfc822; 'a@b.example'", "a@b.example"),
        ("system;a@b.example", "a@b.example"),
        ("a@b.example (Per Hansen)", "a@b.example"),
        ('rfc822; "a b"@b.example', '"a b"@b.example'),
        ("rfc822;a+2Bc@b.example", "a+c@b.example"),
        ("rfc822;a+3Db@c.example", "a=b@c.example"),
        (r"utf-8; \x{E5}se@b\x{E6}rum.example", "åse@bærum.example"),
        (r"utf-8; a\x{D800}@c.example", "x{D800}@c.example"),
        (r"utf-8; a\x{110000}@c.example", "x{110000}@c.example"),
        ("x400; /RFC-822=a(a)b.example/C=NO/", "a@b.example"),
        ("x400; /S=per/C=NO/", ""),
        ("rfc822;IMCEASMTP-a+40b+2Eexample@gw.example", "a@b.example"),
        ("rfc822;IMCEAEX-_O=FIRMA_CN=PER@b.example", "IMCEAEX-_O=FIRMA_CN=PER@b.example"),
        ("rfc822; per", "per"),
        ("unknown;", ""),
        ("rfc822; ???", ""),
        ("", ""),
    ],
)
def test_an_address_is_taken_out_of_whatever_stands_around_it(value: str, address: str) -> None:
    assert read_address(value) == address


@pytest.mark.parametrize(
    ("value", "diagnostic"),
    [
        ("smtp; 550 no; really", "550 no; really"),
        ("X-Postfix;late", "late"),
        ("#< #5.7.1 smtp;550 5.7.1 no> #SMTP#", "550 5.7.1 no"),
        ("smtp;#<gw.example #5.5.0 smtp;550 no>", "550 no"),
        ("#<", ""),
        ("", ""),
    ],
)
def test_a_diagnostic_loses_its_type_and_wrapping(value: str, diagnostic: str) -> None:
    assert read_diagnostic(value) == diagnostic


@pytest.mark.parametrize(
    ("value", "diagnostic", "status"),
    [
        ("5.1.1 (no such)", "", "5.1.1"),
        ("", "550 5.7.1 no", "5.7.1"),
        ("553 too large", "", "5.0.0"),
        ("", "452 later", "4.0.0"),
        ("unknown", "no", ""),
        ("192.5.1.1.2", "", ""),
    ],
)
def test_a_status_comes_from_its_field_or_from_the_diagnostic(value: str, diagnostic: str, status: str) -> None:
    assert read_status(value, diagnostic) == status


@pytest.mark.parametrize(
    ("action", "read_as"),
    [
        ("Failed", "failed"), ("failure", "failed"), ("expired", "failed"), ("undeliverable", "failed"),
        ("deferred", "delayed"), ("delayed (x)", "delayed"), ("relayed", "relayed"), ("expanded", "expanded"),
        ("delivered", "delivered"),
    ],
)  # fmt: skip
def test_actions_are_known_by_how_they_begin(action: str, read_as: str) -> None:
    assert told(f"Final-Recipient: rfc822;a@b.example\nAction: {action}") == [("a@b.example", read_as, "")]


def test_without_an_action_the_status_counts_and_then_what_the_words_say() -> None:
    group = "Final-Recipient: rfc822;a@b.example\nAction: strange\n"
    assert told(f"{group}Status: 4.4.1", otherwise="failed") == [("a@b.example", "delayed", "4.4.1")]
    assert told(group, otherwise="failed") == [("a@b.example", "failed", "")]
    assert told(group) == []


def test_a_group_may_be_torn_indented_or_run_into_the_next() -> None:
    assert told("Final-Recipient: a@b.example\n\nAction: failed\nStatus: 5.1.1") == [("a@b.example", "failed", "5.1.1")]
    assert told("  Final-Recipient: a@b.example\n  Action: failed") == [("a@b.example", "failed", "")]
    both = "Final-Recipient: a@b.example\nAction: failed\nFinal-Recipient: c@b.example\nAction: delayed"
    assert told(both) == [("a@b.example", "failed", ""), ("c@b.example", "delayed", "")]


def test_a_folded_value_goes_on_whether_it_is_indented_or_not() -> None:
    status = read_fields("Final-Recipient: a@b.example\nDiagnostic-Code: smtp; one\n two: x\nthree")
    assert status.recipients[0]["diagnostic-code"] == "smtp; one two: x three"


def test_what_is_about_the_mail_is_kept_apart_and_its_first_word_counts() -> None:
    status = read_fields(
        "words\nOriginal-Envelope-Id: 7\n\nFinal-Recipient: a@b.example\nAction: failed\n\nX-A: 1\nX-A: 2"
    )
    assert status.message == {"original-envelope-id": "7", "x-a": "1"}


def test_a_local_name_is_completed_by_those_the_mail_went_to() -> None:
    group = "Final-Recipient: rfc822;per\nAction: failed"
    assert told(group, "ola@b.example", "Per@b.example") == [("Per@b.example", "failed", "")]
    assert told(group, "per.hansen@b.example") == [("per.hansen@b.example", "failed", "")]
    assert told(group, "x@b.example", "y@b.example") == [("per", "failed", "")]
    assert complete("per", ()) == "per"


def test_a_directory_path_is_only_used_where_nothing_better_is_known() -> None:
    group = "Final-Recipient: rfc822;IMCEAEX-_O=F_CN=PER@b.example\nAction: failed"
    assert told(group, "per@b.example") == [("per@b.example", "failed", "")]
    assert told(group) == [("IMCEAEX-_O=F_CN=PER@b.example", "failed", "")]


def test_more_recipients_than_anybody_writes_to_are_not_read() -> None:
    group = "Final-Recipient: rfc822;a@b.example\nAction: failed\n\n"
    assert len(told(group * (MAX_RECIPIENTS + 1))) == MAX_RECIPIENTS


def test_each_recipient_is_told_once_and_the_worst_counts() -> None:
    def told_of(address: str, action: str) -> ReportedRecipient:
        return ReportedRecipient(address=address, action=action, status="", diagnostic="")

    kept = one_each(
        [told_of("A@b.example", "delayed"), told_of("c@b.example", "relayed"), told_of("a@b.example", "failed")]
    )
    assert [(r.address, r.action) for r in kept] == [("a@b.example", "failed")]


def test_of_groups_that_were_torn_the_first_value_of_a_field_counts() -> None:
    status = read_fields(
        "A-B: 1\n\nA-B: 2\nC-D: 3\n\nFinal-Recipient: rfc822; a@b.example\n\nStatus: 5.1.1\n\nStatus: 4.0.0\n"
    )
    assert status.message == {"a-b": "1", "c-d": "3"}
    assert [group["status"] for group in status.recipients] == ["5.1.1"]

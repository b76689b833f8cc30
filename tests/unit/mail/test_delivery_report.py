"""Reports of many servers, each with a fixture written in its shape, and what is no report."""

import email
from pathlib import Path

import pytest

from inboxd.mail.delivery_report import read_report
from inboxd.mail.message import DeliveryReport

FIXTURES = Path(__file__).parents[2] / "fixtures" / "mail"
QUOTED = "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n"
OURS = "<417.k1.abcdefghijklmnopqrstuvwxyz@desk.example>"


def read(octets: bytes) -> DeliveryReport | None:
    return read_report(email.message_from_bytes(octets))


def told(report: DeliveryReport | None) -> list[tuple[str, str, str]]:
    assert report is not None
    return [(r.address, r.action, r.status) for r in report.recipients]


REPORTS = [
    ("3001-postfix-unknown-user", OURS, "417", [("borte@kommune.example", "failed", "5.1.1")]),
    ("3002-postfix-delayed-headers-only", OURS, None, [("treg@kommune.example", "delayed", "4.2.1")]),
    (
        "3003-exim-several-recipients",
        OURS,
        None,
        [("en@firma.example", "failed", "5.2.2"), ("to@firma.example", "delayed", "4.0.0")],
    ),
    ("3004-exchange-undeliverable-nb", OURS, "417", [("borte@kommune.example", "failed", "5.1.10")]),
    ("3005-gmail-no-such-address", OURS, None, [("borte@post.example", "failed", "5.1.1")]),
    ("3006-qmail-in-words", OURS, None, [("borte@gammel.example", "failed", "5.1.1")]),
    (
        "3007-old-exim-in-words",
        OURS,
        None,
        [("en@gammel.example", "failed", "5.7.1"), ("to@gammel.example", "failed", "5.0.0")],
    ),
    ("3008-norwegian-in-words", OURS, None, [("borte@kommune.example", "failed", "5.0.0")]),
    ("3009-success-relayed", None, "417", []),
    ("3010-encoded-status-no-original", None, None, [("borte@kommune.example", "failed", "5.4.1")]),
    ("3011-global-status-utf8", OURS, None, [("åse@kommune.example", "failed", "5.6.7")]),
    ("3012-footer-around-report", OURS, None, [("borte@kommune.example", "failed", "5.0.0")]),
]


@pytest.mark.parametrize(("name", "original", "envelope_id", "recipients"), REPORTS)
def test_a_servers_report_is_read(
    name: str, original: str | None, envelope_id: str | None, recipients: list[tuple[str, str, str]]
) -> None:
    report = read((FIXTURES / f"{name}.eml").read_bytes())
    assert told(report) == recipients
    assert report is not None
    assert (report.original_message_id, report.envelope_id) == (original, envelope_id)


def test_a_diagnostic_is_one_line_without_its_type() -> None:
    report = read((FIXTURES / "3001-postfix-unknown-user.eml").read_bytes())
    assert report is not None
    assert report.recipients[0].diagnostic == "550 5.1.1 <borte@kommune.example> User doesn't exist here"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("smtp; 550 no; really", "550 no; really"), ("550 no; really", "550 no; really"), ("X-Postfix;late", "late")],
)
def test_only_the_type_is_taken_off_a_diagnostic(written: str, read_as: str) -> None:
    group = f"Final-Recipient: rfc822;a@b.example\nAction: failed\nDiagnostic-Code: {written}"
    report = read(status_report(group))
    assert report is not None
    assert report.recipients[0].diagnostic == read_as


def test_a_person_who_forwards_a_report_sends_none() -> None:
    assert read((FIXTURES / "3013-person-forwards-a-bounce.eml").read_bytes()) is None


def status_report(groups: str, *parts: str, head: str = "From: mailer-daemon@kommune.example\n") -> bytes:
    pieces = (f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n{groups}", *parts)
    body = "".join(f"--B\n{piece}\n" for piece in pieces)
    return f"{head}Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n{body}--B--\n".encode()


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("Final-Recipient: rfc822; a@b.example\nAction: FAILED\nStatus: 5.0.0", ("a@b.example", "failed", "5.0.0")),
        ("Final-Recipient: a@b.example\nAction: error\nStatus: 5.0.0", ("a@b.example", "failed", "5.0.0")),
        ("Final-Recipient: rfc822;<a@b.example>\nStatus: 4.4.7 (late)", ("a@b.example", "delayed", "4.4.7")),
        ("Original-Recipient: rfc822;o@b.example\nAction: failed", ("o@b.example", "failed", "")),
        ("Original-Recipient: ;\nFinal-Recipient: rfc822;f@b.example\nAction: failed", ("f@b.example", "failed", "")),
    ],
)  # fmt: skip
def test_a_recipients_group_is_read_as_loosely_as_servers_write_it(group: str, expected: tuple[str, str, str]) -> None:
    assert told(read(status_report(group))) == [expected]


@pytest.mark.parametrize(
    "group", ["Final-Recipient: rfc822; a@b.example", "Action: failed\nStatus: 5.0.0", "no field at all", ""]
)
def test_a_report_without_a_readable_recipient_is_none(group: str) -> None:
    assert read(status_report(group, head="From: Ola <ola@kommune.example>\n")) is None


def test_who_failed_is_not_also_delayed() -> None:
    groups = (
        "Final-Recipient: rfc822;a@b.example\nAction: delayed\n\nFinal-Recipient: rfc822;A@b.example\nAction: failed"
    )
    assert told(read(status_report(groups))) == [("A@b.example", "failed", "")]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (f"Content-Type: message/rfc822\n\nMessage-ID: {OURS}\n\nhei", OURS),
        (f"Content-Type: text/rfc822-headers\n\nmessage-id: {OURS}", OURS),
        (f"Content-Type: text/plain\n\nMessage-ID: {OURS}", None),
        ("Content-Type: message/rfc822\n\nSubject: none\n\nhei", None),
        ("Content-Type: message/rfc822\n\nMessage-ID: not an id\n\nhei", None),
        (f"Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: x-uuencode\n\nMessage-ID: {OURS}", None),
        (f"{QUOTED}Subject: x\nMessage-ID:=20\n {OURS}\n\nhei", OURS),
        (f"{QUOTED}A=\nMessage-ID: {OURS}\n", None),
    ],
)  # fmt: skip
def test_the_original_message_id_stands_in_the_returned_part_only(part: str, expected: str | None) -> None:
    report = read(status_report("Final-Recipient: rfc822;a@b.example\nAction: failed", part))
    assert report is not None
    assert report.original_message_id == expected


def returned(body: str, *, sender: str = "mailer-daemon@kommune.example", fields: str = "") -> bytes:
    return f"From: {sender}\nSubject: failure notice\n{fields}\n{body}".encode()


def test_a_report_whose_parts_say_nothing_is_read_in_its_words() -> None:
    part = "Content-Type: text/plain\n\n<a@b.example>: 550 5.1.1 no such user\n\nx@y.example is fine"
    assert told(read(status_report("", part))) == [("a@b.example", "failed", "5.1.1")]


def test_a_4xx_in_words_is_a_delay() -> None:
    assert told(read(returned("a@b.example\n 450 4.2.1 later"))) == [("a@b.example", "delayed", "4.2.1")]
    late = returned("a@b.example\n 450 later").replace(b"failure notice", b"Delayed Mail")
    assert told(read(late)) == [("a@b.example", "delayed", "4.0.0")]


def test_an_address_that_the_words_do_not_explain_still_failed() -> None:
    report = read(returned("Sorry.", fields="X-Failed-Recipients: a@b.example, , not an address\n"))
    assert told(report) == [("a@b.example", "failed", "5.0.0")]
    assert report is not None
    assert report.recipients[0].diagnostic == ""


@pytest.mark.parametrize(
    "octets",
    [
        b"From: Ola <ola@kommune.example>\nSubject: failure notice\n\na@b.example 550 5.1.1 no",
        b"Return-Path: <>\nFrom: Ola <ola@kommune.example>\nSubject: Ute\n\na@b.example 550 5.1.1 no",
        b"From: mailer-daemon@kommune.example\nSubject: failure notice\n\nNo address 550 5.1.1 here.",
        b"From: mailer-daemon@kommune.example\nSubject: failure notice\n\nAsk a@b.example about it.",
        b"",
    ],
)
def test_what_is_not_clearly_a_returned_mail_is_no_report(octets: bytes) -> None:
    assert read(octets) is None


@pytest.mark.parametrize("sender", ["MAILER-DAEMON", "postmaster@kommune.example", "Mailer-Daemon@x.example (System)"])
def test_mail_servers_are_known_by_many_names(sender: str) -> None:
    assert told(read(returned("a@b.example\n 550 no", sender=sender))) == [("a@b.example", "failed", "5.0.0")]


def test_a_shape_that_only_flufl_knows_is_read() -> None:
    body = (
        "The following addresses had permanent fatal errors\na@b.example\n----- Transcript of session follows -----\n"
    )
    assert told(read(returned(body))) == [("a@b.example", "failed", "5.0.0")]


def test_the_walk_ends_where_a_report_is_deep_or_wide() -> None:
    group = "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822;a@b.example\nAction: failed\n\n"
    wide = "From: mailer-daemon@x.example\nContent-Type: multipart/mixed; boundary=B\n\n" + "--B\n\nx\n" * 60
    assert read(f"{wide}--B\n{group}\n--B--\n".encode()) is None
    deep = "".join(f"Content-Type: multipart/mixed; boundary=B{n}\n\n--B{n}\n" for n in range(6))
    assert read(f"From: mailer-daemon@x.example\n{deep}{group}".encode()) is None

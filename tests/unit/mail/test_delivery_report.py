"""Reports of many servers, each with a fixture written in its shape, and what is no report."""

from pathlib import Path

import pytest

from inboxd.mail.delivery_report import read_report
from inboxd.mail.message import DeliveryReport
from inboxd.mail.structure.entity import read_entity

FIXTURES = Path(__file__).parents[2] / "fixtures" / "mail" / "bounces"
QUOTED = "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n"
OURS = "<417.k1.abcdefghijklmnopqrstuvwxyz@desk.example>"


def read(octets: bytes) -> DeliveryReport | None:
    return read_report(read_entity(octets))


def told(report: DeliveryReport | None) -> list[tuple[str, str, str]]:
    assert report is not None
    return [(r.address, r.action, r.status) for r in report.recipients]


REPORTS = [
    ("postfix-unknown-user", OURS, "417", [("borte@kommune.example", "failed", "5.1.1")]),
    ("postfix-delayed-headers-only", OURS, None, [("treg@kommune.example", "delayed", "4.2.1")]),
    (
        "exim-several-recipients",
        OURS,
        None,
        [("en@firma.example", "failed", "5.2.2"), ("to@firma.example", "delayed", "4.0.0")],
    ),
    ("exchange-undeliverable-nb", OURS, "417", [("borte@kommune.example", "failed", "5.1.10")]),
    ("gmail-report", OURS, None, [("borte@post.example", "failed", "5.1.1")]),
    ("qmail-in-words", OURS, None, [("borte@gammel.example", "failed", "5.1.1")]),
    (
        "old-exim-in-words",
        OURS,
        None,
        [("en@gammel.example", "failed", "5.7.1"), ("to@gammel.example", "failed", "5.0.0")],
    ),
    ("norwegian-in-words", OURS, None, [("borte@kommune.example", "failed", "5.0.0")]),
    ("success-relayed", None, "417", []),
    ("encoded-status-no-original", None, None, [("borte@kommune.example", "failed", "5.4.1")]),
    ("global-status-utf8", OURS, None, [("åse@kommune.example", "failed", "5.6.7")]),
    ("footer-around-report", OURS, None, [("borte@kommune.example", "failed", "5.0.0")]),
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
    report = read((FIXTURES / "postfix-unknown-user.eml").read_bytes())
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
    assert read((FIXTURES / "person-forwards-a-bounce.eml").read_bytes()) is None


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
        (f"Content-Type: text/plain\n\nMessage-ID: {OURS}", OURS),
        ("Content-Type: message/rfc822\n\nSubject: none\n\nhei", None),
        ("Content-Type: message/rfc822\n\nMessage-ID: not an id\n\nhei", None),
        (f"Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: x-unknown\n\nMessage-ID: {OURS}", OURS),
        (f"{QUOTED}Subject: x\nMessage-ID:=20\n {OURS}\n\nhei", OURS),
        (f"{QUOTED}A=\nMessage-ID: {OURS}\n", None),
    ],
)  # fmt: skip
def test_the_original_message_id_is_found_wherever_a_server_puts_it(part: str, expected: str | None) -> None:
    report = read(status_report("Final-Recipient: rfc822;a@b.example\nAction: failed", part))
    assert report is not None
    assert report.original_message_id == expected


def returned(body: str, *, sender: str = "mailer-daemon@kommune.example", fields: str = "") -> bytes:
    return f"From: {sender}\nSubject: failure notice\n{fields}\n{body}".encode()


def test_a_report_whose_parts_say_nothing_is_read_in_its_words() -> None:
    part = "Content-Type: text/plain\n\n<a@b.example>: 550 5.1.1 no such user\n\nx@y.example is fine"
    assert told(read(status_report("", part))) == [("a@b.example", "failed", "5.1.1")]


def test_a_4xx_is_a_delay_only_where_the_server_says_so() -> None:
    assert told(read(returned("a@b.example\n 450 4.2.1 later"))) == [("a@b.example", "failed", "4.2.1")]
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
        b"",
    ],
)
def test_what_is_not_clearly_a_returned_mail_is_no_report(octets: bytes) -> None:
    assert read(octets) is None


@pytest.mark.parametrize("words", ["No address 550 5.1.1 here.", "Please ask a@b.example about it."])
def test_a_servers_letter_may_name_nobody(words: str) -> None:
    report = read(returned(words))
    assert told(report) == []
    assert report is not None
    assert report.outcome == "failed"


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


def addresses(octets: bytes) -> list[str]:
    report = read(octets)
    assert report is not None
    return [r.address for r in report.recipients]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Unknown user: a@b.example", ["a@b.example"]),
        ("Your mail to a@b.example could not be delivered.", ["a@b.example"]),
        ("The following failed:\n\n  a@b-c.example\n  c@b-c.example", ["a@b-c.example", "c@b-c.example"]),
        ("1. a@b.example - full\n2. c@b.example - no such user", ["a@b.example", "c@b.example"]),
        (">>> RCPT To:<a@b.example>\n<<< 550 no", ["a@b.example"]),
        ("c=NO;dda:SMTP=a@b.example; unknown", ["a@b.example"]),
        ("mottaker：a@b.example\n550", ["a@b.example"]),
        ("Message from x@y.example could not be delivered to a@b.example", ["a@b.example"]),
        ("Undeliverable:\n\n  a@b.example: 550\n\nFor help please write to x@y.example", ["a@b.example"]),
        ("Undeliverable:\n\n  a@b.example: 550\n\nPlease contact\n  x@y.example", ["a@b.example"]),
        ("Undeliverable:\n\n  a@b.example: 550\n\nhelpdesk@b.example", ["a@b.example"]),
        ("<a@b.example>: 550 no\n\nReceived: by x\nTo: c@b.example", ["a@b.example"]),
        ("It failed. About a@b.example.", ["a@b.example"]),
        ("It failed. About a@b.example and c@b.example.", []),
    ],
)
def test_the_words_around_an_address_tell_whether_it_failed(words: str, named: list[str]) -> None:
    assert addresses(returned(words)) == named


def test_neither_the_reader_nor_the_server_failed_unless_it_can_be_nobody_else() -> None:
    fields = "To: desk@d.example\n"
    both = returned("<desk@d.example> wrote to <a@b.example>: 550 no\n", fields=fields)
    assert addresses(both) == ["a@b.example"]
    assert addresses(returned("<desk@d.example>: 550 no\n", fields=fields)) == ["desk@d.example"]


def test_more_addresses_than_can_be_weighed_are_passed_over() -> None:
    many = "\n".join(" ".join(f"a{line}x{n}@b.example" for n in range(40)) for line in range(40))
    assert addresses(returned(f"{many}\n\n<c@b.example>: 550 no")) == []


@pytest.mark.parametrize(
    ("path", "addressed"), [("desk+a=b.example@d.example", ["a@b.example"]), ("desk+a=b@d.example", [])]
)
def test_whom_the_words_do_not_name_the_address_of_the_report_may(path: str, addressed: list[str]) -> None:
    assert addresses(returned("It could not be delivered.", fields=f"To: {path}\n")) == addressed


@pytest.mark.parametrize(
    ("head", "outcome"),
    [
        ("From: postmaster@b.example\nSubject: Undeliverable: x\n", "failed"),
        ("From: postmaster@b.example\nSubject: x\nReturn-Path: <>\n", "failed"),
        ("From: postmaster@b.example\nSubject: x\n", "failed"),
        ("From: noreply@b.example\nSubject: Undeliverable\n", "failed"),
        ("From: x@b.example\nSubject: Undeliverable\nAuto-Submitted: auto-generated\n", "failed"),
        ("From: x@b.example\nSubject: Undeliverable\nReturn-Path: <MAILER-DAEMON>\n", "failed"),
        ("From: x@b.example\nSubject: x\nX-Failed-Recipients: a@b.example\n", "failed"),
        ("From: postmaster@b.example\nSubject: Forsinket: x\n", "delayed"),
        ("From: x@b.example\nSubject: Undeliverable\n", None),
        ("From: postmaster@b.example\nSubject: SV: Undeliverable\n", None),
        ("From: x@b.example\nSubject: SV: Undeliverable\nX-Failed-Recipients: a@b.example\n", None),
        ("From: mailer-daemon@b.example\nSubject: Automatisk svar: Undeliverable\n", None),
        ("From: x@b.example\nSubject: x\nReturn-Path: <>\n", None),
    ],
)
def test_the_less_a_sender_looks_like_a_server_the_more_it_must_say(head: str, outcome: str | None) -> None:
    report = read(f"{head}\nIt could not be delivered:\n\n<a@b.example>: 550 5.1.1 no\n".encode())
    assert (report.outcome if report else None) == outcome


def test_a_postmasters_sentence_alone_is_a_persons() -> None:
    head = "From: postmaster@b.example\nSubject: hei\n"
    assert read(f"{head}\nYour mail could not be delivered.\n".encode()) is None
    assert read(f"{head}Return-Path: <>\n\nYour mail could not be delivered.\n".encode()) is None
    assert addresses(f"{head}Return-Path: <>\n\nYour mail to a@b.example could not be delivered.\n".encode()) == [
        "a@b.example"
    ]


@pytest.mark.parametrize("report_type", ["tlsrpt", "feedback-report", "disposition-notification"])
def test_other_reports_are_not_about_delivery(report_type: str) -> None:
    head = f"From: x@b.example\nContent-Type: multipart/report; report-type={report_type}; boundary=B\n"
    assert read(f"{head}\n--B\n\n<a@b.example>: 550 5.1.1 failed\n--B--\n".encode()) is None


def test_a_status_part_may_be_the_whole_mail() -> None:
    head = "From: x@b.example\nContent-Type: message/delivery-status\n"
    assert addresses(f"{head}\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n".encode()) == ["a@b.example"]


def test_a_report_without_a_reason_takes_the_one_in_the_words() -> None:
    part = "Content-Type: text/plain\n\n<a@b.example>: mailbox full"
    report = read(status_report("Final-Recipient: rfc822;a@b.example\nAction: failed", part))
    assert report is not None
    assert report.recipients[0].diagnostic == "mailbox full"


@pytest.mark.parametrize(
    "place",
    [
        "X-Original-Message-ID: {}\n\nFinal-Recipient: a@b.example\nAction: failed",
        "Original-Message-ID: {}\n\nFinal-Recipient: a@b.example\nAction: failed",
    ],
)
def test_the_status_part_may_cite_the_letter(place: str) -> None:
    report = read(status_report(place.format(OURS)))
    assert report is not None
    assert report.original_message_id == OURS


def test_a_report_answers_the_letter_it_is_about() -> None:
    report = read(
        returned("<a@b.example>: 550 no", fields=f"References: <old@x.example> {OURS}\nIn-Reply-To: {OURS}\n")
    )
    assert report is not None
    assert report.original_message_id == OURS

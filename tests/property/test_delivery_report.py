"""Whatever the octets: reading a report never raises, and tells only what it may tell."""

from hypothesis import given
from hypothesis import strategies as st

from inboxd.mail.delivery_report import read_report
from inboxd.mail.structure.entity import read_entity

SENDERS = """mailer-daemon@x.example
x@aol.com
x@yale.edu
mailer-daemon@yahoo.com
MAILER-DAEMON
postmaster@x.example
"""
LINES = """Final-Recipient: rfc822; a@b.example
Action: failed
Action: delayed
Status: 5.1.1
Status: x

--B
--B--
Content-Type: message/delivery-status
Content-Type: message/rfc822
Content-Type: multipart/report;
 boundary=B; report-type=delivery-status
Content-Transfer-Encoding: base64
Content-Transfer-Encoding: uue
Content-Transfer-Encoding: quoted-printable
Hi. This is the qmail-send program
<a@b.example>:
550 5.1.1 no
Your message
because:
Message-ID: <x@y>
Original-Envelope-Id: 7
begin 644 x
=ZZ=
QQ
\udcff\udce5
X-Failed-Recipients: a@b.example
The following addresses had permanent errors
Original-Recipient: utf-8; \\x{D800}\\x{E6}@b.example
Final-Recipient: x400; /smtp=a(a)b.example/
Final-Recipient: rfc822; IMCEASMTP-a+40b@x
Diagnostic-Code: #< #5.1.1 smtp;550 no>
could not be delivered to a@b.example and <c@b.example>: 550
------ This is a copy of the message ------
>Received: from x
Message from yahoo.com.
=?utf-8?b?8?="""


@given(
    sender=st.sampled_from(SENDERS.split("\n")),
    lines=st.lists(st.sampled_from(LINES.split("\n")), max_size=40),
    noise=st.binary(max_size=60),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_any_report_is_read_or_none(sender: str, lines: list[str], noise: bytes, end: str) -> None:
    head = f"From: {sender}{end}Return-Path: <>{end}Subject: Undeliverable{end}"
    octets = head.encode() + end.join(lines).encode("ascii", "surrogateescape") + noise
    report = read_report(read_entity(octets))
    if report is not None:
        assert all(recipient.action in {"failed", "delayed"} for recipient in report.recipients)
        keys = [recipient.address.casefold() for recipient in report.recipients]
        assert len(keys) == len(set(keys))

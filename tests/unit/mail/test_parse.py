import datetime as dt
import hashlib

import pytest

from inboxd.mail.address import Address
from inboxd.mail.message import ParsedMessage
from inboxd.mail.parse import MAX_REFERENCES, _Guard, attachment_content, parse

HEADER = {
    "From": "Ola Nordmann <ola@kommune.example>",
    "To": "Kundeservice <kundeservice@desk.example>",
    "Subject": "Skriveren",
    "Message-ID": "<1@kommune.example>",
    "Date": "Tue, 3 Mar 2026 10:12:00 +0100",
}
TEXT = "Hei, jeg får ikke logget inn på skriveren.\r\n"


def mail(body: bytes | str = TEXT, *fields: str, **changes: str | None) -> bytes:
    """Return octets: the usual header with changes (None leaves a field out; `_` stands for `-`), and more fields."""
    names = {**HEADER, **{name.replace("_", "-"): value for name, value in changes.items()}}
    lines = [*fields, *(f"{name}: {value}" for name, value in names.items() if value is not None)]
    head = "\r\n".join(lines).encode("utf-8", "surrogateescape")
    return head + b"\r\n\r\n" + (body.encode() if isinstance(body, str) else body)


def multipart(kind: str, *parts: str) -> bytes:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n"
    return mail(body, "MIME-Version: 1.0", f'Content-Type: multipart/{kind}; boundary="b"')


PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\nHei på deg."
PDF = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0="


def test_a_plain_mail_is_read() -> None:
    octets = mail()
    read = parse(octets)
    assert read.sha256 == hashlib.sha256(octets).hexdigest()
    assert read.size == len(octets)
    assert read.identity == Address(name="Ola Nordmann", address="ola@kommune.example")
    assert read.from_ == (read.identity,)
    assert read.to == (Address(name="Kundeservice", address="kundeservice@desk.example"),)
    assert read.subject == "Skriveren"
    assert read.message_id == "<1@kommune.example>"
    assert read.date == dt.datetime(2026, 3, 3, 9, 12, tzinfo=dt.UTC)
    assert read.text == TEXT.strip()
    assert read.reply_text == TEXT.strip()
    assert read.language == "nb"
    assert read.content_type == "text/plain"
    assert (read.attachments, read.report, read.encryption, read.report_type) == ((), None, None, None)
    assert read.defects == ()


def test_ids_of_a_reply_are_read_in_order() -> None:
    read = parse(mail(TEXT, In_Reply_To="<b@x>", References="<a@x>\r\n <b@x> <a@x>"))
    assert read.in_reply_to == ("<b@x>",)
    assert read.references == ("<a@x>", "<b@x>")


def test_of_too_many_references_the_newest_are_read() -> None:
    read = parse(mail(TEXT, References="\r\n ".join(f"<{n}@x>" for n in range(150))))
    assert len(read.references) == MAX_REFERENCES
    assert read.references[-1] == "<149@x>"
    assert read.defects == ("references: the newest 100 of 150 are read",)


def test_every_from_is_shown_and_none_has_rights_where_there_are_two() -> None:
    read = parse(mail(TEXT, "From: agent@desk.example"))
    assert [a.address for a in read.from_] == ["agent@desk.example", "ola@kommune.example"]
    assert read.identity is None
    assert read.defects == ("header: from occurs more than once",)


@pytest.mark.parametrize(
    "value",
    ["a@x.example, b@x.example", "agent@kommune.no <attacker@evil.example>", '"a b"@x.example', "a@x.example (Kari)"],
)
def test_an_ambiguous_from_has_no_rights(value: str) -> None:
    read = parse(mail(TEXT, From=value))
    assert read.identity is None
    assert read.from_
    assert not [d for d in read.defects if d.startswith("unreadable")]


def test_a_mail_without_from_is_unreadable_unless_a_sender_stands_in() -> None:
    read = parse(mail(TEXT, From=None))
    assert (read.from_, read.identity) == ((), None)
    assert read.defects == ("unreadable: no sender",)
    read = parse(mail(TEXT, From=None, Sender="kari@x.example"))
    assert read.author == Address(name="", address="kari@x.example")
    assert read.defects == ()


def test_where_neither_from_nor_sender_names_anybody_reply_to_does() -> None:
    read = parse(mail(TEXT, From="Kari <>", Reply_To="Kari <kari@x.example>"))
    assert (read.author, read.identity) == (Address(name="Kari", address="kari@x.example"), None)
    assert read.defects == ()


def test_a_from_without_a_domain_is_shown_and_has_no_rights() -> None:
    read = parse(mail(TEXT, From="root (Cron Daemon)"))
    assert (read.author, read.identity) == (Address(name="Cron Daemon", address="root"), None)


def test_the_first_subject_that_says_something_counts() -> None:
    assert parse(mail(TEXT, "Subject:", "Subject: En")).subject == "En"
    read = parse(mail(TEXT, Subject="H\udcc3\udcb8yde p\udcc3"))
    assert read.subject == "Høyde p\ufffd"
    assert read.defects == ("subject: some characters are lost",)


def test_the_first_date_that_is_one_counts() -> None:
    assert parse(mail(TEXT, "Date: i går")).date == dt.datetime(2026, 3, 3, 9, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ((), None),
        (("Return-Path: <>",), ""),
        (("Return-Path: < >",), ""),
        (("Return-Path:",), ""),
        (("Return-Path: <ola@x.example>",), "ola@x.example"),
        (("Return-Path: ola@x.example", "Return-Path: <>"), "ola@x.example"),
    ],
)
def test_a_null_return_path_differs_from_none(fields: tuple[str, ...], path: str | None) -> None:
    assert parse(mail(TEXT, *fields)).return_path == path


def test_recipients_are_all_that_header_and_trace_fields_name() -> None:
    read = parse(mail(TEXT, "Delivered-To: Desk@Desk.example", Cc="b@x.example", Resent_To="c@x.example"))
    assert read.recipients == ("kundeservice@desk.example", "b@x.example", "c@x.example", "desk@desk.example")


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("Tue, 03 Mar 2026 10:12:00 +0100 (CET)", dt.datetime(2026, 3, 3, 9, 12, tzinfo=dt.UTC)),
        ("Tue, 3 Mar 2026 10:12:00", dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)),
        ("2026-03-03", dt.datetime(2026, 3, 3, tzinfo=dt.UTC)),
        ("Tue, 99 Mar 2026 10:12:00 +0100", None),
        ("Tue, 3 Mar 0001 00:12:00 +9900", None),
        ("i går", None),
    ],
)
def test_a_date_is_utc_or_none(value: str, date: dt.datetime | None) -> None:
    read = parse(mail(TEXT, Date=value))
    assert read.date == date
    assert read.defects == (() if date else ("date: not a date",))


def test_a_mail_without_date_has_none() -> None:
    read = parse(mail(TEXT, Date=None))
    assert (read.date, read.defects) == (None, ("date: missing",))
    assert parse(mail(TEXT, Date=" ")).defects == ("date: missing",)


def test_header_fields_are_kept_decoded_in_order() -> None:
    read = parse(mail(TEXT, "X-A: =?utf-8?Q?=C3=A6?=", "X-A: \udcf8", Subject="=?utf-8?Q?H=C3=B8y?=\r\n den"))
    assert read.all_headers("x-a") == ("æ", "ø")
    assert read.subject == "Høy den"


def test_a_body_is_plain_text_where_there_is_some() -> None:
    html = "Content-Type: text/html\r\n\r\n<p>Hei i <b>HTML</b></p>"
    read = parse(multipart("alternative", PLAIN, html))
    assert read.text == "Hei på deg."
    assert read.attachments == ()


def test_every_leaf_that_is_no_body_is_an_attachment() -> None:
    octets = multipart(
        "mixed",
        PLAIN,
        PDF,
        "Content-Type: text/calendar; method=request\r\n\r\nBEGIN:VCALENDAR",
        "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n",
        "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR",
        "Content-Type: message/rfc822\r\n\r\nSubject: inni\r\n\r\nKS-10429",
        "Content-Type: text/plain; name=a.txt\r\n\r\nvedlegg",
        'Content-Type: image/png\r\nContent-ID: <bilde>\r\nContent-Disposition: inline; filename="b.png"\r\n\r\nx',
        "Content-Type: image/png\r\nContent-ID: <bilde2>\r\n\r\nx",
        "Content-Type: text/html\r\nContent-Disposition: attachment\r\n\r\n<p>x</p>",
    )
    read = parse(octets)
    assert read.text == "Hei på deg."
    assert [(a.content_type, a.filename, a.inline, a.content_id, a.method) for a in read.attachments] == [
        ("application/pdf", None, False, None, None),
        ("text/calendar", None, False, None, "REQUEST"),
        ("text/calendar", None, False, None, "REPLY"),
        ("text/calendar", None, False, None, None),
        ("message/rfc822", None, False, None, None),
        ("text/plain", "a.txt", False, None, None),
        ("image/png", "b.png", True, "bilde", None),
        ("image/png", None, True, "bilde2", None),
        ("text/html", None, False, None, None),
    ]
    contents = [attachment_content(octets, a.part) for a in read.attachments]
    assert contents[0] == b"%PDF-"
    assert contents[4] == b"Subject: inni\r\n\r\nKS-10429"
    assert [len(c) for c in contents] == [a.size for a in read.attachments]
    assert [hashlib.sha256(c).hexdigest() for c in contents] == [a.sha256 for a in read.attachments]


def test_there_is_no_content_where_there_is_no_such_part() -> None:
    assert attachment_content(mail(), 7) == b""


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        ('attachment; filename="=?utf-8?Q?H=C3=B8yden.pdf?="', "Høyden.pdf"),
        ("attachment; filename*=utf-8''H%C3%B8yden.pdf", "Høyden.pdf"),
        ("attachment; filename*0*=utf-8''H%C3%B8y; filename*1=den.pdf", "Høyden.pdf"),
        ("attachment; filename*=utf\x00-8''H%C3%B8yden.pdf", "Høyden.pdf"),
        ("attachment; filename*=nonsense''H%C3%B8yden.pdf", "Høyden.pdf"),
        ('attachment; filename="Høyden.pdf"', "Høyden.pdf"),
        ('attachment; filename="H\udcf8yden.pdf"', "Høyden.pdf"),
        ('attachment; filename="../../etc/passwd"', "../../etc/passwd"),
        ('attachment; filename=""', None),
        ("attachment", None),
    ],
)
def test_a_file_name_is_as_declared_and_decoded(disposition: str, filename: str | None) -> None:
    octets = mail("x", f"Content-Disposition: {disposition}", Content_Type="application/pdf")
    assert [a.filename for a in parse(octets).attachments] == [filename]


def test_an_enclosed_message_that_was_encoded_is_decoded() -> None:
    part = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogaW5uaQ0KDQpIZWk="
    octets = multipart("mixed", PLAIN, part)
    assert attachment_content(octets, parse(octets).attachments[0].part) == b"Subject: inni\r\n\r\nHei"


def test_an_encoding_with_blanks_or_comments_is_undone() -> None:
    read = parse(mail("SGVp", Content_Transfer_Encoding="Base64 (as it were)"))
    assert read.text == "Hei"


def test_a_report_is_read_and_its_kind_told() -> None:
    status = (
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        "Final-Recipient: rfc822; kari@x.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    body = f"--b\r\n\r\nKan ikke leveres\r\n--b\r\n{status}\r\n--b--\r\n"
    read = parse(mail(body, 'Content-Type: multipart/report; report-type=Delivery-Status; boundary="b"'))
    assert read.report_type == "delivery-status"
    assert read.report is not None
    assert [r.address for r in read.report.recipients] == ["kari@x.example"]
    assert read.text == "Kan ikke leveres"


@pytest.mark.parametrize(
    ("content_type", "body", "encryption"),
    [
        ("multipart/encrypted; boundary=b", "--b\r\n\r\nx\r\n--b--", "PGP/MIME"),
        ("text/plain", "-----BEGIN PGP MESSAGE-----\r\nx", "PGP"),
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "x", "S/MIME"),
        ("application/x-pkcs7-mime; name=smime.p7m", "x", "S/MIME"),
        ("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "x", None),
        ("application/pkcs7-mime; name=smime.p7c", "x", None),
        ("application/x-microsoft-rpmsg-message", "x", "rights-managed"),
        ("text/plain", "x", None),
    ],
)
def test_encrypted_mail_is_named(content_type: str, body: str, encryption: str | None) -> None:
    assert parse(mail(body, Content_Type=content_type)).encryption == encryption


def test_headers_alone_are_read_without_complaint() -> None:
    read = parse(mail(b"", Content_Type="multipart/mixed; boundary=b"), headers_only=True)
    assert read.headers_only
    assert (read.text, read.attachments, read.defects) == ("", (), ())
    assert read.subject == "Skriveren"


def test_a_forward_is_shown_whole_and_a_reply_without_its_tail() -> None:
    body = "Se her.\r\n\r\nFra: K <k@x.example>\r\nSendt: i dag\r\nTil: Ola\r\nEmne: x\r\n\r\nHei\r\n"
    assert parse(mail(body, Subject="VS: x")).reply_text == body.strip().replace("\r\n", "\n")
    assert parse(mail(body, Subject="SV: x")).reply_text == "Se her."


def key(octets: bytes) -> str:
    return parse(octets).mail_key


def test_copies_that_came_another_way_have_the_same_key() -> None:
    copy = mail(
        TEXT, "Return-Path: <x@y>", "Delivered-To: b@desk.example", "Received: from a", Subject="[EKSTERN] Skriveren"
    )
    assert key(copy) == key(mail())
    assert parse(copy).sha256 != parse(mail()).sha256


@pytest.mark.parametrize(
    "other",
    [
        mail("En annen tekst"),
        mail(Subject="Noe annet"),
        mail(From="kari@x.example"),
        mail(Date="Tue, 3 Mar 2026 10:13:00 +0100"),
        mail(Message_ID="<2@kommune.example>"),
    ],
)
def test_another_mail_under_the_same_id_has_another_key(other: bytes) -> None:
    assert key(other) != key(mail())


def test_without_an_id_the_attachments_count_too_and_without_a_date_the_octets() -> None:
    scan = mail(f"--b\r\n{PDF}\r\n--b--\r\n", "Content-Type: multipart/mixed; boundary=b", Message_ID=None)
    assert key(scan) != key(scan.replace(b"JVBERi0=", b"JVBERi0x"))
    bare = {"Message_ID": None, "Date": None}
    assert key(mail(TEXT, "Received: a", **bare)) != key(mail(TEXT, "Received: b", **bare))


def defects(octets: bytes) -> tuple[str, ...]:
    return parse(octets).defects


def test_of_a_large_header_block_what_matters_is_kept_and_the_body_is_read() -> None:
    read = parse(mail(TEXT, *(f"X-{n}: {'x' * 900}" for n in range(200))))
    assert read.defects == ("limit: the header block has more than 100000 octets",)
    assert (read.subject, read.from_[0].address, read.text) == ("Skriveren", "ola@kommune.example", TEXT.strip())
    read = parse(b"X: " + b"x" * 2_000_000 + b"\r\nSubject: hei\r\n\r\nhei")
    assert read.defects[0] == "limit: the header block has more than 100000 octets"
    assert read.text == "hei"


def test_a_long_thread_and_a_chatty_relay_meet_no_limit() -> None:
    ids = "\r\n ".join(f"<{n}.{'x' * 60}@kommune.example>" for n in range(1_500))
    read = parse(mail(TEXT, "X-Antispam-Report: " + "BCL:0; " * 9_000, References=ids))
    assert [d for d in read.defects if d.startswith("limit")] == []
    assert read.references[-1] == f"<1499.{'x' * 60}@kommune.example>"


def test_too_many_header_fields_are_cut() -> None:
    read = parse(mail(TEXT, X="y").replace(b"From:", b"A: b\r\n" * 1_500 + b"From:", 1))
    assert read.defects == ("limit: more than 1000 header fields",)
    assert len(read.headers) == 1_000
    assert (read.from_[0].address, read.text) == ("ola@kommune.example", TEXT.strip())


def test_too_many_addresses_are_cut() -> None:
    read = parse(mail(TEXT, To=",\r\n ".join(f"a{n}@x.example" for n in range(1_200))))
    assert read.defects == ("limit: more than 1000 addresses in to",)
    assert len(read.to) == 1_000


def test_too_many_parts_are_cut() -> None:
    read = parse(multipart("mixed", PLAIN, *[PDF] * 600))
    assert "limit: more than 500 parts" in read.defects
    assert read.text == "Hei på deg."
    assert len(read.attachments) == 499


def test_a_part_with_an_endless_header_is_cut() -> None:
    read = parse(multipart("mixed", PLAIN, "X: y\r\n" * 3_000 + "\r\nhei", PDF))
    assert "limit: a part's header has more than 10000 octets" in read.defects
    assert read.text == "Hei på deg.\n\nhei"
    assert len(read.attachments) == 1


def test_a_part_with_endless_parameters_is_read() -> None:
    part = f"Content-Type: application/pdf{';a=b' * 2_000}\r\n\r\nhei"
    assert parse(multipart("mixed", PLAIN, part)).attachments[0].content_type == "application/pdf"


def test_an_enclosed_message_may_have_a_long_header() -> None:
    part = "Content-Type: message/rfc822\r\n\r\n" + "X: y\r\n" * 3_000 + "\r\nhei"
    assert defects(multipart("mixed", PLAIN, part)) == ()


def nested(depth: int, kind: str = "multipart/mixed; boundary={}") -> bytes:
    levels = "".join(f"Content-Type: {kind.format(f'b{n}')}\r\n\r\n--b{n}\r\n" for n in range(depth))
    return mail(f"{levels}\r\nhei\r\n").replace(b"\r\n\r\n", b"\r\n", 1)


def test_parts_in_parts_are_read_so_deep_and_no_deeper() -> None:
    assert not [d for d in defects(nested(29)) if d.startswith("limit")]
    for depth in (40, 2_000):
        assert "limit: parts in parts, more than 30 deep" in defects(nested(depth))


def test_an_enclosed_message_is_not_taken_apart_however_deep_it_is() -> None:
    octets = mail("Content-Type: message/rfc822\r\n\r\n" * 2_000, Content_Type="message/rfc822")
    assert [a.content_type for a in parse(octets).attachments] == ["message/rfc822"]


def test_a_boundary_written_as_an_extended_parameter_is_counted_too() -> None:
    read = parse(nested(2_000, "multipart/mixed; boundary*0={}"))
    assert "limit: parts in parts, more than 30 deep" in read.defects
    assert read.subject == "Skriveren"


def test_empty_octets_are_a_mail_too() -> None:
    read = parse(b"")
    assert (read.text, read.subject, read.date, read.message_id) == ("", "", None, None)
    assert read.defects == ("unreadable: no sender", "date: missing")


@pytest.mark.parametrize("octets", [b"\x00", b"\r\n\r\n", b":", b"From", b"\xff" * 100, b"\n" * 50, b" x\r\n y"])
def test_rubbish_is_read_as_what_it_is(octets: bytes) -> None:
    assert isinstance(parse(octets), ParsedMessage)


def test_a_text_that_cannot_be_taken_out_is_unreadable() -> None:
    assert "unreadable: no text" in defects(mail("====", Content_Transfer_Encoding="base64"))


def test_a_mail_of_an_attachment_alone_is_no_defect() -> None:
    assert defects(multipart("mixed", PDF)) == ()


def test_defects_of_the_structure_are_named() -> None:
    read = parse(mail("--c\r\n\r\nhei\r\n--c--", Content_Type="multipart/mixed; boundary=b"))
    assert "mime: StartBoundaryNotFoundDefect" in read.defects
    assert "hei" in read.text


def test_a_bug_of_a_readers_becomes_a_defect() -> None:
    guard = _Guard()
    assert guard.read("half", lambda: 1 // len(""), 7) == 7
    assert guard.read("length", lambda: len("ab"), 0) == 2
    assert guard.defects == ["half (ZeroDivisionError)"]


@pytest.mark.parametrize(
    "head",
    [
        b"From: kari@desk.example\r\n" + b"Date: x\r\n" * 1_200 + b"From: x@evil.example\r\n",
        b"From: kari@desk.example\r\n" + (b"X-A: " + b"a" * 20_000 + b"\r\n") * 10 + b"From: x@evil.example\r\n",
        b"Received: y\r\n\r\nFrom: kari@desk.example\r\nSubject: a\r\n",
        b"Fr\0om: kari@desk.example\r\n",
    ],
)
def test_nobody_has_rights_where_fields_were_left_out_or_put_right(head: bytes) -> None:
    parsed = parse(head + b"\r\nHei\r\n")
    assert parsed.identity is None
    assert parsed.author is not None


def test_an_enclosed_or_attached_charset_says_nothing_of_the_subject() -> None:
    subject = "Spørsmål på møterom".encode("cp1252")
    for part in (
        b'Content-Type: text/csv; charset=utf-16; name="a.csv"\r\nContent-Disposition: attachment\r\n\r\nx',
        b"Content-Type: text/plain; charset=windows-1251\r\nContent-Disposition: attachment\r\n\r\nx",
        b"Content-Type: text/plain; charset=koi8-r; name=a.txt\r\n\r\nx",
        b"Content-Type: text/plain; charset=utf-16\r\n\r\nx",
        b"Content-Type: message/rfc822\r\n\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\nx",
    ):
        mail = (
            b"From: ola@kommune.example\r\nSubject: " + subject + b"\r\nMIME-Version: 1.0\r\n"
            b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHei\r\n'
            b"--b\r\n" + part + b"\r\n--b--\r\n"
        )
        assert parse(mail).subject == "Spørsmål på møterom"

"""Letters as octets: read back by the standard library, and looked at line by line."""

import datetime as dt
import email
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any

import pytest

from inboxd.errors import InboxdError
from inboxd.mail.address import Address
from inboxd.mail.compose import compose, one_line, references_for
from inboxd.mail.headers import decode_header
from inboxd.mail.message import File, Letter
from inboxd.mail.parse import attachment_content, parse

OLA = Address(name="Ola Nordmann", address="ola@kommune.example")
LETTER = Letter(
    message_id="<417.k1.abcdefghijklmnopqrstuvwxyz@desk.example>",
    from_=Address(name="Kundeservice", address="kundeservice@desk.example"),
    to=(OLA,),
    cc=(),
    reply_to=None,
    subject="[KS-10429] Skriveren i andre etasje",
    text="Hei Ola.\n\nPrøv igjen nå.\n",
    html=None,
    date=dt.datetime(2026, 3, 9, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    in_reply_to="<1@kommune.example>",
    references=("<0@kommune.example>", "<1@kommune.example>"),
    auto_submitted=None,
    language="nb",
)


def letter(**changes: Any) -> Letter:
    return replace(LETTER, **changes)


def read(octets: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(octets, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def display_name(octets: bytes, name: str) -> str:
    """The display name of a field with one address, as a careful reader reads it (RFC 2047 6.2)."""
    head = octets.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n ", " ")
    field = next(line.partition(":")[2] for line in head.split("\r\n") if line.startswith(f"{name}:"))
    return decode_header(parseaddr(field)[0])


def check_wire(octets: bytes) -> None:
    """7-bit, CRLF only, no line over 998."""
    assert octets.isascii()
    assert b"\0" not in octets
    assert octets.count(b"\r") == octets.count(b"\n") == octets.count(b"\r\n")
    assert max(map(len, octets.split(b"\r\n"))) <= 998


def test_an_answer_reads_back_as_it_was_meant() -> None:
    octets = compose(letter())
    check_wire(octets)
    parsed = read(octets)
    assert parsed["From"] == "Kundeservice <kundeservice@desk.example>"
    assert parsed["To"] == "Ola Nordmann <ola@kommune.example>"
    assert parsed["Subject"] == "[KS-10429] Skriveren i andre etasje"
    assert parsed["Date"] == "Mon, 09 Mar 2026 08:00:00 +0100"
    assert parsed["Message-ID"] == LETTER.message_id
    assert parsed["In-Reply-To"] == "<1@kommune.example>"
    assert parsed["References"] == "<0@kommune.example> <1@kommune.example>"
    assert parsed["Content-Language"] == "nb"
    assert parsed["MIME-Version"] == "1.0"
    assert parsed.get_content_type() == "text/plain"
    assert parsed.get_content().replace("\r\n", "\n") == "Hei Ola.\n\nPrøv igjen nå.\n"
    assert "Cc" not in parsed
    assert "Reply-To" not in parsed


def test_the_same_letter_is_the_same_octets() -> None:
    files = (File(filename="a.pdf", content_type="application/pdf", content=b"%PDF"),)
    rich = letter(html="<p>Hei</p>", files=files)
    assert compose(rich) == compose(rich)
    assert compose(rich) != compose(replace(rich, message_id="<418.k1.a@desk.example>"))


def test_a_persons_answer_carries_no_mark_of_a_machine() -> None:
    parsed = read(compose(letter()))
    assert [name for name in ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence") if name in parsed] == []


def test_a_receipt_says_that_a_machine_answered_and_wants_no_answer() -> None:
    parsed = read(compose(letter(auto_submitted="auto-replied")))
    assert parsed["Auto-Submitted"] == "auto-replied"
    assert parsed["X-Auto-Response-Suppress"] == "All"
    assert "Precedence" not in parsed


def test_a_letter_to_an_agent_is_auto_generated_and_its_failure_is_welcome() -> None:
    parsed = read(compose(letter(auto_submitted="auto-generated")))
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_copies_and_reply_to_stand_in_their_fields() -> None:
    kari = Address(name="Ås, Kari", address="kari@kommune.example")
    parsed = read(compose(letter(to=(OLA, kari), cc=(kari, OLA), reply_to=kari)))
    assert [(a.display_name, a.addr_spec) for a in parsed["To"].addresses] == [
        ("Ola Nordmann", "ola@kommune.example"),
        ("Ås, Kari", "kari@kommune.example"),
    ]
    assert len(parsed["Cc"].addresses) == 2
    assert parsed["Reply-To"].addresses[0].addr_spec == "kari@kommune.example"


@pytest.mark.parametrize(
    "name",
    [
        "Nordmann, Ola", 'Ola "Ola" Nordmann', "Ola \\ Nordmann", "ola@annet.example", "Åse Ødegård", "Ola (IT)",
        "a" * 90, "=?utf-8?q?x?=", "Юлия Петрова 🙂 " * 5, "",
    ],
)  # fmt: skip
def test_any_display_name_comes_back_and_never_becomes_an_address(name: str) -> None:
    octets = compose(letter(to=(Address(name=name, address="ola@kommune.example"),)))
    check_wire(octets)
    assert [a.addr_spec for a in read(octets)["To"].addresses] == ["ola@kommune.example"]
    assert display_name(octets, "To") == name.strip()


@pytest.mark.parametrize(
    "text", ["Hei\r\nBcc: x@evil.example", "Hei\nX: y", "Hei\0", "Hei\u2028X: y", "Hei\x0bX: y", "a\ud800"]
)
def test_nothing_in_a_subject_or_a_name_makes_a_field_of_its_own(text: str) -> None:
    octets = compose(letter(subject=text, from_=Address(name=text, address="kundeservice@desk.example")))
    check_wire(octets)
    parsed = read(octets)
    assert "Bcc" not in parsed
    assert "X" not in parsed
    assert parsed["Subject"] == one_line(text)


@pytest.mark.parametrize(
    "address",
    [
        "ola@kommune.example\r\nBcc: x@evil.example", "ola", "", "o la@kommune.example", "ola@kommune.example>",
        "@x.example", "ola@kommune.example, kari@kommune.example", "ola@faß.example", "ola@x..example",
        "å se@kommune.example", "å\u202ese@kommune.example", "å\r\nBcc: x@kommune.example", "å..se@kommune.example",
        f"{'å' * 33}@kommune.example", "å<se@kommune.example", "=?å?=@kommune.example", "å\ud800@kommune.example",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(InboxdError, match="no address"):
        compose(letter(to=(Address(name="", address=address),)))


# RFC 6532 3.2
def test_an_address_with_a_local_part_beyond_ascii_stands_in_its_field_as_utf8() -> None:
    octets = compose(letter(to=(Address(name="Åse", address="åse.ødegård@Blåbær.example"), OLA)))
    head, _, body = octets.partition(b"\r\n\r\n")
    written = "To: =?utf-8?b?w4VzZQ==?= <åse.ødegård@xn--blbr-roah.example>, Ola Nordmann <ola@kommune.example>"
    assert written.encode() in head.replace(b"\r\n ", b" ")
    assert body.isascii()
    check_wire(octets.replace("åse.ødegård".encode(), b"aase"))


def test_a_domain_beyond_ascii_goes_as_a_labels() -> None:
    parsed = read(compose(letter(to=(Address(name="", address="ola@blåbær.example"),))))
    assert parsed["To"].addresses[0].domain == "xn--blbr-roah.example"


@pytest.mark.parametrize(
    "message_id", ["", "a@x.example", "<a@x.example> ", "<a@x.example>\r\nX: y", "<å@x.example>", "<a b@c>"]
)
def test_a_message_id_that_cannot_stand_in_a_header_is_refused(message_id: str) -> None:
    with pytest.raises(InboxdError, match="no Message-ID"):
        compose(letter(message_id=message_id))


@pytest.mark.parametrize("changes", [{"language": "nb\r\nX: y"}, {"auto_submitted": ""}, {"language": ""}])
def test_a_keyword_that_cannot_stand_in_a_header_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(InboxdError, match="cannot stand"):
        compose(letter(**changes))


def test_an_id_of_theirs_that_cannot_stand_in_a_header_is_left_out() -> None:
    parsed = read(compose(letter(in_reply_to="<å@x.example>", references=("<a@x.example>", "<å@x.example>", "<b c>"))))
    assert "In-Reply-To" not in parsed
    assert parsed["References"] == "<a@x.example>"
    assert "References" not in read(compose(letter(in_reply_to=None, references=())))


def test_long_references_keep_the_root_and_the_newest_and_are_never_encoded() -> None:
    ids = tuple(f"<{n:03}.{'x' * 200}@kommune.example>" for n in range(40))
    octets = compose(letter(references=ids))
    check_wire(octets)
    assert tuple(read(octets)["References"].split()) == ids[:4] + ids[-12:]
    assert b"=?" not in octets.split(b"\r\n\r\n")[0]
    sixteen = ids[:16]
    assert tuple(read(compose(letter(references=sixteen)))["References"].split()) == sixteen


def test_an_html_twin_stands_behind_the_text() -> None:
    octets = compose(letter(html="<p>Prøv igjen nå.</p>"))
    check_wire(octets)
    parsed = read(octets)
    assert parsed.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert "Prøv igjen" in parsed.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("rapport.pdf", "rapport.pdf"),
        ("årsrapport – endelig utgave av den lange rapporten om skriveren i andre etasje 🙂.pdf", None),
        ('a"b;c.pdf', None),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("a\\b.pdf", "a_b.pdf"),
        ("a\r\nX: y.pdf", "a X: y.pdf"),
        ("", "attachment"),
    ],
)
def test_a_files_name_comes_back_on_one_line_and_without_a_path(filename: str, expected: str | None) -> None:
    octets = compose(letter(files=(File(filename=filename, content_type="application/pdf", content=b"\x00\xff\r\n"),)))
    check_wire(octets)
    [part] = read(octets).iter_attachments()
    assert part.get_filename() == (expected or filename)
    assert part.get_content() == b"\x00\xff\r\n"


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ("image/PNG", "image/png"),
        ("text/csv", "text/csv"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("nonsense", "application/octet-stream"),
        ("a/b\r\nX: y", "application/octet-stream"),
    ],
)
def test_a_file_goes_as_octets_of_its_type(declared: str, sent: str) -> None:
    octets = compose(letter(files=(File(filename="x", content_type=declared, content=b"abc"),)))
    check_wire(octets)
    [part] = read(octets).iter_attachments()
    assert part.get_content_type() == sent
    assert part.get_payload(decode=True) == b"abc"


PLAIN_MAIL = b"From: ola@kommune.example\r\nSubject: \r\n =?utf-8?q?Hei?=\r\n\r\nDen  \r\nstar.\r\n"


@pytest.mark.parametrize(
    ("mail", "sent"),
    [
        (PLAIN_MAIL, "message/rfc822"),
        (PLAIN_MAIL + b"\r\n", "message/rfc822"),
        (PLAIN_MAIL + b"x" * 998 + b"\r\n", "message/rfc822"),
        (PLAIN_MAIL + b"x" * 999 + b"\r\n", "application/octet-stream"),
        (PLAIN_MAIL + "på\r\n".encode(), "application/octet-stream"),
        (PLAIN_MAIL + b"\0\r\n", "application/octet-stream"),
        (PLAIN_MAIL + b"a\nb\r\n", "application/octet-stream"),
        (PLAIN_MAIL + b"a\rb\r\n", "application/octet-stream"),
        (PLAIN_MAIL + b"no end", "application/octet-stream"),
    ],
)
def test_a_whole_mail_keeps_its_octets_whatever_it_is_sent_as(mail: bytes, sent: str) -> None:
    octets = compose(letter(files=(File(filename="Saken.eml", content_type="message/rfc822", content=mail),)))
    check_wire(octets)
    [part] = read(octets).iter_attachments()
    assert (part.get_content_type(), part.get_filename()) == (sent, "Saken.eml")
    (attached,) = parse(octets).attachments
    assert attachment_content(octets, attached.part) == mail


def test_twin_and_files_have_boundaries_of_their_own() -> None:
    file = File(filename="x", content_type="image/png", content=b"abc")
    parsed = read(compose(letter(html="<p>x</p>", files=(file, file))))
    boundaries = [part.get_boundary() for part in parsed.walk() if part.is_multipart()]
    assert len(boundaries) == len(set(boundaries)) == 2


# R09: RFC 5322 3.6.4
@pytest.mark.parametrize(
    ("message_id", "references", "in_reply_to", "expected"),
    [
        ("<p>", ("<a>", "<b>"), ("<b>",), ("<a>", "<b>", "<p>")),
        ("<p>", (), ("<b>",), ("<b>", "<p>")),
        ("<p>", (), ("<a>", "<b>"), ("<p>",)),
        ("<p>", (), (), ("<p>",)),
        (None, ("<a>",), (), ("<a>",)),
        (None, (), (), ()),
        ("<p>", ("<a>", "<p>", "<a>"), (), ("<a>", "<p>")),
    ],
)
def test_references_are_the_parents_and_the_parent(
    message_id: str | None, references: tuple[str, ...], in_reply_to: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert references_for(message_id, references, in_reply_to) == expected


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Hei.\n.\nFrom oss\n", "7bit"),
        ("", "7bit"),
        ("Vi har sett på saken, og skriveren \n\n.\nvirker nå.\n", "quoted-printable"),
        ("x" * 79 + "\n", "quoted-printable"),
        ("Привет, как дела?\n" * 9, "base64"),
    ],
)
def test_plain_text_goes_in_the_shortest_encoding_and_reads_back_the_same(text: str, encoding: str) -> None:
    octets = compose(letter(text=text))
    check_wire(octets)
    parsed = read(octets)
    assert parsed["Content-Transfer-Encoding"] == encoding
    assert parsed.get_content().replace("\r\n", "\n") == text

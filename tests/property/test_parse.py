"""Whatever the octets are, a mail is read; cleaning keeps its promises on any text."""

import datetime as dt
import pickle
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxd.mail.address import agreed_address, strict_address
from inboxd.mail.address_list import local_user, read_addresses
from inboxd.mail.dates import read_date
from inboxd.mail.headers import decode_header
from inboxd.mail.message import ParsedMessage
from inboxd.mail.parse import attachment_content, parse
from inboxd.mail.subject import one_line, receipt_subject
from inboxd.mail.text import clean_text

REALISTIC = b"""Return-Path: <ola@kommune.example>
Received: from a.example by b.example; Tue, 3 Mar 2026 10:12:00 +0100
From: =?utf-8?Q?Ola_Nordm=C3=A5nn?= <ola@kommune.example>
To: "Kundeservice" <kundeservice@desk.example>, IKT: a@x.example, b@x.example;
Subject: =?iso-8859-1?Q?Skriveren_p=E5?= =?utf-8?B?IGjDuHlkZW4=?=
Date: Tue, 3 Mar 2026 10:12:00 +0100 (CET)
Message-ID: <1@kommune.example>
References: <a@x>
 <b@x>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: multipart/alternative; boundary=b2

--b2
Content-Type: text/plain; charset=utf-8; format=flowed
Content-Transfer-Encoding: quoted-printable

Hei, jeg f=C3=A5r ikke logget inn.=20

Den 3. mars 2026 kl. 10:12 skrev Kari <kari@x.example>:
> Hei
--b2
Content-Type: text/html; charset=iso-8859-1

<p>Hei <a href="https://x.example">her</a></p>
--b2--
--b1
Content-Type: application/pdf; name*0*=utf-8''H%C3%B8y; name*1=den.pdf
Content-Transfer-Encoding: base64

JVBERi0=
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; kari@x.example
Action: failed
--b1
Content-Type: message/rfc822

Subject: inni

KS-10429
--b1--
"""

PIECES = st.sampled_from(
    [b"", b"\r\n", b"\n\n", b"\x00", b"\xff", b"=", b"?=", b"=?utf-8?B?", b"--b1", b"--b2--", b'"', b";", b":", b"<",
     b">", b"charset=", b"boundary=", b"message/rfc822", b"multipart/mixed", b"*0*=", b"''", b"base64",
     b"\x1b[2J", b"\xc3"]
)  # fmt: skip

SAFE = frozenset("\n\t")


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Draw a realistic mail with a few pieces cut out, put in or moved."""
    octets = bytearray(REALISTIC)
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(octets)))
        end = min(start + draw(st.integers(0, 40)), len(octets))
        octets[start:end] = draw(PIECES) * draw(st.integers(1, 3))
    return bytes(octets)


def unsafe(text: str) -> list[str]:
    return [ch for ch in text if (ch < " " and ch not in SAFE) or "\x7f" <= ch <= "\x9f" or "\ud800" <= ch <= "\udfff"]


def texts(read: ParsedMessage) -> list[str]:
    people = [*read.from_, *read.to, *read.cc, *read.reply_to]
    names = [a.filename or "" for a in read.attachments]
    return [read.text, read.reply_text, read.subject, read.return_path or "", *names, *read.defects, *read.references,
            *(p.name for p in people), *(p.address for p in people), *(h.value for h in read.headers)]  # fmt: skip


def check(octets: bytes) -> None:
    read = parse(octets)
    assert read.size == len(octets)
    assert [text for text in texts(read) if unsafe(text)] == []
    assert read.date is None or read.date.utcoffset() is not None
    assert [a.size for a in read.attachments] == [len(attachment_content(octets, a.part)) for a in read.attachments]
    assert pickle.loads(pickle.dumps(read)) == read
    assert parse(octets) == read


@given(st.binary(max_size=2_000))
def test_any_octets_are_read(octets: bytes) -> None:
    check(octets)


@given(mutated())
def test_any_damaged_mail_is_read(octets: bytes) -> None:
    check(octets)


@given(mutated())
def test_headers_alone_are_read_however_damaged(octets: bytes) -> None:
    read = parse(octets, headers_only=True)
    assert (read.text, read.attachments) == ("", ())


@given(st.text(st.characters(exclude_categories=())))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert unsafe(once) == []


@given(st.text(st.characters(exclude_categories=())))
def test_a_decoded_field_is_one_clean_line(raw: str) -> None:
    line = decode_header(raw)
    assert "\n" not in line
    assert unsafe(line) == []


FIELDS = st.lists(
    st.sampled_from(
        ["agent@kommune.no", "a@evil.example", "<", ">", '"', "\\", "(", ")", ",", ";", ":", " ", "\r\n ", "@",
         "=?utf-8?q?", "?=", "\x00", "Kari", "ø", "\udcf8", "[", "]", "."]
    ),
    max_size=8,
).map("".join)  # fmt: skip


@given(FIELDS)
def test_an_identity_is_never_an_address_that_another_reader_would_not_give(field: str) -> None:
    shown = read_addresses(field)
    identity = strict_address(field)
    if identity is not None:
        read_again = (strict_address(a.address) for a in shown)
        assert [a and a.key for a in read_again] == [identity.key]
    agreed = agreed_address(field, shown[0]) if len(shown) == 1 else None
    assert agreed is None or (identity is not None and agreed.key == identity.key)


@given(st.text(st.characters(exclude_categories=())) | FIELDS)
def test_any_field_is_read_as_addresses_that_are_clean(field: str) -> None:
    user = local_user(field)
    for address in (*read_addresses(field), *((user,) if user else ())):
        assert address.address.strip() == address.address != ""
        assert unsafe(address.address + address.name) == []


@given(
    st.lists(
        st.tuples(st.from_regex(r"[A-Za-zæøå ]{0,9}", fullmatch=True), st.from_regex(r"[a-z]{1,9}", fullmatch=True))
    )
)
def test_a_sound_list_is_read_as_written(people: list[tuple[str, str]]) -> None:
    field = ", ".join(f'"{name}" <{user}@x.example>' for name, user in people)
    expected = dict.fromkeys((" ".join(name.split()), f"{user}@x.example") for name, user in people)
    assert [(a.name, a.address) for a in read_addresses(field)] == list(expected)


@given(
    st.integers(3 * 86_400, 253_402_200_000),
    st.integers(-24 * 60 + 1, 24 * 60 - 1),
)
def test_a_date_is_read_as_the_standard_library_writes_it(seconds: int, minutes: int) -> None:
    date = dt.datetime.fromtimestamp(seconds, dt.timezone(dt.timedelta(minutes=minutes)))
    assert read_date(format_datetime(date)) == date
    assert read_date(date.isoformat()) == date


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["3", "Mar", "mars", "2026", "10:12", "+0100", "99", "-", "."])).map(" ".join)
)
def test_any_date_is_read_or_none(value: str) -> None:
    date = read_date(value)
    assert date is None or date.utcoffset() == dt.timedelta(0)


@given(st.text(max_size=300), st.integers(1, 80))
def test_a_line_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(one_line(text, limit)) <= limit


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_a_receipts_subject_is_one_short_line_without_links(text: str) -> None:
    repeated = receipt_subject(f"{text} https://evil.example/{text}")
    assert len(repeated) <= 60
    assert "://" not in repeated
    assert unsafe(repeated) == []


@pytest.mark.parametrize(
    "piece", [b"Content-Type: multipart/mixed; boundary=b\n\n--b\n", b"--b1\n", b"\r", b"=?utf-8?q?a?= "]
)
def test_a_mail_of_one_piece_over_and_over_is_read(piece: bytes) -> None:
    assert parse(REALISTIC.replace(b"\n\n", b"\n\n" + piece * 3_000, 1)).subject.startswith("Skriveren")
    assert parse(b"Subject: x\nFrom: " + piece * 3_000).size > 0

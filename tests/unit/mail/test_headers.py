from email.message import Message

import pytest

from inboxd.mail.headers import decode_header, read_fields, to_unicode
from inboxd.mail.text import clean_text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Hei\r\nder\rher\n", "Hei\nder\nher\n"),
        ("a\x00b\x07c\x1bd\x7fe\x9bf", "abcdef"),
        ("a\r\x00\nb", "a\nb"),
        ("a\u2028b\u2029c\x0bd\x0ce\x85f", "a\nb\nc\nd\ne\nf"),
        ("a\tb", "a\tb"),
        ("a\ud800b\udcffc", "a\ufffdb\ufffdc"),
        ("Fra\u030a", "Frå"),
        ("æøå 🎉", "æøå 🎉"),
    ],
)
def test_text_is_cleaned(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@pytest.mark.parametrize(
    ("raw", "decoded"),
    [
        ("Hei", "Hei"),
        ("  Hei\r\n der ", "Hei der"),
        ("Hei\r\n\tder", "Hei der"),
        ("=?utf-8?Q?H=C3=B8yden?=", "Høyden"),
        ("=?UTF-8?b?SMO4eWRlbg==?=", "Høyden"),
        ("=?utf-8?B?SMO4eWRlbg?=", "Høyden"),
        ("=?utf-8?B?SMO4eWRlbgA?=", "Høyden"),
        ("=?utf-8?B?SMO4e WRlbg=\r\n =?=", "Høyden"),
        ("=?utf-8?B?A?=", ""),
        ("=?utf-8*nb?Q?H=C3=B8yden?=", "Høyden"),
        ("SV: =?iso-8859-1?Q?H=F8yden_her?= =?iso-8859-1?Q?_og_der?= slutt", "SV: Høyden her og der slutt"),
        ("=?utf-8?Q?H=C3?= =?utf-8?Q?=B8yden?=", "Høyden"),
        ("=?utf-8?Q?H=C3?=\r\n =?utf-8?Q?=B8yden?=", "Høyden"),
        ("=?utf-8?Q?a?= =?iso-8859-1?Q?=F8?=", "aø"),
        ("=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"),
        ("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
        ("=?nonsense?Q?H=C3=B8yden?=", "Høyden"),
        ("=?nonsense?Q?H=F8yden?=", "Høyden"),
        ("=?idna?Q?abc?=", "abc"),
        ("=?utf-8?Q?H\xf8yden?=", "Høyden"),
        ('"=?utf-8?Q?K=C3=A5re?="', '"Kåre"'),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        ("H\udcc3\udcb8yden", "Høyden"),
        ("H\udcf8yden", "Høyden"),
        ("=?utf-8?q?a=0d=0aBcc:_v=40x?=", "a Bcc: v@x"),
        ("a\ud800b", "a\ufffdb"),
        ("to  blanke", "to  blanke"),
        ("Hei\r\n \t  der\r\n \r\n ja", "Hei der ja"),
        ("=?utf-8?Q?Hva_skjer??=", "Hva skjer?"),
        ("=?utf-8?Q?Hva skjer? Ingenting?=", "Hva skjer? Ingenting"),
        ("=?utf-8?Q?Hvor?=C3=A6?=", "Hvor?æ"),
        ("=?utf-8?Q??= slutt", "slutt"),
        ("=?utf-8?Q?H=C3=B8yden", "Høyden"),
        ("=?utf-8?Q?H=C3=B8yden? slutt", "Høyden slutt"),
        ("=?utf-8?Q?H=C3=B8y =?utf-8?Q?den?= slutt", "Høyden slutt"),
        ("slutt =?utf-8?q?", "slutt =?utf-8?q?"),
        ("=?utf-8?q? slutt", "=?utf-8?q? slutt"),
        ("=?utf-8?B?SMO4eW?= =?utf-8?B?Rlbg==?=", "Høyden"),
        ("=?utf-8?B?SMO4eW?= =?utf-8?Q?d?=", "Høyd"),
        ("=?utf-8?B?SMO4eWRlbg==?= =?utf-8?B?IG9n?=", "Høyden og"),
        ("=?utf-8?B?SMO4eWRlbg?= =?utf-8?B?IG9n?=", "Høyden og"),
        ("=?utf-8?B?SMO4eQ==ZGVu?=", "Høyden"),
        ("=?utf-8?Q?H=C3=?= =?utf-8?Q?B8yden?=", "Høyden"),
        ("=?iso-2022-jp?B?GyRCJDMkcw==?= =?iso-2022-jp?B?JEskQSRPGyhC?=", "こんにちは"),
        ("=?us-ascii?Q?=3D=3Futf-8=3FQ=3FH=3DC3=3DB8yden=3F=3D?=", "Høyden"),
        ("=?us-ascii?Q?=3D=3Futf-8=3FQ=3FHei=3F=3D?=", "=?utf-8?Q?Hei?="),
        ("=?iso-8859-1?Q?H\udcf8yden?=", "Høyden"),
        ("=?no such?Q?H\xf8yden?=", "=?no such?Q?Høyden?="),
        ("=?nonsense?Q?H\xf8yden?=", "Høyden"),
    ],
)
def test_a_field_is_one_line_of_decoded_text(raw: str, decoded: str) -> None:
    assert decode_header(raw) == decoded


@pytest.mark.parametrize(
    ("octets", "charset", "text"),
    [
        (b"\xc3\xb8 og \xc3\xa5", "", "ø og å"),
        (b"\xf8 og \xe5", "", "ø og å"),
        (b"\x80", "", "€"),
        (b"\xc3\xb8 og \xc3\xa5 og \xc3", "", "ø og å og \ufffd"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("Привет".encode(), "koi8-r", "Привет"),
        ("こんにちは".encode("iso2022_jp"), "", "こんにちは"),
        ("안녕".encode("iso2022_kr"), "", "안녕"),
        (b"a\x1b$B\x7f", "", "a\x1b$B\x7f"),
    ],
)
def test_raw_octets_are_utf8_then_the_charset_then_windows_1252(octets: bytes, charset: str, text: str) -> None:
    assert to_unicode(octets.decode("ascii", "surrogateescape"), charset) == text


def message(*fields: tuple[str, str]) -> Message:
    made: Message = Message()
    for name, value in fields:
        made.set_raw(name, value)
    return made


def test_fields_come_in_lower_case_and_as_text() -> None:
    fields = read_fields(message(("SUBJECT", "H\udcf8y"), ("Subject ", "b")))
    assert fields.pairs == (("subject", "Høy"), ("subject", "b"))
    assert fields.all("subject") == ("Høy", "b")
    assert (fields.first("subject"), fields.first("to")) == ("Høy", None)
    assert fields.decoded()[0] == ("subject", "Høy")


def test_raw_octets_are_in_the_charset_that_the_text_or_a_word_names() -> None:
    raw = ("Subject", "Привет".encode("koi8-r").decode("ascii", "surrogateescape"))
    assert read_fields(message(("Content-Type", "text/plain; charset=KOI8-R"), raw)).first("subject") == "Привет"
    assert read_fields(message(("From", "=?koi8-r*ru?Q?x?= <a@x.example>"), raw)).first("subject") == "Привет"
    assert read_fields(message(("Content-Type", "text/plain; charset=utf-8"), raw)).first("subject") == "Привет"
    short = ("Subject", "Ура".encode("koi8-r").decode("ascii", "surrogateescape"))
    assert read_fields(message(("Content-Type", "text/plain; charset=utf-8"), short)).first("subject") == "õÒÁ"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?x-none?q?blåbær?=", "blåbær"),
        ("=?utf-8?q?bl\udce6bc?=", "blæbc"),
        ("=?iso-8859-1?q?a\u0142b?=", "a\u0142b"),
    ],
)
def test_raw_letters_in_a_word_need_not_be_of_its_charset(raw: str, text: str) -> None:
    assert decode_header(raw) == text

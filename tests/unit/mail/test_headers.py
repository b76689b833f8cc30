import pytest

from inboxd.mail.headers import clean_text, decode_header, to_unicode


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
    ],
)
def test_a_field_is_one_line_of_decoded_text(raw: str, decoded: str) -> None:
    assert decode_header(raw) == decoded


def test_raw_octets_are_utf8_before_they_are_windows_1252() -> None:
    assert to_unicode("\udcc3\udcb8 og \udc80".replace("\udc80", "")) == "ø og "
    assert to_unicode("\udc80") == "€"

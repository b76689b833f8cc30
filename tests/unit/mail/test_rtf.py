import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxd.mail.formats.rtf import MAX_RTF, decompress, rtf_text


def compressed(content: bytes, size: int) -> bytes:
    return struct.pack("<II", len(content) + 12, size) + b"LZFu" + b"\0\0\0\0" + content


def test_references_into_the_dictionary_and_into_the_text_itself_are_followed() -> None:
    octets = bytes.fromhex(
        "31000000350000004c5a4675ec25b33003000a007263706731323542320af3206865690eb770205c276535200100677d030a801040"
    )
    assert decompress(octets) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hei hei hei p\\'e5 deg}\r\n"


def test_text_that_was_not_compressed_is_taken_as_it_is() -> None:
    assert decompress(struct.pack("<II", 0, 4) + b"MELA\0\0\0\0" + b"{\\x}") == b"{\\x}"


def test_other_values_have_no_text() -> None:
    assert decompress(b"") == b""
    assert decompress(struct.pack("<II", 0, 4) + b"ABCD\0\0\0\0" + b"{\\x}") == b""


@pytest.mark.parametrize("content", [b"\x01\x0c", b"\x01\xff\xf0", b"\x00ab", b""])
def test_text_that_breaks_off_goes_as_far_as_it_goes(content: bytes) -> None:
    assert decompress(compressed(content, 100)) in {b"", b"ab"}


def test_no_more_than_so_much_is_decompressed() -> None:
    assert len(decompress(compressed(b"\x00aaaaaaaa" * 200_000, 2**32 - 1))) == MAX_RTF


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1\ansi\ansicpg1252 Hei p\'e5 deg\par Linje to\line tre\tab fire}", "Hei på deg\nLinje to\ntre\tfire"),
        (rb"{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator X;}{\colortbl;}Synlig}", "Synlig"),
        (rb"{\rtf1 \u230?r og \u8211\'96 strek \u-10179?\u-8704?}", "ær og – strek 😀"),
        (rb"{\rtf1\ansicpg1250 \'8ekola {\b fet} \{x\} a\~b\_c\\d}", "Žkola fet {x} a b-c\\d"),
        (b"{\\rtf1 en\r\nord\\\nny \\ldblquote sitat\\rdblquote\\u}", "enord\nny “sitat”"),
        (
            rb"{\rtf1\fromhtml1 {\*\htmltag64 <p>}Hei{\*\htmltag72 </p>}\htmlrtf\par\htmlrtf0 {\pict 0102}\'e5}",
            "Hei\nå",
        ),
        (rb"}}} ute \-x", "ute x"),
        (b"", ""),
    ],
)
def test_the_words_of_rich_text_are_read(rtf: bytes, text: str) -> None:
    assert rtf_text(rtf) == text


@given(st.binary(max_size=200))
def test_no_octets_raise(octets: bytes) -> None:
    assert isinstance(rtf_text(octets), str)
    assert len(decompress(b"\0\0\0\0\xff\xff\xff\xffLZFu\0\0\0\0" + octets)) <= len(octets) * 18

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxd.mail.structure.transfer import MAX_PIECES, encoding_name, undo


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("base64", "base64"), (" BASE64 (x)", "base64"), ('"base64"; y', "base64"), ("Base-64", "base64"),
        ("Quoted-Printable", "quoted-printable"), ("x-uuencode", "uuencode"), ("7bit", ""), ("x-egen", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_encoding_is_known_by_any_of_its_names(declared: str, name: str) -> None:
    assert encoding_name(declared) == name


@pytest.mark.parametrize(
    ("encoded", "octets"),
    [
        (b"SGVpIQ==", b"Hei!"),
        (b"SGVp\r\nIQ==\r\n", b"Hei!"),
        (b"SGVpIQ", b"Hei!"),
        (b"SGVpI", b"Hei"),
        (b"SG!Vp-", b"Hei"),
        (b"SGVpIQ==\r\n-- \r\nHilsen Kari\r\n", b"Hei!"),
        (b"SGVpIQ==\r\n" + base64.b64encode(b"en linje til, lang nok"), b"Hei!en linje til, lang nok"),
        (b"", b""),
    ],
)
def test_base64_is_read_as_far_as_it_goes(encoded: bytes, octets: bytes) -> None:
    assert undo(encoded, "base64") == octets


def uuencoded(octets: bytes) -> bytes:
    lines = (binascii.b2a_uu(octets[at : at + 45]) for at in range(0, len(octets), 45))
    return b"begin 644 a.bin\r\n" + b"".join(lines) + b"`\r\nend\r\nrest"


def test_uuencode_is_read_between_its_marks() -> None:
    octets = bytes(range(256))
    assert undo(uuencoded(octets), "uuencode") == octets
    assert undo(b"uten begin", "uuencode") == b"uten begin"
    assert undo(b"begin 644 a\n#86)C   \n\n\xff\xff\nend\n", "uuencode") == b"abc"


def test_other_encodings_change_nothing() -> None:
    assert undo(b"h=C3=A5\xff=", "quoted-printable") == "hå".encode() + b"\xff"
    assert undo(b"=41", "") == b"=41"


@given(st.binary(max_size=200), st.sampled_from(["base64", "quoted-printable", "uuencode", ""]))
def test_nothing_raises(encoded: bytes, encoding: str) -> None:
    assert isinstance(undo(encoded, encoding), bytes)
    assert isinstance(undo(b"begin 644 x\n" + encoded, encoding), bytes)


@given(st.binary(max_size=200))
def test_what_was_encoded_comes_back(octets: bytes) -> None:
    assert undo(base64.encodebytes(octets), "base64") == octets
    assert undo(uuencoded(octets), "uuencode") == octets


def test_blank_lines_of_uuencode_and_endless_pieces_of_base64_are_no_trouble() -> None:
    assert undo(b"begin 644 a\n  \n#86)C\nend\n", "uuencode") == b"abc"
    piece = base64.b64encode(b"en linje til, lang nok") + b"\n"
    assert undo(piece * (MAX_PIECES + 5), "base64") == b"en linje til, lang nok" * MAX_PIECES
